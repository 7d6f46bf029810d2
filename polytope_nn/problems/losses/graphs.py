"""The graph of a loss that is piecewise linear or quadratic, sample by sample (general §3).

In the order of ascending kappa a graph is a chain of pieces: *flats*, where kappa is fixed and
z runs through an interval (a linear part of the loss), and *slopes*, where ``z = at - inverse
kappa`` (a quadratic part, or with ``inverse = 0`` a kink). All these losses have the least value
0, so ``l*(-kappa) = -integral of z`` from 0 to kappa.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import Scalar

__all__ = ["End", "Flat", "Graph", "Piece", "Slope"]

End: TypeAlias = Fraction | None  # an end of an interval; None where it has none

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Flat:
    """``kappa = at`` for every z in ``[low, high]``; None is no end."""

    at: Fraction
    low: End
    high: End


@dataclass(frozen=True)
class Slope:
    """``z = at - inverse kappa`` for kappa in ``[low, high]``; None is no end."""

    at: Fraction
    inverse: Fraction
    low: End
    high: End

    def fit(self, kappa: Scalar) -> Scalar:
        """Return the z of a kappa."""
        return self.at - kappa * self.inverse if self.inverse else self.at


Piece: TypeAlias = Flat | Slope


@dataclass(frozen=True)
class Graph:
    """The graph of one sample's loss, its pieces in the order of ascending kappa."""

    pieces: tuple[Piece, ...]

    @property
    def domain(self) -> tuple[End, End]:
        """The interval of the kappa that there are."""
        first, last = self.pieces[0], self.pieces[-1]
        low = first.at if isinstance(first, Flat) else first.low
        high = last.at if isinstance(last, Flat) else last.high
        return low, high

    def interval(self, kappa: Scalar) -> "tuple[Scalar | None, Scalar | None] | None":
        """Return the fits ``[l, u]`` of a kappa; None outside the domain.

        >>> absolute = Graph((Flat(Fraction(-1), Fraction(2), None),
        ...                   Slope(Fraction(2), Fraction(0), Fraction(-1), Fraction(1)),
        ...                   Flat(Fraction(1), None, Fraction(2))))
        >>> absolute.interval(Fraction(0)), absolute.interval(Fraction(1))
        ((Fraction(2, 1), Fraction(2, 1)), (None, Fraction(2, 1)))
        """
        for piece in self.pieces:
            if isinstance(piece, Flat) and kappa == piece.at:
                return piece.low, piece.high
        for piece in self.pieces:
            if isinstance(piece, Slope) and _within(kappa, piece.low, piece.high):
                z = piece.fit(kappa)
                return z, z
        return None

    def kappas(self, z: Scalar) -> tuple[Scalar | None, Scalar | None] | None:
        """Return the interval of kappa with ``-kappa`` a subgradient at z; None if none is."""
        found = [ends for p in self.pieces if (ends := _kappas(p, z)) is not None]
        if not found:
            return None
        lows, highs = zip(*found, strict=True)
        low = None if None in lows else min(lows)
        high = None if None in highs else max(highs)
        return low, high

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return ``l*(-kappa) = -integral of z from 0 to kappa``; kappa in the domain."""
        for piece in self.pieces:
            if isinstance(piece, Slope) and _around_0(piece, kappa):  # whatever its sign
                return piece.inverse * kappa * kappa / 2 - piece.at * kappa
        side = 1 if kappa > 0 else -1
        total: Scalar = _ZERO
        for piece in self.pieces:
            if isinstance(piece, Flat):
                continue
            low, high = (piece.low, piece.high) if side > 0 else (piece.high, piece.low)
            # the part of the piece between 0 and kappa, from a to b
            a = _ZERO if low is None or side * low < 0 else low
            b = kappa if high is None or side * (kappa - high) < 0 else high
            if side * (b - a) > 0:
                total -= piece.at * (b - a) - piece.inverse * (b * b - a * a) / 2
        return total

    def value(self, z: Scalar) -> Scalar | None:
        """Return the loss of a fit; None where it is infinite."""
        found = self.kappas(z)
        if found is None:
            return None
        kappa = next((t for t in found if t is not None), _ZERO)  # any will do
        return -(kappa * z) - self.conjugate(kappa)


def _within(x: Scalar, low: "Scalar | None", high: "Scalar | None") -> bool:
    return (low is None or not x < low) and (high is None or not x > high)


def _around_0(piece: Slope, kappa: Scalar) -> bool:
    """Return whether 0 and a ball around it, if kappa is one, are inside of a slope."""
    low, high = piece.low, piece.high
    if not isinstance(kappa, Ball) or _ZERO not in kappa:
        return False
    return (low is None or (low < 0 and bool(kappa > low))) and (
        high is None or (high > 0 and bool(kappa < high))
    )


def _kappas(piece: Piece, z: Scalar) -> tuple[Scalar | None, Scalar | None] | None:
    """Return the kappa of a piece at a fit z."""
    if isinstance(piece, Flat):
        return (piece.at, piece.at) if _within(z, piece.low, piece.high) else None
    if not piece.inverse:
        return (piece.low, piece.high) if z == piece.at else None
    kappa = (piece.at - z) / piece.inverse
    return (kappa, kappa) if _within(kappa, piece.low, piece.high) else None


def chain(pieces: Sequence[Piece]) -> Graph:
    """Return the graph of pieces; slopes of no length are left out."""
    kept = [p for p in pieces if isinstance(p, Flat) or p.low is None or p.low != p.high]
    return Graph(tuple(kept))
