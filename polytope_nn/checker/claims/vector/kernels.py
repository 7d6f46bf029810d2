"""The faces of kernels: a basis of what is live, the active samples in it, the unknowns' places.

Entries of S that are *tied*: what neurons of all that is live share, given instead of found.

On a face whose kernel is all that is live the equations are ``beta^2 b'd = <phi psi', N N'>``
for vectors b, d of the basis that the active samples see as phi, psi: linear in ``b'd`` and the
symmetric part of ``phi psi'``, which are numbers. One that is a combination of others follows
from them, and so does its feature: planes that share a ray have one such, and atoms of
dependent features. Modulo what is free: ``(z w' + w z') N`` is ``z (w'N)``, its product with
``N N'`` 0.

With atoms alone the masses of the others then have the totals of those that are kept (V12b).

An atom *at rest* is tight for entries of N that are given: it has no mass in any optimal
network (V12d).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Scalar, Vector, added, cleared, dot
from ...kernel.reading import Json, array, canonical, record, require, whole
from ..polytope import Based
from .outputs import Outputs

WHERE = "witness.system"


@dataclass
class Face:
    """The face of a kernel: signs, a basis B of what is live in its hull, R by active sample.

    The rows ``pivots`` of U are ``one`` times the identity, 1 or -1.
    """

    covector: list[int]
    basis: list[Vector]
    rows: dict[int, list[int]]
    pivots: list[int]
    one: int = 1
    first: int = 0  # the place of its unknowns
    rest: Vector = field(default_factory=list)  # the feature of an atom at rest

    @property
    def w(self) -> int:
        """The dimension of what is live."""
        return len(self.basis)

    @property
    def k(self) -> int:
        """The dimension of the kernel."""
        return len(self.pivots)

    @property
    def others(self) -> list[int]:
        """The rows of U that are unknown."""
        return [i for i in range(self.w) if i not in self.pivots]

    @property
    def entries(self) -> list[tuple[int, int]]:
        """The places of S on and above the diagonal."""
        return [(m, o) for m in range(self.k) for o in range(m, self.k)]

    @property
    def masses(self) -> int:
        """The place of the entries of S, which come after U."""
        return self.first + len(self.others) * self.k

    @property
    def size(self) -> int:
        """The number of its unknowns."""
        return len(self.others) * self.k + len(self.entries)


def face_of(D: Outputs, covector: list[int], pivots: Json) -> Face:
    """Return the face of signs; a single pivot from the end, below 0, has a coordinate -1."""
    basis = live(D, covector)
    rows = {}
    for k, s in enumerate(covector):
        D.clock.tick()
        if s > 0:
            rows[k] = [int(dot(D.X[k], b)) for b in basis]
    w, read = len(basis), array(pivots, WHERE)
    places = [whole(p, WHERE, -w, w - 1) for p in read]
    one = -1 if len(places) == 1 and places[0] < 0 else 1
    places = [p % w for p in places]
    distinct = len(set(places)) == len(places) > 0
    require(distinct, WHERE, "a kernel has no pivots, or one twice")
    return Face(covector, basis, rows, places, one)


def live(D: Outputs, covector: Sequence[int]) -> list[Vector]:
    """Return a basis of what of a face's hull is orthogonal to its r with ``E X r`` free.

    ``N'E X r = 0`` for such r, so that tight directions are orthogonal to them (V12).
    """
    walls = [D.X[k] for k, s in enumerate(covector) if s == 0]
    basis = hull(D, walls)
    seen = []
    for b in basis:
        own: Vector = []
        for x, s in zip(D.X, covector, strict=True):
            D.clock.tick()
            own.append(dot(x, b) if s > 0 else 0)
        seen.append(D.left(own))
    idle = []
    for a in hull(D, list(zip(*seen, strict=True)), len(basis)):
        dead: Vector = [0] * D.d
        for t, b in zip(a, basis, strict=True):
            dead = added(D.clock, dead, b, t) if t else dead
        idle.append(dead)
    return hull(D, [*walls, *idle]) if idle else basis


def hull(
    D: Outputs, walls: Sequence[Sequence[Scalar]], d: int | None = None
) -> list[Vector]:
    """Return a basis of what is orthogonal to rows, in integers: by elimination."""
    d = D.d if d is None else d
    done: dict[int, Vector] = {}
    for x in walls:
        D.clock.tick()
        row = [Fraction(t) for t in x]
        for q, r in done.items():
            row = added(D.clock, row, r, -row[q]) if row[q] else row
        places = [i for i, t in enumerate(row) if t]
        if not places:
            continue
        p = places[0]
        row = added(D.clock, [Fraction(0)] * d, row, 1 / row[p])
        for q, r in done.items():
            done[q] = added(D.clock, r, row, -r[p]) if r[p] else r
        done[p] = row
    found = []
    for j in (i for i in range(d) if i not in done):
        v: Vector = [Fraction(int(i == j)) for i in range(d)]
        for q, r in done.items():
            v[q] = -r[j]
        found.append(cleared(v, D.clock)[0])
    return found


Tied: TypeAlias = dict[tuple[int, int], Fraction]
"""Entries by face and place, with what they are given as."""


def tied(D: Outputs, faces: list[Face], read: Json) -> Tied:
    """Return the entries that are given, after proving that their equations follow.

    Each as face, place, number, the shares of the equations of whole hulls that are kept, and
    where those are not all, of each free column a w. Without shares it is left to ``shared``;
    atoms at rest have been proved.
    """
    entries = [entry_of(entry) for entry in array(read, WHERE)]
    found: Tied = {(i, 0): Fraction(0) for i, face in enumerate(faces) if face.rest}
    entries = [entry for entry in entries if not at_rest(entry)]
    listed = [entry for entry in entries if len(entry) > 3 and not is_turned(entry)]
    for i, m, t, *shares in entries:
        face = faces[whole(i, WHERE, 0, len(faces) - 1)]
        fine = face.k == face.w if shares else 1 < face.k < face.w
        if is_turned([i, m, t, *shares]):
            fine = face.k == 1 and t == "0"
        require(fine, WHERE, "an entry is tied where a kernel is not its hull")
        place = i, whole(m, WHERE, 0, len(face.entries) - 1)
        require(place not in found, WHERE, "an entry is tied twice")
        found[place] = D.field.rational(t, WHERE)
    for i, *_, told in filter(is_turned, entries):
        turned(D, faces, (i, [j for j, _ in found]), told)
    whole_hulls = [i for i, face in enumerate(faces) if listed and face.k == face.w]
    many = sum(len(faces[i].entries) for i in whole_hulls)
    D.clock.hold(many * D.n * (D.n + 1) // 2, 512, WHERE)
    rows = {
        (i, m): equation(D, faces[i], m)
        for i in whole_hulls
        for m in range(len(faces[i].entries))
    }
    kept = [row for place, row in rows.items() if place not in found]
    for i, m, _, shares, *free in listed:
        left = rows[i, m]
        if free:
            left = [s - t for s, t in zip(left, beside(D, free[0]), strict=True)]
        for share, row in zip(array(shares, WHERE, len(kept)), kept, strict=True):
            D.clock.tick()
            s = D.field.rational(share, WHERE)
            left = [x - s * z for x, z in zip(left, row, strict=True)]
        require(not any(left), WHERE, "a tied equation is not that combination of others")
    return found


def is_turned(entry: list[Json]) -> bool:
    """Return whether an entry is that of an atom that is another one, turned."""
    return len(entry) == 4 and type(entry[3]) is dict


def turned(
    D: Outputs, faces: list[Face], places: tuple[int, list[int]], read: Json
) -> tuple[int, Fraction]:
    """Return what an atom is turned to, and the factor, after proving an isometry (V12e).

    ``Q`` takes the basis of the one to that of the other, so that the samples see the same of both
    modulo what is free; and the row of its pivot is a multiple of the other's.
    """
    record(read, "of by", WHERE)
    i, taken = places
    j = whole(read["of"], WHERE, 0, len(faces) - 1)
    face, other = faces[i], faces[j]
    fine = j not in taken and other.k == 1 and face.w == other.w
    require(fine, WHERE, "an atom is turned to none of its kind")
    Q = [D.field.vector(row, face.w, WHERE) for row in array(read["by"], WHERE, face.w)]
    columns = [list(column) for column in zip(*Q, strict=True)]
    nothing = [0] * face.w
    for p, a in enumerate(columns):
        D.clock.tick()
        pairs = (
            (face.rows.get(k, nothing), other.rows.get(k, nothing)) for k in range(D.n)
        )
        free = not any(D.left([Fraction(x[p]) - dot(a, z) for x, z in pairs]))
        images = [dot(a, [dot(b, c) for c in other.basis]) for b in other.basis]
        lengths = [dot(face.basis[p], c) for c in face.basis]
        same = free and [dot(b, images) for b in columns] == lengths
        require(same, WHERE, "an atom is not that other one, turned")
    (pivot,), row = face.pivots, Q[other.pivots[0]]
    alone = not any(t for p, t in enumerate(row) if p != pivot)
    require(alone, WHERE, "what turns an atom does not keep its pivot")
    return j, row[pivot] ** 2


def equation(D: Outputs, face: Face, m: int) -> Vector:
    """Return ``b'd`` and ``phi psi' + psi phi'`` of an entry, on and above the diagonal."""
    p, o = (face.pivots[i] for i in face.entries[m])
    nothing = [0] * face.w
    seen = [face.rows.get(k, nothing) for k in range(D.n)]
    both: Vector = []
    for k in range(D.n):
        D.clock.tick()
        pairs = ((seen[k], seen[j]) for j in range(k, D.n))
        both += [Fraction(x[p] * z[o] + z[p] * x[o]) for x, z in pairs]
    return [Fraction(dot(face.basis[p], face.basis[o])), *both]


