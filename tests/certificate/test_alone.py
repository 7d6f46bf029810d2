"""The checker alone: one file, the standard library, every kind, and no foreign module."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from polytope_nn.checker import archive, command
from polytope_nn.cli import main

from .forging import GOLDEN, NAMES, claim, golden, sealed

ROOT = Path(__file__).parents[2]
DOOR = ["-m", "polytope_nn.certificate.check"]


@pytest.fixture(scope="module")
def pyz(tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "checker.pyz"
    assert main(["check", "--write-checker", str(path)]) == 0
    return path


def run(*arguments, **environment):
    answer = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=os.environ | environment,
    )
    return answer.returncode, answer.stdout, answer.stderr


def test_the_bytes_are_the_same_again(pyz, tmp_path):
    assert pyz.read_bytes() == archive.archive()
    script = ROOT / "polytope_nn" / "checker" / "archive.py"
    assert run("-I", script, tmp_path / "made.pyz")[0] == 0
    assert (tmp_path / "made.pyz").read_bytes() == pyz.read_bytes()
    assert "archive.py build/checker.pyz" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("flags", [("-I",), ("-I", "-S")])
def test_every_kind_of_certificate_is_accepted_by_the_one_file(flags, pyz):
    """The shortest of each kind, with -S of every ninth; all are deep, and accepted here anyhow."""
    long = sorted(NAMES, key=lambda name: -(GOLDEN / f"{name}.json").stat().st_size)
    each = sorted({golden(name)["kind"]: name for name in long}.values())
    accepted(flags, each[:: 9 if "-S" in flags else 1], pyz)


@pytest.mark.deep
def test_every_golden_certificate_is_accepted_by_the_one_file(pyz):
    accepted(("-I", "-S"), NAMES, pyz)
    accepted((), NAMES, pyz)


# the one file for many certificates, in one process: nothing but its path is added
MANY = """
import runpy, sys
pyz, *paths = sys.argv[1:]
for path in paths:
    sys.argv = [pyz, path]
    try:
        runpy.run_path(pyz, run_name="__main__")
    except SystemExit as done:
        print(done.code)
"""


def accepted(flags, names, pyz):
    paths = [GOLDEN / f"{name}.json" for name in names]
    code, out, err = run(*flags, "-c", MANY, pyz, *paths)
    assert (code, err) == (0, "")
    for path in paths:
        said, _, out = out.partition("\n0\n")
        assert said.startswith(f"{path}: accepted"), said
    assert not out


# (what site itself imports, pathlib, stops the interpreter before any program runs)
POISON = ("walks", "checker", "fractions", "json", "hashlib", "argparse", "kinds")


@pytest.mark.parametrize("how", ["pyz", "door"])
def test_no_foreign_module_is_believed(how, pyz, tmp_path):
    for name in POISON:
        text = "def check(*_, **__): pass\nraise SystemExit(0)\n"
        (tmp_path / f"{name}.py").write_text(text, encoding="ascii")
    forged = golden("gap_trained")
    claim(forged, "gap")["gap"] = "0"
    path = tmp_path / "forged.cert"
    path.write_text(json.dumps(sealed(forged)), encoding="ascii")
    python_path = f"{tmp_path}{os.pathsep}{ROOT}"
    start = [pyz] if how == "pyz" else DOOR
    code, out, err = run(*start, path, PYTHONPATH=python_path)
    assert (code, out) == (1, ""), err
    assert "claims.gap.gap: the upper end is on the wrong side" in err


def test_the_door_tells_the_codes_apart(tmp_path):
    def code(path, *options):
        return run(*DOOR, path, *options)[0]

    assert code(GOLDEN / "interval_pairs.json") == 0
    assert code(GOLDEN / "path_field.json") == 0
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(golden("square") | {"kind": "proof"}), encoding="ascii")
    assert code(bad) == 1
    assert code(tmp_path / "none.json") == 2
    assert code(tmp_path) == 2
    assert code(GOLDEN / "octahedron.json", "--seconds", "0") == 2
    assert code(GOLDEN / "octahedron.json", "--digits", "99999999999") == 2


def refused(path, capsys, *options):
    """Return the code of the command, in this process; what is wrong is one line."""
    try:
        code = command.main([str(path), *options])
    except SystemExit as usage:
        code = usage.code
    out, err = capsys.readouterr()
    assert code == 0 or (out, err.count("\n")) == ("", 1)
    return code


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", 2),
        (b"{", 2),
        (b"\xff", 2),
        (b"{}", 2),
        (b"[" * 99_999, 2),
        (b'{"X": [[1]], "y": [1], "beta": 1}', 2),
        (b'{"X": [["1"]], "y": ["1"], "format": 0}', 1),
    ],
)
def test_what_is_no_certificate(content, code, tmp_path, capsys):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert refused(path, capsys) == code
    assert main(["check", str(path)]) == code


def test_accidents_are_no_verdicts(monkeypatch, capsys):
    path = GOLDEN / "square.json"
    for accident in (MemoryError(), RecursionError("deep"), OverflowError(), KeyError("a")):

        def fails(*_, error=accident):
            raise error

        monkeypatch.setattr(command, "accepted", fails)
        monkeypatch.setattr("polytope_nn.checker.kinds.accepted", fails)
        assert refused(path, capsys) == 4
        assert main(["check", str(path)]) == 4
        assert "an accident, no verdict" in capsys.readouterr().err


def test_an_interrupt_and_a_reader_that_has_gone(monkeypatch, pyz):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "accepted", interrupted)
    assert command.main([str(GOLDEN / "square.json")]) == 130
    shell = f"{sys.executable} -I {pyz} {GOLDEN / 'square.json'}; echo $? >&2"
    with subprocess.Popen(
        ["sh", "-c", shell], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run_:
        run_.stdout.close()
        assert run_.stderr.read().strip().endswith("141")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_device_is_no_verdict(pyz):
    shell = f"{sys.executable} -I {pyz} {GOLDEN / 'square.json'} > /dev/full"
    answer = subprocess.run(
        ["sh", "-c", shell], capture_output=True, check=False, text=True
    )
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "option, value",
    [("--digits", "99999999999"), ("--seconds", "0"), ("--size", "-1"), ("--size", "x")],
)
def test_absurd_options_are_usage_errors(option, value, capsys):
    assert refused(GOLDEN / "square.json", capsys, option, value) == 2
    assert main(["check", str(GOLDEN / "square.json"), option, value]) == 2
    assert main(["check"]) == 2


def test_what_is_free_is_told(capsys):
    assert command.main([str(GOLDEN / "free_lines.json")]) == 0
    assert capsys.readouterr().out.endswith(": accepted\nmodulo lines\n")
    assert main(["check", str(GOLDEN / "free_flats.json")]) == 0
    assert capsys.readouterr().out.endswith(": accepted\nmodulo dead neurons\n")
    assert command.main([str(GOLDEN / "square.json")]) == 0
    assert capsys.readouterr().out.endswith(": accepted\n")


def test_stdin(monkeypatch, capsys):
    import io

    text = (GOLDEN / "square.json").read_text(encoding="ascii")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert command.main(["-"]) == 0
    assert capsys.readouterr().out == "-: accepted\n"
