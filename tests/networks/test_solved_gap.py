"""Gaps to a solved optimum: true distances, 0 at optima, never above the residual's."""

from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem
from polytope_nn.errors import InstanceError
from polytope_nn.networks.gap import residual_gap
from polytope_nn.networks.solved_gap import solved_gap
from tests.landscape.planted import NAMES, polytope, random_network, seeded


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_distance_to_the_optimum(name):
    P = polytope(name)
    D = P.optimum.problem
    rng = seeded(41)
    best = random_network(P, P.M_star + 1, rng)
    assert solved_gap(D, best).value.exact == 0
    slots = list(best.slots)
    j = next(j for j, x in enumerate(slots) if x is not None)
    slots[j] = Network.of((slots[j].sign, [t + Fraction(1, 50) for t in slots[j].u])).slots[
        0
    ]
    moved = Network(tuple(slots))
    found = solved_gap(D, moved)
    assert found.value == moved.objective(D) - P.optimum.value
    assert found.value <= residual_gap(D, moved).value


def test_a_kappa_that_is_not_rational():
    D = TrainingProblem([[3, 1], [-2, 5], [4, -3]], [7, 2, -5], beta=2)
    network = Network.of((1, [1, 1]))
    found = solved_gap(D, network)
    assert 0 < found.value <= residual_gap(D, network).value
    assert "SolvedGap(primal=" in repr(found)


def test_a_free_bias_is_refused():
    with pytest.raises(InstanceError, match="bias"):
        solved_gap(TrainingProblem([[1]], [1], beta=1, bias="free"), Network.of(None))
