"""Guesses find what was planted, and do not see relations that are not there."""

import random
from fractions import Fraction
from math import ceil, floor

import pytest
from flint import arb, ctx, fmpz_poly
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.generator import at, field_of, order, simpler_field
from polytope_nn.exact.recognise import (
    guess_coordinates,
    guess_field,
    guess_minimal_polynomial,
    guess_rational,
    power_in_field,
)
from polytope_nn.exact.roots import irreducible


def root(q, bits=1000):
    return Ball.from_rational(Fraction(q), bits).sqrt()


def pi(bits=1000):
    with ctx.workprec(bits):
        return Ball(arb.pi(), bits)


def planted(degree, height, seed):
    """Return the field of a random irreducible polynomial with a real root."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    while True:
        poly = [rng.randint(-height, height) for _ in range(degree)] + [rng.randint(1, 9)]
        f = fmpz_poly(poly)
        real = [x.real for x, _ in f.complex_roots() if x.imag == 0]
        if real and len(f.factor()[1]) == 1:
            field = field_of(
                [int(c) for c in irreducible(poly).coeffs()], Ball(real[0], 53)
            )
            assert field is not None
            return field


@given(st.fractions(-(10**9), 10**9, max_denominator=10**12), st.integers(180, 300))
@example(Fraction(0), 180)
@example(Fraction(-1, 3), 180)
@example(Fraction(10**9), 180)
def test_planted_fractions(x, bits):
    if x.denominator == 1:
        assert guess_rational(Ball.from_rational(x, bits)) == x
    wide = Ball.from_interval(x - Fraction(1, 2**130), x + Fraction(1, 2**130), bits)
    assert guess_rational(wide) == x
    assert guess_rational(wide, margin=1000) is None


@given(st.fractions(max_denominator=50), st.fractions(min_value="1/9", max_value=2))
def test_the_simplest_fraction(middle, width):
    ball = Ball.from_interval(middle, middle + width)
    found = guess_rational(ball, margin=-1000)
    assert found in ball
    for q in range(1, found.denominator):
        assert floor(ball.upper * q) < ceil(ball.lower * q)  # no p/q inside


def test_no_fraction_in_an_irrational():
    assert guess_rational(root(2)) is None
    assert guess_rational(pi()) is None
    assert guess_rational(Ball.from_rational(Fraction(5, 8))) == Fraction(5, 8)
    assert guess_rational(Ball.from_rational(Fraction(1, 3), 20)) is None


@pytest.mark.parametrize("degree", [2, 3, 5, 8, 12])
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_polynomials(degree, seed):
    field = planted(degree, 20, seed)
    assert guess_minimal_polynomial(field.enclosure(600)) == field.poly
    x = field.element([Fraction(k + 1, 1 + k % 3) for k in range(min(degree, 4))])
    assert guess_minimal_polynomial(x.enclosure(2000)) == x.minimal_polynomial()
    assert guess_coordinates(x.enclosure(1000), field) == x


def test_a_high_degree_is_found_among_multiples():
    field = planted(23, 5, 1)
    assert guess_minimal_polynomial(field.enclosure(2000)) == field.poly
    assert guess_minimal_polynomial(field.enclosure(2000), max_degree=22) is None
    assert guess_minimal_polynomial(field.enclosure(30)) is None


def test_nothing_is_seen_where_nothing_is():
    assert guess_minimal_polynomial(pi(2000), max_degree=12) is None
    assert guess_field([root(2), pi()], max_degree=6) is None
    K = NumberField([-2, 0, 1], (1, 2))
    assert guess_coordinates(pi(), K) is None
    assert guess_coordinates(root(3), K) is None
    assert guess_coordinates(Ball.from_interval(0, 1, 10), K) is None
    assert guess_minimal_polynomial(root(2), max_degree=1) is None
    assert guess_minimal_polynomial(root(2), max_degree=5, step=3) is None
    assert guess_coordinates(Ball.from_rational(Fraction(3, 4)), K) == Fraction(3, 4)


def test_one_field_for_multiquadratic_numbers():
    balls = [
        root(2) * Fraction(3, 7) + root(Fraction(10, 9)) / 7,
        Ball.from_rational(Fraction(1, 3), 1000),
        root(6) - 1,
        root(2),
        root(3) * root(5),
    ]
    K, (x, q, y, z, w) = guess_field(balls, max_degree=8)
    assert K.degree == 8
    assert q == Fraction(1, 3)
    assert type(q) is Fraction
    assert z**2 == 2
    assert (y + 1) ** 2 == 6
    assert w**2 == 15
    assert (21 * x - 9 * z) ** 2 == 10
    for t, ball in zip((x, y, z, w), (balls[0], *balls[2:]), strict=True):
        assert t.field == K
        assert t.enclosure(900).overlaps(ball)
    assert max(abs(c) for c in K.poly) < 1000
    assert guess_field(balls, max_degree=7) is None


def test_a_number_hidden_by_its_height_is_found_in_the_field_of_another():
    field = planted(10, 9, 3)
    x = field.element([Fraction(i + 2, 7 + i) for i in range(10)])
    assert guess_minimal_polynomial(x.enclosure(1500)) is None
    K, (y, z) = guess_field([x.enclosure(1500), field.enclosure(1500)], max_degree=10)
    assert z.minimal_polynomial() == field.poly
    assert at(x, z) == y
    assert K.degree == 10


def test_the_field_of_fractions_and_of_nothing():
    K, numbers = guess_field(
        [Ball.from_rational(Fraction(1, 7), 200), Ball.from_rational(2)]
    )
    assert K.degree == 1
    assert numbers == (Fraction(1, 7), 2)
    assert guess_field([]) == (K, ())


@pytest.mark.parametrize(
    ("poly", "interval", "expected"),
    [
        ((-18, 0, 1), (4, 5), (-2, 0, 1)),
        ((1, -198, 1), (100, 200), (-2, 0, 1)),
        ((-45, 0, 4), (3, 4), (-1, -1, 1)),  # (3/2) sqrt 5: the golden ratio
        ((-1, 0, 0, 54), (0, 1), (-2, 0, 0, 1)),  # (1/3) 2^(-1/3)
        ((5, -7), (0, 1), (5, -7)),
    ],
)
def test_simpler_generators(poly, interval, expected):
    field = NumberField(poly, interval)
    elements = [field.generator + 1, field.element([Fraction(1, 3)])]
    K, (x, y) = simpler_field(field, elements)
    size = [abs(int(fmpz_poly(list(p)).discriminant())) for p in (K.poly, expected)]
    assert size[0] == size[1]
    assert x.minimal_polynomial() == elements[0].minimal_polynomial()
    assert float(x) == pytest.approx(float(elements[0]))
    assert y == Fraction(1, 3)


@pytest.mark.parametrize("seed", range(6))
def test_simpler_fields_are_the_same_field(seed):
    field = planted(2 + seed, 50, seed)
    _, (a, b) = simpler_field(field, [field.generator, field.generator**2 - 1])
    assert b == a * a - 1
    assert sum(c * a**i for i, c in enumerate(field.poly)) == 0
    assert field.root[0] < a < field.root[1]
    assert simpler_field(field, [], max_degree=1)[0] is field


@pytest.mark.parametrize("seed", range(6))
def test_orders_are_rings_of_integers(seed):
    """Each product of basis elements is in the lattice, and each is an integer."""
    field = planted(2 + seed, 40, seed)
    basis = [Algebraic(field, x) for x in order(field)]
    assert len(basis) == field.degree
    assert all(x.minimal_polynomial()[-1] == 1 for x in basis)
    assert all((x * y).minimal_polynomial()[-1] == 1 for x in basis for y in basis)


@pytest.mark.parametrize(
    ("m", "discriminant"), [(2, 8), (5, 5), (12, 12), (45, 5), (3, 12), (49 * 17, 17)]
)
def test_quadratic_orders_are_maximal(m, discriminant):
    """The discriminant of Q(sqrt m), m = s^2 k, is k or 4k as k is 1 mod 4 or not."""
    field = NumberField([-m, 0, 1], (0, m))
    (a, b), (c, d) = (
        (x.coordinates[0], x.coordinates[1])
        for x in (Algebraic(field, p) for p in order(field))
    )
    assert 4 * m * (a * d - b * c) ** 2 == discriminant


def test_a_ball_must_tell_the_root():
    assert field_of((-2, 0, 1), Ball.from_interval(-2, 2, 10)) is None
    assert field_of((-2, 0, 1), Ball.from_interval(3, 4)) is None
    assert field_of((-2, 0, 1), Ball.from_interval(1, 2)).generator > 0
    close = (-2, 400, -20000, 0, 0, 0, 1)
    assert field_of(close, Ball.from_interval(Fraction(1, 100), 1)).index == 2


def test_roots_of_numbers_with_long_coordinates():
    """As many bits are looked at as it takes to see coordinates of hundreds of digits."""
    field = NumberField([-2, 0, 0, 0, 0, 0, 0, 0, 1], (1, 2))
    x = field.element([Fraction(3**200 + i, 7**90) for i in range(8)])
    assert power_in_field(x * x, Fraction(1, 2)) == x
    assert power_in_field(x * x * field.generator, Fraction(1, 2)) is None


@pytest.mark.parametrize("power", [-30, -12, -6, 6, 12, 30])
def test_numbers_in_another_unit_are_seen_in_the_same_field(power):
    unit = Fraction(10) ** power
    K, numbers = guess_field([(1 + root(2, 400)) * unit, root(8, 400) * unit, root(2, 400)])
    assert K.degree == 2
    assert max(map(abs, K.poly)) <= 8
    assert numbers[0] - unit == numbers[2] * unit == numbers[1] / 2


def test_noise_around_0_is_0_beside_a_field():
    error = Fraction(1, 1 << 400)
    noise = Ball.from_interval(-error, 3 * error, 900)
    assert guess_field([root(2), noise])[1][1] == 0
