"""Claim *paired*: an optimum of a problem in which more is free, made by pairs of opposites (V20).

There all that neurons see is free, so u and -u are tight with one h, and a share s of a mass m that
goes from u to -u takes ``s m X u h'`` from the fit. Shares in [0, 1] with which this is what is
free there, modulo what is free here, make a network here of the same objective.
"""

from ...kernel.intervals import Interval, Numbers, enclosed, linear, regular
from ...kernel.numbers import Vector, cleared
from ...kernel.reading import Json, array, record, require, whole
from .enclosed import Proved
from .outputs import Outputs

CLAIM, WHERE = "claims.paired", "witness.pairs"


def widened(own: Outputs, read: Json) -> Outputs:
    """Return the instance in which all that neurons see is free."""
    ones = own.bias == "penalised" or own.constants
    wide = Outputs(read | {"free": "affine" if ones else "linear"}, own.field)
    require(wide.even and not own.even, "data.free", "what neurons see is free already")
    return wide


def paired(own: Outputs, P: Proved, claim: Json, witness: Json) -> int:
    """Return the rank of what is tight, after proving shares of pairs."""
    D = P.S.D
    record(witness, "basis onto shares", WHERE)
    onto = coordinates(own, D, witness)
    columns = [column_of(P, i, onto) for i in range(len(P.S.faces))]
    right = made(P, onto)
    shares = array(witness["shares"], WHERE, len(columns))
    told: list[Interval | None] = []
    for read, column in zip(shares, columns, strict=True):
        if read is None:
            told.append(None)
            continue
        share = D.field.rational(read, WHERE)
        require(0 <= share <= 1, WHERE, "a share is not from 0 to 1")
        right = [z - t * share for z, t in zip(right, column, strict=True)]
        told.append(P.S.point(share))
    asked = [column for column, t in zip(columns, told, strict=True) if t is None]
    require(len(asked) == len(right), WHERE, "as many shares are asked for as equations")
    solved = iter(regular(D.clock, asked, right, WHERE))
    found = [next(solved) if t is None else t for t in told]
    fine = all(t.low >= 0 and t.high <= 1 << t.bits for t in found)
    require(fine, CLAIM, "a share is not proved to be from 0 to 1")
    listed = array(claim["shares"], CLAIM, len(columns))
    for read, t in zip(listed, found, strict=True):
        enclosed(D.clock, read, t, CLAIM)
    return len(columns) + len(right)


def coordinates(own: Outputs, D: Outputs, witness: Json) -> list[Vector]:
    """Return all that is free there in a basis of it modulo what is free here, multiplied out."""
    many = len(D.independent) - len(own.independent)
    basis = [whole(i, WHERE, 0, len(D.Z) - 1) for i in array(witness["basis"], WHERE, many)]
    vectors = [own.left(D.Z[i]) for i in basis]
    found = []
    for z, read in zip(D.Z, array(witness["onto"], WHERE, len(D.Z)), strict=True):
        shares = D.field.vector(read, many, WHERE)
        left = own.left(z)
        for t, v in zip(shares, vectors, strict=True):
            D.clock.tick()
            left = [x - t * y for x, y in zip(left, v, strict=True)]
        require(not any(left), WHERE, "a column is not that combination of the basis")
        found.append(shares)
    return found


def column_of(P: Proved, i: int, onto: list[Vector]) -> Numbers:
    """Return ``m X u h'`` of a pair in the basis, for all outputs that count."""
    S = P.S
    face = S.faces[i]
    T = S.state(face, P.x)
    (g,), (h,) = P.directions(face), T.h
    h = [t - h[-1] for t in h[:-1]] if S.D.shifted else h
    found = []
    for row in zip(*onto[: len(g)], strict=True):
        num, den = cleared(list(row), S.D.clock)
        moved = linear(num, den, g, S.bits) * T.S[0][0]
        found += [moved * t for t in h]
    return found


def made(P: Proved, onto: list[Vector]) -> Numbers:
    """Return the same of what is free there, with the other sign."""
    S, D = P.S, P.S.D
    own = [onto[i] for i in D.independent]
    A = P.x[D.entries :]
    found = []
    for row in zip(*own, strict=True):
        num, den = cleared([-t for t in row], D.clock)
        for j in range(D.c - D.shifted):
            part = A[j * len(own) : (j + 1) * len(own)]
            found.append(linear(num, den, part, S.bits))
    return found
