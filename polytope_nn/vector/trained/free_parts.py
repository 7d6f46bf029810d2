"""The free part beside neurons of optimal masses: with it they are an optimal network."""

from fractions import Fraction

from polytope_nn.dual.fits import left_of, one_fit
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.scalar import Scalars
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.network import VectorNetwork, free_part_of
from polytope_nn.vector.optimum import Optimum
from polytope_nn.vector.problem import Rows

__all__ = ["moved_free_part", "with_free_part"]

_ZERO = Fraction(0)


def with_free_part(O: Optimum, neurons: VectorNetwork) -> VectorNetwork:
    """Return neurons of optimal masses with the free part that makes them an optimal network.

    In balls the fit is that of the optimum; else one of those that belong to N.
    """
    D = O.problem
    if D.is_squared or not D.free.columns:
        return neurons.completed(D)
    made = flat(neurons.fit(D))
    if O.level == "exact":
        left = left_of(O.interval, made)
        found = one_fit((), D.entries.free.columns, left)
        return neurons.beside(D, D.entries.coefficients(found))
    return neurons.beside(D, moved_free_part(O, made))


def moved_free_part(O: Optimum, made: Scalars) -> Rows:
    """Return the coefficients (q, c) that make the fit of an optimum in balls beside neurons.

    ``made`` is what the neurons make; their masses are optimal.
    """
    D = O.problem
    own, columns = free_part_of(O), D.free.columns
    rows = independent_rows(D.free.Z)
    gaps = rows_of([s - t for s, t in zip(O.made, made, strict=True)], D.c)
    A = [[columns[j][k] for j in D.free.basis] for k in rows]
    moved = [solve_balls(A, [gaps[k][j] for k in rows]) for j in range(D.c)]
    more = dict(zip(D.free.basis, transpose(moved), strict=True))
    before = [*(own.skip or ()), *([own.constant] if own.constant is not None else [])]
    return tuple(
        tuple(s + t for s, t in zip(row, more.get(i, (_ZERO,) * D.c), strict=True))
        for i, row in enumerate(before)
    )
