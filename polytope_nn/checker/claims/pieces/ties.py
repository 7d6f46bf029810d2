"""Claims *vertices* and *dimension* where zeros or features follow from others, at this kappa.

*Ratios*: P is ``{c >= 0 : sum c = e, sum c gamma = lambda}``, an e for each face of atoms that are
alike. Sums of equations in which fits cancel, as samples are alike, say what lambda is: then P is a
rational polytope, each face times its e; its equations are ratios of forms in kappa. Where such a
sum says that lambda is 0 its relation has no part in P.

*Shares*: the faces of the system are single atoms, a basis; the feature of each atom beside them is
a sum of rational shares of theirs, modulo what is free: by linear forms in kappa that are 0. Shares
of sum 1 make it tight. Then ``P = {c >= 0 : C c = e}``, C the shares, e the weights of the system.
Where these are tied, for samples are alike, a vertex may have fewer atoms (proofs/curves.md).
"""

from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, contains, linear
from ...kernel.numbers import Vector, cleared, dot, longest
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, rationals, record, require
from ..polytope import Based, Held, vertices_of
from ..problem.curves import Curve
from ..system.equations import Face, System
from ..system.grouping import face_alone
from ..system.identities import HINTS, Exact
from .system import Pieced

WHERE = "witness.ratios"


def columns_of(S: Pieced, kappa: Numbers, read: Json) -> Held:
    """Return the columns ``(1_f, rho_a)`` of the rational polytope, after proving its equations.

    With ``lambda_m = -sum_f e_f phi_fm`` the equation m is ``sum c_a (gamma_am + phi_fm) = 0``, f
    the face of a, and each ``gamma_am + phi_fm`` is ``rho_am`` times the value of one form, which
    is not 0. It is of one face: so the e of the others are not asked.
    """
    n, clock, faces = S.D.n, S.D.clock, range(len(S.faces))
    nothing: list[Vector] = [[Fraction(0)] * n] * S.linear
    told_by = {
        a: (f, W)
        for f in faces
        for a, W in zip(S.faces[f].atoms, [nothing, *S.faces[f].beside], strict=False)
    }
    fine = len(told_by) == len(S.atoms) and not S.prices
    require(fine, WHERE, "an atom is in no face of atoms that are alike")
    E = Exact(S, kappa)
    columns: list[Vector] = [
        [Fraction(f == told_by[a][0]) for f in faces] for a in range(len(S.atoms))
    ]
    for m, told in enumerate(array(read, WHERE, S.linear)):
        record(told, "sum form ratios", WHERE)
        own = len(S.Z) - S.linear + m
        phi = level(S, E, rationals(told["sum"], n, WHERE), own)
        form = rationals(told["form"], n, WHERE)
        apart(S, kappa, form)
        of = rationals(told["ratios"], len(columns), WHERE)
        owners = {told_by[a][0] for a, rho in enumerate(of) if rho}
        require(len(owners) < 2, WHERE, "an equation is of two faces")
        for a, rho in enumerate(of):
            clock.tick()
            f, W = told_by[a]
            parts = zip(phi[f], W[m], form, strict=True)
            nought(E, [p - w - rho * t for p, w, t in parts], "a ratio is another")
            columns[a].append(rho)
    return Held(columns)


def level(
    S: System, E: Exact, f: Vector, m: int | None, where: str = WHERE
) -> list[Vector]:
    """Return the phi with ``lambda_m = -sum_f e_f phi_f'kappa``: from a sum of equations.

    In it fits cancel; of Z only column m must be left, or none: then the sum is 0.
    """
    n, clock = S.D.n, S.D.clock
    clock.hold(n * len(S.faces) + len(S.Z), longest(f), where)
    cancel(S, E, f, where)
    phi = []
    for face in S.faces:
        phi.append([Fraction(0)] * n)
        for i in (i for i in face.at if f[i]):
            clock.tick()
            row = (t + f[i] * face.product(i, k) for k, t in enumerate(phi[-1]))
            phi[-1] = list(row)
    alone = all(dot(f, z) == (k == m) for k, z in enumerate(S.Z))
    require(alone, where, "a lambda is not told by these samples")
    return phi


