"""Descents to the optimum with several outputs: nothing rises on the way (T12, general G6).

The columns are tight directions and the start's own neurons, features ``phi v'`` as vectors of
R^(n c), so ``n c + 1`` slots are enough from everywhere. The directions are the atoms; with a
continuum those of one optimal network, and of a prescribed end. The legs are those of one
output: over these columns where all of them are in one field, else over rational pairs beside
the directions of one optimal network, which are exchanged for the directions in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.called import given, given_width
from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.radical import RootSum, exactly
from polytope_nn.landscape.supports import support
from polytope_nn.networks.membership import Placement
from polytope_nn.paths.legs import exactly_led, nearly_led
from polytope_nn.paths.optima import Optima
from polytope_nn.paths.route import Vertices, rest, shortened
from polytope_nn.paths.stops import Ground, Stop
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.trained.stops import PairColumns, PairGround, is_used

from .enclosed import accepted_placement, known_mixtures
from .network import VectorNetwork
from .optimum import Direction
from .paths import VectorPath
from .placements import mixtures, placement_of
from .polytope import OptimalSet
from .problem import VectorProblem
from .shared_field import set_in_one_field

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalars

__all__ = [
    "VectorDescent",
    "descended",
    "led",
    "tight_directions",
    "vector_descent",
    "wide_enough",
]


@dataclass(frozen=True, repr=False)
class VectorDescent:
    """A path of networks of non-increasing objective that ends at a global optimum.

    Consecutive breakpoints are joined by lines, slot by slot in v, and in the free part; the
    first step balances raw neurons, their product kept. ``polytope`` is the optimal set.
    """

    polytope: OptimalSet
    breakpoints: tuple[VectorNetwork, ...]
    objectives: tuple[RootSum, ...]

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.breakpoints[0].width


def vector_descent(
    P: OptimalSet,
    start: VectorNetwork,
    end: VectorNetwork | None = None,
    width: int | None = None,
) -> VectorDescent:
    """Return a path of non-increasing objective to a global optimum, or to a given one.

    Parameters
    ----------
    P
        The optimal set, of any finite loss, exact or in balls.
    start
        Any exact network.
    end
        The optimal network to arrive at; None: some.
    width
        The number of slots; by default that of the larger network, or ``n c + 1``.

    Returns
    -------
    VectorDescent
        Breakpoints and their objectives, which never rise.

    Raises
    ------
    DimensionError
        When the width is less than ``n c + 1`` or than the neurons need.
    InstanceError
        With a loss that is 0 or infinite.
    Undecided
        When the optimum is not known closely enough; with an end at level interval.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> print(*vector_descent(P, VectorNetwork((None,))).objectives)
    25/2 19/8
    """
    m = wide_enough(P, width, start, end)
    P, (start, *ends) = set_in_one_field(P, *filter(None, (start, end)))
    end = ends[0] if ends else None
    directions = tight_directions(P)
    goal = None
    if end is not None:
        goal = placement_of(P.optimum, directions, end, "the prescribed end", m)
    found, _ = descended(P, directions, start, goal, m)
    if end is not None and (end.skip is not None or end.constant is not None):
        last = replace(found.breakpoints[-1], skip=end.skip, constant=end.constant)
        found = replace(found, breakpoints=(*found.breakpoints[:-1], last))
    return found


def wide_enough(P: OptimalSet, width: int | None, *networks: VectorNetwork | None) -> int:
    """Return the width of descents from networks, or refuse one that is too small."""
    given_width(width)
    given(OptimalSet, P)
    given(VectorNetwork, *(x for x in networks if x is not None))
    D = P.optimum.problem
    if not D.is_finite:
        raise InstanceError(
            f"loss: {D.kind}: a fit costs 0 or is not allowed, and descents are about finite "
            f"losses: write squared, say"
        )
    most = D.n * D.c
    used = max(x.width for x in networks if x is not None)
    m = max(used, most + 1) if width is None else width
    if m <= most or m < used:
        raise DimensionError(
            f"the width is {m}: a descent from everywhere needs n c + 1 = {most + 1} slots, "
            f"and the network has {used}"
        )
    return m


def descended(
    P: OptimalSet,
    directions: Sequence[Direction],
    start: VectorNetwork,
    goal: Placement | None,
    m: int,
) -> tuple[VectorDescent, Placement]:
    """Return a descent of m slots to a placement of tight directions, or to some; and it."""
    wide = replace(start, slots=(*start.slots, *(None,) * (m - start.width)))
    if wide.is_enclosed:  # it means an optimal network
        return _from_an_optimum(P, wide, goal)
    nets, objectives, reached = led(P, directions, wide, goal)
    return VectorDescent(P, tuple(nets), tuple(objectives)), reached


def _from_an_optimum(
    P: OptimalSet, start: VectorNetwork, goal: Placement | None
) -> tuple[VectorDescent, Placement]:
    """Return the line from an optimal network in a box to the goal: nothing rises or falls."""
    O = P.optimum
    p = accepted_placement(P, start)
    directions, points = known_mixtures(P)
    V = Vertices(points, tuple(map(support, points)))
    within = shortened([p, *rest(V, p, goal, complete=True)])
    path = VectorPath(O, directions, V.supports, start.width, tuple(within))
    values = (exactly(O.value),) * len(within)
    return VectorDescent(P, path.breakpoints, values), within[-1]


_ZERO = Fraction(0)


def tight_directions(P: OptimalSet) -> list[Direction]:
    """Return directions that optimal networks are made of, first those that are alone.

    All atoms where they are exact; beside a continuum and in balls those of one network.
    """
    O = P.optimum
    if O.level == "interval":
        return [u for u, _ in O.network]
    return [*O.atoms, *(u for u, _ in O.network if u not in O.atoms)]


def led(
    P: OptimalSet,
    directions: Sequence[Direction],
    start: VectorNetwork,
    goal: Placement | None,
) -> tuple[list[VectorNetwork], list[RootSum], Placement]:
    """Return networks and objectives from a start down to an optimum, and its placement.

    The start is as wide as the descent; the goal speaks of the directions.

    Raises
    ------
    Undecided
        When the optimum is not known closely enough.
    """
    D = P.optimum.problem
    whole = _with_rest(D, start)
    slots = (None if x is None or not (x.raw or is_used(x)) else x for x in whole.slots)
    whole = replace(whole, slots=tuple(slots))
    balanced = replace(whole, slots=tuple(x and replace(x, raw=False) for x in whole.slots))
    ground, stops = _stops(P, directions, balanced, goal)
    nets = [cast("PairGround", ground).network(stop) for stop in stops]
    objectives = [ground.objective(stop) for stop in stops]
    if any(x.raw for x in start.neurons):
        nets.insert(0, whole)
        objectives.insert(0, whole.objective(D))
    else:
        nets[0], objectives[0] = whole, whole.objective(D)
    return nets, objectives, stops[-1].held


def _with_rest(problem: VectorProblem, network: VectorNetwork) -> VectorNetwork:
    """Return a network with all its free parts, 0 where it gives none."""
    if not problem.free.columns:
        return network
    zeros = (_ZERO,) * problem.c
    bare = network.beside(problem, (zeros,) * len(problem.free.columns))
    return replace(
        network,
        skip=bare.skip if network.skip is None else network.skip,
        constant=bare.constant if network.constant is None else network.constant,
    )


def _stops(
    P: OptimalSet,
    directions: Sequence[Direction],
    network: VectorNetwork,
    goal: Placement | None,
) -> tuple[Ground, list[Stop]]:
    """Return the stops of a balanced network that has all its free parts."""
    V = _vertices(P, directions)
    known = P.is_listed and len(V.points) == len(P.vertices)
    # the set has what is asked of it: its level, its optimum
    optima = Optima(P, tuple(directions), V, complete=known)  # type: ignore[arg-type]
    free = flat(
        (*(network.skip or ()), *(() if not network.constant else (network.constant,)))
    )

    def ground(*, apart: bool) -> PairGround:
        columns = PairColumns.with_network(optima, directions, network, apart=apart)
        return PairGround(columns, tuple(directions))

    logarithms = any(isinstance(t, Logarithms) for v in V.points for t in v)
    if P.level == "exact" and not logarithms:
        try:
            return exactly_led(ground(apart=False), free, goal)
        except Undecided:
            pass  # sums of irrational roots in a field: rays that are rational have none
    return nearly_led(ground(apart=True), free, goal)


def _vertices(P: OptimalSet, directions: Sequence[Direction]) -> Vertices:
    """Return vertices of the optimal mixtures of some directions; in balls the one known."""
    O = P.optimum
    if O.level == "interval":
        points: tuple[Scalars, ...] = (tuple(c for _, c in O.network),)
    elif not O.continua:
        points = P.vertices
    else:
        points = mixtures(O, directions)
    return Vertices(points, tuple(map(support, points)))
