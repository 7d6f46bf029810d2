"""LaTeX: balanced, complete, exact; sympy reads the numbers back."""

from fractions import Fraction

import sympy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.report.latex import latex_matrix, latex_number, latex_polytope
from polytope_nn.strategies import problems

ROOT2 = NumberField([-2, 0, 1], (1, 2))


def test_numbers():
    assert latex_number(3) == "3"
    assert latex_number(Fraction(-1, 2)) == r"-\frac{1}{2}"
    assert latex_number(Ball.from_rational(Fraction(1, 3), 64)) == r"\approx 0.333333333333"
    assert latex_number(ROOT2.element([0, 1])) == r"\alpha"
    assert latex_number(ROOT2.element([0, "-3/2"])) == r"-\frac{3}{2}\alpha"
    assert latex_number(ROOT2.element([1, -2])) == r"1 - 2 \alpha"
    assert latex_number(ROOT2.element([0, 0])) == "0"
    cubic = NumberField([-2, 0, 0, 1], (1, 2))
    assert latex_number(cubic.element([0, 0, 1])) == r"\alpha^{2}"


@given(st.fractions())
def test_a_fraction_is_what_sympy_prints(x):
    printed = sympy.latex(sympy.Rational(x.numerator, x.denominator))
    assert latex_number(x) == printed.replace("- ", "-")


def test_an_empty_matrix():
    assert r"\begin{array}{r}" in latex_matrix([[]])


@given(problems(4, 2))
def test_a_polytope_is_balanced_and_complete(D):
    P = optimal_polytope(optimum(D))
    text = latex_polytope(P)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert text.count(r"\begin") == text.count(r"\end")
    assert text.count(r"\begin{array}") == 2 + len(P.vertices)


def test_a_number_field_is_defined_below():
    P = optimal_polytope(optimum(TrainingProblem([[1, 1]], [3], beta=1)))
    text = latex_polytope(P)
    if P.optimum.level == "exact":
        assert r"\alpha" in text
        assert r"\text{where }" in text
