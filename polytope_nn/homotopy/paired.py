"""Opposite atoms that move: the chamber of their shares (topology.md B2 v, free-linear phase).

A pair of atoms g and -g with weights c and c' has ``w = c + c'`` and the share ``d = c - c'`` in
``[-w, w]``. The features are ``w B k + d X V'k / 2``, so of the weights w and the coefficients
lambda of the columns L the optimal set leaves

    {d : |d_a| <= w_a, sum_a d_a p_a(k) = lambda},   L p_a(k) = X V_a'k / 2.

At a vertex as many shares as L has columns are inside their bounds and given by Cramer's rule;
the type changes only where one of these determinants is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product
from math import comb
from typing import cast

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, dot

from .conditions import Condition, positive_weights
from .curve import Curve
from .stretch import Stretch
from .tied import Tied

__all__ = ["Minor", "paired"]

_MOST = 600  # candidates for a vertex

Column = Sequence[Scalar]


@dataclass(frozen=True)
class Minor:
    """A determinant that is positive, times a sign.

    Its columns are p_a for the pairs ``inside``; where these are too few, the last one is
    ``lambda - sum_a e_a w_a p_a`` for pairs a at the ends ``e_a`` of their shares.

    Parameters
    ----------
    shape
        The numbers of samples and of weights: where w and lambda begin among the unknowns.
    forms
        The matrices of ``p_a(k)``, shape (len(L), n), with the places of the weights.
    """

    shape: tuple[int, int]
    forms: tuple[tuple[int, Matrix], ...]
    inside: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    sign: int = 1

    def at(self, x: Sequence[Scalar]) -> Scalar:
        """Return the value at a point, in its own arithmetic."""
        return _determinant(self._columns(x)) * self.sign

    def value(self, stretch: Stretch) -> Ball:
        """Return the value on a stretch: that at its middle, and the slope times t."""
        near = [a + r for a, r in zip(stretch.point.x, stretch.rest, strict=True)]
        return cast("Ball", self.at(near) + self.slope(stretch) * stretch.t)

    def slope(self, stretch: Stretch) -> Ball:
        """Return the derivative on a stretch."""
        return cast("Ball", self._along(stretch.values, stretch.slopes))

    def gradient(self, x: Sequence[Scalar]) -> list[Scalar]:
        """Return the derivatives after the unknowns at x."""
        N = len(x)
        return [self._along(x, unit_vector(i, N)) for i in range(N)]

    def negative(self) -> "Minor":
        """Return the same with the other sign."""
        return replace(self, sign=-self.sign)

    def _along(self, x: Sequence[Scalar], s: Sequence[Scalar]) -> Scalar:
        """Return the derivative at x in the direction s."""
        columns = self._columns(x)
        total: Scalar = Fraction(0)
        for i, rate in enumerate(self._rates(x, s)):
            total = total + _determinant([*columns[:i], rate, *columns[i + 1 :]])
        return total * self.sign

    def _columns(self, x: Sequence[Scalar]) -> list[Column]:
        w, free = self._rest(x)
        p = self._points(x)
        columns = [p[a] for a in self.inside]
        if len(columns) == len(free):
            return columns
        last = list(free)
        for a, e in self.ends:
            last = [t - e * w[a] * u for t, u in zip(last, p[a], strict=True)]
        return [*columns, last]

    def _rates(self, x: Sequence[Scalar], s: Sequence[Scalar]) -> list[Column]:
        """Return the derivatives of the columns at x in the direction s."""
        (w, free), (v, rate) = self._rest(x), self._rest(s)
        p, q = self._points(x), self._points(s)
        columns = [q[a] for a in self.inside]
        if len(columns) == len(free):
            return columns
        last = list(rate)
        for a, e in self.ends:
            rows = zip(last, p[a], q[a], strict=True)
            last = [t - e * (v[a] * u + w[a] * z) for t, u, z in rows]
        return [*columns, last]

    def _rest(self, x: Sequence[Scalar]) -> tuple[Sequence[Scalar], Sequence[Scalar]]:
        n, m = self.shape
        return x[n : n + m], x[n + m :]

    def _points(self, x: Sequence[Scalar]) -> dict[int, Column]:
        k = x[: self.shape[0]]
        return {a: [dot(row, k) for row in form] for a, form in self.forms}


def paired(curve: Curve, x: Sequence[Fraction]) -> Tied | None:
    """Return the chamber of the shares of pairs, None where there is none of this kind.

    ``x`` is a guess at the unknowns; the conditions prove what it suggests.
    """
    places = [a for a, unit in enumerate(curve.units) if unit.opposite]
    p, q = len(curve.linear), len(places)
    if not 0 < p <= q or comb(q, p) << (q - p) > _MOST:
        return None
    forms = tuple((a, form) for a in places if (form := _shares(curve, a)) is not None)
    if len(forms) < q:
        return None
    conditions: list[Condition] = [*positive_weights(curve.n, len(curve.units))]
    supports = []
    for J in combinations(places, p):
        base = _signed(Minor((curve.n, len(curve.units)), forms, J, ()), x)
        conditions.append(base)
        others = [a for a in places if a not in J]
        for e in product((1, -1), repeat=len(others)):
            bounds = _bounds(base, tuple(zip(others, e, strict=True)))
            wrong = [c for c in bounds if c.at(x) < 0]
            conditions += [c.negative() for c in wrong[:1]] or bounds
            if not wrong:
                supports.append(_support(curve, dict(zip(others, e, strict=True))))
    return Tied((), tuple(supports), tuple(dict.fromkeys(conditions)))


def _signed(c: Minor, x: Sequence[Fraction]) -> Minor:
    return c.negative() if c.at(x) < 0 else c


def _bounds(base: Minor, ends: tuple[tuple[int, int], ...]) -> list[Minor]:
    """Return what says that the shares of a basis are inside their bounds.

    With ``lambda - sum_a e_a w_a p_a - e w_j p_j`` for the column of j, the determinant is
    ``d_j - e w_j`` times that of the basis; j's column moves to the last place.
    """
    J, found = base.inside, []
    for i, j in enumerate(J):
        moved = (-1) ** (len(J) - 1 - i) * base.sign
        for e in (1, -1):
            inside = J[:i] + J[i + 1 :]
            c = Minor(base.shape, base.forms, inside, (*ends, (j, e)), -e * moved)
            found.append(c)
    return found


def _shares(curve: Curve, a: int) -> Matrix | None:
    """Return the matrix of ``p_a(k)``; None where L does not span ``X V_a'``."""
    columns = transpose(curve.linear)
    X, V = curve.family.X, curve.units[a].factor
    moved = [[dot(x, row) / 2 for x in X] for row in V]  # X v_i / 2, for each sample i
    if rank([*curve.linear, *moved]) > len(curve.linear):
        return None
    found = [cast("Vector", solve(columns, v)) for v in moved]
    return transpose(found)


def _support(curve: Curve, ends: dict[int, int]) -> int:
    """Return the atoms of a vertex, in the order of a regime: each face, then its partner."""
    used = []
    for a, unit in enumerate(curve.units):
        e = ends.get(a, 0)
        used += [e >= 0, e <= 0] if unit.partner is not None else [True]
    return sum(1 << i for i, t in enumerate(used) if t)


def _determinant(columns: Sequence[Column]) -> Scalar:
    """Return the determinant of few columns, by the first."""
    if len(columns) == 1:
        return columns[0][0]
    total: Scalar = Fraction(0)
    for i, t in enumerate(columns[0]):
        minor = [[*c[:i], *c[i + 1 :]] for c in columns[1:]]
        term = t * _determinant(minor)
        total = total - term if i % 2 else total + term
    return total
