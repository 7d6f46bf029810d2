"""Opposite atoms that move: the chamber of their shares, against vertices listed otherwise."""

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from polytope_nn.exact.linear import solve, transpose
from polytope_nn.homotopy.beta_path import beta_path
from polytope_nn.homotopy.curve import Curve
from polytope_nn.homotopy.decay import DecayFamily
from polytope_nn.homotopy.paired import paired
from polytope_nn.homotopy.regime import regime_of
from polytope_nn.homotopy.sampling import candidate_regimes
from polytope_nn.search.finding import optimum

from .data import problem, solves

PAIRS = (
    [(0, -3), (1, 1), (3, 0), (-3, 3), (-1, 3), (-3, -2)],
    (3, 1, 2, 3, 0, -1),
)


@pytest.fixture(scope="module")
def family():
    return DecayFamily(problem(PAIRS))


@pytest.fixture(scope="module")
def found(family):
    """A regime of three pairs on two columns, and its point."""
    beta = Fraction(6, 7)
    regimes = candidate_regimes(family, optimum(family.at(beta)), beta)
    return next((r, p) for r, p in regimes if r.tied is not None)


def test_a_path_through_chambers_of_pairs():
    path = beta_path(problem(PAIRS), start="0.9", end="0.68")
    assert [(i.event, i.proved, i.type.n_atoms) for i in path.intervals] == [
        ("enters", 1, 4),
        ("wall", 1, 6),
        ("end", 1, 6),
    ]
    # the vertices that the wall parts have other supports
    assert path.intervals[1].type.supports != path.intervals[2].type.supports
    solves(PAIRS, path, 4)


def test_the_supports_are_those_of_the_vertices(family, found):
    """At one point in fractions: the vertices of {c >= 0 : F c = G} by all bases."""
    regime, point = found
    curve = regime.curve
    x = [t.midpoint.limit_denominator(10**12) for t in point.x]
    k, w, free = curve.split(x)
    columns, goal = [], [Fraction(0)] * curve.n
    for unit, mass in zip(curve.units, w, strict=True):
        V = unit.factor
        g = [sum(v[j] * t for v, t in zip(V, k, strict=True)) for j in range(2)]
        even = [sum(a * b for a, b in zip(v, g, strict=True)) for v in V]
        odd = [sum(a * b for a, b in zip(row, g, strict=True)) / 2 for row in family.X]
        columns += [[e + s * o for e, o in zip(even, odd, strict=True)] for s in (1, -1)]
        goal = [t + mass * e for t, e in zip(goal, even, strict=True)]
    for z, t in zip(curve.linear, free, strict=True):
        goal = [a + t * b for a, b in zip(goal, z, strict=True)]
    supports = set()
    for S in combinations(range(len(columns)), 5):
        c = solve(transpose([columns[a] for a in S]), goal)
        if c is not None and all(t > 0 for t in c):
            supports.add(sum(1 << a for a in S))
    assert set(regime.tied.supports) == supports
    assert len(supports) == 2


def test_derivatives_are_those_of_the_values(found):
    regime, point = found
    random = Random(1)  # noqa: S311 - a direction
    x = [t.midpoint.limit_denominator(1000) for t in point.x]
    s = [Fraction(random.randint(-9, 9)) for _ in x]
    h = Fraction(1, 10**9)
    for c in regime.tied.conditions:
        along = sum(a * b for a, b in zip(c.gradient(x), s, strict=True))
        ahead = c.at([a + h * b for a, b in zip(x, s, strict=True)])
        behind = c.at([a - h * b for a, b in zip(x, s, strict=True)])
        assert abs((ahead - behind) / (2 * h) - along) < Fraction(1, 10**6)


def test_no_chamber_without_pairs(family):
    alone = regime_of(family, [(1, (1, -1, 1, -1, -1, 1))]).curve
    assert paired(alone, [Fraction(1)] * alone.size) is None
    column = (Fraction(1),) + (Fraction(0),) * 5  # no pair spans it
    more = Curve(family, alone.units, (column,))
    assert paired(more, [Fraction(1)] * more.size) is None