def entry_of(read: Json) -> list[Json]:
    """Return an entry that is tied, of three parts to five."""
    return array(read, WHERE, min(max(len(array(read, WHERE)), 3), 5))


def at_rest(entry: list[Json]) -> bool:
    """Return whether an entry is that of an atom at rest: 0, and no shares."""
    return canonical(entry[1:]) == canonical([0, "0", None])


def beside(D: Outputs, read: Json) -> Vector:
    """Return ``sum z w' + w z'`` on and above the diagonal, over the free columns z; 0 first."""
    Z = [D.Z[j] for j in D.independent]
    W = [D.field.vector(w, D.n, WHERE) for w in array(read, WHERE, len(Z))]
    both: Vector = [Fraction(0)]
    for k in range(D.n):
        D.clock.tick()
        for j in range(k, D.n):
            pairs = zip(Z, W, strict=True)
            both.append(sum((z[k] * w[j] + w[k] * z[j] for z, w in pairs), Fraction(0)))
    return both


class Spread(Based):
    """``P = {c >= 0 : C c = e}`` of atoms: C the shares in those that are kept, e their totals."""

    def __init__(
        self, D: Outputs, bits: int, columns: list[Vector], totals: Numbers
    ) -> None:
        super().__init__(D, bits, columns)
        self.totals = totals
        self.keep(range(len(totals)))  # behind are features at rest


