"""Topes per second by splitting; cdd's search beside it on a small one.

Counts are asserted, times are reported.
"""

from itertools import combinations, product

import numpy as np
import pytest

from polytope_nn.exact.rational import matrix
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.cdd import patterns_by_cdd
from polytope_nn.geometry.region_count import region_count
from polytope_nn.problems.units.gauges import rays_of_cells
from polytope_nn.problems.units.thresholds import threshold_patterns


def general(n, d):
    return np.random.default_rng(n).integers(-99, 100, (n, d)).tolist()


def braid(n):
    return [[(k == i) - (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]


CASES = {
    "general 50 x 3": general(50, 3),
    "general 40 x 4": general(40, 4),
    "general 30 x 5": general(30, 5),
    "general 16 x 6": general(16, 6),
    "braid 8": braid(8),
    "threshold 4": [(1, *x) for x in product((0, 1), repeat=4)],
    "all 0/1 vectors 5": [x for x in product((0, 1), repeat=5) if any(x)],
}


@pytest.mark.parametrize("X", CASES.values(), ids=CASES)
def test_splitting(benchmark, X):
    H = benchmark(arrangement, X)
    assert len(H) == H.count
    benchmark.extra_info["topes"] = len(H)
    if benchmark.stats:
        benchmark.extra_info["topes/s"] = round(len(H) / benchmark.stats["min"])


@pytest.mark.parametrize("X", CASES.values(), ids=CASES)
def test_splitting_patterns_and_walls(benchmark, X):
    def everything():
        H = arrangement(X)
        return H.patterns, H.walls

    patterns, walls = benchmark(everything)
    assert len(patterns) == len(walls) == region_count(X)


@pytest.mark.parametrize("X", CASES.values(), ids=CASES)
def test_counting(benchmark, X):
    assert benchmark(region_count, X) == len(arrangement(X))


def test_search_by_cdd(benchmark):
    X = general(12, 3)
    patterns = benchmark.pedantic(patterns_by_cdd, (X,), rounds=1)
    assert patterns == arrangement(X).patterns


@pytest.mark.parametrize("name", ["l1", "linf"])
def test_cells_of_a_norm(benchmark, name):
    """A cell is the hull of its rays; its opposite is one too."""
    rays, cells = benchmark(rays_of_cells, name, matrix(general(27, 4)))
    place = {u: i for i, u in enumerate(rays)}
    opposite = [place[tuple(-t for t in u)] for u in rays]
    assert {tuple(sorted(opposite[i] for i in cell)) for cell in cells} == {*cells}


def test_patterns_of_thresholds(benchmark):
    X = matrix(general(35, 4))
    found = benchmark(threshold_patterns, X, closed=False)
    assert len(found) == region_count(X) + 1  # in general position; and none at 0
