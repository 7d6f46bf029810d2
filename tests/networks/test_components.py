"""Components of Theta_m by T8, by the slot complex, and by where random networks fall."""

from math import factorial

import numpy as np
import pytest

from polytope_nn import Network, TrainingProblem, staircase
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal
from polytope_nn.networks.components import (
    Component,
    Orbit,
    component,
    components,
    orbit,
    slot_components,
)
from polytope_nn.networks.membership import solution
from polytope_nn.paths.path import path
from tests.landscape.planted import NAMES, polytope, random_network, replanted, seeded
from tests.oracles.worked import WORKED


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_three_routes(w):
    P = polytope(w.name)
    S = staircase(P)
    for m in range(P.m_star, min(S.threshold, 4) + 1):
        listed = list(components(P, m))
        assert len(set(listed)) == len(listed) == S[m].components == w.components.get(m, 1)
        assert sum(x.isolated for x in listed) == S[m].isolated
        assert slot_components(P, m) == (S[m].components, S[m].isolated)


def test_random_instances_by_the_slot_complex():
    rng = seeded(4)
    for name in ["square", "triangle", "tetrahedron", "octahedron"] * 3:
        P = replanted(name, rng)
        S = staircase(P)
        for m in range(P.m_star, min(S.threshold + 1, 4) + 1):
            assert slot_components(P, m) == (S[m].components, S[m].isolated)


@pytest.mark.parametrize("name", NAMES)
def test_every_component_is_met(name):
    P = polytope(name)
    rng = seeded(6)
    m = P.m_star
    found = {component(P, random_network(P, m, rng), m) for _ in range(200)}
    listed = set(components(P, m))
    assert found <= listed
    if len(listed) <= 8:
        assert found == listed


def test_permutations():
    P = polytope("octahedron")
    two = solution(P, min(P.vertices, key=lambda v: sum(x != 0 for x in v)))
    assert orbit(P, two, 2) == Orbit(2, 1)
    assert orbit(P, two, 3) == Orbit(6, 6)
    four = solution(P, max(P.vertices, key=lambda v: sum(x != 0 for x in v)))
    assert orbit(P, four, 4) == Orbit(24, 1)
    assert orbit(P, four, 5) == Orbit(120, 120)
    halved = two.padded(4).split(0, 2, 1 - two.slots[0].u[0] / two.slots[0].u[0] / 2)
    assert orbit(P, halved, 4) == Orbit(factorial(4) // 2, 12)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]):
        joined = path(P, four, four.permuted(order), 4)
        assert bool(joined) == (
            component(P, four.permuted(order), 4) == component(P, four, 4)
        )


def test_names():
    P = polytope("octahedron")
    four = solution(P, max(P.vertices, key=lambda v: sum(x != 0 for x in v)))
    at = component(P, four, 4)
    assert at.isolated
    assert at.placement == tuple(sorted(at.placement))
    assert component(P, four, 5) == Component(5, tuple(range(6)), (), isolated=False)
    with pytest.raises(DimensionError, match="4 slots in use"):
        component(P, four, 3)
    with pytest.raises(NotOptimal):
        component(P, Network.of(None), 3)
    with pytest.raises(DimensionError, match="below m"):
        staircase(P)[1]


def test_zero():
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    zero = Network.of(None)
    assert component(D, zero, 2) == Component(2, (0,), (), isolated=True)
    assert list(components(D, 2)) == [component(D, zero, 2)]
    assert orbit(D, zero, 2) == Orbit(1, 1)


def test_widths_are_integers_of_numpy_too():
    P = polytope("square")
    assert list(components(P, np.int8(2))) == list(components(P, 2))
    assert type(staircase(P)[np.int64(2)].width) is int
    for width in (-1, 2.0, True, "2"):
        with pytest.raises(InstanceError, match="is no width: give an integer >= 0"):
            list(components(P, width))


def test_a_width_beyond_every_list_counts_no_orders():
    step = staircase(polytope("square"))[10**9]  # 10^9! fits into no memory
    assert (step.components, step.rigid, step.isolated) == (1, 0, 0)
