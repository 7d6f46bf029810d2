"""Claim *holes*: the homology of P_m and Theta_m for every width, all from the supports.

The faces of P are found again from the supports of its vertices, its boundary is reduced again
over F_2 for the bars and over Z by units; where these do not exclude torsion the witness has Smith
forms ``U R V`` of what they leave: modulo the columns whose lowest entry is a unit the boundaries
of one dimension are those of the columns left, with entries in the other rows alone, a small
matrix R of the same torsion. The claim must be what follows: bars, and numbers a width
(proofs/T15.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb

from ..kernel.numbers import minimal
from ..kernel.primitives import combination
from ..kernel.reading import Clock, Json, array, record, require, whole

WHERE, TORSION = "claims.holes", "witness.torsion"
WIDEST = 1000  # the largest width of which numbers are written out
MOST = 1 << 2000  # of an entry of a form
Chain = dict[int, int]
Rows = list[list[int]]


@dataclass
class Faces:
    """The nonempty faces, by size of the support, then dimension: sizes, dims, facets."""

    sizes: list[int]
    dims: list[int]
    facets: list[list[int]]


def faces_of(clock: Clock, supports: Sequence[int]) -> Faces:
    """Return the faces: covers of F are the minimal unions with its siblings.

    Siblings of F are the faces that cover, with it, a face below F; of a vertex all vertices.
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
            covers = minimal((F | S for S in beside if S != F), clock.tick)
            for G in covers:
                above[G] = covers
                found.setdefault(G, (dim, []))[1].append(F)
            clock.hold(len(found), bits, WHERE)
        siblings = above
    order = sorted(found, key=lambda F: (F.bit_count(), found[F][0], F))
    place = {F: i for i, F in enumerate(order)}
    facets = [sorted(place[E] for E in found[F][1]) for F in order]
    return Faces([F.bit_count() for F in order], [found[F][0] for F in order], facets)


def size(supports: Sequence[int]) -> int:
    """Return the bits that a face may hold, its facets with it."""
    return 64 * (64 + max(S.bit_length() for S in supports))


def bars_of(clock: Clock, F: Faces) -> dict[int, list[tuple[int, int | None]]]:
    """Return the bars over F_2 by degree, those of length 0 left out."""
    killed, bars = set[int](), dict[int, list[tuple[int, int | None]]]()
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


def less(column: Chain, unit: Chain, low: int) -> Chain:
    """Return a column less so many units, of lowest entry 1 or -1, that it has none there."""
    rest, times = dict(column), column[low] * unit[low]
    for i, t in unit.items():
        rest[i] = rest.get(i, 0) - times * t
    return {i: t for i, t in rest.items() if t}


@dataclass
class Reduced:
    """The boundary over Z; ``units`` by dimension and lowest face, with the face they are of.

    ``doubtful`` are the faces whose columns end in another entry than 1 or -1.
    """

    boundary: list[Chain]
    units: dict[int, dict[int, tuple[int, Chain]]]
    doubtful: list[int]

    def doubt(self, F: Faces, m: int) -> bool:
        """Return whether units alone do not exclude torsion at width m."""
        return any(F.sizes[j] <= m for j in self.doubtful)


def reduced(clock: Clock, F: Faces) -> Reduced:
    """Return the boundary reduced over Z by units, columns with lowest entry 1 or -1.

    While no other lowest entry is left, boundaries are direct summands of the chains.
    """
    R, killed = Reduced(boundary(clock, F), {}, []), set()
    for dim in range(max(F.dims), 0, -1):
        units = R.units.setdefault(dim, {})
        for j in (j for j, d in enumerate(F.dims) if d == dim and j not in killed):
            clock.tick()
            column = dict(R.boundary[j])
            while column and (low := max(column)) in units:
                clock.tick()
                column = less(column, units[low][1], low)
            if column and abs(column[max(column)]) == 1:
                units[max(column)] = (j, column)
                killed.add(max(column))
            elif column:
                R.doubtful.append(j)
    R.doubtful.sort()
    return R


def residue(clock: Clock, F: Faces, found: Reduced, m: int, dim: int) -> Rows:
    """Return R of the faces of dimension dim and size at most m: its rows, none of them 0."""
    units = {i: (j, c) for i, (j, c) in found.units[dim].items() if F.sizes[j] <= m}
    columns = [
        left(clock, found.boundary[j], units)
        for j in found.doubtful
        if F.dims[j] == dim and F.sizes[j] <= m
    ]
    used = sorted({i for column in columns for i in column})
    clock.hold(len(used) * len(columns), 64, TORSION)
    return [[column.get(i, 0) for column in columns] for i in used]


