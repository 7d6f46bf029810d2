"""What is exact at level *interval*, where an interval around 0 decides nothing.

Each fact is an identity that is multiplied out here; who found it is not asked (``hints``).
A sample that no face and no column of Z reaches has ``kappa_k = weights_k y_k``; a face with
one unknown entry gives it as the root of ``|V'kappa|^2 = beta^2`` that lies in its interval;
a linear form is a combination of ``Z'kappa = 0`` and known entries, or the factor of a form
``kappa'(B_a - B_b)kappa = 0``, known entries put in, whose other factor is not 0. Two forms B are
one modulo what is fitted freely: then both atoms are tight if one is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...kernel.intervals import Numbers, contains, linear
from ...kernel.numbers import Vector, cleared, dot, over_common
from ...kernel.primitives import combination, quadratic
from ...kernel.reading import Json, array, rationals, require, whole
from ..instance import Instance
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


def alike(S: System, first: Face, other: Face, where: str) -> list[Vector]:
    """Prove that two atoms have features that differ by what is fitted freely.

    Their products have ``B - C = sum_j (z_j w_j' + w_j z_j')`` over columns z_j with
    ``z_j'kappa = 0``, an identity: both are tight if one is, and the features differ by
    ``sum_j (w_j'kappa) z_j``. Return the w_j of the last columns (proofs/claims.md).
    """
    D, free = S.D, level(S)
    listed = array(S.hints.ask("alike", S, first, other), where, len(free))
    W = [rationals(read, D.n, where) for read in listed]
    at = range(D.n) if free else sorted({*first.at, *other.at})
    for i in at:
        D.clock.tick()
        for j in (j for j in at if j <= i):
            made = dot([z[i] for z in free], [w[j] for w in W])
            made += dot([z[j] for z in free], [w[i] for w in W])
            same = first.product(i, j) == other.product(i, j) + made
            require(same, where, "the atoms of a face are not alike")
    end = len(W) - S.linear
    S.nothing += W[end - len(S.unused) : end]
    return W[end:]


def level(S: System) -> list[Vector]:
    """Return the columns z of Z with ``z'kappa = 0``: all but the unit columns of flats."""
    own = len(S.D.independent)
    return [*S.Z[:own], *S.Z[len(S.Z) - S.linear - len(S.unused) :]]


def dual_basis(D: Instance, rows: Sequence[Vector], hint: Json, where: str) -> list[Vector]:
    """Return the w_k in the span of the rows with ``w_k'x_l = [k = l]``, times a number.

    They are combinations of the rows, so in their span; the products are multiplied out.
    """
    why = "rows that must be independent are not"
    found = []
    for k, read in enumerate(array(hint, where, len(rows))):
        parts, den = over_common(rationals(read, len(rows), where))
        width = range(len(rows[0]))
        w = [dot(parts, [x[j] for x in rows]) for j in width]
        for m, x in enumerate(rows):
            D.clock.tick()
            require(dot(w, x) == den * (k == m), where, why)
        found.append([Fraction(1, den) * t for t in w])
    return found
