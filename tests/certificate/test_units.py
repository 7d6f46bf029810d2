"""Certificates of other neurons: slopes, gates, thresholds, blocks; all random ones accepted."""

from fractions import Fraction
from itertools import product

import pytest

from polytope_nn import (
    AtomicProblem,
    FanUnit,
    GroupLasso,
    TrainingProblem,
    optimal_polytope,
    optimum,
)
from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.general import normed_certificate
from polytope_nn.checker import kinds
from polytope_nn.checker.kinds import check
from polytope_nn.errors import NotInterpolable, NotOptimal, Undecided
from polytope_nn.landscape.slot_complex import slot_complex
from tests.landscape.planted import seeded

from .forging import golden

OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
ORTHANTS = [[i, 1 - i, j, 1 - j, k, 1 - k] for i, j, k in product((0, 1), repeat=3)]
SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
TRIANGLE = [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]
LEAKY = {"activation": {"slopes": [1, "1/3"]}}
WORKED = {  # general §5: components from m* on
    "U1": ([[2, 1, 1], [-2, -1, 1]], [5, 5], 4, LEAKY, [1, 3, 1]),
    "U2": ([[1, 0], [0, 1]], [4, 4], 2, {"activation": "absolute"}, [4, 1]),
    "U3": (TRIANGLE, [17] * 3, 8, {"activation": "absolute"}, [48, 1]),
    "U4": (OCTAHEDRON, [5, -5] * 3, 3, {"gates": ORTHANTS}, [8, 4, 49, 1]),
    "U5": (SQUARE, [4, 4, 0, 0], 9, {"activation": "threshold"}, [2, 1]),
    "U5 open": (SQUARE, [3] * 4, 4, {"activation": "threshold_open"}, [4, 2, 1]),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked(name):
    X, y, square, unit, components = WORKED[name]
    C = certify(TrainingProblem(X, y, beta_squared=square, **unit))
    check(C.to_json())
    assert C.kind == "general"
    steps = C.claim("components")["widths"]
    assert [s["components"] for s in steps][: len(components)] == components


def random_unit(kind, n, rng):
    if kind == "gates":
        count = rng.randint(1, 5)
        return {"gates": [[rng.randint(0, 1) for _ in range(n)] for _ in range(count)]}
    if kind == "slopes":
        pairs = [(1, "1/3"), (1, -1), (2, 0), (0, 1), (-2, 1), (-1, -1), (-1, 0), (1, 1)]
        return {"activation": {"slopes": rng.choice(pairs)}}
    return {"activation": kind}


LOSSES = ["squared", "squared", "absolute", "hinge", {"kind": "huber", "delta": 1}]


def random_problem(kind, rng):
    """Return a problem with zero, repeated and opposite rows among others."""
    n, d = rng.choice([(1, 1), (2, 1), (3, 2), (4, 2), (4, 3), (5, 2)])
    X = [[rng.randint(-1, 1) for _ in range(d)] for _ in range(n)]
    unit = random_unit(kind, n, rng)
    linear = unit.get("activation", {}) in ({"slopes": (1, 1)}, {"slopes": (-1, -1)})
    loss = rng.choice(LOSSES) if kind == "slopes" and not linear else "squared"
    y = [rng.choice((1, -1)) if loss == "hinge" else rng.randint(-3, 3) for _ in range(n)]
    return TrainingProblem(
        X,
        y,
        beta_squared=rng.choice([1, 2, "1/4", 4]),
        loss=loss,
        skip=rng.choice(["none", "none", "constant", "affine"]),
        bias=rng.choice(["none", "penalised"]),
        **unit,
    )


KINDS = ("slopes", "gates", "threshold", "threshold_open")


@pytest.mark.parametrize("kind", KINDS)
def test_random_problems(kind):
    """Whatever is found exactly is accepted, and counted as its staircase is."""
    rng, accepted = seeded(14), 0
    for _ in range(24):
        D = random_problem(kind, rng)
        try:
            P = optimal_polytope(D)
            C = certify(P)
        except (NotInterpolable, NotOptimal, Undecided):
            continue
        accepted += 1
        S = P.staircase
        assert C.claim("widths")["m_star"] == S.m_star
        assert C.claim("threshold")["threshold"] == S.threshold
        for step in C.claim("components")["widths"]:
            own = S[step["m"]]
            for key in set(step) - {"m"}:  # in balls no rigid ones are told
                assert step[key] == getattr(own, key)
    assert accepted >= 12


def test_random_lassos():
    """Planted dual variables: blocks in cones, of one sign or both, are tight together."""
    rng, accepted = seeded(15), 0
    for _ in range(20):
        n = rng.randint(2, 4)
        blocks = []
        for _ in range(rng.randint(1, 4)):
            p = rng.randint(1, 3)
            A = [[rng.randint(-1, 1) for _ in range(p)] for _ in range(n)]
            cone = [
                [rng.randint(-1, 1) for _ in range(p)] for _ in range(rng.randint(0, 3))
            ]
            blocks.append({"A": A, "cone": cone, "signs": rng.choice(["+", "+-"])})
        free = [[1] * n] if rng.random() < 0.3 else []
        y = [rng.randint(-4, 4) for _ in range(n)]
        L = GroupLasso(blocks, y, beta_squared=rng.choice([1, 2, 4]), free=free)
        try:
            P = optimal_polytope(optimum(L))
        except Undecided:
            continue
        C = certify(P)
        assert C.kind == ("lasso" if P.level == "exact" else "lasso_enclosed")
        accepted += 1
        for step in C.claim("components")["widths"]:
            assert step["polytope_components"] == P.staircase[step["m"]].polytope_components
    assert accepted >= 8


@pytest.mark.parametrize("norm", ["l1", "linf"])
def test_random_norms(norm):
    """Cells: kappa and one optimal network, whose width is at most where all are joined."""
    rng = seeded(17)
    for _ in range(12):
        n, d = rng.choice([(2, 1), (3, 2), (4, 2)])
        D = TrainingProblem(
            [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)],
            [rng.randint(-3, 3) for _ in range(n)],
            beta_squared=rng.choice([1, 2, "1/4"]),
            penalty=norm,
            activation=rng.choice(["relu", "absolute", {"slopes": [1, "1/3"]}]),
            skip=rng.choice(["none", "constant"]),
        )
        O = optimum(D)
        C = certify(O)
        assert C.kind == "cells"
        C = normed_certificate(O)
        S = slot_complex(O)
        assert S.m_star <= len(C.claim("solution")["list"])
        assert S.threshold <= C.claim("joined")["connected_from"]


