"""Data sets of the paths of beta, and the independent route: one solve at one beta."""

from fractions import Fraction
from random import Random

from polytope_nn.exact.radical import enclosure
from polytope_nn.problems.training import TrainingProblem
from tests.pipeline import found_polytope

FOUR = ([(2, 1), (-1, 2), (1, -2), (-3, -1)], (3, -2, 4, 1))
LINE = ([(x, 1) for x in (-2, -1, 0, 1, 3)], (1, -1, 2, 0, 1))
ONE = ([(1,), (2,), (-1,), (-3,)], (3, 1, 2, -4))
FALLING = ([(3, 1), (0, 1), (2, 1)], (-2, -4, 0))
AXES = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]


def problem(data, **kw):
    return TrainingProblem(*data, beta=1, **kw)


def numbers(T):
    return T.n_atoms, T.m_star, T.M_star, T.threshold


def inside(interval, random):
    """Return a random rational strictly inside an interval."""
    low, high = enclosure(interval.lower)[1], enclosure(interval.upper)[0]
    beta = low + (high - low) * Fraction(random.randint(1, 99), 100)
    short = beta.limit_denominator(10**6)
    return short if low < short < high else beta


def solves(data, found, count=20, **kw):
    """Compare the types of intervals with optima solved at random beta inside."""
    random = Random(1)  # noqa: S311 - where to look
    for i in range(count):
        interval = found.intervals[i % len(found.intervals)]
        beta = inside(interval, random)
        P = found_polytope(TrainingProblem(*data, beta=beta, **kw))
        S, T = P.staircase, interval.type
        assert tuple((a.sign, a.covector) for a in P.atoms) == T.atoms, beta
        assert numbers(T) == (len(P.atoms), S.m_star, S.M_star, S.threshold), beta
        assert sorted(P.supports) == sorted(T.supports), beta
