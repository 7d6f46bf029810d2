"""Whether a network is Clarke stationary, and how far above the optimum (THEORY T14).

The proof for each neuron is :mod:`~polytope_nn.networks.rest`'s.
"""

from dataclasses import replace

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable
from polytope_nn.problems.trained import trained
from polytope_nn.search.finding import optimum

from .free_parts import completed
from .membership import is_optimal
from .network import Network, given_network
from .rest import Stationarity, judged, kappa_at

__all__ = ["is_stationary"]


def is_stationary(problem: Solvable, network: Network) -> Stationarity:
    """Return whether a network is Clarke stationary, with the proof (THEORY T14).

    A free part that the network does not give is the one that fits best.

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    network
        A network; numbers exact.

    Returns
    -------
    Stationarity
        True or false as a bool, with the mixture or the neuron that fails.

    Raises
    ------
    DimensionError
        When the network is of another dimension.
    Undecided
        When a sign or a hull is open at the precision.

    Examples
    --------
    The popular claim that a stationary network is optimal among the patterns it sees fails
    at concave kinks; this one is stationary, and not optimal:

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)
    >>> answer = is_stationary(D, Network.of((1, [1, 0])))
    >>> bool(answer), answer.is_global
    (True, False)
    """
    given_network(network)
    known = problem.optimum if isinstance(problem, OptimalPolytope) else problem
    D = trained(known.problem if isinstance(known, Optimum) else known, slopes=True)
    X, psi = D.rows_and_slopes
    network.require_dimension(len(X[0]))
    if network.is_enclosed and is_optimal(problem, network):
        return Stationarity(network, (), "", RootSum(()))
    whole = completed(D, network)
    value = whole.objective(D)
    try:
        found = judged(D, network, kappa_at(D, whole.fit(X, psi)))
    except Undecided:
        O = optimum(known)
        if not is_optimal(O, network):
            raise
        found = judged(D, network, O.kappa)
    if not found:
        return found
    O = optimum(known)
    excess = RootSum(()) if is_optimal(O, network) else value - O.value
    return replace(found, excess=excess)
