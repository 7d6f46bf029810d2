"""Claim *enclosed*: N, fit and atoms in intervals, the one optimum in them (B7).

As in ``faces``, but N is known in intervals, and the slack of a leaf must exceed what its
identity is off. A leaf in the closure of a kernel's face is *pinned*: on the hull of that face
``D U = 0`` exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise

from ...kernel.intervals import Interval, Numbers, enclosed, inner, linear, regular
from ...kernel.numbers import Scalar, cleared, dot
from ...kernel.reading import Json, array, record, require, whole
from ..topes import Charted
from .faces import closed, in_hull, off
from .forms import WHERE, Cell, Term
from .kernels import Face, face_of
from .outputs import Outputs
from .system import System, solution

CLAIM, LEAST, MOST = "claims.enclosed", 32, 1 << 16


@dataclass
class Proved:
    """The solution of the system, and rational directions near its kernels."""

    S: System
    x: Numbers
    centre: list[Fraction]

    def directions(self, face: Face) -> list[Numbers]:
        """Return the basis of a kernel in R^d."""
        U, _ = self.S.kernel(face, self.x)
        return [self.lifted(face, list(u)) for u in zip(*U, strict=True)]

    def lifted(self, face: Face, a: Numbers) -> Numbers:
        """Return ``B a``."""
        columns = zip(*face.basis, strict=True)
        return [linear(list(map(int, c)), 1, a, self.S.bits) for c in columns]

    def near(self, face: Face) -> tuple[list[list[Fraction]], Fraction]:
        """Return rational vectors near that basis, and a bound of their squared distances."""
        own, k = self.centre[face.first :], face.k
        rows = [[Fraction(0)] * k for _ in range(face.w)]
        for m, i in enumerate(face.pivots):
            rows[i][m] = Fraction(face.one)
        for at, i in enumerate(face.others):
            rows[i] = own[at * k : (at + 1) * k]
        found, apart = [], Fraction(0)
        for u, g in zip(zip(*rows, strict=True), self.directions(face), strict=True):
            found.append([dot(u, column) for column in zip(*face.basis, strict=True)])
            apart += sum(size(t - r) ** 2 for t, r in zip(g, found[-1], strict=True))
        return found, apart

    def pull(self, signs: Sequence[int]) -> list[Numbers]:
        """Return ``X'E N`` of the rows with the sign 1, shape (d, c)."""
        D, S = self.S.D, self.S
        rows = [k for k, s in enumerate(signs) if s > 0]
        columns = [[S.N(self.x, j)[k] for k in rows] for j in range(D.c)]
        inputs = [[int(D.X[k][i]) for k in rows] for i in range(D.d)]
        return [[linear(x, D.scale, N, S.bits) for N in columns] for x in inputs]


def size(x: Interval) -> Fraction:
    """Return a bound of the absolute value."""
    return Fraction(max(abs(x.low), abs(x.high)), 1 << x.bits)


def proved(D: Outputs, claim: Json, witness: Json) -> Proved:
    """Return the solution after proving it, and the claimed ends and signs."""
    require(D.piece == "smooth", CLAIM, "intervals are for the squared loss")
    require(D.field.degree == 1, "field", "beside intervals numbers are rational")
    record(witness, "bits pivots centre radius inverse", "witness.system")
    bits = whole(witness["bits"], "witness.system", LEAST, MOST)
    atoms, continua = (array(claim[name], CLAIM) for name in ("atoms", "continua"))
    pivots = array(witness["pivots"], "witness.system", len(atoms) + len(continua))
    faces: list[Face] = []
    for entry, pivot in zip([*atoms, *continua], pivots, strict=True):
        keys = "face g mass" if len(faces) < len(atoms) else "face kernel neurons"
        record(entry, keys, CLAIM)
        covector = [whole(t, CLAIM, -1, 1) for t in array(entry["face"], CLAIM, D.n)]
        faces.append(face_of(D, covector, pivot))
        fine = (faces[-1].k > 1) == (len(faces) > len(atoms))
        require(fine, CLAIM, "an atom is a line, a continuum is more")
    for part in (faces[: len(atoms)], faces[len(atoms) :]):
        keyed = [[-t for t in face.covector] for face in part]
        ordered = all(one < other for one, other in pairwise(keyed))
        require(ordered, CLAIM, "not in order, or not distinct")
    S = System(D, faces, bits)
    P = Proved(S, *solution(S, witness))
    for face, entry in zip(faces, [*atoms, *continua], strict=True):
        atom(P, face, entry) if face.k == 1 else continuum(P, face, entry)
    stated(P, claim)
    return P


