"""What goes with a point of P: the talk's form, and coefficients of what is free.

In the talk's form (THEORY §3) there is one vector a pattern and sign. Beside the neurons go
the coefficients of what is free (THEORY §8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias, cast

from polytope_nn.called import given, listed
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, exact_scalar
from polytope_nn.problems.losses import Interval
from polytope_nn.problems.problem import Problem
from polytope_nn.wording import plural

from .supports import is_nothing

__all__ = ["Coefficients", "Pattern", "cones", "lifted", "masses_of"]

Pattern: TypeAlias = tuple[int, ...]
"""The signs of a region, one a sample."""


def masses_of(O: Optimum, c: object) -> Scalars:
    """Return the masses that are given, one for each atom; floats are refused."""
    masses = tuple(map(exact_scalar, listed(c, "c", "give a mass for each atom")))
    if len(masses) != len(O.atoms):
        raise DimensionError(
            f"{plural(len(masses), 'coordinate')} for {plural(len(O.atoms), 'atom')}"
        )
    return masses


def lifted(O: Optimum, c: Sequence[Scalar]) -> dict[tuple[Pattern, int], Scalars]:
    """Return ``u = c_a g_a`` summed per pattern and sign, atoms on their first pattern."""
    c = masses_of(O, c)
    found: dict[tuple[Pattern, int], Scalars] = {}
    for x, a in zip(c, O.atoms, strict=True):
        if x == 0:
            continue
        cone = cones(O.problem, a)[0]
        u = tuple(x * t for t in a.g)
        before = found.get((cone, a.sign), (Fraction(0),) * len(u))
        found[cone, a.sign] = tuple(p + q for p, q in zip(before, u, strict=True))
    return dict(sorted(found.items()))


def cones(problem: Problem, a: Atom) -> tuple[Pattern, ...]:
    """Return the patterns whose closed cones contain the direction of an atom.

    With a free bias the patterns are those of the charts whose sample is on the kink.
    """
    given(Atom, a)
    found: dict[Pattern, None] = {}
    for chart in problem.charts:
        if chart.anchor is not None and a.covector[problem.X.index(chart.anchor)]:
            continue
        for pattern in chart.arrangement.patterns:
            rows = zip(a.covector, pattern, chart.design, strict=True)
            if all(s in (0, t) or not any(x) for s, t, x in rows):
                found[pattern] = None
    return tuple(found)


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
        used = {a for a, x in enumerate(c) if not is_nothing(x)}
        busy = [[a for a in active if a in used] for active in self._active]
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

    @cached_property
    def _active(self) -> list[list[int]]:
        """For each sample the atoms that are active there."""
        features = [a.feature for a in self.optimum.atoms]
        samples = range(len(self._thin))
        return [
            [a for a, f in enumerate(features) if not is_nothing(f[k])] for k in samples
        ]

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
            self._inverses[rows] = transpose(solved) if solved else ()
        return self._inverses[rows]
