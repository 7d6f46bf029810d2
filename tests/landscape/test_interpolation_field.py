"""One number field for many numbers, from their digits."""

from fractions import Fraction

import pytest

from polytope_nn.exact.ball import Ball
from polytope_nn.landscape.interpolation_field import common_field


def root(x, bits=2000):
    """The square root of a number, in a ball of about ``2^-bits``."""
    return Ball.from_rational(x, bits).sqrt()


def test_the_field_of_fractions():
    assert (
        common_field((Ball.from_rational(Fraction(3, 7)),) * 2, 4) == (Fraction(3, 7),) * 2
    )
    assert common_field((), 4) == ()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)])
def test_no_number_generates_the_field_alone(order):
    numbers = (root(2), root(3), 1 + root(5) / 3, root(2) * root(3))
    found = common_field(tuple(numbers[i] for i in order), 24)
    s, t, u, product = (found[order.index(i)] for i in range(4))
    assert (s**2, t**2, (3 * u - 3) ** 2, s * t) == (2, 3, 5, product)
    assert s.field.degree == 8


def test_a_large_degree():
    """Of degree 16, every number a generator; the equations hold exactly."""
    nested = [root(2), root(3), root(5) + root(2)]
    last = (7 + nested[0] + nested[1] + nested[2]).sqrt()
    a, s, t = common_field((last, *nested[:2]), 16)
    assert (a.field.degree, s**2, t**2) == (16, 2, 3)
    assert (a**2 - 7 - 2 * s - t) ** 2 == 5


def test_none_where_nothing_is_seen():
    assert common_field((root(2), root(3)), 2) is None
    many = [root(2), root(3), root(5), root(7), root(11)]
    assert common_field((sum(many[1:], many[0]),), 16) is None
    deep = tuple((root(2) + k).sqrt() for k in (3, 4, 5, 6))
    assert common_field(deep, 3) is None
