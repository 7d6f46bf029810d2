"""The certified gap of float networks: n = 100, d = 3, m = 50 and n = 30, d = 5."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import Network, TrainingProblem
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.networks.gap import residual_gap as gap


def trained(n, d, m, steps):
    """A problem of decimals with two digits, and weights after gradient descent."""
    rng = np.random.default_rng(0)
    X = np.rint(rng.normal(size=(n, d)) * 100).astype(int)
    y = np.rint(rng.normal(size=n) * 100).astype(int)
    D = TrainingProblem(
        [[Fraction(int(t), 100) for t in x] for x in X],
        [Fraction(int(t), 100) for t in y],
        beta="1/10",
    )
    W, alpha = rng.normal(size=(m, d)) * 0.3, rng.normal(size=m) * 0.3
    rows, labels = X / 100, y / 100
    for _ in range(steps):
        Z = rows @ W.T
        r = np.maximum(Z, 0) @ alpha - labels
        down_W = ((r[:, None] * alpha) * (Z > 0)).T @ rows + 0.1 * W
        alpha = alpha - (np.maximum(Z, 0).T @ r + 0.1 * alpha) / (10 * n)
        W = W - down_W / (10 * n)
    return D, Network.from_arrays(W, alpha)


@pytest.mark.parametrize("n, d, m", [(100, 3, 50), (30, 5, 50)])
def test_gap_of_a_trained_network(benchmark, n, d, m):
    D, net = trained(n, d, m, 3000)
    found = benchmark.pedantic(gap, (D, net), rounds=2)
    assert 0 < found.value < found.primal
    benchmark.extra_info["topes"] = len(arrangement(D.design))
    benchmark.extra_info["gap"] = float(found.value)
