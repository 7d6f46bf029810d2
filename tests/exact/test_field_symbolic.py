"""To sympy and back, exactly."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import CRootOf, Rational, S, Symbol, cbrt, sqrt

from polytope_nn.errors import InexactError, Undecided
from polytope_nn.exact import symbolic
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.symbolic import from_sympy

t = Symbol("t")
QUINTIC = CRootOf(t**5 - t - 1, 0)


@pytest.mark.parametrize(
    ("expression", "poly"),
    [
        (sqrt(10), [-10, 0, 1]),
        (-sqrt(10) / 3, [-10, 0, 9]),
        (sqrt(2) + sqrt(3), [1, 0, -10, 0, 1]),
        (sqrt(2) - sqrt(3), [1, 0, -10, 0, 1]),
        ((1 + sqrt(5)) / 2, [-1, -1, 1]),
        (1 / (sqrt(2) + cbrt(3)), [1, 0, -6, -6, 12, -36, 1]),
        (sqrt(2 + sqrt(2)), [2, 0, -4, 0, 1]),
        (sqrt(5 - 2 * sqrt(6)), [1, 0, -10, 0, 1]),
        (Rational(2, 3) ** Rational(5, 2), [-32, 0, 243]),
        (2 ** Rational(-2, 3), [-1, 0, 0, 4]),
        (QUINTIC, [-1, -1, 0, 0, 0, 1]),
        (QUINTIC**2 - QUINTIC + 1, None),
        (CRootOf(t**4 - 10 * t**2 + 1, 1) * CRootOf(t**4 - 10 * t**2 + 1, 3), None),
    ],
)
def test_values_and_minimal_polynomials(expression, poly):
    x = from_sympy(expression)
    if poly is None:
        poly = sympy.Poly(sympy.minimal_polynomial(expression, t), t).all_coeffs()[::-1]
    assert list(x.minimal_polynomial()) == poly
    value = expression.evalf(40)
    ball = x.enclosure(100)
    assert abs(Rational(str(ball.midpoint)) - value) < Rational(1, 10**25)
    assert from_sympy(sympy.sympify(x)) == x


def test_rationals():
    assert from_sympy(Rational(3, 7)) == Fraction(3, 7)
    assert from_sympy(sqrt(2) ** 2 + S.One) == 3
    x = from_sympy(sqrt(3 + 2 * sqrt(2)) - sqrt(2))
    assert x == 1
    assert sympy.sympify(x) == 1


def test_the_two_roots_of_a_quadratic():
    for interval in ((-2, -1), (1, 2)):
        x = NumberField([-2, 0, 1], interval).element(["1/3", 2])
        assert sympy.sympify(x) == Rational(1, 3) + (2 if interval[0] > 0 else -2) * sqrt(2)
    y = NumberField([-1, -3, 2], (1, 2)).generator
    assert sympy.sympify(y) == Rational(3, 4) + sqrt(17) / 4


def test_latex():
    assert sympy.latex(NumberField([-2, 0, 1], (1, 2)).element([0, 3])) == r"3 \sqrt{2}"
    x = NumberField([-1, -1, 0, 0, 0, 1], (1, 2)).generator
    assert "CRootOf" in sympy.latex(x)


@settings(max_examples=10)
@given(
    st.lists(
        st.fractions(min_value=-5, max_value=5, max_denominator=4), min_size=4, max_size=4
    )
)
def test_round_trip(coordinates):
    x = NumberField([1, 0, -10, 0, 1], (3, 4)).element(coordinates)
    y = from_sympy(sympy.sympify(x))
    if isinstance(y, Algebraic):
        assert y.minimal_polynomial() == x.minimal_polynomial()
        assert y.enclosure(100).overlaps(x.enclosure(100))
    else:
        assert x == y


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (sympy.pi, "pi is not made of rationals and their roots"),
        (S.ImaginaryUnit, "is not made of"),
        (t, "t is not made of"),
        (sympy.Float(0.5), "is not made of"),
        (sympy.exp(1), "is not made of"),
        (CRootOf(t**5 - t - 1, 2), "is not real"),
        (sympy.Pow(1 - sqrt(2), Rational(1, 2)), "is not real"),
        (2 ** sqrt(2), "is not made of"),
    ],
)
def test_refused(expression, words):
    with pytest.raises(InexactError, match=words):
        from_sympy(expression)


@pytest.mark.parametrize("lie", [2, "negative", "other root"])
def test_a_wrong_guess_proves_nothing(monkeypatch, lie):
    """A guess passes by substitution only; here each of them is a lie."""
    expression = CRootOf(t**3 - 3 * t + 1, 0) if lie == "other root" else sqrt(2)
    K = (
        NumberField([1, -3, 0, 1], (0, 1))
        if lie == "other root"
        else NumberField([-2, 0, 1], (-2, -1))
    )
    guess = Fraction(2) if lie == 2 else K.generator
    monkeypatch.setattr(symbolic, "guess_field", lambda _balls, **_: (K, (guess,)))
    with pytest.raises(Undecided):
        from_sympy(expression)
    monkeypatch.setattr(symbolic, "guess_field", lambda _balls, **_: (K, (Fraction(2),)))
    with pytest.raises(Undecided):
        from_sympy(expression)


def test_a_degree_beyond_the_limit_is_undecided():
    with pytest.raises(Undecided, match="no field of degree <= 3"):
        from_sympy(sqrt(2) + sqrt(3), max_degree=3)
