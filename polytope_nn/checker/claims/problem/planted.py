"""Logistic, exponential and Poisson losses of a rational kappa: fits are logarithms, exactly."""

from fractions import Fraction

from ...kernel.logfield import LogField
from ...kernel.numbers import Field, Scalar
from ...kernel.reading import Refuted

WHERE = "claims.dual"


def logarithms(field: Field) -> LogField:
    """Return the field, which has logarithms."""
    if not isinstance(field, LogField):
        raise Refuted("field", "has no logarithms")
    return field


def parts(kind: str, y: Fraction, w: Fraction, kappa: Scalar) -> tuple[Fraction, Fraction]:
    """Return t, and the number ``1 - t`` or 1 beside it, whose logarithms are the fit's."""
    if not isinstance(kappa, Fraction):
        raise Refuted(WHERE, "the fit of kappa is no combination of logarithms")
    if kind == "poisson":
        return y - kappa / w, Fraction(1)
    t = y * kappa / w
    return t, 1 - t if kind == "logistic" else Fraction(1)


def fit(field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar) -> Scalar:
    """Return the fit of a kappa (general §3)."""
    t, rest = parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    z = ln(t, WHERE) - ln(rest, WHERE)
    return z if kind == "poisson" else z * -y


def conjugate(field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar) -> Scalar:
    """Return ``l*(-kappa)``."""
    t, rest = parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    if kind == "logistic":
        return (ln(t, WHERE) * t + ln(rest, WHERE) * rest) * w
    return (ln(t, WHERE) * t - t) * w
