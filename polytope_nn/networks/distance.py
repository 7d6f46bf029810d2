"""The gap of a network: its objective less the optimal value, where that can be had (T13).

The dual optimum is the best dual point there is, so the gap is the true distance to the optimum
of every width. Where the patterns are too many to be searched a tree of cones finds and
proves it (:mod:`~polytope_nn.search.cone_search`), or a rational dual point within rounding of
it (:mod:`~polytope_nn.search.cones.near`). Where neither does, the network's own
residual bounds the distance (:mod:`~polytope_nn.networks.gap`). Where no network attains the
infimum, that is what the gap is the distance to.
"""

from dataclasses import replace

from polytope_nn.dual.cone_optimum import ConeOptimum
from polytope_nn.dual.fits import left_of, one_fit
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import exactly
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.trained import trained
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.near import are_few, best_dual
from polytope_nn.search.finding import optimum

from .free_parts import completed
from .gap import Gap, residual_gap
from .membership import is_optimal
from .network import Network, given_network
from .shared_field import in_one_field

__all__ = ["gap"]

_SEARCHED = 6000  # regions, beyond which a tree of cones is cheaper


def gap(problem: Solvable, network: Network, *, limits: Limits | None = None) -> Gap:
    """Return a proved bound on how far a network is from the optimum of every width.

    Parameters
    ----------
    problem
        The training problem, or its optimum or optimal polytope when they are at hand.
    network
        Any exact network: balanced or not, trained floats included. Where it gives neither
        a skip nor a constant and the problem has one, the one that fits best is taken. Its
        neurons are those of the problem, of any activation and penalty; gates are refused.
    limits
        How far the search for the optimum goes.

    Returns
    -------
    Gap
        Primal value, dual value, and their difference.

    Raises
    ------
    InstanceError
        When labels are to be fitted exactly: then there is no objective to compare.

    Examples
    --------
    The optimum of this problem is 3/2; a network of one neuron, and the empty one:

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1]], [2], beta=1)
    >>> gap(D, Network.of((1, [1]))).value, gap(D, Network.of(None)).value
    (0, 1/2)
    """
    given_network(network)
    if not isinstance(problem, Optimum | OptimalPolytope):
        D = trained(problem, ungated=True)
        network.objective(D)  # refused before the optimum is searched for
        O = _found(D, limits)
        if O is None:
            if not D.of_relu:
                raise Undecided(
                    f"the gap: {D.unit_key}: {D.unit_word}: the optimum is not found: give kappa"
                )
            return _by_cones(D, network, limits) or residual_gap(D, network)
    else:
        O = problem.optimum if isinstance(problem, OptimalPolytope) else problem
    O, (network,) = in_one_field(O, network)
    D = trained(O.problem, ungated=True)
    network = completed(D, _fitting(D, O, network))
    optimal = _proved(D, O, network)
    primal = network.objective(D)
    if optimal and isinstance(primal.exact, Ball):
        primal = exactly(O.value)  # which it is proved to have
    return Gap(network, primal, O.value, O.kappa, optimal=optimal)


def _fitting(D: TrainingProblem, O: Optimum, network: Network) -> Network:
    """Return a network with the free part that makes it optimal, where it gives none.

    With the squared loss that is the part that fits best, which is taken for every network.
    """
    columns, given = O.problem.free.columns, network.skip is not None
    if not columns or given or network.constant is not None or network.is_enclosed:
        return network
    if not isinstance(O.problem.loss, SeparableLoss) or not _proved(D, O, network):
        return network
    fit = network.fit(*O.problem.rows_and_slopes)
    left = left_of(O.interval, fit)
    free = O.problem.free
    slope, offset = free.slope_and_offset(
        one_fit((), columns, left).coefficients, O.problem.dimension
    )
    return replace(
        network,
        skip=slope if free.has_slopes else None,
        constant=offset if free.has_constant else None,
    )


def _found(problem: TrainingProblem, limits: Limits | None) -> Optimum | None:
    """Return the optimum of a problem; None where it is not to be had."""
    if problem.of_relu and not are_few(problem, _SEARCHED):
        return None
    try:
        return optimum(problem, limits=limits)
    except Undecided:
        return None


def _by_cones(
    problem: TrainingProblem, network: Network, limits: Limits | None
) -> Gap | None:
    """Return the gap to an optimum that a tree of cones proves, or to a dual point near it.

    None where no such point is found.
    """
    network = completed(problem, network)
    primal = network.objective(problem)
    try:
        found = best_dual(problem, limits)
    except (Undecided, OverflowError):
        return None
    if isinstance(found, ConeOptimum):
        return Gap(network, primal, found.value, found.kappa)
    dual = -problem.loss.conjugate(found.kappa)
    return Gap(
        network, primal, dual, found.kappa, found.scale, proof=found.proof, near=True
    )


def _proved(D: TrainingProblem, O: Optimum, network: Network) -> bool:
    """Return whether the network is proved to be optimal, all that it has included."""
    if network.is_enclosed or not D.has_slopes:
        return False  # a box: the gap is a ball over it; of others their values tell
    try:
        return bool(is_optimal(O, network))
    except Undecided:
        return False