def atom(P: Proved, face: Face, entry: Json) -> None:
    """Prove that an atom has its mass and its signs: those that are not 0 strictly."""
    U, S = P.S.kernel(face, P.x)
    require(S[0][0].low > 0, CLAIM, "a mass is not proved to be positive")
    enclosed(P.S.D.clock, entry["mass"], S[0][0], CLAIM)
    (g,) = P.directions(face)
    ends(P, entry["g"], g)
    inside(P, face, [u for (u,) in U])


def continuum(P: Proved, face: Face, entry: Json) -> None:
    """Prove that neurons strictly inside a continuum make its S: as many as S has entries."""
    D, where = P.S.D, CLAIM
    U, S = P.S.kernel(face, P.x)
    for read, g in zip(
        array(entry["kernel"], where, face.k), P.directions(face), strict=True
    ):
        ends(P, read, g)
    columns, neurons = [], array(entry["neurons"], where, len(face.entries))
    for neuron in neurons:
        record(neuron, "at mass", where)
        b = [D.field.rational(t, where) for t in array(neuron["at"], where, face.k)]
        num, den = cleared(b, D.clock)
        inside(P, face, [linear(list(num), den, row, P.S.bits) for row in U])
        columns.append([P.S.point(b[m] * b[o]) for m, o in face.entries])
    right = [S[m][o] for m, o in face.entries]
    for neuron, t in zip(neurons, regular(D.clock, columns, right, where), strict=True):
        require(t.low > 0, where, "a mass is not proved to be positive")
        enclosed(D.clock, neuron["mass"], t, where)


def ends(P: Proved, read: Json, g: Numbers) -> None:
    """Prove the claimed ends of a vector of R^d."""
    for pair, t in zip(array(read, CLAIM, P.S.D.d), g, strict=True):
        enclosed(P.S.D.clock, pair, t, CLAIM)


def inside(P: Proved, face: Face, a: Numbers) -> None:
    """Prove that ``B a`` is in the open face."""
    D = P.S.D
    for k, s in enumerate(face.covector):
        row = [int(dot(D.X[k], b)) for b in face.basis]
        z = linear(row, D.scale, a, P.S.bits)
        strict = s == 0 or (z.low > 0 if s > 0 else z.high < 0)
        require(strict, CLAIM, "a sign of X g is not proved")


def stated(P: Proved, claim: Json) -> None:
    """Prove the ends of N, fit and objective ``L(fit) + <N, fit>``."""
    D, bits = P.S.D, P.S.bits
    N = P.x[: D.entries]
    apart = [t * D.inverse(i % D.n) for i, t in enumerate(N)]
    fit = [y - t for y, t in zip(D.flat.y, apart, strict=True)]
    for name, values in (("kappa", N), ("fit", fit)):
        for read, t in zip(D.entered(claim[name], CLAIM), values, strict=True):
            D.clock.tick()
            enclosed(D.clock, read, t, CLAIM)
    value = inner(N, apart, bits) * Fraction(1, 2) + inner(N, fit, bits)
    enclosed(D.clock, claim["objective"], value, CLAIM)


class Known(Cell):
    """A cell where M is known in intervals, of scale 1."""

    def off_by(self, level: Scalar, slack: Scalar, terms: Sequence[Term]) -> Fraction:
        """Return a bound of the form that an identity leaves: its largest sum of a row."""
        D, bits, most = self.D, self.M[0][0].bits, Fraction(0)
        for j in range(D.d):
            total = Fraction(0)
            for k in range(D.d):
                D.clock.tick()
                rest = (level - slack) * int(j == k)
                for c, x, y in terms:
                    rest = rest - Fraction(c) * (x[j] * y[k] + x[k] * y[j]) / 2
                left = Interval.around(rest, rest, bits)
                total += size(left - inner(self.M[j], self.M[k], bits))
            most = max(most, total)
        return most

    def pulled(self, u: list[Scalar]) -> list[Scalar]:
        """Return ``E X u``: where it is 0 so is ``M'u``, whatever N is."""
        return [dot(x, u) for x, s in zip(self.D.X, self.signs, strict=True) if s > 0]


