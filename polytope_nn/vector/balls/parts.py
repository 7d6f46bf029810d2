"""What a system of an optimum speaks of: faces in use, and its unknowns by name (general B7)."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.exact.logarithms import power
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.vector.faces import Face
from polytope_nn.vector.problem import Rows

__all__ = ["ByFit", "Part", "Solution", "Stand", "fit_at", "is_known", "slope_at", "upper"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class ByFit:
    """A power p > 2 whose fit z is the unknown: N is smooth in z, z is not in N."""

    curve: Power

    def kappa(self, z: Scalar) -> Scalar:
        """Return the entry of N of a fit."""
        p = self.curve.p
        if p.denominator == 1 and p.numerator % 2 == 0:
            return (self.curve.y - z) ** (p.numerator - 1) * self.curve.weight
        return self.curve.kappa(z)

    def derivative(self, z: Scalar) -> Scalar:
        """Return the derivative of N along the fit."""
        p, gap = self.curve.p, self.curve.y - z
        if p.denominator == 1 and p.numerator % 2 == 0:
            size = gap ** (p.numerator - 2)
        else:
            side = sign(gap)
            size = power(gap * side, p - 2) if side else _ZERO
        return -size * self.curve.weight * (p - 1)


Stand: TypeAlias = Flat | Slope | Smooth | ByFit
"""What an entry stands on."""


def is_known(piece: Stand) -> bool:
    """Return whether an entry of N is given where its fit is no matter of a loss's flat."""
    return isinstance(piece, Flat) and piece.low is None and piece.high is None


def fit_at(piece: Stand, t: Scalar) -> Scalar:
    """Return the fit of an entry's unknown; 0 on a flat, where it has no equation."""
    if isinstance(piece, ByFit):
        return t
    return _ZERO if isinstance(piece, Flat) else piece.fit(t)


def slope_at(piece: Flat | Slope | Smooth, t: Scalar) -> Scalar:
    """Return minus the derivative of the fit along an entry of N."""
    if isinstance(piece, Flat):
        return _ZERO
    return piece.inverse if isinstance(piece, Slope) else -piece.derivative(t)


@dataclass(frozen=True)
class Part:
    """A face in use, the dimension of its kernel, and where its basis is the identity.

    ``held`` are entries of S that are given instead of unknown; the equations of ``U'D U`` at
    these entries are left out.
    """

    face: Face
    pivots: tuple[int, ...]
    held: tuple[tuple[tuple[int, int], Fraction], ...] = ()

    @property
    def k(self) -> int:
        """The dimension of the kernel."""
        return len(self.pivots)

    @cached_property
    def others(self) -> tuple[int, ...]:
        """The rows of U that are unknown."""
        return tuple(i for i in range(self.face.w) if i not in self.pivots)

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """The entries of S that are unknown: on and above the diagonal, and not held."""
        known = dict(self.held)
        return tuple(e for e in upper(self.k) if e not in known)

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return len(self.others) * self.k + len(self.entries)

    @cached_property
    def images(self) -> Matrix:
        """What the active samples see of W, 0 at the others, shape (n, w)."""
        nothing = (_ZERO,) * self.face.w
        rows = zip(self.face.images, self.face.covector, strict=True)
        return tuple(x if s > 0 else nothing for x, s in rows)


@dataclass(frozen=True)
class Solution:
    """The unknowns by name: N (n, c), a (q,), and for each part U (w, k) and S (k, k).

    ``own`` are the unknowns of the entries: N, or the fit where that is the unknown.
    """

    own: Scalars
    N: Rows
    a: Scalars
    parts: tuple[tuple[Rows, Rows], ...]


def upper(k: int) -> tuple[tuple[int, int], ...]:
    """Return the places on and above the diagonal of a (k, k) matrix, row by row."""
    return tuple((i, j) for i in range(k) for j in range(i, k))
