"""Claims of blocks, ``sign A u`` with u in a cone at the price of |u|, and of polyhedral norms.

For a block and a sign ``|sign A'kappa + sum_k mu_k r_k|`` with ``mu >= 0`` on the rows r of its
cone bounds ``kappa'F`` over |u| <= 1; where it is beta its vector is the g of the only atom
there can be. A gate is a block without a cone, of one sign; neurons without a kink are one of
two signs. Under polyhedral norms what is tight are cells, no atoms: ``kappa'F <= p'u <= |p|* |u|``
with the dual norm, of l1 the largest entry, of linf the sum of all sizes. So ``|p|* <= beta``
proves kappa feasible, and a network of the fit, or a solution, is optimal whose parts all have
``kappa'F = beta |u|`` (proofs/units.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...kernel.numbers import Scalar, Vector, dot, longest, same, sign, zero
from ...kernel.reading import Json, array, equal, handed, ordered, record, require, whole
from ..dual import Charted, multipliers, pressed
from ..instance import Instance
from ..polytope import Held

DUAL = "witness.dual"


@dataclass
class Block:
    """The columns of A times ``scale``, the rows of the cone, the signs."""

    columns: list[Vector]
    cone: list[Vector]
    signs: tuple[int, ...]
    norm: str = "l2"

    def feature(self, s: int, g: Vector, scale: int) -> Vector:
        """Return ``sign A g``."""
        unit = Fraction(s, scale)
        rows = zip(*self.columns, strict=True)
        return [unit * dot(row, g) for row in rows]


class Listed(Held):
    """The features of listed atoms, modulo what is free; ``keys`` tell the atoms."""

    def __init__(
        self, D: Instance, keys: Sequence[tuple[int, ...]], features: Sequence[Vector]
    ) -> None:
        self.keys = list(keys)
        super().__init__([])
        entries = len(features) * D.n * D.field.degree
        for F in features:
            D.clock.tick()
            column = D.modulo(F)
            D.clock.hold(entries, longest(column) + 256, "claims.atoms")
            self.columns.append(column)


class Directions(Listed):
    """The features of atoms of blocks, and their directions."""

    def __init__(
        self,
        D: Instance,
        keys: list[tuple[int, ...]],
        features: list[Vector],
        directions: list[Vector],
    ) -> None:
        super().__init__(D, keys, features)
        self.directions = directions


def block_of(D: Instance, i: int) -> Block:
    """Return a block; none is kept."""
    D.clock.tick()
    if D.unit.blocks:
        own = D.unit.blocks[i]
        columns = [[x[j] for x in D.X] for j in range(own.first, own.last)]
        return Block(columns, own.cone, own.signs, own.norm)
    if D.unit.slopes:
        right, _ = D.unit.slopes
        straight = [[right * x[j] for x in D.X] for j in range(D.d)]
        return Block(straight, [], (1, -1))
    mask = D.unit.masks[i]
    rows = [x if mask >> k & 1 else [0] * D.d for k, x in enumerate(D.X)]
    return Block([list(column) for column in zip(*rows, strict=True)], [], (1,))


def atoms_of(D: Instance, kappa: Vector, claim: Json) -> Directions:
    """Return the listed atoms: g in the cone, ``|g|^2 = beta^2 = kappa'F``, one for each sign."""
    where = "claims.atoms"
    keys: list[tuple[int, ...]] = []
    features: list[Vector] = []
    directions: list[Vector] = []
    for read in array(claim["list"], where):
        record(read, "block sign g", where)
        i, s = whole(read["block"], where, 0, D.unit.count - 1), whole(read["sign"], where)
        key = (i, -s)
        keys.append(ordered(keys[-1] if keys else None, key, where))
        block = block_of(D, i)
        require(s in block.signs, where, "is no sign of its block")
        g = D.field.vector(read["g"], len(block.columns), where)
        inside = all(sign(dot(r, g)) >= 0 for r in block.cone)
        require(inside, where, "g is not in the cone of its block")
        F = block.feature(s, g, D.scale)
        require(zero(dot(g, g) - D.beta_squared), where, "|g|^2 is not beta^2")
        tight = zero(dot(kappa, F) - D.beta_squared)
        require(tight, where, "kappa'F is not beta^2: no atom")
        features.append(F)
        directions.append(g)
    return Directions(D, keys, features, directions)


