"""What is given instead of found: coefficients that are held, entries of S that are *tied*.

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
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Scalar, Vector, cleared, dot
from ...kernel.reading import Json, array, canonical, record, require, whole
from ..polytope import Based
from ..problem.graphs import Flat
from .outputs import SYSTEM, Face, Outputs, even_row, hull
from .standing import Standing

Tied: TypeAlias = dict[tuple[int, int], Fraction]
"""Entries by face and place, with what they are given as."""


def tied(D: Outputs, faces: list[Face], read: Json) -> Tied:
    """Return the entries that are given, after proving that their equations follow.

    Each as face, place, number, the shares of the equations of whole hulls that are kept, and
    where those are not all, of each free column a w. Without shares it is left to ``shared``;
    atoms at rest have been proved.
    """
    entries = [entry_of(entry) for entry in array(read, SYSTEM)]
    found: Tied = {(i, 0): Fraction(0) for i, face in enumerate(faces) if face.rest}
    entries = [entry for entry in entries if not at_rest(entry)]
    listed = [entry for entry in entries if len(entry) > 3 and not is_turned(entry)]
    for i, m, t, *shares in entries:
        face = faces[whole(i, SYSTEM, 0, len(faces) - 1)]
        fine = face.k == face.w if shares else 1 < face.k < face.w
        if is_turned([i, m, t, *shares]):
            fine = face.k == 1 and t == "0"
        require(fine, SYSTEM, "an entry is tied where a kernel is not its hull")
        place = i, whole(m, SYSTEM, 0, len(face.entries) - 1)
        require(place not in found, SYSTEM, "an entry is tied twice")
        found[place] = D.field.rational(t, SYSTEM)
    for i, *_, told in filter(is_turned, entries):
        turned(D, faces, (i, [j for j, _ in found]), told)
    whole_hulls = [i for i, face in enumerate(faces) if listed and face.k == face.w]
    many = sum(len(faces[i].entries) for i in whole_hulls)
    D.clock.hold(many * D.n * (D.n + 1) // 2, 512, SYSTEM)
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
        for share, row in zip(array(shares, SYSTEM, len(kept)), kept, strict=True):
            D.clock.tick()
            s = D.field.rational(share, SYSTEM)
            left = [x - s * z for x, z in zip(left, row, strict=True)]
        require(not any(left), SYSTEM, "a tied equation is not that combination of others")
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
    record(read, "of by", SYSTEM)
    i, taken = places
    j = whole(read["of"], SYSTEM, 0, len(faces) - 1)
    face, other = faces[i], faces[j]
    fine = j not in taken and other.k == 1 and face.w == other.w
    require(fine, SYSTEM, "an atom is turned to none of its kind")
    Q = [D.field.vector(row, face.w, SYSTEM) for row in array(read["by"], SYSTEM, face.w)]
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
        require(same, SYSTEM, "an atom is not that other one, turned")
    (pivot,), row = face.pivots, Q[other.pivots[0]]
    alone = not any(t for p, t in enumerate(row) if p != pivot)
    require(alone, SYSTEM, "what turns an atom does not keep its pivot")
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
    return array(read, SYSTEM, min(max(len(array(read, SYSTEM)), 3), 5))


def at_rest(entry: list[Json]) -> bool:
    """Return whether an entry is that of an atom at rest: 0, and no shares."""
    return canonical(entry[1:]) == canonical([0, "0", None])


def beside(D: Outputs, read: Json) -> Vector:
    """Return ``sum z w' + w z'`` on and above the diagonal, over the free columns z; 0 first."""
    Z = [D.Z[j] for j in D.independent]
    W = [D.field.vector(w, D.n, SYSTEM) for w in array(read, SYSTEM, len(Z))]
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
    shares = {entry[0]: entry[3] for entry in map(entry_of, array(read, SYSTEM))}
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
            for at, t in zip(hulls, array(shares[i], SYSTEM, len(hulls)), strict=True):
                column[at] = D.field.rational(t, SYSTEM)
        columns.append([*column, *(face.rest or [Fraction(0)] * size)])
    D.clock.hold(len(faces) * (len(kept) + size), 256, SYSTEM)
    bits = masses[0].bits
    totals = []
    for m in range(len(kept)):
        num, den = cleared([c[m] for c in columns], D.clock)
        totals.append(linear(num, den, masses, bits))
    return Spread(D, bits, columns * (1 + D.even), totals)


def resting(
    D: Outputs, faces: list[Face], standing: Standing, held: int, read: Json
) -> None:
    """Prove atoms tight for what is given of N, and tell their features (V12d)."""
    listed = [entry[0] for entry in map(entry_of, array(read, SYSTEM)) if at_rest(entry)]
    at = [whole(i, SYSTEM, 0, len(faces) - 1) for i in listed]
    alone = not held and all(face.k == 1 for face in faces)
    require(
        alone or not at, SYSTEM, "an atom at rest is beside what is held, or a continuum"
    )
    used = [face for i, face in enumerate(faces) if i not in at]
    for i in at:
        face = faces[i]
        N = {k: given_row(D, standing, used, k) for k in face.rows}
        outputs = [list(column) for column in zip(*N.values(), strict=True)]
        D.clock.hold(face.w**2 + D.entries, 512, SYSTEM)
        M = products(D, list(zip(*face.rows.values(), strict=True)), outputs)
        square = D.beta_squared * D.scale**2
        pairs = zip(products(D, face.basis, face.basis), products(D, M, M), strict=True)
        form = [[square * s - t for s, t in zip(*rows, strict=True)] for rows in pairs]
        kernel = hull(D, form, face.w)
        require(len(kernel) == 1, SYSTEM, "an atom at rest is not tight for what is given")
        (u,) = kernel
        phi = {k: dot(R, u) for k, R in face.rows.items()}
        h = [dot(u, column) for column in zip(*M, strict=True)]
        face.rest = [phi.get(k, 0) * t for t in h for k in range(D.n)]


def products(
    D: Outputs, rows: Sequence[Sequence[Scalar]], others: Sequence[Sequence[Scalar]]
) -> list[Vector]:
    """Return the products of vectors; the time is watched at each."""
    found: list[Vector] = []
    for row in rows:
        found.append([])
        for other in others:
            D.clock.tick()
            found[-1].append(Fraction(dot(row, other)))
    return found


def given_row(D: Outputs, standing: Standing, used: Sequence[Face], k: int) -> Vector:
    """Return a row of N that is given, with one fit; of softmax where nothing is seen."""
    D.clock.tick()
    flats = [p for p in standing.pieces[k :: D.n] if isinstance(p, Flat)]
    if len(flats) == D.c and all(p.low == p.high is not None for p in flats):
        return [Fraction(p.at) for p in flats]
    row = even_row(D, used, k)
    require(row, SYSTEM, "kappa is not given where an atom at rest is active")
    return row
