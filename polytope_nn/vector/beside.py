"""What is free of price, as it fits best beside neurons with several outputs."""

from fractions import Fraction
from typing import cast

from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot

from .problem import Rows, VectorProblem

__all__ = ["best_beside"]


def best_beside(problem: VectorProblem, made: Rows) -> Rows:
    """Return the coefficients (q, c) of what is free that fit best beside a fit (n, c)."""
    free = problem.free
    left = problem.dual(made)  # weights (Y - made)
    columns = [free.columns[j] for j in free.basis]
    weighted = [[t * w for t, w in zip(z, problem.weights, strict=True)] for z in columns]
    gram = [[dot(a, z) for z in columns] for a in weighted]
    A: list[list[Scalar]] = [[Fraction(0)] * problem.c for _ in free.columns]
    for j, column in enumerate(transpose(left)):
        entries = cast("Scalars", solve(gram, [dot(z, column) for z in columns]))
        for i, t in zip(free.basis, entries, strict=True):
            A[i][j] = t
    return tuple(map(tuple, A))
