"""Descents: non-increasing along every line, proved by enclosures of another routine."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.errors import DimensionError, NotAttained, NotOptimal
from polytope_nn.networks.membership import is_optimal, solution
from polytope_nn.networks.network import RawNeuron
from polytope_nn.paths.descent import descent
from polytope_nn.paths.mixtures import Columns
from tests.landscape.multiply import check_descent, instance
from tests.landscape.planted import NAMES, polytope, random_network, replanted, seeded


def random_start(D, width, rng):
    """Any network: balanced and raw neurons, dead ones, empty slots, repeated rays."""
    slots = []
    for _ in range(width):
        kind = rng.choice(["balanced", "raw", "empty", "balanced", "raw"])
        w = tuple(Fraction(rng.randint(-4, 4), rng.randint(1, 3)) for _ in range(D.d))
        if kind == "balanced" and any(w):
            slots.append(Network.of((rng.choice([1, -1]), w)).slots[0])
        elif kind == "raw":
            alpha = Fraction(rng.randint(-3, 3), 2)
            slots.append(RawNeuron(w, alpha) if any(w) or alpha else None)
        else:
            slots.append(None)
    return Network(tuple(slots))


def verify(P, found, start, end=None):
    D = P.optimum.problem
    nets = [json.loads(json.dumps(x.to_json())) for x in found.breakpoints]
    data = instance(D.design, D.y, D.beta_squared, D.weights, free_bias=D.bias == "free")
    check_descent(data, nets, found.width)
    assert nets[0]["neurons"] == start.padded(found.width).to_json()["neurons"]
    assert is_optimal(P.optimum, found.breakpoints[-1])
    assert found.objectives[-1] == P.optimum.value
    for x, value in zip(found.breakpoints, found.objectives, strict=True):
        assert x.objective(D) == value
    if end is not None:
        assert found.breakpoints[-1] == end.padded(found.width)


@pytest.mark.parametrize("name", NAMES)
def test_from_anywhere(name):
    P = polytope(name)
    D = P.optimum.problem
    rng = seeded(11)
    for trial in range(12):
        m = D.n + 1 + trial % 3
        start = random_start(D, m, rng)
        found = descent(P, start)
        verify(P, found, start)
        end = random_network(P, min(m, P.M_star + 1), rng)
        verify(P, descent(P, start, end, m), start, end)


def test_many_full_starts_use_every_leg(monkeypatch):
    # n + 1 slots, all used: the columns of start and optimum do not fit side by side
    rng = seeded(12)
    legs = []
    steps = Columns.steps

    def counted(columns, p, target):
        way = steps(columns, p, target)
        legs.append(len(way))
        return way

    monkeypatch.setattr(Columns, "steps", counted)
    for name in ["octahedron", "square", "tetrahedron-tilted", "one-sign-each"] * 4:
        P = replanted(name, rng)
        D = P.optimum.problem
        start = Network.of(
            *(
                (rng.choice([1, 1, -1]), [rng.randint(-5, 5) or 1 for _ in range(D.d)])
                for _ in range(D.n + 1)
            )
        )
        end = solution(P, max(P.vertices, key=lambda v: sum(x != 0 for x in v)), D.n + 1)
        verify(P, descent(P, start, end), start, end)
    assert max(legs, default=0) > 2


def test_from_zero_and_from_an_optimum():
    P = polytope("octahedron")
    zero = Network.of(None)
    found = descent(P, zero)
    assert found.width == 7
    assert len(found.breakpoints) == 2
    verify(P, found, zero)
    one = solution(P, P.vertices[0])
    assert len(descent(P, one).breakpoints) == 1
    two = solution(P, P.vertices[1], 7)
    verify(P, descent(P, one, two), one, two)
    assert "objective=27 to 27" in repr(descent(P, one, two))


def test_weighted_loss_and_bias():
    D = TrainingProblem(
        [[1], [2], [-1]], [1, 3, 2], beta="1/4", weights=[1, 2, "1/2"], bias="penalised"
    )
    O = optimum(D)
    if O.level == "exact":
        P_start = Network.of((1, [2, 1]), (-1, [1, -3]))
        verify(optimal_polytope(O), descent(O, P_start), P_start)


def test_refusals():
    P = polytope("A2")
    with pytest.raises(DimensionError, match=r"width is 2: .* n \+ 1 = 3 slots"):
        descent(P, Network.of(None), width=2)
    with pytest.raises(DimensionError, match="dimension 1, the samples 3"):
        descent(P, Network.of((1, [1])))
    with pytest.raises(NotOptimal, match="prescribed end is not optimal"):
        descent(P, Network.of(None), Network.of(None))
    four = Network.of(*[(1, [1, 1, 1])] * 4)
    with pytest.raises(DimensionError, match="4 slots in use, the width is 3"):
        descent(P, four, width=3)
    assert descent(P, four).width == 4


def test_the_optimum_is_zero():
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    start = Network.of((1, [1, 2]), (-1, [1, 0]))
    found = descent(D, start)
    assert found.breakpoints[-1] == Network.of(None, None, None)
    assert found.objectives[-1] == 1
    assert descent(D, start, Network.of(None)).breakpoints[-1].neurons == ()


def test_objectives_of_any_size_are_shown():
    D = TrainingProblem([[1]], [10**200], beta=1)
    found = descent(optimum(D, kappa=[1]), Network.of(None))
    assert repr(found).endswith("objective=5e+399 to 1e+200)")


def test_a_free_bias_without_an_optimum():
    D = TrainingProblem([[0], [1]], [1, 2], beta=1, bias="free")
    with pytest.raises(NotAttained, match=r"no optimum is attained: .* add skip constant"):
        descent(D, Network.of(None))
    D = replace(D, skip="constant")
    found = descent(D, Network.of(None))
    assert found.breakpoints[-1].constant == Fraction(3, 2)
    verify(optimal_polytope(D), found, Network.of(None))
