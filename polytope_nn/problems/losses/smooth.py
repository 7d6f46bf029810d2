"""Losses that are strictly convex and smooth: powers, logistic, exponential, Poisson (general §3).

Of one sample each. ``kappa = -weight l'(z)`` falls as z rises, so every kappa of the open
domain has one fit ``zeta(kappa)``, and ``z`` has one kappa.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.logarithms import logarithm, power, whole_power
from polytope_nn.exact.radical import decimal
from polytope_nn.exact.scalar import RealNumber, Scalar, middle, sign

__all__ = [
    "Exponential",
    "Logistic",
    "Poisson",
    "Power",
    "Smooth",
    "signed_power",
    "size_power",
]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 512  # at which exponentials are enclosed
_LARGEST = 1 << 16  # exponent


@dataclass(frozen=True)
class Smooth(ABC):
    """``weight`` times a smooth loss of label ``y``."""

    y: Fraction
    weight: Fraction

    @property
    @abstractmethod
    def domain(self) -> tuple[Fraction | None, Fraction | None]:
        """The open interval of the kappa that there are."""

    @abstractmethod
    def fit(self, kappa: Scalar) -> Scalar:
        """Return zeta(kappa), for kappa in the domain."""

    @abstractmethod
    def derivative(self, kappa: Scalar) -> Scalar:
        """Return zeta'(kappa) < 0."""

    @abstractmethod
    def kappa(self, z: Scalar) -> Scalar:
        """Return the kappa of a fit."""

    @abstractmethod
    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``l*(-kappa)``."""

    @abstractmethod
    def value(self, z: Scalar) -> Scalar:
        """Return the loss of a fit."""

    def interval(self, kappa: Scalar) -> tuple[Scalar, Scalar] | None:
        """Return the one fit of a kappa, twice; None outside the domain."""
        low, high = self.domain
        if (low is not None and not kappa > low) or (high is not None and not kappa < high):
            return None
        z = self.fit(kappa)
        return z, z

    def kappas(self, z: Scalar) -> tuple[Scalar, Scalar]:
        """Return the one kappa of a fit, twice."""
        kappa = self.kappa(z)
        return kappa, kappa


@dataclass(frozen=True)
class Power(Smooth):
    """``weight |z - y|^p / p`` with a rational p > 1."""

    p: Fraction

    @property
    def domain(self) -> tuple[None, None]:
        """Every kappa."""
        return None, None

    def fit(self, kappa: Scalar) -> Scalar:
        """Return ``y - sgn(kappa) |kappa/weight|^(1/(p-1))``."""
        return self.y - signed_power(kappa / self.weight, 1 / (self.p - 1))

    def derivative(self, kappa: Scalar) -> Scalar:
        """Return ``-|kappa/weight|^(1/(p-1) - 1) / ((p-1) weight)``."""
        q = 1 / (self.p - 1)
        return -size_power(kappa / self.weight, q - 1) * q / self.weight

    def kappa(self, z: Scalar) -> Scalar:
        """Return ``weight sgn(y - z) |y - z|^(p-1)``."""
        return signed_power(self.y - z, self.p - 1) * self.weight

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``weight |kappa/weight|^q / q - kappa y`` with ``1/p + 1/q = 1``."""
        q = self.p / (self.p - 1)
        return size_power(kappa / self.weight, q) * self.weight / q - kappa * self.y

    def value(self, z: Scalar) -> Scalar:
        """Return ``weight |z - y|^p / p``."""
        gap = z - self.y if z > self.y else self.y - z
        return power(gap, self.p) * self.weight / self.p if sign(gap) else _ZERO


def signed_power(x: Scalar, exponent: Fraction) -> Scalar:
    """Return ``sgn(x) |x|^exponent``, an exponent > 0; of a ball around 0 a ball.

    >>> signed_power(Fraction(-8), Fraction(1, 3))
    Fraction(-2, 1)
    """
    if exponent.denominator == 1 and exponent.numerator % 2:
        return whole_power(x, int(exponent))
    if isinstance(x, Ball) and _ZERO in x:
        ends = [signed_power(_rounded(t, x), exponent) for t in (x.lower, x.upper)]
        return _hull(ends[0], ends[1], x.precision)
    side = sign(x)
    return power(x * side, exponent) * side if side else _ZERO


def _rounded(end: Fraction, x: Ball) -> Scalar:
    """Return a ball around an end of a ball: its exact roots may have any length."""
    return Ball.from_rational(end, x.precision) if end else _ZERO


def size_power(x: Scalar, exponent: Fraction) -> Scalar:
    """Return ``|x|^exponent``, where that is a number."""
    if not exponent:
        return _ONE
    if isinstance(x, Ball) and _ZERO in x and exponent > 0:
        size = _rounded(max(-x.lower, x.upper), x)
        return _hull(_ZERO, power(size, exponent) if sign(size) else _ZERO, x.precision)
    side = sign(x)
    if not side:
        if exponent < 0:
            raise Undecided("a power loss bends without end where kappa is 0")
        return _ZERO
    return power(x * side, exponent) if exponent > 0 else 1 / power(x * side, -exponent)