def cancel(S: System, E: Exact, f: Vector, where: str) -> None:
    """Prove that what losses add to the equations has the sum that the labels have.

    On curves that are alike two entries of kappa that are equal, or opposite, have such fits.
    A fit of which kappa says that it is 0 adds nothing.
    """
    left = [Fraction(0)] * S.D.n
    number = Fraction(0)
    for k, t in enumerate(f):
        S.D.clock.tick()
        number += t * S.label(k)
        if t and (own := S.curve(k)):
            i, side, first = first_of(S, E, k, own)
            left[i] += side * t
            number += t * (own.centre - side * first.centre)
    for i in (i for i, t in enumerate(left) if t):
        require(is_still(S, E, i), where, "fits do not cancel")
    form = [t * S.own(k) for k, t in enumerate(f)]
    value = E.value(form) if any(form) else 0
    require(value == number, where, "the sum of labels is another")


def first_of(S: System, E: Exact, k: int, own: Curve) -> tuple[int, int, Curve]:
    """Return the first sample whose curve and kappa are those of one, its side, its curve."""
    kappa = E.kappa
    for i in range(k):
        for side in (1, -1):
            S.D.clock.tick()
            other, form = (
                S.curve(i),
                [Fraction(j == k) - side * (j == i) for j in range(S.D.n)],
            )
            near = contains(kappa[k] - side * kappa[i], Fraction(0))
            if other and own.beside(other, side) and near and E.value(form) == 0:
                return i, side, other
    return k, 1, own


def is_still(S: System, E: Exact, k: int) -> bool:
    """Return whether kappa is proved to be that of the fit 0."""
    t = S.still(k)
    if t is None or not contains(E.kappa[k], t):
        return False
    return E.value([Fraction(j == k) for j in range(S.D.n)]) == t


def unused(S: System, kappa: Numbers) -> None:
    """Prove that lambda is 0 where a sum of equations says so: neither faces nor fits are left."""
    E = Exact(S, kappa)
    for m, f in zip(S.beyond, S.unused, strict=True):
        for form in level(S, E, f, m, "witness.free"):
            nought(E, form, "a column may be in use", "witness.free")
    for form in S.nothing:
        nought(E, form, "a column may be in use", "witness.free")


def apart(S: Pieced, kappa: Numbers, form: Vector, where: str = WHERE) -> None:
    """Prove that a linear form is not 0 at kappa."""
    num, den = cleared(form, S.D.clock)
    value = linear(num, den, kappa, S.bits)
    require(value.low > 0 or value.high < 0, where, "a form may be 0")


def nought(E: Exact, form: Vector, why: str, where: str = WHERE) -> None:
    """Prove that a linear form is 0 at kappa."""
    require(not any(form) or E.value(form) == 0, where, why)


def points_of(
    S: Pieced, columns: Held, pair: tuple[Json, Json]
) -> tuple[dict[int, Vector], Vector]:
    """Return the weights of the vertices of the rational polytope by supports; its right side.

    The claim has e times these; the witness has them as they are.
    """
    claim, points = pair
    where, right = "claims.vertices", [Fraction(1)] * len(S.faces)
    right += [Fraction(0)] * S.linear
    listed = array(claim["list"], where)
    told = array(points, WHERE, len(listed))
    for v in listed:
        record(v, "support weights", where)
    rational = [{**v, "weights": x} for v, x in zip(listed, told, strict=True)]
    supports = vertices_of(S.D, columns, right, {"list": rational})
    weights = [[Fraction(t) for t in x] for x in told]
    return dict(zip(supports, weights, strict=True)), right


SHARES = "witness.shares"


def shares_of(S: Pieced, kappa: Numbers, read: Json) -> Based:
    """Return the shares of all atoms, those of atoms beside the basis proved."""
    faces, where = S.faces, SHARES
    alone = all(len(f.atoms) == 1 for f in faces) and not (S.linear or S.prices)
    require(alone and S.D.anchors() == [None], where, "the faces are no basis")
    S.D.clock.hold(len(S.atoms) * len(faces), 256, where)
    E, found = Exact(S, kappa), list[Vector]()
    place = {f.atoms[0]: j for j, f in enumerate(faces)}
    others = iter(array(read, where, len(S.atoms) - len(faces)))
    for a in range(len(S.atoms)):
        S.D.clock.tick()
        if a in place:
            found.append([Fraction(int(j == place[a])) for j in range(len(faces))])
            continue
        shares = rationals(next(others), len(faces), where)
        require(sum(shares) == 1, where, "the sum of shares is not 1")
        for form in forms_of(S, face_alone(S, a), shares):
            nought(E, form, "a feature has other shares", where)
        found.append(shares)
    return Based(S.D, S.bits, found)


