"""Decimals of exact numbers: every digit is that of the number, against sympy and Decimal."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.radical import root
from polytope_nn.exact.writing.decimals import formatted, rounded

ROOT = NumberField([-2, 0, 1], (1, 2))
CUBIC = NumberField([-3, -1, 0, 1], (1, 2))


def ends(x):
    return lambda _: (x, x)


@given(st.fractions(), st.integers(0, 8), st.sampled_from("eEfg"))
def test_fractions_are_rounded_as_decimals(x, digits, kind):
    """The second route: a quotient so long that rounding it once more is no error."""
    with localcontext(prec=400):
        value = Decimal(x.numerator) / Decimal(x.denominator)
        assert formatted(ends(x), f".{digits}{kind}") == format(value, f".{digits}{kind}")
    assert rounded(ends(x), digits) == round(x, digits)


@pytest.mark.parametrize(
    "tie, shown", [("1/8", "0.12"), ("3/8", "0.38"), ("-1/8", "-0.12")]
)
def test_ties_go_to_the_even_digit(tie, shown):
    x = Fraction(tie)
    assert formatted(ends(x), ".2f") == f"{ROOT.element([x, 0]):.2f}" == shown
    above = x + Fraction(1, 10**300) * (1 if x > 0 else -1)
    assert formatted(ends(above), ".2f") != shown or shown == "0.38"


@pytest.mark.parametrize(
    "x",
    [
        ROOT.element(["1/3", -5]),
        CUBIC.element([0, 1, "2/7"]),
        logarithm(Fraction(8, 9)),
        root(2) + root(3) * 2 + 1,
    ],
    ids=repr,
)
@pytest.mark.parametrize("digits", [3, 40])
def test_irrational_numbers_against_sympy(x, digits):
    value = sympy.sympify(x).evalf(digits + 30)
    with localcontext(prec=digits + 40):
        assert f"{x:.{digits}f}" == format(Decimal(str(value)), f".{digits}f")
    assert abs(round(x, digits) - Fraction(str(value))) <= Fraction(1, 2 * 10**digits)
    assert round(x) == round(Fraction(str(value)))
    assert type(round(x)) is int
    assert f"{x}" == str(x)


def test_a_rational_element_of_a_field_is_rounded_as_what_it_is():
    assert round(ROOT.element(["5/2", 0])) == 2
    assert round(ROOT.element(["1/200", 0]), 2) == 0
    assert f"{logarithm(Fraction(4)) - 2 * logarithm(Fraction(2)):.3f}" == "0.000"


def test_a_ball_shows_the_digits_that_are_known():
    third = Ball.from_rational(Fraction(1, 3))
    assert (f"{third:.10f}", f"{third:>8.3f}") == ("0.3333333333", "   0.333")
    assert round(third, 3) == Fraction(333, 1000)
    assert round(Ball.from_rational(7)) == 7
    wide = Ball.from_interval(Fraction(1, 3), Fraction(12, 25))
    assert f"{wide:.0f}" == "0"
    with pytest.raises(Undecided, match=r"format '\.1f'"):
        f"{wide:.1f}"
    with pytest.raises(Undecided, match="2 decimals"):
        round(wide, 2)


@pytest.mark.parametrize("spec", ["d", "x", "10", ".3q"])
def test_what_is_no_format_of_a_float_is_refused(spec):
    with pytest.raises(ValueError, match="give a float's"):
        format(ROOT.generator, spec)


def test_numbers_beyond_floats():
    assert formatted(ends(Fraction(10**400, 3)), ".3e") == "3.333e+399"
    assert formatted(ends(Fraction(1, 3 * 10**400)), ".2e") == "3.33e-401"


def test_sympy_gets_intervals_of_balls_and_never_a_float():
    third = Ball.from_rational(Fraction(1, 3))
    x = sympy.sympify(third)
    assert isinstance(x, sympy.AccumBounds)
    assert x.min < sympy.Rational(1, 3) < x.max
    assert (x.min, x.max) == tuple(
        sympy.Rational(t.numerator, t.denominator) for t in (third.lower, third.upper)
    )
    assert not (2 * x - x).atoms(sympy.Float)
    assert sympy.sympify(Ball.from_rational(3)) == 3
    assert sympy.sympify(logarithm(Fraction(8, 9))) == 3 * sympy.log(2) - 2 * sympy.log(3)
    both = root(2) * Ball.from_rational(Fraction(1, 3))
    assert isinstance(sympy.sympify(both), sympy.AccumBounds)
    assert sympy.sympify(root(2) + root(3)) == sympy.sqrt(2) + sympy.sqrt(3)
    assert sympy.Matrix([third, ROOT.generator])[1] == sympy.sqrt(2)
