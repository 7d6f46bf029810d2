"""The dual optimum over some directions in long floats: the end of a central path (general B7).

Where rows differ in size by many powers of 10 ordinary floats do not see what the small ones
cost. Rows are taken at length 1, with ``K_k = s_k N_k`` for a row of length s_k; over directions
u_i with features phi_i the dual is

    min  sum l_kj*(-N_kj),   |K'phi_i| <= beta,   Z'N = 0,

``sum |N_k|^2 / (2 w_k) - <N, Y_k>`` for the squared loss, and the points of the path minimise it
less ``mu sum log(beta^2 - |K'phi_i|^2)``: direction i then has the mass
``2 mu / (beta^2 - |K'phi_i|^2)``. Where a loss allows some N only, the ends have barriers of
their own, and a fit is beyond its kink by mu over the distance. A dual that bends at N = 0, of a
band around the label, is rounded there: ``e |N|`` as ``e (p + q) - mu log(p q)`` with ``p - q = N``
at the best p and q. Nothing here is believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Slope
from polytope_nn.search.losses.long_losses import LossObjective, has_one_slope
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.problem import VectorProblem

if TYPE_CHECKING:
    from polytope_nn.problems.losses.smooth import Smooth

__all__ = ["FAR", "Central", "has_path", "row_lengths"]

FAR = 1000  # rows whose lengths differ by more are far apart
_SHRINK, _LEAST = 32, 2  # what mu is divided by, at first and where the path bends
_STEPS, _AT_FIRST = 60, 400  # of Newton's method at one mu, and at the first
_HALVINGS = 200
_NEAR = 100  # times mu: what a step may gain where the path begins
_CENTRED = Fraction(1, 100)  # of mu: what a step may still gain
_ZERO, _ONE = Fraction(0), Fraction(1)


def row_lengths(problem: VectorProblem) -> tuple[Fraction, ...]:
    """Return about the lengths of the rows of the design; 1 of a row that is 0."""
    squares = (sum((t * t for t in x), _ZERO) for x in problem.design)
    return tuple(approximate_root(t, 20) if t else _ONE for t in squares)


def has_path(problem: VectorProblem) -> bool:
    """Return whether there is such a path: each dual is smooth, or that of a band."""
    if has_one_slope(problem.entries):
        return True
    return all(_Band.of(row) is not None for row in rows_of(problem.entries.loss))


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
    def of_entries(self) -> list[Fraction]:
        """The lengths of the rows, for each entry."""
        return [s for s in self.lengths for _ in range(self.problem.c)]

    @cached_property
    def Q(self) -> LongMatrix:
        """A basis of the N with ``Z'N = 0``, as rows; they see rows at length 1."""
        free = self.problem.entries.free
        if not free.columns:
            return _diagonal([1 / s for s in self.of_entries])
        return LongMatrix.of(free.quotient)

    @cached_property
    def basis(self) -> LongMatrix:
        """A basis of the K with ``Z'N = 0``, as columns."""
        return self.Q.T.times(LongMatrix.column(self.of_entries))

    @cached_property
    def objective(self) -> LossObjective:
        """The dual of the loss, over combinations of the basis."""
        found = LossObjective(self.problem.entries, self.Q, ())
        found.lengths = self.of_entries
        rows = zip(rows_of(self.problem.entries.loss), found.rows, strict=True)
        duals = [_Band.of(whole) or row for whole, row in rows]
        found.rows = cast(
            "list[Slope | Smooth]", duals
        )  # a band has what is asked of these
        return found

    def solution(self, bits: int) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
        """Return N and fits, row by row, and masses, where mu is ``2^-bits`` of the labels' size.

        Raises
        ------
        Undecided
            When rounding ends the path, or N can only be 0.
        """
        labels = zip(flat(self.problem.Y), self.of_entries, strict=True)
        size = max(
            (abs(y / s) for y, s in labels if isinstance(y, Fraction)), default=_ZERO
        )
        if not size or not self.basis.shape[1]:
            raise Undecided("a central path of no labels")
        mu = size * approximate_root(self.problem.beta_squared, 20)
        end = mu / (1 << bits)
        try:
            self._rounded(mu)
            y = self._start()
            mu = self._first(y, mu)
            y = self._centred(y, mu, _AT_FIRST) or y
            shrink = _SHRINK
            while mu > end:
                found = self._centred(y, mu / shrink)
                if found is None and shrink == _LEAST:
                    raise Undecided("a central path over bands bends too sharply")
                if found is None:
                    shrink //= 2
                else:
                    y, mu = found, mu / shrink
        except ZeroDivisionError:
            raise Undecided(
                "rounding ends a central path: rows are too far apart"
            ) from None
        masses = self._slack(self.basis @ y).inverses() * (2 * mu)
        N = (self.Q.T @ y).fractions()
        return N, self.objective.fits(N, mu), masses.fractions()

    def _rounded(self, mu: Fraction) -> None:
        """Tell the bands what they are rounded by."""
        for row in self.objective.rows:
            if isinstance(row, _Band):
                row.mu = mu

    def _start(self) -> LongMatrix:
        """Return a point inside of all walls."""
        right = self.Q @ LongMatrix.column(self.objective.start())
        y = (self.Q @ self.Q.T).solve(right)
        for _ in range(_HALVINGS):
            if self._slack(self.basis @ y).positive():
                return y
            y *= Fraction(1, 2)
        raise Undecided("a central path has no start")

    def _first(self, y: LongMatrix, mu: Fraction) -> Fraction:
        """Return a mu so large that the path begins near a point."""
        while True:
            slack, gradient = self._inside(y, mu)
            step = self._hessian(y, slack, mu).solve(gradient)
            slope = (gradient.T @ step).fractions()[0]
            if slope <= _NEAR * mu:
                return mu
            mu *= approximate_root(slope / mu, 20)

    def _outputs(self, K: LongMatrix) -> LongMatrix:
        """Return ``K'phi_i`` as rows, shape (m, c)."""
        return self.wide.times(K).T @ self.of_outputs.T

    def _slack(self, K: LongMatrix) -> LongMatrix:
        """Return ``beta^2 - |K'phi_i|^2`` as a column."""
        V = self._outputs(K)
        m, c = V.shape
        ones = LongMatrix.column([1] * c)
        return LongMatrix.column([self.problem.beta_squared] * m) - V.times(V) @ ones

    def _gradient(
        self, y: LongMatrix, slack: LongMatrix, walls: LongMatrix, mu: Fraction
    ) -> LongMatrix:
        pull = self._seen(self.basis @ y).T @ (slack.inverses() * (2 * mu))
        return self.basis.T @ pull - self.objective.falling(y) + walls * mu

    def _seen(self, K: LongMatrix) -> LongMatrix:
        """Return the products of features and their outputs, entry by entry, shape (m, n c)."""
        return self.wide.T.times(self._outputs(K) @ self.of_outputs)

    def _hessian(self, y: LongMatrix, slack: LongMatrix, mu: Fraction) -> LongMatrix:
        first, seen = slack.inverses() * (2 * mu), self._seen(self.basis @ y)
        rows = self.Phi.T @ self.Phi.times(first)
        alike = self.of_outputs.T @ self.of_outputs
        total = (self.of_rows.T @ rows @ self.of_rows).times(alike)
        total += seen.T @ seen.times(first.times(slack.inverses())) * 2
        found = self.basis.T @ total @ self.basis + self.objective.curvature(y)
        walls = self.objective.barrier(y)
        return found if walls is None else found + walls[1] * mu

    def _centred(
        self, y: LongMatrix, mu: Fraction, most: int = _STEPS
    ) -> LongMatrix | None:
        """Return the point of the path, from one near to it; None where that is too far.

        Newton's method with halved steps.
        """
        self._rounded(mu)
        slack, gradient = self._inside(y, mu)
        for _ in range(most):
            step = self._hessian(y, slack, mu).solve(gradient) * -1
            slope = (gradient.T @ step).fractions()[0]
            moved = self._moved(y, step, slope, mu)
            if moved is None:
                break  # as near as rounding allows
            y, slack, gradient = moved
            if -slope < _CENTRED * mu:
                break
        else:
            if any(isinstance(row, _Band) for row in self.objective.rows):
                return None
        return y

    def _inside(self, y: LongMatrix, mu: Fraction) -> tuple[LongMatrix, LongMatrix]:
        here = self._here(y, mu)
        if here is None:
            raise Undecided("rounding leads a central path out of its walls")
        return here

    def _here(self, y: LongMatrix, mu: Fraction) -> tuple[LongMatrix, LongMatrix] | None:
        """Return the slack of the directions and the gradient; None beyond a wall."""
        slack, walls = self._slack(self.basis @ y), self.objective.barrier(y)
        if walls is None or not slack.positive():
            return None
        return slack, self._gradient(y, slack, walls[0], mu)

    def _moved(
        self, y: LongMatrix, step: LongMatrix, slope: Fraction, mu: Fraction
    ) -> tuple[LongMatrix, LongMatrix, LongMatrix] | None:
        """Return the point after a step, halved until it still falls or is nearly flat there.

        With the slack and the gradient; None where no step serves.
        """
        for halvings in range(_HALVINGS):
            ahead = y + step * Fraction(1, 1 << halvings)
            here = self._here(ahead, mu)
            if here is None:
                continue
            slack, gradient = here
            there = (gradient.T @ step).fractions()[0]
            if there < 0 or 2 * there < -slope:
                return ahead, slack, gradient
        return None


