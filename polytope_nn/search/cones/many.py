"""Whether patterns are too many to be listed, so that cones do instead."""

from polytope_nn.errors import Undecided
from polytope_nn.geometry.region_count import generic_count, region_count
from polytope_nn.problems.losses import SeparableLoss, SquaredLoss
from polytope_nn.problems.problem import Problem

__all__ = ["has_many_patterns"]

# patterns beyond which they are not listed where cones do instead. Trees grow with the
# dimension, and with kappa: for 30 and 36 samples in R^4 (8 180 and 14 352 patterns) they took
# one to seven times the list's time, for 20 in R^5 (10 050 patterns) four times
_LISTED = 4000
_LISTED_IN_MORE = 16_000  # in R^4 and beyond; with a skip, of which certificates list them


def has_many_patterns(problem: Problem) -> bool:
    """Return whether a problem is one for cones: a loss of samples, and many patterns.

    With a free bias that is the squared loss, and the patterns are those of all charts.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> rows = [[1, k, k * k] for k in range(99)]  # in general position
    >>> has_many_patterns(TrainingProblem(rows, [1] * 99, beta=1))
    True
    >>> has_many_patterns(TrainingProblem(rows[:30], [1] * 30, beta=1))
    False
    """
    loss = problem.loss
    separable = isinstance(loss, SeparableLoss) and loss.is_finite
    plain = problem.of_relu and (isinstance(loss, SquaredLoss) or separable)
    if not plain:
        return False
    if problem.bias == "free":
        return not separable and _has_many_in_charts(problem)
    plane = len(problem.design[0]) < 4 and not problem.free.columns and not separable
    few = _LISTED if plane else _LISTED_IN_MORE
    if generic_count(len(problem.design), len(problem.design[0])) <= few:
        return False
    try:
        region_count(problem.design, limit=few)
    except Undecided:
        return True
    return False


def _has_many_in_charts(problem: Problem) -> bool:
    """Return whether the charts of a free bias have many patterns: as many as the first, each."""
    count = len(set(problem.X))
    try:
        region_count(problem.charts[0].design, limit=_LISTED_IN_MORE // count)
    except Undecided:
        return True
    return False
