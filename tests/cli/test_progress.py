"""Progress is one line on a terminal, in long loops, and nothing anywhere else."""

import io
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from polytope_nn import TrainingProblem, certify, progress
from polytope_nn.certificate.check import check
from polytope_nn.cli import main

ROOT = Path(__file__).parents[2]
OCTAHEDRON = str(ROOT / "examples" / "octahedron.json")
ONE_SIGN_EACH = str(ROOT / "examples" / "one_sign_each.json")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def at_once(monkeypatch):
    """Show every line, at once."""
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    monkeypatch.setattr(progress, "_PAUSE", 0)


@pytest.mark.usefixtures("at_once")
def test_a_loop_shows_its_total_and_cleans_up():
    stream = Terminal()
    with progress.shown(stream):
        assert list(progress.counted("things", "abcd")) == ["a", "b", "c", "d"]
        with progress.Loop("halves", 1 << 60, in_percent=True) as loop:
            loop.at(1 << 59)
    lines = stream.getvalue().split("\r\x1b[K")
    assert lines == [
        "",
        *(f"things: {i} of 4, {25 * i} %" for i in range(4)),
        "",
        "halves: 50 %",
        "",
    ]


@pytest.mark.usefixtures("at_once")
def test_a_loop_that_is_left_leaves_no_line():
    stream = Terminal()
    with progress.shown(stream):
        for x in progress.counted("things", range(10)):
            if x == 3:
                break
        with pytest.raises(ZeroDivisionError):
            sum(1 // (2 - x) for x in progress.counted("others", range(10)))
    assert stream.getvalue().endswith("\r\x1b[K")
    assert list(progress.counted("things", range(2))) == [0, 1]  # nowhere to go any more


def test_short_loops_say_nothing():
    stream = Terminal()
    with progress.shown(stream):
        list(progress.counted("things", range(1000)))
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("at_once")
def test_the_loops_of_certify(monkeypatch, capsys):
    assert main(["certify", OCTAHEDRON]) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["certify", OCTAHEDRON]) == 0
    assert capsys.readouterr().out == plain.out
    shown = stream.getvalue()
    for what in (
        *("regions, hyperplanes", "dual feasibility, patterns", "vertices, coordinates"),
        *(
            "certificate, patterns",
            "certificate, no vertex is missing",
            "staircase, vertices",
        ),
        *("self-check, dual", "searching faces"),
    ):
        assert what in shown, what
    assert re.search(r"dual feasibility, patterns and signs: 4 of 16, 25 %", shown)
    assert shown.endswith("\r\x1b[K")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "arguments, what",
    [
        (["holes", OCTAHEDRON], "holes, cells of dimension 1"),
        (["stationary", str(ROOT / "examples/a2.json"), "--width", "2"], "sets of faces"),
        (["beta-path", str(ROOT / "examples/a2.json")], "weight decays settled"),
        (["beta-path", ONE_SIGN_EACH], "weight decays of one type"),
        (["certify", OCTAHEDRON, "--vertices", "5"], "estimate, dives"),
    ],
)
def test_the_loops_of_other_commands(arguments, what, monkeypatch, capsys):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(arguments) == 0
    capsys.readouterr()
    assert what in stream.getvalue()


@pytest.mark.usefixtures("at_once")
def test_the_self_check_tells_its_claims():
    stream = Terminal()
    C = certify(TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2))
    with progress.shown(stream):
        check(C)
    assert "self-check, vertices: 4 of 10, 40 %" in stream.getvalue()


def long_instance(tmp_path):
    random = Random(1)  # noqa: S311
    rows = [[random.randint(-5, 5) for _ in range(4)] for _ in range(30)]
    labels = [random.randint(-5, 5) for _ in range(30)]
    path = tmp_path / "instance.json"
    path.write_text(f'{{"X": {rows}, "y": {labels}, "beta": 1}}', encoding="utf-8")
    return path


def test_a_pseudo_terminal_shows_lines_and_an_interruption_is_one(tmp_path):
    """Lines come on stderr while stdout is a pipe; Ctrl-C ends with one line and no file."""
    target = tmp_path / "certificate.json"
    command = [sys.executable, "-m", "polytope_nn", "certify", str(long_instance(tmp_path))]
    ours, theirs = pty.openpty()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(
        [*command, "-o", str(target)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"NO_COLOR": "1"},
    )
    signal.signal(signal.SIGINT, before)
    os.close(theirs)
    said, until = b"", time.monotonic() + 60
    while b"%" not in said and time.monotonic() < until:
        said += os.read(ours, 4096)
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    try:
        while more := os.read(ours, 4096):
            said += more
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert running.returncode == 130
    assert out == b""
    text = said.decode()
    assert re.search(r"\r\x1b\[K[\w' ,-]+: (\d+ of \d+, )?\d+ %", text)
    assert text.endswith("\r\x1b[Kpolytope-nn certify: interrupted\r\n")
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
