"""The number field of a dual optimum, guessed from many digits of its entries.

Where directions are tied for a reason that balls do not know, kappa is found exactly or not at
all, and its degree is 2 for each direction that may turn: 16 or 24 for six samples in the plane.
The steps are those of :func:`~polytope_nn.exact.recognise.guess_field`, for such degrees.

* The generator a is an entry of kappa, or a sum of entries, as it is: in a field of large
  degree the search for a smaller one costs more than all computation with the first one.
* Coordinates are sought of ``x f'(a)``, not of x. With f the minimal polynomial of a, the dual
  basis of ``1, a, ..., a^(D-1)`` under the trace is ``b_i / f'(a)``, where the b_i are sums of
  powers of a with coefficients of f. So ``x f'(a) = sum tr(x a^i) b_i`` has coordinates of about
  the size of f, those of x itself have about D times as many bits.

All are guesses, and proved by the caller.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.generator import field_of, simpler_field
from polytope_nn.exact.recognise import (
    guess_coordinates,
    guess_minimal_polynomial,
    guess_rational,
)
from polytope_nn.exact.scalar import Scalar, Scalars

__all__ = ["common_field"]

_TRIED = 3  # entries: when the first ones show no polynomial, the search is given up
_SIMPLIFIED = 8  # degrees at most so large are worth a smaller generator
_MULTIPLES = (1, -1, 2)

Polynomial = tuple[int, ...]


def common_field(balls: Balls, max_degree: int, *, step: int = 1) -> Scalars | None:
    """Return the numbers as elements of one field, None when none is seen.

    A ``step`` above 1 saves time: only its multiples are tried as degrees, and only the
    first number is asked for a polynomial.

    >>> x, y = (Ball.from_rational(q, 300).sqrt() for q in (2, 3))
    >>> s, t, one = common_field((x, y, Ball.from_rational(1)), 8)
    >>> s**2, t**2, one, s.field.degree
    (2, 3, Fraction(1, 1), 4)
    """
    found: dict[int, Scalar] = {}
    for i, ball in enumerate(balls):
        q = guess_rational(ball)
        if q is not None:
            found[i] = q
    irrational = [i for i in range(len(balls)) if i not in found]
    if irrational:
        elements = _elements([balls[i] for i in irrational], max_degree, step)
        if elements is None:
            return None
        found.update(zip(irrational, elements, strict=True))
    return tuple(found[i] for i in range(len(balls)))


def _elements(balls: Sequence[Ball], max_degree: int, step: int) -> list[Algebraic] | None:
    """Return irrational numbers as elements of one field, None when none is seen."""
    generated = _generator(balls, max_degree, step)
    while generated is not None:
        poly, a = generated
        field = field_of(poly, a)
        if field is None:
            return None
        elements: list[Algebraic] = []
        for ball in balls:
            x = _element(ball, field)
            if x is None:
                generated = _sum(a, ball, field.degree, max_degree)
                break
            elements.append(x)
        else:
            if field.degree <= _SIMPLIFIED:
                return simpler_field(field, elements)[1]
            return elements
    return None


def _generator(
    balls: Sequence[Ball], max_degree: int, step: int
) -> tuple[Polynomial, Ball] | None:
    """Return the first number that shows a polynomial, or a simpler one of that degree."""
    best: tuple[Polynomial, Ball] | None = None
    for i, ball in enumerate(balls):
        if best is None:
            poly = guess_minimal_polynomial(ball, max_degree=max_degree, step=step)
        else:
            d = len(best[0]) - 1
            poly = guess_minimal_polynomial(ball, max_degree=d, step=d)
        if poly is not None and (best is None or _length(poly) < _length(best[0])):
            best = poly, ball
        if best is None and i + 1 == (_TRIED if step == 1 else 1):
            return None
    return best


def _length(poly: Polynomial) -> int:
    return sum(c.bit_length() for c in poly)


def _sum(a: Ball, x: Ball, degree: int, max_degree: int) -> tuple[Polynomial, Ball] | None:
    """Return a sum that seems to generate the field of both numbers."""
    for k in _MULTIPLES:
        total = a + k * x
        poly = guess_minimal_polynomial(total, max_degree=max_degree, step=degree)
        if poly is not None and len(poly) > degree + 1:
            return poly, total
    return None


def _element(ball: Ball, field: NumberField) -> Algebraic | None:
    """Return the number as an element of the field, None when it does not seem to be one."""
    slope = field.element([Fraction(i * c) for i, c in enumerate(field.poly)][1:])
    times = guess_coordinates(ball * slope.enclosure(ball.precision + 64), field)
    return None if times is None else times / slope