def test_random_lassos_of_all_norms():
    rng, accepted = seeded(18), 0
    for _ in range(25):
        n = rng.randint(2, 4)
        blocks = []
        for norm in rng.sample(["l1", "linf", "l2", "l1"], rng.randint(1, 3)):
            p = rng.randint(1, 3)
            A = [[rng.randint(-2, 2) for _ in range(p)] for _ in range(n)]
            cone = [
                [rng.randint(-1, 1) for _ in range(p)] for _ in range(rng.randint(0, 2))
            ]
            signs = rng.choice(["+", "+-"])
            blocks.append({"A": A, "cone": cone, "norm": norm, "signs": signs})
        y = [rng.randint(-4, 4) for _ in range(n)]
        L = GroupLasso(blocks, y, beta_squared=rng.choice([1, 2, 4]))
        try:
            O = optimum(L)
            if certify(O).kind == "lasso_cells":
                accepted += 1
                assert normed_certificate(O).kind == "normed"
        except Undecided as reason:
            assert_balls(reason)
    assert accepted >= 12


def assert_balls(reason):
    assert "exact numbers" in str(reason) or "the norm l2" in str(reason)


def test_every_pattern_of_thresholds_is_counted():
    """The tree's leaves against all sign vectors of small combinations."""
    from polytope_nn.certificate.units.patterns import threshold_tree
    from polytope_nn.exact.rational import matrix

    rng = seeded(16)
    for _ in range(30):
        n, d = rng.choice([(2, 1), (3, 2), (4, 2), (5, 2)])
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        grid = product(range(-12, 13), repeat=d)
        values = [[sum(a * b for a, b in zip(x, w, strict=True)) for x in X] for w in grid]
        for closed in (True, False):
            seen = {tuple(t > 0 or (closed and t == 0) for t in v) for v in values}
            tree, count = threshold_tree(matrix(X), closed=closed)
            assert count == len(seen) == len(tree["points"])


def test_neurons_of_one_s_own_have_no_certificate():
    unit = FanUnit([{"A": [[1], [2]], "cone": [[1]]}, {"A": [[-1], [-2]], "cone": [[-1]]}])
    D = AtomicProblem(unit, {"kind": "huber", "delta": 1}, beta_squared=1, y=[3, 5])
    with pytest.raises(Undecided):
        certify(D)


def test_every_claim_of_every_kind_has_a_prover(monkeypatch):
    """A claim that nothing proves is an accident, not a truth."""
    monkeypatch.delitem(kinds.PLAIN, "solution")
    with pytest.raises(ValueError, match="solution"):
        check(golden("normed_l1"))


def test_atoms_with_equal_features_stay_apart():
    """U2: one class of four atoms, of which each is a vertex."""
    C = certify(
        TrainingProblem([[1, 0], [0, 1]], [4, 4], beta_squared=2, activation="absolute")
    )
    assert C.claim("dimension") == {
        "claim": "dimension",
        "rank": 1,
        "used_rank": 1,
        "dim": 3,
    }
    assert [v["weights"] for v in C.claim("lifted")["list"]] == [["3"]] * 4
    assert sorted(Fraction(a["g"][0]) for a in C.claim("atoms")["list"]) == [-1, -1, 1, 1]


RATIONAL = {
    "gates": TrainingProblem(
        [[1, 1], [0, 1]], [1, 2], beta=2, loss="poisson", gates=[[1, 1]]
    ),
    "threshold": TrainingProblem(
        [[2, 0, 2]], [3], beta=2, loss="poisson", activation="threshold_open"
    ),
    "blocks": GroupLasso([[[-2, 1], [1, 1]]], [1, -1], beta=2, loss="logistic"),
}


@pytest.mark.parametrize("name", RATIONAL)
def test_curves_whose_fits_are_rational_are_exact_as_well(name):
    """Logarithms of 1 alone: the field of logarithms has nothing to say, and is named still."""
    C = certify(RATIONAL[name])
    assert C.field == {"primes": [2]}
    check(C)


def test_thresholds_are_counted_by_patterns_not_by_weights():
    """Two neurons of opposite signs that pass a sample at one moment join two vertices."""
    X, y = [[-1, 1], [0, 1], [1, 1]], [3, 0, -3]
    C = certify(TrainingProblem(X, y, beta=1, activation="threshold"))
    counts = [step["components"] for step in C.claim("components")["widths"]]
    assert counts == [4, 2, 1, 1]
    value = Fraction(C.claim("intervals")["objective"])
    for t in (Fraction(k, 4) for k in range(-3, 4)):  # the kinks are at t and at -t
        first = [2 * (-x + t * one >= 0) for x, one in X]
        second = [-2 * (x + t * one >= 0) for x, one in X]
        off = [a + b - z for a, b, z in zip(first, second, y, strict=True)]
        assert sum(e * e for e in off) / Fraction(2) + 2 + 2 == value
