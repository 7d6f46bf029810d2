"""Sweeps from the command line: lines, exit codes, resuming, bad input."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from multiprocessing import active_children
from pathlib import Path

import pytest

from polytope_nn import theorems
from polytope_nn.cli import main, sweep
from polytope_nn.errors import Undecided

EXAMPLES = Path(__file__).parents[2] / "examples"
A2 = {"name": "A2", "X": [[1, -1, 0], [0, 1, -1]], "y": [2, 2], "beta_squared": 2}
SINGLE = {"X": [[1]], "y": [2], "beta": 1}
ZERO = {"X": [[1]], "y": ["1/2"], "beta": 1}
FAMILY = [A2, SINGLE, ZERO, {**A2, "y": [3, 3]}, {"X": [[1], [-1]], "y": [2, 3], "beta": 1}]


def written(path, family=FAMILY):
    lines = (x if isinstance(x, str) else json.dumps(x) for x in family)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def family(tmp_path):
    return written(tmp_path / "family.jsonl")


def swept(*arguments, jobs=1):
    return main(["sweep", *map(str, arguments), "--jobs", str(jobs)])


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_in_order_and_exit_code_0(family, tmp_path, capsys):
    assert swept("T7.3", "--input", family) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = [json.loads(line) for line in out.splitlines()]
    assert [x["index"] for x in found] == [0, 1, 2, 3, 4]
    assert [x["verdict"] for x in found] == [True, True, None, True, True]
    assert found[2]["hypotheses"] == {"y* is not 0": False, "widths are counted": True}
    assert (found[0]["name"], found[0]["theorem"]) == ("A2", "T7.3")
    output = tmp_path / "out.jsonl"
    assert swept("T7.3", "--input", family, "--output", output, jobs=2) == 0
    assert output.read_text(encoding="utf-8") == out


def test_a_theorem_named_twice_is_answered_once(family, capsys):
    assert swept("T7.5,T7.1,T7.5", "--input", family) == 0
    told = [json.loads(line)["theorem"] for line in capsys.readouterr().out.splitlines()]
    assert told[:2] == ["T7.5", "T7.1"]
    assert len(told) == 2 * len(FAMILY)


def test_standard_input_and_blank_lines(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"\n{json.dumps(SINGLE)}\n\n"))
    assert swept("T1,T7.5r") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(x["index"], x["theorem"]) for x in found] == [(0, "T1"), (0, "T7.5r")]


def test_standard_input_is_utf8_in_every_locale(monkeypatch, capsys):
    raw = io.BytesIO(json.dumps(SINGLE).encode() + b"\n\xff\xfe\n")
    given = io.TextIOWrapper(raw, encoding="ascii", errors="surrogateescape")
    monkeypatch.setattr(sys, "stdin", given)
    assert swept("T1") == 2
    assert "standard input: is not UTF-8" in capsys.readouterr().err


def test_the_case_of_a_name_does_not_matter(family, capsys):
    assert swept("t9, T7.3-LITERAL", "--input", family) == 1
    told = [json.loads(line)["theorem"] for line in capsys.readouterr().out.splitlines()]
    assert told[:2] == ["T9", "T7.3-literal"]


def test_all_theorems(tmp_path, capsys):
    path = written(tmp_path / "one.jsonl", [A2])
    assert swept("all", "--input", path) == 0
    found = [json.loads(line)["theorem"] for line in capsys.readouterr().out.splitlines()]
    assert found == list(theorems.THEOREMS)


def test_a_counterexample_is_exit_code_1(family, capsys):
    assert swept("T7.3-literal", "--input", family) == 1
    found = [json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()]
    assert found == [True, False, False, True, True]


def test_a_wrong_line_is_exit_code_2_and_named(tmp_path, capsys):
    wrong = '{"X": [[0.5]], "y": [1], "beta": 1}'
    path = written(tmp_path / "family.jsonl", [SINGLE, "", wrong, A2])
    assert swept("T1,T2", "--input", path) == 2
    out, err = capsys.readouterr()
    cure = 'X, row 1, column 1: 0.5 is a float: write "0.5" (read as 1/2)'
    assert err == f"polytope-nn sweep: {path}, line 3: {cure}\n"
    found = [json.loads(line) for line in out.splitlines()]
    assert [x["index"] for x in found] == [0, 0, 1, 1, 2, 2]
    assert found[2]["error"] == f"{path}, line 3: {cure}"
    assert found[5]["verdict"] is True  # the rest is done


@pytest.mark.parametrize(
    "line, what",
    [
        ("{", "line 1"),
        ("[1]", "line 1"),
        ('{"X": [[1]], "y": [2], "beta": 1, "speed": 3}', "unknown field"),
        ('{"X": [[1]], "y": [2]}', "beta is missing"),
        ('{"X": [[1]], "y": [2], "beta": 1, "kappa": [5]}', "kappa"),
        ('{"X": [[1]], "y": [2], "beta": 1, "bias": "freed"}', "bias"),
        ('{"X": [[1]], "y": [2], "beta": "1/0"}', "beta"),
    ],
)
def test_every_wrong_line_is_one_line_on_stderr(line, what, tmp_path, capsys):
    path = written(tmp_path / "family.jsonl", [line])
    assert swept("T1", "--input", path) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"polytope-nn sweep: {path}, line 1: ")
    assert what in err
    assert err.count("\n") == 1


def test_undecided_is_exit_code_3_and_refuted_goes_first(family, tmp_path, monkeypatch):
    def undecided(*_, **__):
        raise Undecided("a tie")

    monkeypatch.setattr("polytope_nn.theorems.family.optimum", undecided)
    output = tmp_path / "out.jsonl"
    assert swept("T1", "--input", family, "-o", output) == 3
    assert [x["undecided"] for x in lines_of(output)] == ["a tie"] * 5
    monkeypatch.undo()
    # what an earlier sweep found counts
    assert swept("T1", "--input", family, "-o", output, "--resume") == 3
    mixed = tmp_path / "mixed.jsonl"
    first, *rest = output.read_text(encoding="utf-8").splitlines(keepends=True)
    refuted = first.replace('"undecided": "a tie"', '"x": 0').replace(
        '"verdict": null', '"verdict": false'
    )
    mixed.write_text(refuted + "".join(rest), encoding="utf-8")
    assert swept("T1", "--input", family, "-o", mixed, "--resume") == 1


# ---- resuming


@pytest.fixture
def whole(family, tmp_path):
    output = tmp_path / "whole.jsonl"
    assert swept("T1,T8", "--input", family, "-o", output) == 0
    return output.read_bytes()


@pytest.mark.parametrize("cut", [(0, 0), (1, 0), (2, 30), (5, 1), (9, 20), (10, 0)])
def test_resumed_anywhere_the_bytes_are_those_of_one_run(cut, family, whole, tmp_path):
    lines, more = cut
    ends = [0, *(i + 1 for i, byte in enumerate(whole) if byte == 10)]
    output = tmp_path / "out.jsonl"
    output.write_bytes(whole[: ends[lines] + more])
    jobs = 2 if lines == 5 else 1
    code = swept("T1,T8", "--input", family, "-o", output, "--resume", jobs=jobs)
    assert (code, output.read_bytes()) == (0, whole)


def test_only_what_is_missing_is_done_again(family, whole, tmp_path, monkeypatch):
    output = tmp_path / "out.jsonl"
    lines = whole.splitlines(keepends=True)
    output.write_bytes(b"".join(lines[:4] + lines[6:]))  # index 2 is missing
    done = []
    true = theorems.family.judged

    def judged(task, names):
        done.append(task.index)
        return true(task, names)

    monkeypatch.setattr(theorems.family, "judged", judged)
    assert swept("T1,T8", "--input", family, "-o", output, "--resume") == 0
    assert done == [2]
    assert output.read_bytes() == whole  # in the order of the input again


def test_resume_needs_an_output_and_starts_one(family, tmp_path, capsys):
    assert swept("T1", "--input", family, "--resume") == 2
    assert "add --output" in capsys.readouterr().err
    output = tmp_path / "new.jsonl"
    assert swept("T1", "--input", family, "-o", output, "--resume") == 0
    assert len(lines_of(output)) == 5


def refusal(capsys, *arguments):
    assert swept(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_answers_are_never_lost(family, whole, tmp_path, capsys):
    output = tmp_path / "whole.jsonl"
    given = ("T1,T8", "--input", family, "-o", output)
    assert "--resume" in refusal(capsys, *given)
    assert "is not T8" in refusal(capsys, "T8,T1", *given[1:], "--resume")
    assert "is not T9" in refusal(capsys, "T1,T9", *given[1:], "--resume")
    assert "is read, and -o" in refusal(capsys, "T1", "--input", family, "-o", family)
    assert output.read_bytes() == whole


def test_an_output_of_something_else_is_refused(family, whole, tmp_path, capsys):
    output = tmp_path / "out.jsonl"
    given = ("T1,T8", "--input", family, "-o", output, "--resume")
    lines = whole.splitlines(keepends=True)
    for wrong in (b"{}\n", b"[]\n", b"x\n", b'{"index": "0", "theorem": 1, "sha256": 2}\n'):
        output.write_bytes(wrong)
        assert "line 1: is no answer of a sweep" in refusal(capsys, *given)
        assert output.read_bytes() == wrong
    output.write_bytes(lines[0] + lines[2] + lines[3])
    assert "line 2: index 0 lacks an answer to T8" in refusal(capsys, *given)
    output.write_bytes(whole)
    written(family, [SINGLE, *FAMILY[1:]])
    assert "line 1: the output answers another instance" in refusal(capsys, *given)
    written(family, FAMILY[:3])
    assert "the output answers index 4, the input ends at 2" in refusal(capsys, *given)
    assert output.read_bytes() == whole


# ---- the rest of the command line


@pytest.mark.parametrize(
    "arguments, what",
    [
        (["T99"], "'T99' is unknown"),
        (["T1,"], "'' is unknown"),
        (["T1", "--jobs", "0"], "--jobs: 0"),
        (["T1", "--input", "missing.jsonl"], "missing.jsonl"),
        (["T1", "-o", "no/where.jsonl"], "no/where.jsonl"),
        ([], "THEOREM"),
    ],
)
def test_usage(arguments, what, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *arguments]) == 2
    assert what in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_is_no_text(tmp_path, capsys):
    path = tmp_path / "family.jsonl"
    path.write_bytes(b"\xff\xfe\n")
    assert "not UTF-8" in refusal(capsys, "T1", "--input", path)


def test_progress_on_a_terminal_only(family, monkeypatch, capsys):
    """From the start on: the first instance may take minutes."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert swept("T1", "--input", family) == 0
    lines = (f"\r\x1b[K{k} of 5 done" for k in range(6))
    assert capsys.readouterr().err == "".join(lines) + "\n"


