"""Claim *dual* at level *interval*: every decision is strict, or exact; what is exact of kappa.

An interval around 0 decides nothing.

Each fact is an identity that is multiplied out here; who found it is not asked (``hints``).
A sample that no face and no column of Z reaches has ``kappa_k = weights_k y_k``; a face with
one unknown entry gives it as the root of ``|V'kappa|^2 = beta^2`` that lies in its interval;
a linear form is a combination of ``Z'kappa = 0`` and known entries, or the factor of a form
``kappa'(B_a - B_b)kappa = 0``, known entries put in, whose other factor is not 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...kernel.intervals import Numbers, contains, linear
from ...kernel.numbers import Vector, bits, cleared, dot
from ...kernel.primitives import combination, quadratic
from ...kernel.reading import Json, array, indices, rationals, require, whole
from ..dual import multipliers
from ..instance import Chart
from .equations import Face, System

HINTS = "witness.hints"


def silent(S: System) -> dict[int, Fraction]:
    """Return the samples that no face and no column of Z reaches, with their kappa.

    The fit there is 0. Where labels are fitted exactly that says nothing.
    """
    reached = {k for f in S.faces for k, v in f.V.items() if any(v)}
    reached |= {k for z in S.Z for k, t in enumerate(z) if t}
    alone = ((k, S.still(k)) for k in range(S.D.n) if k not in reached)
    return {k: t for k, t in alone if t is not None}


def resting(S: System) -> dict[int, Fraction]:
    """Return the same, and the samples on flats that their own columns of Z alone reach.

    Their fit is 0 as well; kappa is the price of the column.
    """
    reached = {k for f in S.faces for k, v in f.V.items() if any(v)}
    seen = [(m, k) for m, z in enumerate(S.Z) for k, t in enumerate(z) if t]
    own = {k: S.prices[m] for m, k in seen if m in S.prices}
    reached |= {k for m, k in seen if m not in S.prices}
    return silent(S) | {k: t for k, t in own.items() if k not in reached}


class Exact:
    """The solution's kappa, and what is exact about it."""

    def __init__(self, S: System, kappa: Numbers) -> None:
        self.S, self.kappa = S, kappa
        D = S.D
        self.known = silent(S)
        for read in array(S.hints.ask("known", S, kappa), HINTS):
            D.clock.tick()
            k, a, value = array(read, HINTS, 3)
            k = whole(k, HINTS, 0, D.n - 1)
            a = whole(a, HINTS, 0, len(S.faces) - 1)
            (root,) = rationals(value, 1, HINTS)
            self.root(k, S.faces[a], root)
            self.known[k] = root

    def root(self, k: int, f: Face, r: Fraction) -> None:
        """Prove that kappa_k is r: a root of the face's equation, the other one outside."""
        D, why = self.S.D, "an entry of kappa is not proved to be this number"
        others = [i for i in f.at if i != k and any(f.V[i])]
        fine = k in f.V and any(f.V[k]) and all(i in self.known for i in others)
        require(fine, HINTS, why)
        unit, v = Fraction(1, f.den), f.V[k]
        p = [
            dot([self.known[i] for i in others], [f.V[i][j] for i in others])
            for j in range(len(v))
        ]
        a, b = dot(v, v) * unit**2, dot(v, p) * unit**2
        c = dot(p, p) * unit**2 - D.beta_squared
        require(a * r * r + 2 * b * r + c == 0, HINTS, why)
        other = -2 * b / a - r
        alone = other == r or not contains(self.kappa[k], other)
        require(alone and contains(self.kappa[k], r), HINTS, why)

    def not_negative(self, form: Vector, where: str, why: str) -> None:
        """Prove that a linear form is not negative at kappa."""
        num, den = cleared(form, self.S.D.clock)
        if not any(num) or linear(num, den, self.kappa, self.S.bits).low >= 0:
            return
        value = self.value(form)
        require(value is not None and value >= 0, where, why)

    def value(self, form: Vector) -> Fraction | None:
        """Return the value of a linear form at kappa where a hint proves it; else None."""
        read = self.S.hints.ask("value", self, form)
        if read is None:
            return None
        parts = array(read, HINTS)
        lengths = {1, 2, 3, 4} if self.S.level else {1, 3, 4}
        require(len(parts) in lengths, HINTS, "is no sum and no product")
        return self.sum(form, *parts) if len(parts) < 3 else self.product(form, parts)

    def sum(self, form: Vector, read: Json, tied: Json = None) -> Fraction:
        """Return the value of ``sum_j shares_j z_j + known entries``: ``Z'kappa`` is known.

        So is that of differences of columns that are tied, 0, where shares of these are told.
        """
        S, D = self.S, self.S.D
        shares = rationals(read, len(S.Z), HINTS)
        rest: Vector = list(form)
        level = [] if tied is None else S.level
        more = [] if tied is None else rationals(tied, len(level), HINTS)
        for t, z in zip([*shares, *more], [*S.Z, *level], strict=True):
            D.clock.tick()
            rest = [r - t * x for r, x in zip(rest, z, strict=True)] if t else rest
        left = [0 if k in self.known else r for k, r in enumerate(rest)]
        combination([], left, D.clock.tick, (HINTS, "a form is not that combination"))
        prices = sum((shares[m] * r for m, r in S.prices.items()), Fraction(0))
        return sum((rest[k] * x for k, x in self.known.items()), prices)

    def product(self, form: Vector, read: Json) -> Fraction:
        """Return 0, the value of a factor of ``kappa'(B_a - B_b)kappa``, the other not 0.

        Of it less the ``(z'kappa - price)(w'kappa)``, which are 0, where a w is told for each z.
        """
        S, D = self.S, self.S.D
        a, b = (S.faces[whole(t, HINTS, 0, len(S.faces) - 1)] for t in read[:2])
        other, R = rationals(read[2], D.n, HINTS), Rest.of(self)
        every, told = [*S.Z, *S.level], list[Json]()
        if len(read) > 3:
            told = array(read[3], HINTS)
            told = array(told, HINTS, len(S.Z if len(told) == len(S.Z) else every))
        W = [R.form(rationals(w, D.n, HINTS)) for w in told]
        V = [R.form(z, S.prices.get(m, 0)) for m, z in enumerate(every[: len(W)])]
        entry = R.difference(a, b)

        def left(i: int, j: int) -> Fraction:
            D.clock.tick()
            pairs = zip(V, W, strict=True)
            shared = sum(z[i] * w[j] + z[j] * w[i] for z, w in pairs)
            return entry(i, j) - Fraction(shared) / 2

        place = (HINTS, "two faces do not differ by that product")
        quadratic(left, R.form(form), R.form(other), D.clock.tick, place)
        num, den = cleared(other, D.clock)
        apart = linear(num, den, self.kappa, S.bits)
        require(apart.low > 0 or apart.high < 0, HINTS, "the other factor may be 0")
        return Fraction(0)


