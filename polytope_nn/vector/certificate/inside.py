"""Directions strictly inside a tight cone whose squares make a matrix, found in floats.

For a plane: of some directions, ever nearer to its rays, the three of largest least mass; where
there are none, of directions that are nearer still.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import atan2, cos, pi, sin

import numpy as np

__all__ = ["inside"]

_NEAR = [0.5**i for i in range(3, 9)]  # shares of the angle between the rays
_EVENLY = [(i + 0.5) / 9 for i in range(9)]
_NEARER = [0.5**i for i in range(7, 28, 3)]
_FINEST = 1 << 14  # denominators of their coordinates
_LEAST = 1e-7  # of the trace: what a mass must exceed


def inside(
    rows: Sequence[Sequence[float]], S: Sequence[Sequence[float]]
) -> list[tuple[Fraction, Fraction]] | None:
    """Return rational directions b with ``r'b > 0`` and ``S = sum t b b'``, t > 0, or None.

    >>> square = [[1.0, 0.0], [0.0, 1.0]]
    >>> len(inside(square, [[5.0, 4.0], [4.0, 5.0]]))
    3
    >>> inside(square, [[1.0, 0.0], [0.0, 1.0]]) is None
    True
    """
    if len(S) != 2:
        return None
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
        tried = [
            (
                Fraction(cos(a)).limit_denominator(finest),
                Fraction(sin(a)).limit_denominator(finest),
            )
            for a in angles
        ]
        found = _three(tried, S)
        if found is not None:
            return found
    return None


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
