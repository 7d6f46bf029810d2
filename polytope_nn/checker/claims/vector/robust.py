"""What rests on N in intervals: it is feasible, tight at kernels only; what is tied (B7).

As in ``faces``, but the slack of a leaf must exceed what its identity is off. A leaf in the
closure of a kernel's face is *pinned*: on the hull of that face ``D U = 0`` exactly.

Entries of S are tied by what two kernels share (V12c). Where neurons of both faces cost the same
their forms are one: with x and y there, in the spans of the two U, ``y'D x`` is told by the values
of ``U'D U`` of the one and of the other, which are 0 but at entries that are tied. As many such
relations as entries, regular: they are 0, too.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, inner, linear, regular
from ...kernel.numbers import Scalar, Vector, dot
from ...kernel.reading import Json, array, record, require, whole
from ..dual import Charted
from .enclosed import Proved, size
from .faces import WHERE, Cell, Term, keys_of, leaf, on_topes
from .kernels import WHERE as SYSTEM
from .kernels import Face, hull
from .standing import exact_rows


class Known(Cell):
    """A cell where M is known in intervals, of scale 1."""

    def off_by(self, level: Scalar, slack: Scalar, terms: Sequence[Term]) -> Fraction:
        """Return a bound of the form that an identity leaves: its largest sum of a row."""
        D, bits, most = self.D, self.M[0][0].bits, Fraction(0)
        for j in range(D.d):
            total = Fraction(0)
            for k in range(D.d):
                D.clock.tick()
                rest = (level - slack) * int(j == k)
                for c, x, y in terms:
                    rest = rest - Fraction(c) * (x[j] * y[k] + x[k] * y[j]) / 2
                left = Interval.around(rest, rest, bits)
                total += size(left - inner(self.M[j], self.M[k], bits))
            most = max(most, total)
        return most

    exact: Mapping[
        int, Vector
    ]  # rows of N that are known; of the hull of a face none is asked

    def strictly(self, level: Scalar, read: Json) -> None:
        """Prove ``level |u|^2 - |h|^2 > `` terms for u != 0: the slack exceeds what is off."""
        self.exceeds(level, read, (), Fraction(0))

    def exceeds(
        self, level: Scalar, read: Json, more: Sequence[Term], apart: Fraction
    ) -> None:
        """Prove the same with more terms, which are off by so much."""
        slack = self.weight(read["slack"])
        terms, _ = self.terms(read)
        left = self.off_by(level, slack, [*more, *terms]) + apart
        require(slack > left, WHERE, "the slack does not exceed what an identity is off")

    def reaches(self, level: Scalar, w: Vector) -> bool:
        """Return whether ``|h|^2 >= level |w|^2`` for every N of the intervals."""
        bits = self.M[0][0].bits
        h = [linear(list(map(int, w)), 1, list(c), bits) for c in zip(*self.M, strict=True)]
        reached: Interval = inner(h, h, bits) - level * dot(w, w)
        return reached.low >= 0

    def pulled(self, u: list[Scalar]) -> list[Scalar]:
        """Return ``E X u`` but where N is exact, modulo Z, and ``M'u`` of the rest.

        If all that is 0 so is ``M'u``.
        """
        seen = [
            dot(x, u) if s > 0 else 0 for x, s in zip(self.D.X, self.signs, strict=True)
        ]
        told = [[seen[k] * t for t in row] for k, row in self.exact.items()]
        outputs = [sum(column) for column in zip(*told, strict=True)]
        open_rows = [0 if k in self.exact else t for k, t in enumerate(seen)]
        return [*self.D.left(open_rows), *outputs]


def bounded(P: Proved, charted: Charted) -> None:
    """Prove N feasible on every closed tope, and tight at the kernels only."""
    exact = exact_rows(P.S.D, P.S.standing, P.S.used)

    def cell_of(signs: list[int], active: int) -> Known:
        del active
        cell = Known(P.S.D, signs, P.pull(signs), 1)
        cell.exact = exact
        return cell

    def tight(cell: Known, read: Json) -> None:
        if "face" in keys_of(read):
            pinned(P, cell, read)
            return
        record(read, "slack squares pairs walls", WHERE)
        cell.strictly(cell.D.beta_squared, read)

    on_topes(P.S.D, charted, cell_of, lambda cell, read: leaf(cell, tight, read))


def pinned(P: Proved, cell: Known, read: Json) -> None:
    """Prove that of a cell in the closure of a kernel's face only the kernel is tight.

    On the hull of the face ``D U = 0``, so for ``u = U a + v``, v orthogonal to U,
    ``u'D u = v'D v``; and ``beta^2 |v|^2 - v'Hv + weight sum (r'v)^2`` exceeds a part of
    ``|v|^2``, r near U. The rows off which the cell is not the face's vanish, or N is 0 there,
    and the kernel is *apart*. Where what neurons see is free ``X'N = 0``: the opposite face has
    the same form.
    """
    D = P.S.D
    beside = "apart" in read
    record(read, "face weight slack squares walls" + " apart" * beside, WHERE)
    i = whole(read["face"], WHERE, 0, len(P.S.faces) * (1 + D.even) - 1)
    side, i = (1, -1)[i // len(P.S.faces)], i % len(P.S.faces)
    face = P.S.faces[i]
    covector = [side * t for t in face.covector]
    pairs = enumerate(zip(cell.signs, covector, strict=True))
    other = {k for k, (s, t) in pairs if s not in (0, t) and not cell.vanishing >> k & 1}
    dead = {k for k, row in cell.exact.items() if not any(row)}
    alike = beside and all(covector[k] and k in dead for k in other)
    require(alike or not other, WHERE, "a cell is not in the closure of that face")
    signs = [t or s for s, t in zip(cell.signs, covector, strict=True)]
    zeros = sum(1 << k for k, t in enumerate(covector) if t == 0 and cell.signs[k])
    hull = Known(D, signs, P.pull(signs), 1, 0, zeros)
    weight = hull.weight(read["weight"])
    near, square = P.near(face)
    more: list[Term] = [(-1 * weight, r, r) for r in near]
    hull.exceeds(D.beta_squared, read | {"pairs": []}, more, weight * square)
    if beside:
        missed(P, cell, face, read["apart"])


def missed(P: Proved, cell: Known, face: Face, read: Json) -> None:
    """Prove that a kernel misses a cell: a positive combination of strict rows is 0 on it."""
    D, g = P.S.D, P.directions(face)
    rows = [cell.row(k, cell.strict) for k in array(read, WHERE, face.k + 1)]
    seen = [[linear(list(map(int, x)), 1, v, P.S.bits) for v in g] for x in rows]
    first = [-1 * t for t in seen[0]]
    for share in regular(D.clock, seen[1:], first, WHERE):
        require(share.low > 0, WHERE, "a combination of rows is not proved to be positive")


def shared(P: Proved, places: Sequence[tuple[int, int]], read: Json) -> None:
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


def side_of(P: Proved, read: Json) -> Side:
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


def seen(P: Proved, side: Side, walls: Sequence[int]) -> Numbers:
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
    P: Proved,
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


def at_pivots(P: Proved, face: Face, v: Numbers) -> Numbers:
    """Return the coordinates of the projection of a vector on the span of B, at the pivots."""
    S, B = P.S, face.basis
    gram = [[S.point(Fraction(dot(b, c))) for c in B] for b in B]
    right = [linear(list(map(int, b)), 1, v, S.bits) for b in B]
    found = regular(S.D.clock, gram, right, SYSTEM)
    return [found[p] for p in face.pivots]
