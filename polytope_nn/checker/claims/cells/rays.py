"""Claim *rays*: directions that are tight; a neuron, or a part, is in the cone over some of them.

Under a polyhedral norm they have length 1 and rational entries; of a block with the norm l2 its
one direction is the g of its bound.
"""

from fractions import Fraction

from ...kernel.numbers import Vector, dot, sign, zero
from ...kernel.reading import Json, array, require
from ..instance import Instance
from ..units.blocks import Directions, squared, told

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
        owner, norm, F, u = told(D, read, WHERE)
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
