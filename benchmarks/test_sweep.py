"""Instances per second of a sweep over the worked instances, in one process and in two."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from polytope_nn.theorems import THEOREMS, sweep
from tests.oracles.worked import WORKED

TIMES = 10
FAMILY = [
    json.dumps({"X": w.X, "y": list(map(str, w.y)), "beta_squared": str(w.beta_squared)})
    for w in WORKED
]


@pytest.mark.parametrize("names", [("T7.5",), tuple(THEOREMS)], ids=["T7.5", "all"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_sweep(benchmark, names, jobs):
    family = FAMILY * (TIMES if benchmark.enabled else 2)
    if jobs == 1:
        lines = benchmark.pedantic(lambda: list(sweep(names, family)), rounds=2)
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
            list(sweep(names, FAMILY[:2], executor))  # the workers' imports
            lines = benchmark.pedantic(
                lambda: list(sweep(names, family, executor)), rounds=2
            )
    assert all(line["verdict"] is True for line in lines)
    once = len(names) * len(WORKED)
    for k in range(once, len(lines), once):
        again = [{**line, "index": 0} for line in lines[k : k + once]]
        assert again == [{**line, "index": 0} for line in lines[:once]]
    benchmark.extra_info["instances"] = len(family)
