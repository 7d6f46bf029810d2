"""Claim *enclosed*: N, fit and atoms in intervals, the one optimum in them (B7).

As in ``faces``, but N is known in intervals, and the slack of a leaf must exceed what its
identity is off. A leaf at the hull of an atom's face is *pinned*: there ``D g = 0`` exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ...kernel.intervals import Interval, Numbers, enclosed, inner, linear
from ...kernel.numbers import Scalar, dot
from ...kernel.reading import Json, array, record, require, whole
from ..topes import Charted
from .faces import closed, in_hull, off
from .forms import WHERE, Cell, Term
from .outputs import Outputs
from .system import Face, System, face_of, solution

CLAIM, LEAST, MOST = "claims.enclosed", 32, 1 << 16


@dataclass
class Proved:
    """The solution of the system, and directions of the atoms: rational ones, and how near."""

    S: System
    x: Numbers
    centre: list[Fraction]

    def coordinates(self, face: Face) -> tuple[Numbers, Interval]:
        """Return the coordinates of an atom, its 1 or -1 among them, and its mass."""
        own = self.x[face.first : face.first + face.w]
        one = self.S.point(face.one)
        return [*own[: face.pivot], one, *own[face.pivot : -1]], own[-1]

    def direction(self, face: Face) -> Numbers:
        """Return the g of an atom."""
        a, _ = self.coordinates(face)
        columns = zip(*face.basis, strict=True)
        return [linear(list(map(int, c)), 1, a, self.S.bits) for c in columns]

    def near(self, face: Face) -> tuple[list[Fraction], Fraction]:
        """Return a rational direction near an atom, and a bound of ``|g - it|^2``."""
        own = self.centre[face.first : face.first + face.w - 1]
        a = [*own[: face.pivot], Fraction(face.one), *own[face.pivot :]]
        rational = [dot(a, column) for column in zip(*face.basis, strict=True)]
        apart = [g - t for g, t in zip(self.direction(face), rational, strict=True)]
        return rational, sum((size(t) ** 2 for t in apart), Fraction(0))


def size(x: Interval) -> Fraction:
    """Return a bound of the absolute value."""
    return Fraction(max(abs(x.low), abs(x.high)), 1 << x.bits)


def proved(D: Outputs, claim: Json, witness: Json) -> Proved:
    """Return the solution after proving it, and the claimed ends and signs."""
    require(D.piece == "smooth", CLAIM, "intervals are for the squared loss")
    require(D.field.degree == 1, "field", "beside intervals numbers are rational")
    record(witness, "bits pivots centre radius inverse", "witness.system")
    bits = whole(witness["bits"], "witness.system", LEAST, MOST)
    faces: list[Face] = []
    before: list[int] | None = None
    listed = array(claim["atoms"], CLAIM)
    pivots = array(witness["pivots"], "witness.system", len(listed))
    for entry, pivot in zip(listed, pivots, strict=True):
        record(entry, "face g mass", CLAIM)
        covector = [whole(t, CLAIM, -1, 1) for t in array(entry["face"], CLAIM, D.n)]
        key = [-t for t in covector]
        require(before is None or before < key, CLAIM, "not in order, or not distinct")
        before = key
        faces.append(face_of(D, covector, pivot))
    S = System(D, faces, bits)
    P = Proved(S, *solution(S, witness))
    for face, entry in zip(faces, listed, strict=True):
        atom(P, face, entry)
    stated(P, claim)
    return P


def atom(P: Proved, face: Face, entry: Json) -> None:
    """Prove that an atom has its mass and its signs: those that are not 0 strictly."""
    D, bits = P.S.D, P.S.bits
    a, mass = P.coordinates(face)
    require(mass.low > 0, CLAIM, "a mass is not proved to be positive")
    enclosed(D.clock, entry["mass"], mass, CLAIM)
    g = P.direction(face)
    for read, t in zip(array(entry["g"], CLAIM, D.d), g, strict=True):
        enclosed(D.clock, read, t, CLAIM)
    for k, s in enumerate(face.covector):
        row = [int(dot(D.X[k], b)) for b in face.basis]
        z = linear(row, D.scale, a, bits)
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
    D, S = P.S.D, P.S
    proofs, at = array(charted.bounds, WHERE), 0
    for active in charted.topes:
        require(at < len(proofs), WHERE, "a tope has no tree")
        rows = [k for k in range(D.n) if active >> k & 1]
        signs = [0] * D.n
        for k in charted.chart.rows:
            signs[k] = 1 if active >> k & 1 else -1
        columns = [[S.N(P.x, j)[k] for k in rows] for j in range(D.c)]
        inputs = [[int(D.X[k][i]) for k in rows] for i in range(D.d)]
        M = [[linear(x, D.scale, N, S.bits) for N in columns] for x in inputs]
        cell = Known(D, signs, M, 1)
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
    elif "atom" in keys:
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
    """Prove that only the ray of an atom is tight on the hull of its face.

    ``D g = 0`` there, so for ``u = t g + v``, v orthogonal to g, ``u'D u = v'D v``; and
    ``beta^2 |v|^2 - v'Hv + weight (r'v)^2`` exceeds a part of ``|v|^2``, r near g.
    """
    record(read, "atom weight slack squares walls", WHERE)
    face = P.S.faces[whole(read["atom"], WHERE, 0, len(P.S.faces) - 1)]
    zeros = sum(1 << k for k, s in enumerate(cell.signs) if s and not face.covector[k])
    agree = all(s in (0, t) for s, t in zip(face.covector, cell.signs, strict=True))
    here = agree and zeros == cell.vanishing
    require(here, WHERE, "an atom is not in the hull of this cell")
    weight = cell.weight(read["weight"])
    r, square = P.near(face)
    more: list[Term] = [(-1 * weight, r, r)]
    apart = weight * square
    fits(cell, cell.D.beta_squared, read | {"pairs": []}, more, apart)


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