def test_progress_counts_variants_and_what_is_held(family, monkeypatch, tmp_path, capsys):
    out = tmp_path / "answers.jsonl"
    given = ("T1", "--input", family, "--loss", "squared,huber:100", "-o", out)
    assert swept(*given) == 0
    answers = out.read_text(encoding="utf-8").splitlines(keepends=True)
    out.write_text("".join(answers[:7]), encoding="utf-8")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    capsys.readouterr()
    assert swept(*given, "--resume") == 0
    lines = (f"\r\x1b[K{k} of 10 done" for k in range(7, 11))
    assert capsys.readouterr().err == "".join(lines) + "\n"


def test_an_error_has_a_line_of_its_own(monkeypatch, tmp_path, capsys):
    path = tmp_path / "family.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert swept("T1", "--input", path) == 2
    told = capsys.readouterr().err.split("\r\x1b[K")
    assert told[:2] == ["", "0 of 1 done"]
    assert told[2].startswith("polytope-nn sweep: ")
    assert told[2].endswith("\n")
    assert told[3:] == ["1 of 1 done\n"]


@pytest.mark.filterwarnings("ignore")  # dask's own sockets and event loop
def test_a_dask_cluster(family, whole, tmp_path, capsys):
    import distributed

    output = tmp_path / "out.jsonl"
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        assert swept("T1,T8", "--input", family, "-o", output, "--dask", address) == 0
    assert output.read_bytes() == whole
    assert capsys.readouterr().err == ""


