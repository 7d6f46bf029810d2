"""Block sets that linear conditions on kappa leave possible: cliques of compatible blocks.

A stationary network with block set T has a kappa in the open cone ``{forms of all blocks > 0}``,
with ``y'kappa > 0`` (it is the squared norm of kappa plus the cost of the neurons); and where a
face has two adjacent topes their pulls, two numbers, have 0 between them, in one order or the
other. Two blocks no order of which leaves a kappa are in no T together: a nonnegative
combination of the forms that is 0, with a strict one in it, proves it (Motzkin); an interior
point shows the contrary, and is tried on other pairs first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector, integer_row
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block

__all__ = ["Compatible", "naive"]

_TRIED = 16  # interior points that are remembered

_Level: TypeAlias = list[tuple[tuple[int, ...], frozenset[int]]]
Row: TypeAlias = tuple[int, ...]  # a form, times a positive number
_Cone: TypeAlias = tuple[list[Row], list[Row]]
Kept: TypeAlias = Callable[[tuple[int, ...]], bool]


@dataclass(frozen=True)
class Compatible:
    """The blocks of a problem that are possible alone, and which of them go together."""

    problem: TrainingProblem
    every: tuple[Block, ...]
    _points: list[Row] = field(default_factory=list, compare=False)

    def sets(
        self, width: int, most: int, kept: Kept = lambda _: True
    ) -> Iterator[Iterable[tuple[int, ...]]]:
        """Yield, for k = 1, ..., width, the sets of k pairwise compatible blocks, sorted.

        Of a set that is ``kept`` all parts are; the others are left out. Those of ``width``
        blocks come one by one, and are not held.

        Raises
        ------
        Undecided
            When there are more than ``most`` of one size.
        """
        label = [integer_row(self.problem.free.modulo(self.problem.y))]
        single: dict[int, list[_Cone]] = {}
        for i, b in enumerate(self.every):
            if not kept((i,)):
                continue
            possible = [cone for cone in self._cones(b) if self._meet(*cone, label)]
            if possible:
                single[i] = possible
        later = {
            i: frozenset(
                j
                for j in single
                if j > i and kept((i, j)) and self._together(single[i], single[j], label)
            )
            for i in single
        }
        level: _Level = [((i,), later[i]) for i in single]
        for k in range(1, width + 1):
            yield tuple(T for T, _ in level)
            if k == width or not level:
                return
            if k == width - 1:
                yield self._last(level, kept)
                return
            size = sum(len(left) for _, left in level)
            if size > most:
                raise Undecided(
                    f"{size} sets of {len(level[0][0]) + 1} blocks may have stationary "
                    f"networks, more than {most}: give a smaller width"
                )
            level = [
                ((*T, j), left & later[j])
                for T, left in level
                for j in sorted(left)
                if k < 2 or kept((*T, j))  # pairs are kept by later
            ]

    def _last(self, level: _Level, kept: Kept) -> Iterator[tuple[int, ...]]:
        """Yield the sets of one block more, one by one."""
        for T, left in level:
            for j in sorted(left):
                if len(T) < 2 or kept((*T, j)):
                    yield (*T, j)

    def _cones(self, b: Block) -> list[_Cone]:
        """Return the cones of a block, each as strict and weak forms modulo Z."""

        def modulo(form: Vector) -> Row:
            return integer_row(self.problem.free.modulo(form))

        strict = [modulo(f) for f in b.forms]
        if len(b.pulls) != 2:
            return [(strict, [])]
        (first,), (second,) = ([modulo(f) for f in pull] for pull in b.pulls)
        orders = ((first, _minus(second)), (_minus(first), second))
        return [(strict, list(order)) for order in orders]

    def _together(
        self, mine: Sequence[_Cone], others: Sequence[_Cone], label: list[Row]
    ) -> bool:
        return any(
            self._meet([*f, *h], [*weak, *other], label)
            for f, weak in mine
            for h, other in others
        )

    def _meet(self, forms: list[Row], weak: list[Row], label: list[Row]) -> bool:
        """Return whether some point makes all forms positive, and no weak one negative."""
        strict = [*forms, *label]
        for point in self._points:
            if all(_product(f, point) > 0 for f in strict) and all(
                _product(f, point) >= 0 for f in weak
            ):
                return True
        zero, one = Fraction(0), Fraction(1)
        columns = [*((*map(Fraction, f), one) for f in strict)]
        columns += ((*map(Fraction, f), zero) for f in weak)
        combination, separating = alternative(columns, (*(zero,) * len(strict[0]), one))
        if combination is not None:
            return False
        interior = [t for t in separating[:-1] if isinstance(t, Fraction)]
        self._points.insert(0, integer_row(interior))
        del self._points[_TRIED:]
        return True


def _product(form: Row, point: Row) -> int:
    return sum(s * t for s, t in zip(form, point, strict=True))


def _minus(form: Row) -> Row:
    return tuple(-t for t in form)


def naive(count: int, width: int) -> int:
    """Return the number of sets of at most ``width`` of so many blocks.

    >>> naive(4, 2)
    10
    """
    return sum(comb(count, k) for k in range(1, width + 1))