def _diagonal(entries: Sequence[Fraction]) -> LongMatrix:
    n = len(entries)
    rows = [[t if i == j else _ZERO for j in range(n)] for i, t in enumerate(entries)]
    return LongMatrix.of(rows)


@dataclass
class _Band:
    """The dual of a band of fits, ``|z - y| <= e``, rounded by mu where N is 0."""

    y: Fraction
    e: Fraction
    mu: Fraction = _ONE

    @classmethod
    def of(cls, row: object) -> "_Band | None":
        """Return that of a loss with two kinks, or None."""
        kinks = [p for p in getattr(row, "pieces", ()) if isinstance(p, Slope)]
        if len(kinks) != 2 or any(p.inverse for p in kinks):
            return None
        low, high = sorted(p.at for p in kinks)
        return cls((low + high) / 2, (high - low) / 2)

    def fit(self, kappa: Ball) -> Scalar:
        """Return the fit: between the kinks."""
        return self.y - kappa * self.e**2 / (self._root(kappa) + self.mu)

    def derivative(self, kappa: Ball) -> Scalar:
        """Return the derivative of the fit."""
        root = self._root(kappa)
        return -(self.e**2) * self.mu / (root * (root + self.mu))

    def _root(self, kappa: Ball) -> Ball:
        """Return the root of ``mu^2 + e^2 kappa^2``."""
        return (kappa * kappa * self.e**2 + self.mu**2).sqrt()
