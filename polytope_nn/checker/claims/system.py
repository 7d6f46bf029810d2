"""Level *interval*: the system that kappa, the weights and lambda solve, and Krawczyk's test.

An atom is a sign and a covector; its face has ``v_i``, the projections of the rows on the
face's span. Unknowns are kappa, e (one per face of the system), lambda:

    kappa/weights + sum_a e_a B_a kappa + Z lambda = y,  kappa'B_a kappa = beta^2,  Z'kappa = 0

whose faces are single atoms (``B = V V'`` with V the ``v_i``), or such that are alike (V of
the first), or pairs of opposite ones (``V_i = s_i v_i / 2``), or the two ends of a flat.
All rows are integers over one denominator a face (proofs/claims.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, prod
from operator import add, mul, sub
from typing import Any, TypeAlias, TypeVar

from ..kernel.intervals import Interval, Numbers, inner, linear
from ..kernel.numbers import Vector, cleared, dot
from ..kernel.reading import Json, array, indices, rationals, record, require, whole
from .instance import Instance

Row: TypeAlias = list[int]
Signed: TypeAlias = tuple[int, list[int]]
MOST_BITS = 1 << 16


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


@dataclass
class System:
    """The data, the atoms, the faces, the columns Z; what is free and pinned.

    The last ``linear`` columns of Z are ``X U``, relations of kappa and the ``1_A`` of flats, the
    others are fitted freely. ``hints`` answers what is asked of it, and is not believed.
    """

    D: Instance
    atoms: list[Signed]
    pins: dict[int, Fraction]
    bits: int
    hints: Any
    faces: list[Face] = field(default_factory=list)
    Z: list[Vector] = field(default_factory=list)
    linear: int = 0
    prices: dict[int, Fraction] = field(default_factory=dict)  # Z'kappa where it is not 0
    kept: dict[int, tuple[dict[int, Row], int]] = field(default_factory=dict)  # projections
    proved: tuple[Numbers, Numbers] = ([], [])  # the box with one solution, and its image

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

    def equation(self, i: int) -> tuple[Any, ...]:
        """Return what tells equation i beside the features and the columns of Z."""
        return self.own(i), self.label(i)

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

    def has_short_columns(self, Y: list[Row]) -> bool:
        """Return whether the columns of faces are few, and their products with Y have room."""
        count = sum(len(f.columns) for f in self.faces)
        longest = max((t.bit_length() for row in Y for t in row), default=0)
        longest += max(
            (t.bit_length() for f in self.faces for row in f.V.values() for t in row),
            default=0,
        )
        return 0 < 3 * count < self.D.n and self.D.clock.fits(len(Y) * count, longest + 64)

    def shares(self, row: Row) -> Row:
        """Return the products of a row of Y with the columns of V of all faces, as integers."""
        self.D.clock.tick()
        return [
            sum(map(mul, own, column))
            for f in self.faces
            for own in ([row[i] for i in f.at],)
            for column in f.columns
        ]

    def short_column(self, j: int, x: Numbers, images: list[Numbers]) -> tuple[Row, Row]:
        """Return what stands below kappa_j, then ``e V_j`` by face: middles twice, radii."""
        n, low, high = self.D.n, [], []
        for F in images:
            low.append(2 * F[j].low)
            high.append(2 * F[j].high)
        for z in self.Z:
            unit = Interval.around(z[j], z[j], self.bits)
            low.append(unit.low)
            high.append(unit.high)
        for f, weight in zip(self.faces, x[n:], strict=False):
            den, a, b = f.den * f.den, weight.low, weight.high
            for t in f.V.get(j, [0] * len(f.columns)):
                up, down = (a, b) if t > 0 else (b, a)
                low.append(up * t // den)
                high.append(-(-down * t // den))
        return list(map(add, low, high)), list(map(sub, high, low))

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


def atoms_of(D: Instance, claim: Json) -> list[Signed]:
    """Return the listed signs and covectors, which are in order and distinct."""
    where, atoms = "claims.atoms", []
    before: tuple[int, ...] | None = None
    for read in array(claim["list"], where):
        D.clock.tick()
        require(
            type(read) is dict and set(read) == {"sign", "covector"},
            where,
            "its keys must be: sign covector",
        )
        s = whole(read["sign"], where, -1, 1)
        signs = [whole(t, where, -1, 1) for t in array(read["covector"], where, D.n)]
        require(s != 0, where, "a sign is 0")
        key = (-s, *(-t for t in signs))
        require(before is None or before < key, where, "not in order, or not distinct")
        before = key
        atoms.append((s, signs))
    return atoms


Made = TypeVar("Made", bound=System)


def system_of(D: Instance, claim: Json, witness: Json, of: Callable[..., Made]) -> Made:
    """Return the system that the atoms, their grouping, U and what is free make."""
    S = of(D, atoms_of(D, claim), pins_of(D, witness.get("pins")))
    first = D.chart(D.anchors()[0])
    S.begin()
    right, left, q = D.unit.whole_slopes
    both = right + left
    where = "witness.free"
    for read in array(witness["free"], where):
        if type(read) is dict:
            record(read, "relation", where)
            column = D.field.integers(read["relation"], D.n, where)
            S.Z.append([Fraction(t) for t in column])
        else:
            u = D.field.integers(read, first.d, where)
            S.Z.append([Fraction(both * dot(x, u), D.scale * q) for x in first.X])
        S.linear += 1
    where = "witness.faces"
    seen: set[int] = set()
    for read in array(witness["faces"], where):
        D.clock.tick()
        group = indices(read, len(S.atoms), where)
        require(group, where, "a face has no atom")
        require(seen.isdisjoint(group), where, "an atom is in two faces")
        seen.update(group)
        S.faces.append(face_of(S, group))
        held = sum(len(f.at) * D.d for f in S.faces[-1:]) * len(S.faces)
        D.clock.hold(held, 256, where)
    return S


def pins_of(D: Instance, witness: Json) -> dict[int, Fraction]:
    """Return the pinned entries of kappa."""
    where = "witness.pins"
    if witness is None:
        return {}
    at, values = array(witness, where, 2)
    rows = indices(at, D.n, where)
    read = [D.field.rational(r, where) for r in array(values, where, len(rows))]
    return dict(zip(rows, read, strict=True))


def face_alone(S: System, a: int) -> Face:
    """Return the face of one atom."""
    right, left, q = S.D.unit.whole_slopes
    V, den = S.projected(a)
    slopes = {k: right if S.atoms[a][1][k] > 0 else left for k in V}
    bent = {k: [slopes[k] * t for t in row] for k, row in V.items() if slopes[k]}
    return Face([a], bent, den * q)


def face_of(S: System, group: list[int]) -> Face:
    """Return the face of some atoms; a flat adds its ``1_A`` to Z if it is not in it."""
    first, *rest = group
    s, covector = S.atoms[first]
    if not rest:
        return face_alone(S, first)
    if len(rest) == 1 and S.atoms[rest[0]] == (s, [-t for t in covector]):
        right, left, q = S.D.unit.whole_slopes
        V, den = S.projected(first)
        apart = right - left
        signed = {k: [apart * covector[k] * t for t in row] for k, row in V.items()}
        return Face(group, signed, 2 * den * q, opposite=True)
    if len(rest) > 1 or S.anchor(first) is None:
        one = face_alone(S, first)
        beside = [alike(S, one, face_alone(S, a)) for a in rest]
        return Face(group, one.V, one.den, alike=True, beside=beside)
    A = flat(S, group)
    chart, end = S.D.chart(S.anchor(first)), S.anchor(rest[0])
    across = chart.X[end or 0]
    V = {i: [2 * x - t for x, t in zip(chart.X[i], across, strict=True)] for i in A}
    column = [Fraction(int(i in V)) for i in range(S.D.n)]
    if S.hints.ask("flat", S, column) is None:
        S.Z.append(column)
        S.linear += 1
    return Face(group, V, 2 * S.D.scale, between=A, across=list(across))


def alike(S: System, first: Face, other: Face) -> list[Vector]:
    """Prove that two atoms have features that differ by what is fitted freely.

    Their products have ``B - C = sum_j (z_j w_j' + w_j z_j')`` over columns z_j with
    ``z_j'kappa = 0``, an identity: both are tight if one is, and the features differ by
    ``sum_j (w_j'kappa) z_j``. Return the w_j of the last columns (proofs/claims.md).
    """
    D, where = S.D, "witness.faces"
    whole_rows = D.anchors() == [None]
    require(whole_rows, where, "the atoms are not opposite, nor ends of a flat")
    free = level(S)
    listed = array(S.hints.ask("alike", S, first, other), where, len(free))
    W = [rationals(read, D.n, where) for read in listed]
    at = range(D.n) if free else sorted({*first.at, *other.at})
    for i in at:
        D.clock.tick()
        for j in (j for j in at if j <= i):
            made = dot([z[i] for z in free], [w[j] for w in W])
            made += dot([z[j] for z in free], [w[i] for w in W])
            same = first.product(i, j) == other.product(i, j) + made
            require(same, where, "the atoms of a face are not alike")
    return W[len(W) - S.linear :]


def level(S: System) -> list[Vector]:
    """Return the columns z of Z with ``z'kappa = 0``: all but the unit columns of flats."""
    own = len(S.D.independent)
    return [*S.Z[:own], *S.Z[len(S.Z) - S.linear :]]


def flat(S: System, group: list[int]) -> list[int]:
    """Return the samples active between the kinks of two atoms, the ends of a flat.

    Their kinks pass through one sample each, maybe repeated. The signs are the same and the
    lower one's active samples and those on its kink are the upper one's active samples; or
    opposite, and every sample is active or on the kink of both.
    """
    where, ends = "witness.faces", []
    for a in group:
        anchor, (sign, covector) = S.anchor(a), S.atoms[a]
        chart = S.D.chart(anchor)
        rows = [chart.X[k] for k, t in enumerate(covector) if t == 0]
        single = anchor is not None and not any(map(any, rows))
        require(single, where, "the atoms are not opposite, nor ends of a flat")
        active = [k for k, t in enumerate(covector) if t > 0]
        ends.append((sign, active, [k for k, t in enumerate(covector) if t >= 0]))
    (s, active, below), (t, other, beneath) = ends
    if s == t:
        require(active == beneath or other == below, where, "is no flat")
        return active if active == beneath else other
    require(len(below) == len(beneath) == S.D.n, where, "the last kinks are not these")
    return below


def solution(S: Any, witness: Json) -> Numbers:
    """Return the image of the box under Krawczyk's operator, after proving it lies inside.

    ``|I - Y J|`` is bounded column by column from middles and radii: no column is kept.
    The radii of a row of J, which one entry of Y multiplies, are added first.
    """
    where, size, bits, tick = "witness.centre", S.size, S.bits, S.D.clock.tick
    num, den = array(witness["centre"], where, 2)
    den = whole(den, where, 1)
    centre = [Fraction(x, den) for x in S.D.field.integers(num, size, where, den)]
    radius = S.D.field.rational(witness["radius"], "witness.radius")
    require(radius > 0, "witness.radius", "is not positive")
    entries, scale = array(witness["inverse"], "witness.inverse", 2)
    scale = whole(scale, "witness.inverse", 1)
    Y = []
    for row in array(entries, "witness.inverse", size):
        tick()
        read = array(row, "witness.inverse", size)
        Y.append([whole(t, "witness.inverse") for t in read])
    values = S.values([Interval.around(p, p, bits) for p in centre])
    box = [Interval.around(p - radius, p + radius, bits) for p in centre]
    images = S.images(box[: S.D.n])
    one = scale << bits + 1
    short = isinstance(S, System) and S.has_short_columns(Y)
    spread = (short_spread if short else whole_spread)(S, Y, one, (box, images))
    image: Numbers = []
    for i, row in enumerate(Y):
        tick()
        newton = linear(row, scale, values, bits)
        moved = Fraction(spread[i], one) * radius
        offset = Interval.around(-moved, moved, bits)
        image.append(centre[i] - newton - offset)
        inside = box[i].low < image[i].low and image[i].high < box[i].high
        require(inside, where, "Krawczyk's test fails: no solution is proved here")
    S.proved = box, image
    return image


Box: TypeAlias = tuple[Numbers, list[Numbers]]  # unknowns, and the images of kappa


def whole_spread(S: Any, Y: list[Row], one: int, of: Box) -> Row:
    """Return bounds of the rows of ``|I - Y J|``, in units in which 1 is ``one``."""
    found, radii = [0] * len(Y), [0] * len(Y)
    for j in range(S.size):
        middle, wide = S.column(j, *of)
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    return [
        t + sum(map(mul, map(abs, row), radii)) for t, row in zip(found, Y, strict=True)
    ]


def short_spread(S: System, Y: list[Row], one: int, of: Box) -> Row:
    """Return the same where columns of faces are few: ``Y e V V'`` is ``(Y V) e V'``.

    So column j of J has its steep entry, what stands below kappa, and ``e V_j`` for each face.
    """
    n, (x, images) = S.D.n, of
    tails = [row[n:] + S.shares(row) for row in Y]
    found, own, radii = [0] * len(Y), [0] * n, [0] * len(tails[0])
    for j in range(n):
        steep, (middle, wide) = S.steep(j, x[j]), S.short_column(j, x, images)
        twice, own[j] = steep.low + steep.high, steep.high - steep.low
        for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
            apart = row[j] * twice + sum(map(mul, tail, middle))
            found[i] += abs(apart - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    for j in range(n, S.size):
        middle, wide = S.column(j, x, images)
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        own = list(map(add, own, wide))  # of the other equations there are no radii
        S.D.clock.tick()
    for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
        found[i] += sum(map(mul, map(abs, row), own)) + sum(map(mul, map(abs, tail), radii))
    return found
