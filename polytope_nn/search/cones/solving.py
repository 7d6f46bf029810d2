"""The optimum of a training problem whose patterns are too many to be listed: by cones."""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.optimum import Optimum, verified_by_tree
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.region_count import region_count
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cone_search import found_by_cones

from .feasible import cone_feasibility

__all__ = ["found_by_tree", "has_many_patterns", "proved_by_tree"]

# patterns beyond which they are not listed where cones do instead. Trees grow with the
# dimension: for 20 samples in R^5 (10 072 patterns) a tree took four times the list's time
_LISTED = 4000
_LISTED_IN_MORE = 16_000  # in R^5 and beyond


@dataclass(frozen=True)
class _Asked:
    """A training problem without a free part, as the search by cones asks for it."""

    rows: Matrix
    y: Vector
    weights: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...] = ()
    free_bias: bool = False


def has_many_patterns(problem: Problem) -> bool:
    """Return whether a problem is one for cones: squared loss, nothing free, many patterns.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> rows = [[1, k, k * k] for k in range(99)]  # in general position
    >>> has_many_patterns(TrainingProblem(rows, [1] * 99, beta=1))
    True
    >>> has_many_patterns(TrainingProblem(rows[:30], [1] * 30, beta=1))
    False
    """
    plain = problem.of_relu and problem.has_loss and problem.bias != "free"
    if not plain or problem.free.columns:
        return False
    few = _LISTED if len(problem.design[0]) < 5 else _LISTED_IN_MORE
    try:
        region_count(problem.design, limit=few)
    except Undecided:
        return True
    return False


def proved_by_tree(problem: Problem, kappa: Scalars) -> Optimum:
    """Return the optimum of an exact kappa, its dual feasibility proved by a tree of cones.

    Raises
    ------
    NotOptimal
        When kappa is not the dual optimum.
    Undecided
        When the tree grows beyond its limit.
    """
    form = cone_form(problem.design, kappa, problem.beta_squared)
    return verified_by_tree(problem, kappa, cone_feasibility(form))


def found_by_tree(problem: Problem, limits: Limits) -> Optimum | None:
    """Return the optimum of a problem for cones, found by them; None where that fails.

    It fails where kappa is not rational: the vertices of P in balls need the patterns.
    """
    if not has_many_patterns(problem):
        return None
    weights = tuple(1 / t for t in problem.inverse_weights)
    asked = _Asked(problem.design, problem.y, weights, problem.beta_squared)
    try:
        found = found_by_cones(asked, limits, rational=True)
    except Undecided as reason:
        limits.progress(f"{reason}; listing the patterns")
        return None
    return verified_by_tree(problem, tuple(found.kappa), found.proof)
