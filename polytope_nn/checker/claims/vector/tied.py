"""Entries of S that are *tied*: what neurons of whole hulls share, given instead of found.

On a face whose kernel is its hull the equations are ``beta^2 b'd = <phi psi', N N'>`` for vectors
b, d of the basis that the active samples see as phi, psi: linear in ``b'd`` and the symmetric
part of ``phi psi'``, which are numbers. One that is a combination of others follows from them,
and so does its feature: planes that share a ray have one such.
"""

from fractions import Fraction
from typing import TypeAlias

from ...kernel.numbers import Vector, dot
from ...kernel.reading import Json, array, require, whole
from .kernels import WHERE, Face
from .outputs import Outputs

Tied: TypeAlias = dict[tuple[int, int], Fraction]
"""Entries by face and place, with what they are given as."""


def tied(D: Outputs, faces: list[Face], read: Json) -> Tied:
    """Return the entries that are given, after proving that their equations follow.

    Each as face, place, number, and the shares of the equations of whole hulls that are kept.
    """
    listed = [array(entry, WHERE, 4) for entry in array(read, WHERE)]
    found: Tied = {}
    for i, m, t, _ in listed:
        face = faces[whole(i, WHERE, 0, len(faces) - 1)]
        require(face.k == face.w, WHERE, "an entry is tied where a kernel is not its hull")
        place = i, whole(m, WHERE, 0, len(face.entries) - 1)
        require(place not in found, WHERE, "an entry is tied twice")
        found[place] = D.field.rational(t, WHERE)
    whole_hulls = [i for i, face in enumerate(faces) if listed and face.k == face.w]
    many = sum(len(faces[i].entries) for i in whole_hulls)
    D.clock.hold(many * D.n * (D.n + 1) // 2, 512, WHERE)
    rows = {
        (i, m): equation(D, faces[i], m)
        for i in whole_hulls
        for m in range(len(faces[i].entries))
    }
    kept = [row for place, row in rows.items() if place not in found]
    for i, m, _, shares in listed:
        left = rows[i, m]
        for share, row in zip(array(shares, WHERE, len(kept)), kept, strict=True):
            D.clock.tick()
            s = D.field.rational(share, WHERE)
            left = [x - s * z for x, z in zip(left, row, strict=True)]
        require(not any(left), WHERE, "a tied equation is not that combination of others")
    return found


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
