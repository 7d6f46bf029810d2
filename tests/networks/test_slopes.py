"""Networks of other slopes: objectives by the definition, optimal ones, gaps, stationarity."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import (
    Network,
    TrainingProblem,
    gap,
    is_optimal,
    is_stationary,
    optimal_polytope,
)
from polytope_nn.cli import main
from polytope_nn.errors import InstanceError, PolytopeError, Undecided
from polytope_nn.exact.radical import root
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.membership import solution
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import path
from tests.landscape.planted import seeded

Q = Fraction
LEAKY = {"slopes": [1, "1/3"]}
# general U1 to U3, with the number of vertices of P
WORKED = [
    ([[2, 1, 1], [-2, -1, 1]], [5, 5], 4, LEAKY, 2),
    ([[1, 0], [0, 1]], [4, 4], 2, "absolute", 4),
    ([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], [17, 17, 17], 8, "absolute", 8),
]


def by_definition(D, network):
    """The objective: loss of sum_j s_j psi(x'u_j), and beta |u_j|; of balanced neurons."""
    psi, rows = D.activation, D.plain_design
    value = Q(0)
    for x, y in zip(rows, D.y, strict=True):
        z = network.constant or Q(0)
        for neuron in network.neurons:
            t = sum((a * b for a, b in zip(x, neuron.u, strict=True)), Q(0))
            z += neuron.sign * t * (psi.right if t > 0 else psi.left)
        value += (z - y) ** 2 / 2
    costs = [root(D.beta_squared * sum(t * t for t in x.u)) for x in network.neurons]
    return sum(costs, root(0)) + value


@pytest.mark.parametrize("X, y, square, activation, number", WORKED)
def test_worked_instances(X, y, square, activation, number):
    D = TrainingProblem(X, y, beta_squared=square, activation=activation)
    P = optimal_polytope(D)
    assert len(P.vertices) == number
    for v in P.vertices:
        net = solution(P, v)
        assert is_optimal(P, net).weights == v
        assert net.objective(D) == by_definition(D, net) == P.optimum.value
        assert gap(P, net).value == 0
        assert is_stationary(P, net).is_global
        near = nearest(P, net)
        assert (near.distance, near.decided) == (0, True)
        moved = Network.of(*((x.sign, [t * 2 for t in x.u]) for x in net.slots))
        assert "the fit is" in is_optimal(P, moved).reason
        assert gap(P, moved).value == by_definition(D, moved) - P.optimum.value
        assert not is_stationary(P, moved)
    m = P.staircase.threshold
    ends = [solution(P, v, m) for v in (P.vertices[0], P.vertices[-1])]
    assert all(is_optimal(P, net) for net in path(P, *ends, m).breakpoints)


@pytest.mark.parametrize("activation", [LEAKY, "absolute", {"slopes": ["-1/2", 2]}])
@pytest.mark.parametrize("skip", ["none", "constant"])
def test_objectives_by_the_definition(activation, skip):
    rng = seeded(5)
    X = [[2, 1], [-1, 2], [1, -1]]
    D = TrainingProblem(
        X, [3, 1, 2], beta=1, activation=activation, bias="penalised", skip=skip
    )
    for _ in range(6):
        rows = [
            [Q(rng.randint(-4, 4), 3) for _ in range(3)] for _ in range(rng.randint(0, 3))
        ]
        net = Network.of(*((rng.choice((1, -1)), u) for u in rows))
        if skip == "constant":
            net = Network(net.slots, None, Q(rng.randint(-3, 3), 2))
        assert net.objective(D) == by_definition(D, net)
        assert gap(D, net).value >= 0


@pytest.mark.parametrize("activation", [LEAKY, "absolute", {"slopes": [-1, 2]}])
@pytest.mark.parametrize("loss", ["squared", "logistic", "hinge"])
def test_any_two_networks_are_joined(activation, loss):
    """The objectives on the way are those of the definition, and fall to the optimum."""
    rng, found = seeded(7), 0
    while found < 3:
        X = [[rng.randint(-3, 3) for _ in range(2)] for _ in range(4)]
        y = [rng.choice((1, -1)) for _ in X]
        try:
            P = optimal_polytope(TrainingProblem(
                X, y, beta="1/5", loss=loss, activation=activation,
                skip=rng.choice(["none", "constant"])))  # fmt: skip
        except PolytopeError:
            continue
        found += 1
        rows = [[Q(rng.randint(-6, 6), 2) for _ in range(2)] for _ in range(5)]
        start = Network.of(*((rng.choice((1, -1)), u) for u in rows))
        joined = connect(P, start, Network.of((1, [3, 1])))
        assert joined.barrier == 0
        for net, value in zip(joined.breakpoints, joined.objectives, strict=True):
            try:
                low, high = net.objective(P.problem).enclosure()
            except Undecided:  # a fit on a kink, known as a ball
                continue
            assert low <= value.enclosure()[1]
            assert value.enclosure()[0] <= high
        for way in (joined.down, joined.up):
            ends = [x.enclosure() for x in way.objectives]
            assert all(b[0] <= a[1] for a, b in pairwise(ends))


def test_a_kink_is_stationary_where_a_mixture_of_its_sides_is_at_rest():
    X, y, net = [[1, 0], [0, 1]], [3, 2], Network.of((1, [2, 0]))
    # kappa is (1, 2): the second row, tied, pulls by 2 times a slope
    assert is_stationary(TrainingProblem(X, y, beta=1, activation="absolute"), net)
    leaky = is_stationary(TrainingProblem(X, y, beta=1, activation=LEAKY), net)
    assert not leaky
    assert "no mixture of adjacent patterns" in leaky.reason


def test_what_is_not_covered_is_refused_by_its_name(tmp_path, capsys):
    X, y = [[2, 1], [-1, 2], [1, -1]], [3, 1, 2]
    net = Network.of((1, [1, 1]))
    for unit in ({"activation": "threshold"}, {"gates": [[1, 0, 1]]}, {"penalty": "l1"}):
        D = TrainingProblem(X, y, beta=1, **unit)
        asks = (nearest, is_optimal, is_stationary, descent)  # gap takes two of the units
        for ask in (gap, *asks) if "gates" in unit else asks:
            with pytest.raises(InstanceError, match=r"ReLU|ranges over cells"):
                ask(D, net)
    lasso, file = tmp_path / "lasso.json", tmp_path / "net.json"
    lasso.write_text(
        json.dumps({"blocks": [{"A": [["1"], ["2"]]}], "y": ["1", "3"], "beta": "1"})
    )
    file.write_text(json.dumps(net.to_json()))
    for command in (["gap", str(lasso), str(file)], ["nearest", str(lasso), str(file)],
                    ["connect", str(lasso), "--from", str(file), "--to", str(file)]):  # fmt: skip
        assert main(command) == 2
        assert (
            "a lasso model: this command takes two-layer models" in capsys.readouterr().err
        )
