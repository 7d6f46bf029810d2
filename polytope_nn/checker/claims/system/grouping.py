"""The system that a certificate makes: its atoms, which of them are one face, what is free."""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from ...kernel.numbers import dot
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
from ..instance import Instance
from .equations import Face, Signed, System, pins_of
from .identities import alike

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
        require(s != 0, where, "a sign is 0")
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
    seen: set[int] = set()
    for read in array(witness["faces"], where):
        D.clock.tick()
        group = indices(read, len(S.atoms), where)
        require(group, where, "a face has no atom")
        require(seen.isdisjoint(group), where, "an atom is in two faces")
        seen.update(group)
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
