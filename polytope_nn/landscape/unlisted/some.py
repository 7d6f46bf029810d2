"""Some vertices of a polytope that is not listed, each proved, and what they prove.

Walks in floats guess supports; on each the weights are solved for. Every column is in some
support, or a Farkas vector proves that no point uses it.
"""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.landscape.supports import bits_of, support

from .estimate import Estimate
from .float_slice import FloatSlice
from .slices import Slice

__all__ = ["Unlisted", "some_points"]

_WALKS = 24
_REDUCED = 8  # vertices whose supports are reduced to minimal ones, where fits may move


@dataclass(frozen=True)
class Unlisted:
    """What is known of a polytope without its list of vertices.

    ``points`` are vertices of the slice, sorted by support, ``walls`` Farkas vectors: the
    columns on which one of them is positive are 0 on the whole slice, and each other one is
    positive in some point.
    """

    slice: Slice
    points: tuple[Scalars, ...]
    walls: tuple[Scalars, ...]

    @property
    def estimate(self) -> Estimate | None:
        """The number of vertices, estimated; None where floats do not hold the numbers."""
        return self.slice.estimate

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The columns that some point uses, ascending."""
        mask = 0
        for x in self.points:
            mask |= support(x)
        return tuple(bits_of(mask))

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes of atoms that some point uses."""
        return tuple(j for j in self.used if j < self.slice.size)

    @cached_property
    def vertices(self) -> tuple[Scalars, ...]:
        """Vertices of P: total weights of the classes, sorted by support, distinct."""
        size = self.slice.size
        found = {x[:size]: None for x in self.points if self.slice.is_vertex_of_shadow(x)}
        return tuple(sorted(found, key=lambda c: bits_of(support(c))))

    @cached_property
    def has_zero(self) -> bool:
        """Whether the zero network is optimal."""
        return not self.slice.in_balls and self.slice.fits(())

    @cached_property
    def minimal(self) -> tuple[int, ...]:
        """The sizes of some inclusion-minimal supports of classes, ascending."""
        size = self.slice.size
        if self.slice.pinned:
            sizes = {support(c).bit_count() for c in self.vertices}
            return tuple(sorted(sizes))
        if self.slice.in_balls:
            return ()
        supports = sorted({support(x[:size]) for x in self.points}, key=int.bit_count)
        few = [*supports[: _REDUCED // 2], *supports[-(_REDUCED // 2) :]]
        return tuple(sorted({len(self.slice.minimal(bits_of(s))) for s in few}))

    @property
    def m_star_at_most(self) -> int:
        """A width at which the optimum is reached: that of the shortest support found."""
        if self.has_zero:
            return 0
        own = [support(x[: self.slice.size]).bit_count() for x in self.points]
        return min([*own, *self.minimal])

    @property
    def M_star_at_least(self) -> int | None:
        """The longest minimal support found; None where none is proved to be minimal."""
        return 0 if self.has_zero else max(self.minimal, default=None)

    @cached_property
    def dim(self) -> int:
        """The dimension of P in the weights of the classes."""
        return self.slice.dim(self.used)


def some_points(S: Slice) -> Unlisted:
    """Return some vertices of a slice: they use every column that any point uses."""
    chance = Random(1)  # noqa: S311 - the same walks on every run
    found: dict[int, Scalars] = {}
    tried: set[tuple[int, ...]] = set()
    mask = 0
    for at in _guesses(S, chance):
        if at in tried:
            continue
        tried.add(at)
        x = S.vertex(at)
        if x is not None:
            found[support(x)] = x
            mask |= support(x)
    walls: list[Scalars] = []
    if not S.in_balls:
        if not found:
            first = S.some()
            if first is not None:
                found[support(first)] = first
                mask |= support(first)
        mask |= _others(S, mask, found, walls)
    ordered = sorted(found, key=bits_of)
    return Unlisted(S, tuple(found[s] for s in ordered), tuple(walls))


def _guesses(S: Slice, chance: Random) -> "list[tuple[int, ...]]":
    """Return supports, or bases in balls, that walks in floats end at."""
    try:
        F = FloatSlice(S.columns, S.right)
        if F.is_empty:
            return []
        return [
            tuple(sorted(F.basic)) if S.in_balls else at
            for at in F.supports(_WALKS, chance)
        ]
    except OverflowError:  # numbers of very different sizes
        return []


def _others(S: Slice, mask: int, found: dict[int, Scalars], walls: list[Scalars]) -> int:
    """Settle the columns that no vertex uses so far: a vertex more, or a wall; exactly."""
    more = idle = 0
    for j in range(len(S.columns)):
        if (mask | more | idle) >> j & 1:
            continue
        x, w = S.using(j)
        if x is None:
            walls.append(w)
            idle |= sum(1 << i for i, a in enumerate(S.columns) if sign(dot(w, a)) > 0)
        else:
            found[support(x)] = x
            more |= support(x)
    return more
