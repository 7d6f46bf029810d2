"""The system's equations: faces, their values, the columns of their Jacobian."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, prod
from operator import mul
from typing import Any, TypeAlias

from ...kernel.intervals import Interval, Numbers, inner, linear
from ...kernel.numbers import Vector, cleared, dot, over_common
from ...kernel.reading import Json, array, indices, rationals, require
from ..instance import Instance

Row: TypeAlias = list[int]
Signed: TypeAlias = tuple[int, list[int]]


@dataclass
class Face:
    """A face of the system: its atoms, and the rows V over a denominator.

    Atoms that are ``alike`` have features that differ from that of the first by columns that
    are fitted freely; ``beside`` has, for each of them, the forms in kappa that are its shares in
    the last columns. The ends of a flat have ``between``, the samples A active there, and
    ``across`` from kink to kink, ``x_l - x_k`` times scale.
    """

    atoms: list[int]
    V: dict[int, Row]
    den: int
    between: list[int] = field(default_factory=list)
    across: Row = field(default_factory=list)
    opposite: bool = False
    alike: bool = False
    beside: list[list[Vector]] = field(default_factory=list)

    @property
    def paired(self) -> bool:
        """Whether the difference of two weights is what the system fits."""
        return len(self.atoms) == 2 and not self.alike

    def __post_init__(self) -> None:
        self.at = sorted(self.V)
        self.columns = list(zip(*(self.V[i] for i in self.at), strict=True))

    def product(self, i: int, j: int) -> Fraction:
        """Return ``B_ij`` of ``B = V V'``."""
        if i not in self.V or j not in self.V:
            return Fraction(0)
        return Fraction(dot(self.V[i], self.V[j]), self.den**2)

    def pull(self, kappa: Numbers, bits: int) -> Numbers:
        """Return ``h = V'kappa``, shape (d,)."""
        own = [kappa[i] for i in self.at]
        return [linear(column, self.den, own, bits) for column in self.columns]


def axes_of(D: Instance, rows: Sequence[Vector]) -> list[tuple[Row, int]]:
    """Return orthogonal vectors that span the rows, with their squares (Gram-Schmidt)."""
    axes: list[tuple[Row, int]] = []
    for x in rows:
        axis, _ = cleared(off(D, axes, x), D.clock)
        if any(axis):
            axes.append((axis, dot(axis, axis)))
            D.clock.hold(len(axes) * len(axis), 256, "witness.faces")
    return axes


