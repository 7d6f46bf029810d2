"""Directions strictly inside a tight cone whose squares make a matrix, found in floats.

For a plane: of some directions, ever nearer to its rays, and about the long axis of the matrix,
the three of largest least mass; where there are none, of directions that are nearer still. For a
larger kernel vertices of a linear program over sums of its rays, moved to the middle.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import atan2, cos, pi, sin

import numpy as np
from numpy.typing import NDArray

__all__ = ["inside", "sums_of_rays"]

_NEAR = [0.5**i for i in range(3, 9)]  # shares of the angle between the rays
_EVENLY = [(i + 0.5) / 9 for i in range(9)]
_NEARER = [0.5**i for i in range(7, 28, 3)]
_ABOUT = (1.2, 1.7, 3.0)  # how far from the axis of S, as S is wide
_FINEST = 1 << 14  # denominators of their coordinates
_LEAST = 1e-7  # of the trace: what a mass must exceed
_MOVED = (0.25, 0.06, 0.01, 1e-3)  # to the middle
_TRIALS = 24  # vertices that are tried
_OFF = 1e-12


def inside(
    rows: Sequence[Sequence[float]], S: Sequence[Sequence[float]]
) -> list[tuple[Fraction, ...]] | None:
    """Return rational directions b with ``r'b > 0`` and ``S = sum t b b'``, t > 0, or None.

    >>> square = [[1.0, 0.0], [0.0, 1.0]]
    >>> len(inside(square, [[5.0, 4.0], [4.0, 5.0]]))
    3
    >>> len(inside(square, [[1.0, 1.0], [1.0, 1.00001]]))
    3
    >>> inside(square, [[1.0, 0.0], [0.0, 1.0]]) is None
    True
    """
    if len(S) != 2:
        return _of_a_solid(rows, S)
    lines = [atan2(y, x) for x, y in rows]
    middle = np.sum([[cos(t), sin(t)] for t in lines], axis=0)
    centre = atan2(float(middle[1]), float(middle[0]))
    # r'b > 0 iff the angles differ by less than a right angle
    apart = [(t - centre + pi) % (2 * pi) - pi for t in lines]
    low, high = centre + max(apart) - pi / 2, centre + min(apart) + pi / 2
    if high <= low:
        return None
    for near, evenly, finest in ((_NEAR, _EVENLY, _FINEST), (_NEARER, [0.5], _FINEST**2)):
        shares = [*near, *evenly, *(1 - t for t in near)]
        angles = [low + (high - low) * t for t in shares]
        angles += [t for t in _axis(S, (low + high) / 2) if low < t < high]
        tried = [
            (
                Fraction(cos(a)).limit_denominator(finest),
                Fraction(sin(a)).limit_denominator(finest),
            )
            for a in angles
        ]
        found = _three(tried, S)
        if found is not None:
            return list(found)
    return None


def _axis(S: Sequence[Sequence[float]], middle: float) -> list[float]:
    """Return the angle of the long axis of S, on the side of the middle, and some about it."""
    sizes, vectors = np.linalg.eigh(np.array(S))
    if sizes[0] <= 0:
        return []
    x, y = vectors[:, 1] * np.sign(vectors[:, 1] @ (cos(middle), sin(middle)))
    apart = atan2(np.sqrt(sizes[0]), np.sqrt(sizes[1]))
    axis = middle + (atan2(y, x) - middle + pi) % (2 * pi) - pi
    return [axis, *(axis + side * t * apart for t in _ABOUT for side in (1, -1))]


def _of_a_solid(
    rows: Sequence[Sequence[float]], S: Sequence[Sequence[float]]
) -> list[tuple[Fraction, ...]] | None:
    """Return the same where the kernel has three dimensions or more, as many as S has entries."""
    from scipy.optimize import linprog

    sums = sums_of_rays(rows)
    middle = sums.mean(axis=0)
    moved = np.concatenate([(1 - t) * sums + t * middle for t in _MOVED])
    tried = [tuple(Fraction(t).limit_denominator(_FINEST) for t in b) for b in moved]
    B = np.array([[float(t) for t in b] for b in tried])
    places = np.triu_indices(len(S))
    columns = (B[:, places[0]] * B[:, places[1]]).T
    random = np.random.default_rng(0)
    least, best = _LEAST * float(np.trace(np.array(S))), None
    for _ in range(_TRIALS):
        costs = random.random(len(tried))
        solved = linprog(costs, A_eq=columns, b_eq=np.array(S)[places], method="highs-ds")
        if solved.x is None:
            return None
        at = np.flatnonzero(solved.x)
        if len(at) == len(places[0]) and solved.x[at].min() > least:
            least, best = float(solved.x[at].min()), at
    return None if best is None else [tried[int(j)] for j in best]


def sums_of_rays(rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return the extreme rays of ``r'b >= 0``, of length 1, and sums of two and of three."""
    R = np.array(rows, dtype=float)
    R = R / np.linalg.norm(R, axis=1)[:, None]
    k = R.shape[1]
    rays: list[NDArray[np.float64]] = []
    for some in combinations(range(len(R)), k - 1):
        _, sizes, V = np.linalg.svd(R[list(some)].reshape(k - 1, k))
        if k > 1 and sizes[-1] < _OFF:
            continue
        for b in (V[-1], -V[-1]):
            known = any(float(b @ r) > 1 - _OFF for r in rays)
            if not known and (R @ b).min() > -_OFF:
                rays.append(b)
    both = [sum(some) for size in (1, 2, 3) for some in combinations(rays, size)]
    return np.array(both)


def _three(
    tried: Sequence[tuple[Fraction, Fraction]], S: Sequence[Sequence[float]]
) -> list[tuple[Fraction, Fraction]] | None:
    """Return the three of some directions that make S with the largest least mass."""
    right = np.array([S[0][0], S[0][1], S[1][1]])
    least, best = _LEAST * (S[0][0] + S[1][1]), None
    for three in combinations(tried, 3):
        columns = np.array([[x * x, x * y, y * y] for x, y in three], dtype=float).T
        try:
            masses = np.linalg.solve(columns, right)
        except np.linalg.LinAlgError:
            continue
        if masses.min() > least:
            least, best = float(masses.min()), three
    return None if best is None else list(best)
