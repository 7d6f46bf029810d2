"""Three-layer networks: their files, objectives, gaps, and paths between optimal ones."""

import json
from fractions import Fraction

import numpy as np
import pytest

from polytope_nn.errors import DimensionError, InstanceError, NotOptimal, Undecided
from polytope_nn.exact.rational import vector
from polytope_nn.parallel.counts.cells import cell_vertices
from polytope_nn.parallel.counts.slots import SlotComplex
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.networks.arrays import has_branches
from polytope_nn.parallel.networks.network import (
    ParallelNetwork,
    branch_of,
    read_parallel_network,
)
from polytope_nn.parallel.networks.roads import parallel_path, some_network
from polytope_nn.parallel.optimum import proved
from tests.oracles.three_layer import BY_NAME, DEEP


def optimum_of(name):
    w = BY_NAME[name]
    return proved(w.problem(), vector(w.kappa))


def network(*branches):
    return ParallelNetwork.from_json({"branches": list(branches)})


HAT = {
    "sign": 1,
    "neurons": [
        {"sign": -1, "u": [-1, 0]},
        {"sign": 1, "u": [0, 1]},
        {"sign": -1, "u": [1, 0]},
    ],
}


@pytest.mark.parametrize("w", DEEP, ids=lambda w: w.name)
def test_every_vertex_network_attains_the_optimum(w):
    """The vertices of the optimal networks, built from their atoms, by their own objective."""
    O = proved(w.problem(), vector(w.kappa))
    met = 0
    for p in O.pieces:
        for q in O.pieces:
            for vertex in cell_vertices((p, q), O.fit):
                net = ParallelNetwork(tuple(branch_of(*b, 8) for b in vertex if b[1]))
                assert net.fit(O.problem.design) == O.fit
                assert net.objective(O.problem).exact == O.value
                met += 1
    assert met or w.least[-1] > 2
    assert some_network(O).objective(O.problem).exact == O.value


def test_a_network_reads_back_what_it_writes(tmp_path):
    net = network(HAT, None)
    file = tmp_path / "net.json"
    file.write_text(json.dumps(net.to_json()), encoding="utf-8")
    assert read_parallel_network(file) == net
    assert (net.width, net.inner_width) == (2, 3)


@pytest.mark.parametrize(
    "read, message",
    [
        ({"neurons": []}, "a three-layer network is"),
        ({"branches": 3}, "a list belongs here"),
        ({"branches": [{"sign": 2, "neurons": []}]}, "branches\\[0\\].sign: 2"),
        ({"branches": [{"sign": 1}]}, "branches\\[0\\]"),
        ({"branches": [{"sign": 1, "neurons": [{"w": [1], "alpha": 2}]}]}, "inner neuron"),
        (
            {"branches": [{"sign": 1, "neurons": [{"sign": 1, "u": [0.5]}]}]},
            "0.5 is a float",
        ),
    ],
)
def test_bad_networks_are_refused(read, message):
    with pytest.raises(InstanceError, match=message):
        ParallelNetwork.from_json(read)


def test_trained_weights_cost_what_they_say(tmp_path):
    """Power-3 decay of raw weights: the AM-GM gap closes when the three norms agree."""
    file = tmp_path / "net.npz"
    W = np.array([[[0.0], [2.0]]])
    D = BY_NAME["hat"].problem()
    np.savez(file, W=W, w=np.array([[2.0]]), alpha=np.array([2.0]))
    even = read_parallel_network(file)
    assert even.cost(D).exact == 8
    np.savez(file, W=W * 4, w=np.array([[1.0]]), alpha=np.array([1.0]))
    uneven = read_parallel_network(file)
    assert uneven.fit(D.design) == even.fit(D.design)
    assert uneven.cost(D).exact == Fraction(512 + 1 + 1, 3)
    np.savez(file, W=W, w=np.array([[2.0]]), alpha=np.array([2.0]), b=np.zeros(1))
    with pytest.raises(InstanceError, match="b: is no array"):
        read_parallel_network(file)
    np.savez(file, W=W, w=np.array([[2.0, 1.0]]), alpha=np.array([2.0]))
    with pytest.raises(InstanceError, match="needs w"):
        read_parallel_network(file)


def test_random_networks_are_not_below_the_optimum():
    O = optimum_of("strict")
    draw = np.random.default_rng(7)
    for _ in range(40):
        branches = [
            {
                "sign": int(draw.choice([1, -1])),
                "neurons": [
                    {"sign": int(s), "u": [int(t) for t in draw.integers(-3, 4, 2)]}
                    for s in draw.choice([1, -1], 2)
                ],
            }
            for _ in range(2)
        ]
        assert (network(*branches).objective(O.problem) - O.value).sign() >= 0


