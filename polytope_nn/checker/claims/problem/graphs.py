"""The graph of a loss: the pairs (kappa, z) with ``-kappa`` in the subdifferential at z.

Of one sample with label y, weight w and parameter p the loss is said by its kind: by the pieces of
its graph in the order of ascending kappa (general §3; proofs/losses.md has each line). Of a *slope*
the fit is ``at - inverse kappa`` with kappa between two ends, of a *flat* kappa is ``at`` and the
fit between two ends; None is no end. A smooth loss is one *curve*, ``z = zeta(kappa)``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Interval
from ...kernel.numbers import Field, Scalar, sign, zero
from ...kernel.reading import Json, require
from .curves import Curve, Sample
from .planted import planted_conjugate, planted_fit, power_conjugate, power_fit

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

    def fit(self, kappa: Scalar) -> Scalar:
        """Return z of a kappa."""
        return self.at - kappa * self.inverse


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


@dataclass
class Rest(Slope):
    """The point ``kappa = 0, z = at`` of the curve of a power, where its power has no derivative.

    In the system it is a slope of 1 through the point: where kappa is proved 0, z is ``at``.
    """

    name = "rest"


Piece: TypeAlias = Slope | Flat | Curve


def value(piece: Slope | Curve, sample: Sample, kappa: Interval) -> Interval:
    """Return ``l*(-kappa)``: of a slope its value at a rational point of it, continued."""
    if isinstance(piece, Curve):
        return piece.value(kappa)
    if isinstance(piece, Rest):
        return Interval(0, 0, kappa.bits)
    start = next((t for t in (piece.low, piece.high) if t is not None), ZERO)
    moved = kappa - start
    bent = moved * (kappa + start) * (piece.inverse / 2)
    return bent - moved * piece.at + Fraction(conjugate(*sample, start))


def between(x: Interval, low: End, high: End) -> bool:
    """Return whether x is proved to lie strictly between two ends."""
    above = low is None or (x - low).sign == 1
    return above and (high is None or (x - high).sign == -1)


def graph(
    kind: str, y: Fraction, w: Fraction, p: Fraction, tick: Callable[[], None]
) -> list[Piece]:
    """Return the pieces of the graph of a sample's loss."""
    if kind in CURVES:
        return [Curve(kind, y, w, p, tick)]
    return [*polyhedral(kind, y, w, p)]


# ---- of exact numbers


def within(x: Scalar, low: Scalar | None, high: Scalar | None) -> bool:
    """Return whether a number lies between two ends, or is one of them."""
    return (low is None or sign(x - low) >= 0) and (high is None or sign(high - x) >= 0)


def ends(kind: str, y: Fraction, w: Fraction, p: Fraction, kappa: Scalar) -> Ends:
    """Return l and u of a sample, None where there is none; kappa must have a fit."""
    found: list[Ends] = []
    for piece in polyhedral(kind, y, w, p):
        if isinstance(piece, Flat):
            if zero(kappa - piece.at):
                return piece.low, piece.high
        elif within(kappa, piece.low, piece.high):
            z = piece.fit(kappa)
            found.append((z, z))
    require(found, "claims.dual", "kappa is outside the loss's domain")
    return found[0]


def multipliers(sample: Sample, z: Fraction) -> list[Fraction]:
    """Return the kappas that a fit belongs to, or the ends of these."""
    found: list[Fraction] = []
    for piece in polyhedral(*sample):
        if isinstance(piece, Flat):
            found += [piece.at] * within(z, piece.low, piece.high)
        elif not piece.inverse:
            both = (piece.low, piece.high)
            found += [t for t in both if t is not None and z == piece.at]
        else:
            t = (piece.at - z) / piece.inverse
            found += [t] * within(t, piece.low, piece.high)
    return found


def height(sample: Sample, z: Fraction) -> Fraction:
    """Return the loss of a fit z of a finite loss: ``-l*(-kappa) - kappa z`` of its kappa."""
    kappa = multipliers(sample, z)[0]
    return Fraction(-conjugate(*sample, kappa)) - kappa * z


def rise(sample: Sample, z: Fraction, side: int) -> Fraction:
    """Return the slope of the loss at z, of a kink below it (side -1) or above (1)."""
    found = multipliers(sample, z)
    return -max(found) if side < 0 else -min(found)


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
