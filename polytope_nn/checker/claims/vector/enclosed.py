"""Claim *enclosed*: N, fit and atoms in intervals, the one optimum in them (B7).

Where what neurons see is free each direction stands for its opposite as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ...kernel.intervals import Interval, Numbers, enclosed, linear, regular, valued
from ...kernel.numbers import Vector, cleared, dot
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, record, require, whole
from ..system.krawczyk import solution
from .kernels import WHERE, Face, face_of, tied
from .outputs import Outputs
from .standing import Standing, held, resting
from .system import System

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
    record(witness, keys, "witness.system")
    bits = whole(witness["bits"], "witness.system", LEAST, MOST)
    atoms, continua = (array(claim[name], CLAIM) for name in ("atoms", "continua"))
    pivots = array(witness["pivots"], "witness.system", len(atoms) + len(continua))
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
    known = held(D, standing, witness["held"])
    resting(D, faces, standing, len(known), witness["tied"])
    S = System(D, faces, bits, standing, known, tied(D, faces, witness["tied"]))
    D.clock.hold(S.size**2, 2 * bits, WHERE)
    P = Proved(S, *solution(S, witness, WHERE), witness["follow"])
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


def fits_of(P: Proved) -> Numbers:
    """Return the fits, proved to belong to N.

    What is made is known where all that is free is held and active faces have an output of 0:
    N is given at all of its active samples, and ``R'N = 0``, or it is an atom that alone makes a
    fit of 0 in that output, as what is free does not; and rows that are combinations
    of others in all that faces and the free part see have the same combination of their fits; and
    so have outputs, where it is that of h of all atoms there (proofs/vector.md V16).
    """
    S, D = P.S, P.S.D
    made = S.made(P.x, [S.state(face, P.x) for face in S.faces])
    known, labels = S.standing.labels, S.standing.labels
    for e in range(D.entries):
        j, k = divmod(e, D.n)
        D.clock.tick()
        unused = all(silent(S, f, j, labels) for f in S.used if k in f.rows)
        if unused and all(m in S.held for m, g in enumerate(S.G) if g[e]):
            known[e] = sum((t * S.G[m][e] for m, t in S.held.items()), Fraction(0))
    for e, t in followed(S, known, P.follow):
        known[e] = t
    return S.standing.proved(P.x[: D.entries], made, known)


def silent(S: System, face: Face, j: int, labels: Mapping[int, Fraction]) -> bool:
    """Return whether an output of a face is 0 because of what is given, or of a fit of 0."""
    if face.k == 1 and any(
        alone(S, face, j, k) for k in face.rows if labels.get(j * S.D.n + k) == 0
    ):
        return True
    S.D.clock.tick()
    total = [Fraction(0)] * face.w
    for k, row in face.rows.items():
        e = j * S.D.n + k
        t = Fraction(0) if e in S.standing.nothing else S.standing.given(e)
        if t is None:
            return False
        total = [s + t * x for s, x in zip(total, row, strict=True)]
    return not any(total)


def alone(S: System, face: Face, j: int, k: int) -> bool:
    """Return whether a face alone makes an output of a fit, nothing free with it."""
    S.D.clock.tick()
    others = any(k in f.rows for f in S.used if f is not face)
    return not others and not any(g[j * S.D.n + k] for g in S.G)


def followed(
    S: System, known: Mapping[int, Fraction], read: Json
) -> Iterator[tuple[int, Fraction]]:
    """Yield fits that follow from known ones, their rows multiplied out."""
    D, where = S.D, "witness.system"
    rows = [seen_row(S, k) for k in range(D.n)]
    for entry in array(read, where):
        if len(array(entry, where)) > 2:
            yield across(S, known, entry)
            continue
        e, listed = array(entry, where, 2)
        j, k = divmod(whole(e, where, 0, D.entries - 1), D.n)
        terms, total = list[tuple[Fraction, Vector]](), Fraction(0)
        for pair in array(listed, where):
            i, t = array(pair, where, 2)
            i, share = whole(i, where, 0, D.n - 1), D.field.rational(t, where)
            terms.append((share, rows[i]))
            total += share * fit(known, j * D.n + i)
        place = (where, "a row is not that combination of others")
        combination(terms, rows[k], D.clock.tick, place)
        yield e, total


def across(
    S: System, known: Mapping[int, Fraction], entry: Sequence[Json]
) -> tuple[int, Fraction]:
    """Return a fit that is a multiple of another output's, or 0: of each of its atoms h is.

    A sample tells that of one atom, where it is so of the fit and of all other atoms there.
    """
    D, where = S.D, "witness.system"
    read, listed, samples = array(entry, where, 3)
    e = whole(read, where, 0, D.entries - 1)
    j, k = divmod(e, D.n)
    pairs = [array(pair, where, 2) for pair in array(listed, where)]
    shares = [(whole(i, where, 0, D.c - 1), D.field.rational(t, where)) for i, t in pairs]
    told: list[Face] = []
    for read_sample in array(samples, where):
        l = whole(read_sample, where, 0, D.n - 1)
        made = sum((t * fit(known, i * D.n + l) for i, t in shares), Fraction(0))
        fine = made == fit(known, j * D.n + l)
        require(fine, where, "outputs of a sample are not in proportion")
        told += lone(S, l, told, 1)
    lone(S, k, told, 0)
    return e, sum((t * fit(known, i * D.n + k) for i, t in shares), Fraction(0))


def fit(known: Mapping[int, Fraction], e: int) -> Fraction:
    """Return a fit that is known."""
    require(e in known, "witness.system", "a fit is not known that others follow from")
    return known[e]


def lone(S: System, k: int, told: Sequence[Face], most: int) -> list[Face]:
    """Return the faces at a sample of which nothing is told, after proving them so few, and lines.

    And that nothing free is at the sample.
    """
    S.D.clock.tick()
    found = [f for f in S.used if k in f.rows and not any(f is g for g in told)]
    free = any(g[j * S.D.n + k] for g in S.G for j in range(S.D.c))
    fine = len(found) <= most and all(f.k == 1 for f in found) and not free
    require(fine, "witness.system", "a sample sees more than one atom that is not told")
    return found


def seen_row(S: System, k: int) -> Vector:
    """Return what all faces see of a sample in their hulls, and what is free of it."""
    parts = [f.rows.get(k, [0] * f.w) for f in S.faces]
    return [*(Fraction(t) for own in parts for t in own), *(z[k] for z in S.D.Z)]


def sides(k: int, *, even: bool) -> list[int]:
    """Return the supports of the vertices, in order: of atoms, or of each or its opposite."""
    if not even:
        return [(1 << k) - 1]
    require(k <= MOST_TWINS, CLAIM, "too many atoms with opposite ones")
    found = [sum(1 << i + k * (s >> i & 1) for i in range(k)) for s in range(1 << k)]
    return sorted(found, key=lambda b: [i for i in range(2 * k) if b >> i & 1])
