"""Descents with several outputs: the objective never rises, from any network (T12, G6)."""

import json
from fractions import Fraction as Q
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from polytope_nn.cli import main
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal
from polytope_nn.vector.descent import vector_descent
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.polytope import vector_optimal_set
from polytope_nn.vector.problem import VectorProblem
from tests.oracles.outputs import CONTINUUM, PLANTED, W1
from tests.vector.test_paths import between, vertex

EXAMPLES = Path(__file__).parents[2] / "examples"


def drawn(random, d, c, size):
    def entries(n):
        return tuple(Q(random.randint(-3, 3)) for _ in range(n))

    return VectorNetwork(
        tuple(
            VectorNeuron(entries(d), entries(c), raw=random.random() < 0.5)
            for _ in range(size)
        )
    )


@pytest.mark.parametrize("w", [PLANTED[0], PLANTED[6], PLANTED[7]], ids=lambda w: w.name)
def test_from_any_network_down_to_the_optimum(w):
    D = w.problem()
    P = vector_optimal_set(vector_optimum(D, kappa=w.N))
    random = Random(w.name)  # noqa: S311
    for size in (0, 1, 3, 8):
        start = drawn(random, len(D.design[0]), D.c, size)
        found = vector_descent(P, start)
        assert found.width == max(size, D.n * D.c + 1)
        assert found.objectives[-1] - P.optimum.value == 0
        assert found.breakpoints[0].slots[:size] == start.slots
        for network, value in zip(found.breakpoints, found.objectives, strict=True):
            assert network.objective(D) - value == 0
        raw = any(x.raw for x in start.neurons)
        for a, b in pairwise(found.breakpoints[1 if raw else 0 :]):
            values = [between(a, b, Q(i, 8)).objective(D) for i in range(9)]
            assert all((t - s).sign() <= 0 for s, t in pairwise(values))


def test_to_a_prescribed_optimum():
    w = PLANTED[0]
    P = vector_optimal_set(vector_optimum(w.problem(), kappa=w.N))
    start = drawn(Random(5), 7, 2, 7)  # noqa: S311
    for i in range(2):
        end = vertex(P, i)
        found = vector_descent(P, start, end)
        assert found.breakpoints[-1].slots[: end.width] == end.slots
        assert all((b - a).sign() <= 0 for a, b in pairwise(found.objectives))
    with pytest.raises(NotOptimal, match="prescribed end"):
        vector_descent(P, start, start)


SKIPPED = [  # lines of the skip are seen by nobody; a bias and weights; a constant
    VectorProblem(
        [[1, 1], [-1, -1], [2, 2]],
        [[13, 8], ["27/2", 9], [25, 17]],
        beta_squared=26,
        skip="linear",
        weights=[1, 2, 1],
    ),
    VectorProblem([[1], [-1]], [[7, 9], [-8, -11]], beta=5, skip="constant"),
    VectorProblem(
        [[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1, skip="affine", bias="penalised"
    ),
]


@pytest.mark.parametrize("D", SKIPPED, ids=lambda D: D.skip)
@pytest.mark.parametrize("given", [False, True])
def test_with_a_skip(D, given):
    P = vector_optimal_set(D)
    assert P.optimum.level == "exact"
    random = Random(given)  # noqa: S311
    start = drawn(random, len(D.design[0]), D.c, 3)
    if given:
        slopes = tuple((Q(1),) * D.c for _ in D.X[0]) if D.free.has_slopes else None
        constant = (Q(2),) * D.c if D.free.has_constant else None
        start = VectorNetwork(start.slots, slopes, constant)
    found = vector_descent(P, start)
    assert found.objectives[-1] - P.optimum.value == 0
    assert found.breakpoints[0].skip == start.completed(D).skip or not given
    for network, value in zip(found.breakpoints, found.objectives, strict=True):
        assert network.completed(D).objective(D) - value == 0
    raw = any(x.raw for x in start.neurons) and not given
    for a, b in pairwise(found.breakpoints[1 if raw else 0 :]):
        a, b = a.completed(D), b.completed(D)  # noqa: PLW2901
        values = [mixed(a, b, Q(i, 8)).objective(D) for i in range(9)]
        assert all((t - s).sign() <= 0 for s, t in pairwise(values))
    again = vector_descent(P, start, found.breakpoints[-1])
    assert again.breakpoints[-1] == found.breakpoints[-1]


def mixed(a, b, t):
    """Return the network between two, neurons and free parts."""

    def parts(x, y):
        return (
            None
            if x is None
            else tuple((1 - t) * s + t * z for s, z in zip(x, y, strict=True))
        )

    slopes = None if a.skip is None else tuple(map(parts, a.skip, b.skip))
    return VectorNetwork(between(a, b, t).slots, slopes, parts(a.constant, b.constant))


def test_to_a_continuum():
    P = vector_optimal_set(CONTINUUM)
    start = drawn(Random(4), 2, 2, 5)  # noqa: S311
    found = vector_descent(P, start)
    assert found.objectives[-1] == 11
    neurons = [{"u": [1, 2], "v": [1, 2]}, {"u": [2, 1], "v": [2, 1]}]  # B of V0, s = 0
    end = VectorNetwork.from_json({"neurons": neurons})
    assert end.objective(CONTINUUM) == 11
    other = vector_descent(P, start, end)
    assert other.breakpoints[-1].slots[:2] == end.slots
    for a, b in pairwise(other.breakpoints[1:]):
        values = [between(a, b, Q(i, 8)).objective(CONTINUUM) for i in range(9)]
        assert all((t - s).sign() <= 0 for s, t in pairwise(values))


def test_what_is_refused():
    P = vector_optimal_set(vector_optimum(PLANTED[0].problem()))
    with pytest.raises(DimensionError, match="n c \\+ 1 = 7 slots"):
        vector_descent(P, VectorNetwork((None,)), width=6)
    start, O = VectorNetwork((None,)), vector_optimum(W1)
    end = VectorNetwork(
        tuple(VectorNeuron(u.g, tuple(c * t for t in u.h)) for u, c in O.network)
    )
    road = vector_descent(vector_optimal_set(O), start, end)  # to the box of its numbers
    assert road.breakpoints[-1].width == road.width
    D = VectorProblem([[1]], [[1, 2]], beta=1, loss={"kind": "tolerance", "epsilon": "1/2"})
    with pytest.raises(InstanceError, match="about finite losses: write squared"):
        vector_descent(vector_optimal_set(D), start)


def test_the_command(tmp_path, capsys):
    path = tmp_path / "start.json"
    neuron = {"w": [1, 0, 0, 0, 0, 0, 0], "alpha": [1, 2]}
    path.write_text(json.dumps({"neurons": [neuron]}), encoding="utf-8")
    command = ["descend", str(EXAMPLES / "vector_pairs.json"), "--from", str(path)]
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["width"], said["objectives"][-1]) == (7, "435/2")
    assert main(command) == 0
    assert "down to the optimum at width 7" in capsys.readouterr().out
    assert main([*command, "--to", str(path)]) == 1
