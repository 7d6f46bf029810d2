"""The number of regions of a central arrangement, counted without finding one.

By deletion and restriction: a hyperplane H cuts exactly those regions of the others that
meet H, and these are the regions of the others' restriction to H. So, inserting the lines
one by one (*line*: a hyperplane's normal up to scale),

    regions(A) = 1 + sum over j of regions({0, .., j - 1} restricted to line j),

which is the sum of the absolute Whitney numbers of the matroid (Zaslavsky 1975; THEORY §2).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import comb, gcd

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, rref
from polytope_nn.exact.rational import integer_row, matrix

__all__ = ["generic_count", "region_count"]

Line = tuple[int, ...]


def generic_count(n: int, r: int) -> int:
    """Return the number of regions of n hyperplanes in general position in rank r.

    No arrangement of n lines and rank r has more: ``2 * sum(C(n - 1, k) for k < r)``.

    >>> generic_count(4, 3), generic_count(0, 0)
    (14, 1)
    """
    return 2 * sum(comb(n - 1, k) for k in range(r)) if r else 1


def region_count(X: Iterable[Iterable[object]], *, limit: int | None = None) -> int:
    """Return the number of topes of the rows of X, by deletion and restriction.

    Zero rows and parallel rows are as they come. Restrictions that are equal as sets of
    lines are counted once.

    Raises
    ------
    Undecided
        When the number exceeds the limit; it is then not computed to the end.

    Examples
    --------
    >>> region_count([[1, -1, 0], [0, 1, -1], [1, 0, -1]])  # braid: 3!
    6
    """
    rows = [tuple(map(Fraction, integer_row(row))) for row in matrix(X)]
    _, columns = rref(rows)
    count = _Count(limit)
    return count.regions(_lines([[int(row[j]) for j in columns] for row in rows]))


def _lines(rows: Iterable[Sequence[int]]) -> tuple[Line, ...]:
    """Return the nonzero rows up to scale, each once, in order of first appearance."""
    found: dict[Line, None] = {}
    for row in rows:
        divisor = gcd(*row)
        if divisor:
            lead = next(t for t in row if t)
            found[tuple(t // (divisor if lead > 0 else -divisor) for t in row)] = None
    return tuple(found)


def _restriction(lines: Iterable[Line], hyperplane: Line) -> tuple[Line, ...]:
    """Return the lines on the hyperplane, in all coordinates but one that depends."""
    j = next(j for j, t in enumerate(hyperplane) if t)
    pivot, others = hyperplane[j], hyperplane[:j] + hyperplane[j + 1 :]
    return _lines(
        [pivot * t - x[j] * s for t, s in zip(x[:j] + x[j + 1 :], others, strict=True)]
        for x in lines
    )


class _Count:
    """The counts already made, and how many regions they prove in all."""

    def __init__(self, limit: int | None) -> None:
        self.limit, self.proved = limit, 0
        self.known: dict[frozenset[Line], int] = {}

    def regions(self, lines: tuple[Line, ...]) -> int:
        """Return the number of regions of lines that are distinct up to scale."""
        r = len(lines[0]) if lines else 0
        if r <= 2 or len(lines) <= 2:
            return self._prove(2 * len(lines) or 1)
        if len(lines) <= r and rank([tuple(map(Fraction, x)) for x in lines]) == len(lines):
            return self._prove(2 ** len(lines))
        key = frozenset(lines)
        if key in self.known:
            return self._prove(self.known[key])
        total = self._prove(1)
        for j, line in enumerate(lines):
            total += self.regions(_restriction(lines[:j], line))
        self.known[key] = total
        return total

    def _prove(self, number: int) -> int:
        """Return the number, once it is clear that the limit is not exceeded."""
        self.proved += number
        if self.limit is not None and self.proved > self.limit:
            raise Undecided(f"more than {self.limit} regions")
        return number
