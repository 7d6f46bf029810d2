"""The number field of a dual optimum, guessed from many digits.

Where directions are tied for a reason that balls do not know, kappa is found exactly or not at
all, and each direction that may turn doubles its degree: 16 or 24 for six samples in the plane.

*The field is that of the directions.* For given g_a the equations of
:mod:`~polytope_nn.landscape.interpolation_system` are linear, and the difference of two
solutions (kappa, c, lambda) is in the kernel of the Jacobian, which is regular: so kappa is in
the field of all ``g_a``, which is that of beta and of the *stereographic* coordinates
``g_j / (beta + |g_i|)``, with i the largest entry. Their minimal polynomials are shorter than
those of g, and much shorter than those of kappa, whose denominators are large.

*Coordinates are sought of ``x f'(a)``, not of x.* With f the minimal polynomial of a, the dual
basis of ``1, a, ..., a^(D-1)`` under the trace is ``b_i / f'(a)``, where the b_i are sums of
powers of a with coefficients of f. So ``x f'(a) = sum tr(x a^i) b_i`` has coordinates of about
the size of f, those of x itself have about D times as many bits.

All are guesses, and proved by the caller.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.ball import Ball, Balls, ball_vector, precision
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.generator import field_of, simpler_field
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.recognise import (
    guess_coordinates,
    guess_minimal_polynomial,
    guess_rational,
)
from polytope_nn.exact.scalar import Scalar, Scalars, dot

from .interpolation_system import Candidate

__all__ = ["dual_guess", "elements", "generated_field", "widened"]

_FIRST_BITS = 4000  # all degrees are tried at that precision
_STEP = 4  # and at a higher one every fourth
_TRIED = 2  # numbers: when the first ones show no polynomial, none is expected to
_MULTIPLES = (1, -1, 2)
_SIMPLIFIED = 8  # degrees at most so large are worth a smaller generator
_DENOMINATOR = 200  # bits by which the coordinates of kappa exceed those of f, at first
_SAME = 1 << 100

Polynomial = tuple[int, ...]


def dual_guess(candidate: Candidate, max_degree: int, most_bits: int) -> Scalars | None:
    """Return kappa as elements of one field, None when none is seen.

    Raises
    ------
    Undecided
        When Newton's method does not settle.
    """
    first = min(_FIRST_BITS, most_bits)
    kappa = widened(candidate.refined(first).kappa, first)
    rational = {i: q for i, t in enumerate(kappa) if (q := guess_rational(t)) is not None}
    if len(rational) == len(kappa):
        return tuple(rational[i] for i in range(len(kappa)))
    field = None
    for bits in dict.fromkeys((first, most_bits)):
        if field is None:
            step = 1 if bits == first else _STEP
            numbers = _parameters(candidate.refined(bits), bits)
            field = generated_field(numbers, max_degree, step)
    if field is None:
        return None
    height = max(c.bit_length() for c in field.poly)
    likely = min(max(first, (field.degree + 2) * (height + _DENOMINATOR)), most_bits)
    for bits in dict.fromkeys((likely, most_bits)):
        digits = widened(candidate.refined(bits).kappa, bits)
        irrational = [i for i in range(len(digits)) if i not in rational]
        found = elements([digits[i] for i in irrational], field)
        if found is not None:
            both: dict[int, Scalar] = {
                **rational,
                **dict(zip(irrational, found, strict=True)),
            }
            return tuple(both[i] for i in range(len(digits)))
    return None


def widened(numbers: Balls, bits: int) -> Balls:
    """Return balls of radius about ``2^-bits`` around refined numbers, errors included."""
    error = Fraction(1, 1 << bits - 16)
    return tuple(
        Ball.from_interval(t.midpoint - error, t.midpoint + error, 2 * bits)
        for t in numbers
    )


def _parameters(candidate: Candidate, bits: int) -> Balls:
    """Return numbers whose field has kappa; those of directions on large faces come first."""
    with precision(2 * bits):
        beta = Ball.from_rational(candidate.system.beta_squared, 2 * bits).sqrt()
        numbers: dict[int, Ball] = {}
        for unit in sorted(candidate.basis, key=lambda unit: unit.face.covector.count(0)):
            columns = transpose(unit.factor)
            g = ball_vector([dot(column, candidate.kappa) for column in columns], 2 * bits)
            sizes = [abs(t.midpoint) for t in g]
            longest = sizes.index(max(sizes))
            base = beta + (g[longest] if g[longest].midpoint > 0 else -g[longest])
            for j, t in enumerate(g):
                if j != longest:  # opposite directions have the same, up to sign
                    x = t / base
                    numbers.setdefault(round(abs(x.midpoint) * _SAME), x)
        return widened((*numbers.values(), beta), bits)


def generated_field(
    numbers: Sequence[Ball], max_degree: int, step: int = 1
) -> NumberField | None:
    """Return the field that numbers seem to generate, None when none is seen.

    A number is taken to be in it when its sum with the generator shows no larger field. A
    ``step`` above 1 saves time: only its multiples are tried as degrees, and only the
    first number is asked for a polynomial.

    >>> generated_field([Ball.from_rational(q, 300).sqrt() for q in (2, 3)], 4).degree
    4
    """
    irrational = [x for x in numbers if guess_rational(x) is None]
    generator = _generator(irrational, max_degree, step)
    if generator is None:
        return None
    poly, a = generator
    field = field_of(poly, a)
    for x in irrational:
        if field is None:
            return None
        if _element(x, field) is None:
            larger = _sum(a, x, field.degree, max_degree)
            if larger is not None:
                poly, a = larger
                field = field_of(poly, a)
    return field


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
    """Return x, or a sum, that seems to generate the field of both numbers."""
    for total in (x, *(a + k * x for k in _MULTIPLES)):
        poly = guess_minimal_polynomial(total, max_degree=max_degree, step=degree)
        if poly is not None and len(poly) > degree + 1:
            return poly, total
    return None


def elements(balls: Sequence[Ball], field: NumberField) -> list[Algebraic] | None:
    """Return numbers as elements of a field, None when one does not seem to be in it.

    A field of small degree is replaced by itself with a smaller generator.
    """
    found = []
    for ball in balls:
        x = _element(ball, field)
        if x is None:
            return None
        found.append(x)
    return simpler_field(field, found)[1] if field.degree <= _SIMPLIFIED else found


def _element(ball: Ball, field: NumberField) -> Algebraic | None:
    slope = field.element([Fraction(i * c) for i, c in enumerate(field.poly)][1:])
    times = guess_coordinates(ball * slope.enclosure(ball.precision + 64), field)
    return None if times is None else times / slope
