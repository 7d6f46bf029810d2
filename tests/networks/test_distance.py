"""Gaps that are distances: the optimum's own dual point, whatever is free."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.errors import InstanceError, UnboundedError
from polytope_nn.exact.scalar import dot, nearest_float
from polytope_nn.functions.attained import is_attained
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.networks import distance
from polytope_nn.networks.distance import gap
from polytope_nn.networks.gap import residual_gap
from polytope_nn.networks.membership import solution
from polytope_nn.networks.network import Network
from polytope_nn.problems.free_part import SKIPS
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.relu import BIASES
from polytope_nn.problems.training import TrainingProblem
from tests.oracles.units import conic_value
from tests.oracles.worked import WORKED

OCTAHEDRON = next(w for w in WORKED if w.name == "octahedron")


def objective(D, net, a):
    """The objective by its definition, beta rational, neurons balanced of rational size."""
    fit = [dot(row, a) for row in D.free.Z]
    for x in net.neurons:
        for k, row in enumerate(D.design):
            fit[k] += x.sign * max(dot(row, x.u), 0)
    return sum(
        (w * (y - z) ** 2 for w, y, z in zip(D.weights, D.y, fit, strict=True)),
        Fraction(0),
    ) / 2 + D.beta * sum(abs(x.u[0]) for x in net.neurons)


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("bias", BIASES)
def test_the_optimum_is_at_distance_0_and_no_bound_is_below(bias, skip):
    random = Random(f"gap {bias} {skip}")  # noqa: S311 - reproducible data
    for _ in range(4):
        X = [[random.randint(-3, 3) for _ in range(2)] for _ in range(4)]
        y = [random.randint(-4, 4) for _ in range(4)]
        D = TrainingProblem(X, y, beta="1/2", bias=bias, skip=skip)
        P = optimal_polytope(D)
        zeros = [0] * (len(D.design[0]) - 1)
        net = Network.of((1, [2, *zeros]), (-1, [1, *zeros]))
        found = gap(P, net)
        assert float(found.value) >= 0
        assert float(found.value) <= float(residual_gap(D, net).value) * (1 + 1e-12) + 1e-12
        if not D.free.columns:
            assert found.primal == objective(D, net, [])
        if P.level == "exact" and is_attained(P) and not D.free.limited:
            assert gap(P, solution(P, P.vertices[0])).value == 0


def test_a_free_part_that_is_given_is_taken():
    D = TrainingProblem([[1], [2]], [3, 3], beta=1, skip="constant")
    assert gap(D, Network.of(None)).value == 0  # the constant 3, which fits best
    assert gap(D, Network((None,), constant=Fraction(3))).value == 0
    assert gap(D, Network((None,), constant=Fraction(0))).value == 9
    with pytest.raises(InstanceError, match="skip constant"):
        gap(TrainingProblem([[1]], [1], beta=1), Network((None,), constant=Fraction(1)))


def test_near_the_octahedron_optimum():
    D = OCTAHEDRON.problem()
    net = Network.of((1, [4, 4, -4]), (1, ["-401/100", -4, 4]))
    assert abs(float(gap(D, net).value) - 5.83e-5) < 1e-6
    assert float(residual_gap(D, net).value) > 0.04


def test_where_no_optimum_is_attained_the_infimum_is_bounded():
    D = TrainingProblem([[0], [1], [2]], [5, 5, 6], beta=1, bias="free")
    P = optimal_polytope(D)
    assert not is_attained(P)
    assert float(gap(P, Network.of(None)).value) > 0
    with pytest.raises(UnboundedError):
        _ = P.staircase.m_star


def test_labels_that_are_fitted_exactly_have_no_gap():
    with pytest.raises(InstanceError, match="fitted exactly"):
        gap(InterpolationProblem([[1]], [1]), Network.of(None))


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("bias", ["none", "penalised"])
def test_where_patterns_are_not_listed_the_gap_is_that_by_cones(bias, skip, monkeypatch):
    random = Random(f"cones {bias} {skip}")  # noqa: S311 - reproducible data
    X = [[random.randint(-9, 9) for _ in range(2)] for _ in range(12)]
    D = TrainingProblem(X, [random.randint(-9, 9) for _ in X], beta=3, bias=bias, skip=skip)
    d = len(D.design[0])
    net = Network.of((1, [1] * d), (-1, [2] * d))
    listed = gap(D, net)
    monkeypatch.setattr(distance, "_SEARCHED", 0)
    by_cones = gap(D, net)
    assert by_cones.primal == listed.primal
    apart = by_cones.dual - listed.dual
    assert apart == 0 or abs(float(apart)) < 1e-12 * abs(float(listed.dual))
    assert by_cones.dual != residual_gap(D, net).dual


def descended(D, random, steps=400):
    """Return a network after steps of gradient descent, by formulas of the exercise books."""
    X = np.array(D.design, dtype=float)
    y, beta = np.array(D.y, dtype=float), float(D.beta_squared) ** 0.5
    W, a = random.normal(size=(3, X.shape[1])), random.normal(size=3)
    for _ in range(steps):
        H = np.maximum(X @ W.T, 0)
        e = H @ a - y
        slope = ((e[:, None] * (H > 0)) * a).T @ X + beta * W
        W, a = W - 0.01 * slope, a - 0.01 * (H.T @ e + beta * a)
    biases = {"b": W[:, -1]} if D.bias != "none" else {}
    return Network.from_arrays(W[:, : len(D.X[0])], a, **biases)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(k, marks=pytest.mark.deep) for k in range(1, 20))]
)
def test_the_distance_is_that_of_a_conic_program_over_all_patterns(seed):
    random = np.random.default_rng(seed)
    n, d = random.integers(3, 9), random.integers(1, 4)
    X, y = random.normal(size=(n, d)).round(2), random.normal(size=n).round(2)
    bias, skip = [("none", "none"), ("penalised", "none"), ("none", "constant")][seed % 3]
    D = TrainingProblem(X, y, beta="1/2", bias=bias, skip=skip, exact="decimal")
    net = descended(D, random)
    (chart,) = D.charts
    blocks = []
    for pattern in chart.arrangement.patterns:
        on = [
            [t if s > 0 else 0 for t in x] for s, x in zip(pattern, D.design, strict=True)
        ]
        rows = [[s * t for t in x] for s, x in zip(pattern, D.design, strict=True)]
        blocks += [(on, rows, "l2"), ([[-t for t in x] for x in on], rows, "l2")]
    free = [D.free.columns[j] for j in D.free.basis]
    least = conic_value(blocks, D.y, 0.5, free=free)
    found = gap(D, net)
    primal, value = nearest_float(found.primal), nearest_float(found.value)
    assert value <= primal - least + 1e-9 * primal
    assert value >= primal - least - 1e-7 * primal
