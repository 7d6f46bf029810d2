"""Sets of classes grown one at a time: a block enters only where it is pulled (THEORY T19).

If ``|V_a'kappa_T| < beta`` for a block a outside T, the face program of T and a has the solution
of T, with the new neuron 0: that set is excluded without being solved, and its kappa is T's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from polytope_nn.exact.rational import Vector

from .excluded import Exclusion, KappaBall

__all__ = ["Growth"]

Set = tuple[int, ...]
_CHUNK = 500  # sets that are looked at together


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
