"""Classes of blocks: those with one quadratic form share kappa_T, and are solved once (T19).

Blocks whose forms ``kappa'B kappa`` agree for all kappa with ``Z'kappa = 0`` have equal features
modulo Z: the two signs of a face, and with a free skip a face and its negative. So kappa_T is that
of the classes T meets, and once it is known the linear forms tell which blocks of each
class may be in T: of a face at most one sign.

Sets of classes are grown one at a time: a block enters only where it is pulled. If
``|V_a'kappa_T| < beta`` for a block a outside T, the face program of T and a has the solution of
T, with the new neuron 0: that set is excluded without being solved, and its kappa is T's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, combinations, product
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Vector

from .biases.biased import Freed, Piece
from .biases.unfitted import Unfitted
from .compatible import possible, reduced
from .equations import FINER
from .excluded import Exclusion, KappaBall
from .members import Members

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Classes", "Growth"]

Set = tuple[int, ...]
_MANY = 2  # classes that are chosen, beside those in every set
_CHUNK = 500  # sets that are looked at together


@dataclass(frozen=True)
class Classes:
    """The classes of the blocks that are possible alone; a class is named by its first block."""

    piece: Piece
    members: Members

    @cached_property
    def blocks(self) -> dict[int, Set]:
        """The blocks of each class, by the first; where sets are few, impossible ones, too."""
        every = self._of(range(len(self.piece.blocks)))
        if self.piece.width - len(self._needed(every)) < _MANY:
            return every
        return self._of(possible(self.piece.problem, self.piece.blocks))

    def _of(self, places: Iterable[int]) -> dict[int, Set]:
        found: dict[object, list[int]] = {}
        for a in places:
            found.setdefault(self.members.quadratic(a), []).append(a)
        return {every[0]: tuple(every) for every in found.values()}

    def _owners(self, blocks: Mapping[int, Set]) -> list[set[int]]:
        """Return of each column the classes that have its topes."""
        classes = {a: i for i, every in blocks.items() for a in every}
        return [{classes[a] for a in own if a in classes} for own in self.piece.owned]

    def _needed(self, blocks: Mapping[int, Set]) -> set[int]:
        """Return the classes that alone have the topes of some column."""
        return {min(own) for own in self._owners(blocks) if len(own) == 1}

    def sets(self, size: int) -> Iterator[Set]:
        """Yield the sets of so many classes with a tope of every column, each sorted.

        Others are in no block set of the piece: a set grows from topes on.
        """
        owners = self._owners(self.blocks)
        needed = self._needed(self.blocks)
        others = sorted(self.blocks.keys() - needed)
        for more in combinations(others, max(0, size - len(needed))):
            C = tuple(sorted((*needed, *more)))
            if len(C) == size and not any(own.isdisjoint(C) for own in owners):
                yield C

    @cached_property
    def _unfitted(self) -> Unfitted | None:
        D = self.piece.problem
        if isinstance(D, Freed) and D.columns:
            return Unfitted(D, self.members.excluded)
        return None

    def farthest(self, sets: Sequence[Set], nu: "Floats") -> list[int]:
        """Return of each set, at kappas ``Q'nu``, the class that is farthest outside its faces."""
        import numpy as np

        forms, members, classes = self._sides
        names = np.array(list(self.blocks))
        found: list[int] = []
        for i in range(0, len(sets), _CHUNK):
            values = np.minimum.reduceat(nu[i : i + _CHUNK] @ forms, members, axis=1)
            places = np.array(sets[i : i + _CHUNK])
            inside = np.maximum.reduceat(values, classes, axis=1)
            mine = np.take_along_axis(inside, np.searchsorted(names, places), axis=1)
            least = np.argmin(mine, axis=1)[:, None]
            found += np.take_along_axis(places, least, axis=1)[:, 0].tolist()
        return found

    @cached_property
    def _sides(self) -> "tuple[Floats, list[int], list[int]]":
        """The forms of all classes as columns; where those of a block begin, blocks of a class."""
        import numpy as np

        D, given = self.piece.problem, self.piece.blocks
        nothing = ((0,) * D.n,)  # of the tope of which all samples are active
        every = [[given[a].whole.forms or nothing for a in C] for C in self.blocks.values()]
        counts = [len(forms) for C in every for forms in C]
        rows = reduced(D, [f for C in every for forms in C for f in forms])
        sizes = [max(map(abs, row)) or 1 for row in rows]
        sides = [[t / size for t in row] for row, size in zip(rows, sizes, strict=True)]
        members = [0, *accumulate(counts[:-1])]
        return np.array(sides).T, members, [0, *accumulate(map(len, every[:-1]))]

    def solved(
        self, C: Set, nu: "Floats", c: "Floats", likely: int
    ) -> tuple[KappaBall, tuple[Set, ...], Vector, Sequence[Fraction]]:
        """Return a ball around kappa, the block sets it does not exclude, and a guess for these.

        The float's guess is made finer where it excludes not all; ``likely`` is the class that
        is looked at first.
        """
        guesser, excluded = self.members.guesser, self.members.excluded
        ball = excluded.around(C, *guesser.whole(C, nu, c))
        if all(excluded.is_outside(a, ball) for a in self.blocks[likely]):
            return ball, (), (), ()
        left = tuple(T for T in self.left(C, ball) if self._is_possible(T))
        if not left:
            return ball, (), (), ()
        near: Vector
        weights: Sequence[Fraction]
        near, weights = guesser.exactly(C, nu, c)
        for finer in (1, FINER):
            if left and not (finer > 1 and all(weights)):
                near, weights = self.members.refined(C, near, weights, finer)
                ball = excluded.ball(C, near, weights)
                left = tuple(self.left(C, ball))
        return ball, left, near, weights

    def _is_possible(self, T: Set) -> bool:
        chosen = [self.piece.blocks[a] for a in T]
        return len(possible(self.piece.problem, chosen)) == len(T)

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
            for i, every in enumerate(alive):
                alive[i] = [a for a in every if not misses(a, ball)]
                if not alive[i]:
                    return
        choices = [
            [U for k in range(1, most + 1) for U in combinations(every, k)]
            for every in alive
        ]
        for parts in product(*choices):
            T = tuple(sorted(a for U in parts for a in U))
            if len(T) > self.piece.width or self.piece.missing(T):
                continue
            if self._unfitted is None or not self._unfitted(T, ball, len(C)):
                yield T

    def shares(self, T: Set, C: Set, weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return the weights of the classes shared by the blocks of T."""
        share: dict[int, Fraction] = {}
        for i, c in zip(C, weights, strict=True):
            mine = [a for a in self.blocks[i] if a in T]
            share |= {a: c / len(mine) for a in mine}
        return tuple(share[a] for a in T)


@dataclass(frozen=True)
class Growth:
    """Remembers which classes may enter each set that was looked at, each by its first block."""

    excluded: Exclusion
    among: Sequence[int]
    _entering: dict[Set, frozenset[int]] = field(default_factory=dict, compare=False)

    def start(self, kappa: Vector) -> None:
        """Look at the empty set, whose kappa is known exactly."""
        self.add([()], [KappaBall.exact(kappa)])

    def add(self, sets: Sequence[Set], balls: Sequence[KappaBall]) -> None:
        """Look at sets that were solved."""
        for i in range(0, len(sets), _CHUNK):
            found = self.excluded.entering(balls[i : i + _CHUNK], self.among)
            self._entering.update(zip(sets[i : i + _CHUNK], found, strict=True))

    def left(self, sets: Iterable[Set], *, last: bool = False) -> Iterator[Set]:
        """Yield the sets, each a block more than those looked at, that are to be solved.

        After the ``last`` ones nothing is asked of sets that were not yielded.
        """
        for T in sets:
            same = next(
                (U for U, a in _less(T) if a not in self._entering.get(U, (a,))), None
            )
            if same is None:
                yield T
            elif not last:
                self._entering[T] = self._entering[same]


def _less(T: Set) -> Iterator[tuple[Set, int]]:
    """Yield the sets with one block left out, and that block."""
    for i, a in enumerate(T):
        yield T[:i] + T[i + 1 :], a