def bounded(P: Proved, charted: Charted) -> None:
    """Prove N feasible on every closed tope, and tight at the atoms only."""
    D = P.S.D
    proofs, at = array(charted.bounds, WHERE), 0
    for active in charted.topes:
        require(at < len(proofs), WHERE, "a tope has no tree")
        signs = [0] * D.n
        for k in charted.chart.rows:
            signs[k] = 1 if active >> k & 1 else -1
        cell = Known(D, signs, P.pull(signs), 1)
        closed(D, cell, partial(leaf, P, cell), proofs[at])
        at += 1
    require(at == len(proofs), WHERE, "there are more trees than topes")


def leaf(P: Proved, cell: Known, read: Json) -> None:
    """Prove a leaf: below, pinned, above or off."""
    keys = set(read) if type(read) is dict else set()
    if "level" in keys:
        above(cell, read)
    elif "rows" in keys:
        off(cell, read)
    elif "face" in keys:
        pinned(P, cell, read)
    else:
        record(read, "slack squares pairs walls", WHERE)
        fits(cell, cell.D.beta_squared, read, [], Fraction(0))


def fits(cell: Known, level: Scalar, read: Json, more: list[Term], apart: Fraction) -> None:
    """Prove ``level |u|^2 - |h|^2 > `` terms for u != 0: the slack exceeds what is off."""
    slack = cell.weight(read["slack"])
    terms, _ = cell.terms(read)
    left = cell.off_by(level, slack, [*more, *terms]) + apart
    require(slack > left, WHERE, "the slack does not exceed what an identity is off")


def pinned(P: Proved, cell: Known, read: Json) -> None:
    """Prove that of a cell in the closure of a kernel's face only the kernel is tight.

    On the hull of the face ``D U = 0``, so for ``u = U a + v``, v orthogonal to U,
    ``u'D u = v'D v``; and ``beta^2 |v|^2 - v'Hv + weight sum (r'v)^2`` exceeds a part of
    ``|v|^2``, r near U. The rows off which the cell is not the face's vanish.
    """
    D = P.S.D
    record(read, "face weight slack squares walls", WHERE)
    face = P.S.faces[whole(read["face"], WHERE, 0, len(P.S.faces) - 1)]
    pairs = zip(cell.signs, face.covector, strict=True)
    apart = sum(1 << k for k, (s, t) in enumerate(pairs) if s not in (0, t))
    here = not apart & ~cell.vanishing
    require(here, WHERE, "a cell is not in the closure of that face")
    signs = [t or s for s, t in zip(cell.signs, face.covector, strict=True)]
    zeros = sum(1 << k for k, t in enumerate(face.covector) if t == 0 and cell.signs[k])
    hull = Known(D, signs, P.pull(signs), 1, 0, zeros)
    weight = hull.weight(read["weight"])
    near, square = P.near(face)
    more: list[Term] = [(-1 * weight, r, r) for r in near]
    fits(hull, D.beta_squared, read | {"pairs": []}, more, weight * square)


def above(cell: Known, read: Json) -> None:
    """Prove that the open face holds no eigenvector of the largest value on its hull."""
    D = cell.D
    record(read, "level vector slack squares pairs walls", WHERE)
    require(cell.decided, WHERE, "a row is not decided where a face must be open")
    level = D.field.number(read["level"], WHERE)
    fits(cell, level, read, [], Fraction(0))
    w = D.field.integers(read["vector"], D.d, WHERE)
    in_hull(cell, w)
    bits = cell.M[0][0].bits
    h = [linear(list(map(int, w)), 1, list(c), bits) for c in zip(*cell.M, strict=True)]
    reached = inner(h, h, bits) - level * dot(w, w)
    require(reached.low >= 0, WHERE, "the vector does not reach the level")
