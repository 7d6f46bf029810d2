"""The legs of a descent of any finite loss, to an optimum in balls, too (general G6).

What is free goes along (:mod:`~polytope_nn.paths.descent`), and the fits of leg 2 go in a line
in R^n, not modulo what is free. Where columns are rational or in a field all is exact; else
over rational rays (:mod:`~polytope_nn.paths.resistance`).
"""

from collections.abc import Sequence
from functools import partial
from itertools import chain

from polytope_nn.errors import Undecided
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.radical import RootSum
from polytope_nn.exact.scalar import Scalars
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Placement
from polytope_nn.networks.network import Network

from .mixtures import Columns
from .optima import Optima
from .resistance import approached
from .route import cut, rest, shortened
from .starts import parts_of
from .stops import Ground, Stop

__all__ = ["exactly_led", "led_down", "nearly_led"]


def led_down(
    optima: Optima, start: Network, goal: Placement | None
) -> tuple[list[Network], list[RootSum], Placement]:
    """Return networks and objectives down from a balanced network, and what is reached.

    The start has its free parts.
    """
    ground, stops = _stops(optima, start, goal)
    objectives = [ground.objective(stop) for stop in stops]
    return [ground.network(stop) for stop in stops], objectives, stops[-1].held


def _stops(
    optima: Optima, start: Network, goal: Placement | None
) -> tuple[Ground, list[Stop]]:
    P = optima.polytope
    free = parts_of(P.optimum.training_of_slopes, start)
    numbers = (t for v in optima.vertices.points for t in v)
    if P.level == "exact" and not any(isinstance(t, Logarithms) for t in numbers):
        try:
            return exactly_led(Ground(Columns.of(optima, start)), free, goal)
        except Undecided:
            pass  # sums of irrational roots in a field: rays that are rational have none
    return nearly_led(Ground(Columns.of(optima, start, apart=True)), free, goal)


def exactly_led(
    ground: Ground, free: Scalars, goal: Placement | None
) -> tuple[Ground, list[Stop]]:
    """Return the stops where every coefficient of a tableau is decided."""
    V = ground.columns.optima.vertices
    ways = [ground.start(free)]
    if not ways[0].optimal:
        ways = _led(ground, ways[0], goal)
    if not ways[-1].optimal:
        i = min(range(len(V.supports)), key=lambda i: V.supports[i].bit_count())
        v = tuple((a, V.points[i][a]) for a in bits_of(V.supports[i]))
        end = ground.optimum(v)
        steps = ground.steps(ways[-1], dict(v), end.fit)
        steps[-1] = ground.optimum(steps[-1].held)
        ways += cut(steps, partial(ground.beside, goal=goal))
    return ground, _short(ground, ways, goal)


def nearly_led(
    ground: Ground, free: Scalars, goal: Placement | None
) -> tuple[Ground, list[Stop]]:
    """Return the stops where atoms are not rational and the start is."""
    ways, exchanges = _led(ground, ground.start(free), goal), 0
    if not ways[-1].optimal:
        before = len(ways)
        ground, found, exchanges = approached(ground, ways[-1])
        first = before + len(found) - exchanges
        ways += cut(found, partial(ground.beside, goal=goal))
        return ground, _short(ground, ways, goal, range(first, len(ways) - 1))
    return ground, _short(ground, ways, goal)


def _led(ground: Ground, start: Stop, goal: Placement | None) -> list[Stop]:
    """Return the start, pruned where that is needed, and the optimum if one has room."""
    first = [start]
    return cut(chain(first, map(ground.pruned, first)), partial(ground.beside, goal=goal))


def _short(
    ground: Ground, ways: Sequence[Stop], goal: Placement | None, steps: range = range(0)
) -> list[Stop]:
    """Return the stops without detours, and the last leg inside the set of optima."""
    inside = rest(ground.columns.optima.vertices, ways[-1].held, goal,
                  complete=ground.columns.optima.complete)  # fmt: skip
    stops = [*ways, *map(ground.optimum, inside)]
    known = {id(stop.held): stop for stop in stops}
    return [known[id(p)] for p in shortened([stop.held for stop in stops], steps)]
