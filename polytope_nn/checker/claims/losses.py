"""Losses other than the squared one: the fits that belong to a kappa, and the dual value.

Of one sample with label y, weight w and parameter p the loss is said by its kind. ``ends`` is
the interval of the z with ``-kappa`` in its subdifferential, ``conjugate`` its ``l*(-kappa)``;
``t = y kappa`` for labels 1 and -1 (general §3; proofs/losses.md has each line).
"""

from fractions import Fraction

from ..kernel.numbers import Scalar, sign, zero
from ..kernel.reading import require

PARAMETERS = {  # what the samples have beside label and weight
    "absolute": "",
    "huber": "delta",
    "quantile": "tau",
    "epsilon_insensitive": "epsilon",
    "hinge": "",
    "squared_hinge": "",
    "tolerance": "epsilon",
    "margin": "",
}
CURVES = {"logistic": "", "exponential": "", "poisson": "", "power": "p"}  # in intervals
LARGEST = 16  # numerator and denominator of a power
LABELLED = {"squared", "interpolation"}  # one fit for every kappa
SIGNED = {"hinge", "squared_hinge", "margin"}
Ends = tuple[Scalar | None, Scalar | None]


def short(p: Fraction) -> bool:
    """Return whether a power is of numbers that are raised to within reason."""
    return max(p.numerator, p.denominator) <= LARGEST


def proper(kind: str, y: Scalar, w: Scalar, p: Scalar) -> bool:
    """Return whether label, weight and parameter are those of a loss of the kind."""
    if kind in {*SIGNED, "logistic", "exponential"} and y not in (1, -1):
        return False
    if kind == "poisson" and y < 0:
        return False
    if kind == "power":
        return bool(w > 0 and p > 1)
    if kind == "quantile" and not 0 < p < 1:
        return False
    return bool(w > 0 and (kind != "huber" or p > 0) and p >= 0)


def ends(kind: str, y: Fraction, w: Fraction, p: Fraction, kappa: Scalar) -> Ends:
    """Return l and u of a sample, None where there is none; kappa must have a fit."""
    if kind in SIGNED:
        low, high = _of_t(kind, w, kappa if y > 0 else -1 * kappa)
        if y > 0:
            return low, high
        return (
            None if high is None else -1 * high,
            None if low is None else -1 * low,
        )
    tops = dict.fromkeys(("tolerance", *LABELLED)) | {"huber": w * p, "quantile": w * p}
    top = tops.get(kind, w)
    bottom = w * (p - 1) if kind == "quantile" else (None if top is None else -top)
    above = 1 if top is None else sign(top - kappa)
    below = 1 if bottom is None else sign(kappa - bottom)
    require(above >= 0 and below >= 0, "claims.dual", "kappa is outside the loss's domain")
    if kind in LABELLED:
        z = y if kind == "interpolation" else y - kappa * (1 / w)
        return z, z
    shift = p if kind in ("huber", "epsilon_insensitive", "tolerance") else Fraction(0)
    low, high = y - shift, y + shift
    if above == 0 or below == 0:
        return (None, low) if above == 0 else (high, None)
    if kind == "huber":
        z = y - kappa * (1 / w)
        return z, z
    side = sign(kappa)
    return high if side < 0 else low, low if side > 0 else high


def is_point(interval: Ends) -> bool:
    """Return whether an interval is one number."""
    low, high = interval
    return low is not None and high is not None and zero(high - low)


def _of_t(kind: str, w: Fraction, t: Scalar) -> Ends:
    """Return the interval of ``yz`` of a loss of ``yz`` alone."""
    positive = sign(t)
    require(positive >= 0, "claims.dual", "kappa is outside the loss's domain")
    one = Fraction(1)
    if positive == 0:
        return one, None
    if kind == "margin":
        return one, one
    if kind == "squared_hinge":
        z = 1 - t * (1 / w)
        return z, z
    over = sign(w - t)
    require(over >= 0, "claims.dual", "kappa is outside the loss's domain")
    return (None, one) if over == 0 else (one, one)


def conjugate(kind: str, y: Fraction, w: Fraction, p: Fraction, kappa: Scalar) -> Scalar:
    """Return ``l*(-kappa)`` for a kappa that has a fit."""
    if kind in SIGNED:
        t = kappa if y > 0 else -1 * kappa
        square = t * t * (1 / (2 * w)) if kind == "squared_hinge" else Fraction(0)
        return square - t
    size = kappa if sign(kappa) >= 0 else -1 * kappa
    if kind in {"huber", "squared"}:
        return kappa * kappa * (1 / (2 * w)) - kappa * y
    spread = p if kind in ("epsilon_insensitive", "tolerance") else Fraction(0)
    return size * spread - kappa * y
