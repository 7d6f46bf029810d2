"""Certificates of cells: counted by the checker as by the slot complex, and by brute force."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest

from polytope_nn import GroupLasso, TrainingProblem, optimum
from polytope_nn.certificate import certify as producer
from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.units.norms import cells as cells_producer
from polytope_nn.checker.claims.cells.slots import Complex, Enclosed
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import check
from polytope_nn.errors import NotInterpolable, Undecided
from polytope_nn.exact.rational import vector
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.slot_complex import slot_complex
from tests.landscape.planted import seeded

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
CIRCLE = {"X": SQUARE, "y": [3] * 4, "beta": 1, "penalty": "l1"}
LOSSES = [
    "squared",
    "absolute",
    {"kind": "huber", "delta": 1},
    {"kind": "tolerance", "epsilon": "1/2"},
    {"kind": "power", "p": 3},
]


def random_networks(rng):
    n, d = rng.choice([(1, 1), (2, 2), (3, 2), (4, 2), (4, 3)])
    return TrainingProblem(
        [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)],
        [rng.randint(-3, 3) for _ in range(n)],
        beta_squared=rng.choice([1, 2, "1/4"]),
        penalty=rng.choice(["l1", "linf"]),
        activation=rng.choice(["relu", "absolute", {"slopes": [1, "1/3"]}]),
        skip=rng.choice(["none", "constant"]),
        loss=rng.choice(LOSSES),
    )


def test_the_circle_has_four_components_then_one():
    C = certify(TrainingProblem(**CIRCLE))
    check(C.to_json())
    claim = C.claim("slots")
    assert (claim["m_star"], claim["threshold"], claim["bound"]) == (2, 3, 5)
    assert [step["components"] for step in claim["widths"]] == [4, 1, 1, 1]


def test_random_networks_are_counted_as_the_slot_complex_is():
    rng, several = seeded(42), 0
    for _ in range(20):
        D = random_networks(rng)
        try:
            O = optimum(D)
            C = certify(O)
        except (NotInterpolable, Undecided):
            continue
        check(C.to_json())
        assert C.kind in {"cells", "cells_enclosed"}
        several += not O.is_pinned
        S = slot_complex(O)
        claim = C.claim("slots")
        assert (claim["m_star"], claim["threshold"], claim["bound"]) == (
            S.m_star,
            S.threshold,
            S.bound,
        )
        for step in claim["widths"]:
            own = S[step["m"]]
            assert step["components"] == own.components
            assert (step["rigid"], step["isolated"]) == (own.rigid, own.isolated)
    assert several >= 2


def features_of(C):
    """Return the features of the certificate's rays, ReLU neurons of a rational instance."""
    X = [list(map(Fraction, row)) for row in C.data["X"]]
    found = []
    for ray in C.claim("rays")["list"]:
        u = list(map(Fraction, ray["u"]))
        values = [sum(a * b for a, b in zip(x, u, strict=True)) for x in X]
        found.append(tuple(ray["sign"] * max(z, Fraction(0)) for z in values))
    return found


def placed(C, m):
    """Return the number of components of Theta_m, slot by slot: all choices of m cells."""
    features, fit = (
        features_of(C),
        tuple(Fraction(z[0]) for z in C.claim("intervals")["fits"]),
    )
    cells = [frozenset(cell) for cell in C.claim("cells")["list"]]
    known = {}

    def fits(slots):
        mask = frozenset().union(*slots)
        if mask not in known:
            columns = [features[a] for a in sorted(mask)]
            known[mask] = alternative(columns, vector(fit))[0] is not None
        return known[mask]

    nodes = [
        choice
        for choice in product(range(len(cells)), repeat=m)
        if fits([cells[x] for x in choice])
    ]
    root = {node: node for node in nodes}

    def top(node):
        while root[node] != node:
            node = root[node]
        return node

    for one, other in combinations_with_replacement(nodes, 2):
        if fits([cells[x] & cells[y] for x, y in zip(one, other, strict=True)]):
            root[top(one)] = top(other)
    return len({top(node) for node in nodes})


