"""Descents where something is free: every skip, every bias, degenerate data, any network."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope
from polytope_nn.errors import NotAttained, Undecided
from polytope_nn.exact.radical import exactly
from polytope_nn.functions.attained import attained
from polytope_nn.networks.membership import held_by, is_optimal, network_of
from polytope_nn.networks.network import Neuron, RawNeuron, same_ray
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import joining_width, path, vertex_placement
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
    neurons = tuple(x and Neuron(x[0], tuple(x[1])) for x in slots)
    return Network(neurons, **parts)


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
    for trial in range(2):
        m = D.n + 1 + trial
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


def inside_flats(P, c, share):
    """The network of a point, every neuron at both kinks of a flat put between the two."""
    left = list(c)
    slots = []
    for flat in P.loose:
        low = P.atoms[flat.lower]
        if flat.upper is None:
            if left[flat.lower]:
                *w, b = low.g
                slots.append((low.sign, [left[flat.lower] * t for t in (*w, b + 1)]))
                left[flat.lower] = Fraction(0)
        elif left[flat.lower] and left[flat.upper]:
            *w, b = low.g
            top = P.atoms[flat.upper].g[-1]
            t = min(left[flat.lower] / (1 - share), left[flat.upper] / share)
            slots.append((low.sign, [t * s for s in (*w, b + share * (top - b))]))
            left[flat.lower] -= (1 - share) * t
            left[flat.upper] -= share * t
    slots += [
        (P.atoms[a].sign, [x * t for t in P.atoms[a].g]) for a, x in enumerate(left) if x
    ]
    return Network.of(*slots)


def flat_problems():
    """Problems with a free bias and a constant whose optimal neurons may move."""
    rng = seeded("flats")
    found = []
    while len(found) < 12:
        n, d = rng.randint(2, 4), rng.randint(1, 2)
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [rng.randint(-3, 3) for _ in range(n)]
        D = TrainingProblem(X, y, beta="1/4", bias="free", skip="constant")
        P = optimal_polytope(D)
        if P.loose and P.level == "exact":
            found.append(P)
    return found


def test_ends_inside_flats():
    """Prescribed ends with neurons between two kinks, and above the last one."""
    rng = seeded(5)
    moving = 0
    for P in flat_problems():
        D = P.optimum.training
        mean = [sum(t) / len(P.vertices) for t in zip(*P.vertices, strict=True)]
        end = inside_flats(P, mean, Fraction(1, 3))
        kinks = {(a.sign, a.g) for a in P.atoms}
        moving += any(
            not any(x.sign == s and same_ray(x.u, g) for s, g in kinks) for x in end.neurons
        )
        assert is_optimal(P, end)
        m = max(D.n + 1, end.width)
        start = any_network(D, m, rng)
        verify(P, descent(P, start, end, m), start, end)
        # from there, and to it from a vertex
        vertex = network_of(P.atoms, vertex_placement(P, 0, m))
        verify(P, descent(P, end.padded(m), vertex, m), end, vertex)
        verify(P, descent(P, vertex, end, m), vertex, end)
        if any(held_by(P.atoms, D.design, x) is None for x in end.neurons):
            with pytest.raises(Undecided, match="inside a flat of its free bias"):
                path(P, end, vertex, m)
    assert moving > 8


def test_constants_in_the_limit_only():
    """Where a network attains the infimum it is reached, and it can be prescribed."""
    rng = seeded("limits")
    kinds = set()
    for _ in range(60):
        n, d = rng.randint(1, 4), rng.randint(1, 2)
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [rng.randint(-3, 3) for _ in range(n)]
        skip = rng.choice(["none", "linear"])
        D = TrainingProblem(X, y, beta="1/4", bias="free", skip=skip)
        P = optimal_polytope(D)
        if P.level != "exact":
            continue
        A = attained(P)
        kinds.add((skip, A.reached, A.points is None))
        m = D.n + 1 + rng.randint(0, 1)
        start = any_network(D, m, rng)
        if not A.reached:
            with pytest.raises(NotAttained):
                descent(P, start, width=m)
            continue
        found = descent(P, start, width=m)
        verify(P, found, start)
        end = found.breakpoints[-1].permuted(rng.sample(range(m), m))
        other = any_network(D, m, rng)
        verify(P, descent(P, other, end, m), other, end)
    assert len(kinds) == 6, kinds


def test_dead_neurons_are_optimal():
    zero, one = Fraction(0), Fraction(1)
    D = TrainingProblem([[0], [1]], [1, 2], beta=1, bias="free", skip="constant")
    for b in (one, zero, -one):
        net = Network((RawNeuron((zero, b), zero),))
        assert is_optimal(D, net)
        assert descent(D, net).objectives[-1] == Fraction(1, 4)
    assert not is_optimal(D, Network((RawNeuron((zero, one), one),)))


def test_a_constant_that_a_weightless_neuron_makes():
    zero, one = Fraction(0), Fraction(1)
    D = TrainingProblem([[0], [1]], [1, 2], beta=1, bias="free", skip="constant")
    start = Network((RawNeuron((zero, 2 * one), 3 * one),))
    found = descent(D, start)
    verify(optimal_polytope(D), found, start)
    # its constant is 6, at the cost 9/2; the labels' mean is all that is left
    assert found.objectives[0] == Fraction(9, 2) + Fraction(25 + 16, 2)
    assert found.breakpoints[-1] == Network((None,) * 3, constant=Fraction(3, 2))


IN_BALLS = [
    # a skip that is needed; features of two faces that are orthogonal; kinks that move
    ([[4], [-2], [4], [-5], [2], [5]], [-3, 3, -2, 1, 2, -4], "penalised", "linear"),
    (
        [[-2, -4], [3, -3], [-1, -5], [-5, -3], [-4, -5], [1, 4]],
        [0, -2, -5, -1, -5, -5],
        "none",
        "constant",
    ),
    ([[-4], [3], [-2], [1], [5]], [-3, 2, 4, -1, 2], "free", "affine"),
    ([[-4, 1], [3, 2], [-2, 1], [1, 5], [5, -1]], [-3, 2, 4, -1, 2], "free", "constant"),
]


@pytest.mark.parametrize("X, y, bias, skip", IN_BALLS)
def test_in_balls(X, y, bias, skip):
    """Down to balls; what is written there is read again, and a descent to it ends in it."""
    D = TrainingProblem(X, y, beta="1/3", bias=bias, skip=skip)
    P = optimal_polytope(D)
    rng = seeded(f"{bias} {skip}")
    start, other = (any_network(D, D.n + 1, rng) for _ in range(2))
    found = connect(P, start, other)
    for way, from_ in ((found.down, start), (found.up, other)):
        verify(P, way, from_)
    written = json.loads(json.dumps(found.down.breakpoints[-1].to_json()))
    end = Network.from_json(written, free_bias=bias == "free")
    assert is_optimal(P, end)
    again = descent(P, other, end)
    assert overlap(again.objectives[-1], P.optimum.value)
    assert joining_width(P, end, end) <= D.n + 1