def offset(
    axes: Sequence[tuple[Row, int]], x: Row, over: int, tick: Callable[[], None]
) -> Row:
    """Return ``over`` times the projection of x, in integers, ``over`` the squares' product."""
    tick()
    found = [over * t for t in x]
    for b, square in axes:
        share = sum(map(mul, x, b)) * (over // square)
        found = [s - share * t for s, t in zip(found, b, strict=True)] if share else found
    return found


def off(D: Instance, axes: Sequence[tuple[Row, int]], x: Vector) -> Vector:
    """Return the projection of x on the complement of orthogonal axes."""
    D.clock.tick()
    for b, square in axes:
        D.clock.tick()
        share = Fraction(dot(x, b), square)
        if share:
            x = [s - share * t for s, t in zip(x, b, strict=True)]
    return x


@dataclass
class System:
    """The data, the atoms, the faces, the columns Z; what is free and pinned.

    The last ``linear`` columns of Z are ``X U``, relations of kappa and the ``1_A`` of flats, the
    others are fitted freely, but that before the last stand relations whose lambda is 0: for each,
    a sum of equations says so. ``hints`` answers what is asked of it, and is not believed.
    """

    D: Instance
    atoms: list[Signed]
    pins: dict[int, Fraction]
    bits: int
    hints: Any
    faces: list[Face] = field(default_factory=list)
    Z: list[Vector] = field(default_factory=list)
    linear: int = 0
    unused: list[Vector] = field(default_factory=list)  # sums of equations, a column each
    nothing: list[Vector] = field(default_factory=list)  # forms in kappa that must be 0
    related: bool = False  # whether relations are told: then opposite atoms are alike, too
    prices: dict[int, Fraction] = field(default_factory=dict)  # Z'kappa where it is not 0
    kept: dict[int, tuple[dict[int, Row], int]] = field(default_factory=dict)  # projections
    columned = True  # faces have columns, which may be few

    def begin(self) -> None:
        """Begin Z with independent columns of what is free; pins are where no loss is."""
        left = all(map(self.fitted, self.pins))
        require(left, "witness.pins", "a loss leaves no entry of kappa free")
        self.Z = [self.D.Z[j] for j in self.D.independent]

    def anchor(self, a: int) -> int | None:
        """Return the anchor of an atom's chart: its kink passes through the sample."""
        covector = self.atoms[a][1]
        passed = [k for k in self.D.anchors() if k is None or covector[k] == 0][:1]
        require(passed, "claims.atoms", "the kink of an atom passes through no sample")
        return passed[0]

    def projected(self, a: int) -> tuple[dict[int, Row], int]:
        """Return the projections of the rows off the kink on the span of an atom's face."""
        if a in self.kept:
            return self.kept[a]
        chart, (_, covector) = self.D.chart(self.anchor(a)), self.atoms[a]
        axes = axes_of(self.D, [chart.X[k] for k, t in enumerate(covector) if t == 0])
        at = [k for k, t in enumerate(covector) if t]
        self.D.clock.hold(len(at) * chart.d, 256, "witness.faces")
        over = prod(square for _, square in axes)
        rows = [offset(axes, chart.X[k], over, self.D.clock.tick) for k in at]
        divisor = gcd(over, *(t for row in rows for t in row))
        whole_rows = {k: [t // divisor for t in r] for k, r in zip(at, rows, strict=True)}
        found = whole_rows, over // divisor * self.D.scale
        if self.D.clock.fits(len(self.atoms) * self.D.n * chart.d, 512):
            self.kept[a] = found
        return found

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return self.D.n + len(self.faces) + len(self.Z)

    @property
    def level(self) -> list[Vector]:
        """Further columns whose products with kappa are 0."""
        return []

    @property
    def beyond(self) -> range:
        """The places of the columns whose lambda is 0."""
        end = len(self.Z) - self.linear
        return range(end - len(self.unused), end)

    def curve(self, i: int) -> Any:
        """Return the curve of a sample's loss, if it is on one."""
        del i

    @property
    def idle(self) -> list[int]:
        """The atoms that are in no face."""
        members = {a for f in self.faces for a in f.atoms}
        return [a for a in range(len(self.atoms)) if a not in members]

    def images(self, kappa: Numbers) -> list[Numbers]:
        """Return ``B_a kappa`` for each face, shape (n,)."""
        nothing, found = Interval(0, 0, self.bits), []
        for f in self.faces:
            self.D.clock.tick()
            h = f.pull(kappa, self.bits)
            F = [nothing] * self.D.n
            for i in f.at:
                F[i] = linear(f.V[i], f.den, h, self.bits)
            found.append(F)
        return found

    def fitted(self, i: int) -> bool:
        """Return whether the loss of a sample says nothing of kappa_i: a label that is fitted."""
        del i
        return bool(self.D.exactly)

    def inverse(self, i: int) -> Fraction:
        """Return the coefficient of kappa_i in equation i that the loss has."""
        return Fraction(self.D.inverse(i))

    def goal(self, i: int) -> Fraction:
        """Return the right-hand side of equation i without pins."""
        return Fraction(self.D.y[i])

    def own(self, i: int) -> Fraction:
        """Return the coefficient of kappa_i in equation i: of the loss, or of a pin."""
        return self.inverse(i) + (i in self.pins)

    def label(self, i: int) -> Fraction:
        """Return the right-hand side of equation i."""
        return self.goal(i) + self.pins.get(i, 0)

    def bent(self, i: int, kappa: Interval) -> Interval:
        """Return what kappa_i adds to equation i beside the features."""
        return kappa * self.own(i)

    def steep(self, i: int, kappa: Interval) -> Interval:
        """Return its derivative."""
        return Interval.around(self.own(i), self.own(i), kappa.bits)

    def still(self, k: int) -> Fraction | None:
        """Return the kappa of a sample whose fit is 0; none where labels are fitted exactly."""
        return None if self.D.exactly else Fraction(self.D.weights[k] * self.D.y[k])

    def leads_nowhere(self, k: int) -> bool:
        """Return whether no fit that belongs to kappa has ``kappa_k z_k > 0``, where one is 0."""
        del k  # it is the only one
        return True

    def values(self, x: Numbers) -> Numbers:
        """Return the values of the system at x."""
        D, n, k, bits = self.D, self.D.n, len(self.faces), self.bits
        kappa, e, free = x[:n], x[n : n + k], x[n + k :]
        images, values = self.images(kappa), []
        rows = [cleared([z[i] for z in self.Z], D.clock) for i in range(n)]
        for i in range(n):
            D.clock.tick()
            share = inner([F[i] for F in images], e, bits)
            num, den = rows[i]
            bent = self.bent(i, kappa[i]) - self.label(i)
            values.append(share + linear(num, den, free, bits) + bent)
        values += [inner(kappa, F, bits) - D.beta_squared for F in images]
        for m, z in enumerate(self.Z):
            num, den = cleared(z, D.clock)
            values.append(linear(num, den, kappa, bits) - self.prices.get(m, 0))
        return values

    def doubled(self, x: Numbers) -> Iterator[tuple[Row, Row]]:
        """Yield the columns of the Jacobian over a box."""
        images = self.images(x[: self.D.n])
        for j in range(self.size):
            yield self.column(j, x, images)

    def column(self, j: int, x: Numbers, images: list[Numbers]) -> tuple[Row, Row]:
        """Return column j of the Jacobian: lower plus upper ends, and their differences."""
        n, k, bits = self.D.n, len(self.faces), self.bits
        e = x[n : n + k]
        low, high = [0] * self.size, [0] * self.size
        if j < n:
            for f, weight in zip(self.faces, e, strict=True):
                self.rise(f, weight, j, (low, high))
            unit = self.steep(j, x[j])
            low[j] += unit.low
            high[j] += unit.high
            for a, F in enumerate(images):
                low[n + a], high[n + a] = 2 * F[j].low, 2 * F[j].high
            for m, z in enumerate(self.Z):
                unit = Interval.around(z[j], z[j], bits)
                low[n + k + m], high[n + k + m] = unit.low, unit.high
        elif j < n + k:
            for i, t in enumerate(images[j - n]):
                low[i], high[i] = t.low, t.high
        else:
            for i, t in enumerate(self.Z[j - n - k]):
                unit = Interval.around(t, t, bits)
                low[i], high[i] = unit.low, unit.high
        total = [a + b for a, b in zip(low, high, strict=True)]
        return total, [b - a for a, b in zip(low, high, strict=True)]

    def rise(self, f: Face, weight: Interval, j: int, ends: tuple[Row, Row]) -> None:
        """Add a face's ``e B_ij`` to the ends of column j."""
        own, (low, high) = f.V.get(j), ends
        if own is None:
            return
        self.D.clock.tick()
        den, a, b = f.den * f.den, weight.low, weight.high
        for i in f.at:
            B = sum(map(mul, f.V[i], own))
            up, down = (a, b) if B > 0 else (b, a)
            low[i] += up * B // den
            high[i] -= -down * B // den


def pins_of(D: Instance, witness: Json) -> dict[int, Fraction]:
    """Return the pinned entries of kappa."""
    where = "witness.pins"
    if witness is None:
        return {}
    at, values = array(witness, where, 2)
    rows = indices(at, D.n, where)
    read = [D.field.rational(r, where) for r in array(values, where, len(rows))]
    return dict(zip(rows, read, strict=True))


def dual_basis(D: Instance, rows: Sequence[Vector], hint: Json, where: str) -> list[Vector]:
    """Return the w_k in the span of the rows with ``w_k'x_l = [k = l]``, times a number.

    They are combinations of the rows, so in their span; the products are multiplied out.
    """
    why = "rows that must be independent are not"
    found = []
    for k, read in enumerate(array(hint, where, len(rows))):
        parts, den = over_common(rationals(read, len(rows), where))
        width = range(len(rows[0]))
        w = [dot(parts, [x[j] for x in rows]) for j in width]
        for m, x in enumerate(rows):
            D.clock.tick()
            require(dot(w, x) == den * (k == m), where, why)
        found.append([Fraction(1, den) * t for t in w])
    return found
