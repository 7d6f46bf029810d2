"""Kappa is feasible, and the cells: on each cone the rays of what is tight, all of them.

The rays of one cone are the extreme points of its slice: they are points of it, an antichain of
supports, and a cover tree leaves room for no other. A cell is the set of rays of a cone; one
inside of another is a face of it, and only the maximal ones are kept.
"""

from collections.abc import Iterator
from typing import Any

from ...kernel.numbers import Vector, bits, members, same, sign
from ...kernel.reading import Json, array, canonical, indices, record, require
from .. import polytope
from ..dual import pressed
from ..instance import Instance
from ..topes import Charted
from ..units.blocks import DUAL
from ..units.norms import DUALS, WHY, bounds, squared
from .slices import WHERE, Slice, slice_of


class Cells:
    """The rays of the cones that were looked at, and what is left of the witness."""

    def __init__(self, D: Instance, rays: Any, witness: Json) -> None:
        self.D, self.rays = D, rays
        self.waiting = iter(array(witness, WHERE))
        self.found: set[int] = set()

    def cut(self, S: Slice, owner: tuple[int, ...]) -> None:
        """Prove the rays of a slice, all of one sign, or of one block and sign."""
        read: Json = next(self.waiting, None)
        require(read is not None, WHERE, "a cone that is tight has no cell")
        record(read, "rays farkas tree", WHERE)
        at = indices(read["rays"], len(self.rays), WHERE)
        own = all(self.rays.of(i, owner) for i in at)
        require(own, WHERE, "a ray is not of this sign")
        supports = [S.support(self.rays.directions[i]) for i in at]
        walls = polytope.walls_of(self.D, S, S.right, read["farkas"])
        polytope.cover(self.D.clock, len(S), supports, walls, read["tree"])
        polytope.antichain(self.D.clock, supports)
        self.found.add(bits(at))

    def close(self, claim: Json) -> list[int]:
        """Return the maximal cells, as the claim lists them; every ray is in one."""
        require(next(self.waiting, None) is None, WHERE, "there are more cells than cones")
        kept = maximal(self.D, self.found)
        listed = [members(cell) for cell in kept]
        right = canonical(claim["list"]) == canonical(listed)
        require(right, "claims.cells", "are not the maximal ones")
        every = (1 << len(self.rays)) - 1
        for cell in kept:
            every &= ~cell
        require(not every, "claims.rays", "a ray is in no cell")
        return kept


def maximal(D: Instance, cells: set[int]) -> list[int]:
    """Return the sets that are in no other, none of them empty, in the order of members."""
    kept: list[int] = []
    for cell in sorted(cells, key=int.bit_count, reverse=True):
        D.clock.tick()
        if cell and not any(not cell & ~other for other in kept):
            kept.append(cell)
    return sorted(kept, key=members)


def bounded(cells: Cells, kappa: Vector, charted: Charted) -> None:
    """Prove kappa feasible, tope by tope, and the cell of each."""
    D, chart = cells.D, charted.chart
    norm = D.unit.norm
    at: list[int] = []

    def watched(topes: Iterator[int]) -> Iterator[int]:
        for active in topes:
            at[:] = [active]
            yield active

    seen = Charted(chart, watched(charted.topes), charted.bounds)
    listed = array(charted.bounds, DUAL)
    for (s, p, scale), read in zip(pressed(D, kappa, seen), listed, strict=False):
        most = D.beta_squared * scale * scale
        over = sign(squared(DUALS[norm], p) - most)
        require(over <= 0, DUAL, WHY)
        if over == 0:
            rows = [x if at[0] >> k & 1 else [-t for t in x] for k, x in enumerate(chart.X)]
            on = set(read[0]) if read else set()
            cells.cut(slice_of(D, norm, (p, scale), rows, on), (-s,))


def feasible(cells: Cells, kappa: Vector, claim: Json, witness: Json) -> None:
    """Prove kappa feasible, block by block, and the cell of each sign."""
    D, rays = cells.D, cells.rays
    for (i, s), block, p, read, over in bounds(D, kappa, claim, witness):
        if over:
            continue
        if block.norm == "l2":
            mine = [k for k in range(len(rays)) if rays.of(k, (i, -s))]
            met = len(mine) == 1 and same(rays.directions[mine[0]], p)
            require(met, DUAL, "a bound is tight at no listed ray")
            cells.found.add(bits(mine))
            continue
        on = set(read[0]) if read else set()
        S = slice_of(D, block.norm, (p, 1), block.cone, on)
        cells.cut(S, (i, -s))