def forms_of(S: Pieced, one: Face, shares: Vector) -> list[Vector]:
    """Return the entries of ``F - sum_j shares_j F_j`` modulo what is free, as forms in kappa."""
    n, columns = S.D.n, list[Vector]()
    own = [(t, f) for t, f in zip(shares, S.faces, strict=True) if t]
    S.D.clock.hold(n * n, 256, SHARES)
    for k in range(n):
        column: Vector = []
        for i in range(n):
            S.D.clock.tick()
            others = (t * f.product(i, k) for t, f in own)
            column.append(one.product(i, k) - sum(others, Fraction(0)))
        columns.append(S.D.modulo(column))
    return [list(row) for row in zip(*columns, strict=True)]


class Points:
    """Vertices where the weights e of the faces are tied: ``e = T e``, and ``c = W e`` is told."""

    def __init__(self, S: Pieced, C: Based, x: Numbers, read: Json, count: int) -> None:
        record(read, "forms shares points", SHARES)
        self.S, self.C, self.e = S, C, x[S.D.n : S.D.n + len(S.faces)]
        self.told = iter(array(read["points"], SHARES, count))
        E = Exact(S, S.kappa(x))
        forms = [tie_of(S, E, told) for told in array(read["forms"], SHARES)]
        self.T: list[Vector] = []
        k = range(len(S.faces))
        for j, told in enumerate(array(read["shares"], SHARES, len(S.faces))):
            row, clock = rationals(told, len(forms), SHARES), S.D.clock
            own = [Fraction(int(i == j)) for i in k]
            for t, form in zip(row, forms, strict=True):
                clock.tick()
                own = [x + t * y for x, y in zip(own, form, strict=True)] if t else own
            clock.hold(len(own) * len(k), longest(own) + 256, SHARES)
            self.T.append(own)

    def weights(self, at: list[int]) -> Numbers:
        """Return the weights of the next vertex, whose support this is: ``C W = T``."""
        D, size = self.S.D, len(self.e)
        read = array(next(self.told), SHARES, len(at))
        W = [rationals(row, size, SHARES) for row in read]
        columns = [self.C.narrow(a) for a in at]
        place = ("claims.vertices", "a vertex does not give the fit")
        for j, row in enumerate(self.T):
            terms = ((s[j], w) for s, w in zip(columns, W, strict=True))
            combination(terms, row, D.clock.tick, place)
        return [value(self.S, w, self.e) for w in W]


def value(S: Pieced, form: Vector, numbers: Numbers) -> Interval:
    """Return the value of a linear form."""
    num, den = cleared(form, S.D.clock)
    return linear(num, den, numbers, S.bits)


def tie_of(S: Pieced, E: Exact, read: Json) -> Vector:
    """Return a form in the weights of the faces that is 0: by differences of equations.

    Samples of one equation and one kappa have one fit: that says ``sum_f e_f phi_f'kappa = 0``,
    and each phi_f is a ratio times one form, which is not 0.
    """
    record(read, "sum form ratios", SHARES)
    phi = level(S, E, rationals(read["sum"], S.D.n, SHARES), None, SHARES)
    form = rationals(read["form"], S.D.n, SHARES)
    apart(S, E.kappa, form, SHARES)
    ratios = rationals(read["ratios"], len(phi), SHARES)
    for own, r in zip(phi, ratios, strict=True):
        S.D.clock.tick()
        rest = [s - r * t for s, t in zip(own, form, strict=True)]
        nought(E, rest, "a ratio is another", SHARES)
    return ratios


def weightless(S: Pieced, E: Exact, j: int, read: list[Json]) -> None:
    """Prove that a face has no weight: shares of forms in the weights that are 0 add up to it."""
    forms = [tie_of(S, E, told) for told in array(read[0], HINTS)]
    shares = rationals(read[1], len(forms), HINTS)
    weight = [Fraction(i == j) for i in range(len(S.faces))]
    place = (HINTS, "a weight is not proved positive, nor 0")
    combination(zip(shares, forms, strict=True), weight, S.D.clock.tick, place)
