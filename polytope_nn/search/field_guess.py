"""The number field of a dual optimum, guessed from many digits.

Where directions are tied for a reason that balls do not know, kappa is found exactly or not at
all, and each direction that may turn doubles its degree: 16 or 24 for six samples in the plane.

*The field is that of the directions.* For given g_a the equations of
:mod:`~polytope_nn.dual.system` are linear, and the difference of two
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

from collections.abc import Iterator, Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector, precision
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.generator import field_of, simpler_field
from polytope_nn.exact.linear import rref, transpose
from polytope_nn.exact.recognise import (
    guess_coordinates,
    guess_field,
    guess_minimal_polynomial,
    guess_rational,
)
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.limits import Limits

from .candidate import Candidate
from .cones.many import has_many_patterns
from .losses.powers import of_powers
from .sizes import height

__all__ = [
    "dual_guess",
    "element",
    "generated_field",
    "guesses",
    "likely",
    "too_long",
    "widened",
]

_FEW = 6  # directions that may lie in a small field, beside many patterns
_SMALL_DEGREE = 4  # fields so small are tried before balls
_FIRST_BITS = 4000  # all degrees are tried at that precision
_STEP = 4  # and at a higher one every fourth, up to three quarters of the largest
_MULTIPLES = (1, -2)
_SIMPLIFIED = 8  # degrees at most so large are worth a smaller generator
_LONGER = (60, 120, 200)  # bits by which coordinates exceed those of f, in turn
_RATIONAL = 2000  # bits of a number that is asked whether it looks rational
_SAME = 1 << 100

Polynomial = tuple[int, ...]
Generator = tuple[Polynomial, Ball]
_LONGEST = 40_000  # degree times bits of a coordinate: longer ones take minutes to verify


def dual_guess(candidate: Candidate, max_degree: int, most_bits: int) -> Scalars | None:
    """Return kappa as elements of one field, None when none is seen.

    Raises
    ------
    Undecided
        When Newton's method does not settle.
    """
    first = min(_FIRST_BITS, most_bits)
    passes = [(first, max_degree, 1)]
    if most_bits > first:
        passes.append((most_bits, max_degree - max_degree // 4, _STEP))
    for bits, degree, step in passes:
        candidate = candidate.refined(bits)
        field = generated_field(_parameters(candidate, bits), degree, step)
        if field is not None:
            return _kappa(candidate, bits, field, most_bits)
    return None


def _kappa(
    candidate: Candidate, known_bits: int, field: NumberField, most_bits: int
) -> Scalars | None:
    """Return kappa in a field: what is freely fitted gives some entries from the others."""
    relations, dependent = rref(candidate.system.free)
    n = len(candidate.kappa)
    asked = [k for k in range(n) if k not in dependent]
    height = max(c.bit_length() for c in field.poly)
    likely = [(field.degree + 2) * (height + more) for more in _LONGER]
    found: dict[int, Scalar] = {}
    for bits in sorted({min(max(p, _RATIONAL), most_bits) for p in (*likely, most_bits)}):
        if bits > known_bits:
            candidate, known_bits = candidate.refined(bits), bits
        kappa = widened(candidate.kappa, bits)
        for k in asked[len(found) :]:
            x = element(kappa[k], field)
            if x is None:
                break  # the others may be as long
            found[k] = x
    if len(found) < len(asked):
        return None
    chosen = _simplified(tuple(found[k] for k in asked), field)
    known = dict(zip(asked, chosen, strict=True))
    for k, row in zip(dependent, relations, strict=True):
        total = -dot([row[j] for j in asked], chosen)
        if isinstance(total, Algebraic) and total.is_rational:
            total = total.as_fraction()
        known[k] = total
    return tuple(known[k] for k in range(n))


def _simplified(numbers: Scalars, field: NumberField) -> Scalars:
    """Return numbers with a smaller generator of their field, if its degree is small."""
    irrational = [x for x in numbers if isinstance(x, Algebraic)]
    if not irrational or field.degree > _SIMPLIFIED:
        return numbers
    simpler = iter(simpler_field(field, irrational)[1])
    return tuple(next(simpler) if isinstance(x, Algebraic) else x for x in numbers)


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

    When the first number shows no polynomial, none is expected to, and all are taken to be in
    a field that is too large to be extended. With a ``step`` above 1 time is saved: only
    its multiples are tried as degrees, and simpler generators are not looked for.

    >>> generated_field([Ball.from_rational(q, 300).sqrt() for q in (2, 3)], 4)
    NumberField(x^4 + (-10)*x^2 + 1, x ~ 3.14626437)
    """
    irrational = [x / x.unit() for x in numbers if _rational(x) is None]
    generator = _single(irrational, max_degree, step)
    field = None if generator is None else field_of(*generator)
    for x in irrational:
        if generator is None or field is None or 2 * field.degree > max_degree:
            break
        if element(x, field) is None:
            generator = _sum(generator[1], x, field.degree, max_degree)
            field = None if generator is None else field_of(*generator)
    return field


