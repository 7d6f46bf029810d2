"""The staircase of connectivity of a problem, for all widths in one pass (THEORY T7-T10)."""

from polytope_nn.limits import Limits

from .merge_tree import Staircase, Step
from .optimal_set import Solvable, optimal_polytope

__all__ = ["Staircase", "Step", "staircase"]


def staircase(problem: Solvable | Staircase, *, limits: Limits | None = None) -> Staircase:
    """Return the staircase of a problem, its optimum or its polytope (T8, T10).

    Exact for every width. Where optimal networks are no polytope (neurons that move along a
    free bias, constants that are free in the limit only) the staircase says so in ``reason``
    and counts no widths.

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    limits
        How far the search goes.

    Returns
    -------
    Staircase
        Iterates over one step a width: components, isolated points, vertices.

    Raises
    ------
    Undecided
        When the optimum or the vertices of its polytope are not decided.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> S = staircase(D)
    >>> [S[m].components for m in (1, 2, 3)]
    [1, 3, 1]
    """
    if isinstance(problem, Staircase):
        return problem
    return optimal_polytope(problem, limits=limits).staircase
