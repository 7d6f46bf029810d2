"""The system that a certificate makes: its atoms, which of them are one face, what is free.

At its solution each g has its covector; atoms in no face are idle, pins are free. Two forms B may
be one modulo what is fitted freely: then both atoms are tight if one is.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from ...kernel.intervals import Numbers, linear, solution
from ...kernel.numbers import Vector, dot, over_common
from ...kernel.primitives import combination
from ...kernel.reading import (
    Json,
    array,
    indices,
    ordered,
    rationals,
    record,
    require,
    whole,
)
from ..instance import Chart, Instance
from ..polytope import independent
from .equations import Face, Signed, System, dual_basis, pins_of
from .identities import DUAL, resting

Made = TypeVar("Made", bound=System)


def atoms_of(D: Instance, claim: Json) -> list[Signed]:
    """Return the listed signs and covectors, which are in order and distinct."""
    where, atoms = "claims.atoms", []
    before: tuple[int, ...] | None = None
    for read in array(claim["list"], where):
        D.clock.tick()
        record(read, "sign covector", where)
        s = whole(read["sign"], where, -1, 1)
        signs = [whole(t, where, -1, 1) for t in array(read["covector"], where, D.n)]
        key = (-s, *(-t for t in signs))
        before = ordered(before, key, where)
        atoms.append((s, signs))
    return atoms


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
            keys = "relation unused" if "unused" in read and not S.linear else "relation"
            record(read, keys, where)
            S.related = True
            column = D.field.integers(read["relation"], D.n, where)
            S.Z.append([Fraction(t) for t in column])
            if "unused" in read:
                S.unused.append(rationals(read["unused"], D.n, where))
                continue
        else:
            u = D.field.integers(read, first.d, where)
            S.Z.append([Fraction(both * dot(x, u), D.scale * q) for x in first.X])
        S.linear += 1
    where = "witness.faces"
    for read in array(witness["faces"], where):
        D.clock.tick()
        group = indices(read, len(S.atoms), where)
        require(group, where, "a face has no atom")
        S.faces.append(face_of(S, group))
        held = sum(len(f.at) * D.d for f in S.faces[-1:]) * len(S.faces)
        D.clock.hold(held, 256, where)
    return S


def face_alone(S: System, a: int) -> Face:
    """Return the face of one atom."""
    right, left, q = S.D.unit.whole_slopes
    V, den = S.projected(a)
    slopes = {k: right if S.atoms[a][1][k] > 0 else left for k in V}
    bent = {k: [slopes[k] * t for t in row] for k, row in V.items() if slopes[k]}
    return Face([a], bent, den * q)


def face_of(S: System, group: list[int]) -> Face:
    """Return the face of some atoms; a flat adds its ``1_A`` to Z if it is not in it."""
    where = "witness.faces"
    first, *rest = group
    s, covector = S.atoms[first]
    if not rest:
        return face_alone(S, first)
    opposite = len(rest) == 1 and S.atoms[rest[0]] == (s, [-t for t in covector])
    if opposite and not S.related:
        right, left, q = S.D.unit.whole_slopes
        V, den = S.projected(first)
        apart = right - left
        signed = {k: [apart * covector[k] * t for t in row] for k, row in V.items()}
        return Face(group, signed, 2 * den * q, opposite=True)
    if len(rest) > 1 or S.anchor(first) is None:
        one = face_alone(S, first)
        whole_rows = S.D.anchors() == [None]
        require(whole_rows, where, "the atoms are not opposite, nor ends of a flat")
        beside = [alike(S, one, face_alone(S, a), where) for a in rest]
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


def direction(S: System, a: int, kappa: Numbers) -> Numbers:
    """Return the g of an atom, shape (d,)."""
    s, covector = S.atoms[a]
    V, den = S.projected(a)
    right, left, q = S.D.unit.whole_slopes
    slopes = {k: s * (right if covector[k] > 0 else left) for k in V}
    own = [kappa[k] for k in V]
    width = range(S.D.chart(S.anchor(a)).d)
    return [
        linear([slopes[k] * row[j] for k, row in V.items()], den * q, own, S.bits)
        for j in width
    ]


def products(S: System, a: int, kappa: Numbers) -> Numbers:
    """Return ``X g`` of an atom in its chart: the values of the neuron at the samples."""
    g = direction(S, a, kappa)
    X = S.D.chart(S.anchor(a)).X
    return [linear(x, S.D.scale, g, S.bits) for x in X]


def atoms_hold(S: System, kappa: Numbers) -> None:
    """Prove that each g has its covector."""
    where = "claims.atoms"
    for a, (_, covector) in enumerate(S.atoms):
        S.D.clock.tick()
        for z, t in zip(products(S, a, kappa), covector, strict=True):
            strict = t == 0 or (z.low > 0 if t > 0 else z.high < 0)
            require(strict, where, "a sign of X g is not proved")


def solved(S: System, witness: Json) -> Numbers:
    """Return the solution of the system, with which each g has its covector."""
    x = solution(S, witness)[0]
    atoms_hold(S, x[: S.D.n])
    return x


def idle_rank(S: System) -> int:
    """Return the rank of the features of the atoms outside the system, proved idle.

    Those are active only at samples with fit 0 that no other feature reaches. What they add up
    to there is a fit z that belongs to kappa: where ``kappa z <= 0`` for all of these,
    ``kappa'F = beta^2`` makes their weights 0.
    """
    if not S.idle:
        return 0
    where, D, features = "claims.atoms", S.D, []
    known = {k: t for k, t in resting(S).items() if S.leads_nowhere(k)}
    right, left, q = D.unit.whole_slopes
    for a in S.idle:
        V, den = S.projected(a)
        slopes = {k: right if S.atoms[a][1][k] > 0 else left for k in V}
        active = [k for k in V if slopes[k]]
        lonely = all(k in known for k in active)
        require(lonely, where, "an atom is in no face, and not idle")
        kappa, unit = [known[k] * slopes[k] for k in active], Fraction(1, den * q)
        width = range(D.chart(S.anchor(a)).d)
        g = [dot(kappa, [V[k][j] for k in active]) * unit for j in width]
        tight_there = dot(g, g) == D.beta_squared
        require(tight_there, where, "|g|^2 of an idle atom is not beta^2")
        X = D.chart(S.anchor(a)).X
        features.append(
            [slopes[k] * dot(X[k], g) if k in active else 0 for k in range(D.n)]
        )
    read = record(S.hints.ask("rank", features), "basis used dual", "witness.rank")
    dual = array(read["dual"], "witness.rank", len(array(read["basis"], "witness.rank")))
    rows = [rationals(r, D.n, "witness.rank") for r in dual]

    def coordinates(i: int) -> Vector:
        return [dot(w, features[i]) for w in rows]

    of = (D.clock, len(features))
    return independent(of, features.__getitem__, 0, coordinates, read)[0]


def pinned(S: System) -> None:
    """Prove that the pins are free: their unit vectors complement a span that has y (F7).

    Only samples whose labels are fitted count. Per pin a vector that is orthogonal to the span,
    1 at the pin and 0 at the others; and the coordinates of y.
    """
    where, D = "witness.pins", S.D
    at = [i for i in range(D.n) if S.fitted(i)]
    columns = [[z[i] for i in at] for z in S.Z]
    for f in S.faces:
        for j in range(len(f.columns)):
            held = dict(zip(f.at, f.columns[j], strict=True))
            columns.append([Fraction(held.get(i, 0)) for i in at])
    pins, y = [at.index(i) for i in S.pins], [S.goal(i) for i in at]
    hints = array(S.hints.ask("pins", columns, pins, y), where, len(pins) + 1)
    for j, read in zip(pins, hints[1:], strict=True):
        u = rationals(read, len(at), where)
        own = all(u[i] == int(i == j) for i in pins)
        for column in columns:
            D.clock.tick()
            own = own and dot(u, column) == 0
        require(own, where, "an entry of kappa is not free")
    found = rationals(hints[0], len(columns), where)
    place = (where, "y is not in the span of the faces")
    combination(zip(found, columns, strict=True), y, D.clock.tick, place)


def alike(S: System, first: Face, other: Face, where: str) -> list[Vector]:
    """Prove that two atoms have features that differ by what is fitted freely.

    Their products have ``B - C = sum_j (z_j w_j' + w_j z_j')`` over columns z_j with
    ``z_j'kappa = 0``, an identity: both are tight if one is, and the features differ by
    ``sum_j (w_j'kappa) z_j``. Return the w_j of the last columns (proofs/claims.md).
    """
    D, free = S.D, level(S)
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
    end = len(W) - S.linear
    S.nothing += W[end - len(S.unused) : end]
    return W[end:]


def level(S: System) -> list[Vector]:
    """Return the columns z of Z with ``z'kappa = 0``: all but the unit columns of flats."""
    own = len(S.D.independent)
    return [*S.Z[:own], *S.Z[len(S.Z) - S.linear - len(S.unused) :]]


class Bases:
    """Dual bases of the rows that press on the atoms of a chart; the last one is kept."""

    def __init__(self, S: System, chart: Chart) -> None:
        self.S, self.chart = S, chart
        self.last: tuple[int, list[int]] | None = None
        self.products: list[Vector] = []

    def of(self, a: int, R: list[int]) -> list[Vector]:
        """Return ``X w_k`` for the dual basis of the rows R, which span the atom's kink."""
        if self.last != (a, R):
            self.products, self.last = self.made(a, R), (a, R)
        return self.products

    def made(self, a: int, R: list[int]) -> list[Vector]:
        """Return them anew: R is a basis of the rows on the kink of the atom."""
        D, X = self.S.D, self.chart.X
        rows = [X[k] for k in R]
        W = dual_basis(D, rows, self.S.hints.ask("basis", rows), DUAL)
        found = [images(w, X) for w in W]
        for k, t in enumerate(self.S.atoms[a][1]):
            if t == 0 and k not in R:
                place = (DUAL, "a row is not in a span it must be in")
                shares = [products[k] for products in found]
                terms = zip(shares, rows, strict=True)
                combination(terms, X[k], D.clock.tick, place)
        return found


def images(w: Vector, X: list[Vector]) -> Vector:
    """Return ``X w``."""
    num, den = over_common(w)
    return [Fraction(1, den) * dot(num, x) for x in X]
