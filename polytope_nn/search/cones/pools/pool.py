"""The dual variable in floats, by column generation with the cone tree as oracle.

``min 1/2 |P (y - F c)|^2 + sum c`` over neurons of length 1 in a growing pool, P the projection
off what is fitted freely, everything scaled so that beta is 1. The tree separates: one pass
gives every cone in which a direction exceeds beta, or shows that none does; each direction is
climbed to a local maximum first. Violations fall, the tolerance with them; then the
support is made of faces (:mod:`~polytope_nn.search.cones.faces`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from polytope_nn.errors import Undecided
from polytope_nn.progress import counted
from polytope_nn.search.cones.climbing import Climbed
from polytope_nn.search.cones.growing import Allowance
from polytope_nn.search.programs.nonnegative import least_form

from .problem import Faces, FloatProblem, Support
from .separation import exceeding, separated, spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Pool", "Start", "led", "pooled"]

_FIRST = 0.3  # the tolerance of the first separation
_FACES = 1e-2  # and the one from which faces are tried
_LAST = 2e-9
_EXCEEDS = 1e-8  # a value that is above beta by more than rounding
_EXPLORED = 3e-4  # the tolerance from which they are tried where climbing finds directions
_ROUNDS = 150
_ROUGH = 30  # where what is found by then is good enough
_TRIALS = 12  # of faces, before the search is handed on
_LARGE = 800  # neurons in the pool before the idle ones leave


class Start(Protocol):
    """Signs and local maxima that a search begins with."""

    @property
    def signs(self) -> tuple[int, ...]: ...  # noqa: D102 - of the neurons
    @property
    def tops(self) -> tuple[Climbed, ...]: ...  # noqa: D102 - their directions


def pooled(
    problem: FloatProblem,
    faces: Faces,
    *,
    start: Start | None = None,
    allowed: Allowance | None = None,
) -> Support:
    """Return the support of the dual optimum, about; the pool may ``start`` from neurons.

    With so many cones ``allowed`` it is that of the pool where no faces are found by then.

    Raises
    ------
    Undecided
        When no support is found whose kappa the oracle accepts.
    """
    pool = Pool(problem)
    found, above = None, _FIRST
    if start is not None and start.tops:
        pool.add(list(zip(start.signs, start.tops, strict=True)))
        above = _FACES
    elif start is None:
        found = _explored(pool, faces, allowed)
    found = found or _separated(pool, faces, above, allowed)
    if found is not None:
        return found
    if allowed is not None:
        return pool.used
    raise Undecided(
        "which directions are optimal: the search by cones finds no consistent set; the data "
        "are close to an interpolation or a degenerate instance: change beta a little"
    )


def led(problem: FloatProblem, faces: Faces, start: Start) -> Support | None:
    """Return the support of the dual optimum as far as climbing from neurons leads to it.

    No tree shows that none exceeds beta; None where no faces are found.
    """
    pool, above = Pool(problem), _FACES
    if start.tops:
        pool.add(list(zip(start.signs, start.tops, strict=True)))
    points = spread(problem)
    for _ in range(_ROUGH if points else 0):
        new = exceeding(problem, pool.kappa, [*points, *(t.u for t in pool.tops)], above)
        if not new:
            support = pool.support(faces)
            if support is None and above <= _EXPLORED:
                return None
            if support is not None:
                every = [*points, *(t.u for t in support.tops)]
                new = exceeding(problem, support.kappa, every, _EXCEEDS)
                if not new:
                    return support
                new += zip(support.signs, support.tops, strict=True)
            above /= 4
        if new:
            pool.add(new)
    return None


class Pool:
    """Signs, directions and weights of neurons, and the kappa of their least cost."""

    def __init__(self, problem: FloatProblem) -> None:
        import numpy as np

        self.problem = problem
        self.signs: list[int] = []
        self.tops: list[Climbed] = []
        self.c: Floats = np.zeros(0)
        self.kappa: Floats = problem.projected(problem.y)

    def add(self, new: Sequence[tuple[int, Climbed]]) -> None:
        """Add neurons; of a large pool those leave that are of no use, as it seems."""
        import numpy as np

        self.signs += [s for s, _ in new]
        self.tops += [t for _, t in new]
        y = self.problem.projected(self.problem.y)
        U = np.array([t.u for t in self.tops])
        F = self.problem.features(U) * np.array(self.signs)
        self.c = _lasso(self.problem.projected(F), y, self.c)
        self.kappa = y - self.problem.projected(F @ self.c)
        if len(self.tops) > _LARGE:
            kept = np.flatnonzero((self.c > 0) | (self.kappa @ F > 0.9))
            self.signs = [self.signs[q] for q in kept]
            self.tops = [self.tops[q] for q in kept]
            self.c = self.c[kept]

    def support(self, faces: Faces) -> Support | None:
        """Return faces of those in use."""
        return faces(self.problem, self.kappa, self.signs, self.tops, self.c)

    @property
    def used(self) -> Support:
        """The neurons that have weight."""
        at = [q for q, t in enumerate(self.c) if t > 0]
        signs, tops = tuple(self.signs[q] for q in at), tuple(self.tops[q] for q in at)
        return Support(self.kappa, signs, tops, self.c[at], settled=False)


def _separated(
    pool: Pool, faces: Faces, above: float, allowed: Allowance | None
) -> Support | None:
    """Return the support, a tree looking for directions in each round; None if none is found."""
    problem = pool.problem
    trials = idle = 0
    rounds = range(_ROUNDS if allowed is None else _ROUGH)
    for _ in counted("searching directions, rounds at most", rounds):
        new, proved = separated(problem, pool.kappa, above, allowed=allowed)
        worst = max((top.value for _, top in new), default=1.0) - 1
        if (proved or worst < above) and above <= _FACES:
            trials += 1
            support = pool.support(faces)
            if support is not None:
                bad, sure = separated(problem, support.kappa, _LAST, support, allowed)
                bad = [(s, t) for s, t in bad if t.value > 1 + _EXCEEDS]
                if not bad and sure:
                    return support
                new += bad + list(zip(support.signs, support.tops, strict=True))
        if proved or worst < 2 * above:
            above = max(above / 4, 1e-8)
        idle = 0 if new or proved else idle + 1
        if trials >= _TRIALS or idle > 1 or (allowed is not None and allowed.left <= 0):
            break  # of two trees that did not end, finer ones would not either
        if new:
            pool.add(new)
    return None


def _explored(pool: Pool, faces: Faces, allowed: Allowance | None) -> Support | None:
    """Return the support, climbing from many directions; None where that finds no faces.

    No tree looks for a direction before those that are known lead to none.
    """
    problem, above = pool.problem, _FIRST
    points, fruitless = spread(problem), 0
    for _ in counted(
        "searching directions, rounds at most", range(_ROUNDS if points else 0)
    ):
        new = exceeding(problem, pool.kappa, [*points, *(t.u for t in pool.tops)], above)
        if not new and above > _EXPLORED:
            above /= 4
            continue
        if not new:
            support, above = pool.support(faces), above / 4
            if support is not None:
                new, sure = _beyond(problem, support, points, allowed)
                if not new:
                    return support if sure else None
                points += [t.u for _, t in new]
                new += zip(support.signs, support.tops, strict=True)
            elif fruitless:
                break
            else:
                fruitless += 1
        if new:
            pool.add(new)
    return None


def _beyond(
    problem: FloatProblem,
    support: Support,
    points: "Sequence[Floats]",
    allowed: Allowance | None,
) -> tuple[list[tuple[int, Climbed]], bool]:
    """Return where the kappa of a support exceeds beta, and whether a tree shows all of it."""
    every = [*points, *(t.u for t in support.tops)]
    new = exceeding(problem, support.kappa, every, _EXCEEDS)
    if new:
        return new, False
    new, sure = separated(problem, support.kappa, _LAST, support, allowed)
    return [(s, t) for s, t in new if t.value > 1 + _EXCEEDS], sure


def _lasso(F: "Floats", y: "Floats", start: "Floats") -> "Floats":
    """Return ``c >= 0`` that makes ``1/2 |y - F c|^2 + sum c`` least, about."""
    import numpy as np

    G = F.T @ F
    G += (1e-13 * np.diag(G).max() + 1e-300) * np.eye(len(G))
    G += 1e-14 * np.trace(G) / len(G) * np.eye(len(G))
    try:
        return least_form(G, F.T @ y - 1, np.append(start, np.zeros(len(G) - len(start))))
    except np.linalg.LinAlgError:
        raise Undecided(
            "which directions are optimal: their features are all but dependent"
        ) from None
