"""The table of sizes that people have: bias, skip and loss of 70 to 300 measured samples.

Each row is one optimum, found and proved; its output says what proved it, and how many atoms
there are. Times are only reported; a row that is not had within its seconds of CPU says so.
Run all of it: pytest benchmarks/test_any_size.py -m deep --benchmark-group-by=func.
"""

import signal
from fractions import Fraction
from itertools import product
from math import isqrt

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimum

BIASES, SKIPS = ("none", "penalised", "free"), ("none", "constant", "affine")
LOSSES = ("squared", "hinge", "logistic", "absolute")
SECONDS = 120
ROWS = list(product((70, 150, 300), (2, 3), BIASES, SKIPS, LOSSES))
FAST = (70, 2, "none", "none", "squared")


def measured(n, d, bias, skip, loss):
    """Return normal samples of two digits, the labels those of 4 neurons with noise."""
    rng = np.random.default_rng(0)
    X = np.rint(rng.normal(size=(n, d)) * 100).astype(int)
    W, alpha = rng.normal(size=(4, d)), rng.normal(size=4)
    z = np.maximum(X / 100 @ W.T, 0) @ alpha + 0.1 * rng.normal(size=n)
    signs = [1 if t > np.median(z) else -1 for t in z]
    decimals = [Fraction(round(100 * t), 100) for t in z]
    return TrainingProblem(
        [[Fraction(int(t), 100) for t in row] for row in X],
        signs if loss in {"hinge", "logistic"} else decimals,
        beta=Fraction(isqrt(n * 10**4), 2000),
        bias=bias,
        skip=skip,
        loss=loss,
    )


def stop(*_given):
    raise TimeoutError


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=() if row == FAST else pytest.mark.deep) for row in ROWS],
    ids=lambda row: "-".join(map(str, row)),
)
@pytest.mark.benchmark(group="any size: bias, skip, loss")
def test_any_size(benchmark, row):
    D = measured(*row)
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        O = benchmark.pedantic(optimum, (D,), rounds=1)
        benchmark.extra_info["proof"] = f"{O.level} by {O.dual_proof}"
        benchmark.extra_info["atoms"] = len(O.atoms)
        assert all(float(c) > 0 for c in O.weights)
    except TimeoutError:
        benchmark.extra_info["proof"] = f"none within {SECONDS} s"
        pytest.skip(f"not within {SECONDS} s of CPU")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
