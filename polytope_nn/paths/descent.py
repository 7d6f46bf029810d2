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

What is free beside the neurons goes along: on leg 1 it makes the fit stay, on leg 2 it makes
what the line of fits leaves. Where a prescribed end has another free part of the same fit, the
last line leads to it. Where the optimum is known in balls, leg 2 goes over rational rays beside
the atoms first, so that no tie is left to balls (:mod:`~polytope_nn.paths.resistance`).

The Lawson-Hanson steps of THEORY T12 are these with the masses as unknowns; going along fits
keeps every breakpoint rational although prices ``beta |u|`` are not. ``n + 1`` cannot be
lowered: with ``m = n`` two optima may be separate (:func:`~.path.path` proves it).
"""

from dataclasses import dataclass, replace

from polytope_nn.called import given, given_width
from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.radical import RootSum, decimal
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.networks.membership import Placement, placed
from polytope_nn.networks.network import Network, Neuron
from polytope_nn.networks.shared_field import set_in_one_field
from polytope_nn.shown import Drawn

from .legs import led_down
from .mixtures import Columns
from .optima import Optima, optima, tight_placement
from .route import rest, shortened
from .starts import settled, with_parts
from .stops import Ground

__all__ = ["Descent", "descended", "descent"]


@dataclass(frozen=True, repr=False)
class Descent(Drawn):
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

    Returns
    -------
    Descent
        Width, breakpoints and their objectives, which never rise.

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
    given_width(width)
    given(Network, start, *([end] if end is not None else []))
    P, networks = set_in_one_field(optimal_polytope(problem), *filter(None, (start, end)))
    start, end = networks[0], networks[1] if len(networks) > 1 else None
    D = P.optimum.training_of_slopes
    m = width if width is not None else max(start.width, end.width if end else 0, D.n + 1)
    goal: Placement | None = None
    others: tuple[Neuron, ...] = ()
    if end is not None:
        goal, others = tight_placement(P, end.padded(m), "the prescribed end")
    found, _ = descended(optima(P, others), start, goal, m)
    if end is None or end.is_enclosed or (end.skip is None and end.constant is None):
        return found
    # its free part fits, and so does that of every network on the line that leads to it
    own = with_parts(D, end)
    last = replace(found.breakpoints[-1], skip=own.skip, constant=own.constant)
    if len(found.breakpoints) > 1:
        return replace(found, breakpoints=(*found.breakpoints[:-1], last))
    if last == found.breakpoints[0]:
        return found
    nets, values = (*found.breakpoints, last), found.objectives * 2
    return replace(found, breakpoints=nets, objectives=values)


def _is_seen_equal(one: Network, other: Network) -> bool:
    """Return whether two networks are one; not where balls beside logarithms leave it open."""
    try:
        return one == other
    except Undecided:
        return False


def descended(
    optima: Optima, start: Network, goal: Placement | None, width: int
) -> tuple[Descent, Placement]:
    """Return a descent to optimal mixtures, or to a given one, and the placement reached."""
    P = optima.polytope
    D = P.optimum.training_of_slopes
    start.require_dimension(len(D.rows_and_slopes[0][0]))
    if width <= D.n:
        raise DimensionError(
            f"the width is {width}: a descent from everywhere needs n + 1 = {D.n + 1} slots"
        )
    start = start.padded(width)
    start.require_parts(D.skip)
    if start.is_enclosed:  # it means an optimal network
        p = placed(P, start, "the start")
        ground = Ground(Columns.of(optima, Network(())))
        inside = rest(optima.vertices, p, goal, complete=optima.complete)
        within = shortened([p, *inside])
        nets = [ground.network(ground.optimum(p)) for p in within]
        value = ground.columns.optimal_value
        return Descent(P, tuple(nets), (value,) * len(nets)), within[-1]
    own = with_parts(D, start)
    nets, objectives, reached = led_down(optima, settled(optima, own), goal)
    if not _is_seen_equal(own, nets[0]):
        nets[:0], objectives[:0] = [own], [own.objective(D)]
    return Descent(P, tuple(nets), tuple(objectives)), reached
