"""A dual point near the optimum, rational and proved feasible, for any loss, skip and bias.

What is needed of it is its value alone, so nothing has to be tight: fractions near a kappa in
floats, their peaks exactly, and the tree at the largest of these in place of beta; then kappa
times beta over it is feasible. Kappa in floats is made precise by Newton's method: at
its graph's point (z, kappa) each loss is replaced by the square of the same slope and curvature,
within limits: where it has none, or a kink, that is a proximal step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.cone_optimum import ConeOptimum
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.region_count import region_count
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import SeparableLoss, rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cone_search import optimum_of, supported, without_neurons
from polytope_nn.search.losses.polishing import held, tangent

from .asked import in_floats
from .climbing import distinct
from .growing import Allowance
from .linear import faces_of_either_phase
from .multiples import NearDual, multiple_at_peaks, multiple_by_levels
from .pools.pool import pooled
from .pools.problem import Support
from .priced import FINE, ROUGH, Rough, roughly
from .searching import maxima

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["DIMENSION", "are_few", "beside", "best_dual", "multiple_near"]

_END = Fraction(1, 1 << 30)  # of an end of a domain: that near, kappa is on it
_STEPS = 30
DIMENSION = 7  # beyond which the search by cones does not end
_CONES = 1_000_000  # to be cut in all, some half a minute of work
_SETTLED, _TURNED = 1e-13, 1e-9  # of kappa, relative to the largest entry
_LEAST, _MOST = 1e-4, 1e4  # of a curvature, relative to that of the whole
_PEAKS = 1e-6  # below beta: maxima that are made peaks beforehand


@dataclass(frozen=True)
class _Squared:
    """A problem with a square for the loss of each sample, as the search by cones asks for it."""

    rows: Matrix
    y: Vector
    weights: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...]
    free_bias: bool


def best_dual(problem: Problem, limits: Limits | None = None) -> ConeOptimum | NearDual:
    """Return the dual optimum where it is rational, else a dual point near it.

    The value of that is below the optimal one by rounding alone where the search settles,
    and by as much as it is rough where it does not within its limits.

    Raises
    ------
    Undecided
        When none is found.
    """
    limits = limits or Limits()
    if rank(_asked(problem, problem.y, ()).rows) > DIMENSION:
        raise Undecided("a dual point near the optimum: cones of so many dimensions")
    if isinstance(problem.loss, SeparableLoss):
        kappa, support = _precise(problem, limits)
    else:
        asked = _asked(problem, problem.y, tuple(1 / t for t in problem.inverse_weights))
        nothing = without_neurons(asked)
        if nothing is not None:
            return nothing
        found = supported(asked, limits, Allowance(_CONES))
        support = found.support
        if support.settled:
            try:
                return optimum_of(asked, found, limits, rational=True)
            except Undecided:
                pass
        kappa = _read(asked, found.scale, support.kappa)
    limits.progress("proving a dual point near the optimum by cones")
    return multiple_near(problem, beside(problem, kappa), support)


def are_few(problem: Problem, limit: int) -> bool:
    """Return whether the charts of a problem have at most so many regions."""
    try:
        for chart in problem.charts:
            limit -= region_count(chart.design, limit=limit)
    except Undecided:
        return False
    return True


def _asked(problem: Problem, y: Vector, weights: Vector) -> _Squared:
    free = problem.free
    columns = tuple(free.columns[j] for j in free.basis)
    bias = problem.bias == "free"
    rows = problem.X if bias else problem.design
    return _Squared(rows, y, weights, problem.beta_squared, columns, bias)


def _precise(problem: Problem, limits: Limits) -> tuple[Vector, Support]:
    """Return a kappa in floats, and its support; if settled, as near as floats can be.

    Of a loss without curvature Newton's method is given less time, or kappa is the conic solver's
    over a pool that holds all directions but for rounding; so it is where Newton does not settle.
    """
    limits.progress(f"searching the directions of {problem.n} samples by cones")
    ones = (Fraction(1),) * problem.n
    asked = _asked(problem, (Fraction(0),) * problem.n, ones)
    floats, scale = in_floats(asked)
    unit = float(approximate_root(problem.beta_squared) / scale)
    rows = rows_of(problem.loss)
    curved = any(map(_is_curved, rows))
    fine = rough = roughly(floats, rows, unit, Allowance(_CONES))
    for cones in (_CONES,) if curved else (_CONES // 8, _CONES):
        started = _read(asked, scale, rough.kappa)
        kappa, support = _newton(problem, rough, started, Allowance(cones))
        if support.settled:
            return kappa, support
        if fine is rough:
            fine = roughly(floats, rows, unit, Allowance(_CONES // 2), FINE)
        if fine.above <= FINE:
            break
    near = fine.above <= ROUGH
    support = Support(fine.kappa, fine.signs, fine.tops, fine.weights, settled=near)
    return _read(asked, scale, fine.kappa), support


def _is_curved(row: "Graph | Smooth") -> bool:
    return isinstance(row, Smooth) or any(
        isinstance(piece, Slope) and piece.inverse for piece in row.pieces
    )


def _read(asked: _Squared, scale: Fraction, kappa: "Floats") -> Vector:
    """Return the kappa that the floats of a problem stand for."""
    unit = approximate_root(asked.beta_squared) / scale
    pairs = zip(kappa, asked.weights, strict=True)
    return tuple(Fraction(float(t)) * approximate_root(w) * unit for t, w in pairs)


def _newton(
    problem: Problem, rough: Rough, kappa: Vector, allowed: Allowance
) -> tuple[Vector, Support]:
    """Return kappa after steps of Newton's method, settled if they ended by themselves."""
    rows, fits = rows_of(problem.loss), [float(z) for z in rough.fits]
    size = max(map(abs, kappa)) or Fraction(1)
    usual = float(size) / (max(map(abs, (*fits, *map(float, problem.y)))) or 1.0)
    support = Support(rough.kappa, rough.signs, rough.tops, rough.weights, settled=False)
    before = size
    for _ in range(_STEPS):
        if allowed.left <= 0:
            return kappa, replace(support, settled=False)
        squares = [
            _square(row, z, float(t), usual)
            for row, z, t in zip(rows, fits, kappa, strict=True)
        ]
        labels = tuple(Fraction(at) for at, _ in squares)
        asked = _asked(problem, labels, tuple(Fraction(h) for _, h in squares))
        floats, scale = in_floats(asked)
        try:
            support = pooled(floats, faces_of_either_phase, start=support, allowed=allowed)
        except (Undecided, OverflowError):
            return kappa, replace(support, settled=True)  # as far as the last step took it
        found = _read(asked, scale, support.kappa)
        moved = max(abs(s - t) for s, t in zip(found, kappa, strict=True))
        kappa = found
        fits = [
            held(row, z, at - float(t) / h, float(t))
            for row, z, (at, h), t in zip(rows, fits, squares, kappa, strict=True)
        ]
        if moved <= _SETTLED * size or before / 2 < moved <= _TURNED * size:
            break  # rounding is all that moves it
        before = moved
    return kappa, replace(support, settled=True)


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


