"""A slice ``{c >= 0 : A c = b}`` in floats: walks to its vertices, and random dives to one.

A dive settles the coordinates one after another in random order, ``c_j = 0`` or ``c_j > 0``,
and asks the simplex method which of the two is possible. Floats only guess: what a walk or
a dive ends at is a support, to be proved by whoever asked.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from polytope_nn.exact.scalar import Scalar, Scalars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FloatSlice"]

_TINY = 1e-9  # of a mass or a reduced cost, where columns and masses are near 1
_APART = 1e-7  # the length by which a column leaves the span of others
_PIVOTS = 500  # of one walk; every basis on the way is a vertex
_SHARES = (0.1, 0.9)  # the least and the largest chance of a branch
_PRIOR = 2  # supports that the share of a coordinate counts for, beside the known ones


class FloatSlice:
    """A basis of the slice as a tableau: ``rows[i]`` expresses all columns on ``basic[i]``.

    The last column are the masses of the basis, ``>= 0``. ``banned`` columns stay 0.
    """

    def __init__(self, columns: Sequence[Scalars], right: Scalars) -> None:
        import numpy as np

        A = np.array([_floats(column) for column in columns]).T
        b = np.array(_floats(right))
        self.sizes = np.ones(A.shape[1])
        for _ in range(3):  # rows and columns of one size: supports do not change
            rows = np.maximum(np.abs(A).max(axis=1), np.abs(b))
            rows[rows == 0] = 1
            A, b = A / rows[:, None], b / rows
            size = np.abs(A).max(axis=0)
            size[size == 0] = 1
            A, self.sizes = A / size, self.sizes * size
        self.N = A.shape[1]
        self.columns = A
        self.banned = np.zeros(self.N, dtype=bool)
        self.basic: list[int] = []
        self.rows: NDArray[np.float64] = np.zeros((0, self.N + 1))
        self.is_empty = not self._started(A, b / (np.abs(b).max() or 1))

    def _started(self, A: "NDArray[np.float64]", b: "NDArray[np.float64]") -> bool:
        """Go to a vertex, with one artificial column a row; return whether there is one."""
        import numpy as np

        m = len(A)
        flips = np.where(b < 0, -1, 1)
        self.rows = np.column_stack([A * flips[:, None], np.eye(m), b * flips])
        self.basic = list(range(self.N, self.N + m))
        self.banned = np.zeros(self.N + m, dtype=bool)
        self.walked(np.concatenate([np.zeros(self.N), np.ones(m)]))
        left = [x for j, x in zip(self.basic, self.rows[:, -1], strict=True) if j >= self.N]
        if sum(left) > _APART:
            return False
        for i in range(m):
            if self.basic[i] >= self.N:
                row = np.abs(self.rows[i, : self.N])
                if len(row) and row.max() > _APART:
                    self.pivoted(i, int(row.argmax()))
        kept = [i for i, j in enumerate(self.basic) if j < self.N]
        self.rows = np.delete(self.rows[kept], np.s_[self.N : self.N + m], axis=1)
        self.basic = [self.basic[i] for i in kept]
        self.banned = self.banned[: self.N]
        return True

    def copy(self) -> "FloatSlice":
        """Return a slice that walks on its own."""
        other = object.__new__(FloatSlice)
        other.N, other.columns, other.is_empty = self.N, self.columns, self.is_empty
        other.sizes = self.sizes
        other.banned, other.basic = self.banned.copy(), list(self.basic)
        other.rows = self.rows.copy()
        return other

    @property
    def support(self) -> tuple[int, ...]:
        """The coordinates with a mass, ascending."""
        masses = zip(self.basic, self.rows[:, -1], strict=True)
        return tuple(sorted(j for j, x in masses if x > _TINY))

    def has(self, j: int) -> bool:
        """Return whether a coordinate has a mass."""
        return j in self.basic and bool(self.rows[self.basic.index(j), -1] > _TINY)

    def walked(self, prices: "NDArray[np.float64]", until: int = -1) -> None:
        """Walk to a cheapest vertex, or as far as where ``until`` has a mass."""
        import numpy as np

        for _ in range(_PIVOTS):
            if until >= 0 and self.has(until):
                return
            reduced = prices - prices[self.basic] @ self.rows[:, :-1]
            reduced[self.banned] = 0
            reduced[self.basic] = 0
            j = int(reduced.argmin()) if len(reduced) else 0
            if not len(reduced) or reduced[j] > -_TINY:
                return
            column, masses = self.rows[:, j], self.rows[:, -1]
            rising = np.flatnonzero(column > _TINY)
            if not len(rising):
                return
            ratios = masses[rising] / column[rising]
            near = rising[ratios <= ratios.min() + _TINY]
            self.pivoted(int(near[column[near].argmax()]), j)

    def highest(self, function: Sequence[Scalar]) -> tuple[int, ...]:
        """Return a basis where a linear function is largest, ascending."""
        import numpy as np

        self.walked(-np.array(_floats(function)) / self.sizes)
        return tuple(sorted(self.basic))

    def pivoted(self, i: int, j: int) -> None:
        """Let column j enter for the i-th basic column."""
        import numpy as np

        table = self.rows
        table[i] /= table[i, j]
        factor = table[:, j].copy()
        factor[i] = 0
        table -= np.outer(factor, table[i])
        self.basic[i] = j
        masses = table[:, -1]
        masses[np.abs(masses) < _TINY] = 0

    def supports(self, count: int, chance: Random) -> Iterator[tuple[int, ...]]:
        """Yield supports of vertices: each coordinate's turn, then random prices.

        After a walk of random prices a few more make small masses dear: short supports.
        """
        import numpy as np

        for j in range(self.N):
            prices = np.zeros(self.N)
            prices[j] = -1
            self.walked(prices, j)
            yield self.support
        for _ in range(count):
            self.walked(np.array([chance.random() for _ in range(self.N)]))
            yield self.support
            for _ in range(3):
                masses = np.zeros(self.N)
                masses[self.basic] = self.rows[:, -1]
                self.walked(1 / (masses + _APART ** (1 / 3)))
                yield self.support

    def dive(self, chance: Random, known: "NDArray[np.bool_]") -> float:
        """Return 1 over the chance of a random dive, or 0 where it ends at no vertex.

        The mean over dives is the number of vertices: each has one settlement of its
        coordinates, in whatever order they come and whatever the chances are. They follow
        the ``known`` supports, rows of which agree with what is settled.
        """
        import numpy as np

        weight, rank, positive = 1.0, len(self.basic), 0
        span = np.zeros((0, len(self.columns)))
        order = chance.sample(range(self.N), self.N)
        for at, j in enumerate(order):
            outside = self.columns[:, j] - span.T @ (span @ self.columns[:, j])
            outside -= span.T @ (span @ outside)
            length = np.linalg.norm(outside)
            zero, one = self._possible(j, dependent=bool(length < _APART))
            if zero and one:
                low, high = _SHARES
                share = (rank - positive) / (len(order) - at)
                share = (known[:, j].sum() + _PRIOR * share) / (len(known) + _PRIOR)
                share = min(high, max(low, share))
                one = chance.random() < share
                zero = not one
                weight /= share if one else 1 - share
            known = known[known[:, j] == one]
            if one:
                positive += 1
                span = np.vstack([span, outside / length])
            elif not zero or not self._banned(j):
                return 0.0
        return weight if len(self.support) == positive else 0.0

    def _possible(self, j: int, *, dependent: bool) -> tuple[bool, bool]:
        """Return whether the coordinate can be 0, and whether it can be positive."""
        import numpy as np

        prices = np.zeros(self.N)
        if self.has(j):
            prices[j] = 1
            self.walked(prices)
            return not self.has(j), not dependent
        if dependent:
            return True, False
        prices[j] = -1
        self.walked(prices, j)
        return True, self.has(j)

    def _banned(self, j: int) -> bool:
        """Return whether the coordinate could be brought to 0, to stay there."""
        import numpy as np

        prices = np.zeros(self.N)
        prices[j] = 1
        self.walked(prices)
        if self.has(j):
            return False
        self.banned[j] = True
        if j in self.basic:
            i = self.basic.index(j)
            left = np.abs(self.rows[i, :-1])
            left[self.banned] = 0
            left[self.basic] = 0
            if left.max() > _TINY:
                self.pivoted(i, int(left.argmax()))
            # else its row says that it is 0 as long as the banned ones are
        return True


def _floats(v: Sequence[Scalar]) -> list[float]:
    """Return a vector in floats; a rational one over its largest entry, which may be any."""
    rational = [x for x in v if isinstance(x, Fraction)]
    size = max(map(abs, rational), default=Fraction(0)) or Fraction(1)
    if len(rational) < len(v):
        size = Fraction(1)
    return [float(x / size) for x in v]
