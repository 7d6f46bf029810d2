"""Balls contain what they must, decide what they can, and say what they cannot."""

import copy
import pickle
from contextlib import suppress
from fractions import Fraction
from math import isqrt

import pytest
from flint import arb, ctx
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector, precision
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls, solve_balls
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import dot, encode, sign

fractions = st.fractions(
    min_value=-(10**12), max_value=10**12, max_denominator=10**30
) | st.integers(-5, 5).map(Fraction)
bits = st.integers(2, 200)
THIRD = Fraction(1, 3)


@given(fractions, fractions, bits, bits)
@example(THIRD, Fraction(-1, 3), 2, 128)
def test_arithmetic_encloses(x, y, p, q):
    a, b = Ball.from_rational(x, p), Ball.from_rational(y, q)
    assert x in a
    assert y in b
    for exact, ball in [
        (x + y, a + b),
        (x - y, a - b),
        (x * y, a * b),
        (-x, -a),
        (x + y, a + y),
        (y - x, y - a),
        (x * y, y * a),
        (x**3, a**3),
        (x * x + y * y, dot([a, b], [a, b])),
    ]:
        assert exact in ball
    assert (a + b).precision == max(p, q)
    assert (a + y).precision == p
    assert (-a).radius == a.radius


@given(fractions, fractions, bits)
def test_division_encloses_or_is_undecided(x, y, p):
    a, b = Ball.from_rational(x, p), Ball.from_rational(y, p)
    if y == 0:
        with pytest.raises(ZeroDivisionError):
            a / b
    else:
        assert x / y in a / b
        assert x / y in x / b
        assert y**-2 in b**-2


@given(fractions, fractions, bits)
def test_comparisons_are_those_of_the_numbers(x, y, p):
    a, b = Ball.from_rational(x, p), Ball.from_rational(y, p)
    for left, right in [(a, b), (a, y), (x, b)]:
        for ask, truth in [
            (lambda s, t: s < t, x < y),
            (lambda s, t: s <= t, x <= y),
            (lambda s, t: s > t, x > y),
            (lambda s, t: s >= t, x >= y),
            (lambda s, t: s == t, x == y),
            (lambda s, t: s != t, x != y),
        ]:
            with suppress(Undecided):
                assert ask(left, right) is truth
    try:
        assert sign(a) == (x > 0) - (x < 0)
        assert abs(x) in abs(a)
        assert bool(a) is bool(x)
    except Undecided:
        assert 0 in a


@given(fractions, fractions)
def test_enough_bits_decide_what_differs(x, y):
    gap = abs(x - y)
    if gap:
        enough = 200 + gap.denominator.bit_length()
        a, b = Ball.from_rational(x, enough), Ball.from_rational(y, enough)
        assert (a < b) is (x < y)
        assert a != b


@given(st.fractions(min_value=0, max_value=10**12), bits)
def test_square_root(x, p):
    root = Ball.from_rational(x, p)
    try:
        root = root.sqrt()
    except Undecided:
        pytest.fail("a ball around a number >= 0, made from it, has no negative part")
    assert max(root.lower, 0) ** 2 <= x <= root.upper**2
    if isqrt(int(x)) ** 2 == x:
        assert isqrt(int(x)) in root


def test_no_root_below_zero():
    with pytest.raises(ValueError, match="negative"):
        Ball.from_rational(-2).sqrt()
    with pytest.raises(Undecided):
        Ball.from_interval(-1, 1).sqrt()


def test_ties_are_undecided_and_named():
    x, y = Ball.from_rational(THIRD, 100), Ball.from_rational(THIRD, 90)
    for ask in (
        lambda: x == y,
        lambda: x == x,  # noqa: PLR0124 - one ball may stand for two numbers
        lambda: x == THIRD,
        lambda: x < y,
        (x - y).sign,
        lambda: bool(x - y),
        lambda: 1 / (x - y),
    ):
        with pytest.raises(Undecided, match=r"Ball\(\[.*not decided at \d+ bits"):
            ask()


def test_exact_balls_are_their_number():
    x = Ball.from_rational(3, 64)
    assert x.is_exact
    assert x == 3
    assert x <= 3
    assert hash(x) == hash(3)
    assert not x - 3
    assert (x - 3).sign() == 0
    assert x.accuracy == 64
    assert {x: "three"}[Fraction(3)] == "three"
    assert Ball.from_rational(Fraction(3, 8)) == Fraction(3, 8)
    assert Ball.from_rational(1 << 200, 10).midpoint == 1 << 200


def test_weak_inequalities_at_the_end_of_a_ball_are_decided():
    x = Ball(arb((1, -1), (1, -1)), 64)
    assert (x.lower, x.upper) == (0, 1)
    assert x >= 0
    assert not x < 0
    assert x <= 1
    with pytest.raises(Undecided):
        assert x > 0


