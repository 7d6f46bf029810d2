"""The dual optimum over some directions in long floats: the end of a central path (general B7).

Where rows differ in size by many powers of 10 ordinary floats do not see what the small ones
cost. Rows are taken at length 1, with ``K_k = s_k N_k`` for a row of length s_k; over directions
u_i with features phi_i the dual is

    min  sum |K_k|^2 / (2 w_k s_k^2) - <K, Y_k / s_k>,   |K'phi_i| <= beta,   Z'N = 0,

and the points of the path minimise it less ``mu sum log(beta^2 - |K'phi_i|^2)``: direction i then
has the mass ``2 mu / (beta^2 - |K'phi_i|^2)``. Nothing here is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import Undecided
from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.vector.problem import VectorProblem

__all__ = ["Central", "row_lengths"]

_SHRINK = 32  # what mu is divided by
_STEPS = 60  # of Newton's method at one mu
_HALVINGS = 200
_CENTRED = Fraction(1, 100)  # of mu: what a step may still gain
_ZERO, _ONE = Fraction(0), Fraction(1)


def row_lengths(problem: VectorProblem) -> tuple[Fraction, ...]:
    """Return about the lengths of the rows of the design; 1 of a row that is 0."""
    squares = (sum((t * t for t in x), _ZERO) for x in problem.design)
    return tuple(approximate_root(t, 20) if t else _ONE for t in squares)


@dataclass(frozen=True)
class Central:
    """The path of a problem; ``features`` are rows, of directions, of length n."""

    problem: VectorProblem
    features: tuple[Vector, ...]

    @cached_property
    def lengths(self) -> tuple[Fraction, ...]:
        """The lengths of the rows of the design."""
        return row_lengths(self.problem)

    @cached_property
    def Phi(self) -> LongMatrix:
        """What rows of length 1 see of the directions, shape (m, n)."""
        return LongMatrix.of(
            [
                [t / s for t, s in zip(row, self.lengths, strict=True)]
                for row in self.features
            ]
        )

    @cached_property
    def of_rows(self) -> LongMatrix:
        """The (n, n c) matrix that repeats the entry of each row for its outputs."""
        n, c = self.problem.n, self.problem.c
        return LongMatrix.of([[int(e // c == k) for e in range(n * c)] for k in range(n)])

    @cached_property
    def of_outputs(self) -> LongMatrix:
        """The (c, n c) matrix that repeats the entry of each output for its rows."""
        n, c = self.problem.n, self.problem.c
        return LongMatrix.of([[int(e % c == j) for e in range(n * c)] for j in range(c)])

    @cached_property
    def wide(self) -> LongMatrix:
        """Phi with a column for each entry, transposed: shape (n c, m)."""
        return (self.Phi @ self.of_rows).T

    @cached_property
    def curved(self) -> LongMatrix:
        """The curvature ``1 / (w s^2)`` of each entry, as a column."""
        pairs = zip(self.problem.inverse_weights, self.lengths, strict=True)
        return LongMatrix.column(
            [w / (s * s) for w, s in pairs for _ in range(self.problem.c)]
        )

    @cached_property
    def labels(self) -> LongMatrix:
        """The labels ``Y_k / s_k``, as a column."""
        pairs = zip(self.problem.Y, self.lengths, strict=True)
        return LongMatrix.column([y / s for row, s in pairs for y in row])

    @cached_property
    def basis(self) -> LongMatrix:
        """A basis of the K with ``Z'N = 0``, as columns."""
        D, free = self.problem, self.problem.entries.free
        lengths = [s for s in self.lengths for _ in range(D.c)]
        if not free.columns:
            return _diagonal([_ONE] * len(lengths))
        rows = [[t * s for t, s in zip(q, lengths, strict=True)] for q in free.quotient]
        return LongMatrix.of(rows).T

    def solution(self, bits: int) -> tuple[list[Fraction], list[Fraction]]:
        """Return N, row by row, and the masses, where mu is ``2^-bits`` of the labels' size.

        Raises
        ------
        Undecided
            When rounding ends the path, or N can only be 0.
        """
        size = max(map(abs, self.labels.fractions()), default=_ZERO)
        if not size or not self.basis.shape[1]:
            raise Undecided("a central path of no labels")
        mu = size * approximate_root(self.problem.beta_squared, 20)
        end = mu / (1 << bits)
        y = LongMatrix.column([0] * self.basis.shape[1])
        try:
            while mu > end:
                mu /= _SHRINK
                y = self._centred(y, mu)
        except ZeroDivisionError:
            raise Undecided(
                "rounding ends a central path: rows are too far apart"
            ) from None
        K = self.basis @ y
        masses = self._slack(K).inverses() * (2 * mu)
        lengths = [s for s in self.lengths for _ in range(self.problem.c)]
        N = [t / s for t, s in zip(K.fractions(), lengths, strict=True)]
        return N, masses.fractions()

    def _outputs(self, K: LongMatrix) -> LongMatrix:
        """Return ``K'phi_i`` as rows, shape (m, c)."""
        return self.wide.times(K).T @ self.of_outputs.T

    def _slack(self, K: LongMatrix) -> LongMatrix:
        """Return ``beta^2 - |K'phi_i|^2`` as a column."""
        V = self._outputs(K)
        m, c = V.shape
        ones = LongMatrix.column([1] * c)
        return LongMatrix.column([self.problem.beta_squared] * m) - V.times(V) @ ones

    def _gradient(self, K: LongMatrix, slack: LongMatrix, mu: Fraction) -> LongMatrix:
        seen = self._seen(K)
        pull = seen.T @ (slack.inverses() * (2 * mu))
        return self.basis.T @ (self.curved.times(K) - self.labels + pull)

    def _seen(self, K: LongMatrix) -> LongMatrix:
        """Return the products of features and their outputs, entry by entry, shape (m, n c)."""
        return self.wide.T.times(self._outputs(K) @ self.of_outputs)

    def _hessian(self, K: LongMatrix, slack: LongMatrix, mu: Fraction) -> LongMatrix:
        first, seen = slack.inverses() * (2 * mu), self._seen(K)
        rows = self.Phi.T @ self.Phi.times(first)
        alike = self.of_outputs.T @ self.of_outputs
        total = (self.of_rows.T @ rows @ self.of_rows).times(alike)
        total += seen.T @ seen.times(first.times(slack.inverses())) * 2
        total += _diagonal(self.curved.fractions())
        return self.basis.T @ total @ self.basis

    def _centred(self, y: LongMatrix, mu: Fraction) -> LongMatrix:
        """Return the point of the path, from one near to it: Newton's method, halved steps."""
        K = self.basis @ y
        slack = self._slack(K)
        gradient = self._gradient(K, slack, mu)
        for _ in range(_STEPS):
            step = self._hessian(K, slack, mu).solve(gradient) * -1
            slope = (gradient.T @ step).fractions()[0]
            moved = self._moved(y, step, slope, mu)
            if moved is None:
                break  # as near as rounding allows
            y, slack, gradient = moved
            K = self.basis @ y
            if -slope < _CENTRED * mu:
                break
        return y

    def _moved(
        self, y: LongMatrix, step: LongMatrix, slope: Fraction, mu: Fraction
    ) -> tuple[LongMatrix, LongMatrix, LongMatrix] | None:
        """Return the point after a step, halved until it still falls or is nearly flat there.

        With the slack and the gradient; None where no step serves.
        """
        for halvings in range(_HALVINGS):
            ahead = y + step * Fraction(1, 1 << halvings)
            K = self.basis @ ahead
            slack = self._slack(K)
            if not slack.positive():
                continue
            gradient = self._gradient(K, slack, mu)
            there = (gradient.T @ step).fractions()[0]
            if there < 0 or 2 * there < -slope:
                return ahead, slack, gradient
        return None


def _diagonal(entries: Sequence[Fraction]) -> LongMatrix:
    n = len(entries)
    rows = [[t if i == j else _ZERO for j in range(n)] for i, t in enumerate(entries)]
    return LongMatrix.of(rows)
