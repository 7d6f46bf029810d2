"""Whether all optimal networks have one fit, where a box of fits belongs to kappa (general A1)."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.fits import Fit, is_pinned
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.classed import ClassedOptimum
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.simplex import feasible
from polytope_nn.problems.losses import Interval

__all__ = ["counted_modulo", "fit_is_unique", "free_is_pinned", "is_only_fit", "solved"]


def fit_is_unique(O: Optimum) -> bool:
    """Return whether ``F c + Z a`` is the same on the whole optimal set.

    From one point (c, a) it moves along the directions (delta, omega) with ``delta >= 0`` off
    the support of c and a fit that leaves no end of its interval that it stands on: for
    each sample a linear program asks for one that moves its fit, up or down. In balls the weights
    in a basis are one solution of a regular system, and with them the fit, where pairs of
    opposite neurons leave it as it is.
    """
    chosen, of = O.chosen, solved(O)
    if of.enclosures is not None and of.balls.is_still(of.problem.free):
        return True
    if chosen is None or (isinstance(O, ClassedOptimum) and O.totals):
        return True
    features = [a.feature for a in O.atoms]
    return is_only_fit(features, O.problem.free.columns, chosen, O.interval)


def solved(O: Optimum) -> Optimum:
    """Return the optimum whose system was solved: that of the sides, for other slopes."""
    return O.sides if isinstance(O, SlopedOptimum) and O.sides is not None else O


def is_only_fit(
    features: Sequence[Scalars],
    free: Sequence[Scalars],
    chosen: Fit,
    box: Sequence[Interval],
) -> bool:
    """Return whether ``F c + Z a`` is the same for all ``c >= 0`` and a that keep it in a box.

    ``chosen`` is one of them, its weights those of the features.
    """
    idle = [j for j, x in enumerate(chosen.weights) if not sign(x)]
    both = [*(f for j, f in enumerate(features) if j not in idle), *free]
    columns: list[Scalars] = [features[j] for j in idle]
    columns += [*both, *(tuple(-t for t in f) for f in both)]
    moves = [_moves(z, *ends) for z, ends in zip(chosen.fit, box, strict=True)]
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
    pinned = [k for k, ends in enumerate(O.interval) if is_pinned([ends])]
    return rank([Z[k] for k in pinned]) == rank(Z)


def counted_modulo(O: Optimum) -> tuple[str, ...]:
    """Return what networks are counted modulo (THEORY §6, general G5).

    ``"lines"``, what the samples leave undetermined of the free part; ``"dead neurons"``, whose
    bias is free; ``"free part"`` where fits may move and no samples of one fit tell it.
    """
    lines = ("lines",) if O.problem.free.lines else ()
    dead = ("dead neurons",) if O.problem.bias == "free" else ()
    loose = () if O.is_pinned or free_is_pinned(O) else ("free part",)
    return (*lines, *dead, *loose)


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
