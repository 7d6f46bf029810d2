"""Forms on R^d as sums of products of linear forms, compared entry by entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...kernel.numbers import Scalar, Vector, cleared, dot, sign, zero
from ...kernel.reading import Json, array, require, whole
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
