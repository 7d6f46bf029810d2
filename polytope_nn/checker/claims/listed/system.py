"""The atoms of gates, blocks and patterns, told without numbers; the system of a basis of them.

An atom is a block and a sign, with the rows of its cone that vanish at its g; or a sign and a
pattern, whose one column is ``sign 1_P``. Its V has the rows ``sign A_i Pi``, Pi onto where these
rows vanish: ``g = V'kappa``, and its feature is ``V V'kappa``.

An atom beside the basis has the form ``V V'`` of one of it, on all kappa orthogonal to what is
free: then it is as long, and has its feature modulo that. Or it is a column, a sum of columns of
the basis modulo what is free, its shares of sum 1: then ``F'kappa = beta`` as for these. So every
feature has coordinates in the basis (proofs/units.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Vector, cleared
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, ordered, record, require, whole
from ..instance import Instance
from ..pieces.system import Pieced
from ..polytope import Based
from ..problem.units import block_of, owner_of, pattern_of, squared, told
from ..system.equations import Face, axes_of, off, pins_of
from ..system.grouping import alike

WHERE = "claims.atoms"


@dataclass
class Atom:
    """What tells the atom; its rows V, as a face; the rows of its cone: those that vanish."""

    key: tuple[Any, ...]
    face: Face
    zero: list[Vector] = field(default_factory=list)
    above: list[Vector] = field(default_factory=list)
    is_column: bool = False
    u: Vector = field(default_factory=list)  # of a ray

    def inside(self, kappa: Numbers, bits: int) -> bool:
        """Return whether g is proved to be where those rows are positive."""
        g = self.face.pull(kappa, bits)
        if self.is_column:
            return g[0].low > 0
        return all(linear(row, 1, g, bits).low > 0 for row in self.above)


def atoms_of(D: Instance, claim: Json) -> list[Atom]:
    """Return the listed atoms, which are in order and distinct."""
    of = of_block if D.unit.of_blocks else of_pattern
    if D.unit.polyhedral:
        of = of_any_norm
    found: list[Atom] = []
    for i, read in enumerate(array(claim["list"], WHERE)):
        D.clock.tick()
        atom = of(D, i, read)
        ordered(found[-1].key if found else None, atom.key, WHERE)
        D.clock.hold((i + 1) * len(atom.face.columns) * D.n, 256, WHERE)
        found.append(atom)
    return found


def of_block(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a block and sign."""
    record(read, "block sign zero", WHERE)
    key, block = owner_of(D, read, WHERE)
    at = indices(read["zero"], len(block.cone), WHERE)
    cone = [cleared(row, D.clock)[0] for row in block.cone]
    zero = [cone[k] for k in at]
    axes = axes_of(D, zero)
    rows = zip(*block.columns, strict=True)
    projected = [off(D, axes, [-key[1] * t for t in row]) for row in rows]
    flat, den = cleared([t for row in projected for t in row], D.clock)
    p = len(block.columns)
    V = {k: flat[k * p : k * p + p] for k in range(D.n)}
    above = [row for k, row in enumerate(cone) if k not in at]
    return Atom(key, Face([place], V, den * D.scale), zero, above)


