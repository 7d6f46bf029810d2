"""A float solution of a smooth problem made exact to many digits: Newton's method (general §2).

The solver is poor at exponential and power cones. At a fit z a smooth loss is about ``kappa =
h (at - z)``, a squared loss with the same slope and curvature; the optimum with that loss is
the next point. Each step is the conic program of a squared loss, at which the solver is good.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import copysign
from sys import float_info
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.graphs import Graph, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Hint
from polytope_nn.search.programs.conic import ConicInterpolation

from .pieces import Pieces
from .program import LossProgram

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Point", "by_fits", "held", "points", "sensitivity", "tangent"]

_STEPS = 16
_SETTLED = 1e-11  # of kappa, relative to the largest entry
_BITS = 80
_SMOOTH = 2  # the least power with slopes that are smooth
_FIT, _DUAL = 1e-9, 1e-12  # errors of a float solution: a fit's, and kappa's of the largest
_STRAIGHT = Fraction(1, 10**9)  # the least curvature that is taken, in units of the loss's


@dataclass(frozen=True, eq=False)
class Point:
    """A solution in floats, its kappa and the fits of all samples."""

    hint: Hint
    kappa: tuple[float, ...]
    fits: tuple[float, ...]


def points(problem: Problem, program: LossProgram) -> Iterator[Point]:
    """Yield the solution of a program; then, of smooth losses, one that is nearer."""
    point = _read(program, program.hint())
    yield point
    loss = problem.loss
    assert isinstance(loss, SeparableLoss)  # others have programs of their own
    rows = [row for row in loss.rows if isinstance(row, Smooth)]
    if len(rows) < problem.n:
        return
    for _ in range(_STEPS):
        try:
            slopes = [tangent(row, z) for row, z in zip(rows, point.fits, strict=True)]
            near = ConicInterpolation(Pieces(problem, slopes))
            found = _read(near, near.hint())
        except (Undecided, ValueError, OverflowError, ZeroDivisionError):
            break
        moved = max(abs(s - t) for s, t in zip(found.kappa, point.kappa, strict=True))
        each = zip(rows, point.fits, found.fits, found.kappa, strict=True)
        fits = (held(row, z, new, t) for row, z, new, t in each)
        scaled = program.floats([Fraction(t) for t in found.kappa])
        hint = Hint(scaled, _resized(found.hint, near, program), found.hint.fit)
        point = Point(hint, found.kappa, tuple(fits))
        if moved <= _SETTLED * max(map(abs, found.kappa)):
            break
    kappa = by_fits(rows, point.fits, point.kappa)
    scaled = program.floats([Fraction(t) for t in kappa])
    yield Point(replace(point.hint, scaled=scaled), kappa, point.fits)


def _read(program: ConicInterpolation, hint: Hint) -> Point:
    assert hint.fit is not None  # these programs keep the fits of all samples
    kappa = tuple(float(t) for t in program.exact(hint.scaled))
    units = [float(length * program.label_scale) for length in program.lengths]
    fits = (float(z) * u for z, u in zip(hint.fit, units, strict=True))
    return Point(hint, kappa, tuple(fits))


def tangent(row: Smooth, z: float) -> Slope:
    """Return the squared loss with the slope and the curvature of a smooth one at a fit."""
    kappa = row.kappa(Ball.from_rational(Fraction(z), _BITS))
    inverse = _middle(-row.derivative(kappa))
    inverse = min(max(inverse, _STRAIGHT), 1 / _STRAIGHT)
    return Slope(Fraction(z) + _middle(kappa) * inverse, inverse, None, None)


def by_fits(
    rows: Sequence[Smooth | None], fits: Sequence[float], kappa: Sequence[float]
) -> tuple[float, ...]:
    """Return kappa, where a fit tells an entry better than the dual solution that of its fit.

    Samples without a smooth graph keep theirs. The entry of a fit far out is tiny: rounded, it may
    leave the domain of its loss.
    """
    error = _DUAL * max(map(abs, kappa))
    return tuple(
        t if row is None else _by_fit(row, z, t, error)
        for row, z, t in zip(rows, fits, kappa, strict=True)
    )


def sensitivity(row: Smooth, kappa: Fraction) -> float:
    """Return how far a fit moves with kappa, at a kappa inside of the domain."""
    return abs(float(row.derivative(Ball.from_rational(kappa, _BITS))))


def _by_fit(row: Smooth, z: float, kappa: float, error: float) -> float:
    try:
        told = row.kappa(Ball.from_rational(Fraction(z), _BITS))
        inverse = _middle(-row.derivative(told))  # how far a fit moves with kappa
    except (Undecided, ValueError, OverflowError, ZeroDivisionError):
        return kappa
    if inverse * Fraction(error) <= Fraction(_FIT * (1 + abs(z))):
        return kappa
    middle = _middle(told)
    return float(middle) or copysign(float_info.min, middle)


def _middle(x: Scalar) -> Fraction:
    return x.midpoint if isinstance(x, Ball) else Fraction(float(x))


def held(row: Graph | Smooth, z: float, new: float, kappa: float) -> float:
    """Return the new fit, no further away than Newton's method is to be believed.

    Newton's method in the fits of a power below 2 is thrown about by its slopes, below 3/2
    for good; that in kappa is not: there the fit is smooth.
    """
    if isinstance(row, Power) and row.p < _SMOOTH:
        return float(_middle(row.fit(Ball.from_rational(Fraction(kappa), _BITS))))
    room = 1 + abs(z)
    return min(max(new, z - room), z + room)


def _resized(
    hint: Hint, near: ConicInterpolation, program: LossProgram
) -> "tuple[tuple[int, int, NDArray[np.float64]], ...]":
    """Return the neurons of a hint in the units of another program."""
    share = float(near.label_scale / program.label_scale)
    return tuple((chart, sign, u * share) for chart, sign, u in hint.neurons)
