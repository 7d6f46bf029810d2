"""The gap of a network to the solved optimum: its distance, not only a bound on it.

The dual point is the optimum's own, found and proved by trees of cones, whatever the number
of samples: so the gap is the true one up to the width of the balls, and exactly 0 for an
optimal network of a problem whose optimum is exact.
"""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.cone_optimum import ConeOptimum
from polytope_nn.errors import InstanceError
from polytope_nn.exact.radical import RootSum, decimal
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cone_search import found_by_cones

from .network import Network

__all__ = ["SolvedGap", "solved_gap"]

_BITS = 200  # of the enclosure of an optimum that is not rational


@dataclass(frozen=True)
class _Plain:
    """A training problem without a free part, as the search by cones asks for it."""

    training: TrainingProblem
    columns: tuple[Vector, ...] = ()
    free_bias: bool = False

    @property
    def rows(self) -> Matrix:
        return self.training.design

    @property
    def y(self) -> Vector:
        return self.training.y

    @property
    def weights(self) -> Vector:
        return self.training.weights

    @property
    def beta_squared(self) -> Fraction:
        return self.training.beta_squared


@dataclass(frozen=True, repr=False)
class SolvedGap:
    """The objective of a network beside the proved optimum.

    ``dual`` is the optimum, or the lower end of its enclosure: ``dual <= optimum <= primal``.
    """

    network: Network
    primal: RootSum
    dual: Fraction
    optimum: ConeOptimum

    @property
    def value(self) -> RootSum:
        """The gap, primal minus dual, ``>= 0``; 0 proves the network optimal."""
        return self.primal - self.dual

    def __repr__(self) -> str:
        return (
            f"SolvedGap(primal={decimal(self.primal)}, dual={decimal(self.dual)}, "
            f"gap={decimal(self.value, 6)})"
        )


def solved_gap(
    problem: TrainingProblem, network: Network, limits: Limits | None = None
) -> SolvedGap:
    """Return how far a network is from the optimum of every width, solved for.

    Raises
    ------
    InstanceError
        For a free bias or a skip.
    Undecided
        When the optimum is not found or not proved: :func:`~polytope_nn.networks.gap.residual_gap`
        has a bound that needs neither.

    Examples
    --------
    >>> D = TrainingProblem([[1]], [2], beta=1)
    >>> solved_gap(D, Network.of((1, [1]))).value, solved_gap(D, Network.of(None)).value
    (0, 1/2)
    """
    if problem.bias == "free" or problem.skip != "none":
        raise InstanceError(
            "bias, skip: the gap by cones needs a penalised bias or none, and no skip"
        )
    primal = network.objective(problem)
    solved = found_by_cones(_Plain(problem), limits)
    return SolvedGap(network, primal, _lower(solved.value), solved)


def _lower(x: Scalar) -> Fraction:
    return x if isinstance(x, Fraction) else x.enclosure(_BITS).lower
