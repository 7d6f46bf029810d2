"""The function ``kappa'(Xu)_+`` as cone trees see it: merged rows, and integers around them.

Zero rows go; a row and its multiples become one primitive row, by ``(-t)_+ = t_+ - t``. So
with rows no two of which are parallel

    kappa'(Xu)_+ = linear'u + sum_k weights_k (rows_k'u)_+,

and dual feasibility for the sign s is ``s kappa'(Xu)_+ <= beta |u|`` for all u. A row is
*convex* for s when ``s weights_k > 0`` and *concave* otherwise. With a free bias the neuron is
``u = (w, t)``, the rows are ``(x_k - x_1, 1)``, and only w has a length: ``|u|`` reads ``|w|``.

The function only sees the projection of u onto the span of the rows, so a tree covers that
span: the orthants of a ``basis`` in reduced echelon form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from polytope_nn.exact.linear import rref
from polytope_nn.exact.rational import Matrix, Vector, exponent, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.cone_tree import Ray

from .atoms import Atom
from .feasibility import enclosure

__all__ = ["ConeForm", "Integers", "cone_form"]

_BITS = 110  # of the integers, relative to beta
_LONGEST = 400  # bits of a common denominator that is worth having no error


@dataclass(frozen=True)
class Integers:
    """The form in integers, times ``1/unit``, each off by at most ``error``.

    ``square`` is ``beta^2 / unit^2``. Where ``error`` is 0 the integers are exact.
    """

    unit: Fraction
    weights: tuple[int, ...]
    linear: tuple[int, ...]
    error: int
    square: Fraction
    reach: int  # times max|r|: a bound on the error of the form at any integer r

    def nearest(self, x: Scalar) -> tuple[int, int]:
        """Return an integer near ``x/unit`` and how far off it is at most."""
        middle, radius = enclosure(x)
        found = round(middle / self.unit)
        off = abs(middle / self.unit - found) + radius / self.unit
        return found, -(-off.numerator // off.denominator)


@dataclass(frozen=True)
class ConeForm:
    """``kappa'(Xu)_+`` over merged rows, and the beta it is compared with.

    ``places`` gives for each row of X its merged row, -1 for a zero row, and ``factors``
    the number it is to be multiplied by. ``anchor`` is x_1 where the bias is free, else None.
    """

    rows: tuple[Ray, ...]
    weights: Scalars
    linear: Scalars
    beta_squared: Fraction
    basis: tuple[Ray, ...]
    places: tuple[int, ...]
    factors: Vector
    anchor: Vector | None

    @property
    def dim(self) -> int:
        """The number of coordinates of u, a free bias included."""
        return len(self.linear)

    @property
    def penalised(self) -> int:
        """The number of leading coordinates of u whose length is counted."""
        return self.dim - (self.anchor is not None)

    @cached_property
    def integers(self) -> Integers:
        """The form in integers."""
        middles = [enclosure(x) for x in (*self.weights, *self.linear)]
        common = lcm(*(m.denominator for m, _ in middles))
        longest = max((max(map(abs, row)) for row in self.rows), default=1)
        size = self.beta_squared / longest**2
        bits = (exponent(size)) // 2 - _BITS
        unit = Fraction(1 << bits) if bits >= 0 else Fraction(1, 1 << -bits)
        if not any(e for _, e in middles) and common.bit_length() <= _LONGEST:
            unit = _finer(Fraction(1, common), unit)
        whole = [round(m / unit) for m, _ in middles]
        off = max(
            (
                abs(m / unit - k) + e / unit
                for (m, e), k in zip(middles, whole, strict=True)
            ),
            default=Fraction(0),
        )
        error = -(-off.numerator // off.denominator)
        n = len(self.rows)
        total = sum(abs(t) for row in self.rows for t in row) + self.dim
        return Integers(
            unit,
            tuple(whole[:n]),
            tuple(whole[n:]),
            error,
            self.beta_squared / unit**2,
            error * total,
        )

    @cached_property
    def fractions(self) -> Matrix:
        """The rows as fractions."""
        return tuple(tuple(map(Fraction, row)) for row in self.rows)

    def convex(self, sign: int) -> int:
        """Return the rows, as bits, whose weight times the sign may be positive."""
        return self._convex[sign > 0]

    @cached_property
    def _convex(self) -> tuple[int, int]:
        return self._bits(-1), self._bits(1)

    def _bits(self, sign: int) -> int:
        bits = 0
        for k, x in enumerate(self.weights):
            middle, radius = enclosure(x)
            if isinstance(x, Fraction) or radius < abs(middle):
                bits |= (sign * middle > 0) << k
            else:  # a ball around 0, or an algebraic number that is almost 0
                bits |= 1 << k
        return bits

    def atom(self, side: int, u: Scalars, signs: Sequence[int]) -> Atom:
        """Return the atom on the ray of u, from the signs of the merged rows there."""
        values: list[Scalar] = [
            dot(list(map(Fraction, x)), u) if s else Fraction(0)
            for x, s in zip(self.rows, signs, strict=True)
        ]
        covector, feature = [], []
        for place, factor in zip(self.places, self.factors, strict=True):
            s = 0 if place < 0 else signs[place] * (1 if factor > 0 else -1)
            covector.append(s)
            feature.append(values[place] * (factor * side) if s > 0 else Fraction(0))
        g = u
        if self.anchor is not None:
            g = (*g[:-1], g[-1] - dot(self.anchor, g[:-1]))
        return Atom(side, tuple(covector), g, tuple(feature))

    def kinks(self, side: int, u: Scalars, signs: Sequence[int]) -> Iterator[Atom]:
        """Yield the atoms of the other kinks t of a neuron (w, t) where the value is beta^2 too.

        At w fixed the value is piecewise linear in t and at most ``beta |w|``.

        Raises
        ------
        Undecided
            When balls do not show that a kink is below beta.
        """
        w = u[:-1]
        across = [dot(list(map(Fraction, x[:-1])), w) for x in self.rows]
        for i, (x, t) in enumerate(zip(self.rows, across, strict=True)):
            if signs[i] == 0:
                continue
            kink = (*w, -t / x[-1])
            heights = [s + y[-1] * kink[-1] for y, s in zip(self.rows, across, strict=True)]
            heights[i] = Fraction(0)
            at = [sign(h) for h in heights]
            active = [k for k, s in enumerate(at) if s > 0]
            value = dot(self.linear, kink)
            value = value + dot(
                [self.weights[k] for k in active], [heights[k] for k in active]
            )
            if value * side == self.beta_squared:
                yield self.atom(side, kink, at)


def _finer(exact: Fraction, wanted: Fraction) -> Fraction:
    """Return ``exact`` over a power of 2, at most ``wanted``."""
    ratio = exact / wanted
    shift = max(0, exponent(ratio) + 1)
    return exact / (1 << shift)


def cone_form(
    X: Matrix, kappa: Sequence[Scalar], beta_squared: Fraction, *, free_bias: bool = False
) -> ConeForm:
    """Return the form of a dual variable; X are the samples, or the design without bias.

    >>> one = Fraction(1)
    >>> F = cone_form(((one, one), (-2 * one, -2 * one)), (3 * one, one), one)
    >>> F.rows, F.weights, F.linear
    (((1, 1),), (Fraction(5, 1),), (Fraction(-2, 1), Fraction(-2, 1)))
    """
    anchor = X[0] if free_bias else None
    if anchor is not None:
        X = tuple(
            (*(t - a for t, a in zip(x, anchor, strict=True)), Fraction(1)) for x in X
        )
    dim = len(X[0])
    rows: dict[Ray, int] = {}
    weights: list[Scalar] = []
    linear: list[Scalar] = [Fraction(0)] * dim
    places, factors = [], []
    for x, k in zip(X, kappa, strict=True):
        row = integer_row(x)
        lead = next((j for j, t in enumerate(row) if t), None)
        if lead is None:
            places.append(-1)
            factors.append(Fraction(0))
            continue
        if row[lead] < 0:
            row = tuple(-t for t in row)
        factor = x[lead] / row[lead]
        at = rows.setdefault(row, len(rows))
        if at == len(weights):
            weights.append(Fraction(0))
        weight = k * abs(factor)
        weights[at] = weights[at] + weight
        if factor < 0:
            linear = [b - weight * t if t else b for b, t in zip(linear, row, strict=True)]
        places.append(at)
        factors.append(factor)
    basis = tuple(integer_row(row) for row in _rational(rref(X)[0]))
    return ConeForm(
        tuple(rows),
        tuple(weights),
        tuple(linear),
        beta_squared,
        basis,
        tuple(places),
        tuple(factors),
        anchor,
    )


def _rational(rows: Sequence[Scalars]) -> list[Vector]:
    return [tuple(t for t in row if isinstance(t, Fraction)) for row in rows]
