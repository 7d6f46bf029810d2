"""Descents with several outputs of every finite loss, exact or in balls (T12, general G6).

As with one output: over the tight directions and the start's neurons where all of them are in
one field, else over rational pairs beside the directions of one optimal network, which are
exchanged for the directions in the end.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.radical import RootSum
from polytope_nn.landscape.supports import support
from polytope_nn.networks.membership import Placement
from polytope_nn.paths.loss_descent import exactly_led, nearly_led
from polytope_nn.paths.optima import Optima
from polytope_nn.paths.route import Vertices
from polytope_nn.paths.stops import Ground, Stop
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.optimum import Direction
from polytope_nn.vector.paths import mixtures
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem

from .stops import PairColumns, PairGround, is_used

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalars

__all__ = ["led", "tight_directions"]

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
    whole = _completed(D, start)
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


def _completed(problem: VectorProblem, network: VectorNetwork) -> VectorNetwork:
    """Return a network with all its free parts, 0 where the loss does not say which fit best."""
    whole = network.completed(problem)
    if not problem.free.columns:
        return whole
    zeros = (_ZERO,) * problem.c
    bare = whole.beside(problem, (zeros,) * len(problem.free.columns))
    return replace(
        whole,
        skip=bare.skip if whole.skip is None else whole.skip,
        constant=bare.constant if whole.constant is None else whole.constant,
    )


def _stops(
    P: OptimalSet,
    directions: Sequence[Direction],
    network: VectorNetwork,
    goal: Placement | None,
) -> tuple[Ground, list[Stop]]:
    """Return the stops of a balanced network that has all its free parts."""
    V = _vertices(P, directions)
    known = not P.optimum.continua and len(V.points) == len(P.vertices)
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
