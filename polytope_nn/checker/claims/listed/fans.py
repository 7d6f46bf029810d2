"""Polyhedral norms in intervals: a tight cone is cut into pieces on which the norm is linear.

On a piece ``kappa'F - beta |u|`` is linear: it is at most 0 iff it is on the rays, and 0 on the
cone over those where it is 0. Rays of a piece are the extreme points of its slice: those listed
as tight, and others, each strictly below beta (proofs/cells.md).
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from ...kernel.intervals import Interval, Numbers, linear
from ...kernel.numbers import Scalar, Vector, bits, cleared, dot
from ...kernel.reading import Json, array, equal, indices, record, require
from .. import polytope
from ..cells.slices import Crossed, Cubed
from ..cells.tight import Cells
from ..dual import multipliers
from ..identities import Exact
from ..topes import Charted
from ..units.blocks import block_of
from .atoms import feature_of
from .dual import below, pressed
from .system import Tied

DUAL, WHERE = "witness.dual", "witness.cells"
TIGHT = "tight"


class Rays:
    """The listed rays, as cells have them: their number, and whose they are."""

    def __init__(self, S: Tied) -> None:
        self.S = S

    def __len__(self) -> int:
        return len(self.S.listed)

    def of(self, i: int, owner: tuple[int, ...]) -> bool:
        """Return whether a ray has a sign, or a block and sign."""
        own: tuple[int, ...] = self.S.listed[i].key[: len(owner)]
        return own == owner


class Fan(Cells):
    """The pieces that were looked at."""

    def __init__(self, S: Tied, kappa: Numbers, witness: Json) -> None:
        super().__init__(S.D, Rays(S), witness)
        self.S, self.kappa = S, kappa

    def pieces(
        self, norm: str, rows: Sequence[Sequence[Scalar]], owner: tuple[int, ...], d: int
    ) -> None:
        """Prove the rays of every piece of a cone."""
        for signs in linear_pieces(norm, d):
            self.D.clock.tick()
            read: Json = next(self.waiting, None)
            require(read is not None, WHERE, "a piece is not told")
            record(read, "rays others farkas tree", WHERE)
            cut = (Crossed if norm == "l1" else Cubed)(self.D, signs, rows, set())
            at = indices(read["rays"], len(self.rays), WHERE)
            own = all(self.rays.of(i, owner) for i in at)
            require(own, WHERE, "a ray is not of this sign")
            supports = [cut.support(self.S.listed[i].u) for i in at]
            for other in array(read["others"], WHERE):
                u = self.D.field.vector(other, d, WHERE)
                supports.append(cut.support(u))
                self.strict(owner, u)
            walls = polytope.walls_of(self.D, cut, cut.right, read["farkas"])
            polytope.cover(self.D.clock, len(cut), supports, walls, read["tree"])
            polytope.antichain(self.D.clock, supports)
            self.found.add(bits(at))

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


def short(norm: str, p: Numbers, square: Fraction) -> bool:
    """Return whether the dual norm of p is proved to be below beta."""
    sizes = [Interval(0, max(-t.low, t.high), t.bits) for t in p]
    if norm == "l1":
        return all((t * t - square).high < 0 for t in sizes)
    total = sum(sizes, start=Interval(0, 0, p[0].bits))
    return (total * total - square).high < 0


def pushed(
    fan: Fan, p: Numbers, rows: Sequence[Sequence[Scalar]], told: tuple[Json, int]
) -> Numbers:
    """Return ``p + sum mu_k r_k`` with the multipliers read; rows are told times a scale."""
    read, scale = told
    if not array(read, DUAL):
        return p
    at, mu, den = multipliers(fan.D, read, len(rows))
    unit = Fraction(1, den * scale)
    return [x + unit * dot(mu, [rows[k][j] for k in at]) for j, x in enumerate(p)]


def bounded(fan: Fan, charted: Charted) -> None:
    """Prove kappa feasible on a chart: strictly on a tope, or piece by piece."""
    D, bits_, chart = fan.D, fan.S.bits, charted.chart
    listed, at = array(charted.bounds, DUAL), 0
    right, left, q = D.unit.whole_slopes
    kappa = [fan.kappa[k] for k in chart.rows]
    for active in charted.topes:
        slopes = [right if active >> k & 1 else left for k in chart.rows]
        rows = [x if active >> k & 1 else [-t for t in x] for k, x in enumerate(chart.X)]
        for s in (1, -1):
            D.clock.tick()
            require(at < len(listed), DUAL, "a tope and sign has no multiplier")
            read = listed[at]
            at += 1
            if read == TIGHT:
                fan.pieces(D.unit.norm, rows, (-s,), chart.d)
                continue
            p = []
            for c in chart.columns:
                own = [s * t * c[k] for t, k in zip(slopes, chart.rows, strict=True)]
                p.append(linear(own, D.scale * q, kappa, bits_))
            p = pushed(fan, p, rows, (read, D.scale))
            fine = short(D.unit.norm, p, D.beta_squared)
            require(fine, DUAL, "a tope is not proved to be below beta")
    require(at == len(listed), DUAL, "there are more multipliers than topes and signs")


def feasible(fan: Fan, E: Exact, claim: Json, witness: Json) -> None:
    """Prove the same of blocks, each of its own norm."""
    D, S = fan.D, fan.S
    array(witness["patterns"], "witness.patterns", 0)
    signs = [(i, s) for i in range(D.unit.count) for s in D.unit.blocks[i].signs]
    smooth = {atom.key: a for a, atom in enumerate(S.listed) if not atom.is_column}
    for (i, s), read in zip(signs, array(witness["dual"], DUAL, len(signs)), strict=True):
        block, place = block_of(D, i), smooth.get((i, -s))
        if place is not None:
            pressed(S, E, (block, s, place), array(read, DUAL))
            fan.found.add(1 << place)
        elif read == TIGHT and block.norm != "l2":
            fan.pieces(block.norm, block.cone, (i, -s), len(block.columns))
        elif block.norm == "l2":
            below(S, E, (block, s), array(read, DUAL))
        else:
            p = [
                linear([s * t for t in column], D.scale, fan.kappa, S.bits)
                for column in block.columns
            ]
            p = pushed(fan, p, block.cone, (read, 1))
            fine = short(block.norm, p, D.beta_squared)
            require(fine, DUAL, "a cone is not proved to be below beta")
    equal(claim, {"counts": [D.unit.count]}, "patterns")
