"""A dual point near the optimum, rational and proved feasible, for any loss, skip and bias.

What is needed of it is its value alone, so nothing has to be tight: fractions near a kappa in
floats, their peaks exactly, and the tree at the largest of these in place of beta; then kappa
times beta over it is feasible. Kappa in floats is that of
:mod:`~polytope_nn.search.cones.losses.precise`.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.cone_optimum import ConeOptimum
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.region_count import region_count
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cone_search import optimum_of, supported, without_neurons

from .asked import in_floats
from .climbing import distinct
from .growing import Allowance
from .losses.precise import CONES, Squared, precise, read, squared
from .multiples import NearDual, multiple_at_peaks, multiple_by_levels
from .pools.problem import Support
from .searching import maxima

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["DIMENSION", "are_few", "beside", "best_dual", "multiple_near"]

_END = Fraction(1, 1 << 30)  # of an end of a domain: that near, kappa is on it
DIMENSION = 7  # beyond which the search by cones does not end
_PEAKS = 1e-6  # below beta: maxima that are made peaks beforehand


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
    if rank(squared(problem, problem.y, ()).rows) > DIMENSION:
        raise Undecided("a dual point near the optimum: cones of so many dimensions")
    if isinstance(problem.loss, SeparableLoss):
        found = precise(problem, limits)
        kappa, support = found.kappa, found.support
    else:
        asked = squared(problem, problem.y, tuple(1 / t for t in problem.inverse_weights))
        nothing = without_neurons(asked)
        if nothing is not None:
            return nothing
        searched = supported(asked, limits, Allowance(CONES))
        support = searched.support
        if support.settled:
            try:
                return optimum_of(asked, searched, limits, rational=True)
            except Undecided:
                pass
        kappa = read(asked, searched.scale, support.kappa)
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
    asked = squared(problem, problem.y, (Fraction(1),) * problem.n)
    form = cone_form(asked.rows, kappa, problem.beta_squared, free_bias=asked.free_bias)
    if support is None or not support.settled:
        return multiple_by_levels(form, kappa)
    try:
        return multiple_at_peaks(form, kappa, _guesses(asked, kappa, support))
    except Undecided:
        return multiple_by_levels(form, kappa)


def _guesses(asked: Squared, kappa: Vector, support: Support) -> list[PeakGuess]:
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
