"""Networks and polyhedra drawn: what they are said to be, all kinds within reach, small ends."""

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from polytope_nn import (
    InterpolationProblem,
    Network,
    OptimalPolytope,
    Optimum,
    Polyhedron,
    Staircase,
    TrainingProblem,
    _register_strategies,
    is_optimal,
    optimum,
)
from polytope_nn.networks.gap import residual_gap
from polytope_nn.networks.network import RawNeuron
from polytope_nn.strategies import drawn_networks, networks, polyhedra

few = settings(max_examples=400, phases=[Phase.generate], deadline=None, derandomize=True)
small = settings(max_examples=400, deadline=None, derandomize=True, database=None)


@given(drawn_networks(4, 2, kinds=("optimal",)))
def test_what_is_called_optimal_is(drawn):
    member = is_optimal(optimum(drawn.problem, kappa=drawn.planted.kappa), drawn.network)
    assert member
    assert member.weights == drawn.planted.c
    assert residual_gap(drawn.problem, drawn.network).value == 0


@given(drawn_networks(4, 2))
def test_every_network_has_the_problem_s_dimension_and_no_less_than_the_optimum(drawn):
    net, D = drawn.network, drawn.problem
    assert net.dimension in {None, D.d}
    assert net.objective(D) - optimum(D, kappa=drawn.planted.kappa).value >= 0


NEAR = {
    "not optimal": lambda x: x.kind == "near" and x.network.neurons,
    "unbalanced": lambda x: x.kind == "near" and not x.network.is_balanced,
    "split": lambda x: len(x.network.merged.neurons) < len(x.network.balanced().neurons),
    "an empty slot": lambda x: x.kind == "optimal" and {None} < set(x.network.slots),
    "dead": lambda x: any(
        isinstance(y, RawNeuron) and y.balanced is None for y in x.network.slots
    ),
    "no neuron": lambda x: not x.network.neurons,
    "a bias": lambda x: x.problem.bias == "penalised" and len(x.network.neurons) > 1,
    "both signs": lambda x: {y.sign for y in x.network.neurons} == {1, -1},
}


@pytest.mark.parametrize("name", NEAR)
def test_every_kind_is_within_reach(name):
    find(drawn_networks(), lambda x: bool(NEAR[name](x)), settings=few)


def test_a_network_shrinks_to_one_small_neuron():
    def two_slots_used(drawn):
        return drawn.kind == "optimal" and len(drawn.network.neurons) >= 2

    found = find(drawn_networks(), two_slots_used, settings=small)
    assert found.network.width == 2
    assert found.problem.n <= 2


POLYHEDRA = {
    "empty": lambda P: P.dim == -1,
    "a point": lambda P: P.dim == 0,
    "flat": lambda P: 0 < P.dim < P.ambient_dim,
    "a ray": lambda P: P.rays,
    "a line": lambda P: P.lines,
    "a polygon": lambda P: (
        P.dim == 2 and len(P.vertices) > 3 and not P.rays and not P.lines
    ),
    "by inequalities": lambda P: P.given_generators is None and P.dim == 2 and P.vertices,
    "by generators": lambda P: P.given_halfspaces is None and P.dim == 3,
}


@pytest.mark.parametrize("name", POLYHEDRA)
def test_every_polyhedron_is_within_reach(name):
    find(polyhedra(), lambda P: bool(POLYHEDRA[name](P)), settings=few)


@given(polyhedra(2))
def test_both_forms_of_a_drawn_polyhedron_are_one_set(P):
    if P.dim >= 0:
        again = Polyhedron.from_generators(
            P.vertices, P.rays, P.lines, ambient_dim=P.ambient_dim
        )
        assert again == P


@pytest.mark.parametrize(
    "kind",
    [
        Network,
        Polyhedron,
        InterpolationProblem,
        TrainingProblem,
        Optimum,
        OptimalPolytope,
        Staircase,
    ],
)
def test_the_types_are_registered(kind):
    _register_strategies()
    drawn = find(st.from_type(kind), lambda _: True, settings=few)
    assert isinstance(drawn, kind)


@given(networks(3, 2))
def test_networks_alone(net):
    assert net.width <= 24
