"""The instance with several outputs: n rows of c labels, fits column by column; faces of kernels.

A face has a basis of what is live on it, the active samples in it, the places of its unknowns.

Softmax is the Poisson loss of one-hot rows with constants of the rows free, less the weights:
``ln sum_j e^(z_j) = min_t sum_j e^(z_j - t) + t - 1`` (proofs/vector.md).
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.numbers import Field, Scalar, Vector, added, cleared, dot, zero
from ...kernel.reading import Json, array, require, whole
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


SYSTEM = "witness.system"


@dataclass
class Face:
    """The face of a kernel: signs, a basis B of what is live in its hull, R by active sample.

    The rows ``pivots`` of U are ``one`` times the identity, 1 or -1.
    """

    covector: list[int]
    basis: list[Vector]
    rows: dict[int, list[int]]
    pivots: list[int]
    one: int = 1
    first: int = 0  # the place of its unknowns
    rest: Vector = field(default_factory=list)  # the feature of an atom at rest

    @property
    def w(self) -> int:
        """The dimension of what is live."""
        return len(self.basis)

    @property
    def k(self) -> int:
        """The dimension of the kernel."""
        return len(self.pivots)

    @property
    def others(self) -> list[int]:
        """The rows of U that are unknown."""
        return [i for i in range(self.w) if i not in self.pivots]

    @property
    def entries(self) -> list[tuple[int, int]]:
        """The places of S on and above the diagonal."""
        return [(m, o) for m in range(self.k) for o in range(m, self.k)]

    @property
    def masses(self) -> int:
        """The place of the entries of S, which come after U."""
        return self.first + len(self.others) * self.k

    @property
    def size(self) -> int:
        """The number of its unknowns."""
        return len(self.others) * self.k + len(self.entries)


def face_of(D: Outputs, covector: list[int], pivots: Json) -> Face:
    """Return the face of signs; a single pivot from the end, below 0, has a coordinate -1."""
    basis = live(D, covector)
    rows = {}
    for k, s in enumerate(covector):
        D.clock.tick()
        if s > 0:
            rows[k] = [int(dot(D.X[k], b)) for b in basis]
    w, read = len(basis), array(pivots, SYSTEM)
    places = [whole(p, SYSTEM, -w, w - 1) for p in read]
    one = -1 if len(places) == 1 and places[0] < 0 else 1
    places = [p % w for p in places]
    distinct = len(set(places)) == len(places) > 0
    require(distinct, SYSTEM, "a kernel has no pivots, or one twice")
    return Face(covector, basis, rows, places, one)


def live(D: Outputs, covector: Sequence[int]) -> list[Vector]:
    """Return a basis of what of a face's hull is orthogonal to its r with ``E X r`` free.

    ``N'E X r = 0`` for such r, so that tight directions are orthogonal to them (V12).
    """
    walls = [D.X[k] for k, s in enumerate(covector) if s == 0]
    basis = hull(D, walls)
    seen = []
    for b in basis:
        own: Vector = []
        for x, s in zip(D.X, covector, strict=True):
            D.clock.tick()
            own.append(dot(x, b) if s > 0 else 0)
        seen.append(D.left(own))
    idle = []
    for a in hull(D, list(zip(*seen, strict=True)), len(basis)):
        dead: Vector = [0] * D.d
        for t, b in zip(a, basis, strict=True):
            dead = added(D.clock, dead, b, t) if t else dead
        idle.append(dead)
    return hull(D, [*walls, *idle]) if idle else basis


def hull(
    D: Outputs, walls: Sequence[Sequence[Scalar]], d: int | None = None
) -> list[Vector]:
    """Return a basis of what is orthogonal to rows, in integers: by elimination."""
    d = D.d if d is None else d
    done: dict[int, Vector] = {}
    for x in walls:
        D.clock.tick()
        row = [Fraction(t) for t in x]
        for q, r in done.items():
            row = added(D.clock, row, r, -row[q]) if row[q] else row
        places = [i for i, t in enumerate(row) if t]
        if not places:
            continue
        p = places[0]
        row = added(D.clock, [Fraction(0)] * d, row, 1 / row[p])
        for q, r in done.items():
            done[q] = added(D.clock, r, row, -r[p]) if r[p] else r
        done[p] = row
    found = []
    for j in (i for i in range(d) if i not in done):
        v: Vector = [Fraction(int(i == j)) for i in range(d)]
        for q, r in done.items():
            v[q] = -r[j]
        found.append(cleared(v, D.clock)[0])
    return found


def even_row(D: Outputs, used: Sequence[Face], k: int) -> Vector:
    """Return the row of N of softmax at a sample where nothing is seen: of equal shares; or []."""
    seen = any(k in face.rows for face in used) or any(z[k] for z in D.Z)
    share = Fraction(1, D.c)
    still = D.shifted and not seen
    return [D.weights[k] * (y - share) for y in D.flat.y[k :: D.n]] if still else []
