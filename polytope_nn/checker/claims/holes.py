"""Claim *holes*: the homology of P_m and Theta_m for every width, all from the supports.

The faces of P are found again, its boundary is reduced again over F_2 for the bars and over
Z for what has no torsion, and the claim must be what follows (proofs/T15.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from ..kernel.reading import Clock, Json

WHERE = "claims.holes"
WIDEST = 1000  # the largest width of which numbers are written out
Chain = dict[int, int]


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
    while siblings:
        dim += 1
        above: dict[int, Sequence[int]] = {}
        for F, beside in siblings.items():
            clock.tick()
            covers = minimal([F | S for S in beside if S != F])
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


def minimal(unions: Sequence[int]) -> list[int]:
    """Return the sets that contain no other of them."""
    kept: list[int] = []
    for U in sorted(set(unions), key=lambda U: (U.bit_count(), U)):
        if all(K & ~U for K in kept):
            kept.append(U)
    return kept


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


def torsion_from(clock: Clock, F: Faces) -> int | None:
    """Return the least width whose torsion is not excluded; None: there is none at all.

    Over Z, columns with lowest entry 1 or -1 are subtracted from others: while no other
    lowest entry is left, boundaries are direct summands of the chains.
    """
    columns, killed, doubtful = boundary(clock, F), set(), []
    for dim in range(max(F.dims), 0, -1):
        owner: dict[int, Chain] = {}
        for j in (j for j, d in enumerate(F.dims) if d == dim and j not in killed):
            clock.tick()
            column = dict(columns[j])
            while column and (low := max(column)) in owner:
                times = column[low] * owner[low][low]
                for i, t in owner[low].items():
                    column[i] = column.get(i, 0) - times * t
                column = {i: t for i, t in column.items() if t}
            if column and abs(column[max(column)]) == 1:
                owner[max(column)] = column
                killed.add(max(column))
            elif column:
                doubtful.append(F.sizes[j])
    return min(doubtful, default=None)


def fibre(k: int, m: int) -> int:
    """Return the Euler characteristic of k disjoint nonempty sets of m slots, with masses."""
    return sum((-1) ** j * comb(k, j) * (1 - j) ** m for j in range(k + 1))


def holes(
    clock: Clock, supports: Sequence[int], least: int, threshold: int
) -> dict[str, Json]:
    """Return what the claim must be: bars, and numbers for each width.

    Betti numbers are over F_2, and over every field where torsion is [] (excluded), not
    null (not claimed); ``betti`` and ``torsion`` of P_m, the others of Theta_m.
    """
    F = faces_of(clock, supports)
    bars, doubtful = bars_of(clock, F), torsion_from(clock, F)
    deaths = [end for found in bars.values() for _, end in found if end is not None]
    counts = Counter(zip(F.sizes, F.dims, strict=True))
    widths: list[Json] = []
    for m in range(least, min(max([threshold + 1, *deaths]), WIDEST) + 1):
        clock.tick()
        betti = Counter(
            i
            for i, found in bars.items()
            for birth, end in found
            if birth <= m and (end is None or m < end)
        )
        whole, euler = Counter(betti), 0
        for (k, dim), times in counts.items():
            if k <= m:
                characteristic = fibre(k, m)
                euler += (-1) ** dim * times * characteristic
                whole[m - k + dim] += times * (-1) ** (m - k) * (characteristic - 1)
        row = {"m": m, "betti": listed(betti), "network_betti": listed(whole)}
        fine = doubtful is None or m < doubtful
        widths.append(row | {"euler": euler, "torsion": [] if fine else None})
    return {"bars": {str(i): gathered(bars[i]) for i in sorted(bars)}, "widths": widths}


def listed(numbers: Counter[int]) -> list[int]:
    """Return the Betti numbers up to the last that is not 0."""
    last = max((i for i, b in numbers.items() if b), default=-1)
    return [numbers[i] for i in range(last + 1)]


def gathered(bars: Sequence[tuple[int, int | None]]) -> list[Json]:
    """Return the bars as birth, death and how many there are; by birth, the longest first."""
    times = Counter(bars)
    order = sorted(times, key=lambda bar: (bar[0], bar[1] is not None, -(bar[1] or 0)))
    return [[birth, end, times[birth, end]] for birth, end in order]
