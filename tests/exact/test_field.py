"""Number fields: arithmetic and order against sympy's algebraic numbers, and the laws."""

import copy
import json
import pickle
from fractions import Fraction

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polytope_nn.errors import InexactError, PolytopeError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic, FieldError, NumberField
from polytope_nn.exact.rational import rational
from polytope_nn.exact.roots import irreducible, refined_root
from polytope_nn.exact.scalar import encode, sign

# sqrt(10); sqrt(2) + sqrt(3); a real root beside close ones; a cubic, not monic; degree 5
SQRT10 = NumberField([-10, 0, 1], (3, 4))
BIQUADRATIC = NumberField([1, 0, -10, 0, 1], (3, 4))
CLOSE = NumberField([-1, 100, -2500, 100_000], ("1/100", "1/40"))
CUBIC = NumberField([-1, -7, 0, 3], ("1.5", "1.7"))
QUINTIC = NumberField([-1, -1, 0, 0, 0, 1], (1, 2))
LINEAR = NumberField([-3, 7], (0, 1))
FIELDS = [SQRT10, BIQUADRATIC, CLOSE, CUBIC, QUINTIC, LINEAR]

fields = st.sampled_from(FIELDS)
coordinate = st.fractions(min_value=-9, max_value=9, max_denominator=6)


def elements_of(field):
    n = field.degree
    return st.lists(coordinate, min_size=n, max_size=n).map(field.element)


triples = fields.flatmap(lambda K: st.tuples(*[elements_of(K)] * 3))
pairs = fields.flatmap(lambda K: st.tuples(*[elements_of(K)] * 2))
elements = fields.flatmap(elements_of)


def symbolic_root(field):
    return sympy.CRootOf(
        sympy.Poly(field.poly[::-1], sympy.Symbol("t")), field.index, radicals=False
    )


def numeric(x, digits=60):
    """Return sympy's high-precision value, computed from the root's own digits."""
    root = symbolic_root(x.field).evalf(2 * digits)
    terms = (
        sympy.Rational(c.numerator, c.denominator) * root**i
        for i, c in enumerate(x.coordinates)
    )
    return sympy.Add(*terms).evalf(digits)


@given(triples)
def test_field_axioms(xyz):
    x, y, z = xyz
    assert (x + y) + z == x + (y + z)
    assert (x * y) * z == x * (y * z)
    assert x * (y + z) == x * y + x * z
    assert x + y == y + x
    assert x * y == y * x
    assert x - x == 0
    assert x + 0 == x == 1 * x == x / 1 == +x
    assert x - y == -(y - x)
    if x:
        assert x * x.inverse() == 1
        assert y / x * x == y
        assert 2 / x == x**-1 * 2
        assert x**3 / x == x * x
        assert x**0 == 1


@given(triples)
def test_the_order_is_a_field_order(xyz):
    x, y, z = xyz
    assert (x < y) + (x == y) + (x > y) == 1
    assert (x < y) == (x + z < y + z)
    if z > 0:
        assert (x < y) == (x * z < y * z)
    assert (x <= y) is not (y < x)
    assert (x >= y) is not (y > x)
    assert sign(x * y) == sign(x) * sign(y)
    assert sign(-x) == -sign(x)
    assert abs(x) >= 0
    assert x * x >= 0
    assert sorted([x, y, z]) == sorted([z, y, x])
    assert (x != y) is not (x == y)


@given(pairs)
def test_values_against_sympy_s(xy):
    x, y = xy
    for z in (x, y, x + y, x * y):
        value = numeric(z)
        assert abs(sympy.Float(str(float(z)), 30) - value) <= abs(value) * 1e-14 + 1e-300
        if value:
            assert sign(z) == sympy.sign(value)
        ball = z.enclosure(150)
        error = sympy.Float(10, 60) ** -40 * (1 + abs(value))
        lower, upper = (
            sympy.Rational(t.numerator, t.denominator) for t in (ball.lower, ball.upper)
        )
        assert lower - error <= value <= upper + error
        assert ball.accuracy >= 148


@settings(max_examples=10)
@given(st.sampled_from([SQRT10, BIQUADRATIC, CUBIC, LINEAR]).flatmap(elements_of))
@example(BIQUADRATIC.element([0, "-9/2", 0, "1/2"]))
@example(BIQUADRATIC.element([3]))
def test_minimal_polynomials_against_sympy_s(x):
    t = sympy.Symbol("t")
    root = (
        sympy.sqrt(2) + sympy.sqrt(3) if x.field is BIQUADRATIC else symbolic_root(x.field)
    )
    expression = sum(
        (sympy.Rational(c.numerator, c.denominator) * root**i)
        for i, c in enumerate(x.coordinates)
    )
    expected = sympy.Poly(sympy.minimal_polynomial(sympy.expand(expression), t), t)
    assert list(x.minimal_polynomial()) == list(reversed(expected.all_coeffs()))
    value = x * 0
    for c in reversed(x.minimal_polynomial()):
        value = value * x + c
    assert value == 0


