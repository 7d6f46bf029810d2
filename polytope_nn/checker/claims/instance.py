"""The instance: samples as neurons see them, labels, loss, price, and what is free of price.

A network is ``sum_a c_a s_a (w_a'x + b_a)_+ + z(x)'a`` with ``z(x)`` the features of the free
part: those of the skip, and 1. The columns of Z are its values at the samples, and the
optimal set is ``{(c, a) : c >= 0, F c + Z a = fit}``. With ``Z'kappa = 0`` everything is as
without Z, modulo Z: features and fit are *reduced*, by elimination, to what is 0 exactly for
the combinations of Z. With a free bias the price of (w, b) is ``|w|``; Z has a column of
ones, and the arrangement of the differences ``x_i - x_k`` is a *chart* of the neurons whose
kink passes through the sample k (proofs/free.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..kernel.numbers import Field, Scalar, Vector, cleared, dot, longest, sign, zero
from ..kernel.reading import Json, array, record, require, word
from .problem.curves import INTERVALS
from .problem.graphs import CURVES, LARGEST, PARAMETERS, Ends, dual, fits, proper, short
from .problem.planted import LogField
from .problem.units import unit_of

KINDS = PARAMETERS | CURVES  # of losses, with what they are told by
SKIPS = "none constant linear affine"
PIECES = {"squared": "smooth", "interpolation": "vertical"}  # of the graph of the loss


@dataclass
class Pivot:
    """A combination of columns of Z that is 1 at the sample ``row``, 0 at earlier pivots."""

    row: int
    values: Vector
    shares: Vector


def reduced(pivots: Sequence[Pivot], v: Vector) -> tuple[Vector, Vector]:
    """Return ``v - Z a``, 0 at the rows of the pivots, and a; [] without a pivot."""
    a: Vector = []
    for p in pivots:
        t = v[p.row]
        v = [x - t * z for x, z in zip(v, p.values, strict=True)]
        a = [x + t * z for x, z in zip(a or [0] * len(p.shares), p.shares, strict=True)]
    return v, a


@dataclass
class Chart:
    """Rows that neurons see, in integers: all, or ``x_i - x_anchor``; ``rows``: not 0."""

    anchor: int | None
    X: list[Vector]
    d: int

    def __post_init__(self) -> None:
        self.rows = [k for k, x in enumerate(self.X) if any(x)]
        self.columns = [list(column) for column in zip(*self.X, strict=True)]


class Instance:
    """X, y, weights and beta^2, all rational; X is held in integers, times ``scale``."""

    def __init__(self, read: Json, field: Field) -> None:
        where, self.field, self.clock = "data", field, field.clock
        record(read, "X y beta_squared loss unit free", where)
        rows = [array(row, where) for row in array(read["X"], where)]
        require(rows and rows[0], where, "X is empty")
        self.n, self.inputs = len(rows), len(rows[0])
        require(all(len(row) == self.inputs for row in rows), where, "X is ragged")
        self.unit = unit_of(read["unit"], field, self.n, self.inputs)
        self.bias = self.unit.bias
        self.given: list[Vector] = []  # what is free beside blocks
        self.skip = "none"
        if self.unit.kind == "blocks":
            columns = array(read["free"], "data.free")
            self.given = [
                [field.rational(x, where) for x in array(z, where, self.n)] for z in columns
            ]
        else:
            self.skip = word(read["free"], SKIPS, "data.skip")
        ones = [] if self.bias == "none" else ["1"]
        self.d = self.inputs + len(ones)  # the entries of g
        self.priced = self.inputs if self.bias == "free" else self.d  # whose squares count
        numbers = []
        for row in rows:
            field.tick()
            numbers += [field.rational(x, where) for x in (*row, *ones)]
        flat, self.scale = cleared(numbers, self.clock)
        self.X = [flat[i : i + self.d] for i in range(0, len(flat), self.d)]
        self.longest = longest(flat)
        self.y = field.vector(read["y"], self.n, where)
        require(all(type(t) is Fraction for t in self.y), where, "y is not rational")
        self.read_loss(read["loss"])
        self.beta_squared = field.rational(read["beta_squared"], where)
        positive = self.beta_squared > 0 < min(self.weights)
        require(positive, where, "beta, weights must be > 0")
        if self.general:
            right = all(proper(*sample) for sample in self.samples())
            require(right, "data.loss", "labels or parameters are not of the loss")
            require(self.bias != "free", "data.loss", "a free bias has no such loss")
        cleared([*self.y, *self.weights], self.clock)  # sums over samples stay short
        self.constants = self.skip in {"constant", "affine"} or self.bias == "free"
        self.sloped = self.skip in {"linear", "affine"}
        self.Z = self.free_columns()
        self.lines: list[Vector] = []  # a basis of the a with Z a = 0
        self.independent: list[int] = []  # columns that are none of earlier ones
        self.pivots = self.eliminated(range(self.n))
        self.whole = Chart(None, self.X, self.d)

    def read_loss(self, read: Json) -> None:
        """Read the loss: its kind, and what that kind is told by."""
        where, field = "data.loss", self.field
        require(type(read) is dict and "kind" in read, where, "has no kind")
        self.loss = kind = word(read["kind"], " ".join((*PIECES, *KINDS)), where)
        self.exactly, self.piece = kind == "interpolation", PIECES.get(kind, "")
        self.parameters: Vector = [Fraction(0)] * self.n
        named = KINDS.get(kind, "")
        keys = "kind" if self.exactly else "kind weights"
        record(read, f"{keys} {named}" if named else keys, where)
        if named:
            listed = array(read[named], where, self.n)
            self.parameters = [field.rational(x, where) for x in listed]
        fine = kind != "power" or all(map(short, self.parameters))
        require(fine, where, f"p has a number above {LARGEST}")
        self.weights = (
            [Fraction(1)] * self.n
            if self.exactly
            else [field.rational(x, where) for x in array(read["weights"], where, self.n)]
        )

    @property
    def general(self) -> bool:
        """Whether the loss is none of those whose fit is one for every kappa."""
        return self.loss in KINDS

    @property
    def entries(self) -> int:
        """The number of entries of a fit."""
        return self.n

    def entered(self, read: Json, where: str) -> list[Json]:
        """Return the entries of a fit as they are written."""
        return array(read, where, self.n)

    def variable(self, read: Json) -> Vector:
        """Return the dual variable."""
        return self.field.vector(read, self.n, "claims.dual")

    @property
    def lifted(self) -> bool:
        """Whether what is optimal is told as for any loss: fits by their intervals."""
        return self.general or not self.unit.plain

    @property
    def told_as(self) -> str:
        """The kind that tells what is optimal, where that is told as for any loss."""
        if self.unit.polyhedral:
            return "normed"
        if self.unit.kind == "blocks":
            return "lasso"
        of_logarithms = isinstance(self.field, LogField)
        if self.loss in CURVES and of_logarithms == (self.loss == "power"):
            return "enclosed"
        return "general" if self.lifted else ""

    def samples(self) -> Iterator[tuple[str, Scalar, Scalar, Scalar]]:
        """Yield what tells the loss of each sample: kind, label, weight, parameter."""
        for y, w, p in zip(self.y, self.weights, self.parameters, strict=True):
            yield self.loss, y, w, p

    def box(self, kappa: Vector, stated: Json = None) -> list[Ends]:
        """Return the fits that belong to kappa, an interval for each sample."""
        listed = array(stated, INTERVALS, len(kappa)) if self.loss == "power" else kappa
        rows = zip(self.samples(), kappa, listed, strict=True)
        return [fits(self.field, *row) for row in rows]

    def dual_value(self, kappa: Vector, box: Sequence[Ends]) -> Scalar:
        """Return ``-L*(-kappa)`` of a general loss, the box of its fits given."""
        total: Scalar = Fraction(0)
        for s, t, (z, _) in zip(self.samples(), kappa, box, strict=True):
            total = total - dual(self.field, s, t, z)
        return total

    def free_columns(self) -> list[Vector]:
        """Return the columns of Z: the inputs of a sloped skip, then the ones."""
        Z: list[Vector] = []
        if self.sloped:
            rows = (row[: self.inputs] for row in self.X)
            Z = [[Fraction(x, self.scale) for x in z] for z in zip(*rows, strict=True)]
        return Z + [[Fraction(1)] * self.n] * self.constants + self.given

    def eliminated(self, order: Sequence[int]) -> list[Pivot]:
        """Return pivots for independent columns of Z, their rows the first in the order."""
        pivots: list[Pivot] = []
        self.lines, self.independent = [], []
        for j, z in enumerate(self.Z):
            values, taken = self.reduced_by(pivots, z)
            shares = [int(i == j) - t for i, t in enumerate(taken or [0] * len(self.Z))]
            row = next((k for k in order if values[k]), None)
            if row is None:
                self.lines.append(shares)
                self.clock.hold(len(self.lines) * len(shares), 512, "data")
            else:
                self.independent.append(j)
                unit = 1 / Fraction(values[row])
                pivot = Pivot(row, [unit * t for t in values], [unit * t for t in shares])
                self.clock.hold(len(self.Z) * self.n, longest(pivot.values), "data")
                pivots.append(pivot)
        return pivots

    def reduced_by(self, pivots: Sequence[Pivot], v: Vector) -> tuple[Vector, Vector]:
        """Return what pivots leave of v; the time is watched."""
        a: Vector = []
        for p in pivots:
            self.clock.tick()
            v, share = reduced([p], v)
            a = [s + t for s, t in zip(a, share, strict=True)] if a else share
        return v, a

    def modulo(self, v: Vector) -> Vector:
        """Return ``v - Z a``: 0 iff v is a combination of what is free; linear in v."""
        return self.reduced_by(self.pivots, v)[0]

    @property
    def limited(self) -> bool:
        """Whether constants are free only in the limit of large biases."""
        return self.bias == "free" and self.skip not in {"constant", "affine"}

    @property
    def unmade(self) -> bool:
        """Whether constants are free in the limit only, the skip making none either."""
        return self.limited and not any(a[-1] for a in self.lines)

    def makes(self, v: Vector) -> bool:
        """Return whether what networks have at no cost makes v: all that is free, if not unmade."""
        left, a = self.reduced_by(self.pivots, v)
        return all(map(zero, left)) and not (self.unmade and a and not zero(a[-1]))

    @property
    def unfixed(self) -> list[str]:
        """What networks are counted modulo: lines of the free part, neurons without slope."""
        dead = ["dead neurons"] if self.bias == "free" else []
        return ["lines"] * bool(self.lines) + dead

    def free_entries(self) -> list[Vector]:
        """Return independent columns of what is free, shape (entries,) each."""
        return [self.Z[i] for i in self.independent]

    def told_by(self, at: Sequence[int]) -> bool:
        """Return whether these entries of what is free tell it, up to its lines."""
        pivots: list[Pivot] = []
        for z in self.free_entries():
            values = self.reduced_by(pivots, [z[i] for i in at])[0]
            row = next((k for k, t in enumerate(values) if t), None)
            if row is None:
                return False
            values = [t / Fraction(values[row]) for t in values]
            self.clock.hold(len(self.Z) * len(at), longest(values), "data")
            pivots.append(Pivot(row, values, []))
        return True

    def inverse(self, i: int) -> Fraction:
        """Return ``1 / weights_i``, 0 where the labels are fitted exactly."""
        return Fraction(0) if self.exactly else 1 / Fraction(self.weights[i])

    def feature(self, s: int, u: Vector) -> Vector:
        """Return ``scale s psi(X u)``, psi the activation."""
        products = []
        for x in self.X:
            self.clock.tick()  # of long numbers one product takes its time
            products.append(dot(x, u))
        if self.unit.slopes is None:
            return [s * z if sign(z) > 0 else 0 for z in products]
        right, left = self.unit.slopes
        return [s * (right if sign(z) > 0 else left) * z for z in products]

    def reaches(self, value: Scalar, length: Scalar) -> bool:
        """Return whether a value is beta times a length, which is told by its square."""
        return sign(value) > 0 and zero(value * value - self.beta_squared * length)

    def anchors(self) -> list[int | None]:
        """Return what tells the charts: with a free bias the distinct samples."""
        first: dict[tuple[int, ...], int] = {}
        for k, x in enumerate(self.X if self.bias == "free" else []):
            first.setdefault(tuple(x), k)
        return [*first.values()] or [None]

    def chart(self, anchor: int | None) -> Chart:
        """Return a chart; none is kept."""
        if anchor is None:
            return self.whole
        self.clock.tick()
        a = self.X[anchor][: self.inputs]
        rows = [[s - t for s, t in zip(x, a, strict=False)] for x in self.X]
        return Chart(anchor, rows, self.inputs)

    def affine(self, a: Vector) -> Vector:
        """Return the free part as slope and offset, shape (inputs + 1,)."""
        a = a or [Fraction(0)] * len(self.Z)
        slope = a[: self.inputs] if self.sloped else [Fraction(0)] * self.inputs
        return [*slope, a[-1] if self.constants else Fraction(0)]