def _hull(low: Scalar, high: Scalar, bits: int) -> Ball:
    """Return a ball around two numbers, fractions or balls, and what is between."""
    ends = [
        Ball.from_rational(t, bits) if isinstance(t, Fraction) else t for t in (low, high)
    ]
    first, last = ends
    assert isinstance(first, Ball)  # as is the other
    assert isinstance(last, Ball)
    return Ball.from_interval(first.lower, last.upper, bits)


@dataclass(frozen=True)
class Logistic(Smooth):
    """``weight ln(1 + e^(-yz))`` with a label of 1 or -1."""

    @property
    def domain(self) -> tuple[Fraction, Fraction]:
        """Between 0 and ``y weight``."""
        end = self.y * self.weight
        return min(_ZERO, end), max(_ZERO, end)

    def fit(self, kappa: Scalar) -> Scalar:
        """Return ``y ln((1-t)/t)`` with ``t = y kappa/weight``."""
        t = kappa * self.y / self.weight
        return logarithm((1 - t) / t) * self.y

    def derivative(self, kappa: Scalar) -> Scalar:
        """Return ``-1 / (weight t (1-t))``."""
        t = kappa * self.y / self.weight
        return -1 / (t * (1 - t) * self.weight)

    def kappa(self, z: Scalar) -> Scalar:
        """Return ``y weight / (1 + e^(yz))``."""
        t = z * self.y
        if middle(t) > 0:
            small = exponential(-t)
            return self.y * self.weight * small / (1 + small)
        return self.y * self.weight / (1 + exponential(t))

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``weight (t ln t + (1-t) ln(1-t))``."""
        t = kappa * self.y / self.weight
        return (logarithm(t) * t + logarithm(1 - t) * (1 - t)) * self.weight

    def value(self, z: Scalar) -> Scalar:
        """Return ``weight ln(1 + e^(-yz))``."""
        t = -(z * self.y)
        if middle(t) > 0:
            return (t + logarithm(1 + exponential(-t))) * self.weight
        return logarithm(1 + exponential(t)) * self.weight


@dataclass(frozen=True)
class Exponential(Smooth):
    """``weight e^(-yz)`` with a label of 1 or -1."""

    @property
    def domain(self) -> tuple[Fraction | None, Fraction | None]:
        """The side of y."""
        return (_ZERO, None) if self.y > 0 else (None, _ZERO)

    def fit(self, kappa: Scalar) -> Scalar:
        """Return ``-y ln t`` with ``t = y kappa/weight``."""
        return -(logarithm(kappa * self.y / self.weight) * self.y)

    def derivative(self, kappa: Scalar) -> Scalar:
        """Return ``-1 / (y kappa)``."""
        return -1 / (kappa * self.y)

    def kappa(self, z: Scalar) -> Scalar:
        """Return ``y weight e^(-yz)``."""
        return exponential(-(z * self.y)) * self.y * self.weight

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``weight (t ln t - t)``."""
        t = kappa * self.y / self.weight
        return (logarithm(t) * t - t) * self.weight

    def value(self, z: Scalar) -> Scalar:
        """Return ``weight e^(-yz)``."""
        return exponential(-(z * self.y)) * self.weight


@dataclass(frozen=True)
class Poisson(Smooth):
    """``weight (e^z - yz)`` with a count ``y >= 0``."""

    @property
    def domain(self) -> tuple[None, Fraction]:
        """Below ``y weight``."""
        return None, self.y * self.weight

    def fit(self, kappa: Scalar) -> Scalar:
        """Return ``ln(y - kappa/weight)``."""
        return logarithm(self.y - kappa / self.weight)

    def derivative(self, kappa: Scalar) -> Scalar:
        """Return ``-1 / (weight y - kappa)``."""
        return -1 / (self.y * self.weight - kappa)

    def kappa(self, z: Scalar) -> Scalar:
        """Return ``weight (y - e^z)``."""
        return (self.y - exponential(z)) * self.weight

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``weight (t ln t - t)`` with ``t = y - kappa/weight``."""
        t = self.y - kappa / self.weight
        return (logarithm(t) * t - t) * self.weight

    def value(self, z: Scalar) -> Scalar:
        """Return ``weight (e^z - yz)``."""
        return (exponential(z) - z * self.y) * self.weight


def _ball(z: RealNumber) -> Ball:
    ball = z if isinstance(z, Ball) else z.enclosure(_BITS)
    assert isinstance(ball, Ball)  # what encloses is a ball here
    return ball


def exponential(z: Scalar) -> Scalar:
    """Return ``e^z``: 1 of 0, else a ball.

    Raises
    ------
    Undecided
        When it has more digits than are kept.
    """
    if isinstance(z, Fraction) and not z:
        return _ONE
    lower, upper = (z, z) if isinstance(z, Fraction) else (_ball(z).lower, _ball(z).upper)
    if upper > _LARGEST:
        raise Undecided(
            f"e to the power of about {decimal(upper, 4)} has more digits than are kept: scale "
            f"the network or the data down"
        )
    if lower < -_LARGEST:  # e^-x < 2^-x
        most = Fraction(1, 1 << _LARGEST) if upper < -_LARGEST else 1 << _LARGEST * 2
        return Ball.from_interval(0, most, _BITS)
    return Ball.from_rational(z, _BITS).exp() if isinstance(z, Fraction) else _ball(z).exp()
