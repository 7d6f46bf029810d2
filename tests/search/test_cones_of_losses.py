"""Any separable loss by cones, pieces read from floats: the same answers as by patterns."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.search.cones import many
from polytope_nn.search.cones.growing import Allowance
from polytope_nn.search.cones.losses.precise import _Searched
from polytope_nn.search.cones.losses.priced import _beside
from polytope_nn.search.cones.pools.problem import Support
from polytope_nn.search.cones.pools.separation import exceeding, spread
from polytope_nn.search.cones.searching import maxima
from polytope_nn.search.cones.solving import found_by_signs

SIGNED = ("hinge", "squared_hinge", "logistic")
LOSSES = (*SIGNED, "absolute", {"kind": "huber", "delta": "1/2"}, "poisson")
KINDS = (("none", "none"), ("penalised", "constant"), ("none", "constant"))
CASES = [(loss, *KINDS[i % 3]) for i, loss in enumerate(LOSSES)]


def drawn(loss, bias, skip, n=10):
    random = Random(f"{loss} {bias} {skip}")  # noqa: S311 - reproducible data
    X = [[Fraction(random.randint(-99, 99), 10) for _ in range(2)] for _ in range(n)]
    z = [max(a - b + 2, 0) - max(-a - 2 * b, 0) + random.randint(-5, 5) for a, b in X]
    y = [1 if t > 0 else -1 for t in z] if loss in SIGNED else z
    if loss == "poisson":
        y = [abs(round(t)) for t in z]
    return TrainingProblem(X, y, beta=5, bias=bias, skip=skip, loss=loss)


@pytest.mark.parametrize("loss, bias, skip", CASES)
def test_cones_and_patterns_agree(loss, bias, skip, monkeypatch):
    D = drawn(loss, bias, skip)
    one = optimal_polytope(optimum(D))
    for name in ("_LISTED", "_LISTED_IN_MORE"):
        monkeypatch.setattr(many, name, 10)
    other = optimal_polytope(optimum(D))
    assert (one.optimum.dual_proof, other.optimum.dual_proof) == ("patterns", "cones")
    assert [a.key for a in one.atoms] == [a.key for a in other.atoms]
    assert one.supports == other.supports
    assert nearest_float(one.optimum.value) == pytest.approx(
        nearest_float(other.optimum.value), rel=1e-12
    )
    assert certify(other).kind in {"general_cones", "enclosed_cones"}
    assert certify(other).claim("widths") == certify(one).claim("widths")


def test_a_kappa_of_many_is_inside_of_its_face_though_equal_entries_are_optimal(
    monkeypatch,
):
    """The octahedron, fitted exactly by one neuron: kappa = 1/2 would press on all 8."""
    for name in ("_LISTED", "_LISTED_IN_MORE"):
        monkeypatch.setattr(many, name, 4)
    X = [[s * (i == j) for j in range(3)] for i in range(3) for s in (1, -1)]
    D = TrainingProblem(X, [5, 0] * 3, beta_squared=Fraction(3, 4), loss="absolute")
    half = (Fraction(1, 2),) * 6
    assert (len(optimum(D, kappa=half).atoms), found_by_signs(D).kappa) == (8, half)
    found = optimum(D)
    assert len(found.atoms) == 1
    assert found.kappa[::2] == half[:3]
    assert all(abs(t) < Fraction(1, 2) for t in found.kappa[1::2])


def _at_most_one(seed, n, dimension, **terms):
    """A problem in floats, and a kappa whose largest direction has the length 1."""
    random = np.random.default_rng(seed)
    X = random.integers(-9, 10, size=(n, dimension)).tolist()
    D = TrainingProblem(X, random.integers(-9, 10, size=n).tolist(), beta=1, **terms)
    floats, kappa = _Searched(D).floats, random.normal(size=n)
    highest = exceeding(floats, kappa, spread(floats), -0.9)
    return floats, kappa / max(top.value for _, top in highest)


@pytest.mark.parametrize("seed", range(4))
def test_neurons_of_another_kappa_hide_no_direction_above_beta(seed):
    """Longer at their own kappa, they prove nothing of this one."""
    floats, kappa = _at_most_one(seed, 12, 3, loss="absolute")
    stale = exceeding(floats, 1.5 * kappa, spread(floats), 0)
    signs, tops = zip(*stale, strict=True)
    known = Support(1.0005 * kappa, signs, tops, np.ones(len(stale)), settled=False)
    found = _beside(floats, known, Allowance(10**5))
    assert max(top.value for _, top in found) == pytest.approx(1.0005)


@pytest.mark.deep
def test_a_pool_goes_on_until_no_direction_exceeds_beta():
    """As many rounds as that takes; trees from nowhere see the same."""
    random = np.random.default_rng(0)
    n = int(random.integers(24, 50))
    X = [[f"{t:.1f}" for t in row] for row in random.normal(size=(n, 3))]
    y = [f"{t:.1f}" for t in random.normal(size=n)]
    D = TrainingProblem(X, y, beta="0.3", bias="penalised", loss="absolute")
    searched = _Searched(D)
    found = searched.pooled(500_000, 1e-6)
    assert found.above <= 1e-6
    form = searched.floats.of_masses(searched.floats.masses(found.kappa))
    every = (top.value for side in (1, -1) for top in maxima(form.turned(side), 1e-3))
    assert max(every) <= 1 + 1e-4