def left(clock: Clock, given: Chain, units: dict[int, tuple[int, Chain]]) -> Chain:
    """Return a column without entries in the rows of units."""
    column, kept = dict(given), {}
    while column:
        clock.tick()
        low = max(column)
        if low not in units:
            kept[low] = column.pop(low)
            continue
        column = less(column, units[low][1], low)
    return kept


@dataclass
class Torsion:
    """The torsion of each width that the witness proves, as degrees and coefficients."""

    clock: Clock
    F: Faces
    reduced: Reduced
    witness: list[Json]
    read: int = 0  # widths of the witness

    def of(self, m: int) -> list[tuple[int, int]] | None:
        """Return the coefficients at width m; None where the witness does not have it."""
        if not self.reduced.doubt(self.F, m):
            return []
        if self.read == len(self.witness):
            return None
        told = record(self.witness[self.read], "m forms", TORSION)
        if whole(told["m"], TORSION) != m:
            return None
        self.read += 1
        found, forms = [], array(told["forms"], TORSION)
        for dim in range(1, max(self.F.dims) + 1):
            R = residue(self.clock, self.F, self.reduced, m, dim)
            if R:
                require(forms, TORSION, "a form is missing")
                found += [(dim - 1, t) for t in self._divisors(R, forms.pop(0))]
        require(not forms, TORSION, "goes on after the last form")
        return found

    def closed(self) -> None:
        """Require that no width is left over."""
        require(self.read == len(self.witness), TORSION, "a width is not in order")

    def _divisors(self, R: Rows, told: Json) -> list[int]:
        """Return the elementary divisors above 1 of R, whose Smith form is told."""
        form = record(told, "left right", TORSION)
        U = self._unimodular(form["left"], len(R))
        V = self._unimodular(form["right"], len(R[0]))
        image = product(self.clock, product(self.clock, U, R), V)
        diagonal = [row[i] for i, row in enumerate(image) if i < len(row)]
        off = (t for i, row in enumerate(image) for j, t in enumerate(row) if i != j)
        require(not any(off), TORSION, "a form is not diagonal")
        chain = all(t % s == 0 if s else t == 0 for s, t in pairwise(diagonal))
        require(chain and min(diagonal) >= 0, TORSION, "a divisor does not divide the next")
        return [t for t in diagonal if t > 1]

    def _unimodular(self, value: Json, size: int) -> Rows:
        """Return a matrix that is given with its inverse."""
        A, B = (self._square(M, size) for M in array(value, TORSION, 2))
        for i, row in enumerate(A):
            unit = [int(i == j) for j in range(size)]
            place = (TORSION, "a matrix and its inverse do not belong together")
            combination(zip(row, B, strict=True), unit, self.clock.tick, place)
        return A

    def _square(self, value: Json, size: int) -> Rows:
        rows = [array(row, TORSION, size) for row in array(value, TORSION, size)]
        return [[whole(t, TORSION, -MOST, MOST) for t in row] for row in rows]


def product(clock: Clock, A: Sequence[Sequence[int]], B: Sequence[Sequence[int]]) -> Rows:
    """Return the product of two matrices, B with a row at least."""
    columns, rows = list(zip(*B, strict=True)), []
    for row in A:
        clock.tick()
        rows.append([sum(s * t for s, t in zip(row, c, strict=True)) for c in columns])
    return rows


def fibre(k: int, m: int) -> int:
    """Return the Euler characteristic of k disjoint nonempty sets of m slots, with masses."""
    return sum((-1) ** j * comb(k, j) * (1 - j) ** m for j in range(k + 1))


def holes(
    clock: Clock,
    supports: Sequence[int],
    least: int,
    threshold: int,
    witness: Sequence[Json] = (),
) -> dict[str, Json]:
    """Return what the claim must be: bars, and numbers for each width.

    ``torsion`` lists degrees and coefficients; Betti numbers are over Q where it is proved,
    over F_2 where it is null (not claimed). ``betti`` and ``torsion`` are of P_m, the others
    of Theta_m.
    """
    F = faces_of(clock, supports)
    bars, known = bars_of(clock, F), Torsion(clock, F, reduced(clock, F), list(witness))
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
        torsion = known.of(m)
        for i, t in torsion or ():  # an even one counts twice over F_2
            if not t % 2:
                betti.subtract([i, i + 1])
        whole, euler = Counter(betti), 0
        for (k, dim), times in counts.items():
            if k <= m:
                characteristic = fibre(k, m)
                euler += (-1) ** dim * times * characteristic
                whole[m - k + dim] += times * (-1) ** (m - k) * (characteristic - 1)
        row = {"m": m, "betti": listed(betti), "network_betti": listed(whole)}
        told = None if torsion is None else [list(pair) for pair in torsion]
        widths.append(row | {"euler": euler, "torsion": told})
    known.closed()
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
