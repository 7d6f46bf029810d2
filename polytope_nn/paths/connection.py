"""Two networks joined, trained ones included: down to the optimum, and up on the other side.

From each end a descent on which the objective never rises (THEORY T12), both to the same
optimal network; the second is walked backwards. So the objective is never larger than at the
larger of the two ends: the barrier is 0 from ``n + 1`` slots on.
"""

from dataclasses import dataclass

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum, total
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.networks.network import Network
from polytope_nn.shown import Drawn

from .descent import Descent, descended
from .optima import optima

__all__ = ["Connection", "connect"]


@dataclass(frozen=True, repr=False)
class Connection(Drawn):
    """The two descents to one optimal network, where they meet."""

    down: Descent
    up: Descent

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.down.width

    @property
    def breakpoints(self) -> tuple[Network, ...]:
        """The networks between which the path is linear in u, slot by slot."""
        return (*self.down.breakpoints, *self.up.breakpoints[-2::-1])

    @property
    def objectives(self) -> tuple[RootSum, ...]:
        """The objective at the breakpoints: falling to the optimum, then rising."""
        return (*self.down.objectives, *self.up.objectives[-2::-1])

    @property
    def barrier(self) -> RootSum:
        """The largest objective on the path less that of the larger end, ``>= 0``.

        On a line the objective is convex, so the largest is met at a breakpoint.
        """
        rises = [
            x - descended.objectives[0]
            for descended in (self.down, self.up)
            for x in descended.objectives
            if x is not descended.objectives[0] and _above(x, descended.objectives[0])
        ]
        return max(rises, default=total(()))

    def __repr__(self) -> str:
        return f"Connection(width={self.width}, breakpoints={len(self.breakpoints)})"


def _above(x: RootSum, first: RootSum) -> bool:
    """Return whether an objective is above the first of its descent.

    Balls that overlap do not tell, and need not: no line of a descent rises, which its slopes
    prove and not its values.
    """
    try:
        return x > first
    except Undecided:
        return False


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
    P = optimal_polytope(problem)
    if width is None:
        width = max(start.width, end.width, P.problem.n + 1)
    T = optima(P)
    down, reached = descended(T, start, None, width)
    up, _ = descended(T, end, reached, width)
    return Connection(down, up)
