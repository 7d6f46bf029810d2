"""Claim *rays*: directions that are tight; a neuron, or a part, is in the cone over some of them.

Under a polyhedral norm they have length 1 and rational entries; of a block with the norm l2 its
one direction is the g of its bound.
"""

from fractions import Fraction

from ...kernel.numbers import Vector, dot, sign, zero
from ...kernel.reading import Json, array, record, require, whole
from ..instance import Instance
from ..units.blocks import Directions, block_of
from ..units.norms import squared

WHERE = "claims.rays"


class Rays(Directions):
    """The features of rays modulo what is free; their directions; block and sign of each."""

    def of(self, i: int, owner: tuple[int, ...]) -> bool:
        """Return whether a ray has a sign, or a block and sign."""
        return tuple(self.keys[i]) == owner


def rays_of(D: Instance, kappa: Vector, claim: Json) -> Rays:
    """Return the listed rays: ``kappa'F = beta |u|``, in order and distinct."""
    owners: list[tuple[int, ...]] = []
    features: list[Vector] = []
    directions: list[Vector] = []
    before: tuple[object, ...] | None = None
    for read in array(claim["list"], WHERE):
        D.clock.tick()
        owner, norm, F, u = (of_block if D.unit.blocks else of_neuron)(D, read)
        length = squared(norm, u)
        if norm != "l2":
            plain = all(type(t) is Fraction for t in u)
            require(plain and length == 1, WHERE, "a ray is not of length 1")
        value = dot(kappa, F)
        tight = sign(value) > 0 and zero(value * value - D.beta_squared * length)
        require(tight, WHERE, "kappa'F is not beta |u|: no tight ray")
        key = (*owner, () if norm == "l2" else tuple(-t for t in u))
        require(before is None or before < key, WHERE, "not in order, or not distinct")
        before = key
        owners.append(owner)
        features.append(F)
        directions.append(u)
    return Rays(D, owners, features, directions)


def of_neuron(D: Instance, read: Json) -> tuple[tuple[int, ...], str, Vector, Vector]:
    """Return the sign, the norm, the feature and the direction."""
    record(read, "sign u", WHERE)
    s, u = whole(read["sign"], WHERE, -1, 1), D.field.vector(read["u"], D.d, WHERE)
    F = [Fraction(1, D.scale) * t for t in D.feature(s, u)]
    return (-s,), D.unit.norm, F, u


def of_block(D: Instance, read: Json) -> tuple[tuple[int, ...], str, Vector, Vector]:
    """Return block and sign, the norm, the feature and the direction."""
    record(read, "block sign u", WHERE)
    i = whole(read["block"], WHERE, 0, D.unit.count - 1)
    block, s = block_of(D, i), whole(read["sign"], WHERE)
    require(s in block.signs, WHERE, "is no sign of its block")
    u = D.field.vector(read["u"], len(block.columns), WHERE)
    inside = all(sign(dot(r, u)) >= 0 for r in block.cone)
    require(inside, WHERE, "a ray is not in the cone of its block")
    return (i, -s), block.norm, block.feature(s, u, D.scale), u
