"""Kappa is feasible, and the cells: on each cone the rays of what is tight, all of them.

The rays of one cone are the extreme points of its slice: they are points of it, an antichain of
supports, and a cover tree leaves room for no other. A cell is the set of rays of a cone; one
inside of another is a face of it, and only the maximal ones are kept.
"""

from typing import Any

from ...kernel.numbers import Vector, bits, members, same, sign
from ...kernel.reading import Json, array, canonical, indices, record, require
from .. import polytope
from ..dual import pressed
from ..instance import Instance
from ..topes import Charted
from ..units.blocks import DUAL, DUALS, WHY, bounds, squared
from .slices import WHERE, Slice, slice_of


class Cells:
    """The rays of the cones that were looked at, and what is left of the witness."""

    keys = "rays farkas tree"

    def __init__(self, D: Instance, rays: Any, witness: Json) -> None:
        self.D, self.rays = D, rays
        self.waiting = iter(array(witness, WHERE))
        self.found: set[int] = set()

    def cut(self, S: Slice, owner: tuple[int, ...]) -> None:
        """Prove the rays of a slice, all of one sign, or of one block and sign."""
        read: Json = next(self.waiting, None)
        require(read is not None, WHERE, "a cone that is tight has no cell")
        record(read, self.keys, WHERE)
        at = indices(read["rays"], len(self.rays), WHERE)
        own = all(self.rays.of(i, owner) for i in at)
        require(own, WHERE, "a ray is not of this sign")
        supports = [S.support(self.rays.directions[i]) for i in at]
        supports += self.others(S, owner, read)
        polytope.extreme(self.D, S, supports, S.right, read)
        self.found.add(bits(at))

    def others(self, S: Slice, owner: tuple[int, ...], read: Json) -> list[int]:
        """Return the supports of extreme points that are not tight: here there are none."""
        del S, owner, read
        return []

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
    D, X, norm = cells.D, charted.chart.X, cells.D.unit.norm
    for (s, active, read), p, scale in pressed(D, kappa, charted):
        over = sign(squared(DUALS[norm], p) - D.beta_squared * scale * scale)
        require(over <= 0, DUAL, WHY)
        if over == 0:
            rows = [x if active >> k & 1 else [-t for t in x] for k, x in enumerate(X)]
            on = set(read[0]) if read else set()
            cells.cut(slice_of(D, norm, (p, scale), rows, on), (-s,))


def feasible(cells: Cells, kappa: Vector, claim: Json, witness: Json) -> None:
    """Prove kappa feasible, block by block, and the cell of each sign."""
    D, rays = cells.D, cells.rays
    for key, block, p, read, over in bounds(D, kappa, claim, witness):
        if over:
            continue
        if block.norm == "l2":
            mine = [k for k in range(len(rays)) if rays.of(k, key)]
            met = len(mine) == 1 and same(rays.directions[mine[0]], p)
            require(met, DUAL, "a bound is tight at no listed ray")
            cells.found.add(bits(mine))
            continue
        on = set(read[0]) if read else set()
        S = slice_of(D, block.norm, (p, 1), block.cone, on)
        cells.cut(S, key)
