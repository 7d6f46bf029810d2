"""Vertices in branches on any executor: those of the list, in its order."""

import json
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.cli import main
from polytope_nn.errors import TooMany
from polytope_nn.exact.field import NumberField
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.unlisted.branches import branches, vertices_on
from polytope_nn.limits import Limits

ROOT = Path(__file__).parents[2]


class Here(Executor):
    """An executor that does the work at once, and counts what it was asked."""

    asked = 0

    def submit(self, job, *given):
        self.asked += 1
        future = Future()
        try:
            future.set_result(job(*given))
        except Exception as error:  # noqa: BLE001 - what a worker raises is handed on
            future.set_exception(error)
        return future


def transportation(m, n):
    A = [[Fraction(k // n == i) for k in range(m * n)] for i in range(m)]
    A += [[Fraction(k % n == j) for k in range(m * n)] for j in range(n)]
    return A, [Fraction(n)] * m + [Fraction(m)] * n


def simple(r, N, seed):
    chance = Random(seed)  # noqa: S311
    A = [[Fraction(chance.randint(0, 9)) for _ in range(N)] for _ in range(r)]
    x = [Fraction(chance.randint(1, 5)) for _ in range(N)]
    return A, [sum(a * c for a, c in zip(row, x, strict=True)) for row in A]


def in_a_field():
    t = NumberField([-2, 0, 1], (1, 2)).generator
    A = [[Fraction(1), t, Fraction(1), t], [t, Fraction(1), Fraction(0), Fraction(2)]]
    return A, [1 + 2 * t, 3 + t]


SLICES = [
    transportation(3, 3),
    transportation(3, 4),
    simple(5, 12, 3),
    simple(4, 9, 1),
    in_a_field(),
    ([[Fraction(1), Fraction(1)], [Fraction(2), Fraction(2)]], [Fraction(1), Fraction(2)]),
    ([[Fraction(1), Fraction(1)]], [Fraction(-1)]),
    ([[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]], [Fraction(0), Fraction(1)]),
]


@pytest.mark.parametrize("A, b", SLICES)
@pytest.mark.parametrize("depth", [0, 1, 3, 6])
def test_branches_have_the_vertices_of_the_list(A, b, depth):
    assert vertices_on(Here(), A, b, depth=depth) == slice_vertices(A, b)


def test_a_dependent_branch_is_left_out():
    A = [[Fraction(1), Fraction(1), Fraction(2)]]
    expected = [((1, 2), (0,)), ((0, 2), (1,)), ((0, 1), (2,)), ((0, 1, 2), ())]
    assert list(branches(A, 3)) == expected


def test_threads_and_processes():
    A, b = transportation(3, 4)
    whole = slice_vertices(A, b)
    with ThreadPoolExecutor(3) as threads:
        assert vertices_on(threads, A, b) == whole
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert vertices_on(processes, A, b, depth=2) == whole


@pytest.mark.filterwarnings("ignore")  # dask's own sockets and event loop
def test_dask_workers():
    distributed = pytest.importorskip("distributed")
    A, b = transportation(3, 3)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        assert vertices_on(client.get_executor(), A, b) == slice_vertices(A, b)


def test_a_limit_ends_the_work():
    A, b = transportation(3, 4)
    here = Here()
    with pytest.raises(TooMany, match="vertices in"):
        vertices_on(here, A, b, depth=6, most=40)
    assert here.asked < len(list(branches(A, 6)))


def test_the_executor_of_limits_makes_the_same_polytope():
    rows = [[s * int(i == j) for j in range(3)] for i in range(3) for s in (1, -1)]
    O = optimum(TrainingProblem(rows, [5] * 6, beta_squared=3))
    here = Here()
    P = optimal_polytope(O, limits=Limits(executor=here))
    assert here.asked > 1
    assert P.vertices == optimal_polytope(O).vertices
    assert P == optimal_polytope(O)


def test_certify_with_jobs_prints_the_same(capsys, tmp_path):
    octahedron = str(ROOT / "examples" / "octahedron.json")
    plain, spread = tmp_path / "plain.json", tmp_path / "spread.json"
    assert main(["certify", octahedron, "--json", "-o", str(plain)]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["certify", octahedron, "--json", "-o", str(spread), "--jobs", "2"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert spread.read_bytes() == plain.read_bytes()
    assert main(["certify", octahedron, "--jobs", "0"]) == 2
    assert "--jobs: 0 is not positive" in capsys.readouterr().err