def test_dask_that_is_not_installed(family, monkeypatch, capsys):
    def missing(_):
        raise ImportError

    monkeypatch.setattr(sweep, "import_module", missing)
    assert "install it" in refusal(capsys, "T1", "--input", family, "--dask", "tcp://x:1")


def test_an_interruption_leaves_whole_lines_to_resume_from(tmp_path):
    family = written(tmp_path / "family.jsonl", [A2] * 2000)
    output = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "polytope_nn", "sweep", "T12", "--jobs", "2"]
    command += ["--input", str(family), "-o", str(output)]
    # a shell's background job ignores Ctrl-C, and so would what it starts
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    signal.signal(signal.SIGINT, before)
    until = time.monotonic() + 60
    while time.monotonic() < until and not (output.exists() and output.stat().st_size):
        time.sleep(1 / 20)
    os.killpg(running.pid, signal.SIGINT)  # what Ctrl-C sends to all of them
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in err
    kept = output.read_text(encoding="utf-8")
    assert kept.endswith("\n")
    assert 0 < len(lines_of(output)) < 2000


def test_an_interruption_ends_what_was_begun():
    """An instance may take minutes: workers are stopped, not waited for."""

    def interrupted():
        with sweep.executor_of(Namespace(jobs=2)) as executor:
            assert executor.submit(abs, -1).result() == 1
            executor.submit(time.sleep, 60)
            assert active_children()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not active_children()


