"""Gaps of networks of thresholds and of polyhedral norms: by the definition, 0 at an optimum."""

import json
import random
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, gap, optimum
from polytope_nn.cli import main
from polytope_nn.errors import InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.geometry.simplex import feasible
from polytope_nn.networks.neuron import Neuron, RawNeuron
from tests.commands import answered, refused, written

Q = Fraction
X, Y = [[1, 0], [0, 1], [1, 1]], [1, -1, 2]
UNITS = [
    {"activation": "threshold"},
    {"activation": "threshold_open"},
    {"penalty": "l1"},
    {"penalty": "linf"},
    {"penalty": "l1", "activation": "absolute"},
]


def by_definition(D, network):
    """The objective with the absolute loss: jumps or kinks, beta |alpha| or beta |alpha w|."""
    beta, value = Q(1, 2), Q(0)
    for x, y in zip(D.plain_design, D.y, strict=True):
        z = network.constant or Q(0)
        for neuron in network.neurons:
            t = sum((a * b for a, b in zip(x, neuron.w, strict=True)), Q(0))
            z += neuron.alpha * answer(D, t)
        value += abs(z - y)
    for neuron in network.neurons:
        sizes = [abs(t) for t in neuron.w]
        size = {"l2": 1, "l1": sum(sizes), "linf": max(sizes)}[D.penalty]
        value += beta * abs(neuron.alpha) * size
    return value


def answer(D, t):
    word = D.activation.word
    if word.startswith("threshold"):
        return int(t > 0 or (t == 0 and word == "threshold"))
    return abs(t) if word == "absolute" else max(t, 0)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("bias", ["none", "penalised"])
def test_an_optimal_network_has_the_gap_0(unit, bias):
    D = TrainingProblem(X, Y, beta="1/2", bias=bias, **unit)
    O = optimum(D)
    masses, _ = feasible([a.feature for a in O.atoms], O.fit)
    neurons = []
    for i, c in sorted(masses.items()):
        a = O.atoms[i]  # of a norm g has length 1, of a threshold any
        w = a.g if "penalty" in unit else tuple(3 * t for t in a.g)
        neurons.append(RawNeuron(tuple(map(Q, w)), a.sign * c))
    found = gap(O, Network(tuple(neurons)))
    assert found.value == 0
    assert found.primal == found.dual == O.value
    worse = [RawNeuron(x.w, 2 * x.alpha) for x in neurons]
    assert gap(O, Network(tuple(worse))).value > 0


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("seed", range(5))
def test_the_objective_is_that_of_the_definition(unit, seed):
    rng = random.Random(seed)  # noqa: S311 - reproducible data
    bias = rng.choice(["none", "penalised"])
    D = TrainingProblem(
        X, Y, beta="1/2", loss="absolute", bias=bias, skip="constant", **unit
    )
    d = len(D.plain_design[0])
    net = Network(
        tuple(
            RawNeuron(tuple(Q(rng.randint(-2, 2)) for _ in range(d)), Q(rng.randint(1, 3)))
            for _ in range(rng.randint(1, 3))
        ),
        constant=Q(rng.randint(-1, 1)),
    )
    found = gap(D, net)
    assert found.primal == by_definition(D, net)
    assert found.value >= 0


def test_balanced_weights_tell_the_output_weight_of_a_threshold():
    D = TrainingProblem([[1], [-1]], [1, 0], beta=1, activation="threshold")
    for size in (Q(1), Q(1, 3), Q(10**30 + 1, 7)):
        raw, kept = RawNeuron((size,), size), Neuron(1, (size * size,))
        one, other = gap(D, Network((kept,))), gap(D, Network((raw,)))
        assert one.primal == other.primal == (size - 1) ** 2 / 2 + size
    with pytest.raises(InstanceError, match=r"u: of .* root of a root: write w and alpha"):
        gap(D, Network((Neuron(1, (Q(2),)),)))


def test_a_box_has_the_gap_of_all_that_is_in_it():
    D = TrainingProblem([[1], [-1]], [1, 0], beta=1, activation="threshold")
    box = RawNeuron((Ball.from_interval(-1, 1),), Ball.from_interval(Q(1, 2), 1))
    low, high = gap(D, Network((box,))).primal.enclosure()
    for w, alpha in [(1, 1), (-1, 1), (1, "1/2"), (0, 1), (-1, "1/2")]:
        one = gap(D, Network((RawNeuron((Q(w),), Q(alpha)),))).primal
        assert low <= one <= high
    L = TrainingProblem([[1, 0]], [1], beta=1, penalty="linf")
    wide = RawNeuron((Ball.from_interval(-1, 3), Ball.from_interval(2, Q(5, 2))), Q(1))
    low, high = gap(L, Network((wide,))).primal.enclosure()
    for w in [(-1, 2), (3, 2), (1, 2), (0, "5/2")]:
        one = gap(L, Network((RawNeuron(tuple(map(Q, w)), Q(1)),))).primal
        assert low <= one <= high


def test_the_command(capsys, tmp_path):
    net = written(tmp_path, {"neurons": [{"w": [2, -1], "alpha": 2}]}, "net.json")
    file = written(tmp_path, {"X": X, "y": Y, "beta": "1/2", "penalty": "l1"})
    read = answered(capsys, "gap", file, net)
    # fit (4, 0, 2), costs 2 (2 + 1): (9 + 1)/2 + 3
    assert (read["primal"], read["dual_point"]) == ("8", "optimum")
    assert Q(read["gap"]) == Q(read["primal"]) - Q(read["dual"]) > 0
    assert main(["gap", file, net, "--json", "--bias", "penalised"]) == 2
    assert "weight" in capsys.readouterr().err
    assert "gap" in refused(capsys, "gap", file, net, "--quick")
    target = tmp_path / "cert.json"
    refused(capsys, "gap", file, net, "--certificate", target)
    assert not target.exists()
    gated = {"X": X, "y": Y, "beta": 1, "gates": [[1, 0, 1]]}
    assert "gates" in refused(capsys, "gap", written(tmp_path, gated), net)
    assert json.loads((tmp_path / "net.json").read_text())  # as it was
