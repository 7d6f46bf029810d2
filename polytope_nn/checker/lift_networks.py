"""The networks that show what format 1 only says: derived here, believed by nobody.

One network that attains the optimum; of a continuum two, and a point where they differ.
The kernel proves each optimal, so a fault here can only refuse (see :mod:`.lift`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .claims.functions import (
    CLAIM,
    CONTINUUM,
    WITNESS,
    Family,
    Functions,
    Mixture,
    limit,
)
from .claims.networks import network, value_at
from .kernel.numbers import Algebraic, Scalar, Vector, same, sign, zero
from .kernel.reading import Json, Refuted, array, indices, record, require
from .lift_solving import inverse

NOTHING: Json = {"attained": None, "networks": None, "x": None}


@dataclass
class Sketch:
    """A network in the making: weights by atom, neurons beside them, the free part."""

    c: dict[int, Scalar]
    free: Vector
    beside: list[tuple[int, Vector]]


def networks_of(P: Any, witness: Json) -> Json:
    """Return the witness of uniqueness in format 2, from that of format 1."""
    claim = P.claims["uniqueness"]
    if claim["verdict"] != CONTINUUM:
        require(witness is None, WITNESS, "is not asked for")
    if type(claim["attained"]) is not bool:
        return NOTHING
    return Shown(P, attained=claim["attained"]).witness(
        witness, many=claim["verdict"] == CONTINUUM
    )


class Shown:
    """The vertices of P, and the networks made of them."""

    def __init__(self, P: Any, *, attained: bool) -> None:
        self.D, self.T, self.attained = P.D, P.target, attained
        self.F = Functions(P.D, P.atoms, P.fit, P.claims["vertices"])
        constants = self.F.constants() if P.D.unmade else []
        self.family = Family(P.D, self.F.signed, P.supports, constants)
        self.rising = P.D.unmade and self.family.rising()
        whole = self.rising or not attained
        self.points = self.family.everywhere if whole else self.family.attained_at()
        self.g = [[Fraction(1, a.den) * t for t in a.g] for a in self.F.atoms]

    def witness(self, differ: Json, *, many: bool) -> Json:
        """Return the networks that are asked for."""
        found = dict(NOTHING)
        if not self.points:
            raise Refuted(CLAIM, "no network attains the optimum")
        first = self.base()
        if self.attained:
            found["attained"] = self.written(first)
        if many:
            two, at = self.pair(first, differ)
            found["networks"] = [self.written(x) for x in two]
            found["x"] = [written(t) for t in at]
        return found

    def base(self) -> Sketch:
        """Return a network (or a limit), from the first point; rising neurons pay for it."""
        if not self.attained:
            return self.sketch([self.points[0]])
        if not self.rising:
            return self.on_line(self.sketch([self.points[0]]))
        mean = self.sketch(self.points)
        i, j = self.opposite()
        return self.raised(mean, i, j)

    def sketch(self, points: Sequence[Mixture]) -> Sketch:
        """Return the mean of some points."""
        c: dict[int, Scalar] = {}
        free: Vector = [Fraction(0)] * len(self.D.Z)
        for i, j in points:
            for k, share in self.parts(i, j):
                part = Fraction(1, len(points)) * share
                v = self.F.vertices[k]
                for a, x in v.c.items():
                    c[a] = c.get(a, Fraction(0)) + part * x
                own = v.free or [Fraction(0)] * len(free)
                free = [s + part * t for s, t in zip(free, own, strict=True)]
        return Sketch(c, free, [])

    def parts(self, i: int, j: int) -> list[tuple[int, Scalar]]:
        """Return the vertices of a mixture and their shares, which sum to 1."""
        if i == j:
            return [(i, Fraction(1))]
        a, b = self.F.vertices[i].free[-1], self.F.vertices[j].free[-1]
        unit = reciprocal(a - b, self.D)
        return [(i, -1 * b * unit), (j, a * unit)]

    def on_line(self, x: Sketch) -> Sketch:
        """Return the same function at the samples without a constant in the limit."""
        if not self.D.limited:
            return x
        line = next((a for a in self.D.lines if a[-1]), None)
        if line is None:
            return Sketch(x.c, [*x.free[:-1], Fraction(0)], x.beside)
        t = Fraction(-1) / line[-1] * x.free[-1]
        free = [s + t * z for s, z in zip(x.free, line, strict=True)]
        return Sketch(x.c, free, x.beside)

    def opposite(self) -> tuple[int, int]:
        """Return two last kinks in use, of opposite signs and directions."""
        used = self.family.used(self.points)
        last = [i for i, end in self.family.flats(used) if end is None]
        w = self.D.priced
        for i in last:
            back = [-1 * t for t in self.g[i][:w]]
            for j in last:
                if self.F.signed[i][0] > self.F.signed[j][0] and same(self.g[j][:w], back):
                    return i, j
        raise Refuted(WITNESS, "no two last kinks rise together")

    def lifted(self, x: Sketch, i: int, mass: Scalar, by: int) -> Sketch:
        """Return the network with some of an atom's mass at a larger bias."""
        g = [*self.g[i][:-1], self.g[i][-1] + by]
        beside = [*x.beside, (self.F.signed[i][0], [mass * t for t in g])]
        return Sketch(x.c | {i: x.c[i] - mass}, list(x.free), beside)

    def raised(self, x: Sketch, i: int, j: int) -> Sketch:
        """Return the network whose constant is made by a last kink that rises."""
        a0 = x.free[-1]
        if zero(a0):
            return x
        k = i if sign(a0) == self.F.signed[i][0] else j
        size, by = sign(a0) * a0, 1
        while sign(x.c[k] * by - 4 * size) < 0:
            by *= 2
        moved = self.lifted(x, k, Fraction(1, by) * size, by)
        return Sketch(moved.c, [*moved.free[:-1], Fraction(0)], moved.beside)

    def pair(self, first: Sketch, differ: Json) -> tuple[list[Sketch], Vector]:
        """Return two networks and a point where they differ."""
        D = self.D
        lines = [a for a in D.lines if not (D.limited and a[-1] and self.attained)]
        if lines:
            free = [s + t for s, t in zip(first.free, lines[0], strict=True)]
            *slope, offset = D.affine(lines[0])
            at = [Fraction(0)] * D.inputs if offset else slope
            return [first, Sketch(first.c, free, first.beside)], at
        loose = next(self.family.flats(self.family.used(self.points)), None)
        if loose is not None:
            return self.moved(loose)
        record(differ, "points x", WITNESS)
        two = indices(array(differ["points"], WITNESS, 2), len(self.points), WITNESS)
        at = [D.field.rational(t, WITNESS) for t in array(differ["x"], WITNESS, D.inputs)]
        sketches = [self.sketch([self.points[k]]) for k in two]
        return [self.on_line(x) if self.attained else x for x in sketches], at

    def moved(self, flat: tuple[int, int | None]) -> tuple[list[Sketch], Vector]:
        """Return two networks that differ by neurons moved along their bias."""
        mean = self.sketch(self.points)
        i, j = flat
        if self.rising:
            i, j = self.opposite()
            one = self.raised(mean, i, j)
            mass = Fraction(1, 4) * self.least(one, i, j)
            two = self.lifted(self.lifted(one, i, mass, 1), j, mass, 1)
        elif j is None:
            mass = Fraction(1, 2) * mean.c[i]
            two = self.lifted(mean, i, mass, 1)
            two.free[-1] = two.free[-1] - self.F.signed[i][0] * mass
            one = mean
        else:
            mass = Fraction(1, 2) * self.least(mean, i, j)
            ends = zip(self.g[i], self.g[j], strict=True)
            middle = [mass * (s + t) for s, t in ends]
            c = mean.c | {k: mean.c[k] - mass for k in (i, j)}
            one, two = mean, Sketch(c, mean.free, [(self.F.signed[i][0], middle)])
        if self.attained:
            one, two = self.on_line(one), self.on_line(two)
        return [one, two], self.apart(one, two, i)

    def least(self, x: Sketch, i: int, j: int) -> Scalar:
        """Return the smaller of two weights."""
        return x.c[i] if sign(x.c[i] - x.c[j]) < 0 else x.c[j]

    def apart(self, one: Sketch, two: Sketch, i: int) -> Vector:
        """Return a point on the line across a kink where two networks differ."""
        read = [self.read(x) for x in (one, two)]
        for at in self.across(i):
            if sign(value_at(self.D, read[0], at) - value_at(self.D, read[1], at)):
                return at
        raise Refuted(WITNESS, "no point is found where two networks differ")

    def across(self, i: int) -> Iterator[Vector]:
        """Yield points on both sides of the kinks of an atom's direction."""
        w = self.g[i][: self.D.inputs]
        unit = Fraction(1) / self.D.beta_squared
        ends = [self.g[i][-1]]
        ends += [g[-1] for g in self.g if same(g[:-1], self.g[i][:-1])]
        for b in ends:
            yield [-1 * unit * (Fraction(1, 2) * (b + ends[0])) * t for t in w]
        for far in (1, -1, 16, -16, 2**20, -(2**20)):
            for b in ends:
                yield [(far - b) * unit * t for t in w]

    def read(self, x: Sketch) -> Any:
        """Return the network as the checker reads it."""
        shown = self.written(x)
        if self.attained:
            return network(self.D, shown, None, WITNESS, free=True)
        return limit(self.D, shown)

    def written(self, x: Sketch) -> Json:
        """Return the network of a witness."""
        neurons = [
            (self.F.signed[a][0], [t * g for g in self.g[a]]) for a, t in x.c.items()
        ]
        listed = [
            {"sign": s, "u": [written(t) for t in u]}
            for s, u in [*neurons, *x.beside]
            if not all(map(zero, u))
        ]
        own = x.free[: len(x.free) - (self.D.limited and self.attained)]
        if not self.D.Z:
            return {"neurons": listed}
        return {"neurons": listed, "free": [written(t) for t in own]}


def written(x: Scalar) -> Json:
    """Return a number in canonical form."""
    if isinstance(x, Algebraic) and any(x.coordinates[1:]):
        return [str(Fraction(t)) for t in x.coordinates]
    return str(Fraction(x.coordinates[0] if isinstance(x, Algebraic) else x))


def reciprocal(x: Scalar, D: Any) -> Scalar:
    """Return 1/x, with the matrix of the multiplication by x."""
    if not isinstance(x, Algebraic):
        return 1 / Fraction(x)
    k = x.field.degree
    units = [Algebraic([int(i == j) for i in range(k)], x.field) for j in range(k)]
    columns = [(x * e).coordinates for e in units]
    rows = [list(map(Fraction, row)) for row in zip(*columns, strict=True)]
    found = inverse(rows, D.clock)
    if found is None:
        raise Refuted(WITNESS, "a number has no inverse modulo poly")
    return Algebraic([row[0] for row in found], x.field)
