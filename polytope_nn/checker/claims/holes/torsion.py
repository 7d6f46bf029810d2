"""The torsion of P_m, multiplied out: Smith forms of what units leave of the boundary.

Modulo the columns whose lowest entry is a unit the boundaries of one dimension are those of
the columns left, with entries in the other rows alone: a small matrix R of the same torsion.
The witness is ``U R V``, diagonal, with U and V and their inverses (proofs/T15.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...kernel.primitives import combination
from ...kernel.reading import Clock, Json, array, record, require, whole
from .faces import Chain, Faces, Reduced

Rows = list[list[int]]
WHERE = "witness.torsion"
MOST = 1 << 2000  # of an entry


def residue(clock: Clock, F: Faces, found: Reduced, m: int, dim: int) -> Rows:
    """Return R of the faces of dimension dim and size at most m: its rows, none of them 0."""
    units = {i: (j, c) for i, (j, c) in found.units[dim].items() if F.sizes[j] <= m}
    columns = [
        left(clock, found.boundary[j], units)
        for j in found.doubtful
        if F.dims[j] == dim and F.sizes[j] <= m
    ]
    used = sorted({i for column in columns for i in column})
    clock.hold(len(used) * len(columns), 64, WHERE)
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
        unit = units[low][1]
        times = column[low] * unit[low]
        for i, t in unit.items():
            column[i] = column.get(i, 0) - times * t
        column = {i: t for i, t in column.items() if t}
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
        told = record(self.witness[self.read], "m forms", WHERE)
        if told["m"] != m:
            return None
        self.read += 1
        found, forms = [], array(told["forms"], WHERE)
        for dim in range(1, max(self.F.dims) + 1):
            R = residue(self.clock, self.F, self.reduced, m, dim)
            if R:
                require(forms, WHERE, "a form is missing")
                found += [(dim - 1, t) for t in self._divisors(R, forms.pop(0))]
        require(not forms, WHERE, "goes on after the last form")
        return found

    def closed(self) -> None:
        """Require that no width is left over."""
        require(self.read == len(self.witness), WHERE, "a width is not in order")

    def _divisors(self, R: Rows, told: Json) -> list[int]:
        """Return the elementary divisors above 1 of R, whose Smith form is told."""
        form = record(told, "left right", WHERE)
        U = self._unimodular(form["left"], len(R))
        V = self._unimodular(form["right"], len(R[0]))
        image = product(self.clock, product(self.clock, U, R), V)
        diagonal = [row[i] for i, row in enumerate(image) if i < len(row)]
        flat = all(
            t == 0 for i, row in enumerate(image) for j, t in enumerate(row) if i != j
        )
        require(flat, WHERE, "a form is not diagonal")
        chain = all(t % s == 0 if s else t == 0 for s, t in pairwise(diagonal))
        require(chain and min(diagonal) >= 0, WHERE, "a divisor does not divide the next")
        return [t for t in diagonal if t > 1]

    def _unimodular(self, value: Json, size: int) -> Rows:
        """Return a matrix that is given with its inverse."""
        A, B = (self._square(M, size) for M in array(value, WHERE, 2))
        for i, row in enumerate(A):
            unit = [int(i == j) for j in range(size)]
            place = (WHERE, "a matrix and its inverse do not belong together")
            combination(zip(row, B, strict=True), unit, self.clock.tick, place)
        return A

    def _square(self, value: Json, size: int) -> Rows:
        rows = [array(row, WHERE, size) for row in array(value, WHERE, size)]
        return [[whole(t, WHERE, -MOST, MOST) for t in row] for row in rows]


def product(clock: Clock, A: Sequence[Sequence[int]], B: Sequence[Sequence[int]]) -> Rows:
    """Return the product of two matrices, B with a row at least."""
    columns, rows = list(zip(*B, strict=True)), []
    for row in A:
        clock.tick()
        rows.append([sum(s * t for s, t in zip(row, c, strict=True)) for c in columns])
    return rows
