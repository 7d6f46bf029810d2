"""Intervals with integer ends: whatever is rounded is rounded outwards; solutions of systems.

An interval in units of ``2^-bits`` contains the real number it stands for; nothing is
decided that it does not prove. Sums with rational coefficients are summed in integers and
rounded once. A box has exactly one solution of a system by Krawczyk's test.
"""

from collections.abc import Sequence
from fractions import Fraction
from operator import add, mul, sub
from typing import Any, TypeAlias

from .reading import NARROW, Clock, Json, array, ratio, require, whole


class Interval:
    """A real number between ``low`` and ``high``, integers in units of ``2^-bits``."""

    __slots__ = ("bits", "high", "low")

    def __init__(self, low: int, high: int, bits: int) -> None:
        self.low, self.high, self.bits = low, high, bits

    @classmethod
    def around(cls, low: Fraction | int, high: Fraction | int, bits: int) -> "Interval":
        """Return the least interval of that many bits that contains low and high."""
        below = (low.numerator << bits) // low.denominator
        return cls(below, -((-high.numerator << bits) // high.denominator), bits)

    def __add__(self, other: "Interval | Fraction | int") -> "Interval":
        x = other if isinstance(other, Interval) else self._point(other)
        return Interval(self.low + x.low, self.high + x.high, self.bits)

    def _point(self, x: Fraction | int) -> "Interval":
        return Interval.around(x, x, self.bits)

    def __mul__(self, other: "Interval | Fraction | int") -> "Interval":
        if isinstance(other, Interval):
            low, high = between(self, other)
            return Interval(low >> self.bits, -(-high >> self.bits), self.bits)
        p, q = other.numerator, other.denominator
        low, high = self.low * p, self.high * p
        if p < 0:
            low, high = high, low
        return Interval(low // q, -(-high // q), self.bits)

    __radd__ = __add__
    __rmul__ = __mul__

    def __sub__(self, other: "Interval | Fraction | int") -> "Interval":
        if isinstance(other, Interval):
            return Interval(self.low - other.high, self.high - other.low, self.bits)
        return self + -1 * other

    def __rsub__(self, other: Fraction | int) -> "Interval":
        return Interval(-self.high, -self.low, self.bits) + other

    def inverse(self, where: str) -> "Interval":
        """Return 1/x; the interval must not contain 0."""
        require(self.low > 0 or self.high < 0, where, "a division by 0 is not excluded")
        one = 1 << 2 * self.bits
        return Interval(one // self.high, -(-one // self.low), self.bits)

    @property
    def sign(self) -> int | None:
        """The sign where it is proved."""
        decided = self.low > 0 or self.high < 0 or self.low == self.high == 0
        return (self.low > 0) - (self.high < 0) if decided else None


Numbers: TypeAlias = list[Interval]
Row: TypeAlias = list[int]


def between(x: Interval, z: Interval) -> tuple[int, int]:
    """Return the ends of a product, exactly: in units of ``4^-bits``."""
    a, b, c, d = x.low, x.high, z.low, z.high
    if a >= 0:
        return (a if c >= 0 else b) * c, (b if d >= 0 else a) * d
    if b <= 0:
        return (b if d <= 0 else a) * d, (a if c <= 0 else b) * c
    ends = (a * c, a * d, b * c, b * d)
    return min(ends), max(ends)


def contains(x: Interval, r: Fraction) -> bool:
    """Return whether r lies in the interval."""
    return bool(x.low <= r * 2**x.bits <= x.high)


def linear(
    coefficients: Sequence[int], den: int, numbers: Sequence[Interval], bits: int
) -> Interval:
    """Return ``sum_i coefficients_i numbers_i / den``, den > 0, rounded once."""
    low = high = 0
    for c, x in zip(coefficients, numbers, strict=True):
        if c > 0:
            low += c * x.low
            high += c * x.high
        elif c:
            low += c * x.high
            high += c * x.low
    return Interval(low // den, -(-high // den), bits)


def inner(one: Sequence[Interval], other: Sequence[Interval], bits: int) -> Interval:
    """Return the inner product of two vectors, rounded once."""
    low = high = 0
    for x, z in zip(one, other, strict=True):
        least, most = between(x, z)
        low += least
        high += most
    return Interval(low >> bits, -(-high >> bits), bits)


def enclosed(
    clock: Clock, read: Json, value: Interval, where: str
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return a claimed pair of ends, close, with the computed interval between them."""
    (p, q), (r, t) = (ratio(x, clock.digits, where) for x in array(read, where, 2))
    bits = value.bits
    require((r * q - p * t) << bits // 4 <= q * t, where, "is too wide")
    require(p << bits <= value.low * q, where, "the lower end is above what is proved")
    above = value.high * t <= r << bits
    require(above, where, "the upper end is below what is proved")
    return (p, q), (r, t)


def valued(clock: Clock, read: Json, value: Interval, where: str) -> None:
    """Prove the claimed ends of an objective: close by what it is, too, if they are two."""
    low, high = (Fraction(*end) for end in enclosed(clock, read, value, where))
    narrow = (high - low) * 2**NARROW <= max(abs(low), abs(high))
    require(narrow, where, "is too wide for what it is")


class Regular:
    """The elimination of a square system that it proves regular, done once for right sides."""

    def __init__(self, clock: Clock, columns: Sequence[Numbers], where: str) -> None:
        rows = [list(row) for row in zip(*columns, strict=True)]
        self.steps: list[tuple[int, Interval, Numbers]] = []
        for j in range(len(rows)):
            i = max(
                range(j, len(rows)), key=lambda i: abs(rows[i][j].low + rows[i][j].high)
            )
            rows[j], rows[i] = rows[i], rows[j]
            pivot = rows[j][j].inverse(where)
            later = [x * pivot for x in rows[j][j + 1 :]]
            self.steps.append((i, pivot, [row[j] for row in rows]))
            rows[j][j + 1 :] = later
            for m, row in enumerate(rows):
                clock.tick()
                if m != j:
                    factor = row[j]
                    row[j + 1 :] = [
                        x - factor * t for x, t in zip(row[j + 1 :], later, strict=True)
                    ]

    def solution(self, right: Sequence[Interval]) -> Numbers:
        """Return enclosures of the solution."""
        found = list(right)
        for j, (i, pivot, factors) in enumerate(self.steps):
            found[j], found[i] = found[i], found[j]
            own = found[j] = found[j] * pivot
            for m, factor in enumerate(factors):
                if m != j:
                    found[m] = found[m] - factor * own
        return found


def regular(clock: Clock, columns: list[Numbers], right: Numbers, where: str) -> Numbers:
    """Return enclosures of the solution of a square system, proved regular."""
    return Regular(clock, columns, where).solution(right)


def solution(S: Any, witness: Json, where: str = "") -> tuple[Numbers, list[Fraction]]:
    """Return the image of the box under Krawczyk's operator, proved inside it; the centre.

    ``|I - Y J|`` is bounded column by column from middles and radii: no column is kept.
    The radii of a row of J, which one entry of Y multiplies, are added first.
    """
    size, bits, tick = S.size, S.bits, S.D.clock.tick
    at = {key: where or f"witness.{key}" for key in ("centre", "radius", "inverse")}
    num, den = array(witness["centre"], at["centre"], 2)
    den = whole(den, at["centre"], 1)
    read = S.D.field.integers(num, size, at["centre"], den)
    centre = [Fraction(x, den) for x in read]
    radius = S.D.field.rational(witness["radius"], at["radius"])
    require(radius > 0, at["radius"], "the radius is not positive")
    entries, scale = array(witness["inverse"], at["inverse"], 2)
    scale = whole(scale, at["inverse"], 1)
    Y = []
    for row in array(entries, at["inverse"], size):
        tick()
        told = array(row, at["inverse"], size)
        Y.append([whole(t, at["inverse"]) for t in told])
    values = S.values([Interval.around(p, p, bits) for p in centre])
    box = [Interval.around(p - radius, p + radius, bits) for p in centre]
    one = scale << bits + 1
    short = getattr(S, "columned", False) and has_short_columns(S, Y)
    spread = (short_spread if short else whole_spread)(S, Y, one, box)
    image: Numbers = []
    for i, row in enumerate(Y):
        tick()
        newton = linear(row, scale, values, bits)
        moved = Fraction(spread[i], one) * radius
        offset = Interval.around(-moved, moved, bits)
        image.append(centre[i] - newton - offset)
        inside = box[i].low < image[i].low and image[i].high < box[i].high
        require(inside, at["centre"], "Krawczyk's test fails: no solution is proved here")
    return image, centre


def whole_spread(S: Any, Y: list[Row], one: int, box: Numbers) -> Row:
    """Return bounds of the rows of ``|I - Y J|``, in units in which 1 is ``one``."""
    found, radii = [0] * len(Y), [0] * len(Y)
    for j, (middle, wide) in enumerate(S.doubled(box)):
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    return [
        t + sum(map(mul, map(abs, row), radii)) for t, row in zip(found, Y, strict=True)
    ]


def short_spread(S: Any, Y: list[Row], one: int, x: Numbers) -> Row:
    """Return the same where columns of faces are few: ``Y e V V'`` is ``(Y V) e V'``.

    So column j of J has its steep entry, what stands below kappa, and ``e V_j`` for each face.
    """
    n, images = S.D.n, S.images(x[: S.D.n])
    tails = [row[n:] + shares(S, row) for row in Y]
    found, own, radii = [0] * len(Y), [0] * n, [0] * len(tails[0])
    for j in range(n):
        steep, (middle, wide) = S.steep(j, x[j]), short_column(S, j, x, images)
        twice, own[j] = steep.low + steep.high, steep.high - steep.low
        for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
            apart = row[j] * twice + sum(map(mul, tail, middle))
            found[i] += abs(apart - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    for j in range(n, S.size):
        middle, wide = S.column(j, x, images)
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        own = list(map(add, own, wide))  # of the other equations there are no radii
        S.D.clock.tick()
    for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
        found[i] += sum(map(mul, map(abs, row), own)) + sum(map(mul, map(abs, tail), radii))
    return found


def has_short_columns(S: Any, Y: list[Row]) -> bool:
    """Return whether the columns of faces are few, and their products with Y have room."""
    count = sum(len(f.columns) for f in S.faces)
    longest = max((t.bit_length() for row in Y for t in row), default=0)
    longest += max(
        (t.bit_length() for f in S.faces for row in f.V.values() for t in row),
        default=0,
    )
    return bool(0 < 3 * count < S.D.n and S.D.clock.fits(len(Y) * count, longest + 64))


def shares(S: Any, row: Row) -> Row:
    """Return the products of a row of Y with the columns of V of all faces, as integers."""
    S.D.clock.tick()
    return [
        sum(map(mul, own, column))
        for f in S.faces
        for own in ([row[i] for i in f.at],)
        for column in f.columns
    ]


def short_column(S: Any, j: int, x: Numbers, images: list[Numbers]) -> tuple[Row, Row]:
    """Return what stands below kappa_j, then ``e V_j`` by face: middles twice, radii."""
    n, low, high = S.D.n, [], []
    for F in images:
        low.append(2 * F[j].low)
        high.append(2 * F[j].high)
    for z in S.Z:
        unit = Interval.around(z[j], z[j], S.bits)
        low.append(unit.low)
        high.append(unit.high)
    for f, weight in zip(S.faces, x[n:], strict=False):
        den, a, b = f.den * f.den, weight.low, weight.high
        for t in f.V.get(j, [0] * len(f.columns)):
            up, down = (a, b) if t > 0 else (b, a)
            low.append(up * t // den)
            high.append(-(-down * t // den))
    return list(map(add, low, high)), list(map(sub, high, low))
