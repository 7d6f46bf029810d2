"""The central path of the barrier, followed in long floats to the dual optimum.

A tangent of the path predicts, Newton's method corrects; t grows by as much as that takes few
steps, and less at bends. Nothing here is believed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.problems.problem import Problem
from polytope_nn.search.losses.objectives import MadeObjective

from .barrier import CENTRED, Barrier, Cone, Point

__all__ = ["LongHint", "central_path"]

_FIRST, _MOST = 2, 30  # bits by which t grows
_LEAST_GROWTH = -5  # at bends of the path, see _times
_EASY, _HARD = 2, 5  # Newton steps after which it grows faster, slower
_AT_FIRST = 250  # Newton steps to the first point: multipliers may grow far
_STARTS = 4  # at smaller t, in turn
_POINTS = 600  # of a path, which has 10 to 60
_STEPS = 30  # Newton steps to the path at most
_LEAST = 100  # bits of a gap that tells what is optimal


@dataclass(frozen=True)
class LongHint:
    """Kappa, and for each cone its direction u; all rationals close to the optimum.

    ``bits`` tells the gap of the objective beside it, if rounding is left aside.
    """

    kappa: Vector
    neurons: tuple[tuple[Cone, Vector], ...]
    bits: int


def central_path(
    problem: Problem,
    cones: Iterable[Cone],
    bits: int,
    made: MadeObjective | None = None,
) -> LongHint:
    """Return the solution over some cones, its gap ``2^-bits`` of the objective's size.

    The objective is that of the squared loss, or another that is ``made``.

    Raises
    ------
    Undecided
        When rounding ends the path too early.
    """
    chosen = list(cones)
    barrier = Barrier(problem, chosen, made)
    kappa = [Fraction(0)] * problem.n
    if barrier.N is None:
        return LongHint(tuple(kappa), (), bits)
    if not any(barrier.objective.falling(barrier.start.nu).fractions()):
        return LongHint(tuple(kappa), (), bits)
    p, t, reached = _followed(barrier, bits)
    if reached < min(bits, _LEAST):
        raise Undecided("long floats find no dual optimum: the scales are too far apart")
    p, local = barrier.polished(p, t)
    for k, x in zip(barrier.kept, (barrier.N.T @ p.nu).fractions(), strict=True):
        kappa[k] = x
    neurons = []
    for cone, at in zip(chosen, local, strict=True):
        u = at.g * (at.slack * (t / 2)).inverses().entry
        neurons.append((cone, tuple(u.fractions())))
    return LongHint(tuple(kappa), tuple(neurons), reached)


def _followed(barrier: Barrier, bits: int) -> tuple[Point, Fraction, int]:
    """Return the point of the path where the gap is small enough, its t, the bits of the gap.

    Where rounding ends the path, its last point; so where it has no end, as the objective
    falls as fast as t grows.
    """
    p, t = barrier.start, _first(barrier)
    centred = None
    for _ in range(_STARTS):
        centred = barrier.centred(p, t, _AT_FIRST)
        if centred is not None:
            break
        t /= 1 << _MOST  # labels move the start by more than is seen there
    grow, reached, points = _FIRST, 0, 0
    while centred is not None and points < _POINTS:
        points += 1
        p, local, _ = centred
        value = abs(barrier.size(p))
        reached = (t * value / barrier.weight).__floor__().bit_length()
        if reached >= bits:
            break
        try:
            tangent, _ = barrier.step(p, local, t, tangent=True)
            while True:
                times = _times(grow)
                centred = barrier.centred(
                    p.moved(tangent, 1 - 1 / times), t * times, _STEPS
                )
                if centred is not None or grow == _LEAST_GROWTH:
                    break
                grow = grow // 2 if grow > 1 else grow - 1
        except ZeroDivisionError:
            break
        if centred is not None:
            t *= times
            steps = centred[2]
            if steps <= _EASY:
                grow = min(2 * grow, _MOST) if grow > 0 else grow + 1
            grow = max(grow // 2, 1) if steps > _HARD and grow > 1 else grow
    return p, t, reached


def _times(grow: int) -> Fraction:
    """Return by what t grows: a power of 2, at a bend of the path ``1 + 2^(grow - 1)``."""
    return Fraction(1 << grow) if grow > 0 else 1 + Fraction(1, 1 << 1 - grow)


def _first(barrier: Barrier) -> Fraction:
    """Return a t so small that the labels move the start by little."""
    local = barrier.local(barrier.start)
    if local is None:
        raise Undecided(
            "long floats find no dual optimum: rounding ends the path at its start"
        )
    t = Fraction(1)
    while True:
        step, _ = barrier.step(barrier.start, local, t, tangent=True)
        # grows with t at least as t does
        size = (step.nu.T @ barrier.objective.falling(barrier.start.nu)).fractions()[0] * t
        if size <= CENTRED:
            return t
        t /= 1 << (size / CENTRED).__ceil__().bit_length()
