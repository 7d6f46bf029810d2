"""Atoms at rest: tight where N is exact, of no mass in any optimal network (V12d)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import identity
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.losses.graphs import Flat
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Direction, Optimum
from polytope_nn.vector.oracle import Kernel

from .parts import is_known
from .system import System

__all__ = ["beside_rest", "require_rest", "told_of_rest"]

_ZERO = Fraction(0)


def require_rest(system: System, kernels: Sequence[Kernel], rest: Sequence[Kernel]) -> None:
    """Prove that tight directions of no mass have none in any optimal network.

    The features that are kept, and what is free, are independent off the samples where these are
    active; there fits are unique: masses c make ``sum c F = 0``, and ``<N, F> = |h|^2 > 0``.

    Raises
    ------
    Undecided
        When that is not so, or there are continua beside.
    """
    c = system.problem.c
    told = [
        system.standings[k * c + j] for r in rest for k in r.face.active for j in range(c)
    ]
    loose = any(isinstance(p, Flat) and not is_known(p) and p.low != p.high for p in told)
    lines = all(k.dim == 1 for k in (*kernels, *rest))
    if rest and (loose or not lines or system.given or system.problem.is_even):
        raise Undecided(
            f"face {rest[0].face}: how its tight directions share what neurons make"
        )


def beside_rest(
    own: tuple[Sequence[Direction], Sequence[Scalar], Sequence[Scalars]],
    rest: Sequence[Direction],
) -> tuple[list[Direction], list[Scalar], tuple[Scalars, ...]]:
    """Return atoms, masses and stand-ins with those at rest, for which features stand."""
    atoms, masses, stand_ins = own
    features = [flat(u.feature) for u in rest]
    nothing, none = (_ZERO,) * len(features[0]), (_ZERO,) * len(stand_ins[0])
    rows = [(*row, *nothing) for row in stand_ins] + [(*none, *f) for f in features]
    every, weights = [*atoms, *rest], [*masses, *(_ZERO for _ in rest)]
    order = sorted(range(len(every)), key=lambda i: [-s for s in every[i].covector])
    return (
        [every[i] for i in order],
        [weights[i] for i in order],
        tuple(rows[i] for i in order),
    )


def told_of_rest(O: Optimum) -> Optimum:
    """Return an exact optimum with stand-ins, where atoms have no mass and rational features.

    The atoms in use are taken to be independent: whoever solves their system finds out.
    """
    used = [u for u, _ in O.network]
    rest = [u for u in O.atoms if not any(u is v for v in used)]
    exact = all(isinstance(t, Fraction) for u in rest for t in flat(u.feature))
    if (
        O.level != "exact"
        or O.continua
        or O.problem.is_even
        or not (used and rest and exact)
    ):
        return O
    masses = [c for _, c in O.network]
    atoms, _, stand_ins = beside_rest((used, masses, identity(len(used))), rest)
    return replace(O, atoms=tuple(atoms), stand_ins=stand_ins)
