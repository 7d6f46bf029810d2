"""Dual points near the optimum, by cones: below it by rounding alone, feasible by the list too."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.dual.cone_tree import cone_proof
from polytope_nn.exact.scalar import dot, nearest_float
from polytope_nn.networks.distance import _by_cones
from polytope_nn.networks.gap import dual_bound, residual_gap
from polytope_nn.networks.network import Network
from polytope_nn.problems.losses.kinds import huber, quantile
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.losses import priced
from polytope_nn.search.cones.losses.precise import CONES, _on, _Searched
from polytope_nn.search.cones.near import beside, best_dual
from polytope_nn.search.cones.pools import pool, separation
from polytope_nn.search.cones.pools.problem import Support
from polytope_nn.search.cones.searching import maxima
from polytope_nn.search.finding import optimum

SIGNED = ["logistic", "hinge", "squared_hinge"]
CASES = [
    pytest.param("squared", "penalised", "linear", marks=pytest.mark.deep),
    ("logistic", "penalised", "constant"),
    ("hinge", "none", "none"),
    ("squared_hinge", "none", "affine"),
    ("poisson", "none", "none"),
    ({"kind": "huber", "delta": "1/2"}, "penalised", "none"),
    ({"kind": "quantile", "tau": "1/4"}, "none", "constant"),
]


def drawn(loss, bias, skip, n=12, d=2):
    random = Random(f"near {loss} {bias} {skip}")  # noqa: S311 - reproducible data
    X = [[Fraction(random.randint(-99, 99), 10) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-99, 99), 10) for _ in range(n)]
    if loss in SIGNED:
        y = [1 if t > 0 else -1 for t in y]
    if loss == "poisson":
        y = [random.randint(0, 5) for _ in y]
    return TrainingProblem(X, y, beta=4, loss=loss, bias=bias, skip=skip)


@pytest.mark.parametrize("loss, bias, skip", CASES)
def test_its_value_is_that_of_the_optimum_and_patterns_say_that_it_is_feasible(
    loss, bias, skip
):
    D = drawn(loss, bias, skip)
    near = best_dual(D)
    best = nearest_float(optimum(D).value)
    dual = nearest_float(-D.loss.conjugate(near.kappa))
    assert -1e-12 * abs(best) <= best - dual <= 1e-9 * abs(best)
    for z in D.free.columns:
        assert dot(z, near.kappa) == 0
    for chart in D.charts:
        bound = dual_bound(chart.design, near.kappa, D.beta_squared, chart.arrangement)
        assert bound.square <= D.beta_squared * (1 + Fraction(1, 10**18))
    again = cone_proof(near.proof.form, near.proof.peaks, near.proof.trees)
    assert again.trees == near.proof.trees  # leaf by leaf, as it was guessed
    assert near.proof.form.beta_squared * near.scale**2 <= D.beta_squared


@pytest.mark.parametrize(
    "loss", ["absolute", {"kind": "huber", "delta": "1/2"}, "logistic"]
)
def test_where_newton_goes_astray_kappa_is_the_conic_solvers(loss, monkeypatch):
    def astray(*given):
        rough, (kappa, _) = given[1:3]
        return kappa, [], Support(rough.kappa, (), (), (), settled=False)

    monkeypatch.setattr("polytope_nn.search.cones.losses.precise._newton", astray)
    D = drawn(loss, "none", "constant", n=20)
    near, best = best_dual(D), nearest_float(optimum(D).value)
    dual = nearest_float(-D.loss.conjugate(near.kappa))
    assert -1e-12 * best <= best - dual <= 1e-7 * best


@pytest.mark.parametrize("loss", ["absolute", "squared_hinge"])
def test_what_climbing_misses_trees_find(loss, monkeypatch):
    """From one direction, or from none, the dual point is as near as from thousands."""
    D = drawn(loss, "none", "constant")
    best = nearest_float(optimum(D).value)
    for few in (lambda p, all_=separation.spread: all_(p)[:1], lambda _: []):
        for module in (priced, pool):
            monkeypatch.setattr(module, "spread", few)
        near = best_dual(D)
        dual = nearest_float(-D.loss.conjugate(near.kappa))
        assert -1e-12 * best <= best - dual <= 1e-8 * best


def test_a_gap_with_a_free_bias_beyond_the_list_is_the_distance():
    random = Random("teacher")  # noqa: S311 - reproducible data
    X = [[Fraction(random.randint(-99, 99), 10) for _ in range(2)] for _ in range(12)]
    noise = [Fraction(random.randint(-9, 9), 10) for _ in X]
    y = [
        max(a - b + 3, 0) - max(1 - a - 2 * b, 0) + t
        for (a, b), t in zip(X, noise, strict=True)
    ]
    D = TrainingProblem(X, y, beta=9, bias="free")
    net = Network.of((1, [1, 0, 1]), (-1, [0, 1, 0]))
    found = _by_cones(D, net, None)
    assert nearest_float(found.dual) == pytest.approx(
        nearest_float(optimum(D).value), rel=1e-9
    )
    assert nearest_float(found.value) <= nearest_float(residual_gap(D, net).value)


def test_a_point_of_a_graph_is_found_by_its_sum():
    """z - kappa = s on the graph of Huber's loss: each piece, and its ends."""
    row = huber(Fraction(2), Fraction(1), Fraction(1, 2))
    for s in (-3, 1, 1.5, 2, 2.25, 4):
        z, t, _ = _on(row, s, 1.0)
        assert z - t == pytest.approx(s)
        assert t == pytest.approx(max(-0.5, min(0.5, 2 - z)))
    row = quantile(
        Fraction(1), Fraction(1), Fraction(1, 4)
    )  # kappa in [-3/4, 1/4], a jump at 1
    assert _on(row, 1.0, 1.0)[:2] == (1.0, 0.0)
    assert _on(row, 3.0, 1.0)[:2] == (2.25, -0.75)
    assert _on(row, 0.0, 1.0)[:2] == (0.25, 0.25)


def test_entries_at_an_end_of_the_domain_stay_there():
    D = TrainingProblem([[1], [2], [3]], [1, -1, 1], beta=1, loss="hinge", skip="constant")
    tiny = Fraction(1, 1 << 50)
    assert beside(D, (1 - tiny, -1 + tiny, tiny)) == (1, -1, 0)
    half = Fraction(1, 2)
    kappa = beside(D, (half + tiny, -1, half))
    assert sum(kappa) == 0
    assert kappa[1] == -1


def test_no_direction_is_missed_that_a_tree_beside_the_neurons_finds():
    """Climbing and a rough tree left one 1.4e-3 above beta here: no faces were tied there."""
    random = Random(21)  # noqa: S311 - reproducible data
    n = random.choice([25, 30, 40])
    X = [[random.randint(-9, 9) for _ in range(3)] for _ in range(n)]
    y = [random.randint(-9, 9) for _ in X]
    D = TrainingProblem(X, y, beta=12, loss="absolute", bias="penalised", skip="constant")
    searched = _Searched(D)
    rough = searched.pooled(CONES // 2, 1e-6)
    for side in (1, -1):
        form = searched.floats.at(rough.kappa).turned(side)
        known = [t for s, t in zip(rough.signs, rough.tops, strict=True) if s == side]
        assert all(top.value < 1 + 2e-4 for top in maxima(form, 1e-6, known))
