"""Kappa is feasible, strictly but at the listed atoms: gates, blocks and patterns in intervals.

If a column F of the basis reaches samples K that nothing else of the system reaches, and is but
for them made of shares of other columns and of Z, then ``F'kappa = beta`` says what ``sum_K F_k
kappa_k`` is. It falls as the weight of F grows, so where it is that of the fits 0, F has none.
Blocks that reach samples K alone, and no others, have none where ``|V'kappa| = beta`` there, and
kappa's intervals hold that kappa: it and no weight solve the system, which has one solution there.
Or sums of equations say it in which fits cancel.

Under polyhedral norms a tight cone is cut into pieces on which the norm is linear. There
``kappa'F - beta |u|`` is linear: it is at most 0 iff it is on the rays, and 0 on the
cone over those where it is 0. Rays of a piece are the extreme points of its slice: those listed
as tight, and others, each strictly below beta (proofs/units.md, proofs/cells.md).
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from ...kernel.intervals import Interval, Numbers, contains, inner, linear
from ...kernel.numbers import Scalar, Vector, cleared, dot, members
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, equal, indices, rationals, require, whole
from ..blocks import patterns
from ..cells.tight import Cells, Crossed, Cubed, Slice
from ..dual import Charted, multipliers, per_sign
from ..instance import Instance
from ..pieces.ties import weightless
from ..problem.units import Block, per_block
from ..system.equations import dual_basis
from ..system.identities import HINTS, Exact
from .system import Tied, feature_of

DUAL = "witness.dual"


def feasible(S: Tied, E: Exact, claim: Json, witness: Json) -> None:
    """Prove that what is not listed is strictly below beta."""
    if S.D.unit.of_blocks:
        of_blocks(S, E, claim, witness)
    else:
        of_patterns(S, E, claim, witness)


def of_patterns(S: Tied, E: Exact, claim: Json, witness: Json) -> None:
    """Prove ``|kappa'1_P| < beta`` but for listed patterns, all of which there are."""
    D = S.D
    array(witness["dual"], DUAL, 0)
    known, met, count = {atom.key for atom in S.listed}, 0, 0
    for pattern in patterns(D, witness["patterns"]):
        count += 1
        own = members(pattern)
        value = linear([1] * len(own), 1, [E.kappa[k] for k in own], S.bits)
        key = tuple(-(pattern >> k & 1) for k in range(D.n))
        tight = [s for s in (1, -1) if (-s, *key) in known]
        met += len(tight)
        below = (value * value - D.beta_squared).high < 0
        require(tight or below, DUAL, "a pattern is not proved to be below beta")
    require(met == len(known), "claims.atoms", "an atom has no pattern")
    equal(claim, {"counts": [count]}, "patterns")


def of_blocks(S: Tied, E: Exact, claim: Json, witness: Json) -> None:
    """Prove each block and sign below beta, or the g of the listed atom its projection."""
    places = {atom.key: i for i, atom in enumerate(S.listed)}
    for key, block, read in per_block(S.D, claim, witness):
        if key in places:
            pressed(S, E, (block, -key[1], places[key]), array(read, DUAL))
        else:
            below(S, E, (block, -key[1]), read)


def below(S: Tied, E: Exact, of: tuple[Block, int], read: Json) -> None:
    """Prove ``s A'kappa + sum mu_k r_k`` below beta with the multipliers read."""
    D, (block, s) = S.D, of
    p = [
        linear([s * t for t in column], D.scale, E.kappa, S.bits)
        for column in block.columns
    ]
    p = pushed(D, p, block.cone, (read, 1))
    fine = short(block.norm, p, D.beta_squared)
    require(fine, DUAL, "a block is not proved to be below beta")


