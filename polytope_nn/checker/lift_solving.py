"""Systems of equations for what is derived in ``lift``; believed by nobody, as all there."""

from collections.abc import Sequence
from fractions import Fraction

from .kernel.numbers import Vector, dot
from .kernel.reading import Clock

Row = Sequence[Fraction]


def halves(N: Sequence[Row], V: Sequence[Row], T: Sequence[Row]) -> list[Vector]:
    """Return W with ``N = V W' + W V'`` if there is one; T is a dual basis of the columns V."""
    found = []
    for v in [[Fraction(dot(row, t)) for row in N] for t in T]:  # the columns of N T'
        half = [dot(v, t) / 2 for t in T]
        found.append([x - dot(half, [z[k] for z in V]) for k, x in enumerate(v)])
    return found


def independent_columns(columns: Sequence[Row], clock: Clock) -> list[int]:
    """Return the columns that are no combinations of earlier ones."""
    chosen: list[int] = []
    reduced: list[tuple[int, Vector]] = []
    for j, column in enumerate(columns):
        clock.tick()
        rest = [Fraction(t) for t in column]
        for k, row in reduced:
            if rest[k]:
                share = rest[k] / row[k]
                rest = [s - share * t for s, t in zip(rest, row, strict=True)]
        at = next((k for k, t in enumerate(rest) if t), None)
        if at is not None:
            chosen.append(j)
            reduced.append((at, rest))
    return chosen


def spread(columns: Sequence[Row], target: Row, clock: Clock) -> Vector:
    """Return coordinates in columns that may depend on each other."""
    at = independent_columns(columns, clock)
    parts = [Fraction(0)] * len(columns)
    small = Inverse([columns[j] for j in at], clock).coordinates(target)
    for j, t in zip(at, small, strict=True):
        parts[j] = t
    return parts


def sums(columns: Sequence[Row], parts: Row, target: Row) -> list[Fraction]:
    """Return the combination of the columns, as long as the target."""
    rows = zip(*columns, strict=True) if columns else [()] * len(target)
    return [Fraction(dot(parts, row)) for row in rows]


class Inverse:
    """A left inverse of independent columns on as many of their rows."""

    def __init__(self, columns: Sequence[Row], clock: Clock) -> None:
        self.columns = columns
        rows = list(zip(*columns, strict=True))
        self.at = independent_columns(rows, clock)[: len(columns)]
        square = [[Fraction(t) for t in rows[i]] for i in self.at]
        full = len(self.at) == len(columns)
        self.matrix = inverse(square, clock) if full and columns else None

    def coordinates(self, target: Row) -> Vector:
        """Return what the coordinates must be if there are any."""
        if self.matrix is None:
            return [Fraction(0)] * len(self.columns)
        own = [target[i] for i in self.at]
        return [dot(row, own) for row in self.matrix]

    def functionals(self) -> list[Vector]:
        """Return vectors whose products with the columns are those of a dual basis."""
        n = len(self.columns[0]) if self.columns else 0
        found = []
        for row in self.matrix or [[Fraction(0)] * len(self.at)] * len(self.columns):
            full = [Fraction(0)] * n
            for i, t in zip(self.at, row, strict=True):
                full[i] = t
            found.append(full)
        return found


def inverse(rows: Sequence[Row], clock: Clock) -> list[Vector] | None:
    """Return the inverse of a square matrix, None when there is none."""
    k = len(rows)
    table = [
        [*map(Fraction, row), *(Fraction(int(i == j)) for j in range(k))]
        for i, row in enumerate(rows)
    ]
    for j in range(k):
        clock.tick()
        i = next((i for i in range(j, k) if table[i][j]), None)
        if i is None:
            return None
        table[j], table[i] = table[i], table[j]
        table[j] = [x / table[j][j] for x in table[j]]
        for m, row in enumerate(table):
            if m != j and row[j]:
                clock.tick()
                table[m] = [x - row[j] * t for x, t in zip(row, table[j], strict=True)]
    return [row[k:] for row in table]
