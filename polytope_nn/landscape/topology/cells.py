"""A filtered regular cell complex: its bars, its orientation, its homology over Z.

The faces of P, each entering at the size of its support, and the slot complex are such
complexes. Over F_2 all incidences are 1. Over Z their signs follow from the diamond
property: a cell two dimensions below another lies in exactly two of its facets.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from polytope_nn.errors import Undecided
from polytope_nn.exact.integer import elementary_divisors

from .reduction import integral_pivots, reduced_pairs

__all__ = ["Bar", "Cells", "cells_of"]

Bar = tuple[int, int | None]
"""Birth and death of a class: it lives at the widths from birth on, before death."""

K = TypeVar("K", bound=Hashable)
_DENSE = 250_000  # entries of a matrix whose Smith form is taken


@dataclass(frozen=True, repr=False)
class Cells:
    """Cells in an order in which facets come first: levels, dimensions, facets by place.

    Sorted by level, then by dimension; no facet has a higher level than its cell.
    """

    levels: tuple[int, ...]
    dims: tuple[int, ...]
    facets: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.dims)

    @cached_property
    def bars(self) -> dict[int, tuple[Bar, ...]]:
        """The bars over F_2 by degree, those of length 0 left out; the longest come first."""
        pairs = reduced_pairs(self.dims, self.facets)
        paired = {i for pair in pairs for i in pair}
        found: dict[int, list[Bar]] = {}
        for i, j in pairs:
            if self.levels[i] < self.levels[j]:
                bar = (self.levels[i], self.levels[j])
                found.setdefault(self.dims[i], []).append(bar)
        for i, (level, dim) in enumerate(zip(self.levels, self.dims, strict=True)):
            if i not in paired:
                found.setdefault(dim, []).append((level, None))
        last = max(self.levels, default=0) + 1
        return {
            dim: tuple(sorted(bars, key=lambda bar: (bar[0], -(bar[1] or last))))
            for dim, bars in sorted(found.items())
        }

    def betti_2(self, m: int) -> tuple[int, ...]:
        """Return the Betti numbers over F_2 of the cells of level at most m."""
        alive = [
            sum(birth <= m and (death is None or m < death) for birth, death in bars)
            for _, bars in sorted(self._all_degrees.items())
        ]
        return trimmed(alive)

    @cached_property
    def _all_degrees(self) -> dict[int, tuple[Bar, ...]]:
        return {i: self.bars.get(i, ()) for i in range(max(self.bars, default=-1) + 1)}

    @cached_property
    def boundary(self) -> tuple[dict[int, int], ...]:
        """The boundary of each cell over Z: its facets with their signs."""
        signs: list[dict[int, int]] = []
        for dim, facets in zip(self.dims, self.facets, strict=True):
            if dim < 2:
                ends = zip(facets, (1, -1), strict=False)
                signs.append(dict(ends))
            else:
                signs.append(_oriented(facets, signs))
        return tuple(signs)

    @cached_property
    def torsion_from(self) -> int | None:
        """The least level at which torsion is not excluded by units alone; None: nowhere."""
        doubtful = [
            self.levels[j]
            for _, j, t in integral_pivots(self.dims, self.boundary)
            if abs(t) > 1
        ]
        return min(doubtful, default=None)

    def divisors(self, m: int) -> dict[int, tuple[int, ...]]:
        """Return the torsion coefficients of the cells of level at most m, by degree.

        Raises
        ------
        Undecided
            When a Smith form is needed and the matrix is too large.
        """
        if self.torsion_from is None or m < self.torsion_from:
            return {}
        found = {}
        for i in range(1, max(self.dims) + 1):
            large = tuple(t for t in self._smith(i, m) if t > 1)
            if large:
                found[i - 1] = large
        return found

    def _smith(self, i: int, m: int) -> tuple[int, ...]:
        """Return the elementary divisors of the boundary of the i-cells of level at most m."""
        inside = [j for j, level in enumerate(self.levels) if level <= m]
        rows = {j: k for k, j in enumerate(x for x in inside if self.dims[x] == i - 1)}
        columns = [j for j in inside if self.dims[j] == i]
        if len(rows) * len(columns) > _DENSE:
            raise Undecided(
                f"torsion at width {m}: a matrix of {len(rows)} x {len(columns)}, more than "
                f"{_DENSE} entries: the Betti numbers over F_2 are there without it"
            )
        matrix = [[0] * len(columns) for _ in rows]
        for k, j in enumerate(columns):
            for f, sign in self.boundary[j].items():
                matrix[rows[f]][k] = sign
        return elementary_divisors(matrix)

    def counts(self) -> Counter[tuple[int, int]]:
        """Return the number of cells of each (level, dimension)."""
        return Counter(zip(self.levels, self.dims, strict=True))

    def __repr__(self) -> str:
        return f"Cells({len(self)} cells, dimension {max(self.dims, default=-1)})"


def trimmed(numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the numbers without the zeros at their end.

    >>> trimmed([1, 0, 2, 0])
    (1, 0, 2)
    """
    last = max((i for i, x in enumerate(numbers) if x), default=-1)
    return tuple(numbers[: last + 1])


def _oriented(facets: Sequence[int], signs: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Return signs of the facets of a cell for which its boundary has no boundary.

    The sign of one facet is free, and goes from facet to facet over their common ridges:
    the boundary of a cell is connected in codimension 1.
    """
    sides: dict[int, int] = {}  # a ridge: the facets that meet there, by exclusive or
    for f in facets:
        for ridge in signs[f]:
            sides[ridge] = sides.get(ridge, 0) ^ f
    found = {facets[0]: 1}
    waiting = [facets[0]]
    for f in waiting:
        for ridge, sign in signs[f].items():
            g = sides[ridge] ^ f
            if g not in found:
                found[g] = -found[f] * sign * signs[g][ridge]
                waiting.append(g)
    return found


def cells_of(faces: Iterable[tuple[K, int, int]], facets: Mapping[K, Sequence[K]]) -> Cells:
    """Return the complex of faces (name, level, dimension) with the facets of each.

    >>> edge = cells_of([("v", 1, 0), ("w", 2, 0), ("e", 3, 1)], {"e": ("v", "w")})
    >>> edge.bars
    {0: ((1, None), (2, 3))}
    """
    ordered = sorted(faces, key=lambda face: (face[1], face[2]))
    place = {name: i for i, (name, _, _) in enumerate(ordered)}
    return Cells(
        tuple(level for _, level, _ in ordered),
        tuple(dim for _, _, dim in ordered),
        tuple(
            tuple(sorted(place[f] for f in facets.get(name, ()))) for name, _, _ in ordered
        ),
    )
