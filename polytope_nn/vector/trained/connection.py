"""Two networks with several outputs joined: down to an optimum, up on the other side (T12)."""

from dataclasses import dataclass

from polytope_nn.exact.radical import RootSum, total
from polytope_nn.vector.descent import VectorDescent, descended, wide_enough
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.polytope import OptimalSet

from .led import tight_directions

__all__ = ["VectorConnection", "vector_connect"]


@dataclass(frozen=True, repr=False)
class VectorConnection:
    """The two descents to one optimal network, where they meet."""

    down: VectorDescent
    up: VectorDescent

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.down.width

    @property
    def breakpoints(self) -> tuple[VectorNetwork, ...]:
        """The networks between which the path is linear in v, slot by slot."""
        return (*self.down.breakpoints, *self.up.breakpoints[-2::-1])

    @property
    def objectives(self) -> tuple[RootSum, ...]:
        """The objective at the breakpoints: falling to the optimum, then rising."""
        return (*self.down.objectives, *self.up.objectives[-2::-1])

    @property
    def barrier(self) -> RootSum:
        """The largest objective on the path less that of the larger end: 0.

        Both descents are proved never to rise.
        """
        return total(())

    def __repr__(self) -> str:
        return f"VectorConnection(width={self.width}, breakpoints={len(self.breakpoints)})"


def vector_connect(
    P: OptimalSet, start: VectorNetwork, end: VectorNetwork, width: int | None = None
) -> VectorConnection:
    """Return a path between any two networks on which the objective has no barrier.

    Slots keep their order, and empty ones are added: by default to the larger network's, or to
    ``n c + 1``.

    Parameters
    ----------
    P
        The optimal set.
    start, end
        Any exact networks; what is free fits best where they do not give it.
    width
        The number of slots.

    Returns
    -------
    VectorConnection
        Breakpoints and objectives; the barrier is 0.

    Raises
    ------
    DimensionError, InstanceError, Undecided
        As :func:`~polytope_nn.vector.descent.vector_descent`.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> from polytope_nn.vector.network import VectorNeuron
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> x = VectorNetwork((VectorNeuron((1,), (1, 1)),))
    >>> found = vector_connect(P, x, VectorNetwork((None,)))
    >>> found.width, str(min(found.objectives)), found.barrier
    (3, '19/8', 0)
    """
    m = wide_enough(P, width, start, end)
    directions = tight_directions(P)
    down, reached = descended(P, directions, start, None, m)
    up, _ = descended(P, directions, end, reached, m)
    return VectorConnection(down, up)
