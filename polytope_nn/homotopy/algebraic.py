"""Breakpoints as algebraic numbers: recognised from digits, then proved by substitution.

A breakpoint and the optimum there solve the system of the curve together with one equation, the
condition that vanishes. A candidate (x, beta) in a number field that satisfies all of it
exactly, and lies in the box in which the curve has one point for each beta, is the breakpoint:
the condition is strictly monotone there.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.radical import enclosure, simplest
from polytope_nn.exact.recognise import (
    guess_field,
    guess_minimal_polynomial,
    guess_rational,
)
from polytope_nn.exact.scalar import Scalar, dot

from .conditions import Condition
from .curve import Curve
from .stretch import Stretch

__all__ = ["confirmed", "recognised", "refined_root"]

_BITS = 640
_DEGREE = 8
_STEPS = 16


def recognised(stretch: Stretch, c: Condition, beta: Fraction) -> Scalar | None:
    """Return the breakpoint near beta exactly, None when its digits show no small field."""
    try:
        start = stretch.curve.point(beta, stretch.point.predicted(beta), _BITS)
        found = refined_root(stretch.curve, c, (*start.x, Ball.from_rational(beta)), _BITS)
    except Undecided:
        return None
    error = Fraction(1, 1 << _BITS * 3 // 4)
    balls = [
        Ball.from_interval(t.midpoint - error, t.midpoint + error, _BITS + 64)
        for t in found
    ]
    last = balls[-1]
    if guess_rational(last) is None and not guess_minimal_polynomial(
        last, max_degree=_DEGREE
    ):
        return None
    guess = guess_field([last, *balls[:-1]], max_degree=_DEGREE)
    if guess is None:
        return None
    at, *x = guess[1]
    return simplest(at) if confirmed(stretch, c, x, at) else None


def refined_root(curve: Curve, c: Condition, guess: Sequence[Scalar], bits: int) -> Balls:
    """Return unknowns and beta, last, where a condition is 0, by Newton's method, no proof.

    Raises
    ------
    Undecided
        When the iteration does not settle.
    """
    n = curve.n
    with precision(bits):
        x = ball_vector(guess, bits)
        inverse = ball_vector(curve.family.inverse_weights, 2 * bits)
        for _ in range(_STEPS):
            *u, beta = x
            rate = [t * k for t, k in zip(inverse, u[:n], strict=True)]
            rate += [Ball.from_rational(0)] * (curve.size - n)
            J = [[*row, t] for row, t in zip(curve.jacobian(u, beta), rate, strict=True)]
            J.append([*c.gradient(u), Fraction(0)])
            step = solve_balls(J, [*curve.residual(u, beta), c.at(u)])
            x = tuple((p - s).centre() for p, s in zip(x, step, strict=True))
            size = max(abs(t.midpoint) for t in x)
            if max(abs(s.midpoint) for s in step) < size / (1 << bits * 3 // 4):
                return x
    raise Undecided("a breakpoint did not settle to many bits")


def _residual(curve: Curve, x: Sequence[Scalar], beta: Scalar) -> list[Scalar]:
    """Return the residual of the system in the arithmetic of its arguments."""
    k, w, free = curve.split(x)
    features = [[dot(row, k) for row in B] for B in curve.forms]
    first = [
        dot([F[i] for F in features], w)
        + k[i] * curve.family.inverse_weights[i] * beta
        + dot([z[i] for z in curve.linear], free)
        - curve.family.y[i]
        for i in range(curve.n)
    ]
    norms = [dot(F, k) - 1 for F in features]
    return [*first, *norms, *(dot(z, k) for z in curve.linear)]


def confirmed(stretch: Stretch, c: Condition, x: Sequence[Scalar], beta: Scalar) -> bool:
    """Return whether an exact point is proved to be the root of a condition on a stretch."""
    if any(t != 0 for t in _residual(stretch.curve, x, beta)) or c.at(x) != 0:
        return False
    low, high = enclosure(beta, 256)
    with precision(256):
        t = Ball.from_interval(low, high) - stretch.point.beta
        if t.lower < stretch.t.lower or t.upper > stretch.t.upper:
            return False
        near = (Ball.from_interval(*enclosure(v, 256)) for v in x)
        rows = zip(near, stretch.point.x, stretch.point.tangent, stretch.radii, strict=True)
        return all((v - p - s * t).magnitude() < r for v, p, s, r in rows)
