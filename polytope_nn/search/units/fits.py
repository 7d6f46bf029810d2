"""Fits of blocks near a kappa: what they are, how well they are told, and what they tell.

Far out, where the loss of a sample is nearly straight, its kappa is tiny and floats have the fit
but for a large error: what columns make of other samples' fits is nearer, and tells kappa.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.losses.pieces import Pieces
from polytope_nn.search.losses.polishing import by_fits, sensitivity

__all__ = ["fits_near", "told", "told_by"]


def fits_near(problem: Problem, kappa: Vector) -> Sequence[Fraction]:
    """Return the fits that belong to kappa, about."""
    if isinstance(problem, Pieces):
        return [Fraction(z) for z in problem.fits([float(t) for t in kappa])]
    rows = zip(problem.y, kappa, problem.inverse_weights, strict=True)
    return [y - t * inverse for y, t, inverse in rows]


def told(problem: Problem, kappa: Vector) -> list[float]:
    """Return how well each fit is told: badly far out; 1 of the best, and of other graphs."""
    pairs = zip(_logarithmic(problem), kappa, strict=True)
    try:
        roots = [0.0 if row is None else sensitivity(row, t) ** 0.5 for row, t in pairs]
    except (Undecided, ValueError, OverflowError, ZeroDivisionError):
        return [1.0] * problem.n  # beyond floats, or its loss's domain
    least = min((t for t in roots if t), default=0.0)
    return [least / t if t else 1.0 for t in roots]


def told_by(problem: Problem, fits: Sequence[Fraction], kappa: Vector) -> Vector:
    """Return kappa, where fits tell an entry better that of the fit."""
    own = [float(t) for t in kappa]
    found = by_fits(_logarithmic(problem), [float(z) for z in fits], own)
    each = zip(kappa, own, found, strict=True)
    return tuple(t if new == old else Fraction(new) for t, old, new in each)


def _logarithmic(problem: Problem) -> list[Smooth | None]:
    """Return the smooth graphs, None where a sample has another: of powers kappa tells the fit."""
    curves = problem.curves or (None,) * problem.n
    return [None if isinstance(row, Power) else row for row in curves]
