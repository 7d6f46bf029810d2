"""Linear forms at an enclosed kappa: exact where a fact makes them so."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.dual import enclosures
from polytope_nn.dual.enclosures import LinearForms, cofactor
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import dot

ONE = Fraction(1)
SPECK = Fraction(1, 1 << 80)
vectors = st.lists(st.integers(-5, 5).map(Fraction), min_size=3, max_size=3).map(tuple)


def near(x):
    return Ball.from_interval(x - SPECK, x + SPECK)


@given(vectors, vectors)
def test_cofactors_of_products(form, other):
    Q = [
        [(form[i] * other[j] + form[j] * other[i]) / 2 for j in range(3)] for i in range(3)
    ]
    if not any(form):
        assert cofactor(Q, form) is None
        return
    assert cofactor(Q, form) == other
    Q[0][1] += 1
    Q[1][0] += 1
    m = cofactor(Q, form)
    if m is not None:  # x0 x1 has the factor as well
        x = vector([2, 3, 5])
        assert dot(form, x) * dot(m, x) == dot([dot(row, x) for row in Q], x)


def test_a_square_has_no_linear_factor():
    assert cofactor(matrix([[1, 0], [0, 1]]), vector([1, 0])) is None
    assert cofactor(matrix([[1, 0], [0, 1]]), vector([0, 0])) is None


def test_rows_of_a_difference_of_squares_are_made_as_far_as_they_agree(monkeypatch):
    """Of 40 rows two: x0^2 - x1^2 is no multiple of x0 + 2 x1, as its second row shows."""
    n, made, within = 40, [], enclosures._row

    def counted(V, W, i):
        made.append(i)
        return within(V, W, i)

    monkeypatch.setattr(enclosures, "_row", counted)
    unit = [tuple((Fraction(int(i == k)),) for i in range(n)) for k in range(2)]
    rest = (Fraction(0),) * (n - 2)
    known = LinearForms((near(-2), near(1), *rest), (), tuple(unit))
    value = known.value((ONE, 2 * ONE, *rest))
    assert isinstance(value, Ball)
    assert made == [0, 0, 1]
    equal = LinearForms((near(-1), near(1), *rest), (), tuple(unit))
    assert equal.value((ONE, ONE, *rest)) == 0
    assert len(made) == 3 + 1 + n


def test_strict_values_are_left_alone():
    forms = LinearForms((near(ONE), near(ONE)))
    value = forms.value(vector([1, 2]))
    assert 3 in value
    assert LinearForms(vector([1, 2])).value(vector([3, -1])) == 1


def test_what_no_fact_decides_stays_a_ball():
    forms = LinearForms((near(ONE), near(ONE)), (vector([1, 1]),))
    value = forms.value(vector([1, -1]))
    assert isinstance(value, Ball)
    assert 0 in value


def test_known_entries_and_vanishing_forms():
    kappa = (near(ONE), near(-ONE), Fraction(1, 2), Fraction(2))
    forms = LinearForms(kappa, (vector([1, 1, 2, "-1/2"]),))
    # twice the vanishing form, and 4 * 1/2 - 2 beside it
    assert forms.value(vector([2, 2, 8, -2])) == 0
    assert type(forms.value(vector([2, 2, 8, -2]))) is Fraction
    assert -2 in forms.value(vector([2, 2, 8, -3]))  # strict as it is


@pytest.mark.parametrize(
    "signs, decided", [((1, 1), True), ((1, -1), True), ((0, 0), False)]
)
def test_two_equal_norms(signs, decided):
    """kappa_0^2 = kappa_1^2: one of the sum and the difference is 0."""
    V, W = matrix([[1], [0]]), matrix([[0], [1]])
    kappa = tuple(near(Fraction(s)) for s in signs)
    forms = LinearForms(kappa, (), (V, W))
    zero = vector([1, -1]) if signs[0] == signs[1] else vector([1, 1])
    value = forms.value(zero)
    assert (type(value) is Fraction) == decided


def test_norms_that_agree_on_what_is_left_are_a_product_there():
    """|x'k| over all samples and |(x - x_3)'k| over two of them, sum k = 0: k_4 (x_4 - x_3) = 0."""
    x, around = [Fraction(t) for t in (0, 1, 5, 7)], Fraction(1, 10**20)
    kappa = tuple(Ball.from_interval(t - around, t + around) for t in (1, -3, 2, 0))
    ones, zero = (Fraction(1),) * 4, Fraction(0)
    V = tuple((t,) for t in x)
    W = ((x[0] - x[2],), (x[1] - x[2],), (zero,), (zero,))
    last, others = (zero, zero, zero, Fraction(1)), (*ones[:3], zero)
    for modulo in (False, True):
        forms = LinearForms(kappa, (ones,), (V, W), modulo=modulo)
        assert [forms.vanishes(f) for f in (last, others)] == [modulo, modulo]
        assert not forms.vanishes((*ones[:2], zero, zero))
