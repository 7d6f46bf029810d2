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
from ..losses import CURVES, conjugate
from ..problem.curves import Curve

End: TypeAlias = Fraction | None
Sample: TypeAlias = tuple[
    str, Fraction, Fraction, Fraction
]  # kind, label, weight, parameter
ZERO = Fraction(0)


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


def _of_t(kind: str, y: Fraction, w: Fraction) -> list[Piece]:
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
    turned = found if y > 0 else [_mirrored(piece) for piece in reversed(found)]
    return [*turned]


def _mirrored(piece: Slope | Flat) -> Slope | Flat:
    """Return a piece with the signs of kappa and z turned."""

    def turned(end: End) -> End:
        return None if end is None else -end

    if isinstance(piece, Flat):
        return Flat(-piece.at, turned(piece.high), turned(piece.low))
    return Slope(-piece.at, piece.inverse, turned(piece.high), turned(piece.low))
