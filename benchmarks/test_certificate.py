"""Checking beside finding: seconds, bytes, and bytes per vertex.

Acceptance is asserted, times are reported: ``finding`` is optimum, vertices, staircase and
the trees of the certificate; checking the text should cost at most a fifth of it.
"""

from fractions import Fraction
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.certificate import check
from polytope_nn.certificate.certify import staircase_certificate
from polytope_nn.certificate.enclosures import instance_of
from polytope_nn.certificate.format import canonical
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.checker.claims.dual import topes
from polytope_nn.geometry.arrangement import arrangement

GOLDEN = Path(__file__).parents[1] / "proofs" / "golden"


def cross(d):
    return [[s * (i == j) for j in range(d)] for i in range(d) for s in (1, -1)]


PARTS = {
    "cross 4, parts of 5": (4, 5, [1, 2, 3, 2]),
    "cross 4, parts of 9": (4, 9, [4, 2, 5, 3]),
    "cross 5, 1278 vertices": (5, 6, [5, 1, 3, 5, 3]),
    "cross 5, 2636 vertices": (5, 6, [4, 2, 4, 5, 4]),
    "cross 5, 5102 vertices": (5, 6, [2, 4, 3, 4, 2]),
}


@pytest.mark.parametrize("case", PARTS.values(), ids=PARTS)
def test_vertices(benchmark, case):
    d, whole, parts = case
    fit = [Fraction(z) for p in parts for z in (p, whole - p)]
    D = TrainingProblem(cross(d), [z + 1 for z in fit], beta_squared=d)
    start = perf_counter()
    P = optimal_polytope(optimum(D))
    certificate = staircase_certificate(P, staircase(P))
    text = certificate.to_json()
    finding = perf_counter() - start
    benchmark(check.check, text)
    benchmark.extra_info["vertices"] = len(P.vertices)
    benchmark.extra_info["bytes"] = len(text)
    benchmark.extra_info["bytes per vertex"] = round(len(text) / len(P.vertices))
    benchmark.extra_info["finding s"] = round(finding, 3)
    if benchmark.stats:
        checking = benchmark.stats["min"]
        benchmark.extra_info["checking / finding"] = round(checking / finding, 3)


@pytest.mark.parametrize("n, d", [(10, 4), (17, 4), (45, 3)])
def test_patterns(benchmark, n, d):
    X = np.random.default_rng(n).integers(-99, 100, (n, d)).tolist()
    start = perf_counter()
    H = arrangement(X)
    tree, _ = pattern_tree(H)
    finding = perf_counter() - start
    data = {"X": [[str(t) for t in x] for x in X], "y": ["0"] * n}
    data |= {"weights": ["1"] * n, "beta_squared": "1"}
    D = instance_of(data)

    def count():
        return sum(1 for _ in topes(D, D.chart(None), len(H), tree))

    assert benchmark(count) == len(H)
    size = len(canonical(tree))
    benchmark.extra_info["patterns"] = len(H)
    benchmark.extra_info["bytes per pattern"] = round(size / len(H))
    benchmark.extra_info["finding s"] = round(finding, 3)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_golden(benchmark, path):
    text = path.read_text(encoding="ascii")
    benchmark(check.check, text)
    benchmark.extra_info["bytes"] = len(text)
