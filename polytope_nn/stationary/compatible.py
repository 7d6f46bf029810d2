"""Block sets that linear conditions on kappa leave possible: cliques of compatible blocks.

A stationary network with block set T has a kappa in the open cone ``{forms of all blocks > 0}``,
and with ``y'kappa > 0``: it is the squared norm of kappa plus the cost of the neurons. Two
blocks whose cones do not meet are in no T together; a nonnegative combination of their
forms that is 0 proves it (Gordan), an interior point of both cones shows the contrary, and
is tried on other pairs first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block

__all__ = ["Compatible"]

_TRIED = 16  # interior points that are remembered


@dataclass(frozen=True)
class Compatible:
    """The blocks of a problem that are possible alone, and which of them go together."""

    problem: TrainingProblem
    every: tuple[Block, ...]
    _points: list[Vector] = field(default_factory=list, compare=False)

    def sets(self, width: int, most: int) -> Iterator[tuple[tuple[int, ...], ...]]:
        """Yield, for k = 1, ..., width, the sets of k pairwise compatible blocks, sorted.

        Raises
        ------
        Undecided
            When there are more than ``most`` of one size.
        """
        forms = [self._forms(b) for b in self.every]
        label = [self.problem.free.modulo(self.problem.y)]
        single = [i for i, f in enumerate(forms) if self._meet([*f, *label])]
        later: dict[int, frozenset[int]] = {}
        for i in single:
            later[i] = frozenset(
                j for j in single if j > i and self._meet([*forms[i], *forms[j], *label])
            )
        level: list[tuple[tuple[int, ...], frozenset[int]]]
        level = [((i,), later[i]) for i in single]
        for k in range(1, width + 1):
            yield tuple(T for T, _ in level)
            if k == width or not level:
                return
            size = sum(len(left) for _, left in level)
            if size > most:
                raise Undecided(
                    f"{size} sets of {len(level[0][0]) + 1} blocks may have stationary "
                    f"networks, more than {most}: give a smaller width"
                )
            level = [((*T, j), left & later[j]) for T, left in level for j in sorted(left)]

    def _forms(self, b: Block) -> list[Vector]:
        return [self.problem.free.modulo(f) for f in b.forms]

    def _meet(self, forms: Sequence[Vector]) -> bool:
        """Return whether some point makes all forms positive."""
        for point in self._points:
            if all(dot(f, point) > 0 for f in forms):
                return True
        p, zero = len(forms[0]), Fraction(0)
        columns = [(*f, Fraction(1)) for f in forms]
        combination, separating = alternative(columns, (*(zero,) * p, Fraction(1)))
        if combination is not None:
            return False
        point = tuple(Fraction(t) for t in separating[:-1] if isinstance(t, Fraction | int))
        self._points.insert(0, point)
        del self._points[_TRIED:]
        return True


def naive(count: int, width: int) -> int:
    """Return the number of sets of at most ``width`` of so many blocks.

    >>> naive(4, 2)
    10
    """
    return sum(comb(count, k) for k in range(1, width + 1))
