"""What a fit costs: the squared loss, or labels that are fitted exactly (THEORY §§1, 8).

A loss is a sum over the samples. All that the proof of an optimum and the optimal set know of
it is which fits belong to a dual variable, ``Z(kappa) = {z : -kappa in the subdifferential}``,
and its two values; for both losses here that is one point.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot

__all__ = ["ExactFit", "Loss", "SquaredLoss"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class SquaredLoss:
    """``1/2 sum_k weights_k (z_k - y_k)^2``, weights positive; y and weights of shape (n,)."""

    y: Vector
    weights: Vector

    @cached_property
    def inverse_weights(self) -> Vector:
        """The inverse weights, shape (n,)."""
        return tuple(1 / w for w in self.weights)

    def fit(self, kappa: Scalars) -> Scalars:
        """Return the fit that belongs to kappa: ``y - kappa / weights``, shape (n,)."""
        rows = zip(self.y, kappa, self.inverse_weights, strict=True)
        return tuple(y - k * t for y, k, t in rows)

    def dual(self, z: Scalars) -> Scalars:
        """Return ``kappa = -grad L(z) = weights (y - z)``, shape (n,)."""
        rows = zip(self.y, z, self.weights, strict=True)
        return tuple(w * (y - t) for y, t, w in rows)

    def value(self, kappa: Scalars) -> Scalar:
        """Return the loss of the fit that belongs to kappa."""
        residual = [k * t for k, t in zip(kappa, self.inverse_weights, strict=True)]
        return dot(kappa, residual) / 2


@dataclass(frozen=True)
class ExactFit:
    """No loss: the labels are fitted exactly, ``z = y``, whatever kappa is."""

    y: Vector

    @cached_property
    def inverse_weights(self) -> Vector:
        """The inverse weights of the squared loss whose limit this is: 0, shape (n,)."""
        return (_ZERO,) * len(self.y)

    def fit(self, kappa: Scalars) -> Scalars:  # noqa: ARG002 - every kappa has this fit
        """Return the labels, shape (n,)."""
        return self.y

    def value(self, kappa: Scalars) -> Scalar:  # noqa: ARG002 - an exact fit costs nothing
        """Return 0."""
        return _ZERO


Loss: TypeAlias = SquaredLoss | ExactFit
