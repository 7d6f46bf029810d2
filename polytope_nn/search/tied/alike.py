"""Fits of samples that are alike tie the weights of atoms: as functions of fewer numbers.

On a subspace of kappa the fit lies in the span of what losses say (:func:`spans_of_fit`), whatever
theta is, and in that of the features and of what is free. Where their intersection is smaller than
the latter the weights are no letters of their own: those of a basis are functions of the few
numbers that an element of it has, and of the weights beside the basis (general A4).
Where fits tell theta, too, some of these equations for the weights depend on the others at that
theta alone, and are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, rref, solve, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.problem import Problem

from .fits import spans_of_fit

__all__ = ["Alike", "alike"]


@dataclass(frozen=True)
class Alike:
    """A basis of columns, shares of the others in it, and which coefficients tell the others.

    ``rows`` are of a matrix: row i is the coefficient of basis column i in the ``free`` ones.
    """

    basis: tuple[int, ...]
    shares: dict[int, Scalars]
    free: tuple[int, ...]
    rows: tuple[Scalars, ...]

    def told(self, weights: Sequence[Scalar]) -> list[Scalar]:
        """Return the free coefficients of what these weights of all columns make."""
        return [self._made(weights, i) for i in self.free]

    def weights(self, weights: Sequence[Scalar], letters: Sequence[Scalar]) -> Scalars:
        """Return the weights, those of the basis as the free coefficients say."""
        found = list(weights)
        for i, j in enumerate(self.basis):
            beside = self._made(weights, i) - weights[j]
            found[j] = dot(self.rows[i], letters) - beside
        return tuple(found)

    def _made(self, weights: Sequence[Scalar], i: int) -> Scalar:
        """Return the coefficient of basis column i in what weights make."""
        others = [(weights[j], share[i]) for j, share in self.shares.items()]
        return sum((c * t for c, t in others), weights[self.basis[i]])


def alike(problem: Problem, O: Matrix, columns: Sequence[Scalars]) -> Alike | None:
    """Return how the fit ties the weights of columns; None where it does not."""
    apart = cast("Matrix", kernel(spans_of_fit(problem, O), problem.n))
    if not apart or not columns:
        return None
    basis = independent_rows(columns)
    chosen = [columns[j] for j in basis]
    R, pivots = _decided([[dot(v, F) for F in chosen] for v in apart])
    if not pivots:
        return None
    size = range(len(basis))
    free = tuple(i for i in size if i not in pivots)
    own = {p: tuple(-row[i] for i in free) for row, p in zip(R, pivots, strict=True)}
    one = [tuple(apart[0][0] * 0 + (i == j) for j in free) for i in size]
    shares: dict[int, Scalars] = {}
    for j in set(range(len(columns))) - {*basis}:
        found = solve(transpose(chosen), columns[j])
        assert found is not None  # of a basis
        shares[j] = found
    return Alike(basis, shares, free, tuple(own.get(i, one[i]) for i in size))


def _decided(rows: list[list[Scalar]]) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    """Return the reduced rows with their pivots, those left out of which that is not decided."""
    try:
        return rref(rows)
    except Undecided:
        pass
    kept: list[list[Scalar]] = []
    found: tuple[tuple[Scalars, ...], tuple[int, ...]] = (), ()
    for row in rows:
        try:
            found = rref([*kept, row])
        except Undecided:
            continue
        kept.append(row)
    return found
