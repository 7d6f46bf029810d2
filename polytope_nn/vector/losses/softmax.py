"""The cross-entropy of softmax, of one-hot rows (general §1, G3)."""

from fractions import Fraction

from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.losses.smooth import exponential

__all__ = ["cross_entropy", "normalised"]


def cross_entropy(fit: tuple[Scalars, ...], Y: Matrix, weights: Vector) -> Scalar:
    """Return ``sum_k weights_k (ln sum_j e^(z_kj) - z_k'Y_k)`` of a fit, shape (n, c).

    >>> one, none = Fraction(1), Fraction(0)
    >>> cross_entropy(((one, one),), ((one, none),), (one,))
    1*ln(2)
    """
    total: Scalar = Fraction(0)
    for z, labels, w in zip(fit, Y, weights, strict=True):
        own = z[labels.index(Fraction(1))]
        sizes = [exponential(t - own) for t in z]
        total = total + logarithm(sum(sizes, Fraction(0))) * w
    return total


def normalised(fit: tuple[Scalars, ...]) -> tuple[Scalars, ...]:
    """Return a fit with constants added to its rows that make ``sum_j e^(z_kj) = 1``."""
    rows = []
    for z in fit:
        shift = logarithm(sum((exponential(t - z[0]) for t in z), Fraction(0)))
        rows.append(tuple(t - z[0] - shift for t in z))
    return tuple(rows)
