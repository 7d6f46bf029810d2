"""Optima in balls whose planes share rays, whose forms agree, whose flats hold what is free."""

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimum
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.trained.free_parts import with_free_part

# sample 2 has N = 0, exactly: of each sign of it the same plane is tight
SILENT = VectorProblem(
    [["-0.50", "-0.59"], ["0.41", "-0.84"], ["0.83", "-0.11"], ["-0.80", "-1.67"]],
    [["-1.1", "0.8"], ["0.7", "-0.3"], ["0.0", "-0.2"], ["-0.5", "-1.5"]],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/4"},
    bias="penalised",
)
# planes that turn share rays; samples 1 and 4 are one
CROSSED = VectorProblem(
    [
        ["-1.61", "-1.68", "3.10"],
        ["1.63", "0.02", "-1.58"],
        ["0.43", "0.88", "-0.71"],
        ["1.04", "0.42", "-0.13"],
        ["1.63", "0.02", "-1.58"],
    ],
    [
        ["-1.7", "0.5", "0.3"],
        ["2.7", "-2.0", "-1.1"],
        ["-0.1", "1.6", "-0.9"],
        ["-0.6", "-0.7", "-1.0"],
        ["-0.6", "-0.5", "0.5"],
    ],
    beta="1/10",
    loss={"kind": "huber", "delta": 2},
    bias="penalised",
)
# the same of kinks that leave N thirteen unknowns; samples 0 and 4 are opposite but for the bias
KINKED = VectorProblem(
    [
        ["-1.51", "-0.42", "-1.06"],
        ["-2.00", "0.67", "1.00"],
        ["0.76", "0.15", "-0.42"],
        ["0.54", "1.10", "-0.60"],
        ["1.51", "0.42", "1.06"],
    ],
    [
        ["-0.9", "-0.1", "1.8"],
        ["-1.5", "0.3", "-0.6"],
        ["0.6", "1.1", "-1.5"],
        ["-0.8", "1.3", "1.0"],
        ["1.0", "-2.7", "0.4"],
    ],
    beta="1/2",
    loss={"kind": "quantile", "tau": "1/3"},
    bias="penalised",
)
# N is 0 at sample 3: the face +++++ has the form of +++-+, and its plane does not meet it
ALIKE = VectorProblem(
    [
        ["-0.38", "-0.73"],
        ["-1.43", "1.03"],
        ["-0.99", "-0.15"],
        ["1.89", "2.04"],
        ["0.18", "-1.74"],
    ],
    [["-0.5", "0.2"], ["0.0", "-0.3"], ["-0.7", "0.9"], ["0.3", "-0.4"], ["1.5", "-0.4"]],
    beta="1/100",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
    bias="penalised",
)
# the same, and its plane meets both faces: it is listed of each
BOTH = VectorProblem(
    [
        ["-0.36", "0.54"],
        ["-0.33", "-0.80"],
        ["0.77", "1.09"],
        ["0.02", "0.06"],
        ["1.38", "-0.17"],
        ["0.25", "-0.40"],
    ],
    [
        ["1.2", "-0.5", "-0.9"],
        ["-0.1", "-0.3", "-1.1"],
        ["-0.9", "-0.4", "0.1"],
        ["0.3", "1.4", "0.7"],
        ["0.8", "-1.4", "-0.3"],
        ["1.5", "-1.5", "-1.4"],
    ],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": 1},
    bias="penalised",
)
# no neuron has the third output: a constant between 0.4 and 0.9 fits it, the coefficient 0 does not
CONSTANT = VectorProblem(
    [["0.65", "1.70"], ["2.04", "1.02"], ["0.14", "-0.80"]],
    [["0.1", "1.1", "0.4"], ["-1.7", "-0.1", "0.6"], ["1.0", "0.2", "0.9"]],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
    bias="penalised",
    skip="constant",
)
# all of R^3 is tight on +++, whose rays are of far lengths
SOLID = VectorProblem(
    [["-0.29", "2.78"], ["-1.00", "0.17"], ["0.10", "0.07"]],
    [["0.2", "-0.4", "1.2"], ["0.5", "-0.8", "0.3"], ["0.7", "-0.2", "-0.5"]],
    beta="1/10",
    loss={"kind": "huber", "delta": 1},
    bias="penalised",
)


@pytest.fixture(
    scope="module",
    params=[
        (SILENT, 0, 4),
        (CROSSED, 1, 3),
        (KINKED, 4, 2),
        (ALIKE, 2, 1),
        (BOTH, 1, 2),
        (CONSTANT, 2, 0),
        (SOLID, 0, 1),
    ],
    ids=["silent", "crossed", "kinked", "alike", "both", "constant", "solid"],
)
def optimum(request):
    problem, atoms, continua = request.param
    O = vector_optimum(problem)
    assert O.level == "interval"
    assert (len(O.atoms), len(O.continua)) == (atoms, continua)
    return O


def test_the_network_reaches_the_dual_value(optimum):
    neurons = (
        VectorNeuron(u.g, tuple(c * t for t in u.h)) for u, c in optimum.network if c != 0
    )
    network = with_free_part(optimum, VectorNetwork(tuple(neurons)))
    low, high = vector_gap(optimum, network).value.enclosure()
    assert low <= 0 <= high < 1e-15


def test_no_direction_reaches_more_than_beta(optimum):
    """By floats: of many directions at random, and those of the network, which reach it."""
    D = optimum.problem
    X, N = (
        np.array([[float(t) for t in row] for row in rows])
        for rows in (D.design, optimum.N)
    )
    G = np.random.default_rng(1).standard_normal((X.shape[1], 20_000))
    used = np.array([[float(t) for t in u.g] for u, _ in optimum.network]).T
    most, reached = (
        np.linalg.norm(N.T @ np.maximum(X @ A, 0), axis=0) / np.linalg.norm(A, axis=0)
        for A in (G, used)
    )
    beta = float(D.beta_squared) ** 0.5
    assert most.max() <= beta * (1 + 1e-12)
    assert abs(reached - beta).max() <= 1e-12 * beta
