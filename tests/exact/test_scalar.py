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
