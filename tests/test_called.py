"""What is of the wrong class is refused in one line, by functions of every kind of problem."""

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
