"""Descents with several outputs: the objective never rises, from any network (T12, G6)."""

import json
from fractions import Fraction as Q
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from polytope_nn.cli import main
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal, Undecided
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


def test_what_is_refused():
    P = vector_optimal_set(vector_optimum(PLANTED[0].problem()))
    with pytest.raises(DimensionError, match="n c \\+ 1 = 7 slots"):
        vector_descent(P, VectorNetwork((None,)), width=6)
    for D in (CONTINUUM, W1):
        other = vector_optimal_set(D)
        with pytest.raises(Undecided, match="no exact polytope"):
            vector_descent(other, VectorNetwork((None,)))
    skipped = vector_optimal_set(
        VectorProblem([[1], [2]], [[1, 2], [3, 5]], beta=1, skip="linear")
    )
    with pytest.raises(InstanceError, match="skip"):
        vector_descent(skipped, VectorNetwork((None,)))


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
