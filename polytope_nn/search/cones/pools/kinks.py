"""The support with a free bias, in floats: at each w the best kink, over many w.

For fixed w the value ``kappa'(Xw + t1)_+`` is piecewise linear in t, 0 before the first kink and
constant past the last one (the entries of kappa sum to 0), so its extreme values are had by
sorting the kinks. What is found so is climbed to local maxima. Where that finds no more, a tree of
each chart, of the w whose kink passes through one sample, looks for maxima too narrow to be met.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.progress import counted
from polytope_nn.search.cones.ascents import all_climbed
from polytope_nn.search.cones.climbing import Climbed, distinct
from polytope_nn.search.cones.floats import FloatForm
from polytope_nn.search.cones.growing import separating

from .pool import Pool
from .problem import FloatProblem, Support, peaks_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["at_best_kinks", "maxima_at_kinks", "supported_at_kinks"]

_FIRST, _LAST = (
    0.3,
    1e-8,
)  # how far above beta a direction is that enters, at first and last
_FALL = 16
_ROUNDS = 200
_DIRECTIONS = 2000  # that are looked at, at most
_PLANE = 1000  # and in the plane
_FLOATS = 1_200_000  # and their kinks
_BELOW = 0.02  # a maximum that is higher than its start by more is found from another one
_BESIDE = 6  # directions that one must exceed to be climbed from
_CLOSE = 1e-2  # the level from which directions beside those in use are looked at
_CLOUD, _WIDE = 60, 0.1  # how many, and how far from them
_MOST = 48  # starts of one sign
_NODES = 20_000  # of the tree of one chart
_ALL_NODES = 400_000  # and of those of all charts
_TIGHT = 1e-6  # maxima of a chart this close to beta are known there


def supported_at_kinks(problem: FloatProblem, *, by_charts: bool = False) -> Support:
    """Return kappa and the neurons in use, as near as floats can be.

    With ``by_charts`` trees of the charts look for maxima that climbing misses.

    Raises
    ------
    Undecided
        When neurons enter without end.
    """
    pool, above = Pool(problem), _FIRST
    W = _spread(problem)
    for _ in counted("searching directions, rounds at most", range(_ROUNDS)):
        near = W if above > _CLOSE else _beside(W, pool.used.tops)
        new = [
            (side, top)
            for side in (1, -1)
            for top in distinct(
                _climbed(problem, pool.kappa, side, (near, pool.used.tops), 1 + above)
            )
        ]
        if not new and above >= _LAST:
            above /= _FALL
            continue
        if not new and by_charts:
            new = _by_charts(problem, pool)
        if not new:
            return pool.used
        pool.add(new)
    raise Undecided("which directions are optimal: they do not settle in floats")


def _by_charts(problem: FloatProblem, pool: Pool) -> list[tuple[int, Climbed]]:
    """Return local maxima above beta that trees of the charts lead to, as far as they go."""
    import numpy as np

    used = np.array([top.p for top in pool.used.tops]).reshape(-1, problem.form.penalised)
    known, left = np.concatenate([used, -used]), _ALL_NODES
    found: list[tuple[int, Climbed]] = []
    for k in counted("searching directions, charts", range(len(problem.X))):
        for side in (1, -1):
            form = _chart(problem, side * pool.kappa, k)
            near = list(known[form.values(known) > 1 - _TIGHT])
            tops = distinct([top for top in all_climbed(form, near) if top is not None])
            peaks = peaks_at(form, [top for top in tops if abs(top.value - 1) < _TIGHT])
            try:
                tree = separating(form, peaks, _LAST, min(_NODES, left))
            except np.linalg.LinAlgError:
                continue
            left -= len(tree.nodes)
            W = np.array([w for _, w in tree.violations]).reshape(-1, form.penalised)
            W = W[np.argsort([-value for value, _ in tree.violations])[:_MOST]]
            starts = _kept(problem, side * pool.kappa, W, 1.0)
            full = problem.at(pool.kappa).turned(side)
            found += [(side, top) for top in distinct(_reached(full, starts, 1 + _LAST))]
            if left <= 0:
                return found
    return found


def _chart(problem: FloatProblem, kappa: "Floats", k: int) -> FloatForm:
    """Return the form of the w whose kink passes through a sample."""
    import numpy as np

    X = problem.X
    rows = X[:, :-1] - np.outer(X[:, -1] / X[k, -1], X[k, :-1])
    lengths = np.linalg.norm(rows, axis=1)
    other = lengths > 0
    rows, lengths = rows[other], lengths[other]
    d = problem.form.penalised
    unit = rows / lengths[:, None]
    return FloatForm(unit, kappa[other] * lengths, np.zeros(d), np.eye(d, dtype=int), d)


def maxima_at_kinks(
    problem: FloatProblem, kappa: "Floats", side: int, near: float, known: Sequence[Climbed]
) -> list[Climbed]:
    """Return the local maxima above ``1 - near`` of a sign, about, from some that are known.

    Where linear maps are free in effect each has its opposite: these are looked at, too.
    """
    import numpy as np

    least = 1 - near
    tops = _climbed(problem, kappa, side, (_spread(problem), known), least)
    if tops:
        W = -np.array([top.u[:-1] for top in tops])
        starts = _kept(problem, side * kappa, W, least - _BELOW)
        tops += _reached(problem.at(kappa).turned(side), starts, least)
    return distinct(tops, 1e-7)


def _climbed(
    problem: FloatProblem,
    kappa: "Floats",
    side: int,
    points: "tuple[Floats, Sequence[Climbed]]",
    least: float,
) -> list[Climbed]:
    """Return local maxima above a level, from the highest of some w and of those that are known."""
    import numpy as np

    W, known = points
    form = problem.at(kappa).turned(side)
    starts = list(_highest(problem, side * kappa, W, least - _BELOW))
    if known:
        U = np.array([top.u for top in known])
        starts += list(U[form.values(U) > least - _BELOW])
        starts += list(_kept(problem, side * kappa, U[:, :-1], least - _BELOW))
    return _reached(form, starts, least)


def _reached(form: FloatForm, starts: "list[Floats]", least: float) -> list[Climbed]:
    """Return the local maxima above a level that are climbed to from some points."""
    tops = [top for top in all_climbed(form, _apart(starts)) if top is not None]
    return [top for top in tops if top.value > least]


def _highest(
    problem: FloatProblem, kappa: "Floats", W: "Floats", least: float
) -> "list[Floats]":
    """Return (w, t) of the w whose value exceeds those of the w beside it, the highest first."""
    import numpy as np
    from scipy.spatial import cKDTree

    U, values = at_best_kinks(problem, kappa, W)
    _, beside = cKDTree(W).query(W, k=min(_BESIDE, len(W)))
    high = values >= values[beside.reshape(len(W), -1)].max(axis=1)
    order = [int(q) for q in np.argsort(-values, kind="stable") if high[q]]
    return [U[q] for q in order[:_MOST] if values[q] > least]


def _kept(
    problem: FloatProblem, kappa: "Floats", W: "Floats", least: float
) -> "list[Floats]":
    U, values = at_best_kinks(problem, kappa, W)
    return list(U[values > least])


def _apart(points: "list[Floats]") -> "list[Floats]":
    """Return the points of which no two are the same, about."""
    import numpy as np

    kept: list[Floats] = []
    for u in points:
        v = u / np.linalg.norm(u)
        if all(np.abs(v - k / np.linalg.norm(k)).max() > 1e-6 for k in kept):
            kept.append(u)
    return kept


def _spread(problem: FloatProblem) -> "Floats":
    """Return directions w of length 1, as if at random."""
    import numpy as np

    d = problem.form.penalised
    most = _PLANE if d < 3 else _DIRECTIONS
    count = max(2, min(_FLOATS // len(problem.y), most))
    W = np.random.default_rng(0).normal(size=(count, d))
    W /= np.linalg.norm(W, axis=1)[:, None]
    return W


def _beside(W: "Floats", tops: Sequence[Climbed]) -> "Floats":
    """Return directions and others beside maxima: two may be closer than directions are."""
    import numpy as np

    if not tops:
        return W
    step = np.random.default_rng(1).normal(size=(len(tops), _CLOUD, W.shape[1])) * _WIDE
    cloud = np.array([top.u[:-1] for top in tops])[:, None, :] + step
    every: Floats = np.concatenate([W, cloud.reshape(-1, W.shape[1])])
    every /= np.linalg.norm(every, axis=1)[:, None]
    return every


def at_best_kinks(
    problem: FloatProblem, kappa: "Floats", W: "Floats"
) -> "tuple[Floats, Floats]":
    """Return (w, t) for the rows w of W, t the kink of the largest value, and these values.

    >>> import numpy as np
    >>> rows = np.array([[-1.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    >>> form = FloatForm(rows, np.zeros(3), np.zeros(2), np.eye(2).astype(int), 1)
    >>> ones, places = np.ones(3), np.arange(3)
    >>> line = FloatProblem(form, places, ones, ones, ones, np.zeros((3, 0)))
    >>> U, values = at_best_kinks(line, np.array([1.0, -2.0, 1.0]), np.array([[1.0]]))
    >>> (U + 0).tolist(), values.tolist()  # the hat of the sample at 1 ends at 0
    ([[1.0, 0.0]], [1.0])
    """
    import numpy as np

    ramps = problem.X[:, -1]
    kinks = -(problem.X[:, :-1] @ W.T) / ramps[:, None]
    order = np.argsort(kinks, axis=0)
    at = np.take_along_axis(kinks, order, axis=0)
    slopes = np.cumsum((kappa * ramps)[order], axis=0)[:-1]
    rises = np.cumsum(slopes * np.diff(at, axis=0), axis=0)
    values = np.concatenate([np.zeros((1, len(W))), rises])
    best, every = np.argmax(values, axis=0), np.arange(len(W))
    U = np.concatenate([W, at[best, every][:, None]], axis=1)
    return U, values[best, every]
