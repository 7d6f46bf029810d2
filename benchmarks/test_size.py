"""Large data and large polytopes: answers asserted equal or true, times only reported.

Partial answers where the vertices of P are too many, one feature and many samples, full proofs
by trees of cones, vertices in branches. Run: make bench.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.unlisted.branches import vertices_on
from polytope_nn.limits import Limits
from polytope_nn.search.cone_search import found_by_cones

from .test_vertices import birkhoff_system, random_slice, reference


def integers(n, d, seed=1):
    """Random data with integers up to 5, and beta = 1."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-5, 6, size=(n, d))
    y = rng.integers(-5, 6, size=n)
    return TrainingProblem(X.tolist(), y.tolist(), beta=1)


SIZES = [(30, 3), pytest.param(40, 3, marks=pytest.mark.deep),
         pytest.param(30, 4, marks=pytest.mark.deep)]  # fmt: skip


@pytest.mark.parametrize("n, d", SIZES)
@pytest.mark.benchmark(group="too many vertices: what is proved, and its certificate")
def test_partial_answers(benchmark, n, d):
    def answered():
        P = optimal_polytope(integers(n, d))
        return P, certify(P)

    P, C = benchmark.pedantic(answered, rounds=1)
    assert P.is_unlisted
    assert C.claim("bounds")["connected_from"] == P.connected_from == P.used_rank + 1
    assert P.m_star_at_most <= P.M_star_at_least <= P.used_rank
    benchmark.extra_info["vertices, about"] = P.unlisted.estimate.value
    benchmark.extra_info["vertices, proved"] = len(P.some_vertices)


@pytest.mark.benchmark(group="too many vertices: what is proved, and its certificate")
def test_what_is_said_without_the_list_is_true_of_it(benchmark):
    """18 samples: 402 vertices are listed, and their number is said without the list."""
    O = optimum(integers(18, 3))
    whole = optimal_polytope(O)
    few = benchmark.pedantic(
        lambda: optimal_polytope(O, limits=Limits(vertices=10)), rounds=1
    )
    assert few.used_rank == whole.used_rank
    assert few.dim == whole.dim
    assert few.is_unlisted
    assert few.m_star_at_most >= whole.m_star
    assert few.connected_from >= whole.staircase.threshold
    assert 9 / 10 < few.unlisted.estimate.value / whole.n_vertices < 11 / 10
    benchmark.extra_info["estimate"] = few.unlisted.estimate.value
    benchmark.extra_info["vertices"] = whole.n_vertices


@pytest.mark.parametrize("n", [100, 300])
@pytest.mark.benchmark(group="one feature")
def test_one_feature(benchmark, n):
    rng = np.random.default_rng(0)
    x = rng.integers(-99, 100, size=n)
    y = 3 * np.abs(x) + rng.integers(-9, 10, size=n)
    D = TrainingProblem(x[:, None].tolist(), y.tolist(), beta=100)
    O = benchmark.pedantic(optimum, (D,), rounds=1)
    assert O.level == "exact"
    assert len(O.atoms) == 2


@dataclass(frozen=True)
class Teacher:
    """Normal samples rounded to two digits, labels of 4 neurons with noise, beta = f sqrt n."""

    n: int
    d: int

    @cached_property
    def drawn(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(self.n, self.d))
        W, alpha = rng.normal(size=(4, self.d)), rng.normal(size=4)
        y = np.maximum(X @ W.T, 0) @ alpha + 0.1 * rng.normal(size=self.n)
        return [[[Fraction(round(100 * t), 100) for t in row] for row in M]
                for M in (X, y[:, None])]  # fmt: skip

    @property
    def rows(self):
        return tuple(map(tuple, self.drawn[0]))

    @property
    def y(self):
        return tuple(t for (t,) in self.drawn[1])

    @property
    def weights(self):
        return (Fraction(1),) * self.n

    columns, free_bias = (), False

    @property
    def beta_squared(self):
        return Fraction(isqrt(self.n * 10**4), 2000) ** 2


LARGER = [
    pytest.param(*size, marks=pytest.mark.deep) for size in [(200, 3), (1000, 3), (200, 4)]
]
CONES = [(30, 3), pytest.param(50, 3, marks=pytest.mark.deep), *LARGER]


@pytest.mark.parametrize("n, d", CONES)
@pytest.mark.benchmark(group="dual feasibility with all atoms by trees of cones")
def test_full_proof_by_cones(benchmark, n, d):
    O = benchmark.pedantic(found_by_cones, (Teacher(n, d),), rounds=1)
    assert O.level == "interval"
    assert len(O.atoms) >= d
    if n <= 50:  # the proof by patterns has the same atoms
        D = TrainingProblem(
            Teacher(n, d).rows, Teacher(n, d).y, beta_squared=Teacher(n, d).beta_squared
        )
        assert [a.key for a in optimum(D).atoms] == [a.key for a in O.atoms]
    benchmark.extra_info["atoms"] = len(O.atoms)
    benchmark.extra_info["leaves"] = O.proof.leaves


@pytest.mark.parametrize("n, d", [(70, 3), *LARGER])
@pytest.mark.benchmark(
    group="certify without patterns: kappa in balls, all atoms, certificate"
)
def test_certify_by_cones(benchmark, n, d):
    T = Teacher(n, d)
    D = TrainingProblem(T.rows, T.y, beta_squared=T.beta_squared)
    C = benchmark.pedantic(certify, (D,), rounds=1)
    assert C.kind in {"cones", "cones_unlisted"}
    benchmark.extra_info["atoms"] = len(C.claim("atoms")["list"])
    benchmark.extra_info["bytes"] = len(C.to_json())


@pytest.mark.parametrize(
    "A, b",
    [random_slice(8, 20), birkhoff_system(4), birkhoff_system(5)],
    ids=["8x20", "B4", "B5"],
)
@pytest.mark.benchmark(group="vertices in branches, on threads")
def test_vertices_in_branches(benchmark, A, b):
    with ThreadPoolExecutor(2) as executor:
        found = benchmark.pedantic(vertices_on, (executor, A, b), rounds=1)
    assert found == slice_vertices(A, b)
    assert sorted(found) == reference(A, b)
