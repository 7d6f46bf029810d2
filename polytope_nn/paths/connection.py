"""Two networks joined, trained ones included: down to the optimum, and up on the other side.

From each end a descent on which the objective never rises (THEORY T12), both to the same
optimal network; the second is walked backwards. So the objective is never larger than at the
larger of the two ends: the barrier is 0 from ``n + 1`` slots on.
"""

from dataclasses import dataclass

from polytope_nn.called import given_width
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.networks.network import Network, given_network
from polytope_nn.networks.shared_field import set_in_one_field
from polytope_nn.shown import Drawn

from .descent import Descent, descended
from .joined import Joined
from .optima import optima

__all__ = ["Connection", "connect"]


@dataclass(frozen=True, repr=False)
class Connection(Joined[Descent, Network], Drawn):
    """The two descents to one optimal network, where they meet: linear in u, slot by slot."""


def connect(
    problem: Solvable, start: Network, end: Network, width: int | None = None
) -> Connection:
    """Return a path between any two networks on which the objective has no barrier.

    Parameters
    ----------
    problem
        The training problem, or its optimum or optimal polytope when they are at hand.
    start, end
        Any exact networks; they keep the order of their slots, and get empty ones.
    width
        The number of slots, at least ``n + 1``; by default that of the larger network, or
        ``n + 1``.

    Returns
    -------
    Connection
        Width, breakpoints, objectives, and the barrier.

    Raises
    ------
    DimensionError, InstanceError
        As :func:`~polytope_nn.paths.descent.descent`.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> found = connect(D, Network.of((1, [3, 0, 0])), Network.of((-1, [1, 1, 0])))
    >>> found.width, found.barrier, found.objectives[0] >= min(found.objectives)
    (3, 0, True)
    """
    for network in (start, end):
        given_network(network)
    given_width(width)
    P, (start, end) = set_in_one_field(optimal_polytope(problem), start, end)
    if width is None:
        width = max(start.width, end.width, P.problem.n + 1)
    T = optima(P)
    down, reached = descended(T, start, None, width)
    up, _ = descended(T, end, reached, width)
    return Connection(down, up)
