"""Pulls that mix to 0, enclosed: inside, outside, and on an edge of their hull."""

import random
from fractions import Fraction

import pytest

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.farkas import alternative
from polytope_nn.stationary.biases.biased import Anchored
from polytope_nn.stationary.biases.offsets import pivots, positive
from polytope_nn.stationary.blocks import Block
from polytope_nn.stationary.hulls import mixed

ROWS = [[3, -3, 1], [-2, 0, 1], [1, -1, 1], [-1, -1, 1], [1, 1, 1], [1, -2, 1]]


def enclosed(kappa, power=60):
    slack = Fraction(1, 10**power)
    return LinearForms(tuple(Ball.from_interval(t - slack, t + slack, 400) for t in kappa))


def inside(b, kappa):
    pulls = [[dot(f, kappa) for f in pull] for pull in b.pulls]
    q = len(pulls[0])
    columns = [(*pull, Fraction(1)) for pull in pulls]
    return alternative(columns, (*(Fraction(0),) * q, Fraction(1)))[0] is not None


def test_an_edge_of_the_hull_whose_pulls_are_on_one_line_for_every_kappa():
    """The active row and one tied row have one shadow on the span of the tied rows."""
    b = Block(tuple(tuple(map(Fraction, x)) for x in ROWS), 1, (-1, 1, -1, 0, 0, -1))
    kappa = tuple(map(Fraction, ("3/10", "7/10", "-4/5", "-8/5", "-3", "3/5")))
    pulls = [[dot(f, kappa) for f in pull] for pull in b.pulls]
    flat = [p for p in pulls if p[0] + 3 * p[1] == 0]
    assert len(flat) == 2  # 0 is between these, all others are on one side
    assert {(p[0] + 3 * p[1] > 0) for p in pulls if p not in flat} == {False}
    assert inside(b, kappa)
    assert mixed(b, enclosed(kappa))
    other = (*kappa[:3], Fraction(1, 10), *kappa[4:])
    assert not inside(b, other)
    with pytest.raises(Undecided, match="mix to 0"):  # on the line, beside 0: a shared end
        mixed(b, enclosed((*kappa[:1], Fraction(0), *kappa[2:]), power=2))


def anchored(points, face):
    """Return the block of a free bias whose first tied sample is the anchor."""
    rows = [tuple(map(Fraction, x)) for x in points]
    at = rows[face.index(0)]
    X = tuple((*(s - t for s, t in zip(x, at, strict=True)), Fraction(1)) for x in rows)
    return Anchored(X, 1, face, at)


def test_a_pull_that_two_norms_make_vanish_mixes_alone():
    """Two faces around one tope: |q| = |q + s v| and q'v is not 0, so that s = 0, s its pull."""
    points = [(0, 0), (1, 0), (3, 1)]
    a, b = anchored(points, (0, 1, 1)), anchored(points, (1, 0, 1))
    kappa = tuple(map(Fraction, (1, -3, 2)))
    assert sorted(dot(pull[0], kappa) for pull in a.pulls) == [-1, 0]
    assert sum(kappa) == 0
    balls = enclosed(kappa).kappa
    assert mixed(a, LinearForms(balls, (), (a.factor, b.factor)))
    with pytest.raises(Undecided, match="mix to 0"):
        mixed(a, LinearForms(balls))
    other = enclosed(tuple(map(Fraction, (1, -3, 4)))).kappa
    assert not mixed(a, LinearForms(other, (), (a.factor, b.factor)))  # both pulls positive


def test_more_pivots_than_columns_are_no_accident():
    one, zero = Fraction(1), Fraction(0)
    assert pivots([(one, zero), (zero, one)], 2) == ([0, 1], [0, 1])
    for columns in ([(one, zero), (zero, one)], [(one, zero)], [()], []):
        with pytest.raises(Undecided, match="dependent"):
            pivots(columns, 3)


def test_random_pulls_enclosed_are_mixed_as_the_exact_ones():
    rng = random.Random(5)  # noqa: S311 - data of a test
    answers = []
    for _ in range(40):
        X = tuple(tuple(Fraction(rng.randint(-2, 2)) for _ in range(3)) for _ in range(5))
        face = (0, 0, 1, rng.choice([1, -1]), -1)
        b = Block(X, 1, face)
        if len(b.tied) < 2 or len(b.pulls[0]) < 2:
            continue
        kappa = tuple(Fraction(rng.randint(-3, 3)) for _ in X)
        try:
            found = mixed(b, enclosed(kappa))
        except Undecided:
            continue
        assert found == inside(b, kappa), (X, kappa)
        answers.append(found)
    assert {True, False} == set(answers)
    assert len(answers) > 15


def test_positive_combinations_in_a_field_are_found_and_refused_exactly():
    root = NumberField([-2, 0, 1], (1, 2)).generator
    one, zero = Fraction(1), Fraction(0)
    columns = [(one, zero, root), (zero, one, root), (one, one, 2 * root)]
    x = positive(columns, (root, one, root * (root + 1)), 2)
    assert x is not None
    assert all(t > 0 for t in x)
    for k in range(3):
        assert dot(x, [v[k] for v in columns]) == (root, one, root * (root + 1))[k]
    assert positive(columns, (root, -one, root * (root - 1)), 2) is None
    assert positive(columns, (root, one, root), 2) is None  # not in their span
    assert positive(columns[:2], (root, zero, 2 * one), 2) is None  # only with a weight 0
    nothing = (root - root, zero, zero)  # it may have any weight
    for fit in [(root, one, root * (root + 1)), (root, -one, root * (root - 1))]:
        without, beside = positive(columns, fit, 2), positive([nothing, *columns], fit, 2)
        assert beside == (None if without is None else (1, *without))
