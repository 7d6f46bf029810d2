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
from polytope_nn.exact.rational import Matrix, Vector, is_square, largest_one
from polytope_nn.exact.scalar import Scalar, dot, squared_norm
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.problem import require_problem
from polytope_nn.problems.training import TrainingProblem

from .types import CombinatorialType

__all__ = ["DecayFamily", "Reduced", "square_root"]

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
    def reduced(self) -> "Reduced":
        """The same family for merged rows and labels, of sizes near 1.

        Rows ``t_i x`` with ``t_i > 0`` count as one row x: with ``W = sum_i w_i t_i^2`` and
        ``v = sum_i w_i t_i y_i / W``, ``sum_i w_i (t_i z - y_i)^2 = W (z - v)^2`` up to a
        constant. So what no network sees of the labels, and would move with beta, is gone.
        X and y are divided by powers of 10; beta by their product, k and w by others; types do
        not change.
        """
        D = self.problem
        a, b = _size(t for x in self.X for t in x), _size(D.y)
        rows: dict[Vector, list[int]] = {}
        for i, x in enumerate(self.X):
            if any(x):
                rows.setdefault(largest_one(x), []).append(i)
        if not rows:
            return Reduced(self, Fraction(1), (None,) * self.n)
        places: list[int | None] = [None] * self.n
        X, y, weights = [], [], []
        for j, members in enumerate(rows.values()):
            x = self.X[members[0]]
            at = next(k for k, t in enumerate(x) if t)
            times = [self.X[i][at] / x[at] for i in members]
            parts = [t * D.weights[i] for t, i in zip(times, members, strict=True)]
            weight = Fraction(dot(parts, times))
            X.append([t / a for t in x])
            y.append(Fraction(dot(parts, [D.y[i] for i in members])) / weight / b)
            weights.append(weight)
            for i in members:
                places[i] = j
        small = TrainingProblem(X, y, beta_squared=1, weights=weights)
        return Reduced(DecayFamily(small), a * b, tuple(places))

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


@dataclass(frozen=True)
class Reduced:
    """A family of merged rows; ``unit`` is what its betas are times.

    ``places`` gives for each row the merged row it is a positive multiple of, None where it
    is zero.
    """

    family: DecayFamily
    unit: Fraction
    places: tuple[int | None, ...]

    def lifted(self, found: CombinatorialType) -> CombinatorialType:
        """Return a type with the faces of its atoms on all rows; their order stays."""
        atoms = tuple(
            (s, tuple(0 if i is None else covector[i] for i in self.places))
            for s, covector in found.atoms
        )
        return CombinatorialType(atoms, found.supports)


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
