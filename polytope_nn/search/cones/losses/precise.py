"""The optimum of any losses in floats, as near as floats can be: Newton's method over cones.

At its graph's point (z, kappa) each loss is replaced by the square of the same slope and
curvature, within limits: where it has none, or a kink, that is a proximal step. Where the
method does not settle kappa is the conic solver's over a pool that holds all directions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cones.asked import in_floats
from polytope_nn.search.cones.growing import Allowance
from polytope_nn.search.cones.linear import faces_of_either_phase
from polytope_nn.search.cones.pools.pool import led, pooled
from polytope_nn.search.cones.pools.problem import FloatProblem, Support
from polytope_nn.search.losses.polishing import held, tangent

from .priced import FINE, ROUGH, Rough, roughly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "CONES",
    "Precise",
    "Squared",
    "precise",
    "read",
    "solutions",
    "squared",
    "with_trees",
]

CONES = 1_000_000  # to be cut in all, some half a minute of work
_STEPS = 30
_NEAR = 1e-6  # above beta: whatever is that near a search for faces puts right
_SETTLED, _TURNED = 1e-13, 1e-9  # of kappa, relative to the largest entry
_LEAST, _MOST = 1e-4, 1e4  # of a curvature, relative to that of the whole


@dataclass(frozen=True)
class Squared:
    """A problem with a square for the loss of each sample, as the search by cones asks for it."""

    rows: Matrix
    y: Vector
    weights: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...]
    free_bias: bool


def squared(problem: Problem, y: Vector, weights: Vector) -> Squared:
    """Return a problem with a square for each loss, as the search by cones asks for it."""
    free = problem.free
    columns = tuple(free.columns[j] for j in free.basis)
    bias = problem.bias == "free"
    rows = problem.X if bias else problem.design
    return Squared(rows, y, weights, problem.beta_squared, columns, bias)


@dataclass(frozen=True)
class Precise:
    """Kappa and fits in floats; of the support the weights count as rows of ``scale`` do.

    A support that is settled has a kappa as near as floats can be.
    """

    kappa: Vector
    fits: Sequence[float]
    support: Support
    floats: FloatProblem
    scale: Fraction


def solutions(problem: Problem, limits: Limits) -> Iterator[Precise]:
    """Yield kappa, fits and their support in floats, the likelier ones first.

    Where no loss has curvature the steps of Newton's method are proximal ones, each a problem
    of many atoms: there the conic solver comes first.
    """
    if not any(map(_is_curved, rows_of(problem.loss))):
        limits.progress(f"searching the directions of {problem.n} samples by cones")
        found = _Searched(problem)
        near = found.pooled(CONES, _NEAR)
        if near.above <= ROUGH:
            yield found.read(near)
    yield precise(problem, limits)


class _Searched:
    """A problem of any losses in floats, each loss's square of weight 1 beside it."""

    def __init__(self, problem: Problem) -> None:
        ones = (Fraction(1),) * problem.n
        self.problem, self.rows = problem, rows_of(problem.loss)
        self.asked = squared(problem, (Fraction(0),) * problem.n, ones)
        self.floats, self.scale = in_floats(self.asked)

    def pooled(self, cones: int, last: float) -> Rough:
        """Return what a pool of directions ends at."""
        unit = float(approximate_root(self.asked.beta_squared) / self.scale)
        return roughly(self.floats, self.rows, unit, Allowance(cones), last)

    def read(self, found: Rough) -> Precise:
        """Return what a pool ended at, settled if it is not all too rough."""
        near = found.above <= ROUGH
        support = Support(found.kappa, found.signs, found.tops, found.weights, settled=near)
        kappa = read(self.asked, self.scale, found.kappa)
        fits = [float(z) for z in found.fits]
        return Precise(kappa, fits, support, self.floats, self.scale)


