"""The slice that an optimal polytope is, and whether to list its vertices at all."""

from collections.abc import Sequence
from math import comb

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import TooMany
from polytope_nn.exact.linear import transpose
from polytope_nn.landscape.boxes import ball_equations, box_equations
from polytope_nn.landscape.fits import solved
from polytope_nn.problems.losses import SeparableLoss

from .slices import Slice

__all__ = ["has_a_box", "on_the_way", "require_few", "slice_of"]

_SURELY = 16  # times the limit: as many are tried to be listed without an estimate
_ON_THE_WAY = 4  # times the limit: as many vertices may relaxations have
_FAR = 4  # times the limit: an estimate beyond is not tried


def on_the_way(most: int) -> int:
    """Return how many vertices the relaxations may have when at most so many are listed."""
    return _ON_THE_WAY * most


def has_a_box(O: Optimum) -> bool:
    """Return whether fits are an interval each, by the loss or since many belong to kappa."""
    return not O.is_pinned or (
        isinstance(O.problem.loss, SeparableLoss) and O.chosen is None
    )


def slice_of(O: Optimum, classes: Sequence[Sequence[int]]) -> Slice:
    """Return the slice of an optimum, its first columns the classes of atoms."""
    O = solved(O)
    if O.enclosures is not None:
        A, b = ball_equations(O.balls)
        fibre = O.balls.fibre
        return Slice(transpose(A), b, len(O.atoms), in_balls=True, fibre=fibre)
    features = [O.atoms[members[0]].feature for members in classes]
    if has_a_box(O):
        table, right = box_equations(transpose(features), O.problem.free, O.interval)
        lifted = bool(O.problem.free.columns)
        return Slice(transpose(table), right, len(features), lifted=lifted)
    modulo = O.problem.free.modulo
    return Slice(tuple(map(modulo, features)), modulo(O.fit), len(features))


def require_few(S: Slice, rank: int, most: int) -> None:
    """Raise :class:`TooMany` where a list of more than ``most`` vertices is certain.

    A vertex has independent columns, as many as their ``rank``, so there are few where their
    choices are; else the estimate decides, if it is far from the limit.
    """
    size = min(rank if S.pinned else len(S.right), len(S.columns))
    if comb(len(S.columns), size) <= _SURELY * most:
        return
    if S.estimate is not None and S.estimate.value > _FAR * most:
        raise TooMany(str(S.estimate))
