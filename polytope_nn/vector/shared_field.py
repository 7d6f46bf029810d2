"""Networks of several outputs and an optimum of several fields, moved into one (CONTRACT §5)."""

from dataclasses import replace

from polytope_nn.errors import InexactError, Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.networks.shared_field import mover

from .finding import vector_optimum
from .losses.entries import flat
from .network import VectorNetwork, VectorNeuron
from .optimum import Optimum
from .polytope import OptimalSet
from .problem import Rows

__all__ = ["in_one_field", "set_in_one_field"]


def in_one_field(
    O: Optimum, *networks: VectorNetwork
) -> tuple[Optimum, tuple[VectorNetwork, ...]]:
    """Return an optimum and networks with the numbers of one field; N is verified where it moves.

    Raises
    ------
    Undecided
        When no field of all of them is seen, or the moved N is not verified.
    """
    own = [*flat(O.N), *O.made]
    found = mover(own, [t for network in networks for t in _numbers(network)])
    if found is None:
        return O, networks
    move, moves = found

    def row(numbers: Scalars) -> Scalars:
        return tuple(map(move, numbers))

    def rows(numbers: Rows | None) -> Rows | None:
        return None if numbers is None else tuple(map(row, numbers))

    def slot(x: VectorNeuron | None) -> VectorNeuron | None:
        return None if x is None else replace(x, u=row(x.u), v=row(x.v))

    within = tuple(
        VectorNetwork(
            tuple(map(slot, x.slots)),
            rows(x.skip),
            None if x.constant is None else row(x.constant),
        )
        for x in networks
    )
    if not moves:
        return O, within
    try:
        return vector_optimum(O.problem, kappa=rows(O.N)), within
    except InexactError as error:
        raise Undecided(f"{error}; or write the networks in fractions") from error


def set_in_one_field(
    P: OptimalSet, *networks: VectorNetwork
) -> tuple[OptimalSet, tuple[VectorNetwork, ...]]:
    """Return an optimal set and networks with the numbers of one field."""
    O, within = in_one_field(P.optimum, *networks)
    return (P if O is P.optimum else OptimalSet(O)), within


def _numbers(network: VectorNetwork) -> Scalars:
    """Return every number of a network."""
    neurons = (t for x in network.neurons for t in (*x.u, *x.v))
    return (*neurons, *flat(network.skip or ()), *(network.constant or ()))
