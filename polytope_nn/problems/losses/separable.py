"""Losses that are sums over the samples, one graph each (general §§1, 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, cast

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import project_out
from polytope_nn.exact.radical import enclosure, exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.recognise import powers
from polytope_nn.exact.scalar import Scalar, Scalars

from .graphs import Graph, Slope
from .quadratic import ExactFit, SquaredLoss
from .smooth import Power, Smooth

__all__ = ["Interval", "Loss", "SeparableLoss", "rows_of"]

_BITS = 200  # to which an irrational kappa is rounded
_LONG = 60  # bits of a denominator, beyond which a kappa is rounded
_DIGITS = 120  # of the largest kappa, to which the others are rounded
Interval: TypeAlias = tuple[Scalar | None, Scalar | None]


@dataclass(frozen=True)
class SeparableLoss:
    """A loss of a kind: ``rows`` has the graph of each sample.

    Labels y and weights have shape (n,); ``parameter`` is the name of what the kind is given
    beside them ("" for nothing), ``values`` has one for each sample.
    """

    kind: str
    y: Vector
    weights: Vector
    rows: tuple[Graph | Smooth, ...]
    parameter: str = ""
    values: Vector = ()

    @property
    def is_finite(self) -> bool:
        """Whether every fit has a finite loss."""
        return self.kind not in {"tolerance", "margin"}

    def interval(self, kappa: Scalars) -> tuple[Interval, ...]:
        """Return ``Z(kappa)``, the fits that belong to kappa: n pairs, None where unbounded.

        Those of one loss and one number are one object, so that balls are told to be one number.

        Raises
        ------
        NotOptimal
            When an entry of kappa is outside the domain: no fit belongs to it.
        """
        found = []
        known: dict[object, Interval | None] = {}
        for k, (row, t) in enumerate(zip(self.rows, kappa, strict=True), 1):
            key = (row, t) if isinstance(t, Fraction | Algebraic) else k
            if key not in known:
                known[key] = row.interval(t)
            ends = known[key]
            if ends is None:
                low, high = (_shown(end) for end in row.domain)
                closed = "[]" if isinstance(row, Graph) else "()"
                raise NotOptimal(
                    f"kappa, entry {k}: {exactly(t)} is outside "
                    f"{closed[0]}{low}, {high}{closed[1]}, where the {self.kind} loss of "
                    f"its label has fits"
                )
            found.append(ends)
        if any(isinstance(low, Ball) for low, _ in found):
            return self._in_one_field(kappa) or tuple(found)
        return tuple(found)

    def _in_one_field(self, kappa: Scalars) -> tuple[Interval, ...] | None:
        """Return the fits of a power of rational kappa, in one number field where they are."""
        rows = [row for row in self.rows if isinstance(row, Power)]
        exact = [t for t in kappa if isinstance(t, Fraction)]
        if len(rows) < len(self.rows) or len(exact) < len(kappa):
            return None
        sizes = tuple(abs(t) / row.weight for row, t in zip(rows, exact, strict=True))
        roots = powers(sizes, 1 / (rows[0].p - 1))
        if roots is None:
            return None
        triples = zip(self.y, exact, roots, strict=True)
        fits = (y - r if t > 0 else y + r for y, t, r in triples)
        return tuple((z, z) for z in fits)

    def conjugate(self, kappa: Scalars) -> Scalar:
        """Return ``L*(-kappa)``, for a kappa in the domain.

        Of a power with the residual r it is ``-kappa z - |kappa| r/p``, in the field of the fits.
        """
        total: Scalar = Fraction(0)
        if all(isinstance(row, Power) for row in self.rows):
            p = self.values[0]
            for (z, _), y, t in zip(self.interval(kappa), self.y, kappa, strict=True):
                assert z is not None  # a power has one fit
                total = total - t * z - t * (y - z) / p
            return total
        for row, t in zip(self.rows, kappa, strict=True):
            total = total + row.conjugate(t)
        return total

    def value(self, z: Scalars) -> Scalar | None:
        """Return the loss of a fit; None where it is infinite."""
        total: Scalar = Fraction(0)
        for row, t in zip(self.rows, z, strict=True):
            part = _value(row, t)
            if part is None:
                return None
            total = total + part
        return total

    def near_gradient(self, z: Scalars, free: Sequence[Vector]) -> Vector:
        """Return a rational kappa near minus the gradient at z, with ``Z'kappa = 0``.

        Where independent free columns move it out of the domain it is scaled into it again, which
        may leave 0; a finite loss.
        """
        found: list[Fraction] = []
        for row, t in zip(self.rows, z, strict=True):
            near = t.midpoint if isinstance(t, Ball) else t
            ends = row.kappas(near) or ()
            known = [
                sum(enclosure(x, _BITS), Fraction(0)) / 2 for x in ends if x is not None
            ]
            found.append(sum(known, Fraction(0)) / len(known))
        found = [
            _clipped(t, *row.domain)
            for t, row in zip(_short(found), self.rows, strict=True)
        ]
        kappa = cast("Vector", project_out(free, found)) if free else tuple(found)
        pairs = zip(kappa, self.rows, strict=True)
        t = min(_share(k, *row.domain) for k, row in pairs)
        kappa = tuple(t * k for k in kappa)
        try:
            self.interval(kappa)
        except NotOptimal:
            return (Fraction(0),) * len(found)
        return kappa

    @property
    def is_piecewise(self) -> bool:
        """Whether every graph is a chain of flats and slopes."""
        return all(isinstance(row, Graph) for row in self.rows)


def _short(x: Sequence[Fraction]) -> list[Fraction]:
    """Return fractions near others: these themselves where short, else of one denominator.

    So a sum over many samples stays short.

    >>> _short([Fraction(1, 3), Fraction(3**99, 5**99)])[0]
    Fraction(1, 3)
    """
    largest = max(map(abs, x), default=Fraction(0))
    place = _DIGITS - largest.numerator.bit_length() + largest.denominator.bit_length()
    unit = Fraction(2) ** place
    return [
        t if t.denominator < 1 << _LONG else Fraction(round(t * unit)) / unit for t in x
    ]


Loss: TypeAlias = SquaredLoss | ExactFit | SeparableLoss


def rows_of(loss: Loss) -> tuple[Graph | Smooth, ...]:
    """Return the graph of each sample, whatever the loss is.

    >>> one = (Fraction(1),)
    >>> rows_of(ExactFit(one))[0].interval(Fraction(7))
    (Fraction(1, 1), Fraction(1, 1))
    """
    if isinstance(loss, SeparableLoss):
        return loss.rows
    pairs = zip(loss.y, loss.inverse_weights, strict=True)
    return tuple(Graph((Slope(y, t, None, None),)) for y, t in pairs)


def _value(row: Graph | Smooth, z: Scalar) -> Scalar | None:
    """Return the loss of a fit; over a ball that reaches several pieces, a ball.

    It is convex: largest at an end, and least there or, where the ball has them, at the fits of
    ``kappa = 0``.

    >>> from .kinds import absolute
    >>> z = _value(absolute(*map(Fraction, (3, 1, 0))), Ball.from_interval(2, 5))
    >>> round(float(z.lower), 6), round(float(z.upper), 6)
    (-0.0, 2.0)
    """
    try:
        return row.value(z)
    except Undecided:
        if not isinstance(z, Ball):
            raise
    ends = [row.value(z.lower), row.value(z.upper)]
    low, high = row.interval(Fraction(0)) or (None, None)
    beside = (low is not None and bool(low > z.upper)) or (
        high is not None and bool(high < z.lower)
    )
    known = [enclosure(t, _BITS) for t in ends if t is not None]
    if len(known) < len(ends):
        raise Undecided("whether every fit of the box has a finite loss: narrow the box")
    least = min(low for low, _ in known) if beside else Fraction(0)
    return Ball.from_interval(
        max(least, Fraction(0)), max(h for _, h in known), z.precision
    )


def _clipped(x: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    x = x if high is None else min(x, high)
    return x if low is None else max(x, low)


def _share(x: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return the largest ``t <= 1`` with ``low <= t x <= high``; 0 is between these.

    >>> one = Fraction(1)
    >>> [str(_share(x * one, -one, None)) for x in (2, -1, -3)]
    ['1', '1', '1/3']
    """
    if high is not None and x > high:
        return high / x
    return low / x if low is not None and x < low else Fraction(1)


def _shown(end: Fraction | None) -> str:
    return "unbounded" if end is None else str(end)
