"""Networks known as enclosures: accepted where proved, joined, and never by luck."""

import json
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import is_optimal, placed
from polytope_nn.networks.network import Neuron, RawNeuron
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import joining_width, path

ROWS = [["0.3", "-0.8"], ["-1.1", "0.4"], ["0.7", "1.2"], ["-0.2", "-1.5"], ["1.6", "0.1"]]
Y = ["1.5", "-0.9", "2.2", "0.7", "-1.3"]


def read_back(network):
    return Network.from_json(json.loads(json.dumps(network.to_json())))


@pytest.fixture(scope="module")
def P():
    found = optimal_polytope(
        optimum(TrainingProblem(ROWS, Y, beta="1/10", bias="penalised"))
    )
    assert found.optimum.level == "interval"
    return found


@pytest.fixture(scope="module")
def end(P):
    start = Network.of(
        *[(1, [1, j, 1]) for j in range(3)], *[(-1, [j, 1, 0]) for j in range(3)]
    )
    return descent(P, start).breakpoints[-1]


def box(low, high):
    return Ball.from_interval(Fraction(low), Fraction(high), 200)


def test_the_end_of_a_descent_is_read_back_and_joined(P, end):
    D = P.optimum.problem
    other = descent(P, Network.of(None), width=D.n + 1).breakpoints[-1]
    a, b = read_back(end), read_back(other)
    assert a.is_enclosed
    assert is_optimal(P, a).weights == P.vertices[0]
    width = joining_width(P, a, b)
    found = path(P, a, b, width)
    assert found
    assert found.breakpoints[0].to_json() == end.padded(width).to_json()
    assert found.breakpoints[-1].to_json() == other.padded(width).to_json()
    assert set(found.moves) <= {"move"}
    for x in found.breakpoints:
        assert is_optimal(P, read_back(x))
    down = descent(P, a, b, D.n + 2)
    assert all(x is down.objectives[0] for x in down.objectives)


def test_the_gap_is_a_ball_over_the_box(P, end):
    near = gap(P.optimum.problem, read_back(end))
    shown = near.value.to_json()
    assert Fraction(shown["lower"]) <= Fraction(shown["upper"]) < Fraction(1, 10**20)
    low, high = near.primal.enclosure(200)
    value = P.optimum.value
    assert low <= value.upper
    assert value.lower <= high


def test_splits_keep_the_total(P, end):
    slots = list(read_back(end).slots)
    j = next(i for i, x in enumerate(slots) if x is not None)
    halves = [Neuron(slots[j].sign, tuple(t / 2 for t in slots[j].u))] * 2
    split = Network((*slots[:j], *halves, *slots[j + 1 :]))
    placement = placed(P, split)
    masses = [
        held[1] for held in placement if held is not None and held[0] == placement[j][0]
    ]
    assert len(masses) == 2
    assert (masses[0] + masses[1]).overlaps(P.vertices[0][placement[j][0]])


def test_a_box_elsewhere_or_of_two_rays_is_undecided(P, end):
    slots = list(read_back(end).slots)
    j = next(i for i, x in enumerate(slots) if x is not None)
    sign, u = slots[j].sign, slots[j].u

    def instead(v):
        return Network((*slots[:j], Neuron(sign, tuple(v)), *slots[j + 1 :]))

    for wrong, reason in (
        ([t * 2 for t in u], "contain a point of P"),
        ([t.centre() if isinstance(t, Ball) else t for t in u], "too narrow|meets"),
        ([box(-9, 9)] * len(u), r"meets the rays of [2-9]"),
        ([-t for t in u], "meets the rays of|too narrow|contain a point"),
    ):
        with pytest.raises(Undecided, match=reason):
            is_optimal(P, instead(wrong))


def test_exact_optima_and_weights_in_boxes():
    D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    P = optimal_polytope(optimum(D))
    # (1, 0, -1) is one vertex, two neurons the other, a mixture of them all a third point
    one = Network((Neuron(1, (box("0.9", "1.1"), Fraction(0), box("-1.1", "-0.9"))),))
    assert is_optimal(P, one).weights in P.vertices
    third = [box("0.3", "0.4"), box("0.1", "0.2"), box("-0.4", "-0.3")]
    mixed = Network(
        (
            Neuron(1, (third[0], Fraction(0), -third[0])),
            Neuron(1, (third[0], -third[0], Fraction(0))),
            Neuron(1, (Fraction(0), third[0], -third[0])),
        )
    )
    weights = is_optimal(P, mixed).weights
    assert weights in P
    assert weights not in P.vertices
    # |w|^2 = sqrt(2) = alpha^2: w = 2^(-1/4) (1, 0, -1)
    w = box("0.84", "0.85")
    raw = Network((RawNeuron((w, Fraction(0), -w), box("1.18", "1.2")),))
    assert is_optimal(P, raw).placement == is_optimal(P, one).placement
    off = Network((RawNeuron((w, Fraction(0), -w), box("1.2", "1.3")),))
    with pytest.raises(Undecided):
        is_optimal(P, off)
