"""Networks known as enclosures: accepted where proved, joined, and never by luck."""

import json
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.limits import Limits
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.enclosed import ends_of
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


def around(network, room="1e-6"):
    """Boxes about the numbers of a network."""
    room = Fraction(room)
    boxes = [
        None if x is None else [(t - room, t + room) for t in map(middle, x.u)]
        for x in network.slots
    ]
    pairs = zip(network.slots, boxes, strict=True)
    return Network(tuple(x and Neuron(x.sign, tuple(box(*e) for e in b)) for x, b in pairs))


def middle(t):
    low, high = ends_of(t)
    return (low + high) / 2


@pytest.mark.parametrize(
    ("X", "y", "skip"),
    [
        # beside a skip no neuron rises above its last kink: the constant is 0
        (
            "2 1.7, -0.3 1.1, -0.2 -1.3, 0.8 -0.2, -2 1.7",
            "-3.1, -0.3, 3.1, -1.7, -0.4",
            "linear",
        ),
        ("0.7 -2, 0 -1.8, 1.1 1.6", "-0.3, -1.3, 3.6", "none"),
        ("-0.4 0.9, 1.1 1.8, 0.4 -1.3", "-4, 0.3, 0", "none"),
    ],
)
def test_boxes_make_a_constant_that_is_free_in_the_limit_only(X, y, skip):
    """Middles have the least objective, about; biases that make another constant have not."""
    rows = [row.split() for row in X.split(",")]
    D = TrainingProblem(rows, y.split(","), beta="1/7", bias="free", skip=skip)
    P = optimal_polytope(D)
    assert P.level == "interval"
    network = nearest(P, Network.of((1, [1, 1, 1]))).network
    for boxed in (read_back(network), around(network)):
        assert boxed.is_enclosed
        member = is_optimal(P, boxed)
        assert member
        assert sum(map(nearest_float, member.weights)) == pytest.approx(
            nearest_float(P.cost) / nearest_float(D.beta_squared)
        )
    slots = [x and Neuron(x.sign, tuple(map(middle, x.u))) for x in network.slots]
    skips = network.skip and tuple(map(middle, network.skip))
    middles = Network(tuple(slots), skips)
    assert nearest_float(middles.objective(D)) == pytest.approx(
        nearest_float(P.optimum.value)
    )
    j = next(j for j, x in enumerate(slots) if x)
    slots[j] = Neuron(slots[j].sign, (*slots[j].u[:-1], slots[j].u[-1] + 1))
    assert Network(tuple(slots), skips).objective(D) > middles.objective(D)
    with pytest.raises(Undecided):
        is_optimal(P, around(Network(tuple(slots))))


def test_a_box_above_the_last_kink_by_hand():
    """The fit is x - 5/2, of one neuron -(5/2 - x)_+ above its last kink, 2: no other bias fits.

    Labels 3, 3 need a constant that no network attains.
    """
    D = TrainingProblem([[1], [2]], [-2, 0], beta="1/2", bias="free")
    full = nearest(D, Network.of((1, [1, 0])), 1).network
    w, b = full.slots[0].u
    assert (w, b) == (-1, Fraction(5, 2))
    assert is_optimal(D, full)
    assert is_optimal(D, around(full))
    for shift in ("1/100", "-1/100"):
        other = Network.of((-1, [w, b + Fraction(shift)]))
        assert not is_optimal(D, other)
        with pytest.raises(Undecided, match=r"biases of the box|contain a point of P"):
            is_optimal(D, around(other))
    raw = RawNeuron((w, b), Fraction(-1))
    assert is_optimal(D, Network((raw,)))
    wide = tuple(box(t - Fraction(1, 1000), t + Fraction(1, 1000)) for t in (w, b, -1))
    assert is_optimal(D, Network((RawNeuron(wide[:2], wide[2]),)))
    never = TrainingProblem([[1], [2]], [3, 3], beta="1/2", bias="free")
    assert "no optimum is attained" in is_optimal(never, around(full)).reason


def test_a_nearest_network_is_known_again_where_vertices_are_not_listed():
    """Four vertices, where no more than one is listed."""
    D = TrainingProblem(ROWS, Y, beta="1/10", loss="absolute", skip="linear")
    assert len(optimal_polytope(D).vertices) == 4
    P = optimal_polytope(optimum(D), limits=Limits(vertices=1))
    assert (P.level, P.is_unlisted) == ("interval", True)
    network = nearest(P, Network.of((1, [1, 1]))).network
    assert is_optimal(P, read_back(network))


def test_an_empty_network_is_optimal_where_what_is_free_is_all():
    """Z alone reaches the best fits, which are logarithms: no digits of them are compared."""
    D = TrainingProblem(
        [[0], [-1], [2], [-2]], [1, 1, 0, 1], beta=1, loss="poisson", skip="affine"
    )
    assert optimum(D).level == "interval"
    assert is_optimal(D, Network.of(None))
    assert not is_optimal(D, Network.of((1, [1])))
    given = Network((None,), skip=(Fraction(0),), constant=Fraction(0))
    assert not is_optimal(D, given)  # a free part that is given is compared
