"""A mass for each atom, shared among slots at the least cost: where P is a point.

Slot j would like to hold ``t_ja`` of atom a. With a label for each slot the least
``sum_j (c_j^2 - 2 c_j t_ja)`` over ``c >= 0`` that add up to the masses is a projection onto a
simplex for each label: ``c_j = (t_ja + lam_a)_+``. Most slots of a wide network are empty and wish
for nothing; of those only the number of each label counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from operator import add
from typing import Any

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure
from polytope_nn.progress import counted

__all__ = ["Sharing"]

_ROUNDS = 200  # of changes of labels
_GAIN = 1e-12
_HALVES = 60


@dataclass(frozen=True)
class Sharing:
    """Masses, one for each atom, to be shared among slots: some with wishes, others empty.

    ``wishes`` are rows ``t_ja`` of the slots that wish for something, for each atom; ``empty``
    is the number of the others, which wish for nothing. Slots of a label a hold ``c_j =
    (t_ja + lam_a)_+``, empty ones of the same label the same mass, so that k of them are a number.
    The least cost f_a(k) of k empty slots is convex in k: it is the least of a convex function of
    what they hold, s, plus ``s^2 / k``. So numbers k are best for given labels when no empty
    slot would rather have another label.
    """

    wishes: Sequence[Sequence[Any]]
    masses: Sequence[Any]
    empty: int

    def own(self, labels: Sequence[int]) -> list[list[Any]]:
        """Return the wishes of the slots of each label."""
        rows = list(zip(labels, self.wishes, strict=True))
        return [[t[a] for b, t in rows if b == a] for a in range(len(self.masses))]

    def cost(self, a: int, own: Sequence[Any], k: int) -> Any:  # noqa: ANN401 - floats, too
        """Return ``sum_j (c_j^2 - 2 c_j t_j)`` of the slots of a label, k of them empty."""
        count, lam, square = shared(own, k, self.masses[a])
        return count * lam * lam - square

    def numbers(self, labels: Sequence[int]) -> list[int] | None:
        """Return the best numbers of empty slots, None where an atom would have no slot."""
        own = self.own(labels)
        k = [int(not t) for t in own]
        atoms, left = range(len(k)), self.empty - sum(k)
        if left < 0:
            return None
        gains = [self._gain(a, own[a], k[a]) for a in atoms]
        for _ in range(left):
            a = max(atoms, key=gains.__getitem__)
            k[a] += 1
            gains[a] = self._gain(a, own[a], k[a])
        return k

    def settled(
        self, labels: Sequence[int], k: list[int]
    ) -> tuple[list[int], Fraction, bool]:
        """Return the best numbers of empty slots, from others; a lower bound of the cost of all.

        At last whether they are proved to be best. Where balls do not tell, a swap that lowers
        the cost by x at most lowers it by no more the next time (convexity), and there are
        no more swaps than empty slots.
        """
        own, atoms = self.own(labels), range(len(k))
        least = [int(not t) for t in own]
        while True:
            gains = [self._gain(a, own[a], k[a]) for a in atoms]
            less = [a for a in atoms if k[a] > least[a]]
            losses = {a: self._gain(a, own[a], k[a] - 1) for a in less}
            swaps = [(gains[a] - losses[b], a, b) for a in atoms for b in less if a != b]
            better = next(((a, b) for x, a, b in swaps if _positive(x)), None)
            if better is None:
                break
            to, of = better
            k = [n + (a == to) - (a == of) for a, n in enumerate(k)]
        near = [
            (a, n + i) for a, n in enumerate(k) for i in (-1, 0, 1) if n + i >= least[a]
        ]
        if all(map(_is_told, (x for x, *_ in swaps))) and all(
            self._is_sure(a, own[a], n) for a, n in near
        ):
            return k, enclosure(self.value(labels, k))[0], True
        low = {(a, n): self._least(a, own[a], n) for a, n in near}
        top = [enclosure(self.cost(a, own[a], k[a]))[1] for a in atoms]
        most = max(
            (top[a] - low[a, k[a] + 1] + top[b] - low[b, k[b] - 1] for _, a, b in swaps),
            default=Fraction(0),
        )
        bound = sum((low[a, k[a]] for a in atoms), Fraction(0))
        return k, bound - self.empty * max(most, Fraction(0)), False

    def _is_sure(self, a: int, own: Sequence[Any], k: int) -> bool:
        """Return whether it is told which slots hold some of a mass, so that the cost is least."""
        count, lam, _ = shared(own, k, self.masses[a])
        every = [(t + lam, 1) for t in own] + [(lam, k)] * (k > 0)
        held = sum(times for x, times in every if _positive(x))
        return held == count and all(_is_told(x) for x, _ in every)

    def _least(self, a: int, own: Sequence[Any], k: int) -> Fraction:
        """Return what the cost of a label is at least: of lam the dual value, from below."""
        _, lam, _ = shared(own, k, self.masses[a])
        every = [(t + lam, 1) for t in own] + [(lam, k)] * (k > 0)
        held = [(max(enclosure(x)[1], Fraction(0)), times) for x, times in every]
        squares = sum((times * x * x for x, times in held), Fraction(0))
        return 2 * enclosure(lam * self.masses[a])[0] - squares

    def _gain(self, a: int, own: Sequence[Any], k: int) -> Any:  # noqa: ANN401
        return self.cost(a, own, k) - self.cost(a, own, k + 1)

    def value(self, labels: Sequence[int], k: Sequence[int]) -> Any:  # noqa: ANN401
        """Return the cost of all labels."""
        own = self.own(labels)
        return sum((self.cost(a, own[a], k[a]) for a in range(len(k))), Fraction(0))

    def spread(self, own: Sequence[Any], k: int, a: int) -> list[Any]:
        """Return the masses of slots of a label with wishes, and of k empty ones."""
        slots = [*own, *[Fraction(0)] * k]
        count, lam, _ = shared(own, k, self.masses[a])
        c: list[Any] = [Fraction(0)] * len(slots)
        order = sorted(range(len(slots)), key=lambda j: _about(slots[j]), reverse=True)
        for j in order[:count]:
            c[j] = slots[j] + lam
        return c

    def even(self, labels: Sequence[int]) -> list[Any]:
        """Return lam of each label where numbers of empty slots need not be whole, in floats."""
        own = self.own(labels)
        pairs = list(zip(own, self.masses, strict=True))
        alone = [shared(t, 0, v)[1] if t else inf for t, v in pairs]
        if not self.empty:
            return alone
        low, high = 0.0, sum(self.masses)
        for _ in range(_HALVES):
            level = (low + high) / 2
            lam = [min(level, x) for x in alone]
            held = sum(max(s + x, 0) for t, x in zip(own, lam, strict=True) for s in t)
            over = sum(self.masses) - held > self.empty * level
            low, high = (level, high) if over else (low, level)
        return [min(high, x) for x in alone]

    def improved(self, labels: list[int]) -> list[int]:
        """Return labels that no change of one slot improves, in floats."""
        k = self.numbers(labels)
        assert k is not None  # each atom has a slot at the start
        value = self.value(labels, k)
        for _ in counted("moving slots, rounds at most", range(_ROUNDS)):
            better = self._better(labels, k, value)
            if better is None:
                break
            labels, k, value = better
        return labels

    def _better(
        self, labels: list[int], k: list[int], value: float
    ) -> tuple[list[int], list[int], float] | None:
        """Return labels with one slot's changed to one that it would rather have."""
        own = self.own(labels)
        pairs = zip(own, k, self.masses, strict=True)
        lam = [shared(t, n, mass)[1] for t, n, mass in pairs]
        moves = []
        for j, t in enumerate(self.wishes):
            held = max(t[labels[j]] + lam[labels[j]], 0)
            pulls = enumerate(map(add, t, lam))
            moves += [(x - held, j, a) for a, x in pulls if x > held and a != labels[j]]
        for _, j, a in sorted(moves, reverse=True):
            new = [*labels[:j], a, *labels[j + 1 :]]
            numbers = self.numbers(new)
            if numbers is not None:
                other = self.value(new, numbers)
                if other < value - _GAIN:
                    return new, numbers, other
        return None


