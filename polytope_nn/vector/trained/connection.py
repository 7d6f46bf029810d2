"""Two networks with several outputs joined: down to an optimum, up on the other side (T12)."""

from dataclasses import dataclass

from polytope_nn.called import given
from polytope_nn.paths.joined import Joined
from polytope_nn.vector.descent import (
    VectorDescent,
    descended,
    tight_directions,
    wide_enough,
)
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.shared_field import set_in_one_field

__all__ = ["VectorConnection", "vector_connect"]


@dataclass(frozen=True, repr=False)
class VectorConnection(Joined[VectorDescent, VectorNetwork]):
    """The two descents to one optimal network, where they meet: linear in v, slot by slot."""


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
        Any exact networks; what is free is 0 where they do not give it.
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
    given(VectorNetwork, start, end)
    P, (start, end) = set_in_one_field(P, start, end)
    directions = tight_directions(P)
    down, reached = descended(P, directions, start, None, m)
    up, _ = descended(P, directions, end, reached, m)
    return VectorConnection(down, up)
