"""Losses other than the squared one: the fits that belong to a kappa, and the dual value.

Of one sample with label y, weight w and parameter p the loss is said by its kind: by the graph
of the pairs (kappa, z) with ``-kappa`` in the subdifferential at z, piece by piece (general §3;
proofs/losses.md has each line). Of a *slope* the fit is ``at - inverse kappa`` with kappa between
two ends, of a *flat* kappa is ``at`` and the fit between two ends; None is no end.

Of logistic, exponential and Poisson losses of a rational kappa fits are logarithms, exactly. Of
powers ``w |z - y|^p / p`` with ``p - 1 = r/s`` they are stated, and multiplied out: ``-kappa`` is
in the subdifferential at z iff ``y - z`` has the sign of kappa and ``w^s |y - z|^r = |kappa|^s``.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ..kernel.logarithms import LogField
from ..kernel.numbers import Field, Scalar, sign, zero
from ..kernel.reading import Json, Refuted, array, require

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
SIGNED = {"hinge", "squared_hinge", "margin"}
CLASSES = SIGNED | {"logistic", "exponential"}  # labels 1 and -1, one a sample
Ends = tuple[Scalar | None, Scalar | None]
End: TypeAlias = Fraction | None
Sample: TypeAlias = tuple[
    str, Fraction, Fraction, Fraction
]  # kind, label, weight, parameter
ZERO = Fraction(0)


def short(p: Fraction) -> bool:
    """Return whether a power is of numbers that are raised to within reason."""
    return max(p.numerator, p.denominator) <= LARGEST


def proper(kind: str, y: Scalar, w: Scalar, p: Scalar) -> bool:
    """Return whether label, weight and parameter are those of a loss of the kind."""
    if kind in CLASSES and y not in (1, -1):
        return False
    if kind == "poisson" and y < 0:
        return False
    if kind == "power":
        return bool(w > 0 and p > 1)
    if kind == "quantile" and not 0 < p < 1:
        return False
    return bool(w > 0 and (kind != "huber" or p > 0) and p >= 0)


@dataclass
class Slope:
    """``z = at - inverse kappa`` for kappa between low and high."""

    at: Fraction
    inverse: Fraction
    low: End
    high: End
    name = "slope"


@dataclass
class Flat:
    """``kappa = at`` for z between low and high."""

    at: Fraction
    low: End
    high: End
    name = "flat"


def polyhedral(kind: str, y: Fraction, w: Fraction, p: Fraction) -> list[Slope | Flat]:
    """Return the pieces of the graph of a loss that is no curve, kappa ascending."""
    if kind in {"squared", "interpolation"}:
        return [Slope(y, 1 / w if kind == "squared" else ZERO, None, None)]
    if kind in {"hinge", "squared_hinge", "margin"}:
        return _of_t(kind, y, w)
    inner = p if kind in {"epsilon_insensitive", "tolerance"} else ZERO
    bottom, top = {
        "huber": (-w * p, w * p),
        "quantile": (w * (p - 1), w * p),
        "tolerance": (None, None),
    }.get(kind, (-w, w))
    outer = p if kind in {"huber", "epsilon_insensitive"} else ZERO
    found: list[Slope | Flat] = []
    if bottom is not None:
        found.append(Flat(bottom, y + outer, None))
    if inner:
        found += [
            Slope(y + inner, ZERO, bottom, ZERO),
            Flat(ZERO, y - inner, y + inner),
            Slope(y - inner, ZERO, ZERO, top),
        ]
    else:
        found.append(Slope(y, 1 / w if kind == "huber" else ZERO, bottom, top))
    if top is not None:
        found.append(Flat(top, None, y - outer))
    return found


def _of_t(kind: str, y: Fraction, w: Fraction) -> list[Slope | Flat]:
    """Return the pieces of a loss of yz: those of the label 1, or their mirror image."""
    top = w if kind == "hinge" else None
    inverse = 1 / w if kind == "squared_hinge" else ZERO
    one = Fraction(1)
    found: list[Slope | Flat] = [
        Flat(ZERO, one, None),
        Slope(one, inverse, ZERO, top),
    ]
    if top is not None:
        found.append(Flat(top, None, one))
    return found if y > 0 else [_mirrored(piece) for piece in reversed(found)]


def _mirrored(piece: Slope | Flat) -> Slope | Flat:
    """Return a piece with the signs of kappa and z turned."""

    def turned(end: End) -> End:
        return None if end is None else -end

    if isinstance(piece, Flat):
        return Flat(-piece.at, turned(piece.high), turned(piece.low))
    return Slope(-piece.at, piece.inverse, turned(piece.high), turned(piece.low))


def ends(kind: str, y: Fraction, w: Fraction, p: Fraction, kappa: Scalar) -> Ends:
    """Return l and u of a sample, None where there is none; kappa must have a fit."""
    within: list[Ends] = []
    for piece in polyhedral(kind, y, w, p):
        if isinstance(piece, Flat):
            if zero(kappa - piece.at):
                return piece.low, piece.high
            continue
        above = piece.low is None or sign(kappa - piece.low) >= 0
        if above and (piece.high is None or sign(piece.high - kappa) >= 0):
            z = piece.at - kappa * piece.inverse
            within.append((z, z))
    require(within, "claims.dual", "kappa is outside the loss's domain")
    return within[0]


def multipliers(sample: Sample, z: Fraction) -> list[Fraction]:
    """Return the kappas that a fit belongs to, or the ends of these."""
    found: list[Fraction] = []
    for piece in polyhedral(*sample):
        if isinstance(piece, Flat):
            above = piece.low is None or piece.low <= z
            found += [piece.at] * (above and (piece.high is None or z <= piece.high))
        elif not piece.inverse:
            both = (piece.low, piece.high)
            found += [t for t in both if t is not None and z == piece.at]
        else:
            t = (piece.at - z) / piece.inverse
            above = piece.low is None or piece.low <= t
            found += [t] * (above and (piece.high is None or t <= piece.high))
    return found


def value(sample: Sample, z: Fraction) -> Fraction:
    """Return the loss of a fit z of a finite loss: ``-l*(-kappa) - kappa z`` of its kappa."""
    kappa = multipliers(sample, z)[0]
    return Fraction(-conjugate(*sample, kappa)) - kappa * z


def rise(sample: Sample, z: Fraction, side: int) -> Fraction:
    """Return the slope of the loss at z, of a kink below it (side -1) or above (1)."""
    found = multipliers(sample, z)
    return -max(found) if side < 0 else -min(found)


def is_point(interval: Ends) -> bool:
    """Return whether an interval is one number."""
    low, high = interval
    return low is not None and high is not None and zero(high - low)


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


DUAL = "claims.dual"


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


INTERVALS = "claims.intervals"


def raised(x: Scalar, exponent: int) -> Scalar:
    """Return a positive power."""
    found = x
    for _ in range(exponent - 1):
        found = found * x
    return found


def power_fit(field: Field, sample: Sample, kappa: Scalar, read: Json) -> Scalar:
    """Return the fit of a kappa, as it is stated."""
    _, y, w, p = sample
    low, high = array(read, INTERVALS, 2)
    z = field.number(low, INTERVALS)
    require(low == high, INTERVALS, "the ends of the fit of a power are not one")
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


def fits(field: Field, sample: Sample, kappa: Scalar, stated: Json) -> Ends:
    """Return the fits of a sample that belong to kappa; of a power the one that is stated."""
    if sample[0] == "power":
        z = power_fit(field, sample, kappa, stated)
    elif sample[0] in CURVES:
        z = planted_fit(field, *sample[:3], kappa)
    else:
        return ends(*sample, kappa)
    return z, z


def dual(field: Field, sample: Sample, kappa: Scalar, z: Scalar) -> Scalar:
    """Return ``l*(-kappa)`` of any loss, z a fit of kappa."""
    if sample[0] == "power":
        return power_conjugate(sample, kappa, z)
    if sample[0] in CURVES:
        return planted_conjugate(field, *sample[:3], kappa)
    return conjugate(*sample, kappa)
