"""Several outputs on random rows of two digits: the optimum, and its certificate.

Labels are of two neurons with noise; accepted certificates are asserted, times are reported.
"""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimal_set
from polytope_nn.certificate import check
from polytope_nn.vector.certificate.claims import vector_certificate


def noisy(n, d, loss="squared"):
    """Return a problem of n decimal rows in R^d with two outputs."""
    rng = np.random.default_rng(0)
    X = np.rint(rng.normal(size=(n, d)) * 100)
    Z = np.maximum(X @ rng.normal(size=(d, 2)), 0) @ rng.normal(size=(2, 2))
    Y = np.rint(Z + 30 * rng.normal(size=Z.shape))

    def decimals(rows):
        return [[Fraction(int(t), 100) for t in row] for row in rows]

    return VectorProblem(decimals(X), decimals(Y), beta="2", loss=loss)


@pytest.mark.parametrize("n, d", [(25, 2), (50, 2), (14, 3)])
def test_optimum_of_random_rows(benchmark, n, d):
    P = benchmark.pedantic(lambda: vector_optimal_set(noisy(n, d)), rounds=1)
    assert P.level == "interval"
    benchmark.extra_info["topes"] = len(P.optimum.problem.arrangement)


@pytest.mark.parametrize("n, d", [(25, 2), (14, 3)])
def test_certificate_of_random_rows(benchmark, n, d):
    P = vector_optimal_set(noisy(n, d))
    found = benchmark.pedantic(lambda: vector_certificate(P), rounds=1)
    text = found.to_json()
    assert check.check(text) is None
    benchmark.extra_info["bytes"] = len(text)
