"""Interval arithmetic and exact elimination for :mod:`boxes`, with the standard library only.

An interval has integer ends in units of ``2^-bits`` and every operation rounds outwards, so
it contains the real number it stands for; nothing is decided that it does not prove.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING or __package__:
    from . import check as base
else:
    import check as base

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type
Row: TypeAlias = list[Fraction]


class Interval:
    """A real number between ``low`` and ``high``, integers in units of ``2^-bits``."""

    __slots__ = ("bits", "high", "low")

    def __init__(self, low: int, high: int, bits: int) -> None:
        self.low, self.high, self.bits = low, high, bits

    @classmethod
    def around(cls, low: Fraction, high: Fraction, bits: int) -> "Interval":
        """Return the least interval of that many bits that contains low and high."""
        below = (low.numerator << bits) // low.denominator
        return cls(below, -((-high.numerator << bits) // high.denominator), bits)

    def __add__(self, other: "Interval | Fraction | int") -> "Interval":
        x = other if isinstance(other, Interval) else self._point(other)
        return Interval(self.low + x.low, self.high + x.high, self.bits)

    def _point(self, x: Fraction | int) -> "Interval":
        return Interval.around(Fraction(x), Fraction(x), self.bits)

    def __mul__(self, other: "Interval | Fraction | int") -> "Interval":
        if isinstance(other, Interval):
            ends = [x * y for x in (self.low, self.high) for y in (other.low, other.high)]
            low, high, q = min(ends), max(ends), 1 << self.bits
        else:
            low, high = sorted((self.low * other.numerator, self.high * other.numerator))
            q = other.denominator
        return Interval(low // q, -(-high // q), self.bits)

    __radd__ = __add__
    __rmul__ = __mul__

    def __sub__(self, other: "Interval | Fraction | int") -> "Interval":
        return self + -1 * other

    def __rsub__(self, other: Fraction | int) -> "Interval":
        return -1 * self + other

    def inverse(self, where: str) -> "Interval":
        """Return 1/x; the interval must not contain 0."""
        base.require(
            self.low > 0 or self.high < 0, where, "a division by 0 is not excluded"
        )
        one = 1 << 2 * self.bits
        return Interval(one // self.high, -(-one // self.low), self.bits)

    def within(self, other: "Interval") -> bool:
        """Return whether this interval lies in the other."""
        return other.low <= self.low and self.high <= other.high


Numbers: TypeAlias = list[Interval]


def enclosed(D: base.Data, read: Json, value: Interval, where: str) -> None:
    """Prove a claimed pair of ends: close, and the computed interval lies between them."""
    low, high = (D.field.rational(x, where) for x in base.array(read, where, 2))
    base.require(high - low <= Fraction(1, 1 << value.bits // 4), where, "is too wide")
    below = low * 2**value.bits <= value.low
    base.require(below, where, "the lower end is above what is proved")
    above = value.high <= high * 2**value.bits
    base.require(above, where, "the upper end is below what is proved")


def eliminated(
    D: base.Data, columns: Sequence[Row], targets: Sequence[Row], where: str
) -> list[Row]:
    """Return the coordinates of each target in the columns: independent, and spanning it."""
    k = len(columns)
    rows = [list(row) for row in zip(*columns, *targets, strict=True)]
    for j in range(k):
        D.field.tick()
        i = next((i for i in range(j, len(rows)) if rows[i][j]), -1)
        base.require(i >= 0, where, "rows that must be independent are not")
        rows[j], rows[i] = rows[i], rows[j]
        rows[j] = [x / rows[j][j] for x in rows[j]]
        for m, row in enumerate(rows):
            if m != j and row[j]:
                rows[m] = [x - row[j] * t for x, t in zip(row, rows[j], strict=True)]
    spanned = not any(x for row in rows[k:] for x in row[k:])
    base.require(spanned, where, "a row is not in a span it must be in")
    return [[rows[j][k + t] for j in range(k)] for t in range(len(targets))]


def axes_of(D: base.Data, rows: Sequence[Row]) -> list[Row]:
    """Return orthogonal vectors that span the rows (Gram-Schmidt): as many as their rank."""
    axes: list[Row] = []
    for x in rows:
        axis = off(D, axes, x)
        axes += [axis] * any(axis)
    return axes


def off(D: base.Data, axes: Sequence[Row], x: Row) -> Row:
    """Return the projection of x on the complement of orthogonal axes."""
    D.field.tick()
    for b in axes:
        share = base.dot(x, b) / base.dot(b, b)
        x = [s - share * t for s, t in zip(x, b, strict=True)]
    return x


def regular(columns: list[Numbers], right: Numbers, where: str) -> Numbers:
    """Return enclosures of the solution of a square system, proved regular."""
    rows = [[*row, r] for row, r in zip(zip(*columns, strict=True), right, strict=True)]
    for j in range(len(rows)):
        i = max(range(j, len(rows)), key=lambda i: abs(rows[i][j].low + rows[i][j].high))
        rows[j], rows[i] = rows[i], rows[j]
        pivot = rows[j][j].inverse(where)
        rows[j] = [x * pivot for x in rows[j]]
        for m in range(len(rows)):
            if m != j:
                factor = rows[m][j]
                rows[m] = [x - factor * t for x, t in zip(rows[m], rows[j], strict=True)]
    return [row[-1] for row in rows]
