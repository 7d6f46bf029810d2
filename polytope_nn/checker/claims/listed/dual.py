"""Kappa is feasible, strictly but at the listed atoms: gates, blocks and patterns in intervals."""

from fractions import Fraction

from ...kernel.intervals import inner, linear
from ...kernel.numbers import Vector, cleared, dot, members
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, equal, indices, require
from ..dual import multipliers
from ..identities import Exact, dual_basis
from ..units.blocks import Block, block_of
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
    D = S.D
    array(witness["patterns"], "witness.patterns", 0)
    told, at = array(witness["dual"], DUAL), 0
    places = {atom.key: i for i, atom in enumerate(S.listed)}
    for i in range(D.unit.count):
        block = block_of(D, i)
        for s in block.signs:
            D.clock.tick()
            require(at < len(told), DUAL, "a block and sign has no multiplier")
            read = array(told[at], DUAL)
            at += 1
            place = places.get((i, -s))
            if place is None:
                below(S, E, (block, s), read)
            else:
                pressed(S, E, (block, s, place), read)
    require(at == len(told), DUAL, "there are more multipliers than blocks and signs")
    equal(claim, {"counts": [D.unit.count]}, "patterns")


def below(S: Tied, E: Exact, of: tuple[Block, int], read: Json) -> None:
    """Prove ``|s A'kappa + sum mu_k r_k| < beta`` with the multipliers read."""
    D, (block, s) = S.D, of
    p = [
        linear([s * t for t in column], D.scale, E.kappa, S.bits)
        for column in block.columns
    ]
    if read:
        rows, mu, den = multipliers(D, read, len(block.cone))
        unit = Fraction(1, den)
        for j in range(len(p)):
            p[j] = p[j] + unit * dot(mu, [block.cone[k][j] for k in rows])
    short = (inner(p, p, S.bits) - D.beta_squared).high < 0
    require(short, DUAL, "a block is not proved to be below beta")


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
