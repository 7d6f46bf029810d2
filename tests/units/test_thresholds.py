"""Threshold units: patterns of all faces, an exact LASSO, the worked instance U5."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.errors import InstanceError, NotOptimal, Undecided
from polytope_nn.exact.rational import matrix
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.thresholds import threshold_patterns
from polytope_nn.search.finding import optimum
from polytope_nn.search.units.columns import Lasso, beta_of, lasso
from tests.oracles.units import conic_value, faces, slot_components

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def test_u5_closed():
    """Both atoms are patterns of rays: topes alone would give another beta."""
    O = optimum(TrainingProblem(SQUARE, [4, 4, 0, 0], beta=3, activation="threshold"))
    assert (O.n_patterns, list(O.kappa), list(O.fit)) == (9, [2, 2, -1, -1], [2, 2, 1, 1])
    assert {a.feature for a in O.atoms} == {(1, 1, 1, 0), (1, 1, 0, 1)}
    assert [step.components for step in staircase(O)] == [2, 1]


def test_u5_open():
    D = TrainingProblem(SQUARE, [3] * 4, beta=2, activation="threshold_open")
    O = optimum(D)
    assert (list(O.kappa), list(O.fit)) == ([1] * 4, [2] * 4)
    assert {a.feature for a in O.atoms} == {
        (1, 0, 1, 0),
        (1, 0, 0, 1),
        (0, 1, 1, 0),
        (0, 1, 0, 1),
    }
    assert [step.components for step in staircase(O)] == [4, 2, 1]


@pytest.mark.parametrize("seed", range(20))
def test_patterns_are_those_of_all_faces(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(1, 1), (3, 1), (4, 2), (5, 2), (5, 3), (4, 4)])
    X = [[Fraction(random.randint(-2, 2)) for _ in range(d)] for _ in range(n)]
    covectors = faces(X) if any(map(any, X)) else {(0,) * n}
    for closed in (True, False):
        found = threshold_patterns(tuple(map(tuple, X)), closed=closed)
        least = 0 if closed else 1
        assert set(found) == {tuple(int(s >= least) for s in c) for c in covectors}
        for pattern, w in found.items():
            values = [sum(s * t for s, t in zip(x, w, strict=True)) for x in X]
            assert pattern == tuple(int(v >= 0 if closed else v > 0) for v in values)


def test_patterns_that_are_too_many_are_refused_before_any_is_listed():
    """Of 30 general samples in dimension 7 there are 2 sum_{k<7} C(29, k) topes, 1,243,232."""
    random = Random(7)  # noqa: S311
    X = [[random.randint(-99, 99) for _ in range(7)] for _ in range(30)]
    with pytest.raises(Undecided, match="more than 200000 patterns of thresholds"):
        threshold_patterns(matrix(X), closed=True)


def random_lasso(random):
    n, N = random.randint(1, 6), random.randint(1, 12)

    def column():
        return tuple(Fraction(random.randint(-2, 2)) for _ in range(n))

    return Lasso(
        tuple(column() for _ in range(N)),
        tuple(column() for _ in range(random.choice([0, 0, 1, 2]))),
        tuple(Fraction(random.randint(-5, 5)) for _ in range(n)),
        tuple(Fraction(random.randint(1, 3)) for _ in range(n)),
        random.choice([Fraction(1, 2), Fraction(3), beta_of(Fraction(2))]),
    )


def test_the_lasso_satisfies_every_condition():
    """The conditions of optimality, with and without a float's proposal, and the value."""
    random = Random(1)  # noqa: S311
    for i in range(200):
        L = random_lasso(random)
        kappa, c = lasso(L)
        assert kappa == lasso(L, guess=False)[0]
        products = [sum(s * t for s, t in zip(F, kappa, strict=True)) for F in L.columns]
        assert all(p <= L.beta for p in products)
        assert all(x > 0 and products[a] == L.beta for a, x in c.items())
        assert all(sum(s * t for s, t in zip(z, kappa, strict=True)) == 0 for z in L.free)
        residual = [k / w for k, w in zip(kappa, L.weights, strict=True)]
        value = float(sum(r * r * w for r, w in zip(residual, L.weights, strict=True))) / 2
        value += float(L.beta * sum(c.values(), Fraction(0)))
        if i % 4 == 0:
            blocks = [([[t] for t in F], [[1]], "l1") for F in L.columns]
            other = conic_value(blocks, L.y, L.beta, free=L.free, weights=L.weights)
            assert abs(value - other) <= 1e-7 * (1 + abs(value))


@pytest.mark.parametrize("seed", range(12))
def test_random_data_has_the_value_and_the_slots(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(3, 1), (3, 2), (4, 2)])
    X = [[random.randint(-2, 2) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-4, 4) for _ in range(n)]
    D = TrainingProblem(
        X,
        y,
        beta_squared=random.choice([1, 2, 4]),
        activation=random.choice(["threshold", "threshold_open"]),
        bias=random.choice(["none", "penalised"]),
        skip=random.choice(["none", "none", "constant", "linear"]),
    )
    O = optimum(D)
    closed = D.activation.closed
    blocks = [
        ([[s * t] for t in p], [[1]], "l1")
        for p in threshold_patterns(D.plain_design, closed=closed)
        for s in (1, -1)
    ]
    beta = beta_of(D.beta_squared)
    value = conic_value(blocks, y, beta, free=D.free.columns)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    P = optimal_polytope(O)
    S = staircase(P)
    rays = dict(enumerate(P.features))
    if not O.vanishes and len(rays) <= 8:
        for m in range(1, 4):
            counted = slot_components([{i} for i in rays], rays, D.free.modulo(O.fit), m)
            assert counted == (S[m].components if m >= S.m_star else 0)


def test_a_given_kappa_and_refusals():
    D = TrainingProblem(SQUARE, [4, 4, 0, 0], beta=3, activation="threshold")
    assert optimum(D, kappa=[2, 2, -1, -1]).kappa == optimum(D).kappa
    with pytest.raises(NotOptimal, match="pattern 1111, sign \\+1, its value exceeds beta"):
        optimum(D, kappa=[1, 1, 1, 1])
    with pytest.raises(InstanceError, match="activation, penalty"):
        TrainingProblem([[1]], [1], beta=1, activation="threshold", penalty="l1")


def test_degenerate_data():
    none = TrainingProblem([[0, 0]], [3], beta=1, activation="threshold_open")
    assert optimum(none).vanishes
    whole = optimum(TrainingProblem([[0, 0]], [3], beta=1, activation="threshold"))
    assert [(a.sign, a.covector, a.g) for a in whole.atoms] == [(1, (1,), (0, 0))]
    assert whole.fit == (2,)


def test_no_pattern_and_a_root():
    """Without a neuron kappa is the root of 3, in its field, whatever balls say of the fit 0."""
    power = {"kind": "power", "p": "3/2"}
    O = optimum(
        TrainingProblem([[0]], [3], beta=1, loss=power, activation="threshold_open")
    )
    assert (O.level, O.kappa[0] ** 2, O.fit[0]) == ("exact", 3, 0)
