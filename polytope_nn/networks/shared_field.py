"""Networks and an optimum whose numbers are of several fields, moved into one (CONTRACT §5)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import InexactError, Undecided
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.fields import MOST, generators_in_one
from polytope_nn.exact.generator import at
from polytope_nn.exact.scalar import Scalar
from polytope_nn.landscape.optimal_set import OptimalPolytope, optimal_polytope
from polytope_nn.search.finding import optimum

from .network import Network
from .neuron import Neuron, RawNeuron

__all__ = ["in_one_field", "mover", "set_in_one_field"]


def in_one_field(O: Optimum, *networks: Network) -> tuple[Optimum, tuple[Network, ...]]:
    """Return an optimum and networks with the numbers of one field.

    The optimum stays where networks are of its field, as it is written elsewhere; else its
    kappa is moved into a field of both, and verified there.

    Raises
    ------
    Undecided
        When no field of all of them is seen, or the moved kappa is not verified.
    """
    numbers = [x for network in networks for x in _numbers(network)]
    found = mover([*O.kappa, *O.weights], numbers)
    if found is None:
        return O, networks
    move, moves = found
    within = tuple(_moved(network, move) for network in networks)
    if not moves:
        return O, within
    try:
        return optimum(O.problem, kappa=tuple(map(move, O.kappa))), within
    except InexactError as error:
        raise Undecided(f"{error}; or write the networks in fractions") from error


def mover(
    own: Iterable[Scalar], given: Iterable[Scalar]
) -> tuple[Callable[[Scalar], Scalar], bool] | None:
    """Return what moves numbers into one field, and whether it moves an optimum's own.

    None where all of them are of one field.

    Raises
    ------
    Undecided
        When no field of all of them is seen.
    """
    first = [x.field for x in own if isinstance(x, Algebraic)][:1]
    others = [x.field for x in given if isinstance(x, Algebraic)]
    fields = list(dict.fromkeys([*first, *others]))
    if len(fields) < 2:
        return None
    generators = generators_in_one(fields)
    if generators is None:
        raise Undecided(
            f"the numbers of the networks and of the optimum are of {len(fields)} fields, and no "
            f"field of all, of degree {MOST} at most, is seen: write the networks in fractions"
        )
    images = dict(zip(fields, generators, strict=True))

    def move(x: Scalar) -> Scalar:
        return at(x, images[x.field]) if isinstance(x, Algebraic) else x

    return move, bool(first) and generators[0].field != first[0]


def set_in_one_field(
    P: OptimalPolytope, *networks: Network
) -> tuple[OptimalPolytope, tuple[Network, ...]]:
    """Return an optimal set and networks with the numbers of one field."""
    O, within = in_one_field(P.optimum, *networks)
    return (P if O is P.optimum else optimal_polytope(O)), within


def _numbers(network: Network) -> Iterator[Scalar]:
    """Yield every number of a network."""
    for x in network.neurons:
        yield from (*x.w, x.alpha) if isinstance(x, RawNeuron) else x.u
    yield from network.skip or ()
    if network.constant is not None:
        yield network.constant


def _moved(network: Network, move: Callable[[Scalar], Scalar]) -> Network:
    """Return a network with each of its numbers moved."""

    def slot(x: Neuron | RawNeuron | None) -> Neuron | RawNeuron | None:
        if isinstance(x, RawNeuron):
            return replace(x, w=tuple(map(move, x.w)), alpha=move(x.alpha))
        return None if x is None else replace(x, u=tuple(map(move, x.u)))

    return replace(
        network,
        slots=tuple(map(slot, network.slots)),
        skip=None if network.skip is None else tuple(map(move, network.skip)),
        constant=None if network.constant is None else move(network.constant),
    )
