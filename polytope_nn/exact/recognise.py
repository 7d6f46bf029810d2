"""Guesses of what an enclosed number is: a fraction, an algebraic number, a field element.

All of these are guesses. A number inside a small ball *looks like* the simple algebraic
number that is in the ball too; that it *is* that number has to be proved by the caller, by
substituting the guess into the exact conditions which define the number. A guess that
passes is then the proof, however it was found.

Relations are found by lattice reduction: when ``x_i`` are known to p bits, a short vector
``c`` in the lattice of the rows ``(e_i, [2^p x_i])`` has ``sum c_i x_i`` near 0. For p bits
and d + 1 unrelated numbers the shortest has about ``p / (d + 1)`` bits; a relation counts
as found when it is shorter, by a margin of bits, than chance would have it.

References
----------
A. K. Lenstra, H. W. Lenstra, L. Lovasz, *Factoring polynomials with rational coefficients*,
Math. Ann. 261 (1982); H. Cohen, *A Course in Computational Algebraic Number Theory*
(1993), section 2.7.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, lcm

from flint import arb, ctx, fmpq, fmpz_mat, fmpz_poly

from .ball import Ball
from .field import Algebraic, NumberField
from .generator import at, field_of, simpler_field
from .rational import exponent
from .roots import primitive
from .scalar import Scalar, Scalars

__all__ = [
    "guess_coordinates",
    "guess_field",
    "guess_minimal_polynomial",
    "guess_rational",
    "guess_relations",
    "power_in_field",
    "powers",
    "simplest_fraction",
    "sum_in_field",
]

_MARGIN = 32
_HIDDEN = 2  # numbers of no field that is seen, after which none is looked for
_POWER_BITS = 1000  # at which powers are looked at
_POWERS = 9  # degree of a field for several roots: two cube roots


def guess_rational(ball: Ball, *, margin: int = _MARGIN) -> Fraction | None:
    """Return the simplest fraction in the ball, None if no simpler than chance has it.

    Simplest: of least denominator, found by continued fractions. A number known to p
    bits has, by chance, one whose two parts have p bits together; the guess must have
    ``margin`` fewer. Verification by exact substitution is the caller's part.

    >>> guess_rational(Ball.from_rational(Fraction(-22, 7)))
    Fraction(-22, 7)
    """
    x = simplest_fraction(ball.lower, ball.upper)
    if ball.is_exact:
        return x
    known = -exponent(ball.radius)  # the ball has about 2^-known
    parts = 2 * x.denominator.bit_length()
    return x if parts + margin <= known else None


def simplest_fraction(lower: Fraction, upper: Fraction) -> Fraction:
    """Return the fraction of least denominator in an interval, and then of least numerator."""
    if lower <= 0 <= upper:
        return Fraction(0)
    if upper < 0:
        return -simplest_fraction(-upper, -lower)
    p, q, r, s = *lower.as_integer_ratio(), *upper.as_integer_ratio()
    terms = []
    while -(-p // q) * s > r:  # no integer is between p/q and r/s
        terms.append(p // q)
        p, q, r, s = s, r - terms[-1] * s, q, p - terms[-1] * q
    p, q = -(-p // q), 1
    for term in reversed(terms):
        p, q = term * p + q, p
    return Fraction(p, q)


def _relation(numbers: Sequence[arb], margin: int) -> list[int] | None:
    """Return integers c, not all 0, for which ``sum c_i numbers[i]`` seems to be 0."""
    error = max(Ball(x, 2).radius for x in numbers)
    bits = -exponent(error) - 1  # 2^bits numbers[i] is known up to 1
    if bits <= margin:
        return None
    n = len(numbers)
    lattice = []
    for i, x in enumerate(numbers):
        scaled = floor(Ball(x, 2).midpoint * (1 << bits))
        lattice.append([*(int(i == j) for j in range(n)), scaled])
    shortest = [int(x) for x in fmpz_mat(lattice).lll().table()[0]]
    size = max(x.bit_length() for x in shortest)
    return shortest[:-1] if size * n + margin + bits // 16 <= bits else None


def guess_relations(
    numbers: Sequence[Ball], *, bits: int, largest: int
) -> list[tuple[Fraction, ...]]:
    """Return independent integer vectors to which numbers seem orthogonal, short ones first.

    The numbers are read to ``bits`` bits of the largest one; entries are at most ``largest``.

    >>> x = Ball.from_rational(2).sqrt()
    >>> print(*guess_relations([x, 3 * x, Ball.from_rational(1)], bits=60, largest=9)[0])
    -3 1 0
    """
    n, unit = len(numbers), max(abs(t.midpoint) for t in numbers)
    lattice = [
        [*(int(i == j) for j in range(n)), round(t.midpoint / unit * (1 << bits))]
        for i, t in enumerate(numbers)
    ]
    reduced = [[int(x) for x in row] for row in fmpz_mat(lattice).lll().tolist()]
    found = [row[:n] for row in reduced if max(map(abs, row)) <= largest]
    found.sort(key=lambda row: (sum(x * x for x in row), row))
    return [tuple(map(Fraction, row)) for row in found]


def guess_minimal_polynomial(
    ball: Ball, *, max_degree: int = 24, step: int = 1, margin: int = _MARGIN
) -> tuple[int, ...] | None:
    """Return the minimal polynomial the number seems to have, None if none is seen.

    Degrees are tried in increasing order, each with a lattice reduction, and only multiples
    of ``step``. The polynomial (primitive, coefficients low to high) is irreducible and
    does have exactly one real root in the ball; that this root is the number is for the
    caller to prove, by exact substitution.

    >>> guess_minimal_polynomial(Ball.from_rational(2, 200).sqrt())
    (-2, 0, 1)
    """
    for d in _degrees(max_degree, step):
        with ctx.workprec(ball.precision + 64):
            powers = [arb(1)]
            while len(powers) <= d:
                powers.append(powers[-1] * ball.value)
        relation = _relation(powers, margin)
        if relation is None:
            continue
        for g, _ in fmpz_poly(relation).factor()[1]:
            if g.degree() % step == 0 and _changes_sign(g, ball):
                return tuple(map(int, primitive(g).coeffs()))
    return None


def _degrees(most: int, step: int) -> Iterator[int]:
    """Yield the degrees to try: a relation of higher degree than needed has the factor."""
    d = 2 if step == 1 else step
    while d < most:
        yield d
        d += step * max(1, d // (6 * step))
    if most >= 2:
        yield most - most % step


def _changes_sign(g: fmpz_poly, ball: Ball) -> bool:
    ends = [g(fmpq(x.numerator, x.denominator)) for x in (ball.lower, ball.upper)]
    return bool(ends[0] * ends[1] < 0)


def guess_coordinates(
    ball: Ball, field: NumberField, *, margin: int = _MARGIN
) -> Algebraic | None:
    """Return the element of the field the number seems to be, None if none is seen.

    Verification by exact substitution is the caller's part.

    >>> K = NumberField([-2, 0, 1], (1, 2))
    >>> guess_coordinates(3 * Ball.from_rational(2, 300).sqrt() + Fraction(1, 7), K)
    1/7 + 3*a (~4.385498)
    """
    if ball.is_exact:
        return field.element([ball.midpoint])
    unit = ball.unit()
    ball = ball / unit
    generator = field.approximation(ball.precision + 64)
    with ctx.workprec(ball.precision + 64):
        numbers = [ball.value, arb(1)]
        while len(numbers) <= field.degree:
            numbers.append(numbers[-1] * generator)
    relation = _relation(numbers, margin)
    if relation is None or relation[0] == 0:
        return None
    x = field.element(Fraction(-c, relation[0]) for c in relation[1:])
    return x * unit if x.enclosure(ball.precision).overlaps(ball) else None


def guess_field(
    balls: Sequence[Ball], *, max_degree: int = 24, margin: int = _MARGIN
) -> tuple[NumberField, Scalars] | None:
    """Return one number field the numbers seem to lie in, and the numbers as its elements.

    The field grows by one number at a time: when a number x is not in ``Q(a)``, either x
    or one of ``a + x, a - x, a + 2x, ...`` generates both. At the end the generator is
    replaced by a simpler one (:func:`simpler_field`). Fractions are returned as such; when
    all are, the field is Q itself, of degree 1. None when no field of degree at most
    ``max_degree`` is seen in the first two numbers, or in all: more precise balls, or a larger
    limit, may show one.

    Verification by exact substitution is the caller's part.

    >>> K, (x, y) = guess_field([Ball.from_rational(q, 300).sqrt() for q in (2, 8)])
    >>> K.poly, x * y
    ((-2, 0, 1), 4)
    """
    units = [ball.unit() for ball in balls]
    balls = [ball / unit for ball, unit in zip(balls, units, strict=True)]
    rational = [guess_rational(ball, margin=margin) for ball in balls]
    found: dict[int, Scalar] = {i: q for i, q in enumerate(rational) if q is not None}
    pending = [i for i, q in enumerate(rational) if q is None]
    field = NumberField((0, 1), (0, 0))
    while pending:
        later = []
        for i in pending:
            x = guess_coordinates(balls[i], field, margin=margin)
            if x is not None:
                found[i] = x
                continue
            extended = _extended(field, balls[i], max_degree, margin)
            if extended is None:
                later.append(i)
                if field.degree == 1 and len(later) == _HIDDEN:
                    return None
                continue
            a, x = extended
            old = {j: t for j, t in found.items() if isinstance(t, Algebraic)}
            moved = [*(at(t, a) for t in old.values()), x]
            field, elements = simpler_field(a.field, moved)
            found.update(zip((*old, i), elements, strict=True))
        if len(later) == len(pending):
            return None
        pending = later  # in a larger field, which may show what was hidden
    return field, tuple(found[i] * unit for i, unit in enumerate(units))


def _extended(
    field: NumberField, ball: Ball, max_degree: int, margin: int
) -> tuple[Algebraic, Algebraic] | None:
    """Return the old generator and the number, in the field they seem to generate."""
    a = field.enclosure(ball.precision)
    multiples = (1, -1, 2, -2, 3) if field.degree > 1 else ()
    for sum_ in (ball, *(a + k * ball for k in multiples)):
        poly = guess_minimal_polynomial(
            sum_, max_degree=max_degree, step=field.degree, margin=margin
        )
        larger = None if poly is None else field_of(poly, sum_)
        if larger is not None:
            guesses = (guess_coordinates(x, larger, margin=margin) for x in (a, ball))
            elements = [x for x in guesses if x is not None]
            if len(elements) == 2:
                return elements[0], elements[1]
    return None


def power_in_field(x: Algebraic, exponent: Fraction) -> Scalar | None:
    """Return ``x^exponent`` of ``x > 0`` in the field of x, None where it is not seen there.

    >>> a = NumberField((-2, 0, 1), (1, 2)).generator
    >>> power_in_field(3 + 2 * a, Fraction(1, 2)) == 1 + a
    True
    """
    below = lcm(*(t.denominator for t in x.coordinates))
    size = max(int(t * below).bit_length() for t in x.coordinates) + below.bit_length()
    ball = x.enclosure(_POWER_BITS + (x.field.degree + 2) * size * max(1, ceil(exponent)))
    assert isinstance(ball, Ball)  # what encloses is a ball here
    found = guess_coordinates(ball.power(exponent), x.field)
    return found if found is not None and _is_power(found, x, exponent) else None


def sum_in_field(terms: Iterable[tuple[Scalar, Scalar]]) -> Scalar | None:
    """Return ``sum q sqrt(s)`` of ``(s, q)`` in the field of its numbers, None if it is not seen.

    >>> a = NumberField((-2, 0, 1), (1, 2)).generator
    >>> sum_in_field([(Fraction(8), Fraction(1)), (3 + 2 * a, Fraction(-2))])
    -2
    """
    listed = list(terms)
    every = [x for term in listed for x in term]
    field = next((x.field for x in every if isinstance(x, Algebraic)), None)
    exact = all(isinstance(x, Fraction | Algebraic) for x in every)
    if field is None or not exact:
        return None
    found: Scalar = Fraction(0)
    for s, q in listed:
        inside = field.element([s]) if isinstance(s, Fraction) else s
        assert isinstance(inside, Algebraic)  # asked before
        share = power_in_field(inside, Fraction(1, 2)) if inside.field == field else None
        if share is None:
            return None
        found = found + share * q
    return found


@lru_cache(maxsize=256)
def powers(sizes: tuple[Fraction, ...], exponent: Fraction) -> Scalars | None:
    """Return ``x^exponent`` of fractions ``x >= 0`` in one field; None where none is seen.

    >>> roots = powers((Fraction(2), Fraction(0), Fraction(8)), Fraction(1, 2))
    >>> roots[0] * roots[2]
    4
    """
    balls = [Ball.from_rational(x, _POWER_BITS).power(exponent) for x in sizes if x]
    guess = guess_field(balls, max_degree=_POWERS)
    if guess is None:
        return None
    found = iter(guess[1])
    roots = [next(found) if x else Fraction(0) for x in sizes]
    pairs = zip(roots, sizes, strict=True)
    return tuple(roots) if all(_is_power(r, x, exponent) for r, x in pairs) else None


def _is_power(root: Scalar, x: Scalar, exponent: Fraction) -> bool:
    """Return whether a number is the power of another that is not negative."""
    return bool(root >= 0) and bool(root**exponent.denominator == x**exponent.numerator)
