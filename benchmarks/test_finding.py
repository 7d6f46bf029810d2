"""Finding dual optima of random data: integer entries up to 5, beta in 1/10, 1/2, 1, 2.

One round solves a batch of instances; the median and the worst of the batch are in
``extra_info``, with how many were decided and at which level. Every answer is checked for
what holds of all of them (T5: the atoms touch; ``m* <= M* <= r <= n``), no time is.
"""

from collections import Counter
from fractions import Fraction
from functools import cache
from random import Random
from statistics import median
from time import process_time

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum

SHAPES = [(8, 2), (10, 2), (7, 3), (12, 3), (40, 2)]
COUNT = 20


@cache
def instances(n, d):
    random = Random(f"{n}, {d}")  # noqa: S311 - test data
    found = []
    for _ in range(COUNT):
        X = [[random.randint(-5, 5) for _ in range(d)] for _ in range(n)]
        y = [random.randint(-5, 5) for _ in range(n)]
        beta = random.choice([Fraction(1, 10), Fraction(1, 2), 1, 2])
        found.append(TrainingProblem(X, y, beta=beta))
    return found


def solve(problems):
    """The level and the seconds of each instance, Undecided among the levels."""
    found = []
    for D in problems:
        begin = process_time()
        try:
            O = optimum(D)
        except Undecided:
            found.append(("undecided", process_time() - begin))
            continue
        found.append((O.level, process_time() - begin))
        gains = [
            sum(float(k) * float(z) for k, z in zip(O.kappa, a.feature, strict=True))
            for a in O.atoms
        ]
        assert all(abs(t / float(D.beta_squared) - 1) < 1e-9 for t in gains)
        assert len(O.bounds[0]) == 2 * len(O.arrangement)
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.benchmark(group="dual optima of random data")
def test_optimum(benchmark, batch, shape):
    found = benchmark.pedantic(solve, (batch(instances(*shape)),), rounds=1)
    levels = Counter(level for level, _ in found)
    assert levels["undecided"] <= COUNT // 20
    seconds = [t for _, t in found]
    benchmark.extra_info |= {
        **levels,
        "median s": round(median(seconds), 3),
        "worst s": round(max(seconds), 3),
    }


@pytest.mark.parametrize("shape", SHAPES[:-1], ids=str)
@pytest.mark.benchmark(group="staircases of random data, beside their optima")
def test_staircase(benchmark, batch, shape):
    optima = [optimum(D) for D in batch(instances(*shape))]

    def stairs():
        return [staircase(optimal_polytope(O)) for O in optima]

    found = benchmark.pedantic(stairs, rounds=1)
    for S in found:
        assert S.m_star <= S.M_star <= S.rank <= S.n
        assert S.threshold <= S.bound
    benchmark.extra_info["vertices"] = sum(len(S.sizes) for S in found)


@pytest.mark.parametrize("one_size", [False, True], ids=["mixed", "one size"])
@pytest.mark.benchmark(group="the merge tree of 10000 vertices, for all widths")
def test_merge_tree(benchmark, one_size):
    random = Random(0)  # noqa: S311 - test data
    supports = set()
    while len(supports) < 10_000:
        size = 5 if one_size else random.randint(3, 9)
        supports.add(sum(1 << i for i in random.sample(range(40), size)))
    tree = benchmark.pedantic(merge_tree, (sorted(supports),), rounds=1)
    assert len(tree) == len(supports) - 1