def _single(balls: Sequence[Ball], max_degree: int, step: int) -> Generator | None:
    """Return the first number with its polynomial, or a simpler one of the same degree."""
    if not balls:
        return None
    poly = guess_minimal_polynomial(balls[0], max_degree=max_degree, step=step)
    if poly is None:
        return None
    best, d = (poly, balls[0]), len(poly) - 1
    for ball in balls[1:] if step == 1 else ():
        other = guess_minimal_polynomial(ball, max_degree=d, step=d)
        if other is not None and _length(other) < _length(best[0]):
            best = other, ball
    return best


def _length(poly: Polynomial) -> int:
    return sum(c.bit_length() for c in poly)


def _sum(a: Ball, x: Ball, degree: int, max_degree: int) -> Generator | None:
    """Return a sum that seems to generate a larger field than a."""
    for total in (a + k * x for k in _MULTIPLES):
        poly = guess_minimal_polynomial(total, max_degree=max_degree, step=degree)
        if poly is not None and len(poly) > degree + 1:
            return poly, total
    return None


def element(ball: Ball, field: NumberField) -> Fraction | Algebraic | None:
    """Return the number in a field, None when it does not seem to be there.

    >>> x = Ball.from_rational(2, 300).sqrt()
    >>> element(1 + 3 * x, NumberField((-2, 0, 1), (1, 2)))
    1 + 3*a (~5.242641)
    """
    q = _rational(ball)
    if q is not None:
        return q
    slope = field.element([Fraction(i * c) for i, c in enumerate(field.poly)][1:])
    times = guess_coordinates(ball * slope.enclosure(ball.precision + 64), field)
    return None if times is None else times / slope


def _rational(ball: Ball) -> Fraction | None:
    error = Fraction(1, 1 << _RATIONAL)
    if ball.radius < error and not ball.is_exact:
        lower, upper = ball.midpoint - error, ball.midpoint + error
        ball = Ball.from_interval(lower, upper, 2 * _RATIONAL)
    return guess_rational(ball)


def likely(candidate: Candidate, limits: Limits) -> Iterator[Scalars]:
    """Yield what kappa seems to be: of many directions no small field is expected."""
    if len(candidate.basis) <= _FEW or not has_many_patterns(candidate.problem):
        yield from guesses(candidate, limits)
        return
    kappa = _rational_kappa(candidate, limits.bits)
    if kappa is not None:
        yield kappa


def guesses(candidate: Candidate, limits: Limits) -> Iterator[Scalars]:
    """Yield what kappa seems to be: fractions, or elements of a small field."""
    bits = limits.bits
    tall = height(candidate.problem)
    tried = None
    while True:
        kappa = _rational_kappa(candidate, bits)
        if kappa is not None and kappa != tried:
            tried = kappa
            yield kappa  # who asks again found it wrong: more bits tell it apart
        if bits >= min(limits.field_bits, 8 * tall):
            break
        bits *= 4
        try:
            candidate = candidate.refined(bits)
        except Undecided:
            return
    degree = min(_SMALL_DEGREE, limits.degree)
    guess = guess_field(widened(candidate.kappa, bits), max_degree=degree)
    if guess is not None:
        yield guess[1]
    yield from of_powers(candidate.problem.curves, widened(candidate.kappa, bits))


def _rational_kappa(candidate: Candidate, bits: int) -> Scalars | None:
    """Return the simplest fractions near kappa, or None when they are not simple."""
    guess = []
    for t in widened(candidate.kappa, bits):
        x = guess_rational(t)
        if x is None:
            return None
        guess.append(x)
    return tuple(guess)


def too_long(kappa: Scalars) -> str:
    """Return why a guess is not verified: its numbers are too long. Else ""."""
    irrational = [x for x in kappa if isinstance(x, Algebraic)]
    numbers = [c for x in irrational for c in x.coordinates]
    bits = max((max(map(int.bit_length, c.as_integer_ratio())) for c in numbers), default=0)
    degree = irrational[0].field.degree if irrational else 0
    if degree * bits <= _LONGEST:
        return ""
    return (
        f"kappa seems to lie in a number field of degree {degree}, its coordinates of {bits} "
        f"bits are too long to verify"
    )
