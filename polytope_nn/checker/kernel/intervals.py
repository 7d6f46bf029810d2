"""Intervals with integer ends: whatever is rounded is rounded outwards.

An interval in units of ``2^-bits`` contains the real number it stands for; nothing is
decided that it does not prove. Sums with rational coefficients are summed in integers and
rounded once.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from .reading import NARROW, Clock, Json, array, ratio, require


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