@pytest.mark.parametrize("name", ["hat", "tilted", "skew", "one-sign-each", "pyramid"])
def test_a_path_joins_two_vertices(name):
    """Ends with other branches; each breakpoint optimal, and so is the middle of a segment."""
    O = optimum_of(name)
    vertices = [v for p in O.pieces for q in O.pieces for v in cell_vertices((p, q), O.fit)]
    nets = [ParallelNetwork(tuple(branch_of(*b, 5) for b in v if b[1])) for v in vertices]
    found = parallel_path(O, some_network(O), nets[-1])
    assert found.breakpoints[0].fit(O.problem.design) == O.fit
    for a, b in zip(found.breakpoints, found.breakpoints[1:], strict=False):
        middle = []
        for x, y in zip(a.branches, b.branches, strict=True):
            if x is None or y is None:
                half = x or y
                middle.append(None if half is None else half.times(Fraction(1, 2)))
                continue
            slots = []
            for p, q in zip(x.neurons, y.neurons, strict=True):
                if p is None:
                    slots.append(None)
                else:
                    u = [(s + t) / 2 for s, t in zip(p.u, q.u, strict=True)]
                    slots.append(type(p)(p.sign, tuple(u)))
            middle.append(type(x)(x.sign, tuple(slots)))
        assert ParallelNetwork(tuple(middle)).objective(O.problem).exact == O.value


def test_inner_neurons_and_branches_are_permuted():
    O = optimum_of("hat")
    turned = HAT | {"neurons": HAT["neurons"][::-1]}
    found = parallel_path(O, network(HAT), network(turned), 2)
    assert [net.width for net in found.breakpoints] == [2] * len(found.breakpoints)
    assert found.breakpoints[-1].branches[0] == network(turned).branches[0]
    with pytest.raises(Undecided, match="a path at width 1"):
        parallel_path(O, network(HAT), network(turned), 1)


def test_a_path_through_a_network_of_few_branches():
    """Four atoms need four slots; one branch that holds two of them needs three."""
    O = optimum_of("square")
    ends = []
    for a, b in ((2, 2), (2, -2)):
        pair = [{"sign": 1, "u": [str(a), str(b)]}, {"sign": 1, "u": [str(-a), str(-b)]}]
        ends.append(network(*({"sign": 1, "neurons": [x, None]} for x in pair)))
    found = parallel_path(O, *ends, 3)
    assert any(sum(b is not None for b in net.branches) == 1 for net in found.breakpoints)
    with pytest.raises(Undecided, match="a path at width 2"):
        parallel_path(O, *ends, 2)


@pytest.mark.parametrize(
    "name, most",
    [
        ("square", [2, 3, 3]),  # §6: M* = 3 at k = 2
        ("octahedron", [4, 4, 4]),
        ("hat", [3, 3, 3]),
        ("zero", [3, 3, 3]),
        ("pyramid", [3, 4, 4]),
        ("strict", [None, 1, 1]),
    ],
)
def test_the_most_independent_branches(name, most):
    """Connected from min{m* + M*, r + 1} on, which the slot complex counts again."""
    S = two_widths(optimum_of(name))
    assert [S.M_star(k) for k in (1, 2, 3)] == most
    k = 2
    m = S.joined_from(k)
    assert m <= S.rank(k) + 1
    if m <= 4 and name != "octahedron":
        graph = SlotComplex(S.pieces(k), S.optimum.fit, m, k, saturated=False)
        assert (graph.step.components, graph.step.isolated) == (1, 0)


def test_ends_must_be_optimal_and_fit():
    O = optimum_of("hat")
    with pytest.raises(NotOptimal, match="exceeds the optimum"):
        parallel_path(O, network(HAT), network())
    D = BY_NAME["hat"].problem(inner_width=2)
    narrow = proved(D, vector(BY_NAME["hat"].kappa))
    with pytest.raises(DimensionError, match="inner_width is 2"):
        parallel_path(narrow, network(HAT), network(HAT))


def test_three_axes_of_w_are_a_network_of_three_layers(tmp_path):
    file = tmp_path / "net.npz"
    for axes in (2, 3):
        np.savez(file, W=np.ones((1,) * axes))
        assert has_branches(file) is (axes == 3)
    np.savez(file, alpha=np.ones(1))
    assert not has_branches(file)
    other = tmp_path / "net.safetensors"  # of two layers, by its form
    other.write_bytes(b"")
    assert not has_branches(other)
