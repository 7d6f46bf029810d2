"""The equations of N, free coefficients and kernels in intervals, and Krawczyk's test (B7).

Unknown are N, the coefficients A of independent free columns G, and per kernel its basis U in
a basis B of what is live on its face, the identity at k rows (-1 for an atom, if told so), and the
symmetric S of its neurons. With ``R = X B`` of the active rows, ``M = R'N``, ``phi = R U``,
``h = U'M``, ``D = beta^2 B'B - M M'``::

    sum phi S h + G A = fit(N),   G'N = 0,   D U = 0 off those rows,   U'D U = 0

Fits are those of the pieces on which entries stand, ``y - N/weights`` of the squared loss. Where
an entry of N is given that stands in place of its fit's equation; a free column that is *held* has
its coefficient given, in place of its equation, and so has an entry of S that is *tied*.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, inner, linear
from ...kernel.numbers import Vector, cleared, dot
from ...kernel.reading import Json, array, require, whole
from .outputs import SYSTEM, Face, Outputs, even_row
from .standing import Standing
from .ties import Tied


@dataclass
class State:
    """What the equations are made of at a point or a box, for one face."""

    U: list[Numbers]
    S: list[Numbers]
    phi: dict[int, Numbers]
    h: list[Numbers]
    M: list[Numbers]
    D: list[Numbers]
    DU: list[Numbers]


@dataclass
class System:
    """The unknowns: N column after column, A, then U and S of each face."""

    D: Outputs
    faces: list[Face]
    bits: int
    standing: Standing
    held: dict[int, Fraction] = field(default_factory=dict)  # of A
    tied: Tied = field(default_factory=dict)
    G: list[Vector] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.G = self.D.free_entries()
        at = self.D.entries + len(self.G)
        for face in self.faces:
            face.first = at
            at += face.size
        self.size = at
        active = {k for face in self.used for k in face.rows}
        entries = (e for e in range(self.D.entries) if e % self.D.n not in active)
        self.standing.unseen = {e for e in entries if not any(g[e] for g in self.G)}

    @property
    def used(self) -> list[Face]:
        """The faces that may have neurons: of no atom at rest."""
        return [face for face in self.faces if not face.rest]

    def point(self, t: Fraction | int) -> Interval:
        """Return a number."""
        return Interval.around(t, t, self.bits)

    def N(self, x: Numbers, j: int) -> Numbers:
        """Return column j of N."""
        return x[j * self.D.n : (j + 1) * self.D.n]

    def kernel(self, face: Face, x: Numbers) -> tuple[list[Numbers], list[Numbers]]:
        """Return U, shape (w, k), and S, shape (k, k)."""
        own, k = x[face.first : face.first + face.size], face.k
        U = [[self.point(0)] * k for _ in range(face.w)]
        for m, i in enumerate(face.pivots):
            U[i][m] = self.point(face.one)
        for at, i in enumerate(face.others):
            U[i] = own[at * k : (at + 1) * k]
        S = [[self.point(0)] * k for _ in range(k)]
        for t, (m, o) in zip(own[len(face.others) * k :], face.entries, strict=True):
            S[m][o] = S[o][m] = t
        return U, S

    def state(self, face: Face, x: Numbers) -> State:
        """Return what the equations of a face are made of."""
        D, bits = self.D, self.bits
        U, S = self.kernel(face, x)
        columns = list(map(list, zip(*U, strict=True)))
        phi = {
            k: [linear(row, D.scale, u, bits) for u in columns]
            for k, row in face.rows.items()
        }
        M = []
        for i in range(face.w):
            D.clock.tick()
            column = [row[i] for row in face.rows.values()]
            values = ([self.N(x, j)[k] for k in face.rows] for j in range(D.c))
            M.append([linear(column, D.scale, v, bits) for v in values])
        outputs = list(map(list, zip(*M, strict=True)))
        h = [[inner(u, column, bits) for column in outputs] for u in columns]
        form: list[Numbers] = []
        for b, p in pairs(face, M):
            D.clock.tick()
            row = [
                D.beta_squared * dot(b, d) - inner(p, q, bits) for d, q in pairs(face, M)
            ]
            form.append(row)
        DU = [[inner(row, u, bits) for u in columns] for row in form]
        return State(U, S, phi, h, M, form, DU)

    @property
    def pinned(self) -> dict[int, Fraction]:
        """The unknowns that are given, each in place of the equation of its number."""
        entries = self.D.entries
        known = ((e, self.standing.given(e)) for e in range(entries))
        found = {e: t for e, t in known if t is not None}
        found |= {entries + m: t for m, t in self.held.items()}
        return found | {self.faces[i].masses + m: t for (i, m), t in self.tied.items()}

    def made(self, x: Numbers, states: Sequence[State]) -> Numbers:
        """Return the fit that neurons and the free part make, column after column."""
        D, bits, n = self.D, self.bits, self.D.n
        A = x[D.entries : D.entries + len(self.G)]
        found = []
        for j in range(D.c):
            shares = [self.spread(T, j) for T in states]
            for k in range(n):
                D.clock.tick()
                value = self.point(0)
                for T, share in zip(states, shares, strict=True):
                    if k in T.phi:
                        value = value + inner(T.phi[k], share, bits)
                for g, t in zip(self.G, A, strict=True):
                    if g[j * n + k]:
                        value = value + t * Fraction(g[j * n + k])
                found.append(value)
        return found

    def values(self, x: Numbers) -> Numbers:
        """Return the values of the equations."""
        D, bits = self.D, self.bits
        states = [self.state(face, x) for face in self.faces]
        found = [
            self.standing.off(e, x[e])
            if self.standing.given(e) is not None
            else z + self.standing.off(e, x[e])
            for e, z in enumerate(self.made(x, states))
        ]
        for m, g in enumerate(self.G):
            num, den = cleared([Fraction(t) for t in g], D.clock)
            free = linear(num, den, x[: D.entries], bits)
            found.append(x[D.entries + m] - self.held[m] if m in self.held else free)
        for face, T in zip(self.faces, states, strict=True):
            found += [t for i in face.others for t in T.DU[i]]
            columns = [list(u) for u in zip(*T.U, strict=True)]
            images = [list(u) for u in zip(*T.DU, strict=True)]
            found += [inner(columns[m], images[o], bits) for m, o in face.entries]
        for (i, m), t in self.tied.items():
            at = self.faces[i].masses + m
            found[at] = x[at] - t
        return found

    def spread(self, T: State, j: int) -> Numbers:
        """Return ``S h`` of an output."""
        own = [h[j] for h in T.h]
        return [inner(row, own, self.bits) for row in T.S]

    def doubled(self, x: Numbers) -> Iterator[tuple[list[int], list[int]]]:
        """Yield the same columns as lower plus upper ends, and their differences."""
        for column in self.jacobian(x):
            self.D.clock.tick()
            yield [t.low + t.high for t in column], [t.high - t.low for t in column]

    def jacobian(self, x: Numbers) -> Iterator[Numbers]:
        """Yield the columns of the Jacobian over a box."""
        pinned = self.pinned
        for i, column in enumerate(self.columns(x)):
            for at in pinned:
                column[at] = self.point(int(at == i))
            yield column

    def columns(self, x: Numbers) -> Iterator[Numbers]:
        """Yield the columns of the Jacobian of the equations that nothing replaces."""
        D, nothing = self.D, self.point(0)
        states = [self.state(face, x) for face in self.faces]
        for e in range(D.entries):
            column = self.along_N(states, *divmod(e, D.n))
            column[e] = column[e] + self.standing.steep(e, x[e])
            yield column
        for g in self.G:
            own = [self.point(Fraction(t)) for t in g]
            yield [*own, *[nothing] * (self.size - D.entries)]
        for face, T in zip(self.faces, states, strict=True):
            for i in face.others:
                for m in range(face.k):
                    yield self.along_U(face, T, i, m)
            for m, o in face.entries:
                yield self.along_S(T, m, o)

    def along_S(self, T: State, m: int, o: int) -> Numbers:
        """Return the column of one entry of S."""
        D, n = self.D, self.D.n
        D.clock.tick()
        column = [self.point(0)] * self.size
        for j in range(D.c):
            for k, t in T.phi.items():
                both = t[m] * T.h[o][j]
                column[j * n + k] = both if m == o else both + t[o] * T.h[m][j]
        return column

    def along_N(self, states: Sequence[State], j: int, k: int) -> Numbers:
        """Return the column of one entry of N, but for its own fit."""
        D, n, bits = self.D, self.D.n, self.bits
        D.clock.tick()
        column = [self.point(0)] * self.size
        for m, g in enumerate(self.G):
            column[D.entries + m] = self.point(Fraction(g[j * n + k]))
        for face, T in zip(self.faces, states, strict=True):
            if k not in T.phi:
                continue
            own = T.phi[k]
            share = [inner(row, own, bits) for row in T.S]
            for i, t in T.phi.items():
                column[j * n + i] = column[j * n + i] + inner(t, share, bits)
            at = face.first
            for i in face.others:
                r = Fraction(face.rows[k][i], D.scale)
                for m in range(face.k):
                    column[at] = -1 * (T.h[m][j] * r + T.M[i][j] * own[m])
                    at += 1
            for m, o in face.entries:
                column[at] = -1 * (own[m] * T.h[o][j] + T.h[m][j] * own[o])
                at += 1
        return column

    def along_U(self, face: Face, T: State, i: int, m: int) -> Numbers:
        """Return the column of one entry of a basis."""
        D, n, bits = self.D, self.D.n, self.bits
        D.clock.tick()
        column = [self.point(0)] * self.size
        for j in range(D.c):
            share = self.spread(T, j)[m]
            for k, t in T.phi.items():
                r = Fraction(face.rows[k][i], D.scale)
                column[j * n + k] = share * r + inner(t, T.S[m], bits) * T.M[i][j]
        at = face.first
        for other in face.others:
            column[at + m] = T.D[other][i]
            at += face.k
        for p, o in face.entries:
            if p == m:
                column[at] = column[at] + T.DU[i][o]
            if o == m:
                column[at] = column[at] + T.DU[i][p]
            at += 1
        return column


def pairs(face: Face, M: list[Numbers]) -> list[tuple[Vector, Numbers]]:
    """Return the basis with the rows of M."""
    return list(zip(face.basis, M, strict=True))


def exact_rows(D: Outputs, standing: Standing, used: Sequence[Face]) -> dict[int, Vector]:
    """Return the rows of N that are known exactly: given, 0, or of what nothing is seen."""
    found = {}
    for k in range(D.n):
        D.clock.tick()
        row = [standing.exact(e) for e in range(k, D.entries, D.n)]
        own = [t for t in row if t is not None]
        own = own if len(own) == D.c else even_row(D, used, k)
        if own:
            found[k] = own
    return found


def held(D: Outputs, standing: Standing, read: Json) -> dict[int, Fraction]:
    """Return coefficients of free columns that are given, after proving these annihilated.

    Less a combination of columns that are not held such a column is 0 but where N is given, and
    there its product with N is 0.
    """
    G, where, found = D.free_entries(), SYSTEM, {}
    entries = array(read, where)
    taken = [whole(array(entry, where, 3)[0], where, 0, len(G) - 1) for entry in entries]
    others = [g for m, g in enumerate(G) if m not in taken]
    for m, t, shares in entries:
        left = list(G[m])
        parts = [D.field.rational(s, where) for s in array(shares, where, len(others))]
        for s, g in zip(parts, others, strict=True):
            D.clock.tick()
            left = [x - s * z for x, z in zip(left, g, strict=True)]
        total = Fraction(0)
        for e, x in enumerate(left):
            at = standing.given(e)
            require(not x or at is not None, where, "a column that is held is not spanned")
            total += x * (at or 0)
        require(total == 0, where, "a column that is held is not annihilated")
        found[m] = D.field.rational(t, where)
    return found
