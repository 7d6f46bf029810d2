"""What is fitted without a price: skip connections, and constants (THEORY §8).

The columns of Z are fitted freely: the features of a linear skip connection, with a column of
ones when there is a free constant. With a free bias a neuron of weight 0 and large bias makes
constants at a cost as small as one likes, so the column of ones is there, too: in the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast, overload

from polytope_nn.errors import InstanceError
from polytope_nn.exact.linear import independent_rows, kernel, solve
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.wording import shown

__all__ = ["SKIPS", "FreePart", "free_part", "skip_of"]

SKIPS = ("none", "constant", "linear", "affine")


def skip_of(word: str) -> str:
    """Return the word of a skip, or refuse it by name.

    >>> skip_of("constant")
    'constant'
    """
    if word not in SKIPS:
        raise InstanceError(f"skip: {shown(word)} is none of {', '.join(SKIPS)}")
    return word


@dataclass(frozen=True, repr=False)
class FreePart:
    """The columns of Z, each of shape (n,): the features of the skip, then the ones.

    ``has_slopes`` and ``has_constant`` say which of them there are; ``limited`` that a
    constant is free in the limit of growing biases only, and no network has it at no cost.
    """

    n: int
    columns: tuple[Vector, ...]
    has_slopes: bool
    has_constant: bool
    limited: bool

    @cached_property
    def Z(self) -> Matrix:
        """The matrix (n, p) of what is fitted freely."""
        return tuple(tuple(column[k] for column in self.columns) for k in range(self.n))

    @cached_property
    def quotient(self) -> Matrix:
        """A basis, as rows, of ``{kappa : Z'kappa = 0}``: it sends features modulo Z."""
        return cast("Matrix", kernel(self.columns, self.n))

    @cached_property
    def lines(self) -> Matrix:
        """A basis of ``{a : Z a = 0}``: what the samples leave undetermined."""
        return cast("Matrix", kernel(self.Z, len(self.columns)))

    @cached_property
    def had(self) -> "FreePart":
        """What networks have at no cost: this, less a constant that is one in the limit."""
        if not self.limited:
            return self
        return FreePart(
            self.n, self.columns[:-1], self.has_slopes, has_constant=False, limited=False
        )

    @cached_property
    def basis(self) -> tuple[int, ...]:
        """The places of independent columns that span all, ascending."""
        return independent_rows(self.columns)

    def annihilator(self, weights: Sequence[Fraction]) -> Matrix:
        """Return the projector off the span of Z, (n, n); ``()`` where that is 0.

        It is orthogonal in the inner product of the weights: ``I - Z (Z'WZ)^-1 Z'W``.

        >>> free = free_part(((Fraction(2),), (Fraction(3),)), "constant", "none")
        >>> [list(map(str, row)) for row in free.annihilator((Fraction(1), Fraction(1)))]
        [['1/2', '-1/2'], ['-1/2', '1/2']]
        """
        if not self.basis:
            return ()
        Z = [self.columns[j] for j in self.basis]
        WZ = [[w * t for w, t in zip(weights, z, strict=True)] for z in Z]
        gram = [[dot(p, q) for q in Z] for p in WZ]
        rows = []
        for k in range(self.n):
            # the coefficients that take the row of Z to the k-th entry of the projection
            a = cast("Vector", solve(gram, [z[k] for z in Z]))
            shadow = [dot(a, [p[i] for p in WZ]) for i in range(self.n)]
            rows.append(tuple(Fraction(int(i == k)) - t for i, t in enumerate(shadow)))
        return tuple(rows)

    @overload
    def best(self, z: Sequence[Fraction], weights: Sequence[Fraction]) -> Vector: ...
    @overload
    def best(self, z: Sequence[Scalar], weights: Sequence[Fraction]) -> Scalars: ...
    def best(self, z: Sequence[Scalar], weights: Sequence[Fraction]) -> Scalars:
        """Return the coefficients a for which Z a is nearest to z, in the norm of the weights.

        What is not determined is 0.

        >>> free = free_part(((Fraction(2),), (Fraction(3),)), "constant", "none")
        >>> print(*free.best((Fraction(0), Fraction(3)), (Fraction(1), Fraction(2))))
        2
        """
        Z = [self.columns[j] for j in self.basis]
        WZ = [[w * t for w, t in zip(weights, column, strict=True)] for column in Z]
        found = solve([[dot(p, q) for q in Z] for p in WZ], [dot(p, z) for p in WZ])
        assert found is not None  # a Gram matrix of independent columns is regular
        a: list[Scalar] = [Fraction(0)] * len(self)
        for j, x in zip(self.basis, found, strict=True):
            a[j] = x
        return tuple(a)

    @overload
    def left(self, z: Sequence[Fraction], weights: Sequence[Fraction]) -> Vector: ...
    @overload
    def left(self, z: Sequence[Scalar], weights: Sequence[Fraction]) -> Scalars: ...
    def left(self, z: Sequence[Scalar], weights: Sequence[Fraction]) -> Scalars:
        """Return ``weights (z - Z a)`` for the best a: Z is orthogonal to it."""
        a = self.best(z, weights)
        rows = zip(weights, z, self.Z, strict=True)
        return tuple(w * (t - dot(row, a)) for w, t, row in rows)

    @overload
    def modulo(self, z: Sequence[Fraction]) -> Vector: ...
    @overload
    def modulo(self, z: Sequence[Scalar]) -> Scalars: ...
    def modulo(self, z: Sequence[Scalar]) -> Scalars:
        """Return a vector of R^n modulo the span of Z, in the coordinates of the quotient."""
        if not self.columns:
            return tuple(z)
        return tuple(dot(row, z) for row in self.quotient)

    def slope_and_offset(self, a: Sequence[Scalar], d: int) -> tuple[Scalars, Scalar]:
        """Return what coefficients a add to a network: ``slope'x + offset``, slope (d,)."""
        slope = tuple(a[:d]) if self.has_slopes else (Fraction(0),) * d
        return slope, a[-1] if self.has_constant else Fraction(0)

    def __len__(self) -> int:
        """Return the number p of columns."""
        return len(self.columns)

    def __repr__(self) -> str:
        return f"FreePart(columns={len(self.columns)}, limited={self.limited})"


def free_part(X: Matrix, skip: str, bias: str) -> FreePart:
    """Return what a skip and a bias leave free; the skip's features are those of X.

    >>> free_part(((Fraction(2),), (Fraction(3),)), "affine", "none").columns
    ((Fraction(2, 1), Fraction(3, 1)), (Fraction(1, 1), Fraction(1, 1)))
    """
    slopes, made = skip in {"linear", "affine"}, skip in {"constant", "affine"}
    columns = tuple(zip(*X, strict=True)) if slopes else ()
    if made or bias == "free":
        columns = (*columns, (Fraction(1),) * len(X))
    limited = bias == "free" and not made
    return FreePart(len(X), columns, slopes, made or bias == "free", limited)
