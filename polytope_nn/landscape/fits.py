"""Whether all optimal networks have one fit, where a box of fits belongs to kappa (general A1)."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.simplex import feasible

__all__ = ["fit_is_unique", "free_is_pinned"]


def fit_is_unique(O: Optimum) -> bool:
    """Return whether ``F c + Z a`` is the same on the whole optimal set.

    From one point (c, a) it moves along the directions (delta, omega) with ``delta >= 0`` off
    the support of c and a fit that leaves no end of its interval that it stands on: for
    each sample a linear program asks for one that moves its fit, up or down.
    """
    chosen = O.chosen
    if chosen is None:
        return True
    idle = [j for j, x in enumerate(chosen.weights) if not sign(x)]
    features = [a.feature for a in O.atoms]
    both = [*(f for j, f in enumerate(features) if j not in idle), *O.problem.free.columns]
    columns: list[Scalars] = [features[j] for j in idle]
    columns += [*both, *(tuple(-t for t in f) for f in both)]
    moves = [_moves(z, *ends) for z, ends in zip(chosen.fit, O.interval, strict=True)]
    return not any(
        _moving(columns, moves, k, side)
        for k, allowed in enumerate(moves)
        for side in (1, -1)
        if side in allowed
    )


def free_is_pinned(O: Optimum) -> bool:
    """Return whether samples with one fit alone determine what is free, up to its kernel.

    Then one point of the weights, up to atoms with equal features modulo Z, has one fit.
    """
    Z = O.problem.free.Z
    pinned = [
        k for k, (low, high) in enumerate(O.interval) if low is not None and low is high
    ]
    return rank([Z[k] for k in pinned]) == rank(Z)


def _moves(z: Scalar, low: Scalar | None, high: Scalar | None) -> tuple[int, ...]:
    """Return the sides to which a fit may move inside of its interval."""
    if low is not None and low is high:
        return ()  # pinned, however z is written
    below = low is None or z > low
    above = high is None or z < high
    return tuple(side for side, free in ((1, above), (-1, below)) if free)


def _moving(
    columns: Sequence[Scalars], moves: Sequence[tuple[int, ...]], k: int, side: int
) -> bool:
    """Return whether a direction moves the fit of sample k by ``side``."""
    n = len(moves)
    slacks = [
        tuple(Fraction(-s * (i == j)) for i in range(n))
        for j, allowed in enumerate(moves)
        for s in allowed
        if j != k
    ]
    goal = tuple(Fraction(side * (i == k)) for i in range(n))
    return feasible([*columns, *slacks], goal)[0] is not None
