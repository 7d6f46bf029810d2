"""Classes of blocks: those with one quadratic form share kappa_T, and are solved once (T19).

Blocks whose forms ``kappa'B kappa`` agree for all kappa with ``Z'kappa = 0`` have equal features
modulo Z: the two signs of a face, and with a free skip a face and its negative. So kappa_T is that
of the classes T meets, and once it is known the linear forms tell which blocks of each
class may be in T: of a face at most one sign.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product

from .biased import Piece, Tope
from .compatible import possible
from .excluded import KappaBall
from .members import Members

__all__ = ["Classes"]

Set = tuple[int, ...]


@dataclass(frozen=True)
class Classes:
    """The classes of the blocks that are possible alone; a class is named by its first block."""

    piece: Piece
    members: Members

    @cached_property
    def blocks(self) -> dict[int, Set]:
        """The blocks of each class, by the first."""
        found: dict[object, list[int]] = {}
        for a in possible(self.piece.problem, self.piece.blocks):
            found.setdefault(self.members.quadratic(a), []).append(a)
        return {every[0]: tuple(every) for every in found.values()}

    def sets(self, size: int) -> Iterator[Set]:
        """Yield the sets of so many classes with a tope of every column, each sorted.

        Others are in no block set of the piece: a set grows from topes on.
        """
        owners = [
            [i for i, every in self.blocks.items() if z in self._columns(every)]
            for z in self.piece.columns
        ]
        needed = {own[0] for own in owners if len(own) == 1}
        others = sorted(self.blocks.keys() - needed)
        for more in combinations(others, max(0, size - len(needed))):
            C = tuple(sorted((*needed, *more)))
            if len(C) == size and all(set(own).intersection(C) for own in owners):
                yield C

    def _columns(self, every: Set) -> frozenset[object]:
        there = (self.piece.blocks[a] for a in every)
        return frozenset(b.column for b in there if isinstance(b, Tope))

    def left(self, C: Set, ball: KappaBall) -> Iterator[Set]:
        """Yield the block sets that meet just these classes, and are not excluded by a ball."""
        excluded = self.members.excluded
        if any(
            excluded.is_silent(i, g, ball) for i, g in zip(C, ball.directions, strict=True)
        ):
            return
        most = self.piece.width - len(C) + 1
        alive: list[Sequence[int]] = [self.blocks[i] for i in C]
        for misses in (excluded.is_outside, excluded.is_one_sided):
            alive = [[a for a in every if not misses(a, ball)] for every in alive]
            if not all(alive):
                return
        choices = [
            [U for k in range(1, most + 1) for U in combinations(every, k)]
            for every in alive
        ]
        for parts in product(*choices):
            T = tuple(sorted(a for U in parts for a in U))
            if len(T) <= self.piece.width and not self.piece.missing(T):
                yield T

    def shares(self, T: Set, C: Set, weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return the weights of the classes shared by the blocks of T."""
        share: dict[int, Fraction] = {}
        for i, c in zip(C, weights, strict=True):
            mine = [a for a in self.blocks[i] if a in T]
            share |= {a: c / len(mine) for a in mine}
        return tuple(share[a] for a in T)