def test_losses_activations_and_penalties(family, tmp_path, capsys):
    """Every instance in every combination, numbered anew; the words are told on the lines."""
    options = ("--loss", "squared,huber:1/2", "--activation", "relu,threshold,1:1/3")
    output = tmp_path / "out.jsonl"
    assert swept("T7.3,T9", "--input", family, "-o", output, *options) == 0
    found = lines_of(output)
    assert [x["index"] for x in found] == [
        i for i in range(6 * len(FAMILY)) for _ in (0, 1)
    ]
    words = [(x["loss"], x["activation"]) for x in found[:12:2]]
    assert words == [
        (loss, activation)
        for loss in ("squared", "huber:1/2")
        for activation in ("relu", "threshold", "1:1/3")
    ]
    plain = tmp_path / "plain.jsonl"
    assert swept("T7.3,T9", "--input", family, "-o", plain) == 0
    told = {"loss", "activation", "index", "sha256"}
    relu = [x for x in found if (x["loss"], x["activation"]) == ("squared", "relu")]
    for one, two in zip(relu, lines_of(plain), strict=True):
        assert {k: v for k, v in one.items() if k not in told} == {
            k: v for k, v in two.items() if k not in told
        }
    # resumed: the same bytes, and other options are another input
    whole = output.read_text(encoding="utf-8")
    output.write_text("".join(whole.splitlines(keepends=True)[:8]), encoding="utf-8")
    assert swept("T7.3,T9", "--input", family, "-o", output, "--resume", *options) == 0
    assert output.read_text(encoding="utf-8") == whole
    capsys.readouterr()
    other = ("--loss", "absolute", "--activation", "relu,threshold,1:1/3")
    assert swept("T7.3,T9", "--input", family, "-o", output, "--resume", *other) == 2
    assert "answers another instance" in capsys.readouterr().err


def test_what_does_not_apply_to_other_units(family, capsys):
    """Statements of ReLU neurons, and those of atoms where neurons range over cells."""
    assert swept("T1,T10", "--input", family, "--activation", "absolute") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(x["verdict"] is None for x in found if x["theorem"] == "T1")
    assert found[0]["hypotheses"]["the neurons are ReLU"] is False
    assert all(x["verdict"] is True for x in found if x["theorem"] == "T10")
    assert swept("all", "--input", family, "--penalty", "l1,linf") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(x["hypotheses"] == {"neurons are atoms": False} for x in found)


def test_a_combination_that_no_instance_has_is_named(tmp_path, capsys):
    lines = written(tmp_path / "one.jsonl", [{"X": [[1]], "y": [2], "beta": 1}])
    options = ("--activation", "relu,threshold", "--penalty", "l2,l1")
    assert swept("T8", "--input", lines, *options) == 2
    out, err = capsys.readouterr()
    assert "one.jsonl, line 1, threshold, l1: activation, penalty: " in err
    assert (len(out.splitlines()), err.count("\n")) == (4, 1)


def test_merge_levels_where_fits_are_many(tmp_path, capsys):
    """T10 where a box of fits belongs to kappa: supports alone do not tell the faces of P."""
    square = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    box = {"X": square, "y": [2, 2, 3, 3], "beta_squared": 2, "weights": [2, 2, 1, 1]}
    lines = written(tmp_path / "box.jsonl", [box, {**box, "weights": [1, 1, 1, 1]}])
    assert swept("T10", "--input", lines, "--loss", "absolute") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(x["verdict"], x["witness"]["route"]) for x in found] == [
        (True, "all pairs")
    ] * 2


@pytest.mark.parametrize(
    "option, word, said",
    [
        ("--loss", "hinje", "--loss: 'hinje' is unknown: did you mean 'hinge'?"),
        ("--activation", "relu,rellu", "--activation: 'rellu' is unknown: did you mean"),
        ("--activation", "1:x", "--activation"),
        ("--penalty", "L1", "--penalty: 'L1' is unknown: did you mean 'l1'?"),
        ("--loss", "", "--loss: '' is unknown: known: squared"),
        ("--activation", "", "--activation: ''"),
        ("--penalty", "", "--penalty: ''"),
    ],
)
def test_unknown_words_are_refused_at_once(option, word, said, family, capsys):
    assert swept("T9", "--input", family, option, word) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
