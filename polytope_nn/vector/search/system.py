"""The square system of an optimum: N, what is free, and the kernels in use (general B7).

With ``D = beta^2 G - M M'`` of a face, ``M = B X'E N``, and a kernel of dimension k with basis U
(w, k) in W, the identity at k *pivot* rows, neurons enter through ``U S U'``, S symmetric:

    N / weights + sum E X U S U'X'E N + Z A = Y,     Z'N = 0,
    D U = 0 off the pivot rows,                      U'D U = 0 on and above its diagonal.

The last two say ``D U = 0``: where the rows off the pivots vanish ``U'D U`` is what is left at the
pivots, and it is symmetric. So equations are as many as unknowns, for atoms (k = 1), planes
that fill W (U is the identity) and planes that turn, alike. A regular Jacobian makes the
features of all S and Z independent: then the lifted optimal set is the one point S. Where they
are dependent some entries of S are *held* at a point of the optimal set, and their equations left
out: N is still the solution, but that these equations hold is then to be proved apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.vector.faces import Face
from polytope_nn.vector.problem import Rows, VectorProblem

__all__ = ["Part", "Solution", "System", "upper"]

_ZERO, _ONE = Fraction(0), Fraction(1)
Table: TypeAlias = Sequence[Sequence[Scalar]]


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
    """The unknowns by name: N (n, c), A (q, c), and for each part U (w, k) and S (k, k)."""

    N: Rows
    A: Rows
    parts: tuple[tuple[Rows, Rows], ...]


@dataclass(frozen=True)
class _At:
    """One part at a point: U, S, M (w, c), ``Phi = X U`` (n, k) and ``H = M'U`` (c, k)."""

    part: Part
    U: Table
    S: Table
    M: Table
    Phi: Table
    H: Table


