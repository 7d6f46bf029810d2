"""Weight-decay training with a free part: a skip, or biases that cost nothing (THEORY §8).

With a free bias a neuron ``(w'x + b)_+`` costs ``|w|`` only:
``min 1/2 sum_k weights_k (fit_k - y_k)^2 + beta sum |w|``. As in interpolation
(:mod:`~polytope_nn.problems.interpolation`) constants are free in the limit of large
biases, so ``1'kappa = 0``, and the atoms have their kinks at samples: one chart a sample. The
loss is strictly convex, so the fit and ``kappa = weights (y - fit)`` are unique, and the optimal
set is that of the interpolation of the fit: ``{(c, a) : c >= 0, F c + Z a = fit}`` over the
atoms of length beta. Their weights are bounded on it, so the minimum over c and a is attained;
whether a *network* attains it is another question
(:func:`~polytope_nn.landscape.flats.is_attained`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.rational import Vector, vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.functions.piecewise_linear import simplest
from polytope_nn.landscape.optimal_set import Interpolation
from polytope_nn.limits import Limits
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem

from .proving import found_interpolation, verified_interpolation

__all__ = ["FreePartProblem", "free_part_optimum", "objective"]


@dataclass(frozen=True, init=False, repr=False)
class FreePartProblem(InterpolationProblem):
    """A training problem with a free part, in the form of an interpolation problem."""

    training: TrainingProblem

    def __init__(self, training: TrainingProblem, *, skip: str = "none") -> None:
        X, y, bias = training.X, training.y, training.bias
        super().__init__(X, y, skip=skip, bias=bias, name=training.name)
        object.__setattr__(self, "training", training)

    @cached_property
    def inverse_weights(self) -> Vector:
        """The inverse weights of the squared loss, shape (n,)."""
        return tuple(1 / w for w in self.training.weights)

    @property
    def beta_squared(self) -> Fraction:
        """The square of the weight decay."""
        return self.training.beta_squared

    @property
    def determining(self) -> tuple[int, ...]:
        """All samples: each has its loss."""
        return tuple(range(self.n))


def free_part_optimum(
    problem: TrainingProblem,
    *,
    skip: str = "none",
    kappa: Iterable[object] | None = None,
    limits: Limits | None = None,
) -> Interpolation:
    """Return the optimal set of a training problem with a free part, found or verified.

    ``skip`` is that of an interpolation problem: what it adds to the network costs nothing.

    Raises
    ------
    NotOptimal
        When the given rational kappa fails.
    Undecided
        When kappa is not given and what was found could not be proved.

    Examples
    --------
    >>> D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    >>> O = free_part_optimum(D)
    >>> print(*O.kappa, "fit", *O.labels)
    0 -1 1 fit 0 1 2
    """
    whole = FreePartProblem(problem, skip=skip)
    if kappa is not None:
        return verified_interpolation(whole, vector(kappa))
    return found_interpolation(whole, limits)


def objective(solved: Interpolation) -> Scalar:
    """Return the optimal objective, loss and weight decay; without a loss the cost."""
    inverse = solved.problem.inverse_weights
    residual = [t * s for t, s in zip(solved.kappa, inverse, strict=True)]
    return simplest(dot(solved.kappa, residual) / 2 + solved.cost)
