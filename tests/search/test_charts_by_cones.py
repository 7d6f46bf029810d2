"""A free bias without a list of patterns: trees of cones, one for each chart."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum
from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.optimum import verified
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.report.free_part import page
from polytope_nn.report.text import patterns_of
from polytope_nn.search import enclosing, field_guess, finding
from polytope_nn.search.cones.asked import in_floats
from polytope_nn.search.cones.feasible import cone_feasibility
from polytope_nn.search.cones.losses.precise import squared
from polytope_nn.search.cones.many import has_many_patterns
from polytope_nn.search.cones.pools import kinks
from polytope_nn.search.cones.pools.kinks import at_best_kinks
from polytope_nn.search.cones.solving import (
    found_by_signs,
    proved_by_cones,
    proved_by_tree,
)

HALF = Fraction(1, 2)


def drawn(seed, n, d, skip, beta=1):
    """Return random samples; with the seed the optimum has flats, or opposite atoms."""
    random = Random(seed)  # noqa: S311 - test data
    X = [[Fraction(random.randint(-30, 30), 10) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-3, 3) for _ in range(n)]
    weights = [random.randint(1, 3) for _ in range(n)]
    return TrainingProblem(X, y, beta=beta, weights=weights, bias="free", skip=skip)


def by_cones(monkeypatch, D):
    for room in (finding, enclosing, field_guess):
        monkeypatch.setattr(room, "has_many_patterns", lambda _: True)
    return finding.optimum(D)


@pytest.mark.parametrize(
    "D",
    [
        drawn(1, 7, 1, "none", HALF),
        drawn(2, 8, 2, "none"),
        drawn(3, 8, 2, "constant"),
        drawn(4, 8, 2, "linear"),
        drawn(5, 7, 2, "affine", HALF),
        drawn(6, 5, 3, "none"),
    ],
    ids=["line", "none", "constant", "linear", "affine", "space"],
)
def test_they_agree_with_patterns(monkeypatch, D):
    listed = optimum(D)
    O = by_cones(monkeypatch, D)
    assert (listed.dual_proof, O.dual_proof) == ("patterns", "cones")
    assert (O.level, O.rank) == (listed.level, listed.rank)
    assert [a.key for a in O.atoms] == [a.key for a in listed.atoms]
    assert float(O.value) == pytest.approx(float(listed.value), rel=1e-12)
    assert len(O.cones) == len(set(D.X))
    assert patterns_of(O) == f"dual feasible by {sum(p.leaves for p in O.cones)} cones"


def test_an_exact_kappa_is_proved_chart_by_chart():
    D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    kappa = tuple(map(Fraction, (0, -1, 1)))
    O, known = proved_by_tree(D, kappa), verified(D, kappa)
    assert (O.atoms, O.weights, O.value) == (known.atoms, known.weights, known.value)
    with pytest.raises(NotOptimal, match="not dual feasible"):
        proved_by_tree(D, tuple(2 * t for t in kappa))
    with pytest.raises(NotOptimal, match="free column"):
        proved_by_cones(D, tuple(map(Fraction, (0, -1, 2))))
    assert (
        found_by_signs(D) is None
    )  # which are of neurons whose length is that of all of u


def test_which_problems_have_many_patterns():
    rows = [[k, k * k] for k in range(99)]
    assert has_many_patterns(TrainingProblem(rows, [1] * 99, beta=1, bias="free"))
    few = TrainingProblem(rows[:30], [1] * 30, beta=1, bias="free")
    assert not has_many_patterns(few)


def test_certificates_of_charts_are_by_cones(monkeypatch):
    O = by_cones(monkeypatch, drawn(2, 8, 2, "none"))
    P = optimal_polytope(O)
    C = certify(P)
    assert (C.kind, len(C.claim("atoms")["list"])) == ("cones", len(O.atoms))
    lines = page(uniqueness(P), None, "no widths", {})
    assert lines[1].startswith(f"{patterns_of(O)}, atoms {len(O.atoms)}, ")


def test_the_best_kink_is_the_best_of_all():
    D = drawn(7, 9, 2, "none")
    weights = tuple(1 / t for t in D.inverse_weights)
    floats, _ = in_floats(squared(D, D.y, weights))
    kappa = floats.projected(floats.y)
    W = np.array([[1.0, 0.0], [0.6, -0.8], [-0.28, 0.96]])
    U, values = at_best_kinks(floats, kappa, W)
    X = floats.X
    for w, u, value in zip(W, U, values, strict=True):
        at = -(X[:, :2] @ w) / X[:, 2]
        every = [kappa @ np.maximum(X @ [*w, t], 0) for t in at]
        assert value == pytest.approx(max(every), abs=1e-12)
        assert kappa @ np.maximum(X @ u, 0) == pytest.approx(value, abs=1e-12)


def test_opposite_maxima_are_looked_at(monkeypatch):
    # X'kappa = 0: the opposite of every maximum is one
    D = drawn(8, 9, 2, "affine")
    floats, _ = in_floats(squared(D, D.y, tuple(1 / t for t in D.inverse_weights)))
    kappa = floats.projected(floats.y)
    one = np.array([[-0.96, 0.28], [-0.96, 0.28]])  # from where both signs climb
    monkeypatch.setattr(kinks, "_spread", lambda _: one)
    for side in (1, -1):
        found = kinks.maxima_at_kinks(floats, kappa, side, 0.9, [])
        ends = {tuple(np.round(top.p / top.value, 6) + 0.0) for top in found}
        assert len(ends) == 2
        assert ends == {tuple(-t + 0.0 for t in w) for w in ends}


@pytest.mark.parametrize(("seed", "skip"), [(2, "none"), (8, "linear"), (7, "affine")])
def test_trees_of_the_charts_find_what_climbing_misses(monkeypatch, seed, skip):
    D = drawn(seed, 8, 2, skip)
    floats, _ = in_floats(squared(D, D.y, tuple(1 / t for t in D.inverse_weights)))
    every = kinks.supported_at_kinks(floats)
    one = np.array([[1.0, 0.0]])
    monkeypatch.setattr(kinks, "_spread", lambda _: one)
    monkeypatch.setattr(kinks, "_beside", lambda W, _: W)
    missed = kinks.supported_at_kinks(floats)
    assert np.abs(missed.kappa - every.kappa).max() > 1
    found = kinks.supported_at_kinks(floats, by_charts=True)
    assert found.kappa == pytest.approx(every.kappa, abs=1e-3)
    listed = optimum(D)  # by patterns, another road
    O = by_cones(monkeypatch, D)
    assert (O.dual_proof, O.rank) == ("cones", listed.rank)
    assert [a.key for a in O.atoms] == [a.key for a in listed.atoms]


def test_balls_that_exceed_beta_are_told_at_once():
    rows = tuple(tuple(map(Fraction, x)) for x in ([1, 0], [0, 1], [1, 1]))
    two = Ball.from_interval(Fraction(2), 2 + Fraction(1, 10**30), 200)
    form = cone_form(rows, (two,) * 3, Fraction(1))
    # the most is 4 (u_1 + u_2), in the direction of (1, 1): 4 sqrt(2) = 1 + 4.66
    with pytest.raises(
        Undecided, match=r"missed, in which kappa exceeds beta by 4\.7e\+00 "
    ):
        cone_feasibility(form)
