"""What a barrier method minimises in the dual, in long floats: the squared loss, or others."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Protocol, TypeAlias

from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.problems.problem import Problem

__all__ = ["MadeObjective", "Objective", "Quadratic", "row_lengths"]


class Objective(Protocol):
    """What is minimised over ``kappa = N nu``: smooth and convex between its walls."""

    walls: int
    """The number of walls, which have barriers of their own."""

    def start(self) -> Vector:
        """Return a kappa between the walls; every smaller multiple is there, too."""

    def falling(self, nu: LongMatrix) -> LongMatrix:
        """Return minus the gradient, a column."""

    def curvature(self, nu: LongMatrix) -> LongMatrix:
        """Return the Hessian."""

    def barrier(self, nu: LongMatrix) -> "tuple[LongMatrix, LongMatrix] | None":
        """Return gradient and Hessian of the walls' barrier; None beyond a wall."""


class Quadratic:
    """``kappa'W^-1 kappa / 2 - y'kappa``: no walls."""

    walls = 0

    def __init__(self, problem: Problem, N: LongMatrix, basis: Sequence[Vector]) -> None:
        kept = problem.determining
        inverse = [problem.inverse_weights[k] for k in kept]
        rows = [[t * w for t, w in zip(row, inverse, strict=True)] for row in basis]
        self.Q = LongMatrix.of(rows) @ N.T
        self.b = N @ LongMatrix.column([problem.y[k] for k in kept])
        self.nothing = LongMatrix.column([0] * len(basis)), self.Q * 0
        self.size = len(kept)

    def start(self) -> Vector:
        """Return 0."""
        return (Fraction(0),) * self.size

    def falling(self, nu: LongMatrix) -> LongMatrix:
        """Return minus the gradient."""
        return self.b - self.Q @ nu

    def curvature(self, nu: LongMatrix) -> LongMatrix:  # noqa: ARG002 - it is constant
        """Return the Hessian."""
        return self.Q

    def barrier(self, nu: LongMatrix) -> tuple[LongMatrix, LongMatrix]:  # noqa: ARG002
        """Return nothing: there is no wall."""
        return self.nothing


def row_lengths(problem: Problem) -> tuple[Fraction, ...]:
    """Return about the length of each row, the largest of all charts; 0 of a zero row."""
    squares = (
        max(squared_norm(chart.design[k]) for chart in problem.charts)
        for k in range(problem.n)
    )
    return tuple(approximate_root(t) if t else Fraction(0) for t in squares)


MadeObjective: TypeAlias = Callable[[Problem, LongMatrix, Sequence[Vector]], Objective]
