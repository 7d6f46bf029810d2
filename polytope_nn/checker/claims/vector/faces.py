"""Claim *dual* with several outputs: N is feasible, and tight only where it is said (B1-B3).

Per closed tope a tree on ``x_k'u s_k > 0 | = 0`` over its rows; a leaf shows that

* *below*: ``beta^2 |u|^2 - |h|^2`` is a sum of terms >= 0 on the leaf, and 0 on a span only;
* *above*: on one open face ``level |u|^2 > |h|^2``, and somewhere in its hull ``<=``; or
* *off*: no point is there, or none that is an eigenvector of a value that is not 0.

A direction of the largest value of all is an eigenvector of the largest value on its face
(proofs/vector.md), so that only the first kind holds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ...kernel.numbers import Scalar, Vector, cleared, dot, sign, zero
from ...kernel.primitives import tree
from ...kernel.reading import Json, array, handed, record, require, whole
from ..dual import Charted
from .directions import Tight, orthogonal_basis
from .outputs import Outputs

Term = tuple[Scalar, Vector, Vector]
"""``c (p'u)(q'u)``: c, p, q."""

WHERE = "witness.dual"


@dataclass
class Cell:
    """A closed tope, or what a branch leaves of it, and the form ``u'Hu = |h|^2`` there.

    ``M`` is ``X'E N``, shape (d, c), times ``scale``. Signed rows are >= 0 on the tope, > 0
    where ``strict`` and 0 where ``vanishing``: sets of samples, as bits.
    """

    D: Outputs
    signs: list[int]
    M: list[Vector]
    scale: int
    strict: int = 0
    vanishing: int = 0

    @property
    def decided(self) -> bool:
        """Whether each row is strict or vanishes: the cell is one open face."""
        every = sum(1 << k for k, s in enumerate(self.signs) if s)
        return self.strict | self.vanishing == every

    def row(self, read: Json, among: int) -> Vector:
        """Return the signed row of a sample of a set, ``scale`` times that of X."""
        k = whole(read, WHERE, 0, self.D.n - 1)
        require(among >> k & 1, WHERE, "a row is not of the set it is taken from")
        return [self.signs[k] * t for t in self.D.X[k]]

    def pulled(self, u: Vector) -> Vector:
        """Return ``M'u``, shape (c,)."""
        return [dot(column, u) for column in zip(*self.M, strict=True)]

    @property
    def rows(self) -> int:
        """The samples that are not 0, as bits."""
        return sum(1 << k for k, s in enumerate(self.signs) if s)

    def terms(self, read: Json) -> tuple[list[Term], bool]:
        """Return the terms of a leaf, each >= 0 or 0 on the cell; whether one is positive.

        ``squares`` of linear forms, ``pairs`` of signed rows, ``walls``: vanishing rows times
        anything.
        """
        D, found, positive = self.D, [], False
        for entry in array(read["squares"], WHERE):
            c, v = array(entry, WHERE, 2)
            form = D.field.integers(v, D.d, WHERE)
            found.append((self.weight(c), form, form))
        for entry in array(read["pairs"], WHERE):
            c, i, j = array(entry, WHERE, 3)
            found.append((self.weight(c), self.row(i, self.rows), self.row(j, self.rows)))
            positive = positive or (self.strict >> i & 1 and self.strict >> j & 1) == 1
        for entry in array(read["walls"], WHERE):
            c, k, v = array(entry, WHERE, 3)
            form = D.field.integers(v, D.d, WHERE)
            found.append((D.field.number(c, WHERE), self.row(k, self.vanishing), form))
        return found, positive

    def weight(self, read: Json) -> Scalar:
        """Return the coefficient of a term, which is positive."""
        c = self.D.field.number(read, WHERE)
        require(sign(c) > 0, WHERE, "a coefficient is not positive")
        return c

    def strictly(self, level: Scalar, read: Json) -> None:
        """Prove ``|h|^2 < level |u|^2`` on the cell, by terms and their slack."""
        slack = self.D.field.number(read["slack"], WHERE)
        terms, positive = self.terms(read)
        strict = sign(slack) > 0 or (positive and sign(slack) == 0)
        require(strict, WHERE, "the value is not below the level")
        self.identity(level, slack, terms)

    def reaches(self, level: Scalar, w: Vector) -> bool:
        """Return whether ``|h|^2 >= level |w|^2``."""
        h = self.pulled(w)
        return sign(dot(h, h) - level * self.scale**2 * dot(w, w)) >= 0

    def identity(self, level: Scalar, slack: Scalar, terms: Sequence[Term]) -> None:
        """Prove ``level |u|^2 - u'Hu = slack |u|^2 + sum of the terms`` for all u."""
        D, square = self.D, self.scale**2
        numbers, q = cleared([level - slack, *(c for c, _, _ in terms)], D.clock)
        apart, *weights = numbers
        for j in range(D.d):
            for k in range(j, D.d):
                D.clock.tick()
                left = square * apart if j == k else 0
                rest = 2 * left - 2 * q * dot(self.M[j], self.M[k])
                for c, (_, x, y) in zip(weights, terms, strict=True):
                    rest = rest - square * (c * (x[j] * y[k] + x[k] * y[j]))
                require(zero(rest), WHERE, "an identity of forms does not hold")