def spread(D: Outputs, faces: list[Face], masses: Numbers, read: Json) -> Spread:
    """Return what is known of the masses of atoms, of which some are tied; of twins twice.

    What is tied has been proved to be a combination of whole hulls that are kept.
    """
    shares = {entry[0]: entry[3] for entry in map(entry_of, array(read, WHERE))}
    kept = [i for i in range(len(faces)) if i not in shares]
    hulls = [at for at, i in enumerate(kept) if faces[i].w == 1]
    columns: list[Vector] = []
    size = max(len(face.rest) for face in faces)
    for i, face in enumerate(faces):
        column = [Fraction(int(i == j)) for j in kept]
        if type(shares.get(i)) is dict:
            j, share = turned(D, faces, (i, []), shares[i])
            column[kept.index(j)] = share
        elif i in shares and not face.rest:
            for at, t in zip(hulls, array(shares[i], WHERE, len(hulls)), strict=True):
                column[at] = D.field.rational(t, WHERE)
        columns.append([*column, *(face.rest or [Fraction(0)] * size)])
    D.clock.hold(len(faces) * (len(kept) + size), 256, WHERE)
    bits = masses[0].bits
    totals = []
    for m in range(len(kept)):
        num, den = cleared([c[m] for c in columns], D.clock)
        totals.append(linear(num, den, masses, bits))
    return Spread(D, bits, columns * (1 + D.even), totals)
