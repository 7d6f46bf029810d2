"""Sweeps: the same lines in the same order on every executor, with bounded memory."""

import json
import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from random import Random

import pytest

from polytope_nn import TrainingProblem
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.theorems import THEOREMS, Task, sweep, swept
from polytope_nn.theorems.family import judged
from tests.oracles.worked import WORKED

NAMES = ("T1", "T7.3", "T8", "T7.3-literal")


def fields(w):
    return {
        "name": w.name,
        "X": w.X,
        "y": list(map(str, w.y)),
        "beta_squared": str(w.beta_squared),
        "kappa": w.kappa,
    }


FAMILY = [
    *(json.dumps(fields(w)) for w in WORKED),
    fields(WORKED[0]),
    WORKED[2].problem(),
    '{"X": [[1, 0.5]], "y": [1], "beta": 1}',
    '{"X": [[1]], "y": [2], "beta": 1, "kappa": [3]}',
    "not JSON",
]


@pytest.fixture(scope="module")
def here():
    return list(sweep(NAMES, FAMILY))


def test_one_line_for_each_instance_and_theorem(here):
    found = [(line["index"], line["theorem"]) for line in here]
    assert found == [(i, name) for i in range(len(FAMILY)) for name in NAMES]
    for line in here[: 10 * len(NAMES)]:
        assert line["verdict"] is True or line["theorem"] == "T7.3-literal"
        assert all(line["hypotheses"].values())
        assert json.loads(json.dumps(line, allow_nan=False)) == line
    assert here[0]["name"] == "A2"
    wrong = here[-3 * len(NAMES) :: len(NAMES)]
    assert [set(line) for line in wrong] == [{"index", "name", "theorem", "error"}] * 3
    assert wrong[0]["error"].startswith("instance 10: X, row 1, column 2: 0.5 is a float")
    assert wrong[1]["error"].startswith("instance 11: kappa")
    assert wrong[2]["error"].startswith("instance 12")


def test_what_cannot_be_solved_is_undecided(monkeypatch):
    def undecided(*_, **__):
        raise Undecided("whether x is 0")

    monkeypatch.setattr("polytope_nn.theorems.family.verdicts", undecided)
    monkeypatch.setattr("polytope_nn.theorems.family.optimum", undecided)
    [line] = sweep("T1", [TrainingProblem([[1]], [2], beta=1)])
    assert set(line) == {"index", "name", "theorem", "verdict", "undecided"}
    assert line["verdict"] is None


def test_threads(here):
    with ThreadPoolExecutor(3) as executor:
        assert list(sweep(NAMES, FAMILY, executor, ahead=5)) == here


def test_processes(here):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert list(sweep(NAMES, FAMILY, executor)) == here


@pytest.mark.filterwarnings("ignore")  # dask's own sockets and event loop
def test_a_dask_cluster_of_processes(here):
    import distributed

    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
        assert len({*pids.values(), os.getpid()}) == 3
        found = list(sweep(NAMES, FAMILY, client.get_executor(), ahead=6))
    assert found == here


class Shuffled(Executor):
    """Finishes its work in another order than it was given, and counts what waits."""

    def __init__(self):
        self.waiting, self.most, self.random = [], 0, Random(1)  # noqa: S311 - no secret

    def submit(self, function, /, *args):
        future = Future()
        future.work = (function, args)
        future.result = lambda: self.finish(future)
        self.waiting.append(future)
        self.most = max(self.most, len(self.waiting))
        return future

    def finish(self, wanted):
        """Do the others first, in any order."""
        self.random.shuffle(self.waiting)
        for future in self.waiting:
            function, args = future.work
            future.lines = function(*args)
        self.waiting.remove(wanted)
        return wanted.lines


def test_no_more_under_way_than_asked_and_the_input_is_read_as_it_goes(here):
    executor, read = Shuffled(), []

    def family():
        for x in FAMILY:
            read.append(x)
            yield x

    lines = sweep(NAMES, family(), executor, ahead=3)
    first = [next(lines) for _ in NAMES]
    assert first == here[: len(NAMES)]
    assert len(read) == 3
    assert first + list(lines) == here
    assert executor.most == 3


def test_who_stops_listening_stops_the_work():
    executor = Shuffled()
    lines = sweep("T1", FAMILY, executor, ahead=4)
    next(lines)
    lines.close()
    assert all(future.cancelled() for future in executor.waiting)
    assert len(executor.waiting) == 3


def test_what_is_asked_is_checked_at_once():
    with pytest.raises(InstanceError, match="'T99' is unknown"):
        swept(["T1", "T99"], [])
    with pytest.raises(InstanceError, match="ahead: 0"):
        swept(["T1"], [], ThreadPoolExecutor(1), ahead=0)
    assert list(sweep("T1", [])) == []


def test_a_defect_is_no_answer(monkeypatch):
    from polytope_nn.theorems import family

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(family, "verdicts", broken)
    with pytest.raises(ZeroDivisionError):
        judged(Task(0, WORKED[0].problem(), "instance 0"), ["T1"])
    assert THEOREMS
