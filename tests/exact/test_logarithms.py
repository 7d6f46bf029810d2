"""Sums of logarithms of primes: arithmetic, exact equality, order by balls."""

import json
import math
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.logarithms import Logarithms, logarithm, power
from polytope_nn.exact.scalar import encode, sign
from polytope_nn.networks.network import Network

positive = st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=50)
rationals = st.fractions(min_value=-5, max_value=5, max_denominator=7)


@given(positive, positive, rationals, rationals)
def test_the_laws_of_logarithms(x, y, p, q):
    assert logarithm(x) + logarithm(y) == logarithm(x * y)
    assert logarithm(x) - logarithm(y) == logarithm(x / y)
    combined = logarithm(x) * p + logarithm(y) * q + p
    near = math.log(x) * float(p) + math.log(y) * float(q) + float(p)
    assert float(combined) == pytest.approx(near, abs=1e-9)
    assert combined - combined == 0
    assert sign(combined - Fraction(100)) == -1
    assert (combined > 0) == (near > 0) or abs(near) < 1e-9
    assert hash(logarithm(x) * 1) == hash(logarithm(x))


def test_equality_is_decided_and_not_guessed():
    assert logarithm(Fraction(4)) == 2 * logarithm(Fraction(2))
    assert logarithm(Fraction(4)) != Fraction(1386294361119890618834464, 10**24)
    assert logarithm(Fraction(9, 8)) > Fraction(117783035656383, 10**15)
    one = logarithm(Fraction(2)) - logarithm(Fraction(2)) + 1
    assert one == 1
    assert isinstance(logarithm(Fraction(1)), Fraction)


def test_products_are_balls():
    two, three = logarithm(Fraction(2)), logarithm(Fraction(3))
    assert isinstance(two * three, Ball)
    assert abs(float(two * three) - math.log(2) * math.log(3)) < 1e-12
    assert abs(float(two / three) - math.log(2) / math.log(3)) < 1e-12
    assert abs(float(1 / three) - 1 / math.log(3)) < 1e-12
    assert (two * Fraction(2)) / 2 == two


def test_powers():
    assert power(Fraction(27, 8), Fraction(2, 3)) == Fraction(9, 4)
    assert power(Fraction(3), Fraction(2)) == 9
    root = power(Fraction(2), Fraction(1, 2))
    assert isinstance(root, Ball)
    assert root * root > Fraction(19, 10)


def test_they_are_written_read_and_pickled():
    x = logarithm(Fraction(12, 5)) * Fraction(1, 3) + 2
    assert encode(x)["logs"] == {"1": "2", "2": "2/3", "3": "1/3", "5": "-1/3"}
    assert pickle.loads(pickle.dumps(x)) == x  # noqa: S301 - our own
    assert Logarithms(Fraction(1), {}) == 1
    text = {"neurons": [{"sign": 1, "u": [encode(x), "0"]}]}
    read = Network.from_json(json.loads(json.dumps(text)))
    assert read.slots[0].u[0] == x


def test_with_numbers_of_a_field_and_balls():
    root, log = NumberField([-2, 0, 1], (1, 2)).generator, logarithm(Fraction(2))
    for x in (root, Ball.from_rational(Fraction(1, 3))):
        for found, wanted in (
            (log + x, float(log) + float(x)),
            (x + log, float(log) + float(x)),
            (log - x, float(log) - float(x)),
            (x - log, float(x) - float(log)),
            (log * x, float(log) * float(x)),
            (x * log, float(log) * float(x)),
            (log / x, float(log) / float(x)),
            (x / log, float(x) / float(log)),
        ):
            assert isinstance(found, Ball)
            assert abs(float(found) - wanted) < 1e-15
        assert (log < x) == (float(log) < float(x)) == (x > log)


@pytest.mark.parametrize("p", [2**61 - 1, 2**127 - 1, 7919])
def test_what_is_soon_factored_is_exact(p):
    """Mersenne primes, and powers of many small ones: as a sum of their logarithms."""
    smooth = 2**500 * 3**90 * 7907
    found = logarithm(Fraction(smooth, p * 97))
    small = logarithm(Fraction(2)) * 500 + logarithm(Fraction(3)) * 90
    rest = logarithm(Fraction(7907)) - logarithm(Fraction(p)) - logarithm(Fraction(97))
    assert isinstance(found, Logarithms)
    assert found == small + rest


def test_what_is_long_to_factor_is_a_ball():
    """Of two primes of 90 bits, as the rounded kappa of a trained network has them."""
    hard = Fraction(618970019642690137449562141 * 618970019642690137449562201, 8)
    assert isinstance(logarithm(hard), Ball)
    assert float(logarithm(hard)) == pytest.approx(math.log(hard), abs=1e-12)
