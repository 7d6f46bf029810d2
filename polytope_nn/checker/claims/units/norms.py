"""Claims *dual*, *solution*, *joined* under polyhedral norms: what is tight are cells, no atoms.

``kappa'F <= p'u <= |p|* |u|`` with the dual norm: of l1 the largest entry, of linf the sum of
all sizes. So ``|p|* <= beta`` proves kappa feasible, and a network of the fit with
``kappa'F = beta |u|`` for each of its neurons, or a solution with that for each of its blocks,
is optimal (proofs/units.md).
"""

from collections.abc import Iterator
from fractions import Fraction

from ...kernel.numbers import Scalar, Vector, dot, same, sign, zero
from ...kernel.reading import Json, array, record, require, whole
from ..dual import pressed
from ..instance import Instance
from ..topes import Charted
from . import blocks
from .blocks import DUAL, Block, block_of, per_sign

WHERE = "claims.solution"
WHY = "a bound exceeds beta: kappa is not shown feasible"


def size(x: Scalar) -> Scalar:
    """Return |x|."""
    return x if sign(x) >= 0 else -1 * x


def squared(norm: str, u: Vector) -> Scalar:
    """Return the square of a norm."""
    if norm == "l2":
        return dot(u, u)
    if norm == "l1":
        total = sum(map(size, u))
        return total * total
    return max((t * t for t in u), key=Largest)


class Largest:
    """A number that is compared exactly."""

    def __init__(self, x: Scalar) -> None:
        self.x = x

    def __lt__(self, other: "Largest") -> bool:
        return sign(self.x - other.x) < 0


DUALS = {"l2": "l2", "l1": "linf", "linf": "l1"}


def bounded(D: Instance, kappa: Vector, charted: Charted) -> None:
    """Prove kappa feasible, tope by tope."""
    for _, p, scale in pressed(D, kappa, charted):
        over = squared(DUALS[D.unit.norm], p) - D.beta_squared * scale * scale
        require(sign(over) <= 0, DUAL, WHY)


def bounds(
    D: Instance, kappa: Vector, claim: Json, witness: Json
) -> Iterator[tuple[tuple[int, int], Block, Vector, Json, int]]:
    """Yield per block and sign the p that bounds kappa, its multipliers, 0 where it is tight."""
    for key, block, read in per_sign(D, claim, witness):
        p = blocks.pressed(D, kappa, (key, block), read)
        over = sign(squared(DUALS[block.norm], p) - D.beta_squared)
        require(over <= 0, DUAL, WHY)
        yield key, block, p, read, over


def solution(D: Instance, kappa: Vector, fit: Vector, claim: Json) -> None:
    """Prove that a network, or a solution, is optimal: each part tight, together the fit."""
    made: Vector = [0] * D.n
    for read in array(claim["list"], WHERE):
        _, norm, F, u = told(D, read, WHERE)
        value, length = dot(kappa, F), squared(norm, u)
        tight = sign(value) > 0 and zero(value * value - D.beta_squared * length)
        require(tight, WHERE, "kappa'F is not beta |u|: not optimal")
        made = [x + t for x, t in zip(made, F, strict=True)]
    require(same(D.modulo(made), D.modulo(fit)), WHERE, "does not give the fit")


Told = tuple[tuple[int, ...], str, Vector, Vector]  # owner, norm, feature, direction


def told(D: Instance, read: Json, where: str) -> Told:
    """Return what a neuron, or a part of a block, is: whose, its norm, feature, direction."""
    D.clock.tick()
    return (of_block if D.unit.blocks else of_neuron)(D, read, where)


def of_neuron(D: Instance, read: Json, where: str) -> Told:
    """Return what a neuron is: it has a sign."""
    record(read, "sign u", where)
    s, u = whole(read["sign"], where, -1, 1), D.field.vector(read["u"], D.d, where)
    return (-s,), D.unit.norm, [Fraction(1, D.scale) * t for t in D.feature(s, u)], u


def of_block(D: Instance, read: Json, where: str) -> Told:
    """Return what a part is: it has a block and a sign, and is in the block's cone."""
    record(read, "block sign u", where)
    i, s = whole(read["block"], where, 0, D.unit.count - 1), whole(read["sign"], where)
    block = block_of(D, i)
    u = D.field.vector(read["u"], len(block.columns), where)
    inside = s in block.signs and all(sign(dot(r, u)) >= 0 for r in block.cone)
    require(inside, where, "is not in the cone of its block, or has no sign of it")
    return (i, -s), block.norm, block.feature(s, u, D.scale), u


def joined(D: Instance) -> dict[str, Json]:
    """Return the width from which on all is connected: n + 1, less what is free (G7)."""
    return {"connected_from": D.n - len(D.independent) + 1, "modulo": D.unfixed}
