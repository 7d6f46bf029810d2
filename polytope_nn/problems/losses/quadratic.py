"""The squared loss, and labels that are fitted exactly (THEORY §§1, 8)."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot

__all__ = ["ExactFit", "SquaredLoss"]

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

    def interval(self, kappa: Scalars) -> tuple[tuple[Scalar, Scalar], ...]:
        """Return ``Z(kappa)``: the one fit that belongs to kappa, as n intervals."""
        return tuple((z, z) for z in self.fit(kappa))

    def conjugate(self, kappa: Scalars) -> Scalar:
        """Return ``L*(-kappa) = kappa'(kappa / weights)/2 - kappa'y``."""
        residual = [k * t for k, t in zip(kappa, self.inverse_weights, strict=True)]
        return dot(kappa, residual) / 2 - dot(kappa, self.y)

    def value(self, z: Scalars) -> Scalar:
        """Return the loss of a fit."""
        off = [t - y for t, y in zip(z, self.y, strict=True)]
        return dot([w * t for w, t in zip(self.weights, off, strict=True)], off) / 2


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

    def interval(self, kappa: Scalars) -> tuple[tuple[Scalar, Scalar], ...]:  # noqa: ARG002
        """Return ``Z(kappa)``: the labels, as n intervals."""
        return tuple((y, y) for y in self.y)

    def conjugate(self, kappa: Scalars) -> Scalar:
        """Return ``L*(-kappa) = -kappa'y``."""
        return -dot(kappa, self.y)

    def value(self, z: Scalars) -> Scalar | None:
        """Return 0 for the labels, None (infinite) for other fits."""
        return _ZERO if tuple(z) == self.y else None
