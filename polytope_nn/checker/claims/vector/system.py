"""The equations of N, free coefficients and atoms in intervals, and Krawczyk's test (B7).

Unknown are N, the coefficients A of the independent columns of Z, and per atom its coordinates
a in a basis B of the hull of its face, one of them 1 or -1, and its mass s. With ``R = X B`` of the
active rows, ``M = R'N``, ``phi = R a``, ``h = M'a``, ``D = beta^2 B'B - M M'``::

    N/weights + sum s phi h' + Z A = Y,   Z'N = 0,   (D a)_i = 0 but there,   a'D a = 0
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, inner, linear
from ...kernel.numbers import Vector, cleared, dot
from ...kernel.reading import Json, array, require, whole
from .outputs import Outputs

WHERE = "witness.system"


@dataclass
class Face:
    """The face of an atom: signs, a basis B of its hull, R by active sample.

    The coordinate at ``pivot`` is ``one``, 1 or -1.
    """

    covector: list[int]
    basis: list[Vector]
    rows: dict[int, list[int]]
    pivot: int
    one: int = 1
    first: int = 0  # the place of its unknowns

    @property
    def w(self) -> int:
        """The dimension of the hull."""
        return len(self.basis)


@dataclass
class State:
    """What the equations are made of at a point or a box, for one face."""

    a: Numbers
    s: Interval
    phi: dict[int, Interval]
    h: Numbers
    M: list[Numbers]
    D: list[Numbers]


@dataclass
class System:
    """The unknowns: N and A column after column, then a (without its 1) and s of each face."""

    D: Outputs
    faces: list[Face]
    bits: int
    Z: list[Vector] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.Z = [self.D.Z[j] for j in self.D.independent]
        at = self.D.entries + len(self.Z) * self.D.c
        for face in self.faces:
            face.first = at
            at += face.w
        self.size = at

    def point(self, t: Fraction | int) -> Interval:
        """Return a number."""
        return Interval.around(t, t, self.bits)

    def N(self, x: Numbers, j: int) -> Numbers:
        """Return column j of N."""
        return x[j * self.D.n : (j + 1) * self.D.n]

    def state(self, face: Face, x: Numbers) -> State:
        """Return what the equations of a face are made of."""
        D, bits, w = self.D, self.bits, face.w
        own = x[face.first : face.first + w]
        a = [*own[: face.pivot], self.point(face.one), *own[face.pivot : w - 1]]
        phi = {k: linear(row, D.scale, a, bits) for k, row in face.rows.items()}
        M = []
        for i in range(w):
            D.clock.tick()
            column = [row[i] for row in face.rows.values()]
            values = ([self.N(x, j)[k] for k in face.rows] for j in range(D.c))
            M.append([linear(column, D.scale, v, bits) for v in values])
        h = [inner(column, a, bits) for column in map(list, zip(*M, strict=True))]
        form = [
            [self.D.beta_squared * dot(b, d) - inner(p, q, bits) for d, q in pairs(face, M)]
            for b, p in pairs(face, M)
        ]
        return State(a, own[w - 1], phi, h, M, form)

    def values(self, x: Numbers) -> Numbers:
        """Return the values of the equations."""
        D, bits, n = self.D, self.bits, self.D.n
        states = [self.state(face, x) for face in self.faces]
        y, weights = D.flat.y, [D.inverse(k) for k in range(n)]
        found = []
        for j in range(D.c):
            A = x[D.entries + j * len(self.Z) : D.entries + (j + 1) * len(self.Z)]
            for k in range(n):
                D.clock.tick()
                value = self.N(x, j)[k] * weights[k] - y[j * n + k]
                for S in states:
                    if k in S.phi:
                        value = value + S.phi[k] * S.h[j] * S.s
                for z, t in zip(self.Z, A, strict=True):
                    value = value + t * Fraction(z[k])
                found.append(value)
        for j in range(D.c):
            for z in self.Z:
                num, den = cleared([Fraction(t) for t in z], D.clock)
                found.append(linear(num, den, self.N(x, j), bits))
        for face, S in zip(self.faces, states, strict=True):
            e = [inner(row, S.a, bits) for row in S.D]
            found += [t for i, t in enumerate(e) if i != face.pivot]
            found.append(inner(S.a, e, bits))
        return found

    def jacobian(self, x: Numbers) -> Iterator[Numbers]:
        """Yield the columns of the Jacobian over a box."""
        D, n, nothing = self.D, self.D.n, self.point(0)
        states = [self.state(face, x) for face in self.faces]
        for j in range(D.c):
            for k in range(n):
                yield self.along_N(states, j, k)
        for j in range(D.c):
            for z in self.Z:
                column = [nothing] * self.size
                for k in range(n):
                    column[j * n + k] = self.point(Fraction(z[k]))
                yield column
        for face, S in zip(self.faces, states, strict=True):
            e = [inner(row, S.a, self.bits) for row in S.D]
            for m in (i for i in range(face.w) if i != face.pivot):
                yield self.along_a(face, S, e, m)
            column = [nothing] * self.size
            for j in range(D.c):
                for k, t in S.phi.items():
                    column[j * n + k] = t * S.h[j]
            yield column

    def along_N(self, states: Sequence[State], j: int, k: int) -> Numbers:
        """Return the column of one entry of N."""
        D, n = self.D, self.D.n
        D.clock.tick()
        column = [self.point(0)] * self.size
        column[j * n + k] = self.point(D.inverse(k))
        for m, z in enumerate(self.Z):
            column[D.entries + j * len(self.Z) + m] = self.point(Fraction(z[k]))
        for face, S in zip(self.faces, states, strict=True):
            if k not in S.phi:
                continue
            share = S.s * S.phi[k]
            for i, t in S.phi.items():
                column[j * n + i] = column[j * n + i] + share * t
            at = face.first
            for i in range(face.w):
                if i != face.pivot:
                    own = S.h[j] * Fraction(face.rows[k][i], D.scale)
                    column[at] = -1 * (own + S.M[i][j] * S.phi[k])
                    at += 1
            column[at] = -2 * (S.phi[k] * S.h[j])
        return column

    def along_a(self, face: Face, S: State, e: Numbers, m: int) -> Numbers:
        """Return the column of one coordinate of an atom."""
        D, n = self.D, self.D.n
        D.clock.tick()
        column = [self.point(0)] * self.size
        for j in range(D.c):
            for k, t in S.phi.items():
                own = S.h[j] * Fraction(face.rows[k][m], D.scale)
                column[j * n + k] = S.s * (own + t * S.M[m][j])
        rows = [i for i in range(face.w) if i != face.pivot]
        for at, i in enumerate(rows, face.first):
            column[at] = S.D[i][m]
        column[face.first + face.w - 1] = 2 * e[m]
        return column


def pairs(face: Face, M: list[Numbers]) -> list[tuple[Vector, Numbers]]:
    """Return the basis with the rows of M."""
    return list(zip(face.basis, M, strict=True))


def face_of(D: Outputs, covector: list[int], pivot: Json) -> Face:
    """Return the face of signs; a pivot from the end, below 0, is a coordinate -1."""
    walls = [D.X[k] for k, s in enumerate(covector) if s == 0]
    basis = hull(D, walls)
    require(basis, WHERE, "a face has no directions")
    rows = {
        k: [int(dot(D.X[k], b)) for b in basis] for k, s in enumerate(covector) if s > 0
    }
    place = whole(pivot, WHERE, -len(basis), len(basis) - 1)
    return Face(covector, basis, rows, place % len(basis), 1 if place >= 0 else -1)


def hull(D: Outputs, walls: Sequence[Vector]) -> list[Vector]:
    """Return a basis of what is orthogonal to rows, in integers: by elimination."""
    done: dict[int, Vector] = {}
    for x in walls:
        D.clock.tick()
        row = [Fraction(t) for t in x]
        for q, r in done.items():
            row = [s - row[q] * t for s, t in zip(row, r, strict=True)]
        places = [i for i, t in enumerate(row) if t]
        if not places:
            continue
        p = places[0]
        row = [t / row[p] for t in row]
        for q, r in done.items():
            done[q] = [s - r[p] * t for s, t in zip(r, row, strict=True)]
        done[p] = row
    found = []
    for j in (i for i in range(D.d) if i not in done):
        v: Vector = [Fraction(int(i == j)) for i in range(D.d)]
        for q, r in done.items():
            v[q] = -r[j]
        found.append(cleared(v, D.clock)[0])
    return found


def solution(S: System, witness: Json) -> tuple[Numbers, list[Fraction]]:
    """Return the image of the box under Krawczyk's operator, proved inside it; the centre."""
    D, size, bits = S.D, S.size, S.bits
    num, den = array(witness["centre"], WHERE, 2)
    den = whole(den, WHERE, 1)
    centre = [Fraction(x, den) for x in D.field.integers(num, size, WHERE, den)]
    radius = D.field.rational(witness["radius"], WHERE)
    require(radius > 0, WHERE, "the radius is not positive")
    entries, scale = array(witness["inverse"], WHERE, 2)
    scale = whole(scale, WHERE, 1)
    Y = [
        [whole(t, WHERE) for t in array(row, WHERE, size)]
        for row in array(entries, WHERE, size)
    ]
    D.clock.hold(size * size, 2 * bits, WHERE)
    values = S.values([S.point(t) for t in centre])
    box = [Interval.around(t - radius, t + radius, bits) for t in centre]
    spread = [0] * size
    for j, column in enumerate(S.jacobian(box)):
        for i, row in enumerate(Y):
            D.clock.tick()
            apart = linear(row, scale, column, bits) - int(i == j)
            spread[i] += max(abs(apart.low), abs(apart.high))
    image = []
    for i, row in enumerate(Y):
        newton = linear(row, scale, values, bits)
        moved = Fraction(spread[i], 1 << bits) * radius
        found = centre[i] - newton - Interval.around(-moved, moved, bits)
        inside = box[i].low < found.low and found.high < box[i].high
        require(inside, WHERE, "Krawczyk's test fails: no solution is proved here")
        image.append(found)
    return image, centre
