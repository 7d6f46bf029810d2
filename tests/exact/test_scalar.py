"""Scalars of every kind behave alike in generic code."""

from fractions import Fraction

import pytest

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.scalar import (
    RealNumber,
    dot,
    encode,
    nearest_float,
    sign,
    squared_norm,
)

F = Fraction
A = NumberField([-2, 0, 1], (1, 2)).generator


@pytest.mark.parametrize("x", [Fraction(7, 5), A, Ball.from_rational(2).sqrt()])
def test_generic_code(x):
    assert sign(x) == 1
    assert sign(-x) == -1
    assert sign(x * 0) == 0
    assert 2 * x - 1 > x
    assert (x + 1) * (x - 1) < x**2
    assert 3 / x > 2
    assert 3 - x > Fraction(1)
    assert dot([x, Fraction(0)], [Fraction(1), x]) > Fraction(13, 10)
    assert squared_norm([x, -x]) > 3
    assert max(Fraction(1), x) is x
    assert bool(x)


def test_signs_of_integers():
    assert [sign(n) for n in (-2, 0, 5)] == [-1, 0, 1]


def test_encoding():
    assert encode(Fraction(-4, 2)) == "-2"
    assert encode(7) == "7"
    assert set(encode(A)) == {"poly", "root", "coords"}
    assert set(encode(Ball.from_rational(Fraction(1, 3)))) == {"lower", "upper"}


def test_powers():
    assert A**0 == 1
    assert type(A**0) is type(A)
    assert A**5 == 4 * A
    assert A**-2 == Fraction(1, 2)
    assert [(A**n).sign() for n in range(-3, 4)] == [1] * 7
    assert RealNumber.__pow__(A, 0.5) is NotImplemented


def test_a_number_of_a_field_beyond_every_float_has_none():
    root = NumberField([-2, 0, 1], (1, 2)).element([0, 1])
    assert nearest_float(root) == 2**0.5
    assert nearest_float(root * 10**400) is None
    assert nearest_float(-root * 10**400) is None


@pytest.mark.parametrize("bits", [64, 300])
def test_a_product_with_balls_is_the_sum_bit_by_bit(bits):
    third, wide = (
        Ball.from_interval(F(1, 3), F(2, 5), bits),
        Ball.from_rational(F(1, 7), 128),
    )
    a = [F(0), F(5, 3), third, 2, wide, F(1, 9), F(3, 7)]
    b = [third, F(1, 11), F(-7, 9), wide, third, F(4), F(0)]
    for x, y in [(a, b), ([*a, A], [*b, wide]), ([A, *a], [F(3), *b]), (b[1:], a[1:])]:
        total = F(0)
        for s, t in zip(x, y, strict=True):
            if not any(type(z) is F and not z for z in (s, t)):
                total = total + s * t
        found = dot(x, y)
        assert (found.lower, found.upper) == (total.lower, total.upper)
        assert found.precision == total.precision
