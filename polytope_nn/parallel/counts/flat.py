"""An optimum whose kappa is in balls, as columns: matrices with rational entries (P9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.parametric import as_letters
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.conditions.masses import Known
from polytope_nn.parallel.equations.theta import form
from polytope_nn.parallel.pieces import Known as Branch
from polytope_nn.parallel.pieces import Label, Piece, label

__all__ = ["Flat", "ShallowFlat"]

_ZERO = Fraction(0)


class Flat(Protocol):
    """An optimum whose kappa is in balls: its columns as matrices with rational entries."""

    @property
    def X(self) -> Matrix:
        """The design."""

    @property
    def n(self) -> int:
        """The number of samples."""

    @property
    def symbols(self) -> Scalars:
        """The numbers that matrices multiply."""

    def matrix(self, a: Atom, mask: Sequence[bool] | None = None) -> Vector:
        """Return the matrix of an atom, row after row; a mask leaves rows out."""

    @property
    def used(self) -> list[tuple[Vector, Scalar]]:
        """The matrices of a network that makes the fit, and their weights."""

    def value(self, M: Vector) -> Scalars:
        """Return what a matrix stands for."""

    def whole(self, p: Piece) -> int | None:
        """Return the branch that is all of a piece; None where its atoms are columns."""

    def unit(self, j: int) -> Vector:
        """Return the matrix of such a branch."""

    def masses(self, j: int, p: Piece) -> dict[int, Scalar]:
        """Return the masses of such a branch, by the places of a piece's atoms."""

    def balanced(self, p: Piece, i: int) -> Mapping[Label, int] | None:
        """Return the atoms that make a row 0 in a branch of the network, by their places."""

    def branches(self, sigma: int) -> Sequence[Known]:
        """Return the branches of a network and a sign, and where their z is 0."""

    @property
    def network(self) -> Sequence[Branch]:
        """The branches of a network that makes the fit."""

    @property
    def formal(self) -> "Flat":
        """The same optimum, its symbols and weights as letters: what is 0 for all is 0."""


@dataclass(frozen=True)
class ShallowFlat:
    """The two-layer optimum whose kappa is in balls, and the matrices of its atoms."""

    X: Matrix
    symbols: Scalars
    weights: tuple[tuple[Atom, Scalar], ...]

    @classmethod
    def of(cls, X: Matrix, O: Optimum) -> "ShallowFlat":
        """Return kappa and the weights of an optimum."""
        pairs = zip(O.atoms, O.weights, strict=True)
        return cls(X, O.kappa, tuple((a, w) for a, w in pairs if sign(w)))

    @property
    def n(self) -> int:
        """The number of samples."""
        return len(self.symbols)

    def matrix(self, a: Atom, mask: Sequence[bool] | None = None) -> Vector:
        """Return the matrix of an atom, row after row; a mask leaves rows out."""
        M = form(self.X, a.covector)
        kept = mask or (True,) * len(M)
        return tuple(t if m else _ZERO for row, m in zip(M, kept, strict=True) for t in row)

    @cached_property
    def used(self) -> list[tuple[Vector, Scalar]]:
        """The matrices of the atoms in use, and their weights."""
        return [(self.matrix(a), w) for a, w in self.weights]

    def value(self, M: Vector) -> Scalars:
        """Return ``M kappa``."""
        n = self.n
        return tuple(dot(M[i * n : (i + 1) * n], self.symbols) for i in range(n))

    def whole(self, p: Piece) -> int | None:  # noqa: ARG002 - of all such optima
        """Return None: the atoms of a piece are columns."""
        return None

    def unit(self, j: int) -> Vector:
        """Never asked: no piece is one branch."""
        raise AssertionError(j)

    def masses(self, j: int, p: Piece) -> dict[int, Scalar]:
        """Never asked: no piece is one branch."""
        raise AssertionError(j, p)

    def balanced(self, p: Piece, i: int) -> Mapping[Label, int] | None:  # noqa: ARG002
        """Return None: branches are single neurons."""
        return None

    def branches(self, sigma: int) -> Sequence[Known]:  # noqa: ARG002
        """Return none: a single neuron has no condition."""
        return ()

    @property
    def network(self) -> list[Branch]:
        """The single neurons of the network."""
        return [
            (a.sign, ((label(replace(a, sign=1)), w),), frozenset())
            for a, w in self.weights
        ]

    @cached_property
    def formal(self) -> "ShallowFlat":
        """The same with letters."""
        every = as_letters([*self.symbols, *(w for _, w in self.weights)])
        own = zip(self.weights, every[self.n :], strict=True)
        pairs = tuple((a, letter) for (a, _), letter in own)
        return replace(self, symbols=every[: self.n], weights=pairs)
