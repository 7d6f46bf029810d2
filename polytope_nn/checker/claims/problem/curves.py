"""Smooth losses: the fit of a kappa, the conjugate, the loss of a fit and its slope.

With t = kappa y / w of labels 1 and -1, and the like of others. ``l*(-kappa)`` is continuous and
has the derivative -z (proofs/curves.md).

Of logistic, exponential and Poisson losses of a rational kappa fits are logarithms, exactly. Of
powers ``w |z - y|^p / p`` with ``p - 1 = r/s`` they are stated, and multiplied out: ``-kappa`` is
in the subdifferential at z iff ``y - z`` has the sign of kappa and ``w^s |y - z|^r = |kappa|^s``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Interval
from ...kernel.logarithms import LogField, exponential, floor_root, logarithm, power
from ...kernel.numbers import Field, Scalar, sign, zero
from ...kernel.reading import Json, Refuted, array, require
from ...kernel.roots import Enclosed

# kind, label, weight, parameter
Sample: TypeAlias = tuple[str, Fraction, Fraction, Fraction]
WHERE, DUAL, INTERVALS = "claims.optimum", "claims.dual", "claims.intervals"


@dataclass(unsafe_hash=True)
class Curve:
    """A smooth graph of a kind: label y, weight w, parameter p; every kappa of its domain."""

    kind: str
    y: Fraction
    w: Fraction
    p: Fraction
    tick: Callable[[], None]
    name = "curve"

    @property
    def quotient(self) -> Fraction:
        """``1/(p - 1)`` of a power."""
        return 1 / (self.p - 1)

    def beside(self, other: "Curve", side: int) -> bool:
        """Return whether fits less their centres are side times the other's, at side its kappa."""
        mirrored = self.kind == "power" or self.y == side * other.y
        fits = side > 0 or self.kind != "poisson"
        return replace(other, y=self.y) == self and mirrored and fits

    @property
    def centre(self) -> Fraction:
        """What the fits of a power are symmetric about; 0 of others."""
        return self.y if self.kind == "power" else Fraction(0)

    def share(self, kappa: Scalar) -> Scalar:
        """Return t: fits are made of its logarithm."""
        if self.kind == "poisson":
            return self.y - kappa * (1 / self.w)
        return kappa * (self.y / self.w)

    def inner(self, kappa: Interval) -> Interval:
        """Return what logarithms and powers are taken of; it must be proved positive."""
        if self.kind == "power":
            return kappa * ((kappa.sign or 0) / self.w)
        found: Interval = self.share(kappa)
        return found

    def ln(self, x: Interval) -> Interval:
        """Return the logarithm of what must be positive."""
        return logarithm(x, self.tick, WHERE)

    def power(self, x: Interval, exponent: Fraction) -> Interval:
        """Return a power of what must be positive."""
        return power(x, exponent, self.tick, WHERE)

    def fit(self, kappa: Interval) -> Interval:
        """Return ``zeta(kappa)``."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (self.ln(1 - t) - self.ln(t)) * self.y
        if self.kind == "exponential":
            return self.ln(t) * -self.y
        if self.kind == "poisson":
            return self.ln(t)
        return self.y - self.power(t, self.quotient) * (kappa.sign or 0)

    def slope(self, kappa: Interval) -> Interval:
        """Return ``-zeta'(kappa)``, which is positive."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (t * (1 - t) * self.w).inverse(WHERE)
        if self.kind in {"exponential", "poisson"}:
            return (t * self.w).inverse(WHERE)
        q = self.quotient
        one = Interval.around(1, 1, kappa.bits)
        return (self.power(t, q - 1) if q != 1 else one) * (q / self.w)

    def value(self, kappa: Interval) -> Interval:
        """Return ``l*(-kappa)``."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (t * self.ln(t) + (1 - t) * self.ln(1 - t)) * self.w
        if self.kind == "power":
            q = self.quotient + 1
            return self.power(t, q) * (self.w / q) - kappa * self.y
        return (t * self.ln(t) - t) * self.w

    def still(self) -> Fraction | None:
        """Return the kappa of the fit 0 where it is a rational that is known."""
        known = {
            "logistic": self.y * self.w / 2,
            "exponential": self.y * self.w,
            "poisson": (self.y - 1) * self.w,
        }
        if self.kind == "power" and self.p.denominator == 1:
            side = (self.y > 0) - (self.y < 0)
            known["power"] = self.w * side * abs(self.y) ** (self.p.numerator - 1)
        return known.get(self.kind)

    def height(self, z: Fraction) -> Fraction | Enclosed:
        """Return the loss of a fit z, a fraction where it is known to be one."""
        if self.kind == "power":
            return self.raised(abs(z - self.y), self.p, self.w / self.p)
        if not z and self.kind != "logistic":
            return self.w
        return Of(self, "_height", (z,))

    def _height(self, z: Fraction, bits: int) -> Interval:
        if self.kind == "poisson":
            return (self.exp(z, bits) - self.y * z) * self.w
        if self.kind == "exponential":
            return self.exp(-self.y * z, bits) * self.w
        # ln(1 + e^t) = max(t, 0) + ln(1 + e^-|t|)
        return (
            self.ln(self.exp(-abs(z), bits) + 1) + max(-self.y * z, Fraction(0))
        ) * self.w

    def rise(self, z: Fraction, moved: Fraction) -> Fraction | Enclosed:
        """Return the slope of the loss at a fit z, times how far it moved."""
        if self.kind == "power":
            side = 1 if z > self.y else -1
            return self.raised(abs(z - self.y), self.p - 1, self.w * side * moved)
        if not z:
            known = {"poisson": 1 - self.y, "exponential": -self.y, "logistic": -self.y / 2}
            return known[self.kind] * self.w * moved
        return Of(self, "_rise", (z, moved))

    def _rise(self, z: Fraction, moved: Fraction, bits: int) -> Interval:
        if self.kind == "poisson":
            return (self.exp(z, bits) - self.y) * (self.w * moved)
        if self.kind == "exponential":
            return self.exp(-self.y * z, bits) * (-self.w * self.y * moved)
        e = self.exp(-abs(z), bits)  # 1/(1 + e^t) = e^-t/(1 + e^-t)
        share = (e + 1).inverse(WHERE) * (e if self.y * z > 0 else 1)
        return share * (-self.w * self.y * moved)

    def dual(self, kappa: Fraction) -> Fraction | Enclosed:
        """Return ``l*(-kappa)`` of a kappa in the domain, its ends too: ``t ln t`` is 0 at 0."""
        if self.kind == "power":
            q = self.quotient + 1
            own = self.raised(abs(kappa) / self.w, q, self.w / q)
            if isinstance(own, Fraction):
                return own - kappa * self.y
            return Of(self, "_conjugate", (kappa,))
        t = self.share(kappa)
        if t in {0, 1}:
            return Fraction(0) if self.kind == "logistic" else -self.w * t
        return Of(self, "_conjugate", (kappa,))

    def _conjugate(self, kappa: Fraction, bits: int) -> Interval:
        t = self.share(kappa)
        near = [abs(kappa)] if self.kind == "power" else [t, 1 - t]
        # a logarithm or a power of what is near 0 needs as many bits more
        sizes = [
            x.denominator.bit_length() - x.numerator.bit_length()
            for x in near[: 1 + (self.kind == "logistic")]
        ]
        more = max(0, *sizes) + 2
        found = self.value(Interval.around(kappa, kappa, bits + more))
        return Interval(found.low >> more, -(-found.high >> more), bits)

    def exponent(self, z: Fraction) -> Fraction:
        """Return the largest t of the e^t that the loss of a fit and its slope are made of."""
        signed = {"poisson": z, "exponential": -self.y * z}
        return signed.get(self.kind, Fraction(0))

    def exp(self, x: Fraction, bits: int) -> Interval:
        """Return e^x."""
        return exponential(Interval.around(x, x, bits), self.tick)

    def raised(
        self, x: Fraction, exponent: Fraction, share: Fraction
    ) -> Fraction | Enclosed:
        """Return ``share x^exponent`` for ``x >= 0`` and an exponent > 0."""
        a, b = exponent.numerator, exponent.denominator
        over, under = (floor_root(t, b, self.tick) for t in (x.numerator, x.denominator))
        if over**b == x.numerator and under**b == x.denominator:
            return share * Fraction(over, under) ** a
        return Of(self, "_power", (x, exponent, share))

    def _power(
        self, x: Fraction, exponent: Fraction, share: Fraction, bits: int
    ) -> Interval:
        own = Interval.around(x, x, bits)
        if own.low > 0:
            return self.power(own, exponent) * share
        most = self.power(Interval(1, own.high, bits), exponent).high
        return Interval(0, most, bits) * share


@dataclass(frozen=True)
class Of:
    """A number that a curve encloses to as many bits as are asked: equal ones are one number."""

    curve: Curve
    name: str
    at: tuple[Fraction, ...]

    def __call__(self, bits: int) -> Interval:
        """Return an interval around it."""
        found: Interval = getattr(self.curve, self.name)(*self.at, bits)
        return found


# ---- of an exact kappa


def logarithms(field: Field) -> LogField:
    """Return the field, which has logarithms."""
    if not isinstance(field, LogField):
        raise Refuted("field", "has no logarithms")
    return field


def planted_parts(
    kind: str, y: Fraction, w: Fraction, kappa: Scalar
) -> tuple[Fraction, Fraction]:
    """Return t, and the number ``1 - t`` or 1 beside it, whose logarithms are the fit's."""
    if not isinstance(kappa, Fraction):
        raise Refuted(DUAL, "the fit of kappa is no combination of logarithms")
    if kind == "poisson":
        return y - kappa / w, Fraction(1)
    t = y * kappa / w
    return t, 1 - t if kind == "logistic" else Fraction(1)


