"""Rational functions of numbers in balls: identities are 0, other signs are those of balls."""

from fractions import Fraction

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.parametric import as_enclosed, as_letters


def letters(count):
    return as_letters([Ball.from_rational(k, 200).sqrt() for k in (2, 3, 5, 7, 11)[:count]])


def test_an_identity_is_zero_and_balls_say_the_rest():
    x, y = letters(2)
    assert ((x + y) * (x - y) - x * x + y * y).sign() == 0
    assert (x - y).sign() == -1
    assert as_enclosed((x * y) / (x * y)) == Fraction(1)
    with pytest.raises(Undecided):
        (x * x - 2).sign()  # 0 of these numbers, not of all
    with pytest.raises(ZeroDivisionError):
        (x - x).inverse()


def test_functions_that_grow_too_long_are_refused():
    total = sum(letters(5), Fraction(1))
    for _ in range(2):
        total = total * total
    with pytest.raises(Undecided, match="grow too long"):
        total**16
