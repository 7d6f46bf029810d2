"""The best labels for the masses of a point, by branch and bound (:mod:`.sharing`).

For every lam the cost is at least ``2 lam'v - sum_j max_a ((t_ja + lam_a)_+)^2``, and where some
slots have labels, with theirs in place of the maximum. Labels are improved in floats first; what
is found, and that nothing costs less, is proved.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import dot, middle
from polytope_nn.progress import Loop

from .sharing import Sharing

__all__ = ["SharingSearch"]

_NODES, _LEAVES, _TABLES = (
    20_000,
    300,
    8,
)  # beyond which it is given up; bounds that are kept
_BITS = 120  # to which costs are rounded in a tree

_Table = tuple[int, list[list[int]]]


class _Shared(NamedTuple):
    """Labels of slots with wishes, numbers of empty slots, the cost; what that is at least.

    ``sure`` says that the cost is proved to be the least of these labels.
    """

    labels: list[int]
    numbers: list[int]
    cost: Any
    at_least: Fraction
    sure: bool


class SharingSearch:
    """The search for the best labels of a sharing."""

    def __init__(self, sharing: Sharing) -> None:
        every = [*sharing.masses, *(x for t in sharing.wishes for x in t)]
        most = max(abs(middle(x)) for x in every)
        bits = most.numerator.bit_length() - most.denominator.bit_length()
        self.exact, self.scale = sharing, Fraction(2) ** bits
        self.unit = self.scale**2 / (1 << _BITS)
        wishes = [self._floats(t) for t in sharing.wishes]
        self.near = Sharing(wishes, self._floats(sharing.masses), sharing.empty)
        self.order = sorted(range(len(wishes)), key=lambda j: -max(wishes[j]))
        self.tables: list[_Table] = []

    def best(self, start: list[int]) -> tuple[_Shared, Fraction, bool]:
        """Return the best labels that are found, a bound of all, and if these are proved best.

        At the start every atom has a slot, or there are empty ones for it.
        """
        found = self._shared(self.near.improved(start))
        assert found is not None  # of labels no worse than the start's
        others: list[_Shared] = []  # that are not proved to cost as much as what is found
        waiting: list[tuple[int, ...]] = [()]
        nodes = leaves = 0
        told = Loop("nearest, labels shared out, at most", _LEAVES)
        while waiting and nodes < _NODES and leaves < _LEAVES:
            told.at(leaves)
            part = waiting.pop()
            nodes += 1
            most = ceil(enclosure(found.cost)[1] / self.unit)
            if any(self._least(T, part) >= most for T in self.tables):
                continue
            if len(part) < len(self.order):
                row = self.tables[-1][1][self.order[len(part)]]
                waiting += [
                    (*part, a) for a in sorted(range(len(row)), key=row.__getitem__)
                ]
                continue
            leaves += 1
            labels = [a for _, a in sorted(zip(self.order, part, strict=True))]
            other = None if labels == found.labels else self._shared(labels)
            if other is not None:
                found, other, sure = _ordered(found, other)
                others += [] if sure and other.sure else [other]
        told.closed()
        least = max(self._least(T, ()) for T in self.tables) * self.unit
        if waiting:
            return found, least, False
        least = max(least, min(x.at_least for x in (found, *others)))
        top = enclosure(found.cost)[1]
        return found, least, found.sure and all(x.at_least >= top for x in others)

    def _shared(self, labels: list[int]) -> _Shared | None:
        """Return labels with the best numbers of empty slots; their lam bounds all others."""
        k = self.near.numbers(labels)
        if k is None:
            return None
        k, at_least, sure = self.exact.settled(labels, k)
        if len(self.tables) < _TABLES:
            self.tables.append(self._table(self.near.even(labels)))
        return _Shared(labels, k, self.exact.value(labels, k), at_least, sure)

    def _table(self, given: Sequence[float]) -> _Table:
        """Return what a lam makes of the whole, and the square of each slot and label."""
        lam = [Fraction(x) * self.scale for x in given]
        top = max(*lam, Fraction(0))
        whole = 2 * enclosure(dot(lam, self.exact.masses))[0] - self.exact.empty * top**2
        squares = [
            [
                max(enclosure(x)[1] + s, Fraction(0)) ** 2
                for x, s in zip(t, lam, strict=True)
            ]
            for t in self.exact.wishes
        ]
        return floor(whole / self.unit), [
            [ceil(x / self.unit) for x in row] for row in squares
        ]

    def _least(self, T: _Table, part: Sequence[int]) -> int:
        """Return a lower bound of all labels that begin with a part."""
        whole, rows = T
        held = sum(rows[j][a] for j, a in zip(self.order, part, strict=False))
        return whole - held - sum(max(rows[j]) for j in self.order[len(part) :])

    def _floats(self, row: Sequence[Any]) -> list[float]:
        return [float(middle(x) / self.scale) for x in row]


def _ordered(found: _Shared, other: _Shared) -> tuple[_Shared, _Shared, bool]:
    """Return the one that costs less, the other, and whether that is decided."""
    try:
        return (other, found, True) if other.cost < found.cost else (found, other, True)
    except Undecided:
        return found, other, False
