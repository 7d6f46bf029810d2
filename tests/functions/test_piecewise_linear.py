"""Networks as functions: the unique form against values on a grid."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.radical import simplest
from polytope_nn.functions.piecewise_linear import (
    Interpolant,
    difference_point,
    interpolant,
)
from polytope_nn.landscape.kinks import oriented

ZERO, ONE = Fraction(0), Fraction(1)

# unit normals (w, b) of the plane, so that hyperplanes are met by equal pairs
NEURONS = [
    tuple(map(Fraction, g))
    for g in (
        ("1", "0", "0"), ("-1", "0", "0"), ("0", "1", "0"), ("3/5", "4/5", "0"),
        ("-3/5", "-4/5", "0"), ("2/3", "1/3", "-2/3"), ("-2/3", "-1/3", "2/3"),
        ("0", "0", "1"), ("0", "0", "-1"),
    )
]  # fmt: skip
small = st.integers(-3, 3).map(Fraction)
terms = st.lists(st.tuples(small, st.sampled_from(NEURONS)), max_size=5)
affine = st.tuples(small, small, small)
networks = st.tuples(terms, affine)


def direct(network, x):
    """The value neuron by neuron."""
    found, (a1, a2, a0) = network
    total = a1 * x[0] + a2 * x[1] + a0
    for c, (w1, w2, b) in found:
        total += c * max(w1 * x[0] + w2 * x[1] + b, 0)
    return total


def function(network):
    found, (a1, a2, a0) = network
    return interpolant([(c, *oriented(g)) for c, g in found], (a1, a2), a0)


GRID = [(Fraction(i, 2), Fraction(j, 2)) for i in range(-9, 10) for j in range(-9, 10)]


@given(networks)
def test_values_are_those_of_the_neurons(network):
    f = function(network)
    for x in GRID[::7]:
        assert f(x) == direct(network, x)


@given(networks, networks)
@example(([(ONE, NEURONS[0])], (ZERO,) * 3), ([(ONE, NEURONS[1])], (ONE, ZERO, ZERO)))
def test_equal_iff_equal_on_a_fine_grid(p, q):
    """Every cell of these arrangements has grid points enough to fix an affine function."""
    f, h = function(p), function(q)
    same = all(direct(p, x) == direct(q, x) for x in GRID)
    assert (f == h) == same
    x = difference_point(f, h)
    assert (x is None) == same
    if x is not None:
        assert f(x) != h(x)
        assert direct(p, x) != direct(q, x)


@given(networks, networks, small)
def test_arithmetic_is_pointwise(p, q, factor):
    f, h = function(p), function(q)
    for x in GRID[::31]:
        assert (f + h)(x) == f(x) + h(x)
        assert (f - h)(x) == f(x) - h(x)
        assert f.scaled(factor)(x) == factor * f(x)
    assert (f - f).is_zero
    assert hash(f + h) == hash(h + f)


def test_a_neuron_and_its_opposite_are_a_kink_and_a_slope():
    f = function(([(ONE, NEURONS[0])], (ZERO,) * 3))
    h = function(([(ONE, NEURONS[1])], (ONE, ZERO, ZERO)))
    assert f == h  # (x)_+ = (-x)_+ + x
    assert repr(f) == "1/2|x1| + 1/2 x1"
    assert f != function(([(ONE, NEURONS[1])], (ZERO,) * 3))
    assert f != "a network"
    assert f != interpolant([], (ZERO,), ZERO)


def test_constants_have_no_kink():
    up = function(([(Fraction(2), NEURONS[7])], (ZERO,) * 3))
    down = function(([(Fraction(2), NEURONS[8])], (ZERO,) * 3))
    assert (up.kinks, up.offset) == ((), 2)
    assert down.is_zero
    assert repr(down) == "0"


def test_a_difference_far_from_the_origin_is_found():
    """Two functions that agree on a ball of radius 200 around 0."""
    kink = (ONE, Fraction(-200))
    f = interpolant([(ONE, kink, 1)], (ZERO,), ZERO)
    nothing = interpolant([], (ZERO,), ZERO)
    x = difference_point(f, nothing)
    assert x[0] > 200
    assert difference_point(f, f) is None


def test_a_difference_in_many_dimensions():
    d = 9
    normal = (*(ONE if i == 4 else ZERO for i in range(d)), Fraction(-1))
    f = interpolant([(ONE, normal, 1)], (ZERO,) * d, ZERO)
    x = difference_point(f, interpolant([], (ZERO,) * d, ZERO))
    assert x[4] > 1


# every grid point is looked at
@settings(max_examples=settings.default.max_examples // 4)
@given(networks, st.integers(-9, 9), st.sampled_from([3, 10**3, 10**9]))
def test_a_small_difference_between_integers_is_found(network, place, scale):
    """A hat of width 2/scale, far from integer points, on top of any function."""
    f = function(network)
    at = [(1, -1), (-2, 0), (1, 1)]
    hat = interpolant(
        [
            (Fraction(c), (ONE, ZERO, -Fraction(place * scale + t + 2, scale)), 1)
            for c, t in at
        ],
        (ZERO, ZERO),
        ZERO,
    )
    x = difference_point(f + hat, f)
    assert x is not None
    assert (f + hat)(x) - f(x) == hat(x) != 0


def test_number_fields_and_balls():
    root = NumberField([-2, 0, 1], (1, 2)).generator
    line, side = oriented((-root / 2, root / 2, ZERO))
    assert side == -1
    f = interpolant([(root, line, side)], (ZERO, ZERO), ZERO)
    assert f((-1, 1)) == 2
    assert type(f((-1, 1))) is Fraction
    assert simplest(root) is root
    assert repr(f).startswith("0.707107|0.707107 x1 - 0.707107 x2|")
    t = Ball.from_rational(2, 100).sqrt()
    g = interpolant([(t, *oriented((ZERO, t, ZERO)))], (ZERO, ZERO), ZERO)
    assert 4 in g((5, 2))
    kink = Interpolant((((t, ZERO, -t * t), ONE),), (ZERO, ZERO), ZERO)
    around = kink((ONE, ZERO)) - (t * t - t)
    assert 0 in around
    near = Ball.from_interval(Fraction(-1, 9), Fraction(1, 9), 60)
    flat = Interpolant((((ONE, ZERO, near), ONE),), (ZERO, ZERO), ZERO)((0, 0))
    assert (flat.lower > -Fraction(1, 1 << 20), Fraction(1, 9) in flat) == (True, True)
    with pytest.raises(Undecided):
        oriented((near, ONE))
    assert oriented((near, t, ONE))[1] == 1


def test_balls_tell_functions_apart_or_say_so():
    near = Ball.from_interval(Fraction(-1, 9), Fraction(1, 9), 60)
    zero = interpolant([], (ZERO,), ZERO)
    with pytest.raises(Undecided, match="tells them"):
        difference_point(interpolant([], (ZERO,), near), zero)
    sloped = interpolant([], (ONE,), near)
    assert difference_point(sloped, zero) != (0,)  # there the value may be 0
