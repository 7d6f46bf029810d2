"""Any two networks joined: no barrier, one optimum between, the objective between breakpoints."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import (
    Limits,
    Network,
    connect,
    descent,
    is_optimal,
    nearest,
    optimal_polytope,
    optimum,
)
from polytope_nn.errors import DimensionError, InstanceError, NotAttained
from polytope_nn.exact.radical import exactly
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import mixture
from polytope_nn.networks.network import Neuron
from polytope_nn.paths.joined import Joined
from polytope_nn.paths.optima import optima
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.strategies import drawn_networks


def between(a, b, share):
    """The network on the line in u between two balanced ones, slot by slot; None if signs clash."""
    slots = []
    for x, y in zip(a.balanced().slots, b.balanced().slots, strict=True):
        if x is not None and y is not None and x.sign != y.sign:
            return None
        if x is None and y is None:
            slots.append(None)
            continue
        sign = (x or y).sign
        zero = (Fraction(0),) * len((x or y).u)
        u, v = (zero if z is None else z.u for z in (x, y))
        w = tuple(s + share * (t - s) for s, t in zip(u, v, strict=True))
        slots.append(Neuron(sign, w) if any(w) else None)
    return Network(tuple(slots))


@given(drawn_networks(3, 2), st.lists(st.integers(-2, 2), min_size=3, max_size=3))
def test_no_barrier_and_an_optimum_between(drawn, row):
    D = drawn.problem
    P = optimal_polytope(optimum(D, kappa=drawn.planted.kappa))
    other = Network.of((1, row[: D.d] + [1] * (D.d - 3)))
    found = connect(P, drawn.network, other)
    ends = drawn.network.padded(found.width), other.padded(found.width)
    assert found.breakpoints[0] == ends[0]
    assert found.breakpoints[-1].balanced() == ends[1].balanced()
    assert found.width >= D.n + 1
    assert found.barrier == 0
    largest = max(ends[0].objective(D), ends[1].objective(D))
    values = [x.objective(D) for x in found.breakpoints]
    assert all(value - x == 0 for value, x in zip(values, found.objectives, strict=True))
    lowest = min(range(len(values)), key=lambda i: values[i])
    assert is_optimal(P, found.breakpoints[lowest])
    assert all(a >= b for a, b in pairwise(values[: lowest + 1]))
    assert all(a <= b for a, b in pairwise(values[lowest:]))
    for a, b in pairwise(found.breakpoints):
        middle = between(a, b, Fraction(1, 3))
        assert middle is not None
        assert middle.objective(D) <= largest


def test_trained_floats_on_measured_data():
    D = TrainingProblem(
        [["-1.1", "0.3"], ["-1.7", "-0.7"], ["0.4", "1.2"], ["0.9", "-0.2"]],
        ["0.5", "1.0", "-0.3", "0.8"],
        beta="3/10",
        bias="penalised",
    )
    one = Network.from_arrays([[0.3, -0.2], [0.5, 0.1]], [0.7, -0.4], b=[0.1, 0.25])
    two = Network.from_arrays([[-0.6, 0.1]], [0.9], b=[-0.3])
    found = connect(D, one, two)
    assert found.barrier == 0
    assert found.breakpoints[0] == one.padded(5)
    assert found.breakpoints[-1].balanced() == two.padded(5).balanced()
    assert repr(found).startswith("Connection(width=5, breakpoints=")


def test_refusals():
    D = TrainingProblem([[1], [2]], [1, 3], beta="1/2")
    with pytest.raises(DimensionError, match="needs n \\+ 1 = 3 slots"):
        connect(D, Network.of(None), Network.of(None), 2)
    with pytest.raises(InstanceError, match="skip: the network has one, the instance none"):
        connect(D, Network((None,), skip=(Fraction(1),)), Network.of(None))
    with pytest.raises(NotAttained, match="add skip constant"):
        connect(
            TrainingProblem([[0], [1]], [1, 2], beta=1, bias="free"),
            Network.of(None),
            Network.of(None),
        )


def test_a_skip_goes_along():
    D = TrainingProblem([[1], [2]], [1, 3], beta="1/2", skip="linear")
    one, two = Network((None,), skip=(Fraction(3),)), Network.of((1, [1]))
    found = connect(D, one, two)
    assert found.breakpoints[0].skip == (3,)
    assert found.breakpoints[-1].skip == (0,)
    # no neuron is needed: the best line is 7/5 x, its loss 1/10
    assert min(found.objectives) == Fraction(1, 10)
    assert found.barrier == 0


def test_more_atoms_in_balls_than_slots():
    """The point that all 10 atoms make has no place in 9 slots: one vertex does."""
    X = [(-2, -3, 2), (0, -1, -2), (-2, 0, 2), (0, -2, 0), (-1, 0, -1), (-2, -1, 2),
         (-3, -1, 1), (2, 3, 3)]  # fmt: skip
    O = optimum(TrainingProblem(X, [-2, 3, 3, -2, -2, -2, -2, 2], beta="1/4"))
    P = optimal_polytope(O, limits=Limits(vertices=2))
    assert (P.is_unlisted, P.level, len(P.atoms)) == (True, "interval", 10)
    start, end = Network.of((1, [1, 2, 0])), Network.of((-1, [1, 0, 3]))
    found = connect(P, start, end)
    assert found.width == 9
    assert found.barrier == 0
    inner = optima(P)
    assert len(inner.vertices.points) == 1
    assert len(bits_of(inner.vertices.supports[0])) == 8


def test_a_barrier_is_what_a_walk_rises_above_its_end():
    """Of any two walks that meet: 0 where neither rises."""

    def walk(*values):
        objectives = tuple(exactly(Fraction(t)) for t in values)
        return SimpleNamespace(width=2, breakpoints=values, objectives=objectives)

    joined = Joined(walk(3, 5, 1), walk(4, 2, 1))
    assert (joined.barrier.exact, joined.breakpoints) == (2, (3, 5, 1, 2, 4))
    assert Joined(walk(3, 2, 1), walk(1)).barrier == 0


def test_an_optimal_set_of_more_vertices_than_are_listed():
    """One of them will do for a road: its ends, the optimum between, no barrier."""
    rows = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    O = optimum(TrainingProblem(rows, [5] * 6, beta_squared=3))
    P = optimal_polytope(O, limits=Limits(vertices=2))
    assert P.is_unlisted
    start, end = Network.of((1, [1, 2, 0])), Network.of((-1, [1, 0, 3]))
    found = connect(P, start, end)
    assert (found.barrier, found.objectives[1]) == (0, 27)
    assert descent(P, start).objectives[-1] == 27


@pytest.mark.parametrize(
    ("seed", "reached"), [(18, True), (28, True), (16, True), (2, False)]
)
def test_constants_in_the_limit_where_vertices_are_not_listed(seed, reached):
    """One optimum without a constant is gone to, and is near; the list says if there is one."""
    random = Random(f"one {seed}")  # noqa: S311 - test data
    n, d = random.randint(6, 9), random.choice([1, 2])
    X = [[f"{random.uniform(-3, 3):.1f}" for _ in range(d)] for _ in range(n)]
    y = [f"{random.uniform(-3, 3) + float(x[0]) ** 2 * 0.6:.1f}" for x in X]
    skip = random.choice(["none", "linear"])
    D = TrainingProblem(X, y, beta="0.1", bias="free", skip=skip)
    P = optimal_polytope(D, limits=Limits(vertices=1))
    start, end = Network.of((1, [1, 2, 0])), Network.of((-1, [1, 0, 3]), (1, [2, 1, 1]))
    assert P.is_unlisted
    if not reached:
        with pytest.raises(NotAttained, match="no optimum is attained"):
            connect(P, start, end)
        with pytest.raises(NotAttained):
            nearest(P, start)
        return
    found, near = connect(P, start, end), nearest(P, start)
    assert found.barrier == 0
    assert 0 in P.free_part(mixture(near.placement, len(P.atoms)))[-1]
    known = nearest(D, start)
    assert near.at_least <= known.distance
    assert near.distance >= known.at_least
