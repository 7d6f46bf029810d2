"""Networks with several outputs that are known as enclosures: when a box is accepted.

As with one output (:mod:`~polytope_nn.networks.enclosed`): each used slot must meet the rays of
g and of h of exactly one atom, and the boxes of masses must contain a point of P. The masses of
a slot are the products ``s t`` with ``s g`` and ``t h`` in its box, whatever g and h of their
enclosures are. In balls, where there is a continuum of directions, those of one network stand for
all: a box around it, its neurons in any slots and split as one likes, is accepted.
"""

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.networks.enclosed import (
    Interval,
    ends_of,
    meets_ray,
    multiples,
    shared_out,
)
from polytope_nn.networks.membership import Placement

from .network import VectorNetwork, VectorNeuron
from .optimum import Direction
from .polytope import OptimalSet
from .trained.free_parts import with_free_part

__all__ = ["accepted_placement", "known_mixtures", "neuron_of"]

_BITS = 600
_NEVER: Interval = multiples((), ())


def known_mixtures(
    P: OptimalSet,
) -> tuple[tuple[Direction, ...], tuple[Scalars, ...]]:
    """Return tight directions, and points whose hull is of optimal mixtures of them.

    All atoms and the vertices of P; beside a continuum in balls, those of one optimal network.

    Raises
    ------
    Undecided
        Beside a continuum that is known exactly: then networks are given exactly.
    """
    O = P.optimum
    if not O.continua:
        return O.atoms, P.vertices
    if O.level == "exact":
        raise Undecided(
            "whether a box contains an optimal network: there is a continuum of directions"
        )
    return tuple(u for u, _ in O.network), (tuple(c for _, c in O.network),)


def accepted_placement(P: OptimalSet, network: VectorNetwork) -> Placement:
    """Return the atom and mass of each slot of an optimal network in a box.

    Raises
    ------
    Undecided
        When it is not proved that the box contains one.
    """
    directions, points = known_mixtures(P)
    beside = " of one optimal network" if P.optimum.continua else ""
    slots: list[tuple[int, Interval] | None] = []
    for j, x in enumerate(network.slots):
        if x is None:
            slots.append(None)
            continue
        met = [
            a
            for a, atom in enumerate(directions)
            if meets_ray(atom.g, x.u) and meets_ray(atom.h, x.v)
        ]
        if len(met) != 1:
            raise Undecided(
                f"which atom neuron {j} lies on: its box meets the rays of {len(met)}{beside}"
            )
        slots.append((met[0], _masses(P, directions[met[0]], x)))
    placement, _ = shared_out(slots, points, len(directions))
    if not _has_its_free_part(P, placement, network):
        raise Undecided(
            "whether the given free part fits the enclosed neurons: leave skip and constant "
            "out: then it is what fits"
        )
    return placement


def _has_its_free_part(P: OptimalSet, placement: Placement, network: VectorNetwork) -> bool:
    """Return whether the free part that is given, if any, holds what fits beside the masses."""
    O, given = P.optimum, [*(network.skip or ()), network.constant or ()]
    if not any(given):
        return True
    directions, _ = known_mixtures(P)
    neurons = (
        None if held is None else neuron_of(directions[held[0]], held[1])
        for held in placement
    )
    fits = with_free_part(O, VectorNetwork(tuple(neurons)))
    own = [*(fits.skip or ()), fits.constant or ()]
    pairs = zip((t for r in own for t in r), (t for r in given for t in r), strict=True)
    return all(_holds(ends_of(box), ends_of(t)) for t, box in pairs)


def _holds(box: Interval, own: Interval) -> bool:
    return box[0] <= own[0] and own[1] <= box[1]


def neuron_of(x: Direction, mass: Scalar) -> VectorNeuron:
    """Return the neuron of a direction and a mass."""
    return VectorNeuron(x.g, tuple(mass * t for t in x.h))


def _masses(P: OptimalSet, atom: Direction, x: VectorNeuron) -> Interval:
    """Return the masses for which a neuron is surely in the box."""
    u, v = ([ends_of(t) for t in numbers] for numbers in (x.u, x.v))
    low, high = multiples([ends_of(t) for t in atom.g], u)
    least, most = multiples([ends_of(t) for t in atom.h], v)
    if low > high or least > most:
        return _NEVER
    if not x.raw:
        return low * least, high * most
    # |w| = |alpha|: s |g| = t |h| and |h| = beta |g|, so that t = s / beta
    below, above = root_enclosure(P.optimum.problem.beta_squared, _BITS)
    low, high = max(low, least * above), min(high, most * below)
    return (low * low / below, high * high / above) if low <= high else _NEVER