@dataclass(frozen=True)
class System:
    """The system of a problem for given parts."""

    problem: VectorProblem
    parts: tuple[Part, ...]

    @cached_property
    def Z(self) -> Matrix:
        """Independent columns of what is free, as rows for the samples, shape (n, q)."""
        free = self.problem.free
        return tuple(tuple(z[j] for j in free.basis) for z in free.Z)

    @property
    def is_whole(self) -> bool:
        """Whether no entry is held."""
        return not any(part.held for part in self.parts)

    @property
    def q(self) -> int:
        """The number of independent free columns."""
        return len(self.Z[0]) if self.Z else 0

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return (self.problem.n + self.q) * self.problem.c + sum(p.size for p in self.parts)

    def named(self, x: Sequence[Scalar]) -> Solution:
        """Return the unknowns of a vector by name."""
        taken = iter(x)
        c = self.problem.c
        N = tuple(tuple(next(taken) for _ in range(c)) for _ in range(self.problem.n))
        A = tuple(tuple(next(taken) for _ in range(c)) for _ in range(self.q))
        parts = []
        for part in self.parts:
            U = [[_ZERO] * part.k for _ in range(part.face.w)]
            rows: list[list[Scalar]] = [list(row) for row in U]
            for place, i in enumerate(part.pivots):
                rows[i][place] = _ONE
            for i in part.others:
                rows[i] = [next(taken) for _ in range(part.k)]
            parts.append((tuple(map(tuple, rows)), self._symmetric(part, taken)))
        return Solution(N, A, tuple(parts))

    def _symmetric(self, part: Part, taken: Iterator[Scalar]) -> Rows:
        S: list[list[Scalar]] = [[_ZERO] * part.k for _ in range(part.k)]
        for i, j in part.entries:
            S[i][j] = S[j][i] = next(taken)
        for (i, j), t in part.held:
            S[i][j] = S[j][i] = t
        return tuple(map(tuple, S))

    def evaluated(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        """Return the left-hand sides less the right-hand sides at x, and the Jacobian."""
        solution = self.named(x)
        points = [
            self._at(p, solution.N, U, S)
            for p, (U, S) in zip(self.parts, solution.parts, strict=True)
        ]
        values = self._values(solution, points)
        columns = [
            *self._along_N(points),
            *self._along_A(),
            *(
                column
                for place in range(len(points))
                for column in self._along(points, place)
            ),
        ]
        return ball_vector(values, x[0].precision), [
            list(row) for row in zip(*columns, strict=True)
        ]

    def _at(self, part: Part, N: Rows, U: Rows, S: Rows) -> _At:
        M = _times(transpose(part.images), N)
        return _At(part, U, S, M, _times(part.images, U), _times(transpose(M), U))

    def _values(self, solution: Solution, points: Sequence[_At]) -> list[Scalar]:
        problem = self.problem
        fits = [_times(_times(at.Phi, at.S), transpose(at.H)) for at in points]
        values: list[Scalar] = []
        for k, row in enumerate(solution.N):
            for j in range(problem.c):
                value = row[j] * problem.inverse_weights[k] - problem.Y[k][j]
                for fit in fits:
                    value = value + fit[k][j]
                if self.q:
                    value = value + dot(self.Z[k], [a[j] for a in solution.A])
                values.append(value)
        values += [
            dot(z, column)
            for z in zip(*self.Z, strict=True)
            for column in transpose(solution.N)
        ]
        for at in points:
            gram = at.part.face.gram
            square = problem.beta_squared
            DU = _less(
                [[square * t for t in row] for row in _times(gram, at.U)],
                _times(at.M, at.H),
            )
            values += self._kernel(at.part, DU, _times(transpose(at.U), DU))
        return values

    def _kernel(self, part: Part, DU: Table, UDU: Table) -> list[Scalar]:
        """Return the equations of one part: rows off the pivots, then the upper triangle."""
        rows = [t for i in part.others for t in DU[i]]
        return [*rows, *(UDU[i][j] for i, j in part.entries)]

    def _along_N(self, points: Sequence[_At]) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the entries of N."""
        n, c = self.problem.n, self.problem.c
        for k in range(n):
            for j in range(c):
                moved: list[list[Scalar]] = [[_ZERO] * c for _ in range(n)]
                moved[k][j] = self.problem.inverse_weights[k]
                kernels: list[Scalar] = []
                for at in points:
                    seen = at.part.images[k]
                    dM = [[t if i == j else _ZERO for i in range(c)] for t in seen]
                    dH = _times(transpose(dM), at.U)
                    _add(moved, _times(_times(at.Phi, at.S), transpose(dH)))
                    dDU = _less(
                        [[_ZERO] * at.part.k for _ in seen],
                        _plus(_times(dM, at.H), _times(at.M, dH)),
                    )
                    kernels += self._kernel(at.part, dDU, _times(transpose(at.U), dDU))
                pulled = [
                    self.Z[k][i] if j == l else _ZERO
                    for i in range(self.q)
                    for l in range(c)
                ]
                yield [*(t for row in moved for t in row), *pulled, *kernels]

    def _along_A(self) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the coefficients of what is free."""
        n, c = self.problem.n, self.problem.c
        left = self.q * c + sum(p.size for p in self.parts)
        for i in range(self.q):
            for j in range(c):
                fit = [
                    self.Z[k][i] if j == l else _ZERO for k in range(n) for l in range(c)
                ]
                yield [*fit, *(_ZERO,) * left]

    def _along(self, points: Sequence[_At], place: int) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the unknowns of one part."""
        at = points[place]
        part, square = at.part, self.problem.beta_squared
        before = sum(p.size for p in self.parts[:place])
        after = sum(p.size for p in self.parts[place + 1 :])
        pad = (_ZERO,) * (self.q * self.problem.c + before)
        for i in part.others:
            for j in range(part.k):
                dU = [
                    [_ONE if (i, j) == (a, b) else _ZERO for b in range(part.k)]
                    for a in range(part.face.w)
                ]
                dPhi = _times(part.images, dU)
                dH = _times(transpose(at.M), dU)
                fit = _plus(
                    _times(_times(dPhi, at.S), transpose(at.H)),
                    _times(_times(at.Phi, at.S), transpose(dH)),
                )
                gram = [[square * t for t in row] for row in _times(part.face.gram, dU)]
                dDU = _less(gram, _times(at.M, dH))
                DU = _less(
                    [[square * t for t in row] for row in _times(part.face.gram, at.U)],
                    _times(at.M, at.H),
                )
                dUDU = _plus(_times(transpose(dU), DU), _times(transpose(at.U), dDU))
                kernel = self._kernel(part, dDU, dUDU)
                yield [*(t for row in fit for t in row), *pad, *kernel, *(_ZERO,) * after]
        for i, j in part.entries:
            dS = [
                [_ONE if (a, b) in {(i, j), (j, i)} else _ZERO for b in range(part.k)]
                for a in range(part.k)
            ]
            fit = _times(_times(at.Phi, dS), transpose(at.H))
            nothing = (_ZERO,) * part.size
            yield [*(t for row in fit for t in row), *pad, *nothing, *(_ZERO,) * after]


def upper(k: int) -> tuple[tuple[int, int], ...]:
    """Return the places on and above the diagonal of a (k, k) matrix, row by row."""
    return tuple((i, j) for i in range(k) for j in range(i, k))


def _times(A: Table, B: Table) -> list[list[Scalar]]:
    columns = list(zip(*B, strict=True))
    return [[dot(row, column) for column in columns] for row in A]


def _plus(A: Table, B: Table) -> list[list[Scalar]]:
    return [[x + y for x, y in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)]


def _less(A: Table, B: Table) -> list[list[Scalar]]:
    return [[x - y for x, y in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)]


def _add(total: list[list[Scalar]], B: Table) -> None:
    for row, more in zip(total, B, strict=True):
        row[:] = [x + y for x, y in zip(row, more, strict=True)]
