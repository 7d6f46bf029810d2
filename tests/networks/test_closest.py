"""The nearest optimal network: against every labelling, random optimal networks, by hand."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import Network, TrainingProblem, gap, is_optimal, optimal_polytope, optimum
from polytope_nn.errors import DimensionError, NotAttained
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.functions.attained import is_attained
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.networks.closest import _by_vertices, nearest
from polytope_nn.networks.hulls import guessed
from polytope_nn.networks.masses import nearest_masses
from polytope_nn.networks.membership import network_of, solution
from polytope_nn.strategies import drawn_networks
from tests.landscape.planted import NAMES, polytope, random_network, seeded


def distance(one, other, end=None):
    """The sum of squares, slot by slot, by its definition; of the first ``end`` entries."""
    total = Fraction(0)
    for x, y in zip(one.slots, other.slots, strict=True):
        u, v = (None if z is None else z.u[:end] for z in (x, y))
        if u is not None and v is not None and x.sign == y.sign:
            total += sum((s - t) ** 2 for s, t in zip(u, v, strict=True))
        else:
            total += sum(t * t for w in (u, v) if w is not None for t in w)
    return total


def least(P, network):
    """The least over every labelling, each solved exactly."""
    beta_squared, best = P.problem.beta_squared, None
    end = -1 if P.problem.bias == "free" else None
    us = [t for x in network.slots if x is not None for t in x.u[:end]]
    size = sum((t * t for t in us), Fraction(0))
    for labels in product(range(len(P.atoms)), repeat=network.width):
        wished = [
            sum(s * t for s, t in zip(x.u[:end], P.atoms[a].g[:end], strict=True))
            / beta_squared
            if x is not None and x.sign == P.atoms[a].sign
            else Fraction(0)
            for x, a in zip(network.slots, labels, strict=True)
        ]
        for v in P.vertices:
            if all(a in labels for a, x in enumerate(v) if x):
                start = [Fraction(0)] * network.width
                for a, x in enumerate(v):
                    if x:
                        start[labels.index(a)] = x
                c, _ = nearest_masses([P.features[a] for a in labels], wished, start)
                cost = sum(x * x - 2 * x * t for x, t in zip(c, wished, strict=True))
                away = size + beta_squared * cost
                best = away if best is None else min(best, away)
                break
    return best


@given(drawn_networks(3, 2), st.integers(0, 1))
def test_against_every_labelling(drawn, more):
    P = optimal_polytope(optimum(drawn.problem, kappa=drawn.planted.kappa))
    width = max(P.staircase.m_star if P.atoms else 0, drawn.network.last_used) + more
    if len(P.atoms) ** width > 700:
        return
    net = drawn.network.padded(width) if width >= drawn.network.last_used else drawn.network
    found = nearest(P, net, width)
    assert is_optimal(P, found.network)
    assert distance(net, found.network) == found.distance
    wanted = least(P, net) if P.atoms and not P.vanishes else found.distance
    if wanted is not None:
        assert found.at_least <= wanted <= found.distance
        if found.decided:
            assert found.distance == wanted


@given(drawn_networks(4, 2, kinds=("optimal",)))
def test_an_optimal_network_is_its_own_nearest(drawn):
    P = optimal_polytope(optimum(drawn.problem, kappa=drawn.planted.kappa))
    found = nearest(P, drawn.network)
    assert found.at_least == 0 or found.distance > 0
    assert found.at_least <= 0 <= found.distance


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_no_random_optimal_network_is_below_the_bound(name, seed):
    P, rng = polytope(name), seeded(seed)
    net = random_network(P, P.problem.n + 1, rng)
    moved = Network.of(
        *(
            None
            if x is None
            else (x.sign, [t + Fraction(rng.randint(-2, 2), 9) for t in x.u])
            for x in net.slots
        )
    ).padded(P.problem.n + 1)
    found = nearest(P, moved)
    assert is_optimal(P, found.network)
    assert distance(moved, found.network) == found.distance >= found.at_least
    for _ in range(20):
        other = random_network(P, P.problem.n + 1, rng).padded(P.problem.n + 1)
        assert distance(moved, other.balanced()) >= found.at_least
    assert distance(moved, net.balanced()) >= found.distance or not found.decided


def test_mass_decides_and_not_the_number_of_neurons():
    """Two large neurons near one vertex, two small ones near another."""
    P = polytope("octahedron")
    net = Network.of(
        (1, [4, 4, -4]),
        (1, [-4, -4, 4]),
        (1, ["1/100", "-1/100", "1/100"]),
        (1, ["-1/100"] * 3),
    )
    found = nearest(P, net)
    assert found.decided
    c = [Fraction(0)] * 8
    for a, x in zip(found.labels, found.masses, strict=True):
        c[a] += x
    assert min(c[1], c[6]) > Fraction(199, 50)
    assert sum(c) - c[1] - c[6] < Fraction(1, 50)
    assert found.network.width == 7


@given(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=5),
    st.data(),
)
def test_masses_are_a_projection(A, data):
    n = len(A)
    t = [Fraction(data.draw(st.integers(-3, 3))) for _ in A]
    start = [Fraction(data.draw(st.integers(0, 3))) for _ in A]
    A = [tuple(map(Fraction, row)) for row in A]
    c, lam = nearest_masses(A, t, start)
    for j in range(n):
        assert c[j] == max(t[j] + sum(a * x for a, x in zip(A[j], lam, strict=True)), 0)
    for k in range(2):
        assert sum(c[j] * A[j][k] for j in range(n)) == sum(
            start[j] * A[j][k] for j in range(n)
        )


def test_a_problem_without_neurons_and_one_with_a_constant():
    zero = TrainingProblem([[1]], [1], beta=2)
    found = nearest(zero, Network.of((1, [3])))
    assert (found.distance, found.decided) == (9, True)
    assert found.network == Network((None, None))
    D = TrainingProblem([[1], [2], [-1]], [3, 5, 1], beta=1, skip="constant")
    P = optimal_polytope(optimum(D))
    v = max(P.vertices)
    near = nearest(P, Network.of((1, [2])))
    assert is_optimal(P, near.network)
    assert v in P.vertices


@pytest.mark.parametrize("seed", range(24))
def test_a_free_bias_has_no_part_in_the_distance(seed):
    """Beside every labelling where no neuron may stand between two kinks (CONTRACT 4)."""
    rng = seeded(seed)
    d, n = rng.randint(1, 2), rng.randint(2, 4)
    X = [[rng.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    y = [rng.randint(-5, 5) for _ in range(n)]
    skip = ("constant", "none", "linear", "affine")[seed % 4]
    us = [[Fraction(rng.randint(-20, 20), 7) for _ in range(d)] for _ in range(2)]
    network = Network.of(*((rng.choice([1, -1]), [*u[:-1], u[-1] or 1, 2]) for u in us))
    D = TrainingProblem(X, y, beta=rng.choice(["1", "1/2", "3"]), bias="free", skip=skip)
    P = optimal_polytope(optimum(D))
    if not is_attained(P):
        with pytest.raises(NotAttained):
            nearest(P, network)
        return
    found = nearest(P, network)
    slots = found.network.width
    own = distance(network.padded(slots), found.network, -1)
    assert nearest_float(own) == pytest.approx(nearest_float(found.distance))
    assert nearest_float(found.at_least) <= nearest_float(found.distance) + 1e-12
    if P.level != "exact":
        return
    assert is_optimal(P, found.network)
    for v in P.vertices:  # each vertex in slots of its own is an optimal network
        other = network_of(P.atoms, [(a, x) for a, x in enumerate(v) if x]).padded(slots)
        assert found.at_least <= distance(network.padded(slots), other, -1)
    if not P.loose and not D.free.limited and 0 < len(P.atoms) <= 3 and P.m_star <= 3:
        near = nearest(P, network, 3)
        assert near.decided
        assert near.distance == least(P, network.padded(3))


def test_where_a_constant_needs_a_neuron_above_its_last_kink():
    """The fit is x - 5/2, and (x + b)_+ = x + b only for b >= -1: of (-w x + b)_+, w > 0.

    The less w, the nearer to x alone: the least distance 0 is a limit.
    """
    D = TrainingProblem([[1], [2]], [-2, 0], beta="1/2", bias="free")
    found = nearest(D, Network.of((1, [1, 0])))
    assert (found.at_least, found.decided) == (0, False)
    assert 0 < found.distance < Fraction(1, 10**9)
    assert is_optimal(D, found.network)
    assert [x.sign for x in found.network.slots if x is not None] == [1, -1]
    full = nearest(D, Network.of((1, [1, 0])), 1)  # one slot: the neuron of sign -1 alone
    assert (full.at_least, full.distance) == (0, 2)
    assert is_optimal(D, full.network)


def test_refusals():
    with pytest.raises(NotAttained, match="add skip constant"):
        nearest(
            TrainingProblem([[1], [2]], [3, 3], beta="1/2", bias="free"), Network.of(None)
        )
    with pytest.raises(DimensionError, match="dimension 3, the samples 1"):
        nearest(TrainingProblem([[1]], [3], beta=1), Network.of((1, [1, 2, 3])))
    with pytest.raises(DimensionError, match="no optimal network has 1 slot:"):
        nearest(polytope("octahedron"), Network.of(None), 1)
    D = TrainingProblem([["1.1", "0.3"], ["0.2", "1.7"], ["-0.7", "0.9"], ["0.3", "-1.3"],
                         ["1.9", "-0.4"]], ["1.3", "2.1", "0.2", "0.9", "1.7"],
                        beta="0.1", bias="penalised")  # fmt: skip
    P = optimal_polytope(optimum(D))
    assert (P.level, len(P.vertices)) == ("interval", 1)  # a point: strict decisions only
    found = nearest(P, Network.of(*((1, [1, 0, a]) for a in (1, 0, -1))))
    assert found.vertex is None or found.vertex == 0
    used = [x for x in found.placement if x is not None]
    assert {a for a, _ in used} == {a for a, x in enumerate(P.vertices[0]) if x != 0}
    assert float(found.at_least) <= float(found.distance)


def test_where_the_fit_is_not_unique():
    """An optimal network is at distance 0 of itself; of another one the least is proved."""
    D = TrainingProblem(
        [[1, 0], [-1, 0], [0, 1], [0, -1]], [2, 0, "3/2", "3/2"], beta_squared=2,
        loss="absolute", weights=[2, 1, 1, 1],
    )  # fmt: skip
    P = optimal_polytope(D)
    for v in P.vertices:
        found = nearest(P, solution(P, v))
        assert (found.distance, found.decided) == (0, True)
    # P is c_1 + c_2 = 2, both at most 3/2: the wished masses 1/2 and 31/20 go to 1/2 and 3/2
    near = nearest(P, Network.of((1, ["1/2", "1/2"]), (1, ["3/2", "-8/5"])))
    assert (near.distance, near.at_least, near.decided) == (
        Fraction(1, 100),
        near.distance,
        True,
    )
    assert is_optimal(P, near.network)


@pytest.mark.parametrize("few", [False, True], ids=["all", "few changes of labels"])
@pytest.mark.parametrize("name", NAMES)
def test_the_search_over_vertices_against_every_labelling(name, few, monkeypatch):
    if few:  # as of many slots
        monkeypatch.setattr(guessed, "_TRIALS", 1)
        monkeypatch.setattr(guessed, "_WORK", 0)
    P, rng = polytope(name), seeded(9)
    width = P.staircase.m_star
    if len(P.vertices) < 2 or len(P.atoms) ** width > 600 or P.vanishes:
        return
    for _ in range(3):
        net = Network.of(
            *(
                (1, [Fraction(rng.randint(-6, 6), 3) for _ in P.atoms[0].g])
                for _ in range(width)
            )
        ).padded(width)
        found, wanted = _by_vertices(P, net), least(P, net)
        assert is_optimal(P, found.network)
        assert distance(net, found.network) == found.distance
        assert found.at_least <= wanted <= found.distance
        if found.decided:
            assert found.distance == wanted == found.at_least


INTERVALS = [
    ([[-3, 0], [3, 2], [0, 3], [3, 3]], [-1, -1, 1, 1], "logistic", "linear", "none"),
    ([[0, -2], [-2, -1], [-3, -1], [-1, 3]], [4, 4, 0, 4], "poisson", "linear", "none"),
    ([[2, -1], [-3, 3], [1, 0], [2, -2], [-1, -3], [2, 1]], [2, 4, 0, 0, 0, 0], "huber",
     "affine", "penalised"),
    ([[2, 1], [-3, 1], [3, 0], [1, 1], [-1, -2]], [0, 2, 0, 1, 4], "squared", "linear", "none"),
    ([[3, -3], [0, 3], [-3, 2], [-3, 1], [-1, -3], [1, 0]], [1] * 6, "squared_hinge", "linear",
     "none"),
]  # fmt: skip


@pytest.mark.parametrize("X, y, loss, skip, bias", INTERVALS)
def test_in_balls_where_P_is_no_point(X, y, loss, skip, bias):
    """Distances are balls; no optimal network drawn at random is nearer than the bound."""
    kind = {"kind": "huber", "delta": 1} if loss == "huber" else loss
    D = TrainingProblem(X, y, beta="1/5", loss=kind, skip=skip, bias=bias)
    P, rng = optimal_polytope(D), seeded(2)
    assert P.level == "interval"
    assert P.missing or len(P.vertices) > 1
    for _ in range(4):
        net = Network.of(
            *((rng.choice((1, -1)), [Fraction(rng.randint(-6, 6), 3) for _ in D.design[0]])
              for _ in range(3)))  # fmt: skip
        found = nearest(P, net)
        assert float(found.at_least) <= float(found.distance) + 1e-12
        assert bool(is_optimal(P, found.network)) or P.missing
        wide = net.padded(found.network.width)
        assert abs(float(distance(wide, found.network)) - float(found.distance)) < 1e-9
        for _ in range(10):
            shares = [rng.randint(0, 3) for _ in P.vertices] if not P.missing else [1]
            points = P.vertices if not P.missing else (P.optimum.weights,)
            if not any(shares):
                continue
            c = [sum((Fraction(s, sum(shares)) * v[a] for s, v in zip(shares, points, strict=True)),
                     Fraction(0)) for a in range(len(P.atoms))]  # fmt: skip
            held = [(a, x) for a, x in enumerate(c) if not is_nothing(x)]
            if len(held) > wide.width:
                continue
            held += [None] * (wide.width - len(held))
            rng.shuffle(held)
            other = network_of(P.atoms, held)
            assert float(distance(wide, other)) >= float(found.at_least) - 1e-12


def test_equal_wishes_in_balls_have_some_order():
    """Two slots that wish the same of an optimum in balls: no order of them is decided."""
    D = TrainingProblem(
        [[1, 2], [0, 1], [1, 2], [-2, 0]], [1, 1, -1, -1], beta="1/3", loss="logistic"
    )
    P = optimal_polytope(D)
    assert P.level == "interval"
    given = Network.from_arrays([[1, "1/2"], [-1, 2], ["1/3", -1]], [1, "-1/2", 2])
    found = nearest(P, given)
    c, d = (float(x) for x in P.vertices[0])  # masses of +(0, 1/3) and -(-1/3, 0)
    size = 5 / 4 + 5 / 4 + 40 / 9  # of u = (1, 1/2), (-1/2, 1), (2/3, -2)
    wish = 3 / 2  # of the first two, u'g / beta^2, for one atom each; the third has none
    part = (d - wish) / 4  # of what is left of d, in each of four slots
    costs = (
        c * c - 2 * c * wish + (part + wish) ** 2 + 3 * part**2 - 2 * (part + wish) * wish
    )
    assert abs(float(found.distance) - size - costs / 9) < 1e-9


def test_ties_in_balls_have_a_close_bound_and_exact_ones_are_decided():
    """Two atoms alike: of labels that balls cannot order none is nearer than the bound."""
    power = {"kind": "power", "p": 3}
    D = TrainingProblem(
        [[1, -1], [-1, 1], [0, -3], [0, 3]], [-3] * 4, beta="1/5", loss=power
    )
    P = optimal_polytope(D)
    assert (P.level, len(P.vertices)) == ("interval", 1)
    found = nearest(P, Network.of((1, ["-2/3", -1])), 5)
    assert abs(float(found.distance) - float(found.at_least)) < 1e-12
    mass, beta_squared = float(P.vertices[0][0]), 1 / 25
    # no slot wishes for anything: two equal masses in 2 and 3 slots
    wanted = 13 / 9 + beta_squared * (mass**2 / 2 + mass**2 / 3)
    assert abs(float(found.distance) - wanted) < 1e-9
    D = TrainingProblem([[-3, 3], [3, -3], [2, -1], [-2, 1]], [1, -1, -1, -1], beta="1/2",
                        loss="squared_hinge", bias="penalised", skip="linear")  # fmt: skip
    P = optimal_polytope(D)
    assert P.level == "exact"
    assert not P.optimum.is_pinned
    found = nearest(P, Network.of(None), 1)
    assert found.decided
    assert found.distance == found.at_least == P.vertices[0][0] ** 2 / 4


@pytest.mark.parametrize(
    ("D", "given", "width"),
    [
        (TrainingProblem([[-2, -2], [2, 2], [2, 3], [-2, -3]], [-3] * 4, beta=1,
                         loss="absolute", bias="penalised",
                         activation={"slopes": [1, "1/3"]}),
         Network.of((1, ["3/2", "2/3", 2])), 5),
        (TrainingProblem([[-3, 2], [-3, -1], [2, 1], [2, -3]], [2, -2, -2, -2], beta="1/2",
                         loss={"kind": "power", "p": 3}, bias="penalised", skip="constant",
                         activation="absolute"),
         Network.of(None), 4),
    ],
    ids=["several fits", "balls"],
)  # fmt: skip
def test_labels_of_a_hull_are_branched(D, given, width):
    """Nothing drawn is below the bound, and the bound is met, up to ties of balls."""
    P, rng = optimal_polytope(D), seeded(5)
    assert len(P.vertices) > 1
    found, other = _by_vertices(P, given.padded(width)), nearest(P, given, width)
    assert abs(float(found.distance) - float(found.at_least)) < 1e-11
    assert found.decided == (P.level == "exact")
    assert other.decided
    assert abs(float(other.distance) - float(found.distance)) < 1e-11
    net = given.padded(width)
    assert abs(float(distance(net, found.network)) - float(found.distance)) < 1e-9
    for _ in range(60):
        i, shares = (
            rng.randrange(len(P.vertices)),
            [rng.randint(1, 4) for _ in range(width)],
        )
        support = [a for a, x in enumerate(P.vertices[i]) if not is_nothing(x)]
        labels = [*support, *(rng.choice(support) for _ in range(width - len(support)))]
        rng.shuffle(labels)
        whole = {
            a: sum(s for s, b in zip(shares, labels, strict=True) if b == a)
            for a in support
        }
        held = [(a, P.vertices[i][a] * Fraction(s, whole[a]))
                for s, a in zip(shares, labels, strict=True)]  # fmt: skip
        other = network_of(P.atoms, held)
        assert float(distance(net, other)) >= float(found.at_least) - 1e-12


def test_widths_between_the_sizes_of_vertices():
    """Vertices of 2 and 4 atoms: in 3 slots the small ones alone, in 1 none."""
    P, empty = polytope("octahedron"), Network.of(None)
    assert {sum(not is_nothing(x) for x in v) for v in P.vertices} == {2, 4}
    for slots in (2, 3):
        found = nearest(P, empty, slots)
        assert found.decided
        assert found.distance == least(P, empty.padded(slots))
    with pytest.raises(DimensionError, match="give --width 2 or more"):
        nearest(P, empty, 1)


SPREAD = {
    "several fits, the zero network among them": (
        TrainingProblem([[-2, 0], [2, 2], [2, 2]], [-1, 1, -1], beta=2, loss="hinge"),
        Network.of((-1, [-2, -2]), (-1, [-1, 2])),
    ),
    "balls": (
        TrainingProblem(
            [[2, 1], [0, -1], [-2, 1]], [2, 1, 3], beta="1/4",
            loss={"kind": "power", "p": 3},
        ),
        Network.of((-1, [0, 1]), (1, [2, 1])),
    ),
    "logarithms": (
        TrainingProblem(
            [[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4, beta_squared="2/9", loss="logistic"
        ),
        Network.of((1, [0, -2])),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPREAD)
def test_where_masses_are_no_solutions_of_exact_equations(name):
    """It is optimal, at the distance that is told, and none between two vertices is nearer."""
    D, net = SPREAD[name]
    P, rng, width = optimal_polytope(D), seeded(3), 4
    assert len(P.vertices) > 1
    found, padded = nearest(P, net, width), net.padded(width)
    assert float(found.distance) - float(found.at_least) < 1e-9
    assert float(distance(padded, found.network)) == pytest.approx(float(found.distance))
    assert 0 <= nearest_float(gap(D, found.network).value.enclosure()[1]) < 1e-9
    drawn = []
    for _ in range(150):
        v, w = rng.choice(P.vertices), rng.choice(P.vertices)
        s = Fraction(rng.randint(0, 20), 20)
        ends = ([Fraction(float(x)) for x in end] for end in (v, w))
        c = [x * s + y * (1 - s) for x, y in zip(*ends, strict=True)]
        used = [a for a, x in enumerate(c) if x]
        if len(used) > width:
            continue
        labels = [*used, *(rng.choice(used or [0]) for _ in range(width - len(used)))]
        rng.shuffle(labels)
        held = [(a, c[a] * Fraction(1, labels.count(a))) for a in labels]
        other = network_of(P.atoms, [x if x[0] in used else None for x in held])
        drawn.append(float(distance(padded, other)))
    assert min(drawn) >= float(found.distance) - 1e-9
    assert min(drawn) <= float(found.distance) * 1.5 + 0.2


def test_masses_of_balls_are_those_of_the_numbers_in_them():
    """Fewer slots than rows, and a start that is known less well than what it makes."""
    A = [[3, 1, 4, 1], [1, -2, 0, 5], [3, 1, 4, 1]]
    t, start = (list(map(Fraction, x)) for x in ((5, "1/3", -2), (2, 1, 1)))
    columns = [tuple(map(Fraction, row)) for row in A]
    exact, _ = nearest_masses(columns, t, start)
    narrow, wide = Fraction(1, 1 << 150), Fraction(1, 1 << 40)

    def near(x, size):
        return Ball.from_interval(x - size, x + size, 320)

    balls = [tuple(near(x, narrow) for x in row) for row in columns]
    balls[2] = balls[0]  # two slots of one atom
    y = [sum(c * row[k] for c, row in zip(start, columns, strict=True)) for k in range(4)]
    for made in (None, y):
        c, _ = nearest_masses(
            balls,
            t,
            [near(x, narrow if made is None else wide) for x in start],
            made,
        )
        for ball, x in zip(c, exact, strict=True):
            assert x in ball if isinstance(ball, Ball) else x == ball == 0
            assert not isinstance(ball, Ball) or ball.upper - ball.lower < Fraction(
                1, 1 << 120
            )
