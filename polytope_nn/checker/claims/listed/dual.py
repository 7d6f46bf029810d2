"""Kappa is feasible, strictly but at the listed atoms: gates, blocks and patterns in intervals."""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, inner, linear
from ...kernel.numbers import Scalar, Vector, cleared, dot, members
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, equal, indices, require
from ..dual import multipliers
from ..identities import Exact, dual_basis
from ..instance import Instance
from ..units.blocks import Block, per_sign
from ..units.thresholds import patterns
from .system import Tied

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
    for key, block, read in per_sign(S.D, claim, witness):
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
