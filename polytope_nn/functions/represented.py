"""Points of the optimal set as functions on R^d (THEORY §8)."""

from fractions import Fraction

from polytope_nn.landscape.optimal_set import OptimalPolytope, Point

from .piecewise_linear import Interpolant, interpolant

__all__ = ["represented"]


def represented(P: OptimalPolytope, point: Point) -> Interpolant:
    """Return the network of a point of the optimal set as a function on R^d.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> from polytope_nn.landscape.optimal_set import optimal_polytope
    >>> P = optimal_polytope(TrainingProblem([[1], [-1]], [2, 2], beta=1))
    >>> represented(P, P.point(P.vertices[0]))
    |x1|
    """
    problem = P.problem
    slope, offset = problem.free.slope_and_offset(point.a, problem.dimension)
    terms = [
        (x * P.atoms[a].sign, *P.kinks[a])
        for a, x in enumerate(point.c)
        if not (isinstance(x, Fraction) and x == 0)
    ]
    return interpolant(terms, slope, offset)
