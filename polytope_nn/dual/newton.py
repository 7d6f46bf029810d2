"""Zeros of square systems of equations in balls: Newton's method, and Krawczyk's test."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls, solve_balls
from polytope_nn.exact.rational import exponent
from polytope_nn.exact.scalar import Scalar
from polytope_nn.progress import counted

__all__ = ["Evaluated", "contracted", "depth", "enclosed", "refined"]

Evaluated: TypeAlias = Callable[[Balls], tuple[Balls, Sequence[Sequence[Scalar]]]]
"""Values and Jacobian of a square system at a point or over a box."""

_ONE = Fraction(1)
_STEPS = 8  # of Newton's method beside those that double the bits
_AWAY = 100_000  # bits of a step or a point: such numbers fill the memory, and lead nowhere


def depth(unit: Fraction) -> int:
    """Return the number of bits of a unit at most 1."""
    return -exponent(unit)


def refined(
    evaluated: Evaluated, x: Sequence[Scalar], bits: int, unit: Fraction = _ONE
) -> Balls:
    """Return a point close to a zero, by Newton's method from x, with no proof.

    ``evaluated`` gives values and Jacobian of a square system. Steps below ``2^-bits unit``
    end it; unit is at most 1.

    Raises
    ------
    Undecided
        When the iteration does not settle to ``bits`` bits.
    """
    with precision(2 * bits + 2 * depth(unit)):
        point = tuple(t.centre() for t in ball_vector(x))
        steps = range(_STEPS + bits.bit_length())
        for _ in counted("Newton's method, steps at most", steps):
            try:
                values, jacobian = evaluated(point)
            except ValueError as outside:  # a smooth loss has no fit there
                raise Undecided(
                    f"Newton's method left a loss's domain: {outside}"
                ) from None
            step = solve_balls(jacobian, values, proved=False)
            moved = tuple((p - s).centre() for p, s in zip(point, step, strict=True))
            if any(abs(t.exponent or 0) > _AWAY for t in (*step, *moved)):
                raise Undecided("Newton's method ran away")
            size = max(abs(t.midpoint) for t in step)
            point = moved
            if size < unit / (1 << bits):
                return point
    raise Undecided(
        f"Newton's method did not settle to {bits} bits on {len(point)} unknowns"
    )


def enclosed(evaluated: Evaluated, point: Balls, bits: int, unit: Fraction = _ONE) -> Balls:
    """Return proved enclosures of the one zero near a refined point.

    Krawczyk's test: with ``Y`` close to the inverse Jacobian at the point p and a box B
    around it, ``p - Y f(p) + (I - Y J(B)) (B - p)`` inside B proves that B holds exactly
    one zero, and that every matrix in J(B), hence the Jacobian there, is regular.
    The box has the radius ``2^-bits unit`` in every direction.

    Raises
    ------
    Undecided
        When the test fails at this precision.

    References
    ----------
    R. Krawczyk, *Computing* 4 (1969) 187-201; A. Neumaier, *Interval Methods for
    Systems of Equations* (1990), 5.1.
    """
    with precision(2 * bits + 2 * depth(unit)):
        point = ball_vector([t.midpoint for t in point])
        radius = unit / (1 << bits)
        box = tuple(
            Ball.from_interval(p.midpoint - radius, p.midpoint + radius) for p in point
        )
        offset = tuple(b - p for b, p in zip(box, point, strict=True))
        if (image := contracted(evaluated, point, box, offset)) is not None:
            return image
    raise Undecided(f"the interval Newton test for the dual optimum fails at {bits} bits")


def contracted(
    evaluated: Evaluated, point: Balls, box: Balls, offset: Balls
) -> Balls | None:
    """Return the image of a box in Krawczyk's test, None where it is not inside the box.

    ``offset`` encloses the box less the point.
    """
    values, jacobian = evaluated(point)
    Y = [[t.centre() for t in row] for row in invert_balls(jacobian)]
    _, spread = evaluated(box)
    deviation = [
        [int(i == j) - t for j, t in enumerate(row)]
        for i, row in enumerate(multiply_balls(Y, spread))
    ]
    moved = multiply_balls(deviation, [[t] for t in offset])
    newton = multiply_balls(Y, [[v] for v in values])
    image = tuple(p - v[0] + t[0] for p, v, t in zip(point, newton, moved, strict=True))
    inside = all(
        b.lower < t.lower and t.upper < b.upper for b, t in zip(box, image, strict=True)
    )
    return image if inside else None
