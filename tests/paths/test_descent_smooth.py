"""Descents of smooth losses, and of every finite loss with a skip: nothing rises (general G6)."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import Network, TrainingProblem, is_optimal, optimal_polytope
from polytope_nn.errors import InstanceError, PolytopeError, Undecided
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar
from polytope_nn.networks.membership import solution
from polytope_nn.networks.network import Neuron, RawNeuron
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.paths.stops import near, slope
from tests.landscape.planted import seeded

Q = Fraction
KINDS = {
    "logistic": {}, "exponential": {}, "poisson": {}, "power": {"p": 4},
    "absolute": {}, "huber": {"delta": 1}, "quantile": {"tau": "1/3"},
    "epsilon_insensitive": {"epsilon": "1/2"}, "hinge": {}, "squared_hinge": {},
}  # fmt: skip
SIGNED = {"logistic", "exponential", "hinge", "squared_hinge"}
SIZES = [(3, 1), (4, 2), (5, 2)]


def labels(kind, n, rng):
    if kind in SIGNED:
        return [rng.choice((1, -1)) for _ in range(n)]
    return [
        rng.randint(0, 4) if kind == "poisson" else rng.randint(-3, 3) for _ in range(n)
    ]


def problems(kind, rng, count):
    """Yield polytopes of random problems, with every skip, rows that repeat and rows of 0."""
    while count:
        n, d = rng.choice(SIZES)
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        D = TrainingProblem(
            X, labels(kind, n, rng), beta=rng.choice(["1/2", 1, "1/5"]),
            loss={"kind": kind} | KINDS[kind], bias=rng.choice(["none", "penalised"]),
            skip=rng.choice(["none", "constant", "linear", "affine"]),
        )  # fmt: skip
        try:
            P = optimal_polytope(D)
        except PolytopeError:  # no optimum is attained, or it is not found
            continue
        count -= 1
        yield P


def some_network(P, rng, scale=1):
    """A network of up to n + 1 neurons, one of them not balanced, with what may be free."""
    D = P.problem
    d, m = len(D.design[0]), rng.randint(0, D.n + 1)
    rows = [[Q(rng.randint(-6, 6), 3) * scale for _ in range(d)] for _ in range(m)]
    net = Network.of(*((rng.choice((1, -1)), u) for u in rows))
    if net.neurons and rng.random() < 0.5:
        slots = list(net.slots)
        slots[-1] = RawNeuron(tuple(Q(1, 2) for _ in range(d)), Q(-2))
        net = replace(net, slots=tuple(slots))
    skip = [Q(rng.randint(-3, 3)) for _ in range(D.dimension)]
    if D.skip in {"linear", "affine"} and rng.random() < 0.5:
        net = replace(net, skip=tuple(skip))
    if D.skip in {"constant", "affine"} and rng.random() < 0.5:
        net = replace(net, constant=Q(rng.randint(-3, 3), 2))
    return net


def mixed(a: Scalar | None, b: Scalar | None, t):
    a, b = near(a or Q(0)) if a is None else near(a), near(Q(0)) if b is None else near(b)
    return a * (1 - t) + b * t


def between(D, a, b, t):
    """Return the network at the share t of a line, slot by slot, in fractions and balls."""
    slots = []
    for x, z in zip(a.slots, b.slots, strict=True):
        if x is None and z is None:
            slots.append(None)
            continue
        assert x is None or z is None or x.sign == z.sign
        nothing = (Q(0),) * len((x or z).u)
        u = [
            mixed(p, q, t)
            for p, q in zip(x.u if x else nothing, z.u if z else nothing, strict=True)
        ]
        slots.append(Neuron((x or z).sign, tuple(u)))
    skip = [mixed(p, q, t) for p, q in zip(
        a.skip or (Q(0),) * D.dimension, b.skip or (Q(0),) * D.dimension, strict=True)]  # fmt: skip
    constant = mixed(a.constant, b.constant, t)
    free = tuple(skip) if D.skip in {"linear", "affine"} else None
    return Network(
        tuple(slots), free, constant if D.skip in {"constant", "affine"} else None
    )


def shares(D, found):
    """Yield enclosures of the objective along the lines between balanced breakpoints."""
    for a, b in pairwise(found.breakpoints):
        if any(isinstance(x, RawNeuron) for x in a.slots):
            continue
        for t in (Q(0), Q(1, 3), Q(2, 3), Q(1)):
            try:
                yield between(D, a, b, t).objective(D).enclosure()
            except Undecided:  # a fit on a kink, known as a ball
                continue


def require_falling(D, found, value):
    ends = [x.enclosure() for x in found.objectives]
    assert all(low[0] <= high[1] for high, low in pairwise(ends))
    along = list(shares(D, found))
    assert all(low[0] <= high[1] for high, low in pairwise(along))
    low, high = found.objectives[-1].enclosure()
    assert (
        low <= near(value).upper
        if not isinstance(value, Fraction)
        else low <= value <= high
    )


@pytest.mark.parametrize("kind", KINDS)
def test_any_two_networks_are_joined(kind):
    rng, joined = seeded(11), 0
    for P in problems(kind, rng, 7):
        D, start, end = P.problem, some_network(P, rng), some_network(P, rng, 5)
        found = connect(P, start, end)
        assert found.width == max(start.width, end.width, D.n + 1)
        assert found.barrier == 0
        first, last = found.breakpoints[0], found.breakpoints[-1]
        assert (first.slots, last.slots) == (
            start.padded(found.width).slots, end.padded(found.width).slots)  # fmt: skip
        assert first.skip == (start.skip or first.skip)
        low = [way.breakpoints[-1].to_json()["neurons"] for way in (found.down, found.up)]
        assert low[0] == low[1]
        for way in (found.down, found.up):
            require_falling(D, way, P.optimum.value)
        joined += 1
    assert joined == 7


def test_the_end_is_optimal():
    rng = seeded(4)
    for kind in ("logistic", "poisson", "hinge"):
        for P in problems(kind, rng, 2):
            found = descent(P, some_network(P, rng))
            assert is_optimal(P, found.breakpoints[-1])


def test_planted_logarithms():
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    D = TrainingProblem(rows, [1] * 4, beta_squared=Q(2, 9), loss="logistic")
    P = optimal_polytope(D)  # general A-log: 3 ln 2 times that of the square
    assert P.level == "exact"
    assert isinstance(P.vertices[0][0], Logarithms)
    start = Network.of(*((1, u) for u in ([3, 0], [0, 2], [-1, 1], [2, 1], [1, -3])))
    for v in P.vertices:
        found = descent(P, start, solution(P, v), 6)
        require_falling(D, found, P.optimum.value)
        assert is_optimal(P, found.breakpoints[-1]).weights == v
    assert connect(P, start, Network.of((-1, [5, 5]))).barrier == 0


def test_fits_that_are_not_unique_in_balls():
    D = TrainingProblem(
        [[0, 1], [0, 1], [2, -1], [1, -3], [1, -3]], [-1, 0, 1, 0, 2], beta=1,
        loss={"kind": "huber", "delta": 1}, bias="penalised")  # fmt: skip
    P = optimal_polytope(D)
    assert P.level == "interval"
    start = Network.of(*((1, [k, 1, -k]) for k in range(1, 6)))
    require_falling(D, descent(P, start), P.optimum.value)


def test_a_slope_at_a_kink_is_that_of_the_side_one_comes_from():
    row = TrainingProblem([[1]], [2], beta=1, loss="absolute").loss.rows[0]
    assert slope(row, Q(2), Q(1)) == -1
    assert slope(row, Q(2), Q(-3)) == -3
    assert slope(row, Q(2), Q(0)) == 0
    assert slope(row, Q(3), Q(2)) == 2


def test_refusals():
    X, y = [[1, 2], [-2, 1], [1, -1]], [1, -1, 1]
    D = TrainingProblem(X, y, beta="1/5", loss="exponential")
    with pytest.raises(Undecided, match=r"power of about 1e\+09 has more digits"):
        descent(D, Network.of((-1, [10**9, 0])))
    margin = TrainingProblem(X, y, beta=1, loss="margin")
    with pytest.raises(InstanceError, match="loss: margin"):
        descent(margin, Network.of(None))


@pytest.mark.parametrize("z", ["100000", "-100000", "3"])
def test_logarithms_of_large_fits(z):
    row = TrainingProblem([[1]], [1], beta=1, loss="logistic").loss.rows[0]
    z, value = Q(z), row.value(Q(z))
    assert abs(value.midpoint - max(-z, 0)) < (Q(1, 10) if abs(z) < 10 else Q(1, 10**30))
    assert 0 <= row.kappa(z).upper
    assert row.kappa(z).lower <= 1
