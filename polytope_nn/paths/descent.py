"""Roads from any network to a global optimum along which the objective never rises (T12).

For ``m >= n + 1`` slots, in three legs, each a chain of lines:

1. *Balance and prune.* Every neuron keeps its ``alpha w`` and becomes balanced; then masses
   move along dependencies of the features, in the direction that does not raise the cost,
   until at most n neurons with independent features are left.
2. *Active-set steps* over the columns "neurons of the network" and "atoms of one optimum".
   First at a fixed fit, primal simplex steps lower the cost: one column enters, one leaves,
   ``n + 1`` in use on the way. Then the fit z moves in a line to the optimal one, dual
   simplex steps keeping the cost the least possible, phi(z), with n columns in use. Along
   that line ``L(z) + phi(z)`` is convex and least at its end, so it never rises. Where the
   two sets of columns fit into the slots together, one line does all of this.
3. *Finish* inside the set of optimal networks by T11.

A detour is left out wherever its ends agree on the slots. That line does not rise either: at
its end, on leg 2, the slope is at most that of the convex ``L(z) + phi(z)`` there, because
the cost at its start is at least phi of the fit at its start; on leg 3 the end is optimal.

Where the optimum is known in balls, leg 2 goes over rational rays beside the atoms first, so
that no tie is left to balls (:mod:`~polytope_nn.paths.approach`).

The Lawson-Hanson steps of THEORY T12 are these with the masses as unknowns; going along fits
keeps every breakpoint rational although prices ``beta |u|`` are not. ``n + 1`` cannot be
lowered: with ``m = n`` two optima may be separate (:func:`~.path.path` proves it).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.radical import RootSum, decimal
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Placement, placed
from polytope_nn.networks.network import Network

from .approach import approach
from .mixtures import Columns
from .path import Path, joined
from .route import shortened

__all__ = ["Descent", "descent"]


@dataclass(frozen=True, repr=False)
class Descent:
    """A path of networks of non-increasing objective that ends at a global optimum.

    Consecutive breakpoints are joined by lines as in :class:`~.path.Path`; the
    first step balances: there the u of every slot stays as it is while ``|w|`` and
    ``|alpha|`` become equal, their product kept, on which way the cost falls.
    """

    polytope: OptimalPolytope
    breakpoints: tuple[Network, ...]
    objectives: tuple[RootSum, ...]

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.breakpoints[0].width

    def __repr__(self) -> str:
        first, last = self.objectives[0], self.objectives[-1]
        return (
            f"Descent(width={self.width}, breakpoints={len(self.breakpoints)}, "
            f"objective={decimal(first)} to {decimal(last)})"
        )


def descent(
    problem: Solvable,
    start: Network,
    end: Network | None = None,
    width: int | None = None,
) -> Descent:
    """Return a path of non-increasing objective to a global optimum, or to a given one.

    Parameters
    ----------
    problem
        The training problem, or its optimum or optimal polytope when they are at hand.
    start
        Any exact network: zero, unbalanced and trained ones included.
    end
        The optimal network to arrive at; some vertex of P when it is None.
    width
        The number of slots, at least ``n + 1``; the start's, or ``n + 1``, by default.

    Raises
    ------
    DimensionError
        When the width is less than ``n + 1`` or than the neurons need.
    NotOptimal
        When the prescribed end is not optimal.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> descent(D, Network.of(None))
    Descent(width=3, breakpoints=2, objective=4 to 3)
    """
    P = optimal_polytope(problem)
    D = P.optimum.training
    if D.free.columns:
        raise InstanceError(
            "bias, skip: descents need a penalised bias or none, and no skip"
        )
    if start.dimension not in {None, D.d}:
        raise DimensionError(
            f"the neurons have dimension {start.dimension}, the samples {D.d}"
        )
    m = width if width is not None else max(start.width, end.width if end else 0, D.n + 1)
    if m <= D.n:
        raise DimensionError(
            f"the width is {m}: a descent from everywhere needs n + 1 = {D.n + 1} slots"
        )
    start = start.padded(m)
    goal = None if end is None else placed(P, end.padded(m), "the prescribed end")
    columns, ways = _descended(P, start, goal)
    nets = [columns.network(p) for p in ways]
    objectives = [columns.objective(p) for p in ways]
    if not start.is_enclosed and not start.is_balanced:
        objectives.insert(0, start.objective(D))
        nets.insert(0, start)
    # THEORY T12; what is optimal has one value
    assert all(b <= a for a, b in pairwise(objectives) if b is not a)
    return Descent(P, tuple(nets), tuple(objectives))


def _descended(
    P: OptimalPolytope, start: Network, goal: Placement | None
) -> tuple[Columns, list[Placement]]:
    """Return a chain of placements down from a network, on their columns."""
    if start.is_enclosed:  # it means an optimal network
        p = placed(P, start, "the start")
        columns = replace(Columns.of(P, Network(())), start=p)
        return columns, shortened([p, *_rest(P, p, goal)])
    balanced = start.balanced()
    if P.optimum.level == "exact":
        columns = Columns.of(P, balanced)
        try:
            return columns, shortened(_ways(columns, goal))
        except Undecided:
            pass  # sums of irrational roots in a field: rays that are rational have none
    return _near(Columns.of(P, balanced, apart=True), goal)


def _ways(columns: Columns, goal: Placement | None) -> list[Placement]:
    """Return placements from the balanced start to an optimum, and on to the goal."""
    P = columns.polytope
    ways = [columns.start]
    if not columns.is_optimal(ways[0]):
        ways = _led(columns, goal)
        if not columns.is_optimal(ways[-1]):
            i = min(range(len(P.supports)), key=lambda i: P.supports[i].bit_count())
            v = {a: P.vertices[i][a] for a in bits_of(P.supports[i])}
            ways += _cut(columns, columns.steps(ways[-1], v), goal)
    return [*ways, *_rest(P, ways[-1], goal)]


def _near(columns: Columns, goal: Placement | None) -> tuple[Columns, list[Placement]]:
    """Return the chain where atoms are not rational and the start is: it is no optimum."""
    P = columns.polytope
    ways = _led(columns, goal)
    if columns.is_optimal(ways[-1]):
        return columns, shortened([*ways, *_rest(P, ways[-1], goal)])
    found = approach(columns, ways[-1])
    first = len(ways) + len(found.ways) - found.exchanges
    ways += _cut(found.columns, found.ways, goal)
    steps = range(first, len(ways) - 1)
    return found.columns, shortened([*ways, *_rest(P, ways[-1], goal)], steps)


def _cut(
    columns: Columns, ways: Sequence[Placement], goal: Placement | None
) -> list[Placement]:
    """Return placements up to the first one beside which an optimum has room, and that."""
    for i, p in enumerate(ways):
        reached = columns.beside(p, goal)
        if reached is not None:
            return [*ways[: i + 1], reached]
    return list(ways)


def _led(columns: Columns, goal: Placement | None) -> list[Placement]:
    """Return the first leg, and the line to an optimum if one has room."""
    ways = [columns.start]
    reached = columns.beside(ways[0], goal)
    if reached is None:
        ways.append(columns.pruned(ways[0]))
        reached = columns.beside(ways[1], goal)
    return ways if reached is None else [*ways, reached]


def _rest(P: OptimalPolytope, p: Placement, goal: Placement | None) -> Sequence[Placement]:
    """Return the last leg, inside the set of optimal networks."""
    if goal is None:
        return ()
    rest = joined(P, p, goal)
    assert isinstance(rest, Path)  # THEORY T7.5: the width is at least n + 1
    return rest.placements[1:]
