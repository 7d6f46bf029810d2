"""Which tight directions, with which masses, the neurons of an optimal network are."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.boxes import box_vertices
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.neuron import same_ray
from polytope_nn.wording import plural

from .enclosed import accepted_placement
from .losses.entries import flat
from .network import VectorNetwork, VectorNeuron
from .optimum import Direction, Optimum, seen
from .polytope import OptimalSet
from .problem import Rows

__all__ = ["last_used", "mixtures", "padded", "placed", "placement_of"]


def last_used(placement: Placement) -> int:
    """Return how many slots there are up to the last neuron."""
    return max((j + 1 for j, held in enumerate(placement) if held is not None), default=0)


def padded(placement: Placement, width: int) -> Placement:
    """Return a placement with empty slots added, or trailing empty ones dropped."""
    used = last_used(placement)
    if used > width:
        raise DimensionError(
            f"a network has {plural(used, 'slot')} in use, the width is {width}: give a width "
            f"of {used} or more"
        )
    return (*placement[:used], *(None,) * (width - used))


def mixtures(O: Optimum, directions: Sequence[Direction]) -> tuple[Scalars, ...]:
    """Return the vertices of the optimal mixtures of some tight directions."""
    if not O.problem.is_squared:
        every = [flat(x.feature) for x in directions]
        return box_vertices(every, O.problem.entries.free, O.interval)
    features = [O.problem.modulo(x.feature) for x in directions]
    return slice_vertices(transpose(features), O.problem.modulo(O.fit))


def placed(
    P: OptimalSet, directions: list[Direction], network: VectorNetwork, name: str
) -> Placement:
    """Return directions and masses of an optimal network; with a continuum new ones are added."""
    if network.is_enclosed:
        return accepted_placement(P, network)
    O = P.optimum
    try:
        return _decided(O, directions, network, name)
    except Undecided as error:
        raise Undecided(
            f"whether a network is optimal: the optimum is known at level {O.level}, where no "
            f"equality of irrational numbers can be decided ({error})"
        ) from error


def _decided(
    O: Optimum, directions: list[Direction], network: VectorNetwork, name: str
) -> Placement:
    problem = O.problem
    rows = network.completed(problem).fit(problem)
    fit = flat(_shifted(O, rows) if problem.entries.shifted else rows)
    nothing = O.vanishes and not problem.entries.free.columns
    if any(  # no neurons fit 0, whatever balls say
        not (nothing and z.__class__ is Fraction and not z)
        and ((low is not None and z < low) or (high is not None and z > high))
        for z, (low, high) in zip(fit, O.interval, strict=True)
    ):
        of = "that of every optimal network" if O.is_pinned else "one that belongs to N"
        raise NotOptimal(f"{name} is not optimal: its fit is not {of}")
    slots: list[Held] = []
    for j, x in enumerate(network.slots):
        if x is None or not any(map(sign, x.u)) or not any(map(sign, x.v)):
            slots.append(None)
            continue
        found = _held(O, directions, x)
        if isinstance(found, str):
            raise NotOptimal(f"{name} is not optimal: neuron {j} {found}")
        slots.append(found)
    return tuple(slots)


def _shifted(O: Optimum, fit: Rows) -> Rows:
    """Return a fit of softmax plus constants of the rows: those of N in the first output."""
    first = [low for low, _ in O.interval[:: O.problem.c]]
    moved = [
        Fraction(0) if t is None else t - row[0] for t, row in zip(first, fit, strict=True)
    ]
    return tuple(tuple(z + t for z in row) for row, t in zip(fit, moved, strict=True))


def _held(
    O: Optimum, directions: list[Direction], x: VectorNeuron
) -> tuple[int, Scalar] | str:
    """Return direction and mass of a neuron, or why it has none."""
    if x.raw and squared_norm(x.u) != squared_norm(x.v):
        return "is not balanced: |alpha| differs from |w|"
    covector = tuple(sign(dot(row, x.u)) for row in O.problem.design)
    own = seen(O.problem, O.N, covector, x.u)
    if squared_norm(own.h) != O.problem.beta_squared * squared_norm(x.u):
        return "has |N'(Xu)_+| less than beta |u|"
    if not same_ray(own.h, x.v):
        return "has a v that is not on the ray of N'(Xu)_+"
    i = next(i for i, t in enumerate(own.h) if sign(t))
    for a, known in enumerate(directions):
        if known.covector == covector and same_ray(known.g, x.u):
            k = next(k for k, t in enumerate(x.u) if sign(t))
            scale = x.u[k] / known.g[k]
            return a, x.v[i] / own.h[i] * scale * scale
    directions.append(own)
    return len(directions) - 1, x.v[i] / own.h[i]


def placement_of(
    O: Optimum, directions: list[Direction], network: VectorNetwork, name: str, width: int
) -> Placement:
    """Return directions and masses of an optimal network of a width.

    ``directions`` are those that are known; with a continuum the network's are added.

    Raises
    ------
    NotOptimal
        When it is none; the message says why.
    """
    return padded(placed(OptimalSet(O), directions, network, name), width)
