"""What every problem is: a unit, a loss, a free part and the price of a neuron (general §1).

``min L(sum_j c_j F_j + Z a) + beta sum_j c_j`` over coefficients a and weights ``c_j >= 0``
of features ``F_j`` of neurons of length 1. Nothing below this room asks which model it is.
"""

from abc import ABC, abstractmethod
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import InstanceError
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix, Vector

from .free_part import FreePart, free_part
from .losses import ExactFit, Loss, SeparableLoss, SquaredLoss
from .losses.smooth import Smooth
from .relu import Chart, ReluUnit
from .units.activations import RELU, Slopes

__all__ = ["Problem", "require_kind", "require_problem"]


class Problem(ABC):
    """A problem: its four members, and what follows from them."""

    name: str
    beta_squared: Fraction
    bias: str
    skip: str
    X: Matrix
    y: Vector
    loss: Loss

    @cached_property
    def unit(self) -> ReluUnit:
        """The neurons."""
        return ReluUnit(self.X, self.bias)

    @cached_property
    def free(self) -> FreePart:
        """What is fitted without a price."""
        return self.free_for(self.X)

    def free_for(self, X: Matrix) -> FreePart:
        """Return what is fitted without a price beside samples X, which may be scaled."""
        return free_part(X, self.skip, self.bias)

    @property
    def curves(self) -> tuple[Smooth | None, ...]:
        """The smooth graphs of samples whose equations are no polynomials: here none."""
        return ()

    def require_relu(self) -> None:  # noqa: B027 - most problems have them
        """Raise InstanceError where the units are no ReLU neurons of l2 weights."""

    @property
    def of_relu(self) -> bool:
        """Whether the units are ReLU neurons of l2 weights."""
        return True

    @property
    def n(self) -> int:
        """The number of samples."""
        return len(self.X)

    @property
    @abstractmethod
    def d(self) -> int:
        """The number of features of a sample."""

    @property
    def dimension(self) -> int:
        """The number of columns of X, no bias counted."""
        return len(self.X[0])

    @property
    def design(self) -> Matrix:
        """The samples as neurons ``(design u)_+`` see them: (n, d), with a bias (n, d + 1)."""
        return self.unit.design

    @property
    def rows_and_slopes(self) -> tuple[Matrix, Slopes]:
        """The samples as neurons see them, and their slopes."""
        return self.design, RELU

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts of the unit."""
        return self.unit.charts

    @property
    def inverse_weights(self) -> Vector:
        """The inverse weights of the squared loss; 0 where labels are fitted exactly."""
        if isinstance(self.loss, SeparableLoss):
            raise InstanceError(f"{self!r}: the {self.loss.kind} loss has no weights alone")
        return self.loss.inverse_weights

    @property
    def has_loss(self) -> bool:
        """Whether there is a squared loss: then kappa is unique."""
        return isinstance(self.loss, SquaredLoss)

    @property
    def is_fitted(self) -> bool:
        """Whether the labels are fitted exactly."""
        return isinstance(self.loss, ExactFit)

    @property
    def prices(self) -> Vector:
        """What ``Z'kappa`` is, one entry for each free column: 0, they cost nothing."""
        return (Fraction(0),) * len(self.free)

    @cached_property
    def kappa_without(self) -> Vector:
        """The dual variable where no neuron is in use; 0 where labels are fitted exactly."""
        if self.is_fitted:
            return (Fraction(0),) * self.n
        return self.free.left(self.y, [1 / t for t in self.inverse_weights])

    @cached_property
    def reach(self) -> tuple[Vector, ...]:
        """Vectors of R^n that span the fits of all networks, what is free included."""
        return (*self.unit.reach, *self.free.columns)

    @cached_property
    def determining(self) -> tuple[int, ...]:
        """Samples whose labels determine all labels that count, ascending.

        All of them where each has its loss; else those that determine what networks can fit.
        """
        if not self.is_fitted:
            return tuple(range(self.n))
        return independent_rows(transpose(self.reach))


def require_problem(value: object) -> None:
    """Raise InstanceError for what is no problem with one output and two layers.

    >>> require_problem("data.json")
    Traceback (most recent call last):
    polytope_nn.errors.InstanceError: problem: str is none: give a TrainingProblem, an \
InterpolationProblem, a GroupLasso or an AtomicProblem (a VectorProblem has vector_optimum, \
a ParallelProblem parallel_optimum)
    """
    if not isinstance(value, Problem):
        if callable(getattr(value, "problem", None)):  # what a file says
            raise InstanceError(
                f"problem: {type(value).__name__} is none itself: give its problem()"
            )
        raise InstanceError(
            f"problem: {type(value).__name__} is none: give a TrainingProblem, an "
            f"InterpolationProblem, a GroupLasso or an AtomicProblem (a VectorProblem has "
            f"vector_optimum, a ParallelProblem parallel_optimum)"
        )


def require_kind(value: object, wanted: type) -> None:
    """Raise InstanceError for what is no problem of the kind that a function is about.

    >>> require_kind("data.json", Problem)
    Traceback (most recent call last):
    polytope_nn.errors.InstanceError: problem: str is no Problem: give one (optimum takes \
problems of one output and two layers)
    """
    if not isinstance(value, wanted):
        raise InstanceError(
            f"problem: {type(value).__name__} is no {wanted.__name__}: give one (optimum "
            f"takes problems of one output and two layers)"
        )
