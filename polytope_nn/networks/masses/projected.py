"""The masses nearest to wished ones among those that add up to a fit: an exact projection.

Labels are given: slot j holds an atom with feature ``A_j``. Least ``sum_j (c_j - t_j)^2`` over
``c >= 0`` with ``sum_j c_j A_j = y`` is a strictly convex program, so it has one solution, and
``c_j = max(t_j + A_j'lam, 0)`` for a multiplier lam proves it.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float
from polytope_nn.landscape.supports import is_nothing

__all__ = ["nearest_masses"]

_STEPS = 200  # times the number of slots; Bland's rule needs far fewer


def nearest_masses(
    A: Sequence[Scalars], t: Sequence[Scalar], start: Sequence[Scalar]
) -> tuple[Scalars, Scalars]:
    """Return the nearest masses and the multiplier lam that proves it.

    ``A`` are the features of the slots, ``t`` the wished masses, ``start`` feasible masses.
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
    for _ in range(_STEPS * (len(c) + 1)):
        wished, lam = _on(free, A, t, c)
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
    free: Sequence[int], A: Sequence[Scalars], t: Sequence[Scalar], c: Sequence[Scalar]
) -> tuple[dict[int, Scalar], Scalars]:
    """Return the nearest masses on the free slots, of any sign, the others 0; and lam."""
    size = len(A[0]) if A else 0
    away = [c[j] - t[j] for j in free]
    gap = [dot([A[j][k] for j in free], away) for k in range(size)]
    gram = [[dot([A[j][k] for j in free], [A[j][i] for j in free]) for i in range(size)]
            for k in range(size)]  # fmt: skip
    lam = solve(gram, gap) if size else ()
    assert lam is not None  # the right-hand side lies in the image: it is made of the A_j
    return {j: t[j] + dot(A[j], lam) for j in free}, lam
