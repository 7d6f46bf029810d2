"""The system of :mod:`boxes`, and Krawczyk's test for its solution; standard library only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING or __package__:
    from . import check as base
    from .facts import combination
    from .intervals import Interval, Numbers, Row, axes_of, off
else:
    import check as base
    from facts import combination
    from intervals import Interval, Numbers, Row, axes_of, off

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type


@dataclass
class Face:
    """A face of the system: its atoms (one or two), and the rows of V, ``B = V V'``.

    Of two opposite atoms ``v`` are the projected rows. Else two atoms are the ends of a
    flat: ``between`` the samples A active there, ``across`` from kink to kink, ``x_l - x_k``.
    """

    atoms: list[int]
    V: dict[int, Row]
    v: dict[int, Row]
    between: list[int]
    across: Row


@dataclass
class Chart:
    """Data whose rows ``x_i - x_anchor`` are those of neurons with that kink, or all rows.

    ``D`` has the rows in integers, ``X`` as they are; without anchor there is one chart.
    """

    D: base.Data
    anchor: int | None

    def __post_init__(self) -> None:
        scale = self.D.scale
        self.X: list[Row] = [[Fraction(x, scale) for x in row] for row in self.D.X]


@dataclass
class Free:
    """What a free part adds: the charts, independent columns of Z, pinned entries of kappa.

    ``make`` makes the chart of an anchor; ``anchors`` are all of them, None where there is one.
    """

    anchors: list[int | None]
    make: Callable[[int | None], Chart]
    columns: list[Row]
    pins: dict[int, Fraction]


@dataclass
class System:
    """The data, the atoms (sign, covector), their charts, the faces, the columns Z.

    The last ``linear`` columns of Z are ``X U`` and the ``1_A`` of flats, the others are
    fitted freely. ``v`` are the projected rows an atom is active at; ``idle`` the atoms in no
    face; ``charts`` those in which atoms live.
    """

    D: base.Data
    free: Free
    atoms: list[tuple[int, list[int]]]
    faces: list[Face]
    Z: list[Row]
    linear: int
    bits: int
    v: dict[int, dict[int, Row]]
    charts: dict[int | None, Chart]

    @property
    def idle(self) -> dict[int, dict[int, Row]]:
        """The atoms that are in no face, with their rows."""
        members = {a for f in self.faces for a in f.atoms}
        return {a: v for a, v in self.v.items() if a not in members}

    def chart(self, a: int) -> Chart:
        """Return a chart of an atom: its kink passes through the anchor."""
        covector, anchors = self.atoms[a][1], self.free.anchors
        passed = [k for k in anchors if k is None or covector[k] == 0][:1]
        where, why = "claims.atoms", "the kink of an atom passes through no sample"
        base.require(passed, where, why)
        (k,) = passed
        if k not in self.charts:
            self.charts[k] = self.free.make(k)
        return self.charts[k]

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return self.D.n + len(self.faces) + len(self.Z)

    def evaluated(self, x: Numbers) -> tuple[Numbers, list[Numbers]]:
        """Return the values of the system at x and its Jacobian."""
        D, n, k = self.D, self.D.n, len(self.faces)
        kappa, e, free = x[:n], x[n : n + k], x[n + k :]
        nothing = Interval(0, 0, self.bits)
        jacobian = [[nothing] * self.size for _ in range(self.size)]
        images, values = [], []
        for f in self.faces:
            columns = [(kappa[i], row) for i, row in f.V.items()]
            width = len(next(iter(f.V.values()), ()))
            h = [nothing + sum(t * row[j] for t, row in columns) for j in range(width)]
            images.append([base.dot(f.V.get(i, ()), h) + nothing for i in range(n)])
        for i in range(n):
            D.field.tick()
            share = nothing + base.dot((F[i] for F in images), e)
            tail = base.dot((z[i] for z in self.Z), free)
            own, held = D.inverse(i), self.free.pins.get(i)
            if held is not None:
                share, own = share - held, own + 1
            values.append(share + tail + kappa[i] * own - D.y[i])
            for weight, f in zip(e, self.faces, strict=True):
                for j in f.V if i in f.V else ():
                    jacobian[i][j] += weight * base.dot(f.V[i], f.V[j])
            jacobian[i][i] += own
            for a, F in enumerate(images):
                jacobian[i][n + a], jacobian[n + a][i] = F[i], 2 * F[i]
            for m, z in enumerate(self.Z):
                jacobian[i][n + k + m] = jacobian[n + k + m][i] = nothing + z[i]
        values += [nothing + base.dot(kappa, F) - D.beta_squared for F in images]
        values += [nothing + base.dot(z, kappa) for z in self.Z]
        return values, jacobian

    def direction(self, a: int, kappa: Numbers) -> Numbers:
        """Return the g of an atom, shape (d,)."""
        s, covector = self.atoms[a]
        rows = [(kappa[i] * s, v) for i, v in self.v[a].items() if covector[i] > 0]
        nothing = Interval(0, 0, self.bits)
        return [
            nothing + base.dot((t for t, _ in rows), (v[j] for _, v in rows))
            for j in range(self.chart(a).D.d)
        ]

    def products(self, a: int, kappa: Numbers) -> Numbers:
        """Return ``X g`` of an atom in its chart: the values of the neuron at the samples."""
        g = self.direction(a, kappa)
        return [base.dot(x, g) for x in self.chart(a).X]


def system_of(
    D: base.Data, claim: Json, witness: Json, bits: int, free: Free | None = None
) -> System:
    """Return the system that the atoms, their grouping, U and what is free make."""
    free = free or Free([None], lambda _: Chart(D, None), [], {})
    first = free.make(free.anchors[0])
    atoms, where = atoms_of(D, claim), "witness.free"
    U = [
        [Fraction(t) for t in D.field.integers(u, first.D.d, where)]
        for u in base.array(witness["free"], where)
    ]
    Z = free.columns + [[base.dot(x, u) for x in first.X] for u in U]
    S = System(D, free, atoms, [], Z, len(U), bits, {}, {first.anchor: first})
    for a, (_, covector) in enumerate(atoms):
        S.v[a] = projected(S, a, [i for i, t in enumerate(covector) if t > 0])
    where = "witness.faces"
    for read in base.array(witness["faces"], where):
        members = base.indices(read, len(atoms), where)
        base.require(len(members) in {1, 2}, where, "a face has one atom or two")
        S.faces.append(face_of(S, members))
    members = [a for f in S.faces for a in f.atoms]
    base.require(len(set(members)) == len(members), where, "an atom is in two faces")
    return S


def face_of(S: System, members: list[int]) -> Face:
    """Return the face of an atom or two; a flat adds its ``1_A`` to Z if it is not in it."""
    first, *rest = members
    s, covector = S.atoms[first]
    if not rest:
        return Face(members, S.v[first], {}, [], [])
    if S.atoms[rest[0]] == (s, [-t for t in covector]):
        v = projected(S, first, [i for i, t in enumerate(covector) if t])
        V = {i: [Fraction(covector[i], 2) * t for t in row] for i, row in v.items()}
        return Face(members, V, v, [], [])
    A = flat(S, members)
    X, end = S.chart(first).X, S.chart(rest[0]).anchor
    across = X[end or 0]
    V = {i: [x - t / 2 for x, t in zip(X[i], across, strict=True)] for i in A}
    column = [Fraction(int(i in A)) for i in range(S.D.n)]
    if combination(S.D, S.Z, column) is None:
        S.Z.append(column)
        S.linear += 1
    return Face(members, V, {}, A, across)


def flat(S: System, members: list[int]) -> list[int]:
    """Return the samples active between the kinks of two atoms, the ends of a flat.

    Their kinks pass through one sample each, maybe repeated. The signs are the same and the
    lower one's active samples and those on its kink are the upper one's active samples; or
    opposite, and every sample is active or on the kink of both.
    """
    where, ends = "witness.faces", []
    for a in members:
        chart, covector = S.chart(a), S.atoms[a][1]
        rows = [chart.X[k] for k, t in enumerate(covector) if t == 0]
        single = chart.anchor is not None and not any(map(any, rows))
        base.require(single, where, "the atoms are not opposite, nor ends of a flat")
        active = [k for k, t in enumerate(covector) if t > 0]
        ends.append((S.atoms[a][0], active, [k for k, t in enumerate(covector) if t >= 0]))
    (s, active, below), (t, other, beneath) = ends
    if s == t:
        base.require(active == beneath or other == below, where, "is no flat")
        return active if active == beneath else other
    base.require(len(below) == len(beneath) == S.D.n, where, "the last kinks are not these")
    return below


def projected(S: System, a: int, rows: Sequence[int]) -> dict[int, Row]:
    """Return the projections of some rows on the span of an atom's face."""
    X, covector = S.chart(a).X, S.atoms[a][1]
    axes = axes_of(S.D, [X[k] for k, t in enumerate(covector) if t == 0])
    return {i: off(S.D, axes, X[i]) for i in rows}


