"""What is computed of planted problems: optima, optimal polytopes, staircases."""

from hypothesis import strategies as st

from polytope_nn.dual.optimum import Optimum
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.search.finding import optimum

from .planted import planted

__all__ = ["optima", "optimal_polytopes", "staircases"]


def optima(n: int = 4, d: int = 2) -> st.SearchStrategy[Optimum]:
    """Return a strategy for dual optima of planted problems of at most n samples in R^d.

    Verified, not found: kappa is planted. Shrinks as the problem does.
    """
    return planted(n, d).map(lambda p: optimum(p.problem, kappa=p.kappa))


def optimal_polytopes(n: int = 4, d: int = 2) -> st.SearchStrategy[OptimalPolytope]:
    """Return a strategy for their optimal polytopes."""
    return optima(n, d).map(optimal_polytope)


def staircases(n: int = 4, d: int = 2) -> st.SearchStrategy[Staircase]:
    """Return a strategy for their staircases of connectivity."""
    return optimal_polytopes(n, d).map(staircase)
