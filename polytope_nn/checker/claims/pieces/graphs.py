"""The graph of the loss of a sample: pieces in the order of ascending kappa (general §3).

Slopes and flats, or one *curve* whose fit is ``zeta(kappa)``. ``l*(-kappa)`` is continuous and
has the derivative -z (proofs/curves.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Interval
from ..losses import CURVES, ZERO, End, Flat, Sample, Slope, conjugate, polyhedral
from ..problem.curves import Curve


@dataclass
class Rest(Slope):
    """The point ``kappa = 0, z = at`` of the curve of a power, where its power has no derivative.

    In the system it is a slope of 1 through the point: where kappa is proved 0, z is ``at``.
    """

    name = "rest"


Piece: TypeAlias = Slope | Flat | Curve


def value(piece: Slope, sample: Sample, kappa: Interval) -> Interval:
    """Return ``l*(-kappa)`` of a slope: its value at a rational point of it, continued."""
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