@given(fractions, fractions, bits)
def test_intervals(x, y, p):
    if x > y:
        with pytest.raises(ValueError, match="no interval"):
            Ball.from_interval(x, y, p)
        x, y = y, x
    ball = Ball.from_interval(x, y, p)
    assert ball.lower <= x <= y <= ball.upper
    assert ball.lower == ball.midpoint - ball.radius
    assert ball.centre().midpoint == ball.midpoint
    assert ball.centre().is_exact
    assert ball.overlaps(Ball.from_rational(x, p))
    assert x in ball
    assert ball.upper + 1 not in ball


@given(fractions, st.integers(0, 2**70), st.integers(-80, 80), bits)
@example(Fraction(0), 536870915, -33, 64)
def test_pickling_keeps_every_bit(x, man, exp, p):
    radius = man * Fraction(2) ** exp
    ball = Ball.from_interval(x - radius, x + radius, p) * Ball.from_rational(THIRD, p)
    for twin in (pickle.loads(pickle.dumps(ball)), copy.deepcopy(ball)):  # noqa: S301 - ours
        assert (twin.midpoint, twin.radius) == (ball.midpoint, ball.radius)
        assert twin.precision == ball.precision
        assert hash(twin) == hash(ball)


def test_the_working_precision_is_the_block_s_and_flint_s_own_is_left_alone():
    before = ctx.prec
    assert Ball.from_rational(1).precision == 128
    with precision(300):
        x = Ball.from_rational(THIRD)
        with precision(40):
            assert Ball.from_rational(1).precision == 40
        assert Ball.from_rational(1).precision == 300
    assert (x * x).precision == 300
    assert x.accuracy >= 298
    assert x.enclosure(20).precision == 20
    assert x.enclosure(20).radius == x.radius
    assert ctx.prec == before
    with pytest.raises(ValueError, match="at least 2"), precision(1):
        pass


def test_what_is_no_number_is_refused():
    x = Ball.from_rational(1)
    for ask in (
        lambda: x + 0.5,
        lambda: 0.5 * x,
        lambda: x < 0.5,
        lambda: x <= "1",
        lambda: x > None,
        lambda: x >= 1.5,
        lambda: x**0.5,
    ):
        with pytest.raises(TypeError):
            ask()
    assert (x == "1") is False


def test_outward_forms():
    x = Ball(arb((1, -1), (1, -2)), 64)
    assert x.to_json() == {"lower": "1/4", "upper": "3/4"} == encode(x)
    assert float(x) == 0.5
    assert repr(Ball.from_rational(THIRD)).startswith("Ball([0.333333333333 +/- ")
    assert +x is x


def square(n):
    entry = st.fractions(min_value=-9, max_value=9, max_denominator=7)
    return st.lists(st.lists(entry, min_size=n, max_size=n), min_size=n, max_size=n)


@given(st.integers(1, 4).flatmap(lambda n: st.tuples(square(n), square(n))))
def test_matrices_enclose(pair):
    A, B = map(matrix, pair)
    product = [[dot(row, column) for column in zip(*B, strict=True)] for row in A]
    for row, balls in zip(product, multiply_balls(A, B), strict=True):
        assert all(x in ball for x, ball in zip(row, balls, strict=True))
    b = B[0]
    try:
        x = solve_balls([ball_vector(row, 200) for row in A], b)
        inverse = invert_balls(A)
    except Undecided:
        assert rank(A) < len(A)  # small entries: 200 bits see every regular one
    else:
        exact = solve(A, b)
        assert all(t in ball for t, ball in zip(exact, x, strict=True))
        assert all(ball.precision == 200 for ball in x)
        for t, row in zip(exact, multiply_balls(inverse, [[t] for t in b]), strict=True):
            assert t in row[0]


def test_a_singular_matrix_is_not_inverted():
    A = matrix([[1, 2], [2, 4]])
    with pytest.raises(Undecided, match=r"\(2, 2\).*not proved regular at 128 bits"):
        solve_balls(A, vector([1, 2]))
    with pytest.raises(Undecided, match="not proved regular"):
        invert_balls(A)
    with precision(64):
        assert multiply_balls(A, A)[1][1] == 20


def test_a_solution_that_is_not_proved_is_near_the_one_that_is():
    A, b = (
        [[3, Fraction(1, 7), 2], [1, 5, Fraction(2, 3)], [0, 1, 4]],
        [1, Fraction(1, 3), 2],
    )
    with precision(300):
        known, near = solve_balls(A, b), solve_balls(A, b, proved=False)
        for x, y in zip(known, near, strict=True):
            assert abs(x.midpoint - y.midpoint) < Fraction(1, 1 << 280)
        with pytest.raises(Undecided, match="regular"):
            solve_balls([[1, 1], [1, 1]], [1, 2], proved=False)