Known = TypeVar("Known", bound=Cell)


def bounded(D: Outputs, N: Vector, charted: Charted, tight: Tight) -> None:
    """Prove N feasible on every closed tope of a chart, and tight where that is listed."""
    numbers, den = cleared(N, D.clock)

    def cell_of(signs: list[int], active: int) -> Cell:
        return Cell(D, signs, pull(D, numbers, active), D.scale * den)

    def prove(cell: Cell, read: Json) -> None:
        leaf(cell, partial(below, tight=tight), read)

    on_topes(D, charted, cell_of, prove)


def on_topes(
    D: Outputs,
    charted: Charted,
    cell_of: Callable[[list[int], int], Known],
    prove: Callable[[Known, Json], None],
) -> None:
    """Prove every closed tope of a chart by its tree, each leaf of its cell."""
    missing, more = "a tope has no tree", "there are more trees than topes"
    for active, read in handed(charted.topes, charted.bounds, WHERE, missing, more):
        signs = [0] * D.n
        for k in charted.chart.rows:
            signs[k] = 1 if active >> k & 1 else -1
        cell = cell_of(signs, active)
        closed(D, cell, partial(prove, cell), read)


def pull(D: Outputs, N: Vector, active: int) -> list[Vector]:
    """Return ``X'E N`` of the active rows, shape (d, c)."""
    D.clock.tick()
    at = [k for k in range(D.n) if active >> k & 1]
    columns = [[column[k] for k in at] for column in D.columns(N)]
    found: list[Vector] = []
    for i in range(D.d):
        D.clock.tick()
        x = [D.X[k][i] for k in at]
        found.append([dot(x, column) for column in columns])
    return found


def closed(D: Outputs, cell: Cell, prove: Callable[[Json], None], read: Json) -> None:
    """Prove a closed tope by its tree; tokens: a row to branch on, or -1 for a leaf."""
    record(read, "tree leaves", WHERE)

    def branch(token: int, strict: int, vanishing: int) -> int | None:
        del strict, vanishing
        if token == -1:
            return None
        fine = 0 <= token < D.n and cell.signs[token] != 0
        require(fine, WHERE, "branches on no row")
        return token

    found = tree(array(read["tree"], WHERE), branch, D.clock.tick, WHERE)
    missing, more = "a leaf has no proof", "there are more proofs than leaves"
    for (_, *sets), proof in handed(found, read["leaves"], WHERE, missing, more):
        cell.strict, cell.vanishing = sets
        prove(proof)


