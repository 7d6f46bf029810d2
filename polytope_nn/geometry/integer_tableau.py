"""The simplex method over the integers: ``min p c`` subject to ``sum_j c_j A_j = z, c >= 0``.

A tableau of integers over one denominator (Edmonds): a pivot divides exactly by the pivot
before it. The entering column has the most negative reduced cost, but after a degenerate
pivot the lowest with a negative one (Bland), until a pivot moves: a run of degenerate
pivots is then Bland's, so no basis comes twice. Columns are scaled to primitive integers,
and what is returned is scaled back.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from polytope_nn.exact.rational import Vector, integer_row, ratio

__all__ = ["IntegerTableau"]


class IntegerTableau:
    """A basis of the columns with one artificial column a row, first all artificial.

    After :meth:`feasible` and :meth:`cheapest` have returned True, :attr:`masses` is an
    optimal c and :attr:`prices` proves it; after a False, ``prices`` separates, or
    :attr:`direction` lowers the cost forever.
    """

    def __init__(self, columns: Sequence[Vector], z: Vector) -> None:
        self.n, self.N = len(z), len(columns)
        scaled = [integer_row(v) for v in columns]
        pairs = zip(columns, scaled, strict=True)
        self.scales = [ratio(v, w) for v, w in pairs]  # column = scale * primitive
        self.common = lcm(*(t.denominator for t in z))
        right = [int(t * self.common) for t in z]
        self.flips = [-1 if t < 0 else 1 for t in right]
        self.table = [
            [s * v[i] for v in scaled]
            + [int(i == k) for k in range(self.n)]
            + [s * right[i]]
            for i, s in enumerate(self.flips)
        ]
        self.basis = list(range(self.N, self.N + self.n))
        self.pivot = 1
        self.costs: list[int] = []
        self.unit = Fraction(1)  # what the costs are multiples of
        self.direction: dict[int, Fraction] = {}

    def feasible(self) -> bool:
        """Return whether some ``c >= 0`` exists; if not, ``prices`` has ``w A <= 0 < w z``.

        Artificial columns that stay basic have mass 0, and on their rows all columns are
        made 0: those rows say nothing.
        """
        N, n = self.N, self.n
        columns = zip(*self.table, strict=True)
        self.costs = [-sum(column) for column in columns] or [0] * (N + 1)
        self.costs[N : N + n] = [0] * n
        self.unit, self._artificial = Fraction(1), 1
        bounded = self._improve()
        assert bounded  # the sum of the artificial masses is at least 0
        if self.costs[-1] != 0:
            return False
        for i in range(n):
            if self.basis[i] >= N:
                j = next((j for j in range(N) if self.table[i][j]), None)
                if j is not None:
                    self._pivot_on(i, j)
        return True

    def cheapest(self, prices: Vector) -> bool:
        """Return whether the cost has a minimum, and go there; else set ``direction``."""
        cost = [p / s for p, s in zip(prices, self.scales, strict=True)]
        common = lcm(*(p.denominator for p in cost))
        whole = [int(p * common) for p in cost] + [0] * (self.n + 1)
        self.unit, self._artificial = Fraction(1, common), 0
        self.costs = [self.pivot * p for p in whole]
        for i, b in enumerate(self.basis):
            if whole[b]:
                row = self.table[i]
                self.costs = [
                    x - whole[b] * y for x, y in zip(self.costs, row, strict=True)
                ]
        return self._improve()

    def _improve(self) -> bool:
        stuck = False
        while True:
            negative = [j for j in range(self.N) if self.costs[j] < 0]
            if not negative:
                return True
            j = negative[0] if stuck else min(negative, key=lambda j: self.costs[j])
            i = self._leaving(j)
            if i is None:
                self._falls(j)
                return False
            stuck = self.table[i][-1] == 0
            self._pivot_on(i, j)

    def _leaving(self, j: int) -> int | None:
        """Return the row of the least ratio, ties to the least basic column."""
        best = None
        for i, row in enumerate(self.table):
            t = row[j]
            if t <= 0:
                continue
            if best is not None:
                least = self.table[best]
                less = row[-1] * least[j] - least[-1] * t
                if less > 0 or (less == 0 and self.basis[i] > self.basis[best]):
                    continue
            best = i
        return best

    def _pivot_on(self, leaving: int, entering: int) -> None:
        chosen = self.table[leaving]
        if chosen[entering] < 0:  # a row of mass 0 that is freed of its artificial column
            chosen = self.table[leaving] = [-x for x in chosen]
        new, old = chosen[entering], self.pivot

        def combined(row: list[int]) -> list[int]:
            factor = row[entering]
            if not factor:
                return row if new == old else [new * x // old for x in row]
            pairs = zip(row, chosen, strict=True)
            return [(new * x - factor * y) // old for x, y in pairs]

        for i, row in enumerate(self.table):
            if i != leaving:
                self.table[i] = combined(row)
        self.costs = combined(self.costs)
        self.basis[leaving], self.pivot = entering, new

    def _falls(self, j: int) -> None:
        """Keep the direction in which column j grows and the cost falls forever."""
        found = {j: Fraction(1)}
        for i, b in enumerate(self.basis):
            if b < self.N and self.table[i][j]:
                found[b] = Fraction(-self.table[i][j], self.pivot)
        self.direction = {k: x / self.scales[k] for k, x in found.items()}

    @property
    def masses(self) -> dict[int, Fraction]:
        """The basic solution: column -> mass, where that is not 0."""
        return {
            b: Fraction(self.table[i][-1], self.pivot * self.common) / self.scales[b]
            for i, b in enumerate(self.basis)
            if b < self.N and self.table[i][-1]
        }

    @property
    def prices(self) -> Vector:
        """The w with ``w A_j = p_j`` on the basis and ``w A_j <= p_j`` on all columns."""
        reduced = self.costs[self.N : self.N + self.n]
        return tuple(
            s * (self._artificial - Fraction(x, self.pivot)) * self.unit
            for s, x in zip(self.flips, reduced, strict=True)
        )
