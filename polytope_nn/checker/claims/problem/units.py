"""The neurons: their kind, and what tells it (proofs/units.md).

Of *slopes* is ``psi(t) = right t`` for t > 0 and ``left t`` for t < 0, the ReLU has (1, 0); a
*threshold* is 1 where t >= 0, an *open* one where t > 0; a *gate* is a mask, its neurons
``Diag(mask) X u`` for any u. All but thresholds cost ``beta |w| |alpha|``, these ``beta |alpha|``.
*Normed* ones have slopes, and the l1 or linf norm in the place of |w|.
*Blocks* are no neurons: consecutive columns A of X, their ``sign A u`` with u in a cone, at the
price ``beta |u|``.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from ...kernel.numbers import Field, Vector
from ...kernel.reading import Json, array, record, require, whole, word

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
