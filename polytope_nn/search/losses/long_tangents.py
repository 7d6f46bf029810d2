"""Power losses above 2 in long floats: squared losses that touch them, one after another.

Where a residual is small such a loss has hardly any curvature, and its dual no end of it: a
central path does not cross that. Newton's method in the fits does: each step is a problem with
a squared loss, whose central path is blind to the scales of rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import middle
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Slope
from polytope_nn.problems.losses.smooth import Power
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.long_search import LongSearch
from polytope_nn.search.programs.path import LongHint

from .nearer import nearer
from .pieces import Pieces

__all__ = ["power_candidates"]

_BITS = 300
_STEPS = 60
_LARGEST = Fraction(1 << 20)  # kappa at which the steps start, beside beta
_STILL = Fraction(1, 1 << 40)  # of a residual: the steps have settled
_LEAST = Fraction(
    1, 1 << 60
)  # a residual, as part of the labels, at which a loss is touched


def power_candidates(
    problem: Problem, limits: Limits, seen: set[tuple[object, ...]]
) -> Iterator[Candidate]:
    """Yield candidates for powers above 2.

    Raises
    ------
    Undecided
        Where the steps do not settle, or rounding ends a path.
    """
    rows = [row for row in rows_of(problem.loss) if isinstance(row, Power)]
    if len(rows) < problem.n or not any(row.p > 2 for row in rows):
        return
    if nearer(problem):
        return  # residuals as small as that are reached too slowly
    limits.progress("searching in long floats: squared losses that touch a power")
    local = Pieces(problem, rows)
    yield from LongSearch(local, given=_touched(problem, rows)).candidates(limits, seen)


def _touched(problem: Problem, rows: Sequence[Power]) -> LongHint:
    """Return the point at which the steps settle."""
    scale = max((abs(row.y) for row in rows), default=Fraction(0)) or Fraction(1)
    largest = _LARGEST * (problem.beta_squared + 1)
    residuals = tuple(_within(row, largest) for row in rows)
    for _ in range(_STEPS):
        slopes = [
            _tangent(row, _away(r, _LEAST * scale))
            for row, r in zip(rows, residuals, strict=True)
        ]
        hint = LongSearch(Pieces(problem, slopes)).path()
        found = tuple(
            row.y - piece.at + piece.inverse * t
            for row, piece, t in zip(rows, slopes, hint.kappa, strict=True)
        )
        moved = [abs(s - t) for s, t in zip(found, residuals, strict=True)]
        room = [max(abs(t) * _STILL, _LEAST * scale) for t in found]
        residuals = tuple(middle(_ball(t)) for t in found)
        if all(s <= t for s, t in zip(moved, room, strict=True)):
            pairs = zip(rows, residuals, strict=True)
            kappa = tuple(middle(row.kappa(row.y - _ball(r))) for row, r in pairs)
            return replace(hint, kappa=kappa)
    raise Undecided("squared losses that touch a power do not settle")


def _tangent(row: Power, r: Fraction) -> Slope:
    """Return the squared loss with the slope and the curvature of a power at a residual."""
    kappa = row.kappa(row.y - _ball(r))
    inverse = middle(-row.derivative(kappa))
    return Slope(row.y - r + middle(kappa) * inverse, inverse, None, None)


def _within(row: Power, largest: Fraction) -> Fraction:
    """Return the label, or what of it has no larger kappa: from above a step shrinks it by 1/p."""
    end = middle(row.y - row.fit(_ball(largest)))
    return max(-end, min(end, row.y))


def _away(r: Fraction, least: Fraction) -> Fraction:
    if abs(r) >= least:
        return r
    return least if r >= 0 else -least


def _ball(x: Fraction) -> Ball:
    return Ball.from_rational(x, _BITS)
