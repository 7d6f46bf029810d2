"""Claims *vertices* and *dimension* where features depend on each other at this kappa.

The faces of the system are single atoms, a basis; the feature of each atom beside them is a sum of
rational shares of theirs, modulo what is free: by linear forms in kappa that are 0. Shares of
sum 1 make it tight. Then ``P = {c >= 0 : C c = e}``, C the shares, e the weights of the system.
Where these are tied, for samples are alike, a vertex may have fewer atoms (proofs/curves.md).
"""

from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, linear
from ...kernel.numbers import Vector, cleared, longest
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, rationals, record, require
from ..identities import Exact
from ..instance import Instance
from ..polytope import Held
from ..system.equations import Face
from ..system.grouping import face_alone
from .ratios import apart, level, nought
from .system import Pieced

WHERE = "witness.shares"


class Shared(Held):
    """The shares of all atoms in the basis, which have the rank of the features."""

    def __init__(self, D: Instance, bits: int, columns: list[Vector]) -> None:
        self.D, self.bits, self.alive = D, bits, range(len(columns))
        super().__init__(columns)

    def narrow(self, a: int) -> Vector:
        """Return the shares of an atom."""
        return self.columns[a]


def shares_of(S: Pieced, kappa: Numbers, read: Json) -> Shared:
    """Return the shares of all atoms, those of atoms beside the basis proved."""
    faces, where = S.faces, WHERE
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
    return Shared(S.D, S.bits, found)


def forms_of(S: Pieced, one: Face, shares: Vector) -> list[Vector]:
    """Return the entries of ``F - sum_j shares_j F_j`` modulo what is free, as forms in kappa."""
    n, columns = S.D.n, list[Vector]()
    own = [(t, f) for t, f in zip(shares, S.faces, strict=True) if t]
    S.D.clock.hold(n * n, 256, WHERE)
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

    def __init__(self, S: Pieced, C: Shared, x: Numbers, read: Json, count: int) -> None:
        record(read, "forms shares points", WHERE)
        self.S, self.C, self.e = S, C, x[S.D.n : S.D.n + len(S.faces)]
        self.told = iter(array(read["points"], WHERE, count))
        E = Exact(S, S.kappa(x))
        forms = [tie_of(S, E, told) for told in array(read["forms"], WHERE)]
        self.T: list[Vector] = []
        k = range(len(S.faces))
        for j, told in enumerate(array(read["shares"], WHERE, len(S.faces))):
            row, clock = rationals(told, len(forms), WHERE), S.D.clock
            own = [Fraction(int(i == j)) for i in k]
            for t, form in zip(row, forms, strict=True):
                clock.tick()
                own = [x + t * y for x, y in zip(own, form, strict=True)] if t else own
            clock.hold(len(own) * len(k), longest(own) + 256, WHERE)
            self.T.append(own)

    def weights(self, at: list[int]) -> Numbers:
        """Return the weights of the next vertex, whose support this is: ``C W = T``."""
        D, size = self.S.D, len(self.e)
        read = array(next(self.told), WHERE, len(at))
        W = [rationals(row, size, WHERE) for row in read]
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
    record(read, "pairs form ratios", WHERE)
    phi, form = (
        level(S, E, read["pairs"], None, WHERE),
        rationals(read["form"], S.D.n, WHERE),
    )
    apart(S, E.kappa, form, WHERE)
    ratios = rationals(read["ratios"], len(phi), WHERE)
    for own, r in zip(phi, ratios, strict=True):
        S.D.clock.tick()
        rest = [s - r * t for s, t in zip(own, form, strict=True)]
        nought(E, rest, "a ratio is another", WHERE)
    return ratios
