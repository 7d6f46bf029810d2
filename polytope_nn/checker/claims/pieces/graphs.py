"""The graph of the loss of a sample: pieces in the order of ascending kappa (general §3).

Of a *slope* the fit is ``at - inverse kappa`` with kappa between two ends, of a *flat* kappa is
``at`` and the fit between two ends; of a *curve* the fit is ``zeta(kappa)``. None is no end.
``l*(-kappa)`` is continuous and has the derivative -z (proofs/curves.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Interval
from ...kernel.logarithms import logarithm, power
from ...kernel.reading import require
from ..losses import CURVES, conjugate

End: TypeAlias = Fraction | None
Sample: TypeAlias = tuple[
    str, Fraction, Fraction, Fraction
]  # kind, label, weight, parameter
ZERO = Fraction(0)
WHERE = "claims.optimum"


@dataclass
class Slope:
    """``z = at - inverse kappa`` for kappa between low and high."""

    at: Fraction
    inverse: Fraction
    low: End
    high: End
    name = "slope"

    def value(self, sample: Sample, kappa: Interval) -> Interval:
        """Return ``l*(-kappa)``: its value at a rational point of the piece, continued."""
        start = next((t for t in (self.low, self.high) if t is not None), ZERO)
        known = Fraction(conjugate(*sample, start))
        moved = kappa - start
        bent = moved * (kappa + start) * (self.inverse / 2)
        return bent - moved * self.at + known


@dataclass
class Flat:
    """``kappa = at`` for z between low and high."""

    at: Fraction
    low: End
    high: End
    name = "flat"


@dataclass
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

    def inner(self, kappa: Interval) -> Interval:
        """Return what logarithms and powers are taken of; it must be proved positive."""
        if self.kind == "poisson":
            return self.y - kappa * (1 / self.w)
        if self.kind == "power":
            side = kappa.sign
            require(side in {1, -1}, WHERE, "the sign of kappa is not proved")
            return kappa * ((side or 0) / self.w)
        return kappa * (self.y / self.w)

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

    def still(self) -> End:
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


@dataclass
class Rest(Slope):
    """The point ``kappa = 0, z = at`` of the curve of a power, where its power has no derivative.

    In the system it is a slope of 1 through the point: where kappa is proved 0, z is ``at``.
    """

    name = "rest"

    def value(self, sample: Sample, kappa: Interval) -> Interval:
        """Return ``l*(0) = 0``."""
        del sample
        return Interval(0, 0, kappa.bits)


Piece: TypeAlias = Slope | Flat | Curve


def graph(
    kind: str, y: Fraction, w: Fraction, p: Fraction, tick: Callable[[], None]
) -> list[Piece]:
    """Return the pieces of the graph of a sample's loss."""
    if kind in CURVES:
        return [Curve(kind, y, w, p, tick)]
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
    found: list[Piece] = []
    if bottom is not None:
        found.append(Flat(bottom, y + outer, None))
    if kind in {"epsilon_insensitive", "tolerance"}:
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


def _of_t(kind: str, y: Fraction, w: Fraction) -> list[Piece]:
    """Return the pieces of a loss of yz: those of the label 1, or their mirror image."""
    top = w if kind == "hinge" else None
    inverse = 1 / w if kind == "squared_hinge" else ZERO
    one = Fraction(1)
    found: list[Piece] = [Flat(ZERO, one, None), Slope(one, inverse, ZERO, top)]
    if top is not None:
        found.append(Flat(top, None, one))
    return found if y > 0 else [_mirrored(piece) for piece in reversed(found)]


def _mirrored(piece: Piece) -> Piece:
    """Return a piece with the signs of kappa and z turned."""

    def turned(end: End) -> End:
        return None if end is None else -end

    if isinstance(piece, Flat):
        return Flat(-piece.at, turned(piece.high), turned(piece.low))
    if isinstance(piece, Slope):
        return Slope(-piece.at, piece.inverse, turned(piece.high), turned(piece.low))
    return piece
