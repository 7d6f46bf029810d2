"""The faces of P, found again from the supports of its vertices; its boundary reduced again.

Over F_2 for the bars, over Z for what has no torsion (proofs/T15.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ...kernel.reading import Clock

WHERE = "claims.holes"


@dataclass
class Faces:
    """The nonempty faces, by size of the support, then dimension: sizes, dims, facets."""

    sizes: list[int]
    dims: list[int]
    facets: list[list[int]]


def faces_of(clock: Clock, supports: Sequence[int]) -> Faces:
    """Return the faces: covers of F are the minimal unions with its siblings.

    Siblings of F are the faces that cover, with it, a face below F; those of a vertex are
    all vertices. No more than there is room for.
    """
    found: dict[int, tuple[int, list[int]]] = {S: (0, []) for S in supports}
    siblings: dict[int, Sequence[int]] = dict.fromkeys(supports, supports)
    dim, bits = 0, size(supports)
    clock.hold(len(found), bits, WHERE)
    while siblings:
        dim += 1
        above: dict[int, Sequence[int]] = {}
        for F, beside in siblings.items():
            clock.tick()
            covers = minimal(clock, [F | S for S in beside if S != F])
            for G in covers:
                above[G] = covers
                found.setdefault(G, (dim, []))[1].append(F)
            clock.hold(len(found), bits, WHERE)
        siblings = above
    order = sorted(found, key=lambda F: (F.bit_count(), found[F][0], F))
    place = {F: i for i, F in enumerate(order)}
    return Faces(
        [F.bit_count() for F in order],
        [found[F][0] for F in order],
        [sorted(place[E] for E in found[F][1]) for F in order],
    )


def size(supports: Sequence[int]) -> int:
    """Return the bits that a face may hold, its facets with it."""
    return 64 * (64 + max(S.bit_length() for S in supports))


def minimal(clock: Clock, unions: Sequence[int]) -> list[int]:
    """Return the sets that contain no other of them."""
    kept: list[int] = []
    for U in sorted(set(unions), key=lambda U: (U.bit_count(), U)):
        clock.tick()
        if all(K & ~U for K in kept):
            kept.append(U)
    return kept


Chain = dict[int, int]


def bars_of(clock: Clock, F: Faces) -> dict[int, list[tuple[int, int | None]]]:
    """Return the bars over F_2 by degree, those of length 0 left out."""
    killed: set[int] = set()
    bars: dict[int, list[tuple[int, int | None]]] = {}
    for dim in range(max(F.dims), -1, -1):
        owner: dict[int, int] = {}
        for j in (j for j, d in enumerate(F.dims) if d == dim and j not in killed):
            clock.tick()
            column = sum(1 << i for i in F.facets[j])
            while column and (low := column.bit_length() - 1) in owner:
                clock.tick()
                column ^= owner[low]
            if not column:
                bars.setdefault(dim, []).append((F.sizes[j], None))
                continue
            low = column.bit_length() - 1
            owner[low] = column
            killed.add(low)
            if F.sizes[low] < F.sizes[j]:
                bars.setdefault(dim - 1, []).append((F.sizes[low], F.sizes[j]))
    return bars


def boundary(clock: Clock, F: Faces) -> list[Chain]:
    """Return the facets of each face with signs: the boundary of a boundary is 0.

    Each ridge lies in two facets of the face; the sign of one facet is free.
    """
    signs: list[Chain] = []
    for facets in F.facets:
        clock.tick()
        sides: Chain = {}
        for f in facets:
            for ridge in signs[f]:
                sides[ridge] = sides.get(ridge, 0) ^ f
        found = dict.fromkeys(facets[:1], 1)
        waiting = facets[:1]
        for f in waiting:
            for ridge, s in signs[f].items():
                g = sides[ridge] ^ f
                if g not in found:
                    found[g] = -found[f] * s * signs[g][ridge]
                    waiting.append(g)
        if len(facets) == 2 and not sides:  # an edge
            found[facets[1]] = -1
        signs.append(found)
    return signs


@dataclass
class Reduced:
    """The boundary over Z, reduced by its columns with lowest entry 1 or -1.

    ``units`` holds these by dimension and lowest face, with the face that they are of;
    ``doubtful`` are the faces whose columns end in another entry.
    """

    boundary: list[Chain]
    units: dict[int, dict[int, tuple[int, Chain]]]
    doubtful: list[int]

    def doubt(self, F: Faces, m: int) -> bool:
        """Return whether units alone do not exclude torsion at width m."""
        return any(F.sizes[j] <= m for j in self.doubtful)


def reduced(clock: Clock, F: Faces) -> Reduced:
    """Return the boundary reduced over Z by units.

    Columns with lowest entry 1 or -1 are subtracted from others: while no other lowest
    entry is left, boundaries are direct summands of the chains.
    """
    R, killed = Reduced(boundary(clock, F), {}, []), set()
    for dim in range(max(F.dims), 0, -1):
        units = R.units.setdefault(dim, {})
        for j in (j for j, d in enumerate(F.dims) if d == dim and j not in killed):
            clock.tick()
            column = dict(R.boundary[j])
            while column and (low := max(column)) in units:
                clock.tick()
                unit = units[low][1]
                times = column[low] * unit[low]
                for i, t in unit.items():
                    column[i] = column.get(i, 0) - times * t
                column = {i: t for i, t in column.items() if t}
            if column and abs(column[max(column)]) == 1:
                units[max(column)] = (j, column)
                killed.add(max(column))
            elif column:
                R.doubtful.append(j)
    R.doubtful.sort()
    return R