def short(norm: str, p: Numbers, square: Fraction) -> bool:
    """Return whether the dual norm of p is proved to be below beta."""
    sizes = [Interval(0, max(-t.low, t.high), t.bits) for t in p]
    if norm == "l2":
        return (inner(p, p, p[0].bits) - square).high < 0
    if norm == "l1":
        return all((t * t - square).high < 0 for t in sizes)
    total = sum(sizes, start=Interval(0, 0, p[0].bits))
    return (total * total - square).high < 0


def pushed(
    D: Instance, p: Numbers, rows: Sequence[Sequence[Scalar]], told: tuple[Json, int]
) -> Numbers:
    """Return ``p + sum mu_k r_k`` with the multipliers read; rows are told times a scale."""
    read, scale = told
    if not array(read, DUAL):
        return p
    at, mu, den = multipliers(D, read, len(rows))
    unit = Fraction(1, den * scale)
    return [x + unit * dot(mu, [rows[k][j] for k in at]) for j, x in enumerate(p)]


def pressed(S: Tied, E: Exact, of: tuple[Block, int, int], read: Json) -> None:
    """Prove ``g = s A'kappa + sum mu_k r_k`` with mu >= 0: over rows R that vanish at g.

    ``s A'kappa - g`` is in the span of all that vanish, of which R is a basis with the dual
    basis w: its coordinates are ``w_k's A'kappa``.
    """
    D, (block, s, place) = S.D, of
    cone = [cleared(row, D.clock)[0] for row in block.cone]
    zero = S.listed[place].zero
    R = indices(read, len(cone), DUAL)
    rows = [cone[k] for k in R]
    require(all(row in zero for row in rows), DUAL, "a row does not vanish at the atom")
    W = dual_basis(D, rows, S.hints.ask("basis", rows), DUAL) if rows else []
    for row in zero:
        shares = [dot(w, row) for w in W]
        why = (DUAL, "a row is not in a span it must be in")
        combination(zip(shares, rows, strict=True), row, D.clock.tick, why)
    for w in W:
        D.clock.tick()
        form: Vector = [
            Fraction(-s, D.scale) * dot(w, entries)
            for entries in zip(*block.columns, strict=True)
        ]
        E.not_negative(form, DUAL, "a multiplier is not proved to be >= 0")


def settled(S: Tied, e: Numbers, kappa: Numbers) -> Numbers:
    """Return the weights of what is kept of the basis; the others are proved 0.

    A wall of P is then left out, too: where no coordinate of an atom is negative there, those
    with a positive one have no weight on all of P.
    """
    nothing = Fraction(0)
    S.aim(kappa)
    idle = [j for j, weight in enumerate(e) if contains(weight, nothing)]
    blocks = {j for j in idle if not S.listed[S.faces[j].atoms[0]].is_column}
    for j in idle:
        read = S.hints.ask("idle", S, j, kappa)
        if type(read) is list and len(read) == 2:
            weightless(S, Exact(S, kappa), j, read)
            blocks.discard(j)
        elif read or j not in blocks:
            without_weight(S, j, read)
            blocks.discard(j)
        fine = all(v[j] >= 0 for v in S.columns)
        require(fine, HINTS, "an atom may undo what has no weight")
    for j in sorted(blocks):
        untouched(S, j, blocks, kappa)
    S.keep(j for j in range(len(e)) if j not in idle)
    return [e[j] for j in S.places]


def others_of(S: Tied, j: int) -> list[Vector]:
    """Return the other columns of the basis; one of more unknowns is no column, and 0."""
    nothing = [Fraction(0)] * S.D.n
    return [nothing if i == j else S.aimed(i) for i in range(len(S.faces))]


def reaches_alone(S: Tied, alone: set[int], k: int) -> bool:
    """Return whether only these faces reach a sample, and no column of Z does."""
    faces = all(not any(f.V.get(k, [])) for i, f in enumerate(S.faces) if i not in alone)
    return faces and not any(z[k] for z in S.Z)


