"""Weight-decay training with a free bias: every neuron ``(w'x + b)_+`` costs ``|w|`` only.

``min 1/2 sum_k weights_k (fit_k - y_k)^2 + beta sum |w|``. As in interpolation
(:mod:`~polytope_nn.landscape.interpolation`) constants are free in the limit of large
biases, so ``1'kappa = 0``, and the atoms have their kinks at samples: one chart a sample. The
loss is strictly convex, so the fit and ``kappa = weights (y - fit)`` are unique, and the optimal
set is that of the interpolation of the fit: ``{(c, a) : c >= 0, F c + a 1 = fit}`` over the
atoms ``|g| = beta``. Sums of ``|w|`` are bounded on it and the biases of atoms are, so the
minimum over c and a is attained; whether a *network* attains it is another
question (:func:`~polytope_nn.landscape.free_bias.is_attained`).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, dot

from .interpolant import simplest
from .interpolation import InterpolationProblem
from .interpolation_proof import found_interpolation
from .limits import Limits
from .minimum_norm import Interpolation
from .problem import TrainingProblem

__all__ = ["FreeBiasProblem", "free_bias_optimum", "objective"]


@dataclass(frozen=True, init=False, repr=False)
class FreeBiasProblem(InterpolationProblem):
    """A training problem with a free bias, in the form of an interpolation problem."""

    training: TrainingProblem

    def __init__(self, training: TrainingProblem) -> None:
        if training.bias != "free":
            raise InstanceError(f'{training!r}: its bias is not "free"')
        super().__init__(training.X, training.y, bias="free", name=training.name)
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


def free_bias_optimum(
    problem: TrainingProblem, limits: Limits | None = None
) -> Interpolation:
    """Return the optimal set of a training problem with a free bias, found and proved.

    Raises
    ------
    InstanceError
        When the bias of the problem is another.
    Undecided
        When what was found could not be proved.

    Examples
    --------
    >>> D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    >>> O = free_bias_optimum(D)
    >>> print(*O.kappa, "fit", *O.labels)
    0 -1 1 fit 0 1 2
    """
    return found_interpolation(FreeBiasProblem(problem), limits)


def objective(solved: Interpolation) -> Scalar:
    """Return the optimal objective, loss and weight decay; without a loss the cost."""
    inverse = solved.problem.inverse_weights
    residual = [t * s for t, s in zip(solved.kappa, inverse, strict=True)]
    return simplest(dot(solved.kappa, residual) / 2 + solved.cost)
