"""Claim *enclosed*: N, fit and atoms in intervals, the one optimum in them; N is feasible (B7).

Where what neurons see is free each direction stands for its opposite as well.

Feasible as in ``faces``, but the slack of a leaf must exceed what its identity is off. A leaf in
the closure of a kernel's face is *pinned*: on the hull of that face ``D U = 0`` exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ...kernel.intervals import (
    Interval,
    Numbers,
    enclosed,
    inner,
    linear,
    regular,
    solution,
    valued,
)
from ...kernel.numbers import Scalar, Vector, cleared, dot
from ...kernel.reading import Json, array, record, require, whole
from ..dual import Charted
from .faces import WHERE, Cell, Term, keys_of, leaf, on_topes
from .outputs import SYSTEM, Face, Outputs, face_of
from .standing import Standing, fits_of
from .system import System, exact_rows, held
from .ties import Tied, resting, tied

CLAIM, LEAST, MOST = "claims.enclosed", 32, 1 << 16
MOST_LN, MOST_TWINS = 1 << 13, 12


@dataclass
class Proved:
    """The solution of the system, and rational directions near its kernels."""

    S: System
    x: Numbers
    centre: list[Fraction]
    follow: Json  # fits that follow from others

    @property
    def given(self) -> list[Face]:
        """The faces of atoms whose mass is given: it may be 0."""
        return [self.S.faces[i] for i, _ in self.S.tied]

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
        found: list[Numbers] = []
        for x in inputs:
            D.clock.tick()
            found.append([linear(x, D.scale, N, S.bits) for N in columns])
        return found


def size(x: Interval) -> Fraction:
    """Return a bound of the absolute value."""
    return Fraction(max(abs(x.low), abs(x.high)), 1 << x.bits)


def proved(D: Outputs, standing: Standing, claim: Json, witness: Json) -> Proved:
    """Return the solution after proving it, and the claimed ends and signs."""
    require(D.field.degree == 1, "field", "beside intervals numbers are rational")
    keys = "bits pivots centre radius inverse held follow tied shared"
    record(witness, keys, SYSTEM)
    bits = whole(witness["bits"], SYSTEM, LEAST, MOST)
    atoms, continua = (array(claim[name], CLAIM) for name in ("atoms", "continua"))
    pivots = array(witness["pivots"], SYSTEM, len(atoms) + len(continua))
    faces: list[Face] = []
    for entry, pivot in zip([*atoms, *continua], pivots, strict=True):
        keys = "face g mass" if len(faces) < len(atoms) else "face kernel neurons"
        record(entry, keys, CLAIM)
        covector = [whole(t, CLAIM, -1, 1) for t in array(entry["face"], CLAIM, D.n)]
        faces.append(face_of(D, covector, pivot))
        D.clock.hold(sum(len(face.rows) * face.w for face in faces), 64, CLAIM)
        fine = (faces[-1].k > 1) == (len(faces) > len(atoms))
        require(fine, CLAIM, "an atom is a line, a continuum is more")
    for part in (faces[: len(atoms)], faces[len(atoms) :]):
        keyed = [[-t for t in face.covector] for face in part]
        ordered = all(one < other for one, other in pairwise(keyed))
        require(ordered, CLAIM, "not in order, or not distinct")
    require(bits <= MOST_LN or not standing.curved, CLAIM, "too many bits for logarithms")
    known: dict[int, Fraction] = {}
    entries: Tied = {}
    if array(witness["held"], SYSTEM):
        known = held(D, standing, witness["held"])
    if array(witness["tied"], SYSTEM):
        resting(D, faces, standing, len(known), witness["tied"])
        entries = tied(D, faces, witness["tied"])
    S = System(D, faces, bits, standing, known, entries)
    D.clock.hold(S.size**2, 2 * bits, SYSTEM)
    P = Proved(S, *solution(S, witness, SYSTEM), witness["follow"])
    for e, t in S.pinned.items():
        P.x[e] = S.point(t)
    for face, entry in zip(faces, [*atoms, *continua], strict=True):
        atom(P, face, entry) if face.k == 1 else continuum(P, face, entry)
    stated(P, claim)
    return P


def atom(P: Proved, face: Face, entry: Json) -> None:
    """Prove that an atom has its mass and its signs: those that are not 0 strictly."""
    U, S = P.S.kernel(face, P.x)
    least = S[0][0].low
    fine = least > 0 or (least == 0 and face in P.given)
    require(fine, CLAIM, "a mass is not proved to be positive")
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
    """Prove the fits, the ends of N and of them, and of the objective ``-L*(-N)``."""
    D, N = P.S.D, P.x[: P.S.D.entries]
    fit = fits_of(P)
    for name, values in (("kappa", N), ("fit", fit)):
        for read, t in zip(D.entered(claim[name], CLAIM), values, strict=True):
            D.clock.tick()
            enclosed(D.clock, read, t, CLAIM)
    valued(D.clock, claim["objective"], P.S.standing.value(N), CLAIM)


def sides(k: int, *, even: bool) -> list[int]:
    """Return the supports of the vertices, in order: of atoms, or of each or its opposite."""
    if not even:
        return [(1 << k) - 1]
    require(k <= MOST_TWINS, CLAIM, "too many atoms with opposite ones")
    found = [sum(1 << i + k * (s >> i & 1) for i in range(k)) for s in range(1 << k)]
    return sorted(found, key=lambda b: [i for i in range(2 * k) if b >> i & 1])


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

    exact: Mapping[
        int, Vector
    ]  # rows of N that are known; of the hull of a face none is asked

    def strictly(self, level: Scalar, read: Json) -> None:
        """Prove ``level |u|^2 - |h|^2 > `` terms for u != 0: the slack exceeds what is off."""
        self.exceeds(level, read, (), Fraction(0))

    def exceeds(
        self, level: Scalar, read: Json, more: Sequence[Term], apart: Fraction
    ) -> None:
        """Prove the same with more terms, which are off by so much."""
        slack = self.weight(read["slack"])
        terms, _ = self.terms(read)
        left = self.off_by(level, slack, [*more, *terms]) + apart
        require(slack > left, WHERE, "the slack does not exceed what an identity is off")

    def reaches(self, level: Scalar, w: Vector) -> bool:
        """Return whether ``|h|^2 >= level |w|^2`` for every N of the intervals."""
        bits = self.M[0][0].bits
        h = [linear(list(map(int, w)), 1, list(c), bits) for c in zip(*self.M, strict=True)]
        reached: Interval = inner(h, h, bits) - level * dot(w, w)
        return reached.low >= 0

    def pulled(self, u: list[Scalar]) -> list[Scalar]:
        """Return ``E X u`` but where N is exact, modulo Z, and ``M'u`` of the rest.

        If all that is 0 so is ``M'u``.
        """
        pairs = zip(self.D.X, self.signs, strict=True)
        seen = [dot(x, u) if s > 0 else 0 for x, s in pairs]
        told = [[seen[k] * t for t in row] for k, row in self.exact.items()]
        outputs = [sum(column) for column in zip(*told, strict=True)]
        open_rows = [0 if k in self.exact else t for k, t in enumerate(seen)]
        return [*self.D.left(open_rows), *outputs]


def bounded(P: Proved, charted: Charted) -> None:
    """Prove N feasible on every closed tope, and tight at the kernels only."""
    exact = exact_rows(P.S.D, P.S.standing, P.S.used)

    def cell_of(signs: list[int], active: int) -> Known:
        del active
        cell = Known(P.S.D, signs, P.pull(signs), 1)
        cell.exact = exact
        return cell

    def tight(cell: Known, read: Json) -> None:
        if "face" in keys_of(read):
            pinned(P, cell, read)
            return
        record(read, "slack squares pairs walls", WHERE)
        cell.strictly(cell.D.beta_squared, read)

    on_topes(P.S.D, charted, cell_of, lambda cell, read: leaf(cell, tight, read))


def pinned(P: Proved, cell: Known, read: Json) -> None:
    """Prove that of a cell in the closure of a kernel's face only the kernel is tight.

    On the hull of the face ``D U = 0``, so for ``u = U a + v``, v orthogonal to U,
    ``u'D u = v'D v``; and ``beta^2 |v|^2 - v'Hv + weight sum (r'v)^2`` exceeds a part of
    ``|v|^2``, r near U. The rows off which the cell is not the face's vanish, or N is 0 there,
    and the kernel is *apart*. Where what neurons see is free ``X'N = 0``: the opposite face has
    the same form.
    """
    D = P.S.D
    beside = "apart" in read
    record(read, "face weight slack squares walls" + " apart" * beside, WHERE)
    i = whole(read["face"], WHERE, 0, len(P.S.faces) * (1 + D.even) - 1)
    side, i = (1, -1)[i // len(P.S.faces)], i % len(P.S.faces)
    face = P.S.faces[i]
    covector = [side * t for t in face.covector]
    pairs = enumerate(zip(cell.signs, covector, strict=True))
    other = {k for k, (s, t) in pairs if s not in (0, t) and not cell.vanishing >> k & 1}
    dead = {k for k, row in cell.exact.items() if not any(row)}
    alike = beside and all(covector[k] and k in dead for k in other)
    require(alike or not other, WHERE, "a cell is not in the closure of that face")
    signs = [t or s for s, t in zip(cell.signs, covector, strict=True)]
    zeros = sum(1 << k for k, t in enumerate(covector) if t == 0 and cell.signs[k])
    hull = Known(D, signs, P.pull(signs), 1, 0, zeros)
    weight = hull.weight(read["weight"])
    near, square = P.near(face)
    more: list[Term] = [(-1 * weight, r, r) for r in near]
    hull.exceeds(D.beta_squared, read | {"pairs": []}, more, weight * square)
    if beside:
        missed(P, cell, face, read["apart"])


def missed(P: Proved, cell: Known, face: Face, read: Json) -> None:
    """Prove that a kernel misses a cell: a positive combination of strict rows is 0 on it."""
    D, g = P.S.D, P.directions(face)
    rows = [cell.row(k, cell.strict) for k in array(read, WHERE, face.k + 1)]
    seen = [[linear(list(map(int, x)), 1, v, P.S.bits) for v in g] for x in rows]
    first = [-1 * t for t in seen[0]]
    for share in regular(D.clock, seen[1:], first, WHERE):
        require(share.low > 0, WHERE, "a combination of rows is not proved to be positive")
