"""A pool of directions under any loss: its program by the conic solver, in floats.

As in :mod:`~polytope_nn.search.cones.pools.pool`, with the epigraphs of the losses in place of a
square. What it ends at is rough: :mod:`~polytope_nn.search.cones.near` makes it precise.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.progress import counted
from polytope_nn.search.cones.ascents import all_climbed
from polytope_nn.search.cones.climbing import Climbed, distinct
from polytope_nn.search.cones.growing import Allowance
from polytope_nn.search.cones.pools.problem import FloatProblem, Support
from polytope_nn.search.cones.pools.separation import exceeding, separated, spread
from polytope_nn.search.losses.program import priced_rows
from polytope_nn.search.programs.interior_point import ConeName, cone_program
from polytope_nn.search.programs.priced import Compressed, Priced, entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from polytope_nn.problems.losses.graphs import Graph
    from polytope_nn.problems.losses.smooth import Smooth

    Floats = NDArray[np.float64]

__all__ = ["FINE", "ROUGH", "Rough", "roughly"]

ROUGH, FINE = 1e-2, 1e-9  # how far above beta a direction may be at last
_FIRST = 0.3  # and at first
_MISSED = 1e-4  # what climbing and a rough tree may miss, where the end is to be finer
_ROUNDS = 240
_LARGE = 600  # neurons in the pool before the idle ones leave
_ACCURACY = 1e-10


@dataclass(frozen=True)
class Rough:
    """Floats near an optimum: kappa and the fits, the neurons of the pool in use.

    No direction that was found is further above beta than ``above``.
    """

    kappa: "Floats"
    fits: "Floats"
    signs: tuple[int, ...]
    tops: tuple[Climbed, ...]
    weights: "Floats"
    above: float


def roughly(
    problem: FloatProblem,
    rows: "Sequence[Graph | Smooth]",
    unit: float,
    allowed: Allowance,
    last: float = ROUGH,
) -> Rough:
    """Return kappa, fits and neurons near the optimum of any losses; fits are in ``unit``.

    The search ends where none is found further above beta than ``last``: climbing finds them, and
    a tree of cones what it misses by more than is rough, or, where ``last`` is finer, a tree beside
    the neurons in use what it misses by more than ``_MISSED``.

    Raises
    ------
    Undecided
        When the conic solver fails.
    """
    import numpy as np

    price = priced_rows(rows, [unit] * len(rows), unit * unit)
    signs: list[int] = []
    tops: list[Climbed] = []
    points = spread(problem)
    F, above, shown, proved = np.zeros((len(rows), 0)), _FIRST, _FIRST, False
    kappa, fits, c = _solved(problem, price, F)
    for _ in counted("searching directions, rounds at most", range(_ROUNDS)):
        every = [*points, *(t.u for t in tops)]
        new = exceeding(problem, kappa, every, above)
        if not new and above > last:
            above = max(above / 4, last)
            continue
        if not new:
            new, proved = separated(problem, kappa, max(last, ROUGH), allowed=allowed)
        if not new and last < _MISSED:
            known = Support(kappa, tuple(signs), tuple(tops), c, settled=False)
            new = _beside(problem, known, allowed)
        shown = max(above, max((top.value for _, top in new), default=1.0) - 1)
        if not new:
            shown = above if proved else max(above, ROUGH)
            break
        if allowed.left <= 0:
            break
        kept = list(range(len(tops))) if len(tops) < _LARGE else _used(c)
        signs = [signs[q] for q in kept] + [s for s, _ in new]
        tops = [tops[q] for q in kept] + [t for _, t in new]
        U = np.array([t.u for t in tops]).reshape(len(tops), problem.form.rows.shape[1])
        F = problem.features(U) * np.array(signs)
        kappa, fits, c = _solved(problem, price, F)
    used = _used(c)
    return Rough(
        kappa,
        fits * unit,
        tuple(signs[q] for q in used),
        tuple(tops[q] for q in used),
        c[used],
        shown,
    )


def _used(c: "Floats") -> list[int]:
    """Return the neurons that have weight."""
    return [q for q in range(len(c)) if c[q] > 1e-7 * c.max(initial=0)]


def _beside(
    problem: FloatProblem, known: Support, allowed: Allowance
) -> list[tuple[int, Climbed]]:
    """Return what exceeds beta beside the neurons in use, which a tree need not go round."""
    base, used = problem.at(known.kappa), set(_used(known.weights))
    signs: list[int] = []
    tops: list[Climbed] = []
    for side in (1, -1):  # at this kappa neurons in use are no maxima, but near some
        points = [
            t.u for q, t in enumerate(known.tops) if q in used and known.signs[q] == side
        ]
        near = [t for t in all_climbed(base.turned(side), points) if t is not None]
        low = distinct([t for t in near if t.value <= 1 + _MISSED])
        signs += [side] * len(low)
        tops += low
    support = replace(known, signs=tuple(signs), tops=tuple(tops))
    return separated(problem, known.kappa, _MISSED, support, allowed)[0]


def _solved(
    problem: FloatProblem, price: Priced, F: "Floats"
) -> "tuple[Floats, Floats, Floats]":
    """Return kappa, the fits and c of the program over a pool."""
    import numpy as np

    n, p, K = len(problem.y), problem.Z.shape[1], F.shape[1]
    last = p + K
    size = last + price.width
    q = np.concatenate([np.zeros(p), np.ones(K), price.linear])
    fits = np.concatenate([problem.Z, F, price.fits], axis=1)
    at = np.arange(K)
    parts = [entries(fits), (at + n, at + p, -np.ones(K)), entries(price.rows, n + K, last)]
    A = Compressed((n + K + len(price.right), size), parts)
    b = np.concatenate([price.labels, np.zeros(K), price.right])
    cones: list[ConeName] = [("ZeroConeT", (n,)), ("NonnegativeConeT", (K,)), *price.cones]
    P = Compressed((size, size), [entries(np.diag(price.curved), last, last)])
    solved = cone_program(P, q, A, b, cones, accuracy=_ACCURACY)
    x, z = solved.x, solved.z
    if not solved.finite:
        raise Undecided(f"the conic solver failed: {solved.status}")
    return -z[:n], fits[:, :last] @ x[:last], np.maximum(x[p:last], 0)
