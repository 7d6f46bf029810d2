"""Intervals with integer ends: whatever is rounded is rounded outwards.

An interval in units of ``2^-bits`` contains the real number it stands for; nothing is
decided that it does not prove. Sums with rational coefficients are summed in integers and
rounded once.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from .reading import NARROW, Clock, Json, array, rational, require


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
            a, b, c, d = self.low, self.high, other.low, other.high
            ends = (a * c, a * d, b * c, b * d)
            low, high, q = min(ends), max(ends), 1 << self.bits
        else:
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
        a, b, c, d = x.low, x.high, z.low, z.high
        ends = (a * c, a * d, b * c, b * d)
        low += min(ends)
        high += max(ends)
    return Interval(low >> bits, -(-high >> bits), bits)


def enclosed(
    clock: Clock, read: Json, value: Interval, where: str
) -> tuple[Fraction, Fraction]:
    """Return a claimed pair of ends, close, with the computed interval between them."""
    low, high = (rational(x, clock.digits, where) for x in array(read, where, 2))
    require(high - low <= Fraction(1, 1 << value.bits // 4), where, "is too wide")
    below = low * 2**value.bits <= value.low
    require(below, where, "the lower end is above what is proved")
    above = value.high <= high * 2**value.bits
    require(above, where, "the upper end is below what is proved")
    return low, high


def valued(clock: Clock, read: Json, value: Interval, where: str) -> None:
    """Prove the claimed ends of an objective: close by what it is, too, if they are two."""
    low, high = enclosed(clock, read, value, where)
    narrow = (high - low) * 2**NARROW <= max(abs(low), abs(high))
    require(narrow, where, "is too wide for what it is")


def regular(clock: Clock, columns: list[Numbers], right: Numbers, where: str) -> Numbers:
    """Return enclosures of the solution of a square system, proved regular."""
    rows = [[*row, r] for row, r in zip(zip(*columns, strict=True), right, strict=True)]
    for j in range(len(rows)):
        i = max(range(j, len(rows)), key=lambda i: abs(rows[i][j].low + rows[i][j].high))
        rows[j], rows[i] = rows[i], rows[j]
        pivot = rows[j][j].inverse(where)
        rows[j] = [x * pivot for x in rows[j]]
        for m in range(len(rows)):
            clock.tick()
            if m != j:
                factor = rows[m][j]
                rows[m] = [x - factor * t for x, t in zip(rows[m], rows[j], strict=True)]
    return [row[-1] for row in rows]
