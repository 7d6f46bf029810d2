"""The topes of a central arrangement by double-description splitting.

Terminology as in :mod:`~polytope_nn.geometry.ray_table`. A *tope* is held as the tuple of
the rays of its closed cone. Topes come in opposite pairs; only those where line 0 is
positive are held.

Algorithm. r independent lines have ``2^(r-1)`` simplicial cones with line 0 positive. A
further line is evaluated once on every ray; a cone is split iff it has rays on both sides,
and the new rays are where its edges cross (Motzkin, Raiffa, Thompson and Thrall 1953). Two
rays p, q of a cone span an edge iff the lines that vanish on both have rank r - 2:

* two simple rays, iff they share a flat. If all rays are simple, every flat (half) that
  meets the cone in more than a ray meets it in an edge, which has two ends: so the flats
  that occur an odd number of times on one side are those crossed. Otherwise a flat may
  occur once because its other end is thick, or once because the cone has a forked ray and
  the other half: then what does not occur on the other side is no crossing.
* a simple and a thick ray, iff r - 2 lines vanish on both (they are independent);
* two thick rays, iff at least r - 2 lines vanish on both, and not on a third ray.

An edge belongs to many cones but is crossed in one ray, which is made once: between simple
rays it is known by its flat, otherwise by its ends.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain, product
from operator import or_
from typing import TypeAlias, TypeVar

from polytope_nn.progress import counted

from .ray_table import Flats, Line, RayTable, Sides

__all__ = ["Topes", "topes"]

K = TypeVar("K")
V = TypeVar("V")
Cone = tuple[int, ...]  # rays, as their positions in the table


@dataclass(frozen=True)
class Topes:
    """The topes where line 0 is positive, by ascending mask of their positive lines.

    ``cones[i]`` holds the rays of the tope ``masks[i]`` as positions in the r ``columns``
    of coordinates. The opposite topes have the complementary masks.
    """

    masks: tuple[int, ...]
    cones: tuple[Cone, ...]
    columns: tuple[tuple[int, ...], ...]

    def rays(self, i: int) -> list[Line]:
        """Return the primitive rays of the i-th cone, sorted."""
        return sorted(tuple(x[v] for x in self.columns) for v in self.cones[i])


def topes(lines: Sequence[Line], r: int) -> Topes:
    """Return the topes of pairwise independent integer lines of rank r, shape (L, r).

    Without lines (r = 0) there is one tope, the whole space, with the mask 0.

    Examples
    --------
    >>> found = topes([(1, 0), (0, 1), (1, -1)], 2)
    >>> [f"{mask:03b}" for mask in found.masks]
    ['101', '110', '111']
    >>> found.rays(2)
    [(1, 0), (1, 1)]
    """
    if r == 0:
        return Topes((0,), ((),), ())
    table = RayTable(lines, r)
    flats = Flats(table)
    opposite = ((2 * j - 1, 2 * j) for j in range(1, r))
    cones = [(0, *choice) for choice in product(*opposite)]
    for i in counted("regions, hyperplanes", range(len(lines))):
        if i not in table.basis:
            sides = table.insert(i)
            flats.drop(sides.on)
            cut = _Cut(table, flats, sides)
            cones = list(cut.split(cones))
            table.append(cut.ends, sides.value, table.bits[i])
    positive = table.positive.__getitem__
    masks = [reduce(or_, map(positive, cone)) for cone in cones]
    order = sorted(range(len(masks)), key=masks.__getitem__)
    return Topes(
        tuple(masks[i] for i in order),
        tuple(cones[i] for i in order),
        tuple(map(tuple, table.columns)),
    )


class _Memo(dict[K, V]):
    """A function of one key that remembers its values."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: K) -> V:
        value = self[key] = self.make(key)
        return value


Between: TypeAlias = _Memo[int, _Memo[int, int]]


class _Cut:
    """One line cutting cones; ``ends`` are the edges it crosses, in the order of new rays."""

    def __init__(self, table: RayTable, flats: Flats, sides: Sides) -> None:
        self.table, self.flats, self.sides = table, flats, sides
        self.known = len(sides.value)
        self.every = 2 * table.bits[0] - 1
        self.ends: list[tuple[int, int]] = []
        self.cone: Cone = ()
        self.P: list[int] = []  # the rays of the cone above the line
        self.N: list[int] = []  # and below

    def split(self, cones: Iterable[Cone]) -> Iterator[Cone]:
        """Yield the cones on one side of the line, and the halves of the others."""
        _, above, below, _ = self.sides
        is_above, is_below = above.__contains__, below.__contains__
        flats = self.flats.__getitem__
        thick, forked = self.table.thick, self.flats.forked
        crossing = _Memo(self._in_flat).__getitem__
        between: Between = _Memo(lambda p: _Memo(partial(self._between, p)))
        for cone in cones:
            if below.isdisjoint(cone) or above.isdisjoint(cone):
                yield cone
                continue
            self.cone = cone
            self.P = P = list(filter(is_above, cone))
            self.N = N = list(filter(is_below, cone))
            few, many = (P, N) if len(P) < len(N) else (N, P)
            crossed: set[int] = set()
            for v in few:
                crossed.symmetric_difference_update(flats(v))
            regular = thick.isdisjoint(cone)
            if not (regular and forked.isdisjoint(few)):
                crossed.intersection_update(chain.from_iterable(map(flats, many)))
            section = list(map(crossing, crossed))
            if not regular:
                section += self._irregular(between)
            yield (*P, *section)
            yield (*N, *section)

    def _irregular(self, between: "Between") -> Iterator[int]:
        """Yield the rays of the cone on the line, and the new ones with a thick end."""
        yield from self.sides.on.intersection(self.cone)
        thick = self.table.thick
        thick_N = thick.intersection(self.N)
        for p in self.P:
            others = self.N if p in thick else thick_N
            if others:
                yield from filter(None, map(between[p].__getitem__, others))

    def _in_flat(self, flat: int) -> int:
        """Return the new ray on the edge of the cone in the flat."""
        zero = self.table.zero
        flat &= self.every
        above, below = iter(self.P), iter(self.N)
        p, q = next(above), next(below)
        while zero[p] & flat != flat:
            p = next(above)
        while zero[q] & flat != flat:
            q = next(below)
        return self._cross(p, q)

    def _between(self, p: int, q: int) -> int:
        """Return the new ray between p and q; 0, never a new ray, when they span no edge."""
        zero, thick = self.table.zero, self.table.thick
        common = zero[p] & zero[q]
        if common.bit_count() < self.table.lines_of_simple - 1:
            return 0
        if p in thick and q in thick:
            within = sum(zero[v] & common == common for v in self.cone)
            if within > 2:
                return 0
        return self._cross(p, q)

    def _cross(self, p: int, q: int) -> int:
        self.ends.append((p, q))
        return self.known + len(self.ends) - 1