def per_sign(
    D: Instance, claim: Json, witness: Json
) -> Iterator[tuple[tuple[int, int], Block, Json]]:
    """Yield each block and sign, as the key of its atom, with what bounds it."""
    array(witness["patterns"], "witness.patterns", 0)
    own = ((i, block_of(D, i)) for i in range(D.unit.count))
    keys = (((i, -s), block) for i, block in own for s in block.signs)
    missing = "a block and sign has no multiplier"
    more = "there are more multipliers than blocks and signs"
    for (key, block), read in handed(keys, witness["dual"], DUAL, missing, more):
        D.clock.tick()
        yield key, block, read
    equal(claim, {"counts": [D.unit.count]}, "patterns")


def feasible(
    D: Instance, kappa: Vector, atoms: Directions, claim: Json, witness: Json
) -> None:
    """Prove kappa feasible, block by block, and that there is no atom but the listed ones."""
    known = dict(zip(atoms.keys, atoms.directions, strict=True))
    for key, _, p, _, over in bounds(D, kappa, claim, witness):
        if over == 0:
            met = key in known and same(p, known[key])
            require(met, DUAL, "a bound is tight at no listed atom")


def bound_of(
    D: Instance, kappa: Vector, of: tuple[tuple[int, int], Block], read: Json
) -> Vector:
    """Return ``s A'kappa + sum_k mu_k r_k`` with the multipliers read, which are positive."""
    (_, s), block = of
    p: Vector = [Fraction(-s, D.scale) * dot(kappa, column) for column in block.columns]
    if array(read, DUAL):
        places, mu, den = multipliers(D, read, len(block.cone))
        for t, k in zip(mu, places, strict=True):
            D.clock.tick()
            p = [
                x + Fraction(1, den) * t * r for x, r in zip(p, block.cone[k], strict=True)
            ]
    return p


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
    most: Scalar = 0
    for t in u:
        most = t * t if sign(t * t - most) > 0 else most
    return most


DUALS = {"l2": "l2", "l1": "linf", "linf": "l1"}


def bounded(
    D: Instance, kappa: Vector, charted: Charted
) -> Iterator[tuple[tuple[int, int, Json], Vector, int, int]]:
    """Yield per tope and sign the p that bounds kappa, times a scale; 0 where it is tight."""
    for of, p, scale in pressed(D, kappa, charted):
        over = sign(squared(DUALS[D.unit.norm], p) - D.beta_squared * scale * scale)
        require(over <= 0, DUAL, WHY)
        yield of, p, scale, over


def bounds(
    D: Instance, kappa: Vector, claim: Json, witness: Json
) -> Iterator[tuple[tuple[int, int], Block, Vector, Json, int]]:
    """Yield per block and sign the p that bounds kappa, its multipliers, 0 where it is tight."""
    for key, block, read in per_sign(D, claim, witness):
        p = bound_of(D, kappa, (key, block), read)
        over = sign(squared(DUALS[block.norm], p) - D.beta_squared)
        require(over <= 0, DUAL, WHY)
        yield key, block, p, read, over


def solution(D: Instance, kappa: Vector, fit: Vector, claim: Json) -> None:
    """Prove that a network, or a solution, is optimal: each part tight, together the fit."""
    made: Vector = [0] * D.n
    for read in array(claim["list"], WHERE):
        _, norm, F, u = told(D, read, WHERE)
        tight = D.reaches(dot(kappa, F), squared(norm, u))
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