def leaf(cell: Known, tight: Callable[[Known, Json], None], read: Json) -> None:
    """Prove a leaf: above, off, or one that may be tight."""
    keys = keys_of(read)
    if "level" in keys:
        above(cell, read)
    elif "rows" in keys:
        off(cell, read)
    else:
        tight(cell, read)


def keys_of(read: Json) -> set[str]:
    """Return the keys of an object, none of anything else."""
    return set(read) if type(read) is dict else set()


def below(cell: Cell, read: Json, tight: Tight) -> None:
    """Prove ``|h| <= beta |u|`` on the leaf, with equality on a span, which is listed.

    ``slack (|u|^2 - sum of the (v'u)^2 / |v|^2)`` is 0 on the span of the orthogonal v only.
    """
    D = cell.D
    record(read, "slack kernel squares pairs walls", WHERE)
    slack = cell.weight(read["slack"])
    terms, _ = cell.terms(read)
    pairs = [array(entry, WHERE, 2) for entry in array(read["kernel"], WHERE)]
    shares = [cell.weight(t) for t, _ in pairs]
    span = orthogonal_basis(D, [v for _, v in pairs], WHERE)
    kernel: list[Term] = []
    for t, v in zip(shares, span, strict=True):
        fine = zero(t * dot(v, v) - slack)
        require(fine, WHERE, "a vector of a kernel has not the weight slack / |v|^2")
        kernel.append((-1 * t, v, v))
    cell.identity(D.beta_squared, slack, [*kernel, *terms])
    tight.holds(span, cell.signs, WHERE)


def above(cell: Cell, read: Json) -> None:
    """Prove that the open face holds no eigenvector of the largest value on its hull.

    ``|h|^2 < level |u|^2`` on the face, and ``|h|^2 >= level |u|^2`` at a vector of its hull.
    """
    D = cell.D
    record(read, "level vector slack squares pairs walls", WHERE)
    require(cell.decided, WHERE, "a row is not decided where a face must be open")
    level = D.field.number(read["level"], WHERE)
    cell.strictly(level, read)
    w = D.field.integers(read["vector"], D.d, WHERE)
    in_hull(cell, w)
    require(cell.reaches(level, w), WHERE, "the vector does not reach the level")


def off(cell: Cell, read: Json) -> None:
    """Prove that a face is empty, or has no eigenvector of a value that is not 0.

    A sum r of its signed rows, positive on the face, and of vanishing ones is 0; or r is in
    the hull and ``N'(E X r) = 0``, so that ``r'u = 0`` for such eigenvectors u.
    """
    D = cell.D
    record(read, "rows walls", WHERE)
    r: Vector = [0] * D.d
    positive = False
    for entry in array(read["rows"], WHERE):
        c, k = array(entry, WHERE, 2)
        x = cell.row(k, cell.rows)
        r = plus(r, cell.weight(c), x)
        positive = positive or cell.strict >> k & 1 == 1
    for entry in array(read["walls"], WHERE):
        c, k = array(entry, WHERE, 2)
        r = plus(r, D.field.number(c, WHERE), cell.row(k, cell.vanishing))
    require(positive, WHERE, "no row is positive there")
    if all(map(zero, r)):
        return
    require(cell.decided, WHERE, "a row is not decided where a face must be open")
    in_hull(cell, r)
    dead = all(map(zero, cell.pulled(r)))
    require(dead, WHERE, "the outputs see what must be unseen")


def plus(r: Vector, c: Scalar, x: Vector) -> Vector:
    """Return ``r + c x``."""
    return [s + c * t for s, t in zip(r, x, strict=True)]


def in_hull(cell: Cell, w: Vector) -> None:
    """Prove that a vector is 0 at the rows that vanish."""
    D = cell.D
    at = (k for k in range(D.n) if cell.vanishing >> k & 1)
    require(all(zero(dot(D.X[k], w)) for k in at), WHERE, "is not in the hull of the face")