def planted_fit(field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar) -> Scalar:
    """Return the fit of a kappa (general §3)."""
    t, rest = planted_parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    z = ln(t, DUAL) - ln(rest, DUAL)
    return z if kind == "poisson" else z * -y


def planted_conjugate(
    field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar
) -> Scalar:
    """Return ``l*(-kappa)``."""
    t, rest = planted_parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    if kind == "logistic":
        return (ln(t, DUAL) * t + ln(rest, DUAL) * rest) * w
    return (ln(t, DUAL) * t - t) * w


def raised(x: Scalar, exponent: int) -> Scalar:
    """Return a positive power."""
    found = x
    for _ in range(exponent - 1):
        found = found * x
    return found


def power_fit(
    field: Field,
    sample: Sample,
    kappa: Scalar,
    read: Json,
) -> Scalar:
    """Return the fit of a kappa, as it is stated."""
    _, y, w, p = sample
    z = field.number(array(read, INTERVALS, 2)[0], INTERVALS)
    side, gap = sign(kappa), y - z
    require(sign(gap) == side, INTERVALS, "a fit is on the other side of its label")
    if side:
        field.tick()
        r, s = (p - 1).numerator, p.denominator
        apart = raised(side * gap, r) * w**s - raised(side * kappa, s)
        require(zero(apart), INTERVALS, "a fit is not that of kappa")
    return z


def power_conjugate(sample: Sample, kappa: Scalar, z: Scalar) -> Scalar:
    """Return ``l*(-kappa) = -kappa z - w |z - y|^p / p`` at the fit z of kappa."""
    _, y, _, p = sample
    return -1 * kappa * (z + (y - z) * (1 / p))