def test_sympy_s_order_trap():
    a = BIQUADRATIC.generator
    root2, root3 = (a**3 - 9 * a) / 2, (11 * a - a**3) / 2
    assert root2**2 == 2
    assert root3**2 == 3
    assert root2 > 0
    assert root3 > 0
    assert root2 - root3 < 0
    assert root2 < root3
    assert float(root2 - root3) == pytest.approx(-0.3178372451957822)


def test_a_sign_that_needs_many_bits():
    a = SQRT10.generator
    power = (19 - 6 * a) ** 40  # 19 - 6 sqrt(10) = 1/(19 + 6 sqrt(10)) is a unit
    assert 0 < power < Fraction(1, 10**60)
    assert sign(power - Fraction(1, 10**70)) == 1
    assert sign(power - Fraction(1, 10**63)) == -1
    assert power.enclosure(100).accuracy >= 98
    assert (power * (19 + 6 * a) ** 40).as_fraction() == 1


@given(elements, st.fractions(max_denominator=50))
def test_rational_elements_are_fractions(x, q):
    y = x - x + q
    assert y == q
    assert q == y
    assert hash(y) == hash(q)
    assert y.is_rational
    assert y.as_fraction() == q
    assert {y: 1}[q] == 1
    assert (x == q) == (x - q == 0)
    assert (x < q) == (q > x) == (x - q < 0)
    assert q - x == -(x - q)
    assert repr(y) == str(q)
    assert float(y) == pytest.approx(float(q))
    assert y.enclosure(60).overlaps(Ball.from_rational(q))
    if x.is_rational:
        assert x == x.as_fraction()
    else:
        with pytest.raises(InexactError, match="is irrational"):
            x.as_fraction()
        with pytest.raises(InexactError):
            rational(x)


@given(elements)
def test_copies_and_files(x):
    for twin in (
        pickle.loads(pickle.dumps(x)),  # noqa: S301 - our own bytes
        copy.deepcopy(x),
        Algebraic.from_json(json.loads(json.dumps(x.to_json()))),
    ):
        assert twin == x
        assert hash(twin) == hash(x)
        assert twin.field == x.field
        assert twin.coordinates == x.coordinates
    assert encode(x) == x.to_json()
    assert set(x.to_json()) == {"poly", "root", "coords"}
    assert len(x.to_json()["coords"]) == x.field.degree


@given(fields)
def test_the_canonical_interval_has_a_sign_change_and_the_root(field):
    def value(t):
        return sum(c * t**i for i, c in enumerate(field.poly))

    lower, upper = field.root
    assert value(lower) * value(upper) < 0
    assert lower < field.generator < upper
    assert NumberField(field.poly, field.root) == field
    assert sympy.Poly(field.poly[::-1], sympy.Symbol("t")).count_roots(lower, upper) == 1


def test_fields_are_told_apart_by_polynomial_and_root():
    assert NumberField([-2, 0, 1], (0, 10)) == NumberField([4, 0, -2], ("1.4", "1.5"))
    assert hash(NumberField([-2, 0, 1], (0, 10))) == hash(NumberField([-2, 0, 1], (1, 2)))
    assert NumberField([-2, 0, 1], (-2, 0)) != NumberField([-2, 0, 1], (1, 2))
    assert NumberField([-2, 0, 1], (1, 2)) != "Q(sqrt 2)"
    assert NumberField([-2, 0, 1], (-2, 0)).generator < 0
    assert repr(SQRT10) == "NumberField(x^2 + (-10), x ~ 3.16227766)"
    assert LINEAR.generator == Fraction(3, 7)
    assert LINEAR.enclosure(90).overlaps(Ball.from_rational(Fraction(3, 7)))
    assert CLOSE.index == 0


def test_close_roots():
    """Mignotte's x^6 - 2(100x - 1)^2 has two roots nearer than 10^-6 to each other."""
    poly = [-2, 400, -20000, 0, 0, 0, 1]
    middle = Fraction(1, 100)
    left, right = NumberField(poly, (0, middle)), NumberField(poly, (middle, 1))
    assert left != right
    assert 0 < left.root[0] < left.root[1] <= right.root[0] < right.root[1]
    assert left.generator < middle < right.generator
    gap = right.enclosure(300) - left.enclosure(300)
    assert 0 < gap < Fraction(1, 10**6)
    with pytest.raises(FieldError, match="has 2 real roots"):
        NumberField(poly, (0, 1))