def shared(
    own: Sequence[Any],
    empty: int,
    mass: Any,  # noqa: ANN401 - floats, too
) -> tuple[int, Any, Any]:
    """Return how many slots hold some of a mass, lam, and ``sum t_j^2`` over those.

    >>> count, lam, _ = shared([Fraction(3), Fraction(-9)], 1, Fraction(2))
    >>> print(count, lam)
    1 -1
    """
    count, total, square = 0, Fraction(0), Fraction(0)
    every = [*((t, 1) for t in own), *([(Fraction(0), empty)] if empty else [])]
    every.sort(key=lambda pair: _about(pair[0]), reverse=True)
    for t, times in every:
        if count and not _positive(t * count + mass - total):
            break  # t + lam is not above 0
        count += times
        total, square = total + times * t, square + times * t * t
    return count, (mass - total) / count, square


def _about(x: Any) -> Any:  # noqa: ANN401 - floats, too
    """Return what guides a search, where equal balls have no order: the midpoint of a ball."""
    return x.midpoint if isinstance(x, Ball) else x


def _is_told(x: Any) -> bool:  # noqa: ANN401
    """Return whether it is decided if a number is above 0."""
    try:
        return bool(x > 0) or True
    except Undecided:
        return False


def _positive(x: Any) -> bool:  # noqa: ANN401 - floats, too
    try:
        return bool(x > 0)
    except Undecided:
        return False
