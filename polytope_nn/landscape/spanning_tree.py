"""Minimum spanning trees of supports under the level ``|a | b|`` at which two are joined."""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from polytope_nn.progress import Loop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Forest", "exchanges", "prim"]

_VERTICES = 1 << 32  # more than there are


class Forest:
    """Disjoint sets of 0, ..., n - 1, each named by its least element."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def root(self, i: int) -> int:
        """Return the least element of the set of i."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(self, i: int, j: int) -> bool:
        """Unite the sets of i and j; return whether they were two."""
        low, high = sorted((self.root(i), self.root(j)))
        self._parent[high] = low
        return low != high


def exchanges(supports: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """Return a spanning tree of supports of one size that differ by one exchange, or ().

    Distinct supports of size s are joined at level s + 1 at least, and at s + 1 exactly
    when one exchange of an element leads from one to the other: such a tree is minimum.
    """
    size = supports[0].bit_count()
    if any(bits.bit_count() != size for bits in supports):
        return ()
    if len(set(supports)) < len(supports):
        return ()  # two vertices of one support are joined at once
    found = Forest(len(supports))
    first: dict[int, int] = {}  # a support less one element: the first vertex that has it
    joins = []
    for j, bits in enumerate(supports):
        left = bits
        while left:
            low = left & -left
            left ^= low
            i = first.setdefault(bits ^ low, j)
            if found.join(i, j):
                joins.append((size + 1, i, j))
    return tuple(sorted(joins)) if len(joins) == len(supports) - 1 else ()


def prim(supports: Sequence[int], above: int = 0) -> tuple[tuple[int, int, int], ...]:
    """Return a minimum spanning tree; each vertex keeps its cheapest join to the tree.

    No join of a vertex is below its size + `above`: one that has such a join waits for its
    turn, and is no longer compared.
    """
    waiting = _Waiting(supports, above)
    heap, nearest = [0], [0] * len(supports)  # level * 2^32 + vertex
    joins: list[tuple[int, int, int]] = []
    with Loop("staircase, vertices", len(supports)) as loop:
        while len(joins) < len(supports) - 1:  # what the heap holds then is of no use
            level, newest = divmod(heappop(heap), _VERTICES)
            if waiting.joined[newest]:
                continue
            if newest:
                i = nearest[newest]
                joins.append((level, min(i, newest), max(i, newest)))
            loop.at(len(joins))
            for i, closer in waiting.closer(newest):
                nearest[i] = newest
                heappush(heap, closer * _VERTICES + i)
    return tuple(sorted(joins))


class _Waiting:
    """The vertices outside the tree whose cheapest join may come to be cheaper.

    ``at`` are these vertices, ``rows`` their supports in words of 64 bits; ``best`` is the
    level of the cheapest join so far, 0 of a vertex that has joined since.
    """

    def __init__(self, supports: Sequence[int], above: int) -> None:
        import numpy as np

        words = max(1, -(-max(supports).bit_length() // 64))
        mask = (1 << 64) - 1
        self.rows = np.array(
            [[bits >> 64 * w & mask for bits in supports] for w in range(words)],
            dtype=np.uint64,
        )
        self.table = self.rows.T.copy()
        self.kind = np.uint8 if max(supports).bit_length() < 255 else np.int32
        self.least: NDArray[np.integer] = np.array(
            [bits.bit_count() + above for bits in supports], dtype=self.kind
        )
        self.best: NDArray[np.integer] = np.full(
            len(supports), np.iinfo(self.kind).max, dtype=self.kind
        )
        self.at = np.arange(len(supports))
        self.place = list(range(len(supports)))  # in ``at``; of others it may be anything
        self.joined = bytearray(len(supports))
        self.done = 0

    def closer(self, newest: int) -> list[tuple[int, int]]:
        """Return the vertices that a new one of the tree is nearer to, and the levels."""
        import numpy as np

        self.joined[newest] = True
        if not len(self.at):
            return []
        place = self.place[newest]
        if place < len(self.at) and self.at[place] == newest:
            self.best[place] = 0
        level = self._levels(self.table[newest])
        (near,) = (level < self.best).nonzero()
        found: list[tuple[int, int]] = []
        if len(near):
            nearer = level[near]
            self.best[near] = nearer
            found = list(zip(self.at[near].tolist(), nearer.tolist(), strict=True))
            self.done += int(np.count_nonzero(nearer <= self.least[near]))
        self.done += 1
        if 4 * self.done > len(self.at):  # to go on without them saves more
            (kept,) = (self.best > self.least).nonzero()
            self.at, self.rows = self.at[kept], self.rows[:, kept]
            self.best, self.least = self.best[kept], self.least[kept]
            self.done = 0
            for i, k in enumerate(self.at.tolist()):
                self.place[k] = i
        return found

    def _levels(self, words: "NDArray[np.uint64]") -> "NDArray[np.integer]":
        """Return the levels at which a support is joined to those that wait."""
        import numpy as np

        level: NDArray[np.integer] = np.bitwise_count(self.rows[0] | words[0])
        for row, word in zip(self.rows[1:], words[1:], strict=True):
            level = level.astype(self.kind, copy=False) + np.bitwise_count(row | word)
        return level
