"""The dual optimum found, against brute force in 320 digits (tests/oracles/bases.py)."""

from fractions import Fraction
from random import Random

import mpmath
import pytest

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import RealNumber
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.bases import DIGITS, brute


def same_number(x, value):
    """Whether value, known to 250 digits, is where the exact or enclosed x says."""
    with mpmath.workdps(DIGITS):
        slack = Fraction(1, 10**250)
        q = Fraction(int(mpmath.floor(value * 10**280)), 10**280)
        ball = (
            x.enclosure(1000) if isinstance(x, RealNumber) else Ball.from_rational(x, 1000)
        )
        return ball.lower - slack <= q <= ball.upper + slack


def agrees(problem):
    O = optimum(problem)
    P = optimal_polytope(O)
    S = staircase(P)
    kappa = [float(t) for t in O.kappa]
    B = brute(problem.design, problem.y, problem.beta_squared, kappa, problem.weights)
    assert all(map(same_number, O.kappa, B.kappa))
    assert [(a.sign, a.covector) for a in O.atoms] == B.atoms
    assert P.rank == B.rank
    found = [tuple(i for i in range(len(P.atoms)) if s >> i & 1) for s in P.supports]
    assert found == B.supports
    if B.supports != [()]:
        assert (S.m_star, S.M_star) == (B.m_star, B.M_star)
        for m in range(S.m_star, S.bound + 2):
            assert S[m].components == B.components(m)
            assert S[m].polytope_components == B.polytope_components(m)
    return O


def random_problem(seed, n, d, entries, labels):
    random = Random(seed)  # noqa: S311 - test data
    X = [[random.choice(entries) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-labels, labels) for _ in range(n)]
    return X, y, random.choice([Fraction(1, 100), Fraction(1, 4), 1, 4])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shape", [(5, 2), (8, 2), (5, 3)], ids=str)
def test_random_data(shape, seed):
    X, y, b = random_problem(seed, *shape, range(-5, 6), 5)
    agrees(TrainingProblem(X, y, beta_squared=b))


@pytest.mark.parametrize("seed", range(60))
def test_degenerate_data(seed):
    random = Random(-seed)  # noqa: S311 - test data
    n, d = random.randint(1, 6), random.randint(1, 3)
    X, y, b = random_problem(seed, n, d, (-1, 0, 1, 2), 3)
    agrees(TrainingProblem(X, y, beta_squared=b))


@pytest.mark.parametrize("seed", range(6))
def test_weights_and_bias(seed):
    X, y, b = random_problem(seed, 5, 1, range(-5, 6), 5)
    weights = [1 + seed % 3, "1/2", 3, 1, "2/7"]
    agrees(TrainingProblem(X, y, beta_squared=b, weights=weights, bias=True))
