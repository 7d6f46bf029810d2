"""A dual point near the optimum, rational and proved feasible, for any loss, skip and bias.

What is needed of it is its value alone, so nothing has to be tight: fractions near a kappa in
floats, their peaks exactly, and the tree at the largest of these in place of beta; then kappa
times beta over it is feasible. Kappa in floats is that of
:mod:`~polytope_nn.search.cones.losses.precise`.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.cone_optimum import ConeOptimum
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.region_count import region_count
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cone_search import optimum_of, supported, without_neurons

from .asked import in_floats
from .climbing import Climbed, distinct
from .growing import Allowance
from .losses.precise import CONES, Precise, Squared, precise, read, squared, with_trees
from .pools.kinks import maxima_at_kinks, supported_at_kinks
from .pools.problem import Support
from .scaling.charts import multiple_in_charts
from .scaling.multiples import NearDual, multiple_at_peaks, multiple_by_levels
from .searching import maxima

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["DIMENSION", "are_few", "beside", "best_dual", "multiple_near"]

_END = Fraction(1, 1 << 30)  # of an end of a domain: that near, kappa is on it
DIMENSION = 7  # beyond which the search by cones does not end
Ends = tuple[Fraction | None, Fraction | None]
_KINK = 1e-9  # of the largest value: a sample that is on a kink
_MISSED = Fraction(1, 10**6)  # of a scale: it is not rounding that makes it smaller
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
    limits = limits_of(limits)
    if rank(squared(problem, problem.y, ()).rows) > DIMENSION:
        raise Undecided("a dual point near the optimum: cones of so many dimensions")
    if isinstance(problem.loss, SeparableLoss):
        return _of_losses(problem, limits)
    if problem.bias == "free":
        return _at_kinks(problem, limits)
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


def _of_losses(problem: Problem, limits: Limits) -> NearDual:
    """Return a dual point near the optimum of any losses: of two the better one."""
    found = _proved(problem, precise(problem, limits), limits)
    if found.scale > 1 - _MISSED:
        return found
    other = with_trees(problem, limits)  # a tree was above beta: climbing missed directions
    if other is None:
        return found
    near = _proved(problem, other, limits)
    return near if near.scale > found.scale else found


def _proved(problem: Problem, found: Precise, limits: Limits) -> NearDual:
    limits.progress("proving a dual point near the optimum by cones")
    return multiple_near(problem, beside(problem, found.kappa), found.support)


def _at_kinks(problem: Problem, limits: Limits) -> ConeOptimum | NearDual:
    """Return the dual optimum with a free bias where it is rational, else a point near it."""
    asked = squared(problem, problem.y, tuple(1 / t for t in problem.inverse_weights))
    nothing = without_neurons(asked)
    if nothing is not None:
        return nothing
    limits.progress(f"searching the directions of {problem.n} samples by their kinks")
    floats, scale = in_floats(asked)
    support = supported_at_kinks(floats)
    kappa = beside(problem, read(asked, scale, support.kappa))
    limits.progress("proving a dual point near the optimum by cones")
    base = floats.at(support.kappa)
    guesses: list[PeakGuess] = []
    atoms: list[Atom] = []
    for side in (1, -1):
        pairs = zip(support.signs, support.tops, strict=True)
        known = [top for s, top in pairs if s == side]
        tops = maxima_at_kinks(floats, support.kappa, side, _PEAKS, known)
        guesses += [top.guess(base.turned(side), side) for top in tops]
        atoms += [_atom(floats.X @ top.u, top, side) for top in tops]
    return multiple_in_charts(problem, kappa, guesses, atoms)


def _atom(values: "Floats", top: Climbed, side: int) -> Atom:
    """Return what charts are told of a maximum: the signs of the samples, and w about."""
    import numpy as np

    signs = np.where(np.abs(values) < _KINK * np.abs(values).max(), 0, np.sign(values))
    w = tuple(Fraction(float(t)) for t in top.u[:-1])
    return Atom(side, tuple(map(int, signs)), w, ())


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

    Entries at an end of the domain stay there, of a smooth loss inside by a hair; the others make
    up for what was rounded. One that this takes out of the domain is put at its end, too.

    Raises
    ------
    Undecided
        When those others cannot.
    """
    found, ends = list(near), _ends(problem, near)
    inside = [k for k in range(problem.n) if not _put(found, k, ends[k], _END)]
    Z = [problem.free.columns[j] for j in problem.free.basis]
    while True:
        gram = [[dot([z[k] for k in inside], [w[k] for k in inside]) for w in Z] for z in Z]
        missing = solve(gram, [-dot(z, found) for z in Z]) if Z else ()
        if missing is None:
            raise Undecided("fractions beside kappa that are orthogonal to what is free")
        moved = list(found)
        for k in inside:
            moved[k] += cast("Fraction", dot([z[k] for z in Z], missing))
        left = [k for k in inside if not _put(moved, k, ends[k], Fraction(0))]
        if len(left) == len(inside):
            return tuple(moved)
        for k in set(inside) - set(left):
            found[k] = moved[k]
        inside = left


def _ends(problem: Problem, near: Sequence[Fraction]) -> list[Ends]:
    """Return the least and the largest kappa of each sample, None where there is none."""
    if not isinstance(problem.loss, SeparableLoss):
        return [(None, None)] * problem.n
    size, found = max(map(abs, near)), []
    for row in problem.loss.rows:
        low, high = row.domain
        if isinstance(row, Smooth):  # at an end itself it has no fit
            room = size if low is None or high is None else min(size, high - low)
            low = None if low is None else low + _END * _END * room
            high = None if high is None else high - _END * _END * room
        found.append((low, high))
    return found


def _put(kappa: list[Fraction], k: int, ends: Ends, reach: Fraction) -> bool:
    """Put an entry that is beyond an end, or that near, at the end; return whether it was."""
    for end, side in zip(ends, (1, -1), strict=True):
        if end is not None and side * (kappa[k] - end) <= reach * max(abs(end), reach):
            off = kappa[k] != end
            kappa[k] = end
            return off or reach > 0
    return False


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
