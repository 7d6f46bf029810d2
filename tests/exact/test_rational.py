"""The gate: what it reads, what it refuses, and in which words."""

from decimal import Decimal
from fractions import Fraction
from math import gcd

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError, InexactError
from polytope_nn.exact.rational import (
    integer_row,
    is_square,
    matrix,
    rational,
    text,
    vector,
)


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        (7, "7"),
        (-0, "0"),
        ("3/7", "3/7"),
        (" -3/6 ", "-1/2"),
        ("+5", "5"),
        ("0.1", "1/10"),
        ("-.5", "-1/2"),
        ("1.", "1"),
        ("2e-3", "1/500"),
        ("1E3", "1000"),
        (Fraction(2, 4), "1/2"),
        (Decimal("0.1"), "1/10"),
        (Decimal("-1E+3"), "-1000"),
        (np.int8(-128), "-128"),
        (np.uint64(2**64 - 1), str(2**64 - 1)),
        (sympy.Rational(3, 7), "3/7"),
        (sympy.Integer(-4), "-4"),
        (sympy.S.Half, "1/2"),
        (np.str_("1/3"), "1/3"),
    ],
)
def test_read_exactly_as_written(given_, read):
    x = rational(given_)
    assert type(x) is Fraction
    assert x == Fraction(read)
    assert type(x.numerator) is int
    assert type(x.denominator) is int


def test_numpy_integers_do_not_overflow():
    assert rational(np.int64(2**62)) * 4 == 2**64
    assert vector(np.array([2**62, 3]))[0] ** 2 == 2**124


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (0.1, '0.1 is a float: write "1/10"'),
        (2.0, '2.0 is a float: write "2"'),
        (np.float64(0.25), 'write "1/4"'),
        (np.float32(0.5), 'write "1/2"'),
        (float("nan"), "no exact rational"),
        (float("inf"), "no exact rational"),
        (True, "true is a bool"),
        (np.bool_(False), "false is a bool"),  # noqa: FBT003 - the value refused
        (Decimal("nan"), "no exact rational"),
        (Decimal("Infinity"), "no exact rational"),
        ("1/0", "has denominator 0"),
        ("nan", "is no fraction or decimal"),
        ("", "is no fraction or decimal"),
        ("1/-2", "is no fraction or decimal"),
        ("1_000", "is no fraction or decimal"),
        ("٣", "is no fraction or decimal"),
        ("0x10", "is no fraction or decimal"),
        ("1e999999", "more than 4000 digits"),
        ("1e-5000", "more than 4000 digits"),
        (Decimal("1e999999"), "more than 4000 digits"),
        ("7" * 5000, "(5002 characters) has more than 4000 digits"),
        (np.complex128(2 - 1j), "2-1j is a complex number"),
        (1j, "1j is a complex number"),
        (None, "null is no exact rational"),
        (b"1", "of type bytes"),
        ([1, None], "[1, null] is no exact rational"),
        (np.str_("a"), "'a' is no fraction"),
        ({"a": True}, '{"a": true} is no exact rational'),
        (sympy.sqrt(2), "is no exact rational"),
        (sympy.Float("0.5"), 'write "1/2"'),
        (sympy.nan, "no exact rational"),
        (sympy.oo, "no exact rational"),
    ],
)
def test_refused_with_the_value_and_the_cure(given_, words):
    with pytest.raises(InexactError) as refused:
        rational(given_)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 120
    assert isinstance(refused.value, TypeError)


@given(st.fractions())
def test_text_round_trip(x):
    assert rational(text(x)) == x
    assert text(x) == str(x)
    assert rational(sympy.Rational(x.numerator, x.denominator)) == x


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_decimals(x):
    assert rational(x) == rational(str(x)) == Fraction(x)


def test_text_of_any_length():
    n = 10**5000 + 1
    assert text(n) == "1" + "0" * 4999 + "1"
    assert text(Fraction(-1, n)) == "-1/1" + "0" * 4999 + "1"
    assert text(-3) == "-3"


def test_matrices_are_rectangular():
    assert matrix([]) == ()
    assert matrix([[], []]) == ((), ())
    with pytest.raises(DimensionError, match=r"rows\[1\] has 2 entries, rows\[0\] has 1"):
        matrix([[1], [1, 2]])
    with pytest.raises(InexactError, match=r"0\.5 is a float"):
        matrix([[1, 0.5]])


@given(st.lists(st.fractions(), max_size=5))
def test_integer_rows_are_primitive_and_on_the_ray(v):
    row = integer_row(v)
    assert all(type(x) is int for x in row)
    if any(v):
        k = next(i for i, x in enumerate(v) if x)
        scale = row[k] / v[k]
        assert scale > 0
        assert [scale * x for x in v] == list(row)
        assert integer_row(row) == row
        assert gcd(*row) == 1
    else:
        assert not any(row)


@given(st.fractions())
def test_squares(x):
    assert is_square(x * x)
    assert is_square(2 * x * x) is (x == 0)
    assert is_square(-x * x) is (x == 0)


def test_integers_of_numpy_inside_a_fraction_do_not_overflow():
    assert rational(Fraction(np.int64(2**62))) * 4 == 2**64


def test_matrices_of_sympy_and_numpy_are_read_by_rows():
    rows = matrix([[1, 2], [3, 4]])
    assert matrix(sympy.Matrix([[1, 2], [3, 4]])) == rows
    assert matrix(np.array([[1, 2], [3, 4]])) == rows