def test_the_counts_are_those_of_all_choices_of_cells():
    """Brute force: a choice of a cell for each slot is a node, two meet where common rays fit."""
    rng, seen, apart = seeded(43), 0, 0
    while seen < 8:
        D = TrainingProblem(
            [[rng.randint(-2, 2) for _ in range(2)] for _ in range(3)],
            [rng.randint(-3, 3) for _ in range(3)],
            beta=rng.choice([1, "1/2"]),
            penalty=rng.choice(["l1", "linf"]),
        )
        C = certify(D)
        if C.field != "Q" or not C.claim("slots")["m_star"]:
            continue
        seen += 1
        for step in C.claim("slots")["widths"]:
            if len(C.claim("cells")["list"]) ** step["m"] <= 64:
                apart += step["components"] > 1
                assert placed(C, step["m"]) == step["components"]
    assert apart >= 3


def test_random_blocks_of_all_norms():
    rng, accepted = seeded(44), 0
    for _ in range(16):
        n = rng.randint(2, 4)
        blocks = []
        for norm in rng.sample(["l1", "linf", "l2", "l1"], rng.randint(1, 3)):
            p = rng.randint(1, 3)
            A = [[rng.randint(-2, 2) for _ in range(p)] for _ in range(n)]
            cone = [
                [rng.randint(-1, 2) for _ in range(p)] for _ in range(rng.randint(0, 2))
            ]
            blocks.append(
                {"A": A, "cone": cone, "norm": norm, "signs": rng.choice(["+", "+-"])}
            )
        y = [rng.randint(-4, 4) for _ in range(n)]
        loss = rng.choice(["squared", "absolute"])
        L = GroupLasso(blocks, y, beta_squared=rng.choice([1, 2, 4]), loss=loss)
        try:
            O = optimum(L)
            C = certify(O)
        except Undecided:
            continue
        accepted += C.kind == "lasso_cells"
        if C.kind == "lasso_cells":
            S = slot_complex(O)
            for step in C.claim("parts")["widths"]:
                assert step["polytope_components"] == S[step["m"]].classes
    assert accepted >= 8


def test_beyond_the_limit_the_certificate_keeps_to_the_value(monkeypatch):
    monkeypatch.setattr(cells_producer, "_POINTS", 0)
    C = certify(TrainingProblem(**CIRCLE))
    assert C.kind == "normed"
    assert producer.what_is_left_out(C) == (
        "the value, one optimum and a width that joins all are proved; counts of so many "
        "cells are not"
    )
    X = [[-1, 1], [2, 1], [1, 1], [1, 1], [2, 0]]
    y = [4, -2, 0, -2, -3]
    many = TrainingProblem(X, y, beta="1/2", penalty="l1", loss="absolute")
    O = optimum(many)
    assert not O.is_pinned
    with pytest.raises(Undecided, match="more than 0 extreme points"):
        certify(O)


def test_the_checker_counts_up_to_its_limits():
    clock = Clock(Limits())
    singles = [1 << i for i in range(40)]
    every = (1 << 40) - 1
    S = Complex(clock, singles, [(every, [1] * 40)], [[1]] * 40, 40)
    with pytest.raises(Refuted, match="more than 3000 sets of cells are to be looked at"):
        S.sets(20)
    with pytest.raises(Refuted, match="more than 20000 placements are to be looked at"):
        S.placements([tuple(range(8)), tuple(range(1, 9))])


def test_neurons_in_intervals_are_only_proved_to_differ():
    one, wide = Interval(1, 1, 8), Interval(0, 2, 8)
    S = Enclosed(Clock(Limits()), [1], [(1, [one])], [[1]], 1)
    assert not S.same([one], [3 * one])
    with pytest.raises(Refuted, match="whether two neurons are one is not proved"):
        S.same([one], [wide])
    both = [
        (3, [one, one]),
        (3, [one, 3 * one]),
    ]  # the first neuron stays, the second moves
    two = Enclosed(Clock(Limits()), [1, 2], both, [[1], [1]], 2)
    assert not two.still((0, 1))


