"""The system of a basis of atoms, and why the other ones are atoms (proofs/units.md).

An atom beside the basis has the form ``V V'`` of one of it: then it is as long, and has its
feature. Or it is a column, a sum of columns of the basis modulo what is free, its shares of sum 1:
then ``F'kappa = beta`` as for these. So every feature has coordinates in the basis.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Numbers
from ...kernel.numbers import Vector
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, require, whole
from ..instance import Instance
from ..pieces.system import Pieced
from .atoms import WHERE, Atom, atoms_of

SHARES = "witness.shares"


@dataclass
class Tied(Pieced):
    """The system; ``listed`` are the atoms, ``coordinates`` their features in the basis."""

    listed: list[Atom] = field(default_factory=list)
    coordinates: list[Vector] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # of the basis, that may have weight
    alive: list[int] = field(default_factory=list)  # atoms that may
    common = 1

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def level(self) -> list[Vector]:
        """Differences of columns that are tied: ``F'kappa = beta`` for each of them."""
        faces = [self.listed[f.atoms[0]] for f in self.faces]
        found = [column_of(self.D, atom) for atom in faces if atom.is_column]
        return [[s - t for s, t in zip(F, found[0], strict=True)] for F in found[1:]]

    def reduced(self, i: int) -> Vector:
        """Return the coordinates of a feature."""
        return self.coordinates[i]

    def narrow(self, a: int) -> Vector:
        """Return the coordinates of an atom that may have weight, in what is kept."""
        return [self.coordinates[a][i] for i in self.places]

    def holds(self, kappa: Numbers) -> None:
        """Prove that each g is inside its cone, and on no other row of it."""
        for atom in self.listed:
            self.D.clock.tick()
            fine = atom.inside(kappa, self.bits)
            require(fine, WHERE, "g is not proved to be in its cone")


def tied_of(D: Instance, claim: Json, witness: Json, of: Callable[..., Tied]) -> Tied:
    """Return the system of the basis, the coordinates of all that is listed proved."""
    listed = atoms_of(D, claim)
    S = of(D, [], {}, listed=listed)
    S.begin()
    for name in ("free", "pins"):
        empty = witness[name] == ([] if name == "free" else [[], []])
        require(empty, f"witness.{name}", "is of neurons that have topes")
    basis: list[int] = []
    for read in array(witness["faces"], "witness.faces"):
        (a,) = array(read, "witness.faces", 1)
        basis.append(whole(a, "witness.faces", 0, len(listed) - 1))
    require(len({*basis}) == len(basis), "witness.faces", "an atom is in two faces")
    S.faces = [listed[a].face for a in basis]
    D.clock.hold(len(listed) * len(basis), 256, SHARES)
    others = iter(array(witness["shares"], SHARES, len(listed) - len(basis)))
    for a in range(len(listed)):
        D.clock.tick()
        if a in basis:
            place = basis.index(a)
            S.coordinates.append([Fraction(int(i == place)) for i in range(len(basis))])
        else:
            S.coordinates.append(shares_of(S, a, next(others)))
    return S


def shares_of(S: Tied, a: int, read: Json) -> Vector:
    """Return the coordinates of an atom beside the basis: that of its form, or the shares."""
    at, num, den, free = array(read, SHARES, 4)
    places, den = indices(at, len(S.faces), SHARES), whole(den, SHARES, 1)
    shares = [whole(t, SHARES) for t in array(num, SHARES, len(places))]
    found = [Fraction(0)] * len(S.faces)
    for i, t in zip(places, shares, strict=True):
        found[i] = Fraction(t, den)
    require(sum(shares) == den, SHARES, "the sum of shares is not 1")
    columns = [S.listed[a], *(S.listed[S.faces[i].atoms[0]] for i in places)]
    if all(atom.is_column for atom in columns):
        mixed(S, columns, (shares, den), free)
    else:
        require(len(places) == 1 and not free, SHARES, "is no one of the basis")
        alike(S, columns)
    return found


def mixed(S: Tied, columns: list[Atom], shares: tuple[list[int], int], free: Json) -> None:
    """Prove a column a combination of others, and of what is free."""
    D, (nums, den) = S.D, shares
    own = [D.Z[j] for j in D.independent]
    extra = [D.field.rational(t, SHARES) for t in array(free, SHARES, len(own))]

    first, *others = (column_of(D, atom) for atom in columns)
    terms = [*zip((Fraction(t, den) for t in nums), others, strict=True)]
    terms += zip(extra, own, strict=True)
    place = (SHARES, "a column is not that combination")
    combination(terms, first, D.clock.tick, place)


def column_of(D: Instance, atom: Atom) -> Vector:
    """Return the one column of an atom."""
    V, unit = atom.face.V, Fraction(1, atom.face.den)
    return [unit * V.get(k, [0])[0] for k in range(D.n)]


def alike(S: Tied, pair: list[Atom]) -> None:
    """Prove the forms of two atoms equal."""
    one, other = (atom.face for atom in pair)
    for i in range(S.D.n):
        S.D.clock.tick()
        for j in range(i, S.D.n):
            same = one.product(i, j) == other.product(i, j)
            require(same, SHARES, "the forms of two atoms differ")
