"""Descents of other finite losses (general G6): exact lines, on which the objective never rises."""

from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import Network, TrainingProblem, is_optimal, optimal_polytope
from polytope_nn.errors import Undecided
from polytope_nn.networks.membership import solution
from polytope_nn.networks.network import Neuron
from polytope_nn.networks.stationary import is_stationary
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.theorems import verdict
from tests.landscape.planted import seeded

Q = Fraction
KINDS = {
    "absolute": {},
    "huber": {"delta": 1},
    "quantile": {"tau": "1/3"},
    "epsilon_insensitive": {"epsilon": "1/2"},
    "hinge": {},
    "squared_hinge": {},
}


def cases(kind, rng):
    """Yield problems of level exact, each with a network of any weights."""
    found = 0
    while found < 4:
        n, d = rng.choice([(3, 1), (4, 2)])
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        signed = kind in {"hinge", "squared_hinge"}
        y = [rng.choice((1, -1)) if signed else rng.randint(-3, 3) for _ in range(n)]
        D = TrainingProblem(
            X, y, beta=rng.choice(["1/2", 1]), loss={"kind": kind} | KINDS[kind]
        )
        P = optimal_polytope(D)
        if P.level != "exact":
            continue
        found += 1
        slots = [
            (rng.choice((1, -1)), [Q(rng.randint(-4, 4), 2) for _ in range(d)])
            for _ in range(2)
        ]
        yield P, Network.of(*((s, u) for s, u in slots if any(u)))


def between(a, b, t):
    """Return the network at the share t of a line, slot by slot."""
    slots = []
    for x, z in zip(a.slots, b.slots, strict=True):
        if x is None and z is None:
            slots.append(None)
            continue
        s = (x or z).sign
        nothing = (Q(0),) * len((x or z).u)
        ends = (x.u if x else nothing), (z.u if z else nothing)
        u = [(1 - t) * p + t * q for p, q in zip(*ends, strict=True)]
        slots.append(Neuron(s, tuple(u)) if any(u) else None)
    return Network(tuple(slots))


@pytest.mark.parametrize("kind", KINDS)
def test_the_objective_never_rises(kind):
    for P, start in cases(kind, seeded(3)):
        D = P.problem
        found = descent(P, start)
        assert found.objectives[0] == start.objective(D)
        assert is_optimal(P, found.breakpoints[-1])
        assert found.objectives[-1] == P.optimum.value
        for a, b in pairwise(found.breakpoints):
            values = [between(a, b, Q(i, 4)).objective(D) for i in range(5)]
            assert all(low <= high for high, low in pairwise(values))


@pytest.mark.parametrize("kind", ["absolute", "hinge"])
def test_two_networks_are_joined_without_a_barrier(kind):
    for P, start in cases(kind, seeded(5)):
        found = connect(P, start, Network.of(None))
        assert found.barrier == 0


def test_stationarity():
    D = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [2, 0, "3/2", "3/2"],
                        beta_squared=2, loss="absolute", weights=[2, 1, 1, 1])  # fmt: skip
    assert verdict("T14", D).holds is not False  # undecided at kinks
    P = optimal_polytope(D)
    assert all(is_stationary(P, solution(P, v)).is_global for v in P.vertices)
    with pytest.raises(
        Undecided, match="which subgradient of the absolute loss at sample 2"
    ):
        is_stationary(D, Network.of((1, [1, 0])))
    smooth = TrainingProblem([[1]], [3], beta=1, loss={"kind": "huber", "delta": 1})
    assert is_stationary(smooth, Network.of((1, [1]))).is_global
    assert not is_stationary(smooth, Network.of((1, ["5/2"])))
