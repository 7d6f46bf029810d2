"""The sharp instances in examples/sharp, and the exhaustive sweep of thresholds (C5, C6, B4)."""

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest

from polytope_nn import holes, optimal_polytope, optimum, staircase
from polytope_nn.problems.instance import read_instance
from polytope_nn.problems.sign_families import birkhoff

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPT = EXAMPLES / "exhaustive_thresholds.py"


def script():
    spec = importlib.util.spec_from_file_location("exhaustive_thresholds", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def solved(name, beta=None):
    P = optimal_polytope(
        optimum(read_instance(EXAMPLES / "sharp" / name, beta=beta).problem())
    )
    return P, staircase(P)


@pytest.mark.parametrize(
    "name, components",
    [
        ("beyond_half.json", {2: 4, 3: 2, 4: 1}),
        ("beyond_two.json", {3: 12, 4: 2, 5: 2, 6: 1}),
        ("birkhoff_3.json", {3: 36, 4: 6, 5: 1}),
    ],
)
def test_counterexamples_of_bounds_one_might_hope_for(name, components):
    """C5: no bound below min{m* + M*, r_P + 1} holds; C3: nor is that one always attained."""
    P, S = solved(name)
    assert {m: S[m].components for m in components} == components
    assert S.threshold == max(components)
    m, M = S.m_star, S.M_star
    if name == "beyond_half.json":
        assert S.threshold > M + -(-m // 2)
    elif name == "beyond_two.json":
        assert S.threshold > M + 2
    else:
        assert S.threshold not in {S.used_rank + 1, M + 1}
        assert read_instance(EXAMPLES / "sharp" / name).problem().X == birkhoff(3).X
    assert holes(P).threshold == S.threshold


def test_wider_networks_at_a_larger_beta():
    """B4: m* is 1, 2, 3, 2 as beta falls."""
    betas = ("3", "1/2", "7/20", "1/10")
    assert [solved("not_monotone.json", b)[1].m_star for b in betas] == [1, 2, 3, 2]


def test_the_small_families():
    found = script().swept(script().SMALL)
    assert [found[key,] for key in ("data", "dependent", "instances")] == [3135, 82, 498]
    assert (found["r", 0], found["r", 1], found["r_P", 0]) == (450, 48, 498)
    with ThreadPoolExecutor(2) as executor:
        assert script().swept(script().SMALL, executor) == found


def test_atoms_by_sums_of_rows_are_those_of_the_library():
    from polytope_nn import TrainingProblem

    module = script()
    for X in (
        ((1, 0), (-1, 0), (0, 1), (0, -1)),
        ((1, 1, 0), (0, 1, -1)),
        ((2, 1), (1, 2)),
    ):
        F = module.atoms(X)
        square = max(
            sum(t * t for t in map(sum, zip(*chosen, strict=True)))
            for k in range(1, len(X) + 1)
            for chosen in combinations(X, k)
        )
        y = [sum(column) + 1 for column in zip(*F, strict=True)]
        O = optimum(TrainingProblem(X, y, beta_squared=square), kappa=[1] * len(X))
        assert sorted(tuple(a.feature) for a in O.atoms) == F


def run(*arguments):
    command = [sys.executable, "-W", "error", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.filterwarnings("ignore")  # dask's own sockets and event loop
def test_processes_and_dask_workers_print_the_same():
    import distributed

    alone = run()
    assert "3135 data sets, 82 with dependent features, 498 instances" in alone
    assert run("--jobs", "2") == alone
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster:
        command = [sys.executable, str(SCRIPT), "--dask", cluster.scheduler_address]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        assert done.stdout == alone


@pytest.mark.deep
def test_all_families():
    """C6: with r_P the bound is the threshold in 99.5 % of the instances."""
    found = script().swept(script().ALL)
    assert [found[key,] for key in ("data", "dependent", "instances")] == [
        406639,
        1722,
        12454,
    ]
    assert [found["r", k] for k in range(3)] == [9714, 2452, 288]
    assert [found["r_P", k] for k in range(3)] == [12394, 60, 0]
    assert found["seen", 2, 3, 4, 4] == 60
