"""Polyhedral norms in intervals: a tight cone is cut into pieces on which the norm is linear.

On a piece ``kappa'F - beta |u|`` is linear: it is at most 0 iff it is on the rays, and 0 on the
cone over those where it is 0. Rays of a piece are the extreme points of its slice: those listed
as tight, and others, each strictly below beta (proofs/cells.md).
"""

from collections.abc import Iterator, Sequence
from itertools import product

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Scalar, Vector, cleared
from ...kernel.reading import Json, array, require
from ..cells.slices import Crossed, Cubed, Slice
from ..cells.tight import Cells
from ..identities import Exact
from ..topes import Charted, per_sign
from ..units import blocks
from .dual import below, pressed, pushed, short
from .system import Tied, feature_of

DUAL, WHERE = "witness.dual", "witness.cells"
TIGHT = "tight"


class Rays:
    """The listed rays, as cells have them: their number, directions, and whose they are."""

    def __init__(self, S: Tied) -> None:
        self.S, self.directions = S, [atom.u for atom in S.listed]

    def __len__(self) -> int:
        return len(self.S.listed)

    def of(self, i: int, owner: tuple[int, ...]) -> bool:
        """Return whether a ray has a sign, or a block and sign."""
        own: tuple[int, ...] = self.S.listed[i].key[: len(owner)]
        return own == owner


class Fan(Cells):
    """The pieces that were looked at."""

    keys = "rays others farkas tree"

    def __init__(self, S: Tied, kappa: Numbers, witness: Json) -> None:
        super().__init__(S.D, Rays(S), witness)
        self.S, self.kappa = S, kappa

    def pieces(
        self, norm: str, rows: Sequence[Sequence[Scalar]], owner: tuple[int, ...], d: int
    ) -> None:
        """Prove the rays of every piece of a cone."""
        for signs in linear_pieces(norm, d):
            self.D.clock.tick()
            self.cut(
                (Crossed if norm == "l1" else Cubed)(self.D, signs, rows, set()), owner
            )

    def others(self, S: Slice, owner: tuple[int, ...], read: Json) -> list[int]:
        """Return the supports of extreme points that are proved strictly below beta."""
        found = []
        for other in array(read["others"], WHERE):
            u = self.D.field.vector(other, len(S.signs), WHERE)
            found.append(S.support(u))
            self.strict(owner, u)
        return found

    def strict(self, owner: tuple[int, ...], u: Vector) -> None:
        """Prove a direction of length 1 strictly below beta."""
        num, den = cleared(feature_of(self.D, owner, u), self.D.clock)
        value = linear(num, den, self.kappa, self.S.bits)
        less = value.high < 0 or (value * value - self.D.beta_squared).high < 0
        require(less, WHERE, "a ray is not proved to be below beta")


def linear_pieces(norm: str, d: int) -> Iterator[list[int]]:
    """Yield the pieces on which a norm is linear: orthants, or the largest entry and its sign."""
    if norm == "l1":
        yield from map(list, product((1, -1), repeat=d))
        return
    for j in range(d):
        for e in (1, -1):
            yield [e if i == j else 0 for i in range(d)]


def bounded(fan: Fan, charted: Charted) -> None:
    """Prove kappa feasible on a chart: strictly on a tope, or piece by piece."""
    D, chart = fan.D, charted.chart
    right, left, q = D.unit.whole_slopes
    kappa = [fan.kappa[k] for k in chart.rows]
    for active, s, read in per_sign(D, charted):
        slopes = [right if active >> k & 1 else left for k in chart.rows]
        rows = [x if active >> k & 1 else [-t for t in x] for k, x in enumerate(chart.X)]
        if read == TIGHT:
            fan.pieces(D.unit.norm, rows, (-s,), chart.d)
            continue
        p = []
        for c in chart.columns:
            own = [s * t * c[k] for t, k in zip(slopes, chart.rows, strict=True)]
            p.append(linear(own, D.scale * q, kappa, fan.S.bits))
        p = pushed(D, p, rows, (read, D.scale))
        fine = short(D.unit.norm, p, D.beta_squared)
        require(fine, DUAL, "a tope is not proved to be below beta")


def feasible(fan: Fan, E: Exact, claim: Json, witness: Json) -> None:
    """Prove the same of blocks, each of its own norm."""
    D, S = fan.D, fan.S
    smooth = {atom.key: a for a, atom in enumerate(S.listed) if not atom.is_column}
    for key, block, read in blocks.per_sign(D, claim, witness):
        s = -key[1]
        if key in smooth:
            pressed(S, E, (block, s, smooth[key]), array(read, DUAL))
            fan.found.add(1 << smooth[key])
        elif read == TIGHT and block.norm != "l2":
            fan.pieces(block.norm, block.cone, key, len(block.columns))
        else:
            below(S, E, (block, s), read)
