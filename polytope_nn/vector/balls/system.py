"""The square system of an optimum: N, what is free, and the kernels in use (general B7).

With ``D = beta^2 G - M M'`` of a face, ``M = B X'E N``, and a kernel of dimension k with basis U
(w, k) in W, the identity at k *pivot* rows, neurons enter through ``U S U'``, S symmetric:

    N / weights + sum E X U S U'X'E N + G a = Y,     G'N = 0,
    D U = 0 off the pivot rows,                      U'D U = 0 on and above its diagonal.

The last two say ``D U = 0``: where the rows off the pivots vanish ``U'D U`` is what is left at the
pivots, and it is symmetric. So equations are as many as unknowns, for atoms (k = 1), planes
that fill W (U is the identity) and planes that turn, alike. A regular Jacobian makes the
features of all S and G independent: then the lifted optimal set is the one point S. Where they
are dependent some entries of S are *held* at a point of the optimal set, and their equations left
out: N is still the solution, but that these equations hold is then to be proved apart.

Of other losses each entry stands on a piece of its graph: ``at - inverse N`` in place of ``Y - N /
weights``, ``zeta(N)`` where it is smooth, and on a flat ``N = at`` in place of the fit's equation.
Columns of G that depend on others off the flats are held as entries of S are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.ball_matrix import multiply_balls
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.problem import Rows, VectorProblem

from .parts import ByFit, Part, Solution, Stand, fit_at, slope_at, upper

__all__ = ["Part", "Solution", "System", "Table", "upper"]

_ZERO, _ONE = Fraction(0), Fraction(1)
Table: TypeAlias = Sequence[Sequence[Scalar]]


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
    """The system of a problem for given parts.

    ``pieces`` are those of the entries, ``()`` for the squared loss; ``given`` are columns of G,
    by their place in ``columns``, with the coefficients that they are held at.
    """

    problem: VectorProblem
    parts: tuple[Part, ...]
    pieces: tuple[Stand, ...] = ()
    given: tuple[tuple[int, Fraction], ...] = ()

    @cached_property
    def columns(self) -> tuple[Scalars, ...]:
        """Independent columns of what is free of the entries, shape (n c,) each."""
        free = self.problem.entries.free
        return tuple(free.columns[j] for j in free.basis)

    @cached_property
    def G(self) -> tuple[Scalars, ...]:
        """The same as rows for the entries, shape (n c, q)."""
        return transpose(self.columns) if self.columns else ()

    @cached_property
    def standings(self) -> tuple[Stand, ...]:
        """The pieces of the entries."""
        if self.pieces:
            return self.pieces
        D = self.problem
        pairs = zip(
            flat(D.Y), (w for w in D.inverse_weights for _ in range(D.c)), strict=True
        )
        return tuple(Slope(y, w, None, None) for y, w in pairs if isinstance(y, Fraction))

    @property
    def is_whole(self) -> bool:
        """Whether no entry is held."""
        return not any(part.held for part in self.parts)

    @property
    def q(self) -> int:
        """The number of independent free columns."""
        return len(self.columns)

    @property
    def size(self) -> int:
        """The number of unknowns."""
        return self.problem.n * self.problem.c + self.q + sum(p.size for p in self.parts)

    def named(self, x: Sequence[Scalar]) -> Solution:
        """Return the unknowns of a vector by name."""
        taken = iter(x)
        own = tuple(next(taken) for _ in self.standings)
        pairs = zip(self.standings, own, strict=True)
        entries = [p.kappa(t) if isinstance(p, ByFit) else t for p, t in pairs]
        a = tuple(next(taken) for _ in range(self.q))
        parts = []
        for part in self.parts:
            U = [[_ZERO] * part.k for _ in range(part.face.w)]
            rows: list[list[Scalar]] = [list(row) for row in U]
            for place, i in enumerate(part.pivots):
                rows[i][place] = _ONE
            for i in part.others:
                rows[i] = [next(taken) for _ in range(part.k)]
            parts.append((tuple(map(tuple, rows)), self._symmetric(part, taken)))
        return Solution(own, rows_of(entries, self.problem.c), a, tuple(parts))

    def _symmetric(self, part: Part, taken: Iterator[Scalar]) -> Rows:
        S: list[list[Scalar]] = [[_ZERO] * part.k for _ in range(part.k)]
        for i, j in part.entries:
            S[i][j] = S[j][i] = next(taken)
        for (i, j), t in part.held:
            S[i][j] = S[j][i] = t
        return tuple(map(tuple, S))

    def residuals(self, x: Sequence[Scalar]) -> Scalars:
        """Return the left-hand sides less the right-hand sides at x."""
        solution = self.named(x)
        values = self._values(solution, self._points(solution))
        for i, _, value in self._pinned(solution):
            values[i] = value
        return tuple(values)

    def _points(self, solution: Solution) -> list[_At]:
        return [
            self._at(p, solution.N, U, S)
            for p, (U, S) in zip(self.parts, solution.parts, strict=True)
        ]

    def evaluated(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        """Return the left-hand sides less the right-hand sides at x, and the Jacobian."""
        solution = self.named(x)
        points = self._points(solution)
        values = self._values(solution, points)
        columns = [
            *self._along_N(solution.own, points),
            *self._along_a(),
            *(
                column
                for place in range(len(points))
                for column in self._along(points, place)
            ),
        ]
        jacobian = [list(row) for row in zip(*columns, strict=True)]
        for i, j, value in self._pinned(solution):
            values[i] = value
            jacobian[i] = [_ONE if j == place else _ZERO for place in range(self.size)]
        return ball_vector(values, x[0].precision), jacobian

    def _pinned(self, solution: Solution) -> Iterator[tuple[int, int, Scalar]]:
        """Yield equations that set one unknown: their place, its own, and their value."""
        for e, (piece, t) in enumerate(zip(self.standings, flat(solution.N), strict=True)):
            if isinstance(piece, Flat):
                yield e, e, t - piece.at
        entries = len(self.standings)
        for i, t in self.given:
            yield entries + i, entries + i, solution.a[i] - t

    def made(self, solution: Solution) -> Scalars:
        """Return the fit of a solution, shape (n c,)."""
        return tuple(self._made(solution, self._points(solution)))

    def _made(self, solution: Solution, points: Sequence[_At]) -> list[Scalar]:
        nothing = (_ZERO,) * len(self.standings)
        total: list[Scalar] = [dot(row, solution.a) for row in self.G] or list(nothing)
        for at in points:
            fit = _times(_times(at.Phi, at.S), transpose(at.H))
            total = [s + t for s, t in zip(total, flat(fit), strict=True)]
        return total

    def _at(self, part: Part, N: Rows, U: Rows, S: Rows) -> _At:
        M = _times(transpose(part.images), N)
        return _At(part, U, S, M, _times(part.images, U), _times(transpose(M), U))

    def _values(self, solution: Solution, points: Sequence[_At]) -> list[Scalar]:
        rows = zip(self._made(solution, points), self.standings, solution.own, strict=True)
        values = [z - fit_at(piece, t) for z, piece, t in rows]
        values += [dot(g, flat(solution.N)) for g in self.columns]
        for at in points:
            DU = self._residue(at)
            values += self._kernel(at.part, DU, _times(transpose(at.U), DU))
        return values

    def _residue(self, at: _At) -> list[list[Scalar]]:
        """Return ``D U`` of one part."""
        square = self.problem.beta_squared
        gram = [[square * t for t in row] for row in _times(at.part.face.gram, at.U)]
        return _less(gram, _times(at.M, at.H))

    def _kernel(self, part: Part, DU: Table, UDU: Table) -> list[Scalar]:
        """Return the equations of one part: rows off the pivots, then the upper triangle."""
        rows = [t for i in part.others for t in DU[i]]
        return [*rows, *(UDU[i][j] for i, j in part.entries)]

    def _along_N(self, own: Scalars, points: Sequence[_At]) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the entries of N, or the fits that are unknown.

        Along ``N_kj`` only column j of M moves, by the images of sample k, and row j of H, by
        ``Phi_k``: the fit moves by ``Phi S Phi_k'`` in column j.
        """
        n, c = self.problem.n, self.problem.c
        along = _shared(points, n)
        for k in range(n):
            for j in range(c):
                e = k * c + j
                piece = self.standings[e]
                moved: list[Scalar] = [_ZERO] * (n * c)
                moved[j::c] = along[k]
                if not isinstance(piece, ByFit):
                    moved[e] = moved[e] + slope_at(piece, own[e])
                kernels = [t for at in points for t in _pulled(at, k, j)]
                pulled = self.G[e] if self.G else ()
                column = [*moved, *pulled, *kernels]
                if isinstance(piece, ByFit):
                    by = piece.derivative(own[e])
                    column = [t * by for t in column]
                    column[e] = column[e] - 1
                yield column

    def _along_a(self) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the coefficients of what is free."""
        left = self.q + sum(p.size for p in self.parts)
        for g in self.columns:
            yield [*g, *(_ZERO,) * left]

    def _along(self, points: Sequence[_At], place: int) -> Iterator[list[Scalar]]:
        """Yield the derivatives along the unknowns of one part."""
        at = points[place]
        part, square = at.part, self.problem.beta_squared
        before = sum(p.size for p in self.parts[:place])
        after = sum(p.size for p in self.parts[place + 1 :])
        pad = (_ZERO,) * (self.q + before)
        DU = self._residue(at)
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


def _times(A: Table, B: Table) -> list[list[Scalar]]:
    columns = list(zip(*B, strict=True))
    return [[dot(row, column) for column in columns] for row in A]


def _plus(A: Table, B: Table) -> list[list[Scalar]]:
    return [[x + y for x, y in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)]


def _less(A: Table, B: Table) -> list[list[Scalar]]:
    return [[x - y for x, y in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)]


def _shared(points: Sequence[_At], n: int) -> Table:
    """Return the sum over the parts of ``Phi S Phi'``, shape (n, n)."""
    if not points:
        return [[_ZERO] * n] * n
    weighted = zip(*(_times(at.Phi, at.S) for at in points), strict=True)
    features = zip(*(at.Phi for at in points), strict=True)
    rows, columns = ([tuple(chain(*parts)) for parts in x] for x in (weighted, features))
    return multiply_balls(rows, transpose(columns))


def _pulled(at: _At, k: int, j: int) -> list[Scalar]:
    """Return the derivatives of the equations of a part along ``N_kj``."""
    seen, phi, h = at.part.images[k], at.Phi[k], at.H[j]
    if not any(map(bool, seen)):
        return [_ZERO] * at.part.size
    rows = [
        -dot((seen[i], at.M[i][j]), (h[b], phi[b]))
        for i in at.part.others
        for b in range(at.part.k)
    ]
    return [*rows, *(-dot((phi[a], h[a]), (h[b], phi[b])) for a, b in at.part.entries)]