def beside(problem: Problem, near: Sequence[Fraction]) -> Vector:
    """Return a kappa near another, in the domain of the loss, with ``Z'kappa = 0``.

    Entries at an end of the domain stay there; the others make up for what was rounded.

    Raises
    ------
    Undecided
        When those others cannot.
    """
    found, inside = list(near), list(range(problem.n))
    if isinstance(problem.loss, SeparableLoss):
        for k, row in enumerate(problem.loss.rows):
            for end, side in zip(row.domain, (1, -1), strict=True):
                if end is not None and side * (found[k] - end) <= _END * max(
                    abs(end), _END
                ):
                    found[k] = end
                    inside.remove(k)
                    break
    Z = [problem.free.columns[j] for j in problem.free.basis]
    gram = [[dot([z[k] for k in inside], [w[k] for k in inside]) for w in Z] for z in Z]
    missing = solve(gram, [-dot(z, found) for z in Z]) if Z else ()
    if missing is None:
        raise Undecided("fractions beside kappa that are orthogonal to what is free")
    for k in inside:
        found[k] += cast("Fraction", dot([z[k] for z in Z], missing))
    return tuple(found)


def multiple_near(
    problem: Problem, kappa: Vector, support: Support | None = None
) -> NearDual:
    """Return kappa, scaled to where it is feasible, and the proof.

    With the settled ``support`` of a kappa near the optimum its peaks are exact.
    """
    asked = _asked(problem, problem.y, (Fraction(1),) * problem.n)
    form = cone_form(asked.rows, kappa, problem.beta_squared, free_bias=asked.free_bias)
    if support is None or not support.settled:
        return multiple_by_levels(form, kappa)
    try:
        return multiple_at_peaks(form, kappa, _guesses(asked, kappa, support))
    except Undecided:
        return multiple_by_levels(form, kappa)


def _guesses(asked: _Squared, kappa: Vector, support: Support) -> list[PeakGuess]:
    """Return the local maxima of a kappa that are beta, about; those of a support are known."""
    import numpy as np

    floats, scale = in_floats(asked)
    unit = approximate_root(asked.beta_squared) / scale
    base = floats.at(np.array([float(t / unit) for t in kappa]))
    found = []
    for side in (1, -1):
        pairs = zip(support.signs, support.tops, strict=True)
        known = [top for s, top in pairs if s == side]
        form = base.turned(side)
        found += [t.guess(form, side) for t in distinct(maxima(form, _PEAKS, known))]
    return found