def test_roots_that_need_many_bits_to_be_told_apart():
    tiny = Fraction(1, 2**200)
    root2 = NumberField([-2, 0, 1], (1, 2))
    middle = root2.enclosure(400).midpoint
    assert NumberField([-2, 0, 1], (middle - tiny, middle + tiny)) == root2
    with pytest.raises(FieldError, match="has 0 real roots"):
        NumberField([-2, 0, 1], (middle + tiny, middle + 2 * tiny))
    n = 2**70  # sqrt(n^2 + 1) is just above n, and the floor of 64 bits of it is not known
    assert NumberField([-(n**2) - 1, 0, 1], (0, 2 * n)).root == (n, n + 1)
    million = 10**12
    close = [-2, 4 * million, -2 * million**2, 0, 0, 0, 1]  # x^6 - 2(10^12 x - 1)^2
    left = NumberField(close, (0, Fraction(1, million)))
    right = NumberField(close, (Fraction(1, million), Fraction(2, million)))
    gap = (right.enclosure(600) - left.enclosure(600)) * million**4
    assert Fraction(14, 10) < gap < Fraction(15, 10)
    f, wide = irreducible([-2, 0, 1]), Ball.from_interval(-3, 3).value
    again = Ball(refined_root(f, 1, 100, wide), 100)  # Newton is stuck: both roots are in
    assert again.overlaps(root2.enclosure(100))
    assert again.accuracy >= 100


@pytest.mark.parametrize(
    ("poly", "root", "words"),
    [
        ([1], (0, 1), "is a constant"),
        ([], (0, 1), "is a constant"),
        ([-4, 0, 1], (1, 3), "is reducible"),
        ([4, 4, 1], (-3, -1), r"\(x \+ 2\)\^2 is reducible"),
        ([-2, 0, 1], (2, 3), "has 0 real roots"),
        ([-2, 0, 1], (-3, 3), "has 2 real roots"),
        ([1, 0, 1], (-3, 3), "has 0 real roots"),
        ([-3, 7], (1, 2), "has 0 real roots"),
        (["1/2", 1], (-1, 0), "is no integer"),
    ],
)
def test_what_defines_no_field(poly, root, words):
    with pytest.raises(FieldError, match=words) as refused:
        NumberField(poly, root)
    assert isinstance(refused.value, PolytopeError)


def test_two_fields_do_not_mix():
    x, y = SQRT10.generator, QUINTIC.generator
    for ask in (lambda: x + y, lambda: x * y, lambda: x < y, lambda: x == y):
        with pytest.raises(FieldError, match="find one field for both"):
            ask()
    other = NumberField([-10, 0, 1], (0, 100)).generator
    assert x == other
    assert x * other == 10


def test_what_is_no_number_is_refused():
    x = SQRT10.generator
    for ask in (lambda: x + 0.5, lambda: x < 1.5, lambda: x * "2", lambda: x**0.5):
        with pytest.raises(TypeError):
            ask()
    assert (x == 1.5) is False
    with pytest.raises(ZeroDivisionError):
        1 / (x - x)
    with pytest.raises(ZeroDivisionError):
        (x - x) ** -1


def test_balls_take_field_elements():
    x = SQRT10.generator
    ball = Ball.from_rational(3, 100)
    assert x * x in (ball - ball + x) ** 2
    assert ball < x
    assert x > ball
    assert (x - ball).precision == 100
    assert x - ball > Fraction(162, 1000)


@pytest.mark.parametrize(
    "json_",
    [
        {},
        {"poly": [-2, 0, 1], "root": ["1", "2"]},
        {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": ["1"]},
        {"poly": [-2, 0, 1], "root": ["1"], "coords": ["1", "0"]},
        {"poly": "x^2 - 2", "root": ["1", "2"], "coords": ["1", "0"]},
        {"poly": [-4, 0, 1], "root": ["1", "3"], "coords": ["1", "0"]},
        {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": "10"},
    ],
)
def test_broken_files_are_refused(json_):
    with pytest.raises(FieldError):
        Algebraic.from_json(json_)
    with pytest.raises(InexactError):
        Algebraic.from_json({"poly": [-2, 0, 1], "root": ["1", "2"], "coords": [0.5, "0"]})


def test_printing():
    K = BIQUADRATIC
    assert repr(K.element(["1/2", 3])) == "1/2 + 3*a (~9.938793)"
    assert repr(K.element([0, -1, 0, "-2/3"])) == "-a - 2/3*a^3 (~-23.90947)"
    assert repr(K.element([0, 1, 1])) == "a + a^2 (~13.04524)"
    assert repr(K.element([-11, 11, -11])) == "-11 + 11*a - 11*a^2 (~-85.27987)"
    assert repr(K.element([1])) == "1"
    assert repr(K.element([])) == "0"
