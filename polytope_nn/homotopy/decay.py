"""The family of training problems that differ in their weight decay, scaled.

With ``k = kappa/beta``, ``w = beta c`` the optimum at beta is that of the problem with the weights
``W/beta`` and a weight decay of 1: for a rational beta a problem like any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt

from polytope_nn.dual.atoms import cone_projection, pull
from polytope_nn.errors import InstanceError
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.rational import Matrix, Vector, is_square
from polytope_nn.exact.scalar import Scalar, squared_norm
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.problem import require_problem
from polytope_nn.problems.training import TrainingProblem

__all__ = ["DecayFamily", "square_root"]

_USUAL = 3  # digits of a size that is left as it is


@dataclass(frozen=True)
class DecayFamily:
    """A training problem whose weight decay is left open; the problem's own plays no part.

    Raises
    ------
    InstanceError
        For another loss, a free bias or a skip, of which the scaled system knows nothing.

    Examples
    --------
    >>> D = TrainingProblem([[1], [2], [-1], [-3]], [3, 1, 2, -4], beta=1)
    >>> DecayFamily(D).beta_max
    Fraction(10, 1)
    """

    problem: TrainingProblem

    def __post_init__(self) -> None:
        D = self.problem
        require_problem(D)
        if not isinstance(D.loss, SquaredLoss):
            raise InstanceError(
                "loss: a path of beta is known for the squared loss only: take the loss out"
            )
        if D.bias == "free":
            raise InstanceError(
                'bias: "free": a path of beta is known without a bias and with a penalised one: '
                'write "none" or "penalised"'
            )
        if D.skip != "none":
            raise InstanceError(
                f'skip: "{D.skip}": a path of beta is known without a skip: write "none"'
            )

    @property
    def X(self) -> Matrix:
        """The samples as neurons see them, shape (n, d)."""
        return self.problem.design

    @property
    def y(self) -> Vector:
        """The labels, shape (n,)."""
        return self.problem.y

    @property
    def n(self) -> int:
        """The number of samples."""
        return self.problem.n

    @property
    def inverse_weights(self) -> Vector:
        """The inverse sample weights, shape (n,)."""
        return self.problem.inverse_weights

    @property
    def arrangement(self) -> Arrangement:
        """The arrangement of the rows of X."""
        return self.problem.charts[0].arrangement

    def at(self, beta: Fraction) -> TrainingProblem:
        """Return the scaled problem at a rational ``beta > 0``: its kappa is k, its c is w."""
        D = self.problem
        return TrainingProblem(
            D.X,
            D.y,
            beta_squared=1,
            weights=[w / beta for w in D.weights],
            bias=D.bias,
            name=D.name,
        )

    @cached_property
    def sized(self) -> tuple["DecayFamily", Fraction]:
        """The same family for rows and labels of sizes near 1, and what its betas are times.

        X and y are divided by powers of 10; beta by their product, k and w by others; types do not
        change.
        """
        D = self.problem
        a, b = (_size(t for x in D.X for t in x), _size(D.y))
        if D.bias != "none":
            a = Fraction(1)  # the column of ones has its size
        if a == b == 1:
            return self, Fraction(1)
        X = [[t / a for t in x] for x in D.X]
        y = [t / b for t in D.y]
        small = TrainingProblem(X, y, beta_squared=1, weights=D.weights, bias=D.bias)
        return DecayFamily(small), a * b

    @cached_property
    def beta_max_squared(self) -> Fraction:
        """The square of the least beta at which the zero network is optimal (T2 at W y)."""
        kappa = [w * t for w, t in zip(self.problem.weights, self.y, strict=True)]
        best = Fraction(0)
        H = self.arrangement
        for pattern in H.patterns:
            rows = [tuple(pattern[k] * t for t in self.X[k]) for k in H.facets(pattern)]
            for sign in (1, -1):
                g, _ = cone_projection(rows, pull(self.X, kappa, sign, pattern))
                square = squared_norm(g)
                assert isinstance(square, Fraction)  # rational in, rational out
                best = max(best, square)
        return best

    @cached_property
    def beta_max(self) -> Scalar:
        """The least beta at which the zero network is optimal, exactly."""
        return square_root(self.beta_max_squared)


def _size(numbers: Iterable[Fraction]) -> Fraction:
    """Return a power of 10 near the largest number, 1 where that is of usual size."""
    largest = max(map(abs, numbers))
    digits = len(str(largest.numerator)) - len(str(largest.denominator)) if largest else 0
    if abs(digits) <= _USUAL:
        return Fraction(1)
    return Fraction(10) ** digits


def square_root(x: Fraction) -> Scalar:
    """Return the root of a rational ``x >= 0``: a fraction, or in its quadratic field.

    >>> square_root(Fraction(9, 4)), square_root(Fraction(125))
    (Fraction(3, 2), 5*a (~11.18034))
    """
    if is_square(x):
        return Fraction(isqrt(x.numerator), isqrt(x.denominator))
    radicand, outside = x.numerator * x.denominator, Fraction(1, x.denominator)
    for prime in (2, 3, 5, 7, 11, 13):
        while radicand % prime**2 == 0:
            radicand //= prime**2
            outside *= prime
    low = isqrt(radicand)
    return NumberField((-radicand, 0, 1), (low, low + 1)).generator * outside
