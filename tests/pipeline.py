"""The whole road in one call, for tests that start from a problem or a kappa."""

from polytope_nn.dual.optimum import verified
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.search.finding import optimum


def verified_polytope(problem, kappa):
    """Return the optimal polytope of a kappa that is verified, without any guess."""
    return optimal_polytope(verified(problem, tuple(kappa)))


def found_polytope(problem, limits=None):
    """Return the optimal polytope of a problem, found within the limits."""
    return optimal_polytope(optimum(problem, limits=limits), limits=limits)
