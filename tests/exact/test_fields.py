"""One field for several: generators against sympy's minimal polynomials."""

from itertools import product

import pytest
from sympy import Poly, Symbol, minimal_polynomial, root, sqrt

from polytope_nn.exact.field import NumberField
from polytope_nn.exact.fields import generators_in_one

X = Symbol("x")
NUMBERS = [sqrt(2), -sqrt(2) + 1, (sqrt(5) - 1) / 2, root(2, 3), sqrt(3 + sqrt(2)), sqrt(6)]


def field_of(number):
    """Return sympy's field of a number: its minimal polynomial, and an interval of it."""
    poly = Poly(minimal_polynomial(number, X), X)
    coefficients = [int(c) for c in reversed(poly.all_coeffs())]
    ends = [float(t) for t in poly.real_roots()]
    middle = float(number)
    gap = min([1.0, *(abs(t - middle) / 3 for t in ends if t != pytest.approx(middle))])
    cut = 1 << 20
    return NumberField(
        coefficients, [f"{round((middle + t) * cut)}/{cut}" for t in (-gap, gap)]
    )


@pytest.mark.parametrize(("one", "two"), list(product(NUMBERS, NUMBERS)))
def test_pairs(one, two):
    fields = [field_of(one), field_of(two)]
    a, b = generators_in_one(fields)
    assert a.field == b.field
    assert (float(a), float(b)) == pytest.approx((float(one), float(two)))
    for x, field in zip((a, b), fields, strict=True):
        assert sum(c * x**i for i, c in enumerate(field.poly)) == 0
    degree = Poly(
        minimal_polynomial(one + 3 * two, X), X
    ).degree()  # of both, as 3 is generic
    assert a.field.degree == max(degree, fields[0].degree)
    if a.field.degree == fields[0].degree:
        assert a == fields[0].generator


def test_three_and_none():
    fields = [field_of(sqrt(2)), field_of(sqrt(3)), field_of(sqrt(6))]
    a, b, c = generators_in_one(fields)
    assert (a.field.degree, a * b == c) == (4, True)
    assert generators_in_one(fields[:1]) == (fields[0].generator,)