@dataclass
class Rest:
    """Forms in the entries of kappa that are not known, and 1: what is known is put in."""

    known: dict[int, Fraction]
    left: list[int]

    @classmethod
    def of(cls, E: Exact) -> "Rest":
        """Return those of a kappa."""
        return cls(E.known, [k for k in range(E.S.D.n) if k not in E.known])

    def form(self, v: Sequence[Fraction], less: Fraction | int = 0) -> Vector:
        """Return a linear form less a number, its value at what is known last."""
        own = sum(v[k] * t for k, t in self.known.items())
        return [*(v[k] for k in self.left), own - less]

    def difference(self, a: Face, b: Face) -> Callable[[int, int], Fraction]:
        """Return the entries of ``B_a - B_b``."""
        parts = [[(k, Fraction(1))] for k in self.left]
        parts.append([(k, t) for k, t in self.known.items() if t])

        def entry(i: int, j: int) -> Fraction:
            pairs = ((p, q, s * t) for p, s in parts[i] for q, t in parts[j])
            found = (t * (a.product(p, q) - b.product(p, q)) for p, q, t in pairs)
            return sum(found, Fraction(0))

        return entry


DUAL = "witness.dual"


class Seen:
    """What neurons see on a chart: kappa times a factor per row, inactive or active, over q."""

    def __init__(
        self, E: Exact, bases: Any, factors: tuple[list[int], list[int]], q: int
    ) -> None:
        self.E, self.bases, self.factors, self.q = E, bases, factors, q
        self.pulls = Pulls(bases.chart, [(x.low, x.high) for x in E.kappa], factors)

    def below(self, active: int, s: int, read: Json) -> None:
        """Prove one bound strict, or tight at an atom."""
        D, chart, bits_ = self.bases.S.D, self.bases.chart, self.bases.S.bits
        q, beta = self.q, Fraction(D.beta_squared)
        pull = self.pulls.of(active)
        if len(array(read, DUAL)) == 2:
            self.tight(active, s, read)
            return
        push, m = [0] * len(pull), 1
        if read:
            places, mu, m = multipliers(D, read, D.n)
            mu = [t if active >> k & 1 else -t for k, t in zip(places, mu, strict=True)]
            push = [q * dot(mu, [c[k] for k in places]) << bits_ for c in chart.columns]
        # the ends of p in units of 2^-bits / (scale q m), exactly
        p = [(s * m * x + t, s * m * z + t) for (x, z), t in zip(pull, push, strict=True)]
        square = sum(max(x * x, z * z) for x, z in p)
        unit = (D.scale * q * m << bits_) ** 2
        strict = square * beta.denominator < beta.numerator * unit
        require(strict, DUAL, "a bound is not proved to be below beta")

    def tight(self, active: int, s: int, read: Json) -> None:
        """Prove one bound tight at a listed atom: its multipliers, linear in kappa, are >= 0.

        ``p - g = s sum_i kappa_i (x_i - v_i)`` over active rows, ``v_i = 0`` on the kink, lies in
        the span of the kink's rows, where ``w_k`` gives the coordinates and ``w_k'v_i = 0``.
        Off the kink factors are the slopes; on it they may be others (three-layer D13).
        """
        S, chart, (low, high) = self.bases.S, self.bases.chart, self.factors
        a = whole(read[0], DUAL, 0, len(S.atoms) - 1)
        R = indices(read[1], S.D.n, DUAL)
        own, covector = S.atoms[a]
        signs = [t == 0 or (t > 0) == bool(active >> k & 1) for k, t in enumerate(covector)]
        passes = chart.anchor is None or covector[chart.anchor] == 0
        pressed = all(covector[k] == 0 for k in R)
        right, left, q = S.D.unit.whole_slopes
        full = all(
            (high[k] * q == right * self.q if t > 0 else low[k] * q == left * self.q)
            for k, t in enumerate(covector)
            if t
        )
        inside = own == s and all(signs) and passes and pressed and full
        require(inside, DUAL, "an atom is not in this tope's closed cone")
        for k, products in zip(R, self.bases.of(a, R), strict=True):
            S.D.clock.tick()
            turn = Fraction(-s if active >> k & 1 else s, self.q)
            form = [
                turn * (high if active >> i & 1 else low)[i] * t
                for i, t in enumerate(products)
            ]
            self.E.not_negative(form, DUAL, "a multiplier is not proved to be >= 0")


