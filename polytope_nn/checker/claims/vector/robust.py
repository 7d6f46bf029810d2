"""The proof that N in intervals is feasible, and tight at kernels only (B7).

As in ``faces``, but the slack of a leaf must exceed what its identity is off. A leaf in the
closure of a kernel's face is *pinned*: on the hull of that face ``D U = 0`` exactly.
"""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.intervals import Interval, inner, linear, regular
from ...kernel.numbers import Scalar, Vector, dot
from ...kernel.reading import Json, array, record, require, whole
from ..topes import Charted
from .enclosed import Proved, size
from .faces import WHERE, Cell, Term, keys_of, leaf, on_topes
from .kernels import Face


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

    dead: frozenset[int] = frozenset()

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
        """Return ``E X u`` but where N is 0, modulo Z: if that is 0 so is ``M'u``."""
        rows = enumerate(zip(self.D.X, self.signs, strict=True))
        return self.D.left(
            [dot(x, u) if s > 0 and k not in self.dead else 0 for k, (x, s) in rows]
        )


def bounded(P: Proved, charted: Charted) -> None:
    """Prove N feasible on every closed tope, and tight at the kernels only."""
    dead = frozenset(P.S.standing.dead)

    def cell_of(signs: list[int], active: int) -> Known:
        del active
        cell = Known(P.S.D, signs, P.pull(signs), 1)
        cell.dead = dead
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
    alike = beside and all(covector[k] and k in cell.dead for k in other)
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
