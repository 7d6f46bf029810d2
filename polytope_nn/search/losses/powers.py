"""What kappa seems to be where the loss is a power: guesses, which the caller proves."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.recognise import guess_field
from polytope_nn.exact.scalar import Scalars
from polytope_nn.problems.losses.smooth import Power, Smooth, signed_power

__all__ = ["of_powers"]

_RESIDUALS = 6  # of a field of residuals: a cube root of a square root
_SIMPLE = 1000  # the largest denominator of a kappa that few bits may show
_CLOSE = Fraction(1, 10**6)  # of its largest entry: how near they are


def of_powers(rows: Sequence[Smooth | None], kappa: Balls) -> Iterator[Scalars]:
    """Yield what kappa seems to be where curves of samples are powers; else nothing."""
    if any(isinstance(row, Power) for row in rows):
        yield from _by_residuals(rows, kappa)
        yield from _roughly(kappa)


def _by_residuals(rows: Sequence[Smooth | None], kappa: Balls) -> Iterator[Scalars]:
    """Yield what kappa seems to be where all are powers p above 2, p an integer.

    The residuals ``r = |kappa|^(1/(p-1))`` are sought in one field: then kappa is in it, too.
    """
    curves = [row for row in rows if isinstance(row, Power)]
    if len(curves) < len(kappa) or curves[0].p.denominator > 1:
        return
    step = int(curves[0].p) - 1
    balls = []
    for row, t in zip(curves, kappa, strict=True):
        r = signed_power(t / row.weight, Fraction(1, step))
        if not isinstance(r, Ball):
            return
        balls.append(r)
    guess = guess_field(balls, max_degree=_RESIDUALS)
    if guess is not None:
        yield tuple(
            signed_power(r, Fraction(step)) * row.weight
            for row, r in zip(curves, guess[1], strict=True)
        )


def _roughly(kappa: Balls) -> Iterator[Scalars]:
    """Yield small fractions near kappa: few bits are known where a power's label is fitted.

    Newton's method is slow where a curve is flat.
    """
    middle = [t.midpoint for t in kappa]
    near = tuple(t.limit_denominator(_SIMPLE) for t in middle)
    close = _CLOSE * max(map(abs, middle), default=Fraction(0))
    if all(abs(s - t) <= close for s, t in zip(near, middle, strict=True)):
        yield near