def ends(
    column: Vector, numbers: list[tuple[int, int]], factors: list[int]
) -> list[tuple[int, int]]:
    """Return the ends of ``factors_k column_k numbers_k`` for all k, in the same units."""
    turned = [f * c for f, c in zip(factors, column, strict=True)]
    return [
        (c * x, c * z) if c > 0 else (c * z, c * x)
        for c, (x, z) in zip(turned, numbers, strict=True)
    ]


class Pulls:
    """The ends of ``X'D kappa`` of topes, each from the one before: few rows turn.

    From a tope to its opposite all do, and what both pull together is known.
    """

    def __init__(
        self,
        chart: Chart,
        kappa: list[tuple[int, int]],
        factors: tuple[list[int], list[int]],
    ) -> None:
        self.every = bits(chart.rows)
        listed = [[ends(c, kappa, own) for c in chart.columns] for own in factors]
        # per row, inactive and active: low and high ends of the first entry, the second, ...
        self.sides = {
            k: [[t for column in of for t in column[k]] for of in listed]
            for k in chart.rows
        }
        nothing = [0] * (2 * chart.d)
        inactive = [nothing, *(low for low, _ in self.sides.values())]
        self.active, self.pull = 0, list(map(sum, zip(*inactive, strict=True)))
        turned = [self.pull, *(high for _, high in self.sides.values())]
        self.both = list(map(sum, zip(*turned, strict=True)))

    def of(self, active: int) -> list[tuple[int, int]]:
        """Return the ends of each entry for a tope, its active rows as bits."""
        turned = (active ^ self.active) & self.every
        if 2 * turned.bit_count() > len(self.sides):
            self.pull = [x - t for x, t in zip(self.both, self.pull, strict=True)]
            turned ^= self.every
        pull = self.pull
        while turned:
            bit = turned & -turned
            low, high = self.sides[bit.bit_length() - 1]
            new, old = (high, low) if active & bit else (low, high)
            pull = [t + a - b for t, a, b in zip(pull, new, old, strict=True)]
            turned ^= bit
        self.active, self.pull = active, pull
        return list(zip(pull[::2], pull[1::2], strict=True))