def precise(problem: Problem, limits: Limits) -> Precise:
    """Return kappa, fits and their support in floats.

    Of a loss without curvature kappa is the conic solver's over a pool that holds all directions
    but for rounding; so it is where Newton's method does not settle.
    """
    limits.progress(f"searching the directions of {problem.n} samples by cones")
    searched = _Searched(problem)
    if any(map(_is_curved, searched.rows)):
        return _stepped(searched, searched.pooled(CONES, ROUGH)) or searched.read(
            searched.pooled(CONES // 2, FINE)
        )
    first = searched.pooled(CONES, FINE)
    near = None if first.above <= FINE else _stepped(searched, first)
    return near or searched.read(first)


def with_trees(problem: Problem, limits: Limits) -> Precise | None:
    """Return kappa by Newton's method, whose trees show what climbing misses; None where it ends.

    It begins near what climbing finds, and is for what that does not lead to.
    """
    limits.progress(f"searching the directions of {problem.n} samples by cones")
    searched = _Searched(problem)
    return _stepped(searched, searched.pooled(CONES, ROUGH))


def _stepped(searched: _Searched, first: Rough) -> Precise | None:
    """Return where Newton's method settles, None where it does not."""
    started = read(searched.asked, searched.scale, first.kappa), searched.scale
    kappa, fits, support = _newton(searched.problem, first, started, Allowance(CONES))
    if not support.settled:
        return None
    return Precise(kappa, fits, support, searched.floats, searched.scale)


def _is_curved(row: "Graph | Smooth") -> bool:
    return isinstance(row, Smooth) or any(
        isinstance(piece, Slope) and piece.inverse for piece in row.pieces
    )


def read(asked: Squared, scale: Fraction, kappa: "Floats") -> Vector:
    """Return the kappa that the floats of a problem stand for."""
    unit = approximate_root(asked.beta_squared) / scale
    pairs = zip(kappa, asked.weights, strict=True)
    return tuple(Fraction(float(t)) * approximate_root(w) * unit for t, w in pairs)


def _newton(
    problem: Problem, rough: Rough, started: tuple[Vector, Fraction], allowed: Allowance
) -> tuple[Vector, list[float], Support]:
    """Return kappa and fits after steps of Newton's method, settled if they ended by themselves.

    It is ``started`` at a kappa, whose rows were of a scale. Climbing leads it to where it
    settles; from there trees look for what climbing missed.
    """
    (kappa, unit), scale = started, started[1]
    rows, fits = rows_of(problem.loss), [float(z) for z in rough.fits]
    size = max(map(abs, kappa)) or Fraction(1)
    usual = float(size) / (max(map(abs, (*fits, *map(float, problem.y)))) or 1.0)
    support = Support(rough.kappa, rough.signs, rough.tops, rough.weights, settled=False)
    before, settled, climbing = size, False, True
    for _ in range(_STEPS):
        if allowed.left <= 0:
            break
        squares = [
            _square(row, z, float(t), usual)
            for row, z, t in zip(rows, fits, kappa, strict=True)
        ]
        labels = tuple(Fraction(at) for at, _ in squares)
        asked = squared(problem, labels, tuple(Fraction(h) for _, h in squares))
        floats, own = in_floats(asked)
        led_to = led(floats, faces_of_either_phase, support) if climbing else None
        climbing = led_to is not None
        try:
            support = led_to or pooled(
                floats, faces_of_either_phase, start=support, allowed=allowed
            )
        except (Undecided, OverflowError):
            settled = True  # as far as the last step took it
            break
        scale = own
        found = read(asked, own, support.kappa)
        moved = max(abs(s - t) for s, t in zip(found, kappa, strict=True))
        kappa = found
        fits = [
            held(row, z, at - float(t) / h, float(t))
            for row, z, (at, h), t in zip(rows, fits, squares, kappa, strict=True)
        ]
        if moved <= _SETTLED * size or before / 2 < moved <= _TURNED * size:
            settled = not climbing  # rounding is all that moves it
            if settled:
                break
            climbing, before = False, size
            continue
        before = moved
    else:
        settled = True
    counted = support.weights * float((unit / scale) ** 2)
    return kappa, fits, replace(support, weights=counted, settled=settled)


def _square(row: "Graph | Smooth", z: float, t: float, usual: float) -> tuple[float, float]:
    """Return label and weight of a square like a loss near its point (z, kappa)."""
    least, most = _LEAST * usual, _MOST * usual
    if isinstance(row, Smooth):
        slope = tangent(row, z)
        h = min(max(float(1 / slope.inverse), least), most)
        kappa = (float(slope.at) - z) / float(slope.inverse)
        return z + kappa / h, h
    z, t, h = _on(row, z - t / usual, 1 / usual)
    h = min(max(h, least), most)
    return z + t / h, h


def _on(row: Graph, s: float, step: float) -> tuple[float, float, float]:
    """Return z and kappa of a graph with ``z - step kappa = s``, and the curvature there."""
    z = t = h = 0.0
    for piece in row.pieces:  # z falls, kappa rises
        if isinstance(piece, Flat):
            t, h = float(piece.at), 0.0
            z = s + step * t
            if piece.low is None or z >= piece.low:
                high = z if piece.high is None else float(piece.high)
                return min(z, high), t, h
            z = float(piece.low)
        else:
            inverse = float(piece.inverse)
            t = (float(piece.at) - s) / (inverse + step)
            h = 1 / inverse if inverse else float("inf")
            if piece.low is not None:
                t = max(t, float(piece.low))
            if piece.high is None or t <= piece.high:
                return float(piece.at) - inverse * t, t, h
            t = float(piece.high)
            z = float(piece.at) - inverse * t
    return z, t, h
