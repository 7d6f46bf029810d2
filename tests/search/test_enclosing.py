"""Level interval: boxes, the free-linear phase, ties that are structure, idle atoms."""

from fractions import Fraction

import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.search.test_finding import agrees


def holds(O):
    """Every equation holds for the balls, and the strict ones strictly."""
    D = O.problem
    for k, (z, t, w) in enumerate(zip(O.fit, O.kappa, D.weights, strict=True)):
        fitted = dot([a.feature[k] for a in O.atoms], O.weights)
        for value in (fitted - z, t / w + z - D.y[k]):
            assert value == 0 if isinstance(value, Fraction) else 0 in value
    for a in O.atoms:
        excess = squared_norm(a.g) - D.beta_squared
        assert excess == 0 if isinstance(excess, Fraction) else 0 in excess
        values = [dot(x, a.g) for x in D.design]
        for s, x in zip(a.covector, values, strict=True):
            if s:
                assert s * x > 0
            else:
                assert x == 0 if isinstance(x, Fraction) else 0 in x
    for bound in (b for bounds in O.bounds for b in bounds):
        assert all(m >= 0 for m in bound.multiplier)


@pytest.mark.parametrize(
    "X, y, b",
    [
        # y_3 = 0 and no atom reaches row 3, so kappa_3 = 0 and a face is a smaller one
        (
            [[0, -1, 1], [0, -1, 1], [0, 1, 1], [1, 2, -1], [0, -1, -1], [-1, 0, -1]],
            [-1, 3, 0, -1, -1, 1],
            "1/4",
        ),
        ([[0, -1, 2], [0, -1, -1], [2, 1, 1], [2, 1, 2], [0, 2, -1]], [3, 0, 3, 1, 2], 2),
        (
            [[1, -1, -1], [1, 2, 1], [-1, 0, 1], [1, -1, 1], [1, 1, 1]],
            [2, -2, 0, 3, 1],
            "1/100",
        ),
        # an atom on row 4 alone, where kappa = y: tied exactly, of weight 0
        (
            [[0, 2, 2], [1, 0, -1], [2, 1, 0], [-1, 1, 1], [2, 0, 1], [2, -1, 1]],
            [-3, 1, -1, 2, -3, -3],
            4,
        ),
        # two nearly equal directions on neighbouring faces, one of them an atom
        (
            [[0, 0, -1], [0, 1, 1], [2, 1, 2], [-1, -1, 2], [-1, 2, -1]],
            [-2, 3, 3, -1, -3],
            "1/100",
        ),
        # kappa is irrational of high degree but for two entries, which a face depends on
        (
            [[0, 1, 2], [-1, 1, 0], [-1, 0, 1], [0, 2, 1], [0, 0, 1], [0, 0, -1]],
            [-1, -1, 2, 0, 3, 2],
            "1/4",
        ),
        # X'kappa = 0 makes a multiplier 0
        (
            [[2, 4], [2, 2], [5, -2], [5, 4], [0, -4], [5, 3], [-2, 0], [3, -4]],
            [-4, 1, 0, 3, -4, -3, 1, 0],
            "1/100",
        ),
        # two opposite pairs beside a single atom
        (
            [[-1, 0, -1], [-1, 1, 1], [2, 0, 0], [-1, 0, 2], [1, 1, 0], [-1, 2, -1]],
            [-3, 3, -1, -3, -3, -1],
            1,
        ),
        # two equal norms make a multiplier 0
        ([[-1, 1], [2, 2], [0, -1], [1, -1], [2, 1]], [-2, 0, 0, 3, 0], "1/4"),
        (
            [[2, 0, 2], [-1, 1, 1], [1, -1, 1], [-1, 0, 0], [1, -1, -1], [1, 1, 0]],
            [3, 2, 3, 1, 2, 1],
            1,
        ),
        # parallel samples far from their common fit
        ([["-957973104205"], ["-980193679744"]], [3, 0], 1),
    ],
)
def test_gems(X, y, b):
    agrees(TrainingProblem(X, y, beta_squared=b))


@pytest.mark.parametrize("seed", [18, 24])
def test_pairs_in_a_common_plane(seed):
    """A speed of pivoting is 0 there by structure, not by measurement."""
    from random import Random

    random = Random(f"12,3{seed}")  # noqa: S311 - test data
    X = [[random.randint(-5, 5) for _ in range(3)] for _ in range(12)]
    y = [random.randint(-5, 5) for _ in range(12)]
    b = random.choice([Fraction(1, 100), Fraction(1, 4), 1, 4])
    P = optimal_polytope(optimum(TrainingProblem(X, y, beta_squared=b)))
    assert len(P.vertices) == {18: 18, 24: 14}[seed]


def test_idle_atoms_have_weight_zero():
    X = [[0, 2, 2], [1, 0, -1], [2, 1, 0], [-1, 1, 1], [2, 0, 1], [2, -1, 1]]
    O = optimum(TrainingProblem(X, [-3, 1, -1, 2, -3, -3], beta_squared=4))
    assert O.kappa[3] == 2
    idle = [i for i, c in enumerate(O.weights) if isinstance(c, Fraction) and c == 0]
    assert len(idle) == 1
    assert O.weights[idle[0]] == 0
    assert squared_norm(O.atoms[idle[0]].g) == 4
    assert O.rank == len(O.atoms) == 3
    assert optimal_polytope(O).vertices == (O.weights,)


def test_a_kink_that_moves_past_a_sample_for_nothing_beside_an_opposite_one():
    """Three kinks of one slope are tied: kappa of the sample between two of them is 0.

    The linear function of the first and the last, opposite, differs by a free constant; that
    between them fits the sample exactly.
    """
    X = [
        ["0.4721", "-1.4965", "1.8938"],
        ["2.7785", "0.267", "0.8091"],
        ["-2.6791", "-0.2063", "-3.6581"],
        ["-0.1093", "-4.56", "-0.7732"],
        ["-1.0177", "0.2811", "-0.3316"],
    ]
    y = ["-0.6549", "-3.034", "2.559", "2.5798", "-0.5663"]
    for order in ((0, 1, 2, 3, 4), (3, 4, 0, 2, 1)):
        rows, labels = [X[k] for k in order], [y[k] for k in order]
        O = optimum(TrainingProblem(rows, labels, beta="1/100", bias="free"))
        nothing = O.kappa[order.index(3)]
        assert 0 in nothing
        assert abs(nothing.midpoint) < Fraction(1, 10**80)
        assert abs(float(O.value) - 0.01232916039) < 1e-10  # a conic solver's
        assert len(O.atoms) == 4
        check(certify(optimal_polytope(O)))