def of_any_norm(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a ray of length 1, or of a block of the norm l2 in its own words."""
    smooth = {i for i, block in enumerate(D.unit.blocks) if block.norm == "l2"}
    own = read.get("block") if type(read) is dict else None
    if type(own) is int and own in smooth:
        return of_block(D, place, read)
    owner, norm, F, u = told(D, read, WHERE)
    return of_ray(D, place, (owner, norm), (u, F))


def feature_of(D: Instance, owner: tuple[int, ...], u: Vector) -> Vector:
    """Return the feature of a direction: of a sign, or of a block and sign."""
    if not D.unit.blocks:
        return [Fraction(1, D.scale) * t for t in D.feature(-owner[0], u)]
    i, s = owner
    return block_of(D, i).feature(-s, u, D.scale)


def of_ray(
    D: Instance,
    place: int,
    told: tuple[tuple[int, ...], str],
    of: tuple[Vector, Vector],
) -> Atom:
    """Return the atom of a ray: its feature is one column."""
    (owner, norm), (u, F) = told, of
    require(squared(norm, u) == 1, WHERE, "a ray is not of length 1")
    num, den = cleared(F, D.clock)
    V = {k: [t] for k, t in enumerate(num) if t}
    require(V, WHERE, "no sample sees a ray")
    key = (*owner, *(-t for t in u))
    return Atom(key, Face([place], V, den), is_column=True, u=u)


def of_pattern(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a sign and pattern."""
    s, pattern = pattern_of(D, read, WHERE)
    V = {k: [s] for k, t in enumerate(pattern) if t}
    require(V, WHERE, "a pattern is empty")
    return Atom((-s, *(-t for t in pattern)), Face([place], V, 1), is_column=True)


SHARES = "witness.shares"


@dataclass
class Tied(Pieced, Based):
    """The system; ``listed`` are the atoms, ``columns`` their features in the basis."""

    listed: list[Atom] = field(default_factory=list)
    columns: list[Vector] = field(default_factory=list)
    sides: dict[int, int] = field(default_factory=dict)
    common = 1

    def aim(self, kappa: Numbers) -> None:
        """Say on which side of 0 the g of each face of one unknown is proved to be."""
        for j, f in enumerate(self.faces):
            if self.listed[f.atoms[0]].is_column:
                self.sides[j] = 1
            elif len(f.columns) == 1:
                (g,) = f.pull(kappa, self.bits)
                self.sides[j] = (g.low > 0) - (g.high < 0)

    def aimed(self, j: int) -> Vector:
        """Return the F of a face of one unknown, with ``F'kappa = beta``; 0 of other faces."""
        side = self.sides.get(j, 0)
        own = column_of(self.D, self.listed[self.faces[j].atoms[0]])
        return [side * t for t in own]

    @property
    def level(self) -> list[Vector]:
        """Differences of columns that are tied, of one ``F'kappa = beta``; and forms that are 0."""
        faces = [self.listed[f.atoms[0]] for f in self.faces]
        found = [column_of(self.D, atom) for atom in faces if atom.is_column]
        ties = [[s - t for s, t in zip(F, found[0], strict=True)] for F in found[1:]]
        return [*ties, *super().level]

    def holds(self, kappa: Numbers) -> None:
        """Prove that each g is inside its cone, and on no other row of it."""
        for atom in self.listed:
            self.D.clock.tick()
            fine = atom.inside(kappa, self.bits)
            require(fine, WHERE, "g is not proved to be in its cone")


def tied_of(D: Instance, claim: Json, witness: Json, of: Callable[..., Tied]) -> Tied:
    """Return the system of the basis, the coordinates of all that is listed proved."""
    listed = atoms_of(D, claim)
    S = of(D, [], pins_of(D, witness["pins"]), listed=listed)
    S.begin()
    require(witness["free"] == [], "witness.free", "is of neurons that have topes")
    basis: list[int] = []
    for read in array(witness["faces"], "witness.faces"):
        (a,) = array(read, "witness.faces", 1)
        basis.append(whole(a, "witness.faces", 0, len(listed) - 1))
    S.faces = [listed[a].face for a in basis]
    D.clock.hold(len(listed) * len(basis), 256, SHARES)
    others = iter(array(witness["shares"], SHARES, len(listed) - len({*basis})))
    for a in range(len(listed)):
        D.clock.tick()
        if a in basis:
            place = basis.index(a)
            S.columns.append([Fraction(int(i == place)) for i in range(len(basis))])
        else:
            S.columns.append(shares_of(S, a, next(others)))
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
        require(len(places) == 1 and free == [], SHARES, "is no one of the basis")
        one, other = (atom.face for atom in columns)
        alike(S, one, other, SHARES)
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
