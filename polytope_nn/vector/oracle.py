"""The dual oracle, face by face: nothing above beta, and all that reaches it (general B1-B3).

On the open face the dual value is ``u'Hu`` on W. A maximiser over all directions of one length
is, on its face, an eigenvector of the largest eigenvalue (another eigenvector is no local
maximum). So N is feasible iff on each face ``D = beta^2 G - H`` is positive semidefinite, or
the top eigenspace of ``G^(-1) H`` misses the open face. In the first case the tight directions
of the face are its points in the kernel of D.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import gram, kernel, solve, transpose
from polytope_nn.exact.matrices.eigen import is_definite, top_eigenspace
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

from .balls.top import misses
from .faces import Covector, Face, strict_point
from .problem import Rows, VectorProblem

__all__ = [
    "Kernel",
    "Violation",
    "decided",
    "form",
    "maximal",
    "oracle",
    "semidefinite",
]

_BITS = 256


@dataclass(frozen=True)
class Kernel:
    """The tight directions of a face: its points in the span of a kernel.

    ``coordinates`` is a basis of the kernel in W, ``point`` one of the directions there.
    """

    face: Face
    coordinates: tuple[Scalars, ...]
    point: Scalars

    @property
    def dim(self) -> int:
        """The dimension: 1 for an atom, 2 or more for a continuum."""
        return len(self.coordinates)

    @property
    def vectors(self) -> tuple[Scalars, ...]:
        """The basis in R^d."""
        return tuple(map(self.face.point, self.coordinates))

    @property
    def witness(self) -> Scalars:
        """One of the directions, in R^d."""
        return self.face.point(self.point)

    @property
    def covector(self) -> Covector:
        """The sign vector of the face."""
        return self.face.covector


@dataclass(frozen=True)
class Violation:
    """A face where N is above beta: the top eigenvalue, and its direction in the face."""

    face: Face
    value: Scalar
    direction: Scalars


def form(face: Face, N: Rows, square: Fraction) -> tuple[Scalars, ...]:
    """Return ``D = beta^2 G - M M'`` of a face, shape (w, w)."""
    M = face.pull(N)
    return tuple(
        tuple(square * g - dot(p, q) for g, q in zip(row, M, strict=True))
        for row, p in zip(face.gram, M, strict=True)
    )


def semidefinite(D: Sequence[Scalars]) -> bool:
    """Return whether a symmetric matrix is positive semidefinite: ``L D L'``, exactly.

    >>> one = Fraction(1)
    >>> semidefinite([(one, one), (one, one)]), semidefinite([(one, -2 * one), (-2 * one, one)])
    (True, False)
    """
    left = [list(row) for row in D]
    while left:
        signs = [sign(left[i][i]) for i in range(len(left))]
        if min(signs) < 0:
            return False
        if max(signs) == 0:
            return not any(sign(x) for row in left for x in row)
        p = signs.index(1)
        pivot = left.pop(p)
        for row in left:
            factor = row[p] / pivot[p]
            row[:] = [x - factor * t for x, t in zip(row, pivot, strict=True)]
            del row[p]
    return True


def oracle(problem: VectorProblem, N: Rows) -> tuple[Kernel, ...] | Violation:
    """Return all maximal kernels of a feasible N, or where it is not feasible (B2, B3).

    ``N`` is rational or in a number field.

    Raises
    ------
    Undecided
        When N is irrational and top eigenvectors of a face are too close to its walls, or
        its top eigenvalue is not simple.
    """
    found = []
    for face in problem.faces:
        known = decided(face, N, problem.beta_squared)
        if isinstance(known, Violation):
            return known
        if known is not None:
            found.append(known)
    return maximal(found)


def decided(face: Face, N: Rows, square: Fraction) -> Kernel | Violation | None:
    """Return the kernel of a face, or that N is above beta in it; None where it is below.

    Raises
    ------
    Undecided
        When N is irrational, and top eigenvectors are too close to walls or are several.
    """
    D = form(face, N, square)
    if is_definite(D, _BITS):
        return None
    if semidefinite(D):
        vectors = kernel(D, face.w)
        inside = _meeting(face, vectors)
        return None if inside is None else Kernel(face, vectors, inside)
    if all(isinstance(t, Fraction) for k in face.active for t in N[k]):
        value, space = _top(face, N)
        inside = _meeting(face, space)
        return None if inside is None else Violation(face, value, face.point(inside))
    if not misses(face, N):
        raise Undecided(
            f"face {face}: whether the top eigenvalue of its form is above beta^2 inside"
        )
    return None


def maximal(found: Sequence[Kernel]) -> tuple[Kernel, ...]:
    """Return the kernels that lie in no other: those on no closure of another's face.

    A tight direction u in the closure of a face with a kernel V has ``u'Du = 0`` there, and
    D is positive semidefinite: u is in V.
    """
    return tuple(
        a
        for a in found
        if not any(a is not b and a.face.in_closure_of(b.face) for b in found)
    )


def _meeting(face: Face, vectors: Sequence[Scalars]) -> Scalars | None:
    """Return a point of the open face in the span of vectors of W, or None."""
    if not vectors:
        return None
    rows = [tuple(dot(r, v) for v in vectors) for r in face.strict]
    a = strict_point(rows, len(vectors))
    return None if a is None else tuple(dot(a, column) for column in transpose(vectors))


def _top(face: Face, N: Rows) -> tuple[Scalar, tuple[Scalars, ...]]:
    """Return the top eigenvalue of a face for a rational N, and its eigenspace in W."""
    H = gram(face.pull(N))
    columns = [cast("Scalars", solve(face.gram, column)) for column in transpose(H)]
    return top_eigenspace(cast("list[list[Fraction]]", transpose(columns)))
