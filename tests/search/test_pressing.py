"""The floating-point start: scaled problems, the conic program, what presses."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.dual.optimum import optimum
from polytope_nn.exact.rational import matrix
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.floats import Hints
from polytope_nn.search.pressing import ConicHint, float_kappa
from polytope_nn.search.scaled import ScaledProblem
from tests.oracles.worked import WORKED


def conic_of(D):
    hints = Hints(D.design, D.beta_squared)
    return ConicHint(hints, arrangement(D.design)), ScaledProblem(D, hints)


def start(D):
    conic, floats = conic_of(D)
    kappa, merged = float_kappa(conic, floats.labels, floats.weights)
    return conic, floats, kappa, merged


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_about_the_optimum(w):
    _, floats, kappa, _ = start(w.problem())
    near = floats.unscaled(kappa, np.zeros(0))
    assert max(abs(a - b) for a, b in zip(near, map(Fraction, w.kappa), strict=True)) < 1e-4


@pytest.mark.parametrize("labels", [1, 10**9])
def test_repeated_rows_act_as_one(labels):
    X = [[1, 2], [2, 4], [1, 2], [-1, 3], [0, 0]]
    y = [labels, labels, 3 * labels, -labels, 7]
    D = TrainingProblem(X, y, beta="1/10", weights=[1, 2, 3, 1, 1])
    conic, floats, kappa, merged = start(D)
    assert merged[1] == merged[2] == 0
    assert abs(merged[0] - kappa[:3].sum()) <= 1e-9 * abs(kappa[:3]).max()
    found = floats.hints.scaled([Fraction(float(t)) for t in optimum(D).kappa])
    assert np.abs(kappa - found).max() < 1e-4 * max(1, np.abs(found).max())
    assert conic.pressing(merged, 1 + 1e-4) == []


def test_pulls_exactly():
    random = Random(1)  # noqa: S311 - test data
    X = matrix([[random.randint(-9, 9) for _ in range(3)] for _ in range(7)])
    hints = Hints(X, Fraction(2))
    conic = ConicHint(hints, arrangement(X))
    kappa = [Fraction(random.randint(-99, 99), 50) for _ in X]
    rough = conic.pulls(hints.scaled(kappa))
    fine = conic.exact_pulls(kappa)
    assert np.abs(rough - fine).max() < 1e-12
    # large terms that cancel: rows 0 and 1 of one direction
    Y = (X[0], X[0], *X[2:])
    conic = ConicHint(Hints(Y, Fraction(2)), arrangement(Y))
    huge = [10**30 + kappa[0], -Fraction(10**30), *kappa[2:]]
    small = [kappa[0], Fraction(0), *kappa[2:]]
    assert np.abs(conic.exact_pulls(huge) - conic.exact_pulls(small)).max() == 0


def test_what_presses_is_sorted_and_long():
    D = WORKED[5].problem()
    conic, floats = conic_of(D)
    scaled = floats.hints.scaled([Fraction(t) for t in (1, 1, 1, 1, 1, 2)])
    found = conic.pressing(scaled, 1 + 1e-9)
    assert [f.length for f in found] == sorted((f.length for f in found), reverse=True)
    assert {f.sign for f in found} == {1}
    assert len(found) == 4  # the octants with the last row active
    assert conic.pressing(scaled, 10) == []


def test_scales():
    D = TrainingProblem(
        [[3, 4], [0, 0], [10**6, 0]], [5, 7, 10**6], beta=2, weights=[1, 1, 3]
    )
    _, floats = conic_of(D)
    assert floats.label_scale == 1
    assert floats.weight_scale == Fraction(1, 2)
    assert list(floats.labels) == [1, 7, 1]
    assert list(floats.weights) == [12.5, 0.5, 1.5e12]
    assert floats.unit <= Fraction(1, 10**5)
    kappa = floats.unscaled(np.array([1.0, 2.0, 3.0]), np.array([4.0]))
    assert kappa == (Fraction(2, 5), 4, Fraction(6, 10**6), 2)


def test_floats_that_fail_give_way():
    D = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta="1/2")
    _, floats = conic_of(D)
    nan, zero = np.full(2, np.nan), np.zeros(2)
    V = [np.eye(2)]
    assert (floats.nonnegative(V, nan) == 1).all()
    assert (floats.fitted(V, nan) == 1).all()
    assert floats.nonnegative([], zero).shape == floats.fitted([], zero).shape == (0,)
    # kappa = 0 makes the Jacobian singular; a wild start ends beyond floats
    assert floats.newton(V, zero, np.zeros(1)) is None
    with np.errstate(all="ignore"):
        assert floats.newton(V, np.full(2, 1e80), np.full(1, 1e80)) is None


def test_a_solver_that_fails_leaves_what_there_was(monkeypatch):
    monkeypatch.setattr(
        "polytope_nn.search.pressing._restricted", lambda *_: np.full(2, np.nan)
    )
    D = TrainingProblem([[1, 0], [0, 1]], [3, 4], beta=1)
    _, floats, kappa, _ = start(D)
    assert (kappa == floats.weights * floats.labels).all()
    assert optimum(D).level == "exact"  # Newton's method and the repairs are enough


def test_rounds_end(monkeypatch):
    monkeypatch.setattr("polytope_nn.search.pressing._ROUNDS", 1)
    w = next(w for w in WORKED if w.name == "octahedron")
    assert list(optimum(w.problem()).kappa) == w.kappa
