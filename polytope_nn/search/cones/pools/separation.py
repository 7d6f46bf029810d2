"""Directions in which a dual variable exceeds beta: by trees of cones, or among known ones."""

from typing import TYPE_CHECKING

from polytope_nn.search.cones.ascents import all_climbed
from polytope_nn.search.cones.climbing import Climbed
from polytope_nn.search.cones.evaluated import FloatPeaks
from polytope_nn.search.cones.floats import FloatForm
from polytope_nn.search.cones.growing import Allowance, separating

from .problem import FloatProblem, Support, no_peaks, peaks_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["exceeding", "separated", "spread"]

_MOST = 24  # directions that enter at a time, one sign
_LIMIT = 200_000  # nodes of a separating tree
_WITH_FLATS = 20_000  # and with a free bias: flats that reach beta need endlessly many
_BELOW = 0.02  # a maximum that is higher than its start by more is found from another one
_DIRECTIONS = 20_000  # that are climbed from, at most
_FLOATS = 4_000_000  # and their features
_APART = 1 - 1e-5  # the cosine of the angle between two directions that are climbed from


def separated(
    problem: FloatProblem,
    kappa: "Floats",
    above: float,
    support: Support | None = None,
    allowed: Allowance | None = None,
) -> tuple[list[tuple[int, Climbed]], bool]:
    """Return local maxima above beta, and whether none is above ``1 + above``, about."""
    import numpy as np

    found: list[tuple[int, Climbed]] = []
    proved = True
    base = problem.at(kappa)
    limit = _LIMIT if base.penalised == base.rows.shape[1] else _WITH_FLATS
    for side in (1, -1):
        form = base.turned(side)
        peaks = no_peaks(form) if support is None else _support_peaks(form, support, side)
        try:
            tree = separating(form, peaks, above, limit)
        except np.linalg.LinAlgError:
            proved = False
            continue
        if allowed is not None:
            allowed.left -= len(tree.nodes)
        proved &= tree.finished and not tree.violations
        worst = sorted(tree.violations, key=lambda t: -t[0])
        starts: list[Floats] = []
        least: list[float] = []
        for value, u in worst:
            if len(starts) >= _MOST:
                break
            v = u / np.linalg.norm(u)
            if all(v @ s < 1 - 1e-7 for s in starts):
                starts.append(v)
                least.append(value * (1 - 1e-9))
        tops = zip(all_climbed(form, starts), least, strict=True)
        found += [(side, t) for t, low in tops if t is not None and t.value >= low]
    return found, proved


def exceeding(
    problem: FloatProblem, kappa: "Floats", points: "Sequence[Floats]", above: float
) -> list[tuple[int, Climbed]]:
    """Return local maxima above ``1 + above`` that are climbed from the highest of some points."""
    import numpy as np

    if not len(points):
        return []
    U = np.array(points)
    values = kappa @ problem.features(U)
    base = problem.at(kappa)
    found: list[tuple[int, Climbed]] = []
    for side in (1, -1):
        form = base.turned(side)
        starts: list[Floats] = []
        for q in np.argsort(-side * values, kind="stable"):
            if side * values[q] <= 1 + above - _BELOW or len(starts) >= 2 * _MOST:
                break
            v = U[q] / np.linalg.norm(U[q])
            if all(v @ s < _APART for s in starts):
                starts.append(v)
        tops = all_climbed(form, starts)
        found += [(side, t) for t in tops if t is not None and t.value > 1 + above]
    return found


def spread(problem: FloatProblem) -> "list[Floats]":
    """Return directions, as if at random, the more the higher their dimension; no free bias."""
    import numpy as np

    n, D = problem.X.shape
    if problem.form.penalised < D:
        return []
    count = min(_FLOATS // n, _DIRECTIONS, 20 * 10 ** (D - 1))
    U = np.random.default_rng(0).normal(size=(count, D))
    return list(U / np.linalg.norm(U, axis=1)[:, None])


def _support_peaks(form: FloatForm, support: Support, side: int) -> FloatPeaks:
    mine = zip(support.signs, support.tops, strict=True)
    return peaks_at(form, [t for s, t in mine if s == side])
