"""The system of level *interval* without kappa: a squared loss, any number of samples.

With ``h_a = V_a'kappa`` for the faces a, W the weights of the loss and

    kappa = W (y - sum_a e_a V_a h_a - Z lambda),

the unknowns are h, e, lambda, however many samples there are:

    h_a - V_a'kappa = 0,   |h_a|^2 = beta^2,   Z'kappa = 0.

A solution makes one of the whole system, ``B_a kappa = V_a V_a'kappa`` (proofs/cones.md, C5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul

from ...kernel.intervals import Interval, Numbers, inner, linear, solution
from ...kernel.numbers import cleared
from ...kernel.reading import Json, require
from ..instance import Instance
from ..system.equations import Row, System
from ..system.grouping import atoms_hold


@dataclass
class Eliminated:
    """The system without kappa, evaluated with intervals of some bits."""

    system: System
    bits: int

    @property
    def D(self) -> Instance:
        """The instance."""
        return self.system.D

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """The face of each entry of h, and the column of its V."""
        faces = enumerate(self.system.faces)
        return [(a, j) for a, f in faces for j in range(len(f.columns))]

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return len(self.places) + len(self.system.faces) + len(self.system.Z)

    @cached_property
    def columns(self) -> tuple[list[Row], Row]:
        """The columns of all V, of Z, and y, as integers, with a denominator for each."""
        D, n = self.D, self.D.n
        faces = self.system.faces
        D.clock.hold((len(self.places) + len(self.system.Z) + 1) * n, 256, "witness.faces")
        rows, dens = [], []
        for a, j in self.places:
            row = [0] * n
            for i, t in zip(faces[a].at, faces[a].columns[j], strict=True):
                row[i] = t
            rows.append(row)
            dens.append(faces[a].den)
        for z in (*self.system.Z, D.y):
            row, den = cleared(z, D.clock)
            rows.append(list(row))
            dens.append(den)
        return rows, dens

    @cached_property
    def products(self) -> list[list[Fraction]]:
        """The products of those columns, each sample times its weight."""
        (rows, dens), clock = self.columns, self.D.clock
        weights, over = cleared(self.D.weights, clock)
        clock.hold(len(rows) ** 2, 512, "witness.faces")
        found: list[list[Fraction]] = [[] for _ in rows]
        for i, row in enumerate(rows):
            weighted = list(map(mul, row, weights))
            for j in range(i + 1):
                clock.tick()
                total = sum(map(mul, weighted, rows[j]))
                t = Fraction(total, dens[i] * dens[j] * over)
                found[i].append(t)
                if j < i:
                    found[j].append(t)
        return found

    @cached_property
    def rows(self) -> list[tuple[Row, int]]:
        """The rows of the products but the last, as integers over a denominator."""
        return [cleared(row, self.D.clock) for row in self.products[:-1]]

    def parts(self, x: Numbers) -> tuple[list[Numbers], Numbers, Numbers]:
        """Return h by faces, e, lambda."""
        k, N, h, at = len(self.system.faces), len(self.places), [], 0
        for f in self.system.faces:
            h.append(x[at : at + len(f.columns)])
            at += len(f.columns)
        return h, x[N : N + k], x[N + k :]

    def masses(self, x: Numbers) -> Numbers:
        """Return ``e_a h_a``, lambda and -1: with the columns of V, of Z, and y."""
        h, e, free = self.parts(x)
        moved = [t * w for part, w in zip(h, e, strict=True) for t in part]
        return [*moved, *free, Interval.around(-1, -1, self.bits)]

    def values(self, x: Numbers) -> Numbers:
        """Return the values of the system at x: the last equations have their sign turned."""
        N, k, found = len(self.places), len(self.system.faces), []
        masses = self.masses(x)
        h, _, _ = self.parts(x)
        for i, (num, den) in enumerate(self.rows):
            self.D.clock.tick()
            total = linear(num, den, masses, self.bits)
            found.append(total + x[i] if i < N else total)
        squares = [inner(part, part, self.bits) - self.D.beta_squared for part in h]
        return [*found[:N], *squares, *found[N:]] if k else found

    def doubled(self, x: Numbers) -> Iterator[tuple[Row, Row]]:
        """Yield the columns of the Jacobian: lower plus upper ends, and their differences."""
        return (self.column(j, x) for j in range(self.size))

    def column(self, j: int, x: Numbers) -> tuple[Row, Row]:
        """Return column j."""
        N, k, bits = len(self.places), len(self.system.faces), self.bits
        h, e, _ = self.parts(x)
        nothing = Interval(0, 0, bits)
        squares = [nothing] * k
        table = self.products[:-1]
        if j < N:
            a, place = self.places[j]
            found = [e[a] * row[j] for row in table]
            found[j] = found[j] + 1
            squares[a] = 2 * h[a][place]
        elif j < N + k:
            a = j - N
            at = [i for i, (b, _) in enumerate(self.places) if b == a]
            found = []
            for row in table:
                num, den = cleared([row[i] for i in at], self.D.clock)
                found.append(linear(num, den, h[a], bits))
        else:
            found = [Interval.around(row[j - k], row[j - k], bits) for row in table]
        every = [*found[:N], *squares, *found[N:]]
        return [t.low + t.high for t in every], [t.high - t.low for t in every]

    def whole(self, x: Numbers) -> Numbers:
        """Return kappa, e and lambda."""
        D, (h, e, free) = self.D, self.parts(x)
        fit = [Interval(0, 0, self.bits)] * D.n
        for f, part, w in zip(self.system.faces, h, e, strict=True):
            moved = [t * w for t in part]
            D.clock.tick()
            for i in f.at:
                fit[i] = fit[i] + linear(f.V[i], f.den, moved, self.bits)
        for z, t in zip(self.system.Z, free, strict=True):
            fit = [p + t * share for p, share in zip(fit, z, strict=True)]
        rows = zip(D.y, fit, D.weights, strict=True)
        return [*((y - t) * w for y, t, w in rows), *e, *free]


def eliminated(S: System) -> Eliminated:
    """Return the system without kappa; the loss is squared."""
    plain = not (S.D.exactly or S.D.lifted or S.pins)
    require(plain, "data.loss", "kappa is eliminated for the squared loss only")
    return Eliminated(S, S.bits)


def solved(S: System, witness: Json) -> Numbers:
    """Return kappa, e and lambda, with which each g has its covector."""
    E = eliminated(S)
    x = E.whole(solution(E, witness)[0])
    atoms_hold(S, x[: S.D.n])
    return x
