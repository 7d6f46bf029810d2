"""Quadratic bounds of a form: above every value, of any dimension, and not far from the largest."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.dual.cone_form import cone_form
from polytope_nn.exact.scalar import dot, nearest_float
from polytope_nn.networks.distance import gap
from polytope_nn.networks.gap import dual_bound, residual_gap
from polytope_nn.networks.network import Network
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.scaling import multiples
from polytope_nn.search.cones.scaling.multiples import multiple_by_levels
from polytope_nn.search.cones.scaling.quadratic import QuadraticBound, quadratic_bound


def drawn(n, d, *, free_bias=False, scale=1):
    random = Random(f"quadratic {n} {d} {free_bias}")  # noqa: S311 - reproducible data
    X = [[random.randint(-9, 9) * Fraction(scale) for _ in range(d)] for _ in range(n)]
    X[1] = [-t for t in X[0]]  # opposite rows are one
    kappa = [Fraction(random.randint(-20, 20), 7) for _ in X]
    if free_bias:
        kappa[-1] -= sum(kappa)
    return tuple(map(tuple, X)), tuple(kappa)


@pytest.mark.parametrize("scale", [1, Fraction(1, 10**12), 10**12])
@pytest.mark.parametrize("n, d", [(1, 1), (8, 2), (9, 3)])
def test_it_is_above_the_largest_value_that_patterns_show(n, d, scale):
    X, kappa = drawn(max(n, 2), d, scale=scale)
    found = quadratic_bound(cone_form(X, kappa, Fraction(4)))
    D = TrainingProblem(X, [1] * len(X), beta=2)
    largest = dual_bound(D.design, kappa, D.beta_squared, D.charts[0].arrangement).square
    assert largest * (1 - Fraction(1, 10**6)) <= found.square <= 40 * largest


def test_with_a_free_bias_it_is_above_the_value_of_every_neuron():
    X, kappa = drawn(9, 2, free_bias=True)
    found = quadratic_bound(cone_form(X, kappa, Fraction(4), free_bias=True))
    random = Random("neurons")  # noqa: S311 - reproducible data
    for _ in range(200):
        w = [random.randint(-9, 9) for _ in range(2)]
        k = random.randrange(9)
        t = -dot(X[k], w)  # a kink: the largest of the w is at one
        value = sum(a * max(dot(x, w) + t, 0) for a, x in zip(kappa, X, strict=True))
        assert value * value <= found.square * dot(w, w)


def test_levels_end_below_it_and_where_dimensions_are_many_it_stands(monkeypatch):
    X, kappa = drawn(20, 3)
    form = cone_form(X, kappa, Fraction(400))
    rough = quadratic_bound(form)
    near = multiple_by_levels(form, kappa)
    assert near.square < rough.square
    monkeypatch.setattr(multiples, "_DIMENSION", 2)
    stood = multiple_by_levels(form, kappa)
    assert isinstance(stood.proof, QuadraticBound)
    assert near.scale > stood.scale
    assert stood.scale**2 * stood.square <= 400


def test_a_gap_of_many_features_is_bounded_and_that_of_few_by_levels():
    random = Random("many")  # noqa: S311 - reproducible data
    for n, d in ((40, 9), (60, 3)):
        X = [[Fraction(random.randint(-9, 9)) for _ in range(d)] for _ in range(n)]
        y = [Fraction(random.randint(-9, 9)) for _ in X]
        D = TrainingProblem(X, y, beta=20)
        net = Network.of((1, [1, *[0] * (d - 1)]))
        found = gap(D, net) if d > 7 else residual_gap(D, net)
        assert found.dual_point == "residual"
        assert 0 < nearest_float(found.dual) < nearest_float(found.primal)
