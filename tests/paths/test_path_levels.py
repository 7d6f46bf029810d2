"""Networks whose numbers are irrational: over a number field everything, over balls a part."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn.dual.optimum import verified
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.landscape.optimal_set import OptimalPolytope, optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.networks.components import component, slot_components
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import is_optimal, solution
from polytope_nn.networks.network import Network, Neuron
from polytope_nn.networks.stationary import is_stationary
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import Path, path
from polytope_nn.problems.training import TrainingProblem
from tests.landscape.planted import random_network, seeded


def crossed(d, square):
    """Rows +-e_i, y = 5, kappa = 1/sqrt(square) each, so |g|^2 = d/square = beta^2."""
    X = [[s * (i == j) for j in range(d)] for i in range(d) for s in (1, -1)]
    D = TrainingProblem(X, [5] * (2 * d), beta_squared=Fraction(d, square))
    field = NumberField((-square, 0, 1), (1, square))
    return optimal_polytope(verified(D, (field.generator / square,) * (2 * d)))


def middle(a, b):
    """The network half-way along a line."""
    slots = []
    for x, z in zip(a.slots, b.slots, strict=True):
        held = x or z
        if held is None:
            slots.append(None)
            continue
        zero = (Fraction(0),) * len(held.u)
        u, v = (zero if t is None else t.u for t in (x, z))
        slots.append(
            Neuron(held.sign, tuple((p + q) / 2 for p, q in zip(u, v, strict=True)))
        )
    return Network(tuple(slots))


@pytest.mark.parametrize("d, square", [(2, 2), (2, 3), (3, 3)])
def test_paths_over_a_number_field(d, square):
    P = crossed(d, square)
    O, S = P.optimum, staircase(P)
    assert O.level == "exact"
    rng = seeded(41)
    for m in range(P.m_star, S.threshold + 1):
        for _ in range(6):
            a, b = random_network(P, m, rng), random_network(P, m, rng)
            found = path(P, a, b, m)
            assert bool(found) == (component(P, a, m) == component(P, b, m))
            if isinstance(found, Path):
                assert found.breakpoints[0] == a
                assert found.breakpoints[-1] == b
                for p, q in pairwise(found.breakpoints):
                    assert is_optimal(O, p)
                    assert is_optimal(O, middle(p, q))
                text = json.dumps([x.to_json() for x in found.breakpoints])
                assert tuple(map(Network.from_json, json.loads(text))) == found.breakpoints
    assert slot_components(P, P.m_star)[0] == S[P.m_star].components


def test_descent_gap_and_stationarity_over_a_number_field():
    P = crossed(2, 2)
    D = P.optimum.problem
    rng = seeded(42)
    for _ in range(8):
        start = Network.of(
            *(
                (rng.choice([1, -1]), [rng.randint(-4, 4), rng.randint(1, 4)])
                for _ in range(D.n + 1)
            )
        )
        end = random_network(P, P.M_star + 1, rng)
        found = descent(P, start, end)
        assert found.breakpoints[-1] == end.padded(found.width)
        assert all(b <= a for a, b in pairwise(found.objectives))
        assert found.objectives[-1] == P.optimum.value
        near = gap(D, end)
        assert near.value >= 0 or float(near.value) < 1e-30
        assert abs(float(near.value)) < 1e-30
        answer = is_stationary(P.optimum, end)
        assert answer
        assert answer.is_global


def in_balls(P):
    """The same polytope with every irrational number a ball: level interval."""
    O = P.optimum

    def ball(x):
        return x if isinstance(x, Fraction) else x.enclosure(200)

    def balls(v):
        return tuple(map(ball, v))

    atoms = tuple(replace(a, g=balls(a.g), feature=balls(a.feature)) for a in O.atoms)
    interval = replace(O, kappa=balls(O.kappa), atoms=atoms, level="interval")
    return OptimalPolytope(interval, P.classes, tuple(map(balls, P.vertices)))


def test_what_balls_decide():
    P = in_balls(crossed(2, 3))
    assert isinstance(P.optimum.fit[0], Ball)
    # a rational network is proved not to be optimal
    assert "the fit is" in is_optimal(P.optimum, Network.of((1, [1, 1]))).reason
    # one made of balls means an optimal network in its box
    assert is_optimal(P, solution_of(P)).weights == P.vertices[0]
    # a descent down to an optimum: strict all the way
    start = Network.of((1, [1, 2]), (-1, [0, 1]))
    found = descent(P, start)
    assert all(b < a for a, b in pairwise(found.objectives))
    # the start lies on the ray of an atom: the balls do not tell, and it does not matter
    found = descent(P, Network.of((1, [3, 3])))
    assert found.objectives[-1] < found.objectives[0]
    # full slots: the steps go over rational rays
    full = Network.of((1, [1, 2]), (1, [3, -1]), (1, [-1, -2]), (-1, [2, 1]), (-1, [-3, 1]))
    narrow = descent(P, full)
    assert all(b < a for a, b in pairwise(narrow.objectives))
    wide = descent(P, full, width=7)
    assert all(b < a for a, b in pairwise(wide.objectives))


def solution_of(P):
    v = P.vertices[0]
    slots = [
        Neuron(a.sign, tuple(x * t for t in a.g))
        for x, a in zip(v, P.atoms, strict=True)
        if not isinstance(x, Fraction)
    ]
    return Network(tuple(slots))


def test_solutions_of_field_points_are_their_own():
    P = crossed(3, 3)
    for v in P.vertices:
        net = solution(P, v)
        assert is_optimal(P.optimum, net).weights == v
