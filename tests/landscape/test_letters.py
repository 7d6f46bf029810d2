"""Fits in balls that are one number: their polytopes have vertices of fewer atoms."""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.landscape.letters import in_letters
from polytope_nn.landscape.supports import bits_of
from polytope_nn.problems.free_part import FreePart

SEEN = [(0, 1), (0, 2), (0,), (1, 2), (1,), (2,)]  # samples, in the order of covectors


@pytest.mark.parametrize("y", [[2, 4, 4], [3, 3, 3], [5, 2, 5]])
def test_a_triangle_of_equal_counts(y):
    """A neuron of two samples has half of each; every basis is tried in floats.

    kappa is beta/sqrt 2 thrice, the fits are ``ln(y - kappa)``.
    """
    X = [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]
    P = optimal_polytope(TrainingProblem(X, y, beta="1/2", loss="poisson"))
    kappa = 0.5 / 2**0.5
    e = [math.log(t - kappa) / (2 * kappa) for t in y]
    shares = np.array([[(i in p) / len(p) for p in SEEN] for i in range(3)])
    found = {}
    for at in combinations(range(6), 3):
        if abs(np.linalg.det(shares[:, at])) > 1e-9:
            c = np.zeros(6)
            c[list(at)] = np.linalg.solve(shares[:, at], e)
            if c.min() > -1e-9:
                found[tuple(np.flatnonzero(c > 1e-9))] = c
    assert sorted(found) == sorted(tuple(bits_of(s)) for s in P.supports)
    for support, vertex in zip(P.supports, P.vertices, strict=True):
        near = [nearest_float(t) for t in vertex]
        assert near == pytest.approx(found[tuple(bits_of(support))], abs=1e-9)
    assert len({s.bit_count() for s in P.supports}) == 2


def test_fits_between_two_ends_are_told_by_no_letters():
    """Of two samples of one fit, a ball, and an interval of fits of the third: no equations."""
    ball, other = (
        Ball.from_rational(Fraction(2)).sqrt(),
        Ball.from_rational(Fraction(3)).sqrt(),
    )
    free = FreePart(3, (), has_slopes=False, has_constant=False, limited=False)
    rows = [[Fraction(int(i == j)) for j in range(3)] for i in range(3)]
    one = (other, other)
    table, right = in_letters(rows, free, [(ball, ball), (ball, ball), one])
    assert len(table) == len(right) == 3
    assert right[0] == right[1]
    assert in_letters(rows, free, [(ball, ball), (ball, ball), (other, None)]) is None
    assert in_letters(rows, free, [(ball, ball), (ball, ball), (ball, other)]) is None
    assert in_letters(rows, free, [(ball, ball), one, (Fraction(0), Fraction(0))]) is None
