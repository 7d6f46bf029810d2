"""Optima with other losses and other units: random data, and planted data beside the squared loss.

One round solves a batch; the median and the worst are in ``extra_info``, with the levels. No
time is asserted; every answer's atoms are checked to touch, and its network to fit.
"""

from collections import Counter
from functools import cache
from random import Random
from statistics import median
from time import process_time

import pytest

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotInterpolable, Undecided
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.slot_complex import slot_complex
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum

COUNT = 10
SHAPES = [(8, 2), (10, 2), (12, 3)]
LOSSES = {
    "hinge": "hinge",
    "huber": {"kind": "huber", "delta": 1},
    "absolute": "absolute",
    "poisson": "poisson",
    "power 4": {"kind": "power", "p": 4},
}
UNITS = {
    "threshold": {"activation": "threshold"},
    "l1": {"penalty": "l1"},
    "gates": {},
    "leaky": {"activation": {"slopes": [1, "1/3"]}},
}


@cache
def instances(n, d, kind, unit=""):
    random = Random(f"{n}, {d}, {kind}, {unit}")  # noqa: S311 - test data
    found = []
    for _ in range(COUNT):
        X = [[random.randint(-5, 5) for _ in range(d)] for _ in range(n)]
        y = [random.randint(-5, 5) for _ in range(n)]
        if kind in {"logistic", "hinge"}:
            y = [1 if t > 0 else -1 for t in y]
        elif kind == "poisson":
            y = list(map(abs, y))
        fields = dict(UNITS.get(unit, {}))
        if unit == "gates":
            fields["gates"] = [[random.randint(0, 1) for _ in range(n)] for _ in range(6)]
        beta = random.choice(["1/10", "1/2", 1])
        loss = LOSSES.get(kind, kind)
        found.append(TrainingProblem(X, y, beta=beta, loss=loss, **fields))
    return tuple(found)


def solve(problems):
    """The level and the seconds of each instance, Undecided among the levels."""
    found = []
    for D in problems:
        begin = process_time()
        try:
            O = optimum(D)
            level = O.level
        except (Undecided, NotInterpolable) as reason:
            O, level = None, type(reason).__name__
        found.append((level, process_time() - begin))
        if isinstance(O, Optimum):
            assert all(float(c) >= 0 for c in O.weights)
            cost = [
                sum(float(k) * float(z) for k, z in zip(O.kappa, a.feature, strict=True))
                for a in O.atoms
            ]
            assert all(abs(t / cost[0] - 1) < 1e-9 for t in cost)
    return found


def told(benchmark, found):
    seconds = [t for _, t in found]
    benchmark.extra_info |= {
        **Counter(level for level, _ in found),
        "median s": round(median(seconds), 3),
        "worst s": round(max(seconds), 3),
    }


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.benchmark(group="logistic loss, random data")
def test_logistic(benchmark, batch, shape):
    problems = batch(instances(*shape, "logistic"))
    found = benchmark.pedantic(solve, (problems,), rounds=1)
    told(benchmark, found)
    assert sum(level == "Undecided" for level, _ in found) <= COUNT // 10


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.benchmark(group="other losses, random data (8, 2)")
def test_losses(benchmark, batch, kind):
    problems = batch(instances(8, 2, kind))
    told(benchmark, benchmark.pedantic(solve, (problems,), rounds=1))


@pytest.mark.parametrize("kind", ["squared", "logistic", "huber", "absolute"])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.benchmark(group="other units, random data (8, 2)")
def test_units(benchmark, batch, kind, unit):
    problems = batch(instances(8, 2, kind, unit))
    told(benchmark, benchmark.pedantic(solve, (problems,), rounds=1))


OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
PLANTED = {  # the octahedron's polytope with each loss: the same kappa, another label
    "squared": {"loss": "squared", "y": [5] * 6},
    "absolute": {"loss": "absolute", "y": [4] * 6, "weights": [2] * 6},
    "huber": {"loss": {"kind": "huber", "delta": 2}, "y": [5] * 6},
    "quantile": {
        "loss": {"kind": "quantile", "tau": "1/2"},
        "y": [4] * 6,
        "weights": [3] * 6,
    },
    "tolerance": {"loss": {"kind": "tolerance", "epsilon": 1}, "y": [5] * 6},
    "power 4/3": {"loss": {"kind": "power", "p": "4/3"}, "y": [5] * 6},
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.benchmark(group="planted on the octahedron, staircase included")
def test_planted(benchmark, name):
    D = TrainingProblem(OCTAHEDRON, beta_squared=3, **PLANTED[name])
    S = benchmark.pedantic(lambda: staircase(optimal_polytope(optimum(D))), rounds=3)
    assert [S[m].components for m in (2, 3, 4, 5)] == [8, 4, 49, 1]


@pytest.mark.benchmark(group="planted on the octahedron, staircase included")
def test_slot_complex_of_l1(benchmark):
    D = TrainingProblem(OCTAHEDRON, [5] * 6, beta=1, penalty="l1", loss="absolute")
    S = benchmark.pedantic(lambda: slot_complex(D), rounds=1)
    assert S[S.threshold].components == 1
