"""Matrices of long floating-point numbers, rounded at each step: for guesses, not for proofs.

Where ordinary floats are too short, because the scales of the data are far apart, a search
computes with these. Nothing is known of their errors: what comes out is proved elsewhere.
"""

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat, ctx, fmpq

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import unit_vector

from .ball import Ball
from .rational import approximate_root

__all__ = ["LongMatrix", "LongSpan"]

_BITS = 1200
Row = Sequence[Fraction | int]


class LongMatrix:
    """A matrix of long floats: ``@``, ``+``, ``-``, ``T``, ``*`` by a number.

    >>> A = LongMatrix.of([[2, 1], [1, 1]])
    >>> (A @ A.solve(LongMatrix.column([3, 2]))).fractions()
    [Fraction(3, 1), Fraction(2, 1)]
    """

    __slots__ = ("value",)

    def __init__(self, value: arb_mat) -> None:
        """Wrap a flint matrix; outside this room use :meth:`of`, :meth:`column`."""
        self.value = value

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "LongMatrix":
        """Return the matrix of the given rows, at least one."""
        with ctx.workprec(_BITS):
            table = [[_rounded(x) for x in row] for row in rows]
            return cls(
                arb_mat(len(table), len(table[0]), [x for row in table for x in row])
            )

    @classmethod
    def column(cls, entries: Row) -> "LongMatrix":
        """Return a column."""
        return cls.of([[x] for x in entries]) if len(entries) else cls(arb_mat(0, 1))

    @property
    def T(self) -> "LongMatrix":
        """The transpose."""
        return LongMatrix(self.value.transpose())

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and of columns."""
        return self.value.nrows(), self.value.ncols()

    def __matmul__(self, other: "LongMatrix") -> "LongMatrix":
        with ctx.workprec(_BITS):
            return LongMatrix((self.value * other.value).mid())

    def __add__(self, other: "LongMatrix") -> "LongMatrix":
        with ctx.workprec(_BITS):
            return LongMatrix((self.value + other.value).mid())

    def __sub__(self, other: "LongMatrix") -> "LongMatrix":
        with ctx.workprec(_BITS):
            return LongMatrix((self.value - other.value).mid())

    def __mul__(self, factor: "Fraction | int | arb") -> "LongMatrix":
        with ctx.workprec(_BITS):
            return LongMatrix((self.value * _rounded(factor)).mid())

    def times(self, other: "LongMatrix") -> "LongMatrix":
        """Return the product entry by entry; a column acts on each row's entry."""
        with ctx.workprec(_BITS):
            m, n = self.shape
            wide = other.shape[1] > 1
            entries = [
                (self.value[i, j] * other.value[i, j if wide else 0]).mid()
                for i in range(m)
                for j in range(n)
            ]
            return LongMatrix(arb_mat(m, n, entries))

    def inverses(self) -> "LongMatrix":
        """Return the inverse of each entry."""
        with ctx.workprec(_BITS):
            m, n = self.shape
            return LongMatrix(arb_mat(m, n, [(1 / x).mid() for x in self.value.entries()]))

    def squared_fraction(self) -> Fraction:
        """Return the sum of the squares of the entries."""
        with ctx.workprec(_BITS):
            total = sum((x * x for x in self.value.entries()), arb(0)).mid()
        return Ball(total, _BITS).midpoint

    def solve(self, right: "LongMatrix") -> "LongMatrix":
        """Return ``self^-1 right``; ZeroDivisionError when rounding leaves that open."""
        with ctx.workprec(_BITS):
            try:
                return LongMatrix(self.value.solve(right.value).mid())
            except ZeroDivisionError:
                reason = f"floats of {_BITS} bits leave open whether a matrix is regular"
                raise ZeroDivisionError(reason) from None

    @property
    def entry(self) -> arb:
        """The one entry of a (1, 1) matrix."""
        return self.value[0, 0]

    def positive(self) -> bool:
        """Return whether all entries are."""
        return all(x > 0 for x in self.value.entries())

    def fractions(self) -> list[Fraction]:
        """Return the entries, row by row."""
        return [Ball(x, _BITS).midpoint for x in self.value.entries()]


class LongSpan:
    """An orthonormal basis that grows by independent vectors, rows in units of lengths."""

    def __init__(self, lengths: Sequence[Fraction], bits: int) -> None:
        self.bits = bits
        self.scale = LongMatrix.column([1 / t for t in lengths])
        self.basis: list[LongMatrix] = []

    def add(self, vector: Sequence[Fraction]) -> bool:
        """Add a vector unless it is in the span already; tell whether it was added."""
        if not any(vector):
            return False
        left = LongMatrix.column(vector).times(self.scale)
        left *= 1 / approximate_root(Fraction(left.squared_fraction()))
        for _ in range(2):
            for b in self.basis:
                left -= b * (b.T @ left).entry
        square = left.squared_fraction()
        if square * (1 << 2 * self.bits) < 1:
            return False
        self.basis.append(left * (1 / approximate_root(square, 640)))
        return True

    def complement(self) -> list[int]:
        """Return coordinates whose unit vectors complete the span, ascending."""
        n = self.scale.shape[0]
        chosen: list[int] = []
        while len(self.basis) < n:
            inside = [sum((x * x for x in row), Fraction(0)) for row in self._rows(n)]
            j = min(range(n), key=lambda k: inside[k])
            chosen.append(j)
            if not self.add(unit_vector(j, n)):
                raise Undecided("the optimal directions are close to dependent")
        return sorted(chosen)

    def _rows(self, n: int) -> list[tuple[Fraction, ...]]:
        columns = [b.fractions() for b in self.basis]
        return list(zip(*columns, strict=True)) if columns else [()] * n

    def fitted(
        self, columns: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
    ) -> list[Fraction]:
        """Return the coefficients of independent columns that come closest to a vector."""
        if not columns:
            return []
        M = LongMatrix.of(columns).T.times(self.scale)
        b = LongMatrix.column(right).times(self.scale)
        return (M.T @ M).solve(M.T @ b).fractions()


def _rounded(x: "Fraction | int | arb") -> arb:
    if isinstance(x, arb):
        return x
    x = Fraction(x)
    return arb(fmpq(x.numerator, x.denominator)).mid()
