"""What is of the wrong class is refused in one line, by functions of every kind of problem."""

import numpy as np
import pytest

import polytope_nn as pn

D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
P = pn.optimal_polytope(D)
OF_NETWORKS = {
    "path": lambda x: pn.path(P, x, x, 2),
    "joining_width": lambda x: pn.joining_width(P, x, x),
    "component": lambda x: pn.component(P, x, 2),
    "orbit": lambda x: pn.orbit(P, x, 2),
    "descent": lambda x: pn.descent(P, x),
    "nearest_support": lambda x: pn.nearest_support(P, x),
}
OF_ALL = {
    "interpolant_path": (lambda x: pn.interpolant_path(x, x, x), "OptimalPolytope"),
    "vector_connect": (lambda x: pn.vector_connect(x, x, x), "OptimalSet"),
    "vector_nearest": (lambda x: pn.vector_nearest(x, x), "OptimalSet"),
    "vector_gap": (lambda x: pn.vector_gap(x, x), "VectorProblem or Optimum"),
    "parallel_path": (lambda x: pn.parallel_path(x, x, x), "ParallelOptimum"),
}
WRONG = [3, "net.json", {"neurons": []}, D]


@pytest.mark.parametrize("given", WRONG, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("name", [*OF_NETWORKS, *OF_ALL])
def test_what_is_of_the_wrong_class_is_refused(name, given):
    call, known = OF_ALL.get(name) or (OF_NETWORKS[name], "Network")
    with pytest.raises(pn.PolytopeError) as caught:
        call(given)
    assert str(caught.value) == f"{type(given).__name__} is no {known}: give one"


def test_networks_of_the_wrong_model_are_refused():
    V = pn.vector_optimal_set(pn.VectorProblem([[2]], [[3, 4]], beta=1))
    net = pn.Network.of((1, [1, 0, -1]))
    for call in (pn.vector_nearest, pn.vector_connect):
        ends = (net, net) if call is pn.vector_connect else (net,)
        with pytest.raises(
            pn.PolytopeError, match=r"^Network is no VectorNetwork: give one$"
        ):
            call(V, *ends)


OF_ONE = {
    "at_infinity": (lambda x: pn.at_infinity(x, 0), "int is no Arrangement"),
    "face_lattice": (pn.face_lattice, "int has no supports"),
    "free_part_optimum": (pn.free_part_optimum, "int is no TrainingProblem"),
    "verdict": (lambda x: pn.verdict(x, D), "int is no str"),
    "zero_loss_path": (lambda x: pn.zero_loss_path([[1]], [1], x, x), "int is no Network"),
    "read_instance": (pn.read_instance, "int is no str or Path"),
    "read_network": (pn.read_network, "int is no str or Path"),
    "arrangement": (pn.arrangement, "int is no list of numbers"),
    "Network": (lambda x: pn.Network((x,)), "int is no Neuron or RawNeuron"),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_a_number_is_no_object_of_a_function(name):
    call, line = OF_ONE[name]
    with pytest.raises(pn.PolytopeError, match=line):
        call(3)


NO_LIST = {
    "FanUnit": (pn.FanUnit, "cells: 3 is no list"),
    "GraphLoss": (pn.GraphLoss, "loss: 3 is no list"),
    "polyline": (pn.polyline, "loss: 3 is no list"),
    "Network": (pn.Network, "slots: 3 is no list"),
    "VectorNetwork": (pn.VectorNetwork, "slots: 3 is no list"),
    "ParallelNetwork": (pn.ParallelNetwork, "branches: 3 is no list"),
    "Network.of": (pn.Network.of, "neuron: 3: give a pair"),
    "Network.load": (pn.Network.load, "int is no str or Path"),
    "GroupLasso": (lambda x: pn.GroupLasso(x, [1], beta=1), "blocks: 3 is no list"),
    "free": (
        lambda x: pn.GroupLasso([{"A": [[1]]}], [1], beta=1, free=x),
        "free: 3 is no list",
    ),
    "vector weights": (
        lambda x: pn.VectorProblem([[1]], [[1, 2]], beta=1, weights=x),
        "weights: 3 is no list",
    ),
    "vector kappa": (
        lambda x: pn.vector_optimum(pn.VectorProblem([[1]], [[1, 2]], beta=1), kappa=x),
        "kappa: 3 is no list",
    ),
    "verdicts": (lambda x: pn.verdicts(D, x), "names: 3 is no list"),
    "from_inequalities": (
        lambda x: pn.Polyhedron.from_inequalities(x, [1]),
        "3 is no list",
    ),
    "from_generators": (pn.Polyhedron.from_generators, "3 is no list"),
    "two_widths": (pn.two_widths, "int is no ParallelOptimum"),
    "limits": (lambda x: pn.optimum(D, limits=x), "int is no Limits"),
    "limits of balls": (lambda x: pn.beta_path(D, limits=x), "int is no Limits"),
    "limits of a check": (lambda x: pn.check(pn.certify(P), x), "int is no Limits"),
    "vector_path": (lambda x: pn.vector_path(x, x, x, 1), "int is no OptimalSet"),
    "vector_joining_width": (
        lambda x: pn.vector_joining_width(x, x, x),
        "int is no OptimalSet",
    ),
    "vector_descent": (lambda x: pn.vector_descent(x, x), "int is no OptimalSet"),
}


@pytest.mark.parametrize("name", NO_LIST)
def test_a_number_is_no_list_and_no_object(name):
    call, line = NO_LIST[name]
    with pytest.raises(pn.PolytopeError, match=line):
        call(3)


NET = pn.Network.of((1, [1, 0, -1]))
WIDTHS = {
    "path": lambda w: pn.path(P, NET, NET, w),
    "component": lambda w: pn.component(P, NET, w),
    "components": lambda w: list(pn.components(P, w)),
    "orbit": lambda w: pn.orbit(P, NET, w),
    "padded": NET.padded,
    "stationary_points": lambda w: pn.stationary_points(D, w),
    "connect": lambda w: pn.connect(P, NET, NET, w),
    "descent": lambda w: pn.descent(P, NET, None, w),
    "nearest": lambda w: pn.nearest(P, NET, w),
    "zero_loss_path": lambda w: pn.zero_loss_path([[1, 0, -1]], [2], NET, NET, w),
}


@pytest.mark.parametrize(
    "width", ["3", 2.5, True, int, np.array([1.5]), np.array([]), 10**400, -1], ids=repr
)
@pytest.mark.parametrize("name", WIDTHS)
def test_what_is_no_width_is_refused_in_one_line(name, width):
    with pytest.raises(pn.PolytopeError) as caught:
        WIDTHS[name](width)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_width_of_numpy_is_one():
    assert pn.path(P, NET, NET, np.int64(3)).width == 3
    assert NET.padded(np.int8(2)).width == 2


def test_a_width_of_zero_is_not_one_that_is_left_out():
    V = pn.vector_optimal_set(pn.VectorProblem([[2]], [[3, 4]], beta=1))
    empty = pn.VectorNetwork(())
    with pytest.raises(pn.DimensionError, match="the width is 0"):
        pn.vector_descent(V, empty, width=0)


def test_samples_and_labels_of_a_zero_loss_path_are_as_many():
    for X, y in ([], []), ([[1, 0, 0]], []), ([], [1]):
        with pytest.raises(pn.DimensionError, match="give one for each row"):
            pn.zero_loss_path(X, y, NET, NET)


def test_a_most_that_is_no_number_is_refused():
    for call in (pn.holes, pn.face_lattice):
        with pytest.raises(pn.InstanceError, match=r"^most: '4': give an integer"):
            call(P, most="4")
    with pytest.raises(pn.InstanceError, match=r"^limit: '4': give an integer"):
        pn.arrangement([[1]], limit="4")
