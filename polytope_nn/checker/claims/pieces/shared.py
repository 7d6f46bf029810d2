"""Claims *vertices* and *dimension* where features depend on each other at this kappa.

The faces of the system are single atoms, a basis; the feature of each atom beside them is a sum of
rational shares of theirs, modulo what is free: by linear forms in kappa that are 0. Shares of
sum 1 make it tight. Then ``P = {c >= 0 : C c = e}``, C the shares, e the weights of the system
(proofs/curves.md).
"""

from fractions import Fraction

from ...kernel.intervals import Numbers
from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, rationals, require
from ..identities import Exact
from ..instance import Instance
from ..polytope import Held
from ..system.equations import Face
from ..system.grouping import face_alone
from .ratios import nought
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
