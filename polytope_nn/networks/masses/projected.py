"""The masses nearest to wished ones among those that add up to a fit: an exact projection.

Labels are given: slot j holds an atom with feature ``A_j``. Least ``sum_j (c_j - t_j)^2`` over
``c >= 0`` with ``sum_j c_j A_j = y`` is a strictly convex program, so it has one solution, and
``c_j = max(t_j + A_j'lam, 0)`` for a multiplier lam proves it.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.ball_matrix import multiply_balls, solve_balls
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float
from polytope_nn.landscape.supports import is_nothing

__all__ = ["nearest_masses"]

_STEPS = 200  # times the number of slots; Bland's rule needs far fewer


def nearest_masses(
    A: Sequence[Scalars],
    t: Sequence[Scalar],
    start: Sequence[Scalar],
    y: Sequence[Scalar] | None = None,
) -> tuple[Scalars, Scalars]:
    """Return the nearest masses and the multiplier lam that proves it.

    ``A`` are the features of the slots, ``t`` the wished masses, ``start`` feasible masses,
    ``y`` what they make, which may be known better than they are.
    An active set with the smallest index in and out: at every step the objective falls, or a
    fixed mass is freed without a move, which cannot go on for ever (Bland).

    >>> from fractions import Fraction
    >>> one = (Fraction(1),)
    >>> wished, start = [Fraction(3), Fraction(0)], [Fraction(0), Fraction(2)]
    >>> print(*nearest_masses([one, one], wished, start)[0])
    2 0
    """
    c = list(start)
    free = [j for j, x in enumerate(c) if not is_nothing(x)]
    if y is None:
        y = [dot(column, c) for column in zip(*A, strict=True)]
    for _ in range(_STEPS * (len(c) + 1)):
        wished, lam = _on(free, A, t, y)
        falling = [j for j in free if wished[j] < 0]
        if not falling:
            for j in free:
                c[j] = wished[j]
            entering = [
                j for j in range(len(c)) if j not in free and t[j] + dot(A[j], lam) > 0
            ]
            if not entering:
                return tuple(c), lam
            free = sorted([*free, entering[0]])
            continue
        share, leaving = _first([(c[j] / (c[j] - wished[j]), j) for j in falling])
        for j in free:
            c[j] = c[j] + share * (wished[j] - c[j])
        free.remove(leaving)
        c[leaving] = Fraction(0)
    raise Undecided(
        "the nearest masses: the active set did not settle: give a smaller width"
    )


def _first(shares: list[tuple[Scalar, int]]) -> tuple[Scalar, int]:
    """Return the least share and its slot, the first of equals.

    Balls that overlap are ordered by their floats: whichever slot leaves, the masses still
    add up, and what is returned in the end is proved by its multiplier.
    """
    try:
        return min(shares)
    except Undecided:
        return min(shares, key=lambda share: (nearest_float(share[0]) or 0, share[1]))


def _on(
    free: Sequence[int], A: Sequence[Scalars], t: Sequence[Scalar], y: Sequence[Scalar]
) -> tuple[dict[int, Scalar], Scalars]:
    """Return the nearest masses on the free slots, of any sign, the others 0; and lam."""
    rows = [tuple(A[j][k] for j in free) for k in range(len(y))]
    wished = [t[j] for j in free]
    gap = [s - dot(row, wished) for s, row in zip(y, rows, strict=True)]
    told = _telling(rows, len({id(A[j]) for j in free}))
    own, right = [rows[k] for k in told], [gap[k] for k in told]
    if any(isinstance(x, Ball) for row in own for x in row):
        found: Scalars | None = solve_balls(multiply_balls(own, transpose(own)), right)
    else:
        found = solve([[dot(row, other) for other in own] for row in own], right)
    assert not own or found is not None  # what is asked lies in the image: A_j make it
    lam: list[Scalar] = [Fraction(0)] * len(y)
    for k, x in zip(told, found or (), strict=True):
        lam[k] = x
    return {j: t[j] + dot(A[j], lam) for j in free}, tuple(lam)


def _telling(rows: Sequence[Scalars], many: int) -> list[int]:
    """Return rows on which all others depend: of balls, whose Gram matrix is to be regular.

    Floats choose as many as there are different columns; all where these are as many as rows.
    """
    balls = any(isinstance(x, Ball) for row in rows for x in row)
    if not balls or many >= len(rows):
        return list(range(len(rows)))
    import numpy as np
    from scipy.linalg import qr

    table = np.array([[float(x) for x in row] for row in rows])
    return sorted(int(k) for k in qr(table.T, mode="r", pivoting=True)[1][:many])
