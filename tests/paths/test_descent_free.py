"""Descents where something is free: every skip, every bias, degenerate data, any network."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope
from polytope_nn.errors import NotAttained
from polytope_nn.exact.radical import exactly
from polytope_nn.networks.membership import is_optimal, network_of
from polytope_nn.networks.network import RawNeuron
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import vertex_placement
from tests.landscape.multiply import check_descent, instance
from tests.landscape.planted import seeded

SKIPS = ["none", "constant", "linear", "affine"]
BIASES = ["none", "penalised", "free"]
DATA = {
    "line": ([[0], [1], [2], [4]], [1, 0, 3, 2]),
    "plane": ([[1, 0], [-1, 0], [0, 1], [0, -1]], [2, 1, -1, 0]),
    "repeated": ([[1, 2], [1, 2], [-1, -2], [0, 0]], [3, 1, -2, 1]),
    "one": ([[2, 1]], [3]),
    "flat": ([[1, 1], [2, 2], [-3, -3]], [1, -2, 1]),
    "constant": ([[1, 1], [1, 2], [1, 4]], [5, 1, 4]),
    "zero": ([[0], [0]], [1, 3]),
    "scales": ([[10**6, 1], [0, 1], [1, 10**6]], [1, 1000, 2]),
}


def problem(name, skip, bias, **more):
    X, y = DATA[name]
    given = {"beta": "1/4"} | more
    return TrainingProblem(X, y, bias=bias, skip=skip, **given)


def given(D):
    return instance(D.design, D.y, D.beta_squared, D.weights, free_bias=D.bias == "free")


def any_network(D, width, rng):
    """Any network that the problem may be given, with or without its free part."""
    slots = []
    entries = len(D.design[0])
    for _ in range(width):
        w = [Fraction(rng.randint(-3, 3), rng.randint(1, 2)) for _ in range(entries)]
        kind = rng.choice(["balanced", "raw", "empty"])
        if kind == "balanced" and any(w[:-1] if D.bias == "free" else w):
            slots.append(Network.of((rng.choice([1, -1]), w)).slots[0])
        elif kind == "raw":
            alpha = Fraction(rng.randint(-3, 3), 2)
            if D.bias == "free" and D.free.limited and not any(w[:-1]):
                w[0] = Fraction(1)
            slots.append(RawNeuron(tuple(w), alpha) if any(w) or alpha else None)
        else:
            slots.append(None)
    parts = {}
    if D.skip in {"linear", "affine"} and rng.random() < 0.7:
        parts["skip"] = tuple(Fraction(rng.randint(-2, 2)) for _ in range(D.dimension))
    if D.skip in {"constant", "affine"} and rng.random() < 0.7:
        parts["constant"] = Fraction(rng.randint(-4, 4), 3)
    return Network(tuple(slots), **parts)


def rational(nets):
    return "poly" not in json.dumps(nets) and "lower" not in json.dumps(nets)


def moved(a, b, share):
    """The network at a share of the way from a to b, both balanced."""
    slots = []
    for x, z in zip(a.balanced().slots, b.balanced().slots, strict=True):
        held = x or z
        u = [
            (1 - share) * (x.u[i] if x else 0) + share * (z.u[i] if z else 0)
            for i in range(len(held.u) if held else 0)
        ]
        slots.append(held and (held.sign, u))
    parts = {}
    if b.skip is not None:
        pairs = zip(a.skip or [0] * len(b.skip), b.skip, strict=True)
        parts["skip"] = tuple((1 - share) * s + share * t for s, t in pairs)
    if b.constant is not None:
        parts["constant"] = (1 - share) * (a.constant or 0) + share * b.constant
    return replace(Network.of(*slots), **parts)


def check_in_a_field(D, nets):
    """The objective of the networks themselves falls along five points of every line."""
    for a, b in pairwise(nets):
        line = [moved(a, b, Fraction(j, 4)) for j in range(1, 4)]
        weightless = D.bias == "free" and any(
            x is not None and not any(x.u[:-1]) for net in line for x in net.slots
        )
        values = [a.objective(D)]
        values += [] if weightless else [x.objective(D) for x in line]
        values.append(b.objective(D))
        ends = [x.enclosure(400) for x in values]
        assert all(q[0] <= p[1] for p, q in pairwise(ends))


def overlap(x, z):
    """Whether two numbers may be equal: sums of roots in a field are told to 400 bits."""
    (a, b), (c, d) = (exactly(t).enclosure(400) for t in (x, z))
    return a <= d and c <= b


def verify(P, found, start, end=None):
    """Multiply the descent out from its JSON alone."""
    D = P.optimum.training
    nets = [json.loads(json.dumps(x.to_json())) for x in found.breakpoints]
    if rational(nets):
        check_descent(given(D), nets, found.width)
    else:
        check_in_a_field(D, found.breakpoints)
    for x, value in zip(found.breakpoints, found.objectives, strict=True):
        assert overlap(x.objective(D), value)
    assert overlap(start.padded(found.width).objective(D), found.objectives[0])
    assert found.breakpoints[0].fit(D.design) == start.fit(D.design)
    assert [None if x is None else x.u for x in found.breakpoints[0].balanced().slots] == [
        None if x is None else x.u for x in start.padded(found.width).balanced().slots
    ]
    assert is_optimal(P, found.breakpoints[-1])
    assert overlap(found.objectives[-1], P.optimum.value)
    if end is not None:
        assert found.breakpoints[-1].slots == end.padded(found.width).slots


@pytest.mark.parametrize("name", sorted(DATA))
@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("skip", SKIPS)
def test_every_problem_class(skip, bias, name):
    D = problem(name, skip, bias)
    P = optimal_polytope(D)
    rng = seeded(f"{skip} {bias} {name}")
    for trial in range(3):
        m = D.n + 1 + trial % 2
        start = any_network(D, m, rng)
        try:
            found = descent(P, start)
        except NotAttained:
            assert D.free.limited
            return
        if P.level == "exact":
            verify(P, found, start)
            i = rng.randrange(len(P.vertices))
            if not D.free.limited:
                end = network_of(P.atoms, vertex_placement(P, i, m)).permuted(
                    rng.sample(range(m), m)
                )
                verify(P, descent(P, start, end, m), start, end)
            other = any_network(D, m, rng)
            joined = connect(P, start, other, m)
            assert joined.barrier == 0
            verify(P, joined.down, start)
            verify(P, joined.up, other)