def atoms_of(D: base.Data, claim: Json) -> list[tuple[int, list[int]]]:
    """Return the listed signs and covectors, which are in order and distinct."""
    where, atoms = "claims.atoms", []
    for read in base.array(claim["list"], where):
        base.record(read, "sign covector", where)
        s = base.whole(read["sign"], where, -1, 1)
        signs = base.array(read["covector"], where, D.n)
        atoms.append((s, [base.whole(t, where, -1, 1) for t in signs]))
        base.require(s != 0, where, "a sign is 0")
    keys = [(-s, *(-t for t in covector)) for s, covector in atoms]
    rising = all(a < b for a, b in pairwise(keys))
    base.require(rising, where, "not in order, or not distinct")
    return atoms


def solution(S: System, witness: Json) -> Numbers:
    """Return the image of the box under Krawczyk's operator, after proving it lies inside."""
    where, size = "witness.centre", S.size
    num, den = base.array(witness["centre"], where, 2)
    den = base.whole(den, where, 1)
    centre = [Fraction(x, den) for x in S.D.field.integers(num, size, where, den)]
    radius = S.D.field.rational(witness["radius"], "witness.radius")
    base.require(radius > 0, "witness.radius", "is not positive")
    entries, scale = base.array(witness["inverse"], "witness.inverse", 2)
    scale = base.whole(scale, "witness.inverse", 1)
    Y = []
    for row in base.array(entries, "witness.inverse", size):
        read = base.array(row, "witness.inverse", size)
        Y.append([base.whole(t, "witness.inverse") for t in read])
    values, _ = S.evaluated([Interval.around(p, p, S.bits) for p in centre])
    box = [Interval.around(p - radius, p + radius, S.bits) for p in centre]
    _, J = S.evaluated(box)
    columns = list(zip(*J, strict=True))
    offset = Interval.around(-radius, radius, S.bits)
    image: Numbers = []
    for i, row in enumerate(Y):
        S.D.field.tick()
        newton = base.dot(row, values) * Fraction(1, scale)
        apart = [
            base.dot(row, c) * Fraction(1, scale) - int(i == j)
            for j, c in enumerate(columns)
        ]
        moved = base.dot(apart, [offset] * size)
        image.append(centre[i] - newton - moved)
        inside = box[i].low < image[i].low and image[i].high < box[i].high
        base.require(inside, where, "Krawczyk's test fails: no solution is proved here")
    return image
