"""The instance with several outputs: n rows of c labels; fits and features column by column.

Softmax is the Poisson loss of one-hot rows with constants of the rows free, less the weights:
``ln sum_j e^(z_j) = min_t sum_j e^(z_j - t) + t - 1`` (proofs/vector.md).
"""

from collections.abc import Sequence
from copy import copy
from fractions import Fraction

from ...kernel.numbers import Field, Scalar, Vector, zero
from ...kernel.reading import Json, array, require
from .. import dual
from ..instance import Instance
from ..problem.graphs import CLASSES, Ends, proper, within


class Outputs(Instance):
    """The instance of the first output, the labels Y of all, shape (n, c).

    A fit is one vector of ``n c`` entries, column after column; ``flat`` has so many samples.
    """

    def __init__(self, read: Json, field: Field) -> None:
        where = "data.y"
        require(type(read) is dict and "y" in read, where, "is missing")
        rows = [array(row, where) for row in array(read["y"], where)]
        require(rows and rows[0], where, "is empty")
        self.c = len(rows[0])
        require(all(len(row) == self.c for row in rows), where, "is ragged")
        loss = read.get("loss")
        self.shifted = type(loss) is dict and loss.get("kind") == "softmax"
        if self.shifted:
            read = read | {"loss": loss | {"kind": "poisson"}}
        super().__init__(read | {"y": [row[0] for row in rows]}, field)
        require(self.unit.plain, "data.unit", "several outputs are of ReLU neurons")
        require(self.bias != "free", "data.bias", "is free with several outputs")
        require(self.loss not in CLASSES, "data.loss", "has labels 1 and -1, one a sample")
        self.flat = copy(self)
        self.flat.n = self.n * self.c
        self.flat.y = [field.rational(row[j], where) for j in range(self.c) for row in rows]
        self.flat.weights = list(self.weights) * self.c
        self.flat.parameters = list(self.parameters) * self.c
        if self.general:
            right = all(proper(*sample) for sample in self.flat.samples())
            require(right, "data.loss", "labels or parameters are not of the loss")
        for k in range(self.n if self.shifted else 0):
            labels = self.flat.y[k :: self.n]
            hot = max(labels) == sum(labels) == sum(t * t for t in labels) == 1
            require(hot, where, "is no 1 among zeros")

    @property
    def entries(self) -> int:
        """The number of entries of a fit."""
        return self.n * self.c

    def columns(self, v: Vector) -> list[Vector]:
        """Return the columns of a fit."""
        return [v[j * self.n : (j + 1) * self.n] for j in range(self.c)]

    def entered(self, read: Json, where: str) -> list[Json]:
        """Return the entries of n rows of c as they are written, column after column."""
        rows = [array(row, where, self.c) for row in array(read, where, self.n)]
        return [row[j] for j in range(self.c) for row in rows]

    def variable(self, read: Json) -> Vector:
        """Return N, column after column."""
        where = "claims.dual"
        return self.field.vector(self.entered(read, where), self.entries, where)

    def modulo(self, v: Vector) -> Vector:
        """Return a fit modulo what is free, for each output alike; of rows, their constants."""
        if self.shifted:
            means = [Fraction(1, self.c) * total for total in self.totals(v)]
            v = [t - means[i % self.n] for i, t in enumerate(v)]
        return [t for column in self.columns(v) for t in self.left(column)]

    def left(self, column: Vector) -> Vector:
        """Return a vector of the samples modulo Z."""
        return super().modulo(column)

    @property
    def even(self) -> bool:
        """Whether what neurons see is free: then u and -u are as good as each other."""
        seen = [[Fraction(t) for t in z] for z in self.whole.columns]
        return bool(self.Z) and not any(any(self.left(z)) for z in seen)

    def free_entries(self) -> list[Vector]:
        """Return independent columns of what is free, shape (entries,) each.

        With constants of the rows those of the last output are none.
        """
        nothing: Vector = [Fraction(0)] * self.n
        own = [self.Z[i] for i in self.independent]
        many = self.c * len(own) + self.n * self.shifted
        self.clock.hold(many * self.entries, 64, "data")
        found = [
            [t for i in range(self.c) for t in (z if i == j else nothing)]
            for j in range(self.c - self.shifted)
            for z in own
        ]
        rows = range(self.n if self.shifted else 0)
        entries = range(self.entries)
        return found + [[Fraction(int(e % self.n == k)) for e in entries] for k in rows]

    def width(self, rho: int) -> int:
        """Return ``n rho - rho (rho - 1) / 2 + 1``, for any rho not below the rank of N (B5)."""
        return self.n * rho - rho * (rho - 1) // 2 + 1

    def totals(self, v: Vector) -> Vector:
        """Return the sums of the rows of a fit."""
        return [sum(v[k :: self.n], Fraction(0)) for k in range(self.n)]

    @property
    def unfixed(self) -> list[str]:
        """What networks are counted modulo: of softmax what is free adds constants of rows."""
        lines = bool(self.lines) or (self.shifted and bool(self.Z))
        return ["lines"] * lines

    def box(self, kappa: Vector, stated: Json = None) -> list[Ends]:
        """Return the fits that belong to N, an interval for each entry."""
        return super(Outputs, self.flat).box(kappa, stated)

    def dual_value(self, kappa: Vector, box: Sequence[Ends]) -> Scalar:
        """Return ``-L*(-N)`` of a general loss, the box of its fits given."""
        value = super(Outputs, self.flat).dual_value(kappa, box)
        return value - sum(self.weights) if self.shifted else value


def orthogonal(D: Outputs, N: Vector) -> None:
    """Prove that N is orthogonal to what is free."""
    for column in D.columns(N):
        dual.orthogonal(D, column)
    even = not D.shifted or all(map(zero, D.totals(N)))
    require(even, "claims.dual", "a row of softmax does not sum to 0")


def optimum(D: Outputs, N: Vector, claim: Json) -> Vector:
    """Return the fit; it and the value are those of N, entry by entry."""
    fit = D.entered(claim["fit"], "claims.optimum")
    return dual.optimum(D.flat, N, claim | {"fit": fit})


def fitted(D: Outputs, box: Sequence[Ends], claim: Json) -> Vector:
    """Return a fit after proving it in a box."""
    where = "claims.fitted"
    fit = D.field.vector(D.entered(claim["fit"], where), D.entries, where)
    for z, (low, high) in zip(fit, box, strict=True):
        D.clock.tick()
        require(within(z, low, high), where, "the fit does not belong to kappa")
    return fit
