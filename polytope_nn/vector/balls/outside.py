"""Faces on which nothing reaches beta, proved in balls (general B1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.matrices.eigen import is_definite
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.vector.faces import Face, live_face
from polytope_nn.vector.oracle import Kernel, Violation, decided, form
from polytope_nn.vector.problem import Rows, VectorProblem

from .top import misses

if TYPE_CHECKING:
    from polytope_nn.exact.rational import Vector

__all__ = ["Outside"]

_MOST = 3000  # sets of walls that are tried


@dataclass(frozen=True)
class Outside:
    """What is known of a dual variable N where a face is to be proved not to be tight.

    ``alike`` has a name for each row of N: rows of one name are equal, of None 0. ``kernels`` are
    those of the faces in use, whose forms are proved to have no other.
    """

    problem: VectorProblem
    N: Rows
    alike: Sequence[int | None]
    kernels: Sequence[Kernel]
    bits: int

    def prove(self, face: Face) -> Kernel | None:
        """Prove it: D is definite, its top vectors are outside, or so is a kernel that is known.

        Where N is exact at all active samples all is decided exactly: a kernel that meets the face
        is returned.

        Raises
        ------
        Undecided
            When the decision is not strict, or N is not feasible.
        """
        square = self.problem.beta_squared
        if all(isinstance(t, Fraction) for k in face.active for t in self.N[k]):
            found = decided(face, self.N, square)
            if isinstance(found, Violation):
                raise Undecided(f"face {face}: its form is above beta^2")
            return found
        self._prove(face, square)
        return None

    def _prove(self, face: Face, square: Fraction) -> None:
        if is_definite(form(face, self.N, square), self.bits):
            return
        smaller = self._smaller(face)
        if smaller is None:
            return
        if smaller.w < face.w and is_definite(form(smaller, self.N, square), self.bits):
            return
        same = (k for k in self.kernels if k.dim > 1 and self._has_form_of(face, k.face))
        if any(self._is_apart(face, kernel) for kernel in same):
            return
        if not misses(smaller if smaller.w < face.w else face, self.N):
            raise Undecided(f"face {face}: whether its form is below beta^2 in balls")

    def _smaller(self, face: Face) -> Face | None:
        """Return the face with the span of what rows of N that are alike leave of it."""
        alike = self.alike
        if None not in alike and len(set(alike)) == len(alike):
            return face
        X, free = self.problem.design, self.problem.free.columns
        return live_face(X, face.covector, alike, free)

    def _has_form_of(self, face: Face, other: Face) -> bool:
        """Return whether what neurons of a face cost is given by the form of another.

        They have the same walls, and the samples active on one alone have rows of N that are 0, or
        of equal rows the same sum.
        """
        pairs = list(zip(face.covector, other.covector, strict=True))
        if any((s == 0) != (t == 0) for s, t in pairs):
            return False
        sums: dict[int, Vector] = {}
        for x, (s, t), name in zip(self.problem.design, pairs, self.alike, strict=True):
            if s != t and name is not None:
                before = sums.get(name, (0 * x[0],) * len(x))
                sums[name] = tuple(a + s * b for a, b in zip(before, x, strict=True))
        return not any(map(any, sums.values()))

    def _is_apart(self, face: Face, kernel: Kernel) -> bool:
        """Return whether the kernel of another face misses the open face, proved strictly.

        A positive combination of walls vanishes on it: then no point of it is inside of all.
        """
        vectors = [kernel.face.point(v) for v in kernel.coordinates]
        walls = [
            [s * dot(x, v) for v in vectors]
            for x, s in zip(self.problem.design, face.covector, strict=True)
            if s
        ]
        return _positive_relation(walls, kernel.dim)


def _positive_relation(rows: Sequence[Sequence[Scalar]], k: int) -> bool:
    """Return whether k + 1 of some rows of length k have a positive relation, proved in balls."""
    for place, chosen in enumerate(combinations(rows, k + 1)):
        if place == _MOST:
            break
        first, *others = chosen
        shares = _shares(first, others)
        if shares and all(t.upper < 0 for t in shares):
            return True
    return False


def _shares(row: Sequence[Scalar], others: Sequence[Sequence[Scalar]]) -> Balls:
    """Return the row as a combination of others, or nothing."""
    try:
        return solve_balls(transpose(others), row)
    except Undecided:
        return ()
