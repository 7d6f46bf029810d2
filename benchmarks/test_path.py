"""Paths between random optimal networks of polytopes with many vertices."""

import pytest

from polytope_nn import Limits, TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.networks.membership import solution
from polytope_nn.paths.path import Path, path
from tests.landscape.planted import random_network, seeded


def cross(k):
    """Rows +-e_1 .. +-e_k, kappa = 1: 2^k atoms of rank k + 1, with a random fit."""
    X = [[s * (i == j) for j in range(k)] for i in range(k) for s in (1, -1)]
    kappa = [1] * (2 * k)
    atoms = optimum(TrainingProblem(X, [5] * (2 * k), beta_squared=k), kappa=kappa).atoms
    rng = seeded(2)
    c = [rng.randint(0, 5) for _ in atoms]
    fit = [
        sum(x * a.feature[j] for x, a in zip(c, atoms, strict=True)) for j in range(2 * k)
    ]
    D = TrainingProblem(X, [1 + z for z in fit], beta_squared=k)
    return optimal_polytope(optimum(D, kappa=kappa), limits=Limits(vertices=200_000))


@pytest.fixture(scope="module", params=[4, 5])
def polytope(request):
    return cross(request.param)


def test_paths(benchmark, polytope):
    P = polytope
    rng = seeded(1)
    m = staircase(P).threshold
    pairs = [
        [random_network(P, m, rng) for _ in range(2)]
        for _ in range(20 if len(P.vertices) < 1000 else 2)
    ]

    def every():
        return [path(P, a, b, m) for a, b in pairs]

    found = benchmark.pedantic(every, rounds=3, warmup_rounds=1)
    assert all(isinstance(x, Path) for x in found)
    benchmark.extra_info["vertices"] = len(P.vertices)
    benchmark.extra_info["paths"] = len(pairs)
    benchmark.extra_info["most lines"] = max(len(x.moves) for x in found)


def test_separations(benchmark, polytope):
    P = polytope
    m = P.m_star
    v = min(P.vertices, key=lambda v: sum(x != 0 for x in v))
    a = solution(P, v, m)
    found = benchmark(path, P, a, a.permuted([*range(1, m), 0]), m)
    assert not found