def without_weight(S: Tied, j: int, read: Json) -> None:
    """Prove that a column of the basis has no weight."""
    at, told, free = array(read, HINTS, 3)
    K = [whole(at, HINTS, 0, S.D.n - 1)] if type(at) is int else indices(at, S.D.n, HINTS)
    own, others = S.aimed(j), others_of(S, j)
    still = {k: t for k in K if own[k] and (t := S.still(k)) is not None}
    shares, beside = rationals(told, len(others), HINTS), rationals(free, len(S.Z), HINTS)
    terms = [*zip(shares, others, strict=True), *zip(beside, S.Z, strict=True)]
    target = [Fraction(0) if i in K else t for i, t in enumerate(own)]
    combination(terms, target, S.D.clock.tick, (HINTS, "a column is not that combination"))
    priced = sum((beside[m] * price for m, price in S.prices.items()), Fraction(0))
    rest = sum((own[k] * t for k, t in still.items()), priced)
    left = 1 - sum(t for t, F in zip(shares, others, strict=True) if any(F))
    tied = rest * left >= 0 and rest * rest == left * left * S.D.beta_squared
    alone = K and len(still) == len(K) and all(reaches_alone(S, {j}, k) for k in K)
    why = "a weight is not proved positive, nor 0"
    require(alone and tied, HINTS, why)


def untouched(S: Tied, j: int, blocks: set[int], kappa: Numbers) -> None:
    """Prove that a block has no weight: these are tied where the fits are 0, alone there."""
    f = S.faces[j]
    reached = {k: row for k, row in f.V.items() if any(row)}
    still = {k: t for k in reached if (t := S.still(k)) is not None}
    alone = len(still) == len(reached) and all(reaches_alone(S, blocks, k) for k in reached)
    require(alone, HINTS, "a block without weight is not alone where it reaches")
    here = all(contains(kappa[k], t) for k, t in still.items())
    require(here, HINTS, "kappa of a block without weight is not that of the fits 0")
    columns = zip(*reached.values(), strict=True)
    g = [dot(list(still.values()), [Fraction(t, f.den) for t in v]) for v in columns]
    tied = dot(g, g) == S.D.beta_squared
    require(tied, HINTS, "a block without weight is not tied at the fits 0")


CELLS = "witness.cells"
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
        for other in array(read["others"], CELLS):
            u = self.D.field.vector(other, len(S.signs), CELLS)
            found.append(S.support(u))
            self.strict(owner, u)
        return found

    def strict(self, owner: tuple[int, ...], u: Vector) -> None:
        """Prove a direction of length 1 strictly below beta."""
        num, den = cleared(feature_of(self.D, owner, u), self.D.clock)
        value = linear(num, den, self.kappa, self.S.bits)
        less = value.high < 0 or (value * value - self.D.beta_squared).high < 0
        require(less, CELLS, "a ray is not proved to be below beta")


def linear_pieces(norm: str, d: int) -> Iterator[list[int]]:
    """Yield the pieces on which a norm is linear: orthants, or the largest entry and its sign."""
    if norm == "l1":
        yield from map(list, product((1, -1), repeat=d))
        return
    for j in range(d):
        for e in (1, -1):
            yield [e if i == j else 0 for i in range(d)]


def bounded_by_pieces(fan: Fan, charted: Charted) -> None:
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


def feasible_by_pieces(fan: Fan, E: Exact, claim: Json, witness: Json) -> None:
    """Prove the same of blocks, each of its own norm."""
    D, S = fan.D, fan.S
    smooth = {atom.key: a for a, atom in enumerate(S.listed) if not atom.is_column}
    for key, block, read in per_block(D, claim, witness):
        s = -key[1]
        if key in smooth:
            pressed(S, E, (block, s, smooth[key]), array(read, DUAL))
            fan.found.add(1 << smooth[key])
        elif read == TIGHT and block.norm != "l2":
            fan.pieces(block.norm, block.cone, key, len(block.columns))
        else:
            below(S, E, (block, s), read)