def test_cells_in_balls_are_counted_as_the_slot_complex_is():
    rng, seen = seeded(47), 0
    for _ in range(14):
        n, d = rng.choice([(2, 1), (2, 2), (3, 2)])
        D = TrainingProblem(
            [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)],
            [rng.choice([-1, 1]) for _ in range(n)],
            beta="1/4",
            penalty=rng.choice(["l1", "linf"]),
            activation=rng.choice(["relu", "absolute"]),
            loss=rng.choice(["logistic", "exponential"]),
        )
        try:
            O = optimum(D)
            C = certify(O)
        except Undecided:
            continue
        check(C.to_json())
        seen += C.kind == "cells_enclosed"
        S = slot_complex(O)
        assert C.claim("slots")["m_star"] == S.m_star
        for step in C.claim("slots")["widths"]:
            own = S[step["m"]]
            assert step["components"] == own.components
            assert (step["rigid"], step["isolated"]) == (own.rigid, own.isolated)
    assert seen >= 5


def test_a_price_that_is_a_root_beside_logarithms():
    """The empty network is optimal, beta is no fraction: the multipliers are, with linf too."""
    for x, label, square in (("-831/1000", 2, 2), (1, 1, "1/10")):
        D = TrainingProblem(
            [[x]], [label], beta_squared=square, penalty="linf", loss="poisson"
        )
        C = certify(D)
        check(C.to_json())
        assert (C.kind, C.field) == ("cells", {"primes": [2]})
        assert C.claim("slots")["m_star"] == 0


def test_a_price_that_is_no_number_of_the_field_of_kappa():
    """kappa = sqrt(3/2) (1, 1) by the disc, and sqrt 3 is the price of the interval beside it."""
    blocks = [{"A": [[1, 0], [0, 1]]}, {"A": [[1], [0]], "norm": "l1"}]
    O = optimum(GroupLasso(blocks, [2, 2], beta_squared=3))
    assert O.level == "exact"
    assert [t * t for t in O.kappa] == [Fraction(3, 2)] * 2
    assert (O.value + Fraction(3, 2)) ** 2 == 24  # kappa'y - |kappa|^2/2
    C = certify(O)
    check(C.to_json())
    assert C.kind == "lasso_cells_enclosed"


def test_fits_of_a_field_that_is_not_told():
    """With ``z = (-a, -b, b)`` the price is of a - b: ``a = 1 - beta^(1/2)``, b linear in beta."""
    block = {"A": [[0], [-1], [1]], "cone": [[-2], [-3]], "signs": "+-", "norm": "linf"}
    given = {"loss": {"kind": "power", "p": "3"}, "free": [[-1, -1, 1]]}
    D = GroupLasso([block], [-1, 2, "-2/3"], beta_squared="1/3", **given)
    C = certify(D)
    assert C.kind == "lasso_cells_enclosed"
    a, b, beta = 1 - 3**-0.25, (3**0.5 / 4 - 8 / 3) / 2, 3**-0.5
    value = (3**-0.75 + (b + 2) ** 3 - (b + 2 / 3) ** 3) / 3 + beta * (a - b)
    told = [*C.claim("optimum")["fit"], C.claim("optimum")["objective"]]
    for (low, high), x in zip(told, (-a, -b, b, value), strict=True):
        assert float(Fraction(low)) - 1e-12 <= x <= float(Fraction(high)) + 1e-12
    counted = C.claim("parts")
    assert (counted["m_star"], counted["bound"]) == (1, 2)


OPPOSITE = [
    ([[[-3], [1], [-1]], [[-2, -3], [1, -3], [2, -2]]], [1, 1, 1], "logistic", 1, ()),
    (
        [[[2, -2], [0, -2], [2, 1], [1, -2]], [[-1, 0], [2, 1], [-2, 0], [1, -3]]],
        [3, -4, -3, -3], {"kind": "power", "p": 3}, "1/2", [[1, 1, 1, 1]],
    ),
]  # fmt: skip


@pytest.mark.parametrize("A, y, loss, beta, free", OPPOSITE, ids=["known", "free"])
def test_opposite_rays_of_an_l2_block_are_asked_for_once(A, y, loss, beta, free):
    """What proves the rays states the atoms: proved again, they had an answer too many."""
    norms = zip(A, ("linf", "l2"), strict=True)
    blocks = [{"A": rows, "norm": norm, "signs": "+-"} for rows, norm in norms]
    C = certify(GroupLasso(blocks, y, beta=beta, loss=loss, free=free))
    assert C.kind == "lasso_cells_enclosed"
    check(C.to_json())
