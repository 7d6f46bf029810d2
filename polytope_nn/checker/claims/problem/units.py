"""The neurons: their kind, and what tells it (proofs/units.md).

Of *slopes* is ``psi(t) = right t`` for t > 0 and ``left t`` for t < 0, the ReLU has (1, 0); a
*threshold* is 1 where t >= 0, an *open* one where t > 0; a *gate* is a mask, its neurons
``Diag(mask) X u`` for any u. All but thresholds cost ``beta |w| |alpha|``, these ``beta |alpha|``.
*Normed* ones have slopes, and the l1 or linf norm in the place of |w|.
*Blocks* are no neurons: consecutive columns A of X, their ``sign A u`` with u in a cone, at the
price ``beta |u|``. A gate is a block without a cone, of one sign; neurons without a kink are one of
two signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

from ...kernel.numbers import Field, Scalar, Vector, dot, sign
from ...kernel.reading import Json, array, equal, handed, record, require, whole, word

BIASES = "none penalised free"
NORMS = "l2 l1 linf"
KINDS = {  # what tells each kind
    "relu": "",
    "slopes": "slopes",
    "normed": "slopes norm",
    "gates": "masks",
    "blocks": "blocks",
    "threshold": "",
    "threshold_open": "",
}


@dataclass
class Columns:
    """A block: its columns of X, ``first`` to ``last`` - 1, the rows of its cone, its signs."""

    first: int
    last: int
    cone: list[Vector]
    signs: tuple[int, ...]
    norm: str


@dataclass
class Unit:
    """The kind, the bias; slopes (None: those of the ReLU), masks as bits, blocks, the norm."""

    kind: str
    bias: str
    slopes: tuple[Fraction, Fraction] | None = None
    masks: list[int] = field(default_factory=list)
    blocks: list[Columns] = field(default_factory=list)
    norm: str = "l2"

    @property
    def plain(self) -> bool:
        """Whether they are ReLU neurons."""
        return self.kind == "relu"

    @property
    def has_topes(self) -> bool:
        """Whether neurons are found in topes; others are listed."""
        return self.kind in {"relu", "slopes", "normed"}

    @property
    def whole_slopes(self) -> tuple[int, int, int]:
        """The slopes as integers over one denominator."""
        right, left = self.slopes or (Fraction(1), Fraction(0))
        q = lcm(right.denominator, left.denominator)
        return int(right * q), int(left * q), q

    @property
    def polyhedral(self) -> bool:
        """Whether some norm is not l2: then what is tight are cells, no atoms."""
        return self.norm != "l2" or any(block.norm != "l2" for block in self.blocks)

    @property
    def is_linear(self) -> bool:
        """Whether neurons have no kink: both slopes are one, and the norm is l2."""
        pair = self.slopes or (1, 0)
        return self.kind == "slopes" and pair[0] == pair[1]

    @property
    def of_blocks(self) -> bool:
        """Whether neurons are blocks: gates are, and those without a kink are one."""
        return self.kind in {"gates", "blocks"} or self.is_linear

    @property
    def count(self) -> int:
        """The number of blocks."""
        return len(self.masks) + len(self.blocks) + int(self.is_linear)


def unit_of(read: Json, field: Field, n: int, d: int) -> Unit:
    """Return the neurons of n samples of d entries."""
    where = "data.unit"
    require(type(read) is dict and "kind" in read, where, "has no kind")
    kind = word(read["kind"], " ".join(KINDS), where)
    record(read, f"kind bias {KINDS[kind]}", where)
    bias = word(read["bias"], BIASES, "data.bias")
    fine = kind == "relu" or bias != "free"
    require(fine, where, "a free bias goes with ReLU neurons")
    unit = Unit(kind, bias)
    if kind == "normed":
        unit.norm = word(read["norm"], "l1 linf", where)
    if kind in {"slopes", "normed"}:
        right, left = (field.rational(x, where) for x in array(read["slopes"], where, 2))
        require(right or left, where, "both slopes are 0: such neurons do nothing")
        unit.slopes = (right, left)
    if kind == "gates":
        unit.masks = [mask_of(field, mask, n) for mask in array(read["masks"], where)]
    if kind == "blocks":
        require(bias == "none", where, "blocks have no bias")
        unit.blocks = blocks_of(read["blocks"], field, d)
    return unit


def blocks_of(read: Json, field: Field, d: int) -> list[Columns]:
    """Return the blocks, which have the d columns of X one after the other."""
    where, first = "data.unit", 0
    found = []
    for block in array(read, where):
        record(block, "columns cone norm signs", where)
        norm = word(block["norm"], NORMS, where)
        last = first + whole(block["columns"], where, 1)
        cone = [
            [field.rational(x, where) for x in array(row, where, last - first)]
            for row in array(block["cone"], where)
        ]
        signs = (1,) if word(block["signs"], "+ +-", where) == "+" else (1, -1)
        found.append(Columns(first, last, cone, signs, norm))
        first = last
    require(first == d, where, "the blocks have not the columns of X")
    return found


def mask_of(field: Field, read: Json, n: int) -> int:
    """Return a mask as bits."""
    field.tick()
    where = "data.unit"
    return sum(whole(t, where, 0, 1) << k for k, t in enumerate(array(read, where, n)))


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


def block_of(D: Any, i: int) -> Block:
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


def per_block(
    D: Any, claim: Json, witness: Json
) -> Iterator[tuple[tuple[int, int], Block, Json]]:
    """Yield each block and sign, as the key of its atom, with what bounds it."""
    array(witness["patterns"], "witness.patterns", 0)
    own = ((i, block_of(D, i)) for i in range(D.unit.count))
    keys = (((i, -s), block) for i, block in own for s in block.signs)
    missing = "a block and sign has no multiplier"
    more = "there are more multipliers than blocks and signs"
    for (key, block), read in handed(keys, witness["dual"], "witness.dual", missing, more):
        D.clock.tick()
        yield key, block, read
    equal(claim, {"counts": [D.unit.count]}, "patterns")


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


Told = tuple[tuple[int, ...], str, Vector, Vector]  # owner, norm, feature, direction


def told(D: Any, read: Json, where: str) -> Told:
    """Return what a neuron, or a part of a block, is: whose, its norm, feature, direction."""
    D.clock.tick()
    if D.unit.blocks:
        return in_block(D, read, "u", where)
    record(read, "sign u", where)
    s, u = whole(read["sign"], where, -1, 1), D.field.vector(read["u"], D.d, where)
    return (-s,), D.unit.norm, [Fraction(1, D.scale) * t for t in D.feature(s, u)], u


def owner_of(D: Any, read: Json, where: str) -> tuple[tuple[int, int], Block]:
    """Return the block and sign of what is read, as a key."""
    i, s = whole(read["block"], where, 0, D.unit.count - 1), whole(read["sign"], where)
    block = block_of(D, i)
    require(s in block.signs, where, "is no sign of its block")
    return (i, -s), block


def in_block(D: Any, read: Json, name: str, where: str) -> Told:
    """Return the part of a block that is told by name: it is in the block's cone."""
    record(read, f"block sign {name}", where)
    key, block = owner_of(D, read, where)
    u = D.field.vector(read[name], len(block.columns), where)
    inside = all(sign(dot(r, u)) >= 0 for r in block.cone)
    require(inside, where, "is not in the cone of its block")
    return key, block.norm, block.feature(-key[1], u, D.scale), u


def pattern_of(D: Any, read: Json, where: str) -> tuple[int, list[int]]:
    """Return a sign and a pattern."""
    record(read, "sign pattern", where)
    s = whole(read["sign"], where, -1, 1)
    return s, [whole(t, where, 0, 1) for t in array(read["pattern"], where, D.n)]
