"""What two kernels share tells entries that are tied (B7).

Entries of S are tied by what two kernels share (V12c). Where neurons of both faces cost the same
their forms are one: with x and y there, in the spans of the two U, ``y'D x`` is told by the values
of ``U'D U`` of the one and of the other, which are 0 but at entries that are tied. As many such
relations as entries, regular: they are 0, too.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...kernel.intervals import Numbers, linear, regular
from ...kernel.numbers import dot
from ...kernel.reading import Json, array, require, whole
from .outputs import SYSTEM, Face, hull


def shared(P: Any, places: Sequence[tuple[int, int]], read: Json) -> None:
    """Prove that the equations of places, face and entry, hold: a pair of sides for each."""
    rows = []
    for pair in array(read, SYSTEM, len(places)):
        sides = [side_of(P, side) for side in array(pair, SYSTEM, 2)]
        (i, *_), (j, *_) = sides
        walls = apart(P.S.faces[i], P.S.faces[j])
        x, y = (seen(P, side, walls) for side in sides)
        own, other = factors(P, places, i, (x, y)), factors(P, places, j, (y, x))
        rows.append([s - t for s, t in zip(own, other, strict=True)])
    columns = [list(column) for column in zip(*rows, strict=True)]
    regular(P.S.D.clock, columns, [P.S.point(0)] * len(rows), SYSTEM)


Side = tuple[int, list[int], list[int], int]
"""A face, samples, and the vectors of its kernel that they tell, beside one that is free."""


def side_of(P: Any, read: Json) -> Side:
    """Return a side."""
    face, rows, factors, free = array(read, SYSTEM, 4)
    i = whole(face, SYSTEM, 0, len(P.S.faces) - 1)
    k, n = P.S.faces[i].k, P.S.D.n
    samples = [whole(t, SYSTEM, 0, n - 1) for t in array(rows, SYSTEM)]
    places = [whole(t, SYSTEM, 0, k - 1) for t in array(factors, SYSTEM, len(samples))]
    return i, samples, places, whole(free, SYSTEM, 0, k - 1)


def apart(face: Face, other: Face) -> list[int]:
    """Return the samples that vanish where neurons of both faces see the same."""
    pairs = enumerate(zip(face.covector, other.covector, strict=True))
    return [k for k, (s, t) in pairs if 0 in (s, t) or s != t]


def seen(P: Any, side: Side, walls: Sequence[int]) -> Numbers:
    """Return the vector of R^d of a span that vanishes on all walls: on those that are told."""
    i, samples, places, free = side
    D, face = P.S.D, P.S.faces[i]
    zeros = [k for k, s in enumerate(face.covector) if s == 0]
    within = set(samples) <= set(walls)
    factors = hull(D, [D.X[k] for k in (*zeros, *samples)])
    fine = within and len(factors) == len(hull(D, [D.X[k] for k in walls]))
    require(fine, SYSTEM, "samples do not tell where two faces see the same")
    g = P.directions(face)
    columns = [[linear(list(map(int, D.X[k])), 1, v, P.S.bits) for k in samples] for v in g]
    right = [-1 * t for t in columns[free]]
    shares = regular(D.clock, [columns[m] for m in places], right, SYSTEM)
    found = list(g[free])
    for share, m in zip(shares, places, strict=True):
        found = [t + share * s for t, s in zip(found, g[m], strict=True)]
    return found


def factors(
    P: Any,
    places: Sequence[tuple[int, int]],
    i: int,
    pair: tuple[Numbers, Numbers],
) -> Numbers:
    """Return the factors of ``y'D x`` at the entries of a face, x in its span."""
    face = P.S.faces[i]
    x, y = (at_pivots(P, face, v) for v in pair)
    found = []
    for at, entry in places:
        P.S.D.clock.tick()
        if at != i:
            found.append(P.S.point(0))
            continue
        m, o = face.entries[entry]
        found.append(y[m] * x[o] + y[o] * x[m] if m != o else y[m] * x[m])
    return found


def at_pivots(P: Any, face: Face, v: Numbers) -> Numbers:
    """Return the coordinates of the projection of a vector on the span of B, at the pivots."""
    S, B = P.S, face.basis
    gram = [[S.point(Fraction(dot(b, c))) for c in B] for b in B]
    right = [linear(list(map(int, b)), 1, v, S.bits) for b in B]
    found = regular(S.D.clock, gram, right, SYSTEM)
    return [found[p] for p in face.pivots]
