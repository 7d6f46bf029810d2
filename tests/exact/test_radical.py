"""Sums of roots: identities, signs near 0, enclosures, against sympy."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import Undecided
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.radical import RootSum, decimal, enclosure, exactly, root, total
from tests.landscape.planted import seeded

fractions = st.fractions(min_value=-20, max_value=20, max_denominator=12)
squares = st.fractions(min_value=0, max_value=30, max_denominator=9)
sums = st.lists(st.tuples(squares, fractions), max_size=5)


def built(terms):
    return total(root(s) * q for s, q in terms)


def in_sympy(terms):
    return sum(
        (
            sympy.Rational(*q.as_integer_ratio())
            * sympy.sqrt(sympy.Rational(*s.as_integer_ratio()))
            for s, q in terms
        ),
        sympy.Integer(0),
    )


@given(sums)
def test_sign_is_that_of_sympy(terms):
    assert built(terms).sign() == sympy.sign(sympy.simplify(in_sympy(terms)))


@given(sums, sums)
def test_order_is_a_ring_order(a, b):
    x, z = built(a), built(b)
    assert (x < z, x == z, x > z) == ((z - x).sign() > 0, (x - z).sign() == 0, x - z > 0)
    assert (x <= z) == (not x > z)
    assert x >= z or z >= x
    assert (x + z) - z == x
    if x == z:
        assert hash(x) == hash(z)


@given(sums)
def test_enclosure_holds_the_value(terms):
    x = built(terms)
    low, high = x.enclosure(100)
    assert low <= high
    assert x >= low
    assert x <= high
    assert float(low) - 1e-9 <= float(in_sympy(terms)) <= float(high) + 1e-9


def test_equal_sums_of_different_shape():
    # sqrt 2 + sqrt 8 = sqrt 18, and large square factors come out without factoring
    assert root(2) + root(8) == root(18)
    p, q = 10**40 + 7, 10**41 + 9
    assert root(p * q * q) == root(p) * q
    assert root(Fraction(p, q)) * q == root(p * q)


def test_a_sum_close_to_zero_is_decided():
    # 10^-60 apart
    near = Fraction(sympy.Integer(sympy.floor(sympy.sqrt(2) * 10**60)).p, 10**60)
    assert root(2) > near
    assert root(2) + root(3) - root(3) - near > 0


def test_what_is_exact_says_so():
    assert root(Fraction(9, 16)).exact == Fraction(3, 4)
    assert (root(2) - root(2)).exact == 0
    assert root(2).exact is None
    assert (root(2) + 1).exact is None
    assert exactly(3).to_json() == "3"
    assert repr(root(2)) == "about 1.41421356237"
    assert repr(exactly(Fraction(1, 2))) == "1/2"
    assert 1 - root(4) == -1
    assert 2 * root(2) == root(8)
    assert exactly(1) != "1"


def test_json_is_an_enclosure():
    shown = (root(2) * -1).to_json()
    low, high = Fraction(shown["lower"]), Fraction(shown["upper"])
    assert low < -root(2) < high
    assert high - low <= Fraction(2, 10**24)


def test_field_elements_as_coefficients_and_radicands():
    a = NumberField((-2, 0, 1), (1, 2)).generator  # sqrt 2
    assert root(3) * a > Fraction(24494, 10000)
    assert root(a) > Fraction(118, 100)
    assert root(a) + root(a) == root(a) * 2
    assert root(a) + root(3) > Fraction(29, 10)
    assert (root(3) * (a - a)).terms == ()
    low, high = enclosure(a, 200)
    assert low * low < 2 < high * high
    assert high - low <= Fraction(1, 1 << 200)
    assert (root(2) - a).sign() == 0  # in two guises, of one field
    assert root(3 + 2 * a) == 1 + a
    with pytest.raises(Undecided, match="4096 bits"):
        (root(3) * a - root(6)).sign()  # 0, and its roots are in no such field


def test_random_sums_of_many_roots():
    rng = seeded(5)
    x = total(root(rng.randint(1, 99)) * rng.randint(-9, 9) for _ in range(60))
    assert isinstance(x, RootSum)
    assert x - x == 0


def test_numbers_beyond_floats_are_shown():
    huge = root(Fraction(3 * 10**800))
    assert repr(huge) == "about 1.73205080757e+400"
    assert repr(exactly(Fraction(10**5000))) == "about 1e+5000"
    assert decimal(Fraction(1, 10**400)) == "1e-400"
    assert decimal(0) == "0"
    assert float(root(2 * 4**1023) * Fraction(5, 4)) == 2**0.5 * 1.25 * 2.0**1023
    with pytest.raises(OverflowError):
        float(huge)
