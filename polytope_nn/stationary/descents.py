"""Where descents end: subgradient descents in floats from random starts, all at once.

A picture of the landscape, and a check of the list of stationary networks; nothing is proved.
The problem is brought to order 1 (rows, labels), the step length is kept, then falls to 0 by a
factor a step, and the same seed gives the same ends.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.training import TrainingProblem

from .blocks import squared_loss
from .points import StationaryPoints, stationary_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Ends", "descended", "ends_of", "limits_of"]

_STEPS, _FALLING = 24_000, 8_000  # steps, and those at last whose length falls
_LONGER = (4, 16)  # times the steps, where a descent is on no value yet
_FIRST, _LAST = 0.4, 1e-6  # step lengths, in units of the largest curvature at the start
_CLOSE = 1e-3  # how far from a value a run that ends there may be, in units of the highest
_GROWING = 1e-2  # from the value of a limit: what is left falls as steps to the power -1/2
_TINY = 1e-300


@dataclass(frozen=True)
class Ends:
    """How many of so many descents ended at each of the values, and at none.

    ``growing`` are those towards a value that only a bias without bound reaches.
    """

    values: tuple[float, ...]
    counts: tuple[int, ...]
    elsewhere: int
    growing: int = 0

    @property
    def runs(self) -> int:
        """The number of descents."""
        return sum(self.counts) + self.growing + self.elsewhere


def descended(
    D: TrainingProblem,
    width: int,
    runs: int = 200,
    seed: int = 0,
    *,
    again: "tuple[Sequence[int], int] | None" = None,
) -> "tuple[Floats, float]":
    """Return the objectives at which descents end, shape (runs,), and that of no neuron.

    With ``again`` only these of the runs are made, with so many times the steps.

    >>> ends, zero = descended(TrainingProblem([[1]], [2], beta=1), 1, runs=3)
    >>> zero, len(ends)
    (2.0, 3)
    """
    import numpy as np

    squared_loss(D)
    root = np.sqrt(np.array([float(w) for w in D.weights]))
    X = np.array([[float(t) for t in row] for row in D.design]) * root[:, None]
    y = np.array([float(t) for t in D.y]) * root
    Z = (
        np.array([[float(t) for t in row] for row in D.free.had.Z]).reshape(D.n, -1)
        * root[:, None]
    )
    Q = np.eye(D.n) - Z @ np.linalg.pinv(Z)  # what is free is fitted at once
    y = Q @ y
    rows, labels = float(np.linalg.norm(X, axis=1).max()) or 1.0, float(np.linalg.norm(y))
    chosen, times = again or (range(runs), 1)
    if not labels:
        return np.zeros(len(chosen)), 0.0
    beta = float(approximate_root(D.beta_squared)) / rows / labels
    random = np.random.default_rng(seed)
    w = random.normal(size=(runs, width, X.shape[1]))[list(chosen)]
    alpha = random.normal(size=(runs, width))[list(chosen)]
    decay = (beta, D.bias == "free")
    values = _runs(X / rows, Q, y / labels, decay, (w, alpha, times * _STEPS))
    return values * labels**2, float(labels**2 / 2)


def _runs(
    X: "Floats",
    Q: "Floats",
    y: "Floats",
    decay: tuple[float, bool],
    begun: "tuple[Floats, Floats, int]",
) -> "Floats":
    """Return the objectives at the ends, of a problem of order 1."""
    import numpy as np

    (beta, free), (w, alpha, steps) = decay, begun
    paid = np.ones(X.shape[1])
    paid[-1] = not free  # the bias is the last weight
    curvature = max(float(np.linalg.norm(X, 2)) ** 2, _TINY) * 2 + beta
    factor = (_LAST / _FIRST) ** (1 / _FALLING)
    length = _FIRST / curvature
    for step in range(steps):
        H = w @ X.T  # (runs, width, n)
        active = np.maximum(H, 0)
        residual = (np.einsum("rm,rmn->rn", alpha, active) @ Q.T) - y
        pulled = np.einsum("rn,rmn->rmn", residual, H > 0) * alpha[:, :, None]
        gradient = pulled @ X + beta * w * paid
        down = np.einsum("rn,rmn->rm", residual, active) + beta * alpha
        size = np.sqrt((gradient**2).sum(axis=(1, 2)) + (down**2).sum(axis=1))
        share = length / np.maximum(1, size)
        w -= share[:, None, None] * gradient
        alpha -= share[:, None] * down
        if step >= steps - _FALLING:
            length *= factor
    # a balanced network of the same outputs costs no more
    fit = np.einsum("rm,rmn->rn", alpha, np.maximum(w @ X.T, 0)) @ Q.T
    cost = (np.abs(alpha) * np.linalg.norm(w * paid, axis=2)).sum(axis=1)
    values: Floats = ((fit - y) ** 2).sum(axis=1) / 2 + beta * cost
    return values


def ends_of(S: StationaryPoints, runs: int = 200, seed: int = 0) -> Ends:
    """Return how many of the descents of a width end on each of the stationary values.

    Those that are on none yet go on, for at most 16 times the steps. With a free bias and no
    free constant some end at a limit, see :func:`limits_of`.
    """
    import numpy as np

    found, zero = descended(S.problem, S.width, runs, seed)
    values = np.array([float(v) for v in S.values])
    limits = np.array([float(v) for v in limits_of(S)])

    def near(values: "Floats", share: float) -> "NDArray[np.bool_]":
        far = np.abs(found[:, None] - values[None, :])
        return np.asarray((far <= share * max(zero, _TINY)).any(axis=1))

    def open_() -> "NDArray[np.bool_]":
        return ~near(values, _CLOSE) & ~near(limits, _GROWING)

    for times in _LONGER:
        again = np.flatnonzero(open_()).tolist()
        if not again:
            break
        found[again] = descended(S.problem, S.width, runs, seed, again=(again, times))[0]
    nearest = np.abs(found[:, None] - values[None, :]).argmin(axis=1)
    ended, elsewhere = near(values, _CLOSE), int(open_().sum())
    counts = np.bincount(nearest[ended], minlength=len(values))
    growing = runs - int(ended.sum()) - elsewhere
    return Ends(tuple(values.tolist()), tuple(counts.tolist()), elsewhere, growing)


def limits_of(S: StationaryPoints) -> tuple[Scalar, ...]:
    """Return the values that no network has, and descents with growing biases approach.

    Where a free bias grows and its weight falls to 0 the neuron is a constant that costs nothing:
    the limit is stationary with a free constant and a slot less. Empty where a constant is
    free anyway, or the limits are not decided.
    """
    D = S.problem
    if D.bias != "free" or D.free.had.has_constant:
        return ()
    with suppress(Undecided):
        skip = "affine" if D.free.had.has_slopes else "constant"
        more = TrainingProblem(
            D.X, D.y, beta_squared=D.beta_squared, weights=D.weights, bias="free", skip=skip
        )
        every = stationary_points(more, max(S.width - 1, 1))
        return tuple(p.objective for p in every if len(p.blocks) < S.width)
    return ()
