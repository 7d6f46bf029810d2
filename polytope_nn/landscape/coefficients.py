"""What goes with a point of P beside the neurons: coefficients of what is free (THEORY §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.losses import Interval

from .supports import is_nothing

__all__ = ["Coefficients"]


@dataclass(frozen=True)
class Coefficients:
    """The map from weights c to coefficients a with ``F c + Z a = fit``."""

    optimum: Optimum

    def of(self, c: Sequence[Scalar]) -> Scalars:
        """Return the coefficients of a point of P; what is not determined is 0.

        In balls they come from the samples where the fewest neurons are active: where none
        is, and labels are fitted exactly, they are exact.
        """
        O, thin = self.optimum, self._thin
        used = [a for a, x in enumerate(c) if not is_nothing(x)]
        busy = [
            [a for a in used if not is_nothing(O.atoms[a].feature[k])]
            for k in range(len(thin))
        ]
        order = list(range(len(thin)))
        if O.level == "interval":
            order.sort(key=lambda k: len(busy[k]))
        rows = tuple(order[i] for i in independent_rows([thin[k] for k in order]))
        left = [
            O.fit[k]
            - dot([O.atoms[a].feature[k] for a in busy[k]], [c[a] for a in busy[k]])
            for k in rows
        ]
        a: list[Scalar] = [Fraction(0)] * len(O.problem.free)
        for j, row in zip(O.problem.free.basis, self._inverse(rows), strict=True):
            a[j] = dot(row, left)
        return tuple(a)

    def pinned(self, left: Sequence[Interval]) -> Scalars | None:
        """Return the coefficients that the rows with one fit determine; None where they do not.

        ``left`` is the interval that each row leaves for ``Z a``.
        """
        thin = self._thin
        one = [k for k, (low, high) in enumerate(left) if low is not None and low is high]
        rows = tuple(one[i] for i in independent_rows([thin[k] for k in one]))
        if len(rows) < len(self.optimum.problem.free.basis):
            return None
        found = [cast("Scalar", left[k][0]) for k in rows]
        a: list[Scalar] = [Fraction(0)] * len(self.optimum.problem.free)
        for j, row in zip(
            self.optimum.problem.free.basis, self._inverse(rows), strict=True
        ):
            a[j] = dot(row, found)
        return tuple(a)

    @cached_property
    def _thin(self) -> Matrix:
        """Independent columns of Z, as rows for the samples."""
        free = self.optimum.problem.free
        return tuple(tuple(z[j] for j in free.basis) for z in free.Z)

    @cached_property
    def _inverses(self) -> dict[tuple[int, ...], Matrix]:
        return {}

    def _inverse(self, rows: tuple[int, ...]) -> Matrix:
        """Return the inverse of the independent columns of Z at independent rows."""
        if rows not in self._inverses:
            square = [self._thin[k] for k in rows]
            units = [[Fraction(int(k == i)) for k in rows] for i in rows]
            solved = [cast("Vector", solve(square, unit)) for unit in units]
            self._inverses[rows] = cast("Matrix", transpose(solved)) if solved else ()
        return self._inverses[rows]
