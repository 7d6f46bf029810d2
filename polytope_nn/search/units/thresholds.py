"""The optimum of threshold units: a LASSO over the patterns of all faces (general §5)."""

from fractions import Fraction

from polytope_nn.dual.units.listed import ListedOptimum, listed_optimum
from polytope_nn.exact.rational import Vector
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Threshold
from polytope_nn.problems.units.thresholds import threshold_patterns

from .columns import Lasso, beta_of, lasso

__all__ = ["threshold_optimum"]


def threshold_optimum(
    problem: TrainingProblem, kappa: Vector | None = None
) -> ListedOptimum:
    """Return the optimum of threshold units, found or, with kappa, verified.

    A neuron ``alpha 1(w'x >= 0)`` costs ``beta |alpha|``, whatever w is.

    >>> D = TrainingProblem([[1], [2]], [3, 3], beta=1, activation="threshold")
    >>> print(*threshold_optimum(D).kappa)
    1/2 1/2
    """
    activation = problem.activation
    assert isinstance(activation, Threshold)  # asked for by name
    patterns = threshold_patterns(problem.plain_design, closed=activation.closed)
    beta = beta_of(problem.beta_squared)
    if kappa is not None:
        return listed_optimum(problem, patterns, beta, kappa)
    columns = [tuple(Fraction(s * t) for t in p) for p in patterns for s in (1, -1)]
    asked = Lasso(tuple(columns), problem.free.columns, problem.y, problem.weights, beta)
    return listed_optimum(problem, patterns, beta, lasso(asked)[0])
