"""Dual feasibility: strict bounds by rounded multipliers, tight ones by projection."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.dual.atoms import cone_projection, pull
from polytope_nn.dual.feasibility import _rounded, enclosure, exactly_tight, feasibility
from polytope_nn.errors import NotOptimal
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.geometry.arrangement import arrangement


def projections(X, kappa, H):
    """``|g|^2`` for every tope and sign, by exact projection on all rows."""
    found = []
    for pattern in H.patterns:
        rows = [tuple(s * t for t in x) for s, x in zip(pattern, X, strict=True) if any(x)]
        for s in (1, -1):
            g, _ = cone_projection(rows, pull(X, kappa, s, pattern))
            found.append((squared_norm(g), s, g))
    return found


def bound_square(X, kappa, bound):
    p = list(pull(X, kappa, bound.sign, bound.pattern))
    for x, s, mu in zip(X, bound.pattern, bound.multiplier, strict=True):
        assert mu >= 0
        p = [a + mu * s * t for a, t in zip(p, x, strict=True)]
    return squared_norm(p)


def proof(X, b, kappa):
    H = arrangement(X)
    return feasibility(X, b, kappa, H, exactly_tight(X, b, kappa)), H


@given(st.fractions(), st.sampled_from([1, 2, 6]))
def test_rounding_is_that_of_fractions(x, times):
    doubled = Fraction(round(2 * x), 2)  # halves as well: the even one of two
    for t in (x, doubled):
        assert _rounded(t.numerator * times, t.denominator * times) == round(t)


@pytest.mark.parametrize("scale", [1, 10**12, Fraction(1, 10**30)])
@pytest.mark.parametrize("seed", range(6))
def test_bounds(seed, scale):
    random = Random(seed)  # noqa: S311 - test data
    n, d = random.randint(1, 6), random.randint(1, 3)
    X = matrix([[random.randint(-3, 3) * scale for _ in range(d)] for _ in range(n)])
    kappa = vector([random.randint(-3, 3) for _ in range(n)])
    H = arrangement(X)
    exact = projections(X, kappa, H)
    b = max(size for size, _, _ in exact) or Fraction(1)
    P, _ = proof(X, b, kappa)
    assert [(s.pattern, s.sign) for s in P.bounds] == [
        (pattern, s) for pattern in H.patterns for s in (1, -1)
    ]
    for bound, (size, _, g) in zip(P.bounds, exact, strict=True):
        square = bound_square(X, kappa, bound)
        assert square >= size
        assert bound.tight == (size == b)
        assert (square == b) if bound.tight else (square < b)
        if bound.tight:
            assert (bound.sign, g) in {(a.sign, a.g) for a in P.atoms}
    assert len(P.atoms) == len({(s, g) for size, s, g in exact if size == b})
    if max(size for size, _, _ in exact):
        with pytest.raises(NotOptimal, match="exceeds"):
            proof(X, b * Fraction(10**9 - 1, 10**9), kappa)


def test_a_tie_of_one_part_in_a_nonillion():
    X = matrix([[1], [-1]])
    kappa = vector([1, 1 - Fraction(1, 10**30)])
    P, _ = proof(X, Fraction(1), kappa)
    assert [(a.sign, a.covector) for a in P.atoms] == [(1, (1, -1))]


def test_an_algebraic_kappa():
    a = NumberField([-2, 0, 1], (1, 2)).generator
    X = matrix([[1, 1], [-1, -1]])
    kappa = (a / 2, Fraction(1, 7))
    P, H = proof(X, Fraction(1), kappa)
    assert [(t.sign, t.covector) for t in P.atoms] == [(1, (1, -1))]
    assert P.atoms[0].g == (a / 2, a / 2)
    assert len(P.bounds) == 2 * len(H)


@pytest.mark.parametrize(
    "x",
    [Fraction(2, 7), Ball.from_interval(1, 2), NumberField([-3, 0, 1], (1, 2)).generator],
)
def test_enclosures(x):
    middle, error = enclosure(x)
    assert error >= 0
    if isinstance(x, Fraction):
        assert (middle, error) == (x, 0)
    elif isinstance(x, Ball):
        assert middle - error <= 1
        assert middle + error >= 2
    else:
        assert middle - error <= x <= middle + error
        assert error < Fraction(1, 1 << 390)
