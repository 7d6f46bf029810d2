"""The check command: 0 accepted, 1 refuted with where and why, 2 what is no certificate."""

import io
import json
import sys

import pytest

from polytope_nn.checker.command import main as alone
from polytope_nn.cli import check as verified
from polytope_nn.cli import main
from tests.certificate.forging import GOLDEN, claim, golden, sealed


def test_certified_then_accepted(tmp_path, capsys):
    instance = tmp_path / "square.json"
    X = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    instance.write_text(
        json.dumps({"X": X, "y": [3] * 4, "beta_squared": 2}), encoding="ascii"
    )
    target = tmp_path / "cert.json"
    assert main(["certify", str(instance), "-o", str(target)]) == 0
    capsys.readouterr()
    assert main(["check", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}: accepted\n"


@pytest.mark.parametrize(
    "name", ["interval_pairs", "path_field", "gap_trained", "descent_square"]
)
def test_every_kind_is_accepted(name):
    assert main(["check", str(GOLDEN / f"{name}.json")]) == 0


def test_a_forgery_is_refuted_on_one_line(tmp_path, capsys):
    forged = golden("octahedron")
    claim(forged, "threshold")["threshold"] -= 1
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(sealed(forged)), encoding="ascii")
    assert main(["check", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    said = "claims.threshold: is not what follows from the rest"
    assert err == f"polytope-nn check: {path}: {said}\n"


NO_CERTIFICATES = {
    b"": 2,
    b"{": 2,
    b"\xff": 2,
    b"{}": 2,
    b"[]": 2,
    b"7": 2,
    b'{"kind": "path"}': 2,
    b"[" * 99_999 + b"]" * 99_999: 2,
    b'{"a": 0.5}': 1,
    b'{"a": 1, "a": 1}': 1,
    b'{"format": 7}': 1,
}


@pytest.mark.parametrize("content", NO_CERTIFICATES, ids=lambda text: repr(text[:16]))
def test_what_is_no_certificate_is_named_on_one_line_by_both_doors(
    content, tmp_path, capsys
):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert main(["check", str(path)]) == NO_CERTIFICATES[content]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"polytope-nn check: {path}: ")
    assert alone([str(path)]) == NO_CERTIFICATES[content]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{path}: ")
    assert " file: " not in line


def test_a_missing_file(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_stdin(monkeypatch, capsys):
    text = (GOLDEN / "square.json").read_text(encoding="ascii")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert main(["check", "-"]) == 0
    assert capsys.readouterr().out == "-: accepted\n"


def test_limits_are_options(capsys):
    path = str(GOLDEN / "square.json")
    assert main(["check", path, "--size", "100"]) == 1
    said = f"{path}: is larger than the limit: --size 100 is the limit: give a larger one\n"
    assert capsys.readouterr().err.endswith(said)
    assert main(["check", path, "--digits", "1"]) == 1
    assert "or is -0: --digits 1 is the limit: give a larger one" in capsys.readouterr().err
    assert main(["check", path, "--digits", "0"]) == 2
    assert "--digits: 0 is not positive" in capsys.readouterr().err
    before = sys.get_int_max_str_digits()
    assert main(["check", path, "--digits", "10000"]) == 0
    assert sys.get_int_max_str_digits() == before


@pytest.mark.parametrize("code, exit_code", [(0, 0), (1, 3)])
def test_verified_asks_the_program_that_is_built(
    code, exit_code, tmp_path, monkeypatch, capsys
):
    """A stand-in for proofs/coq/chk: tests/formal has the real one, where Coq is."""
    chk = tmp_path / "chk"
    chk.write_text(f"#!/bin/sh\ncat > {tmp_path}/read\nexit {code}\n", encoding="ascii")
    chk.chmod(0o755)
    monkeypatch.setattr(verified, "BUILT", chk)
    square = GOLDEN / "square.json"
    assert main(["check", "--verified", str(square)]) == exit_code
    assert (tmp_path / "read").read_bytes() == square.read_bytes()
    assert ("verified" in capsys.readouterr().out) == (code == 0)


def test_verified_says_how_to_build_the_program(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(verified, "BUILT", tmp_path / "chk")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["check", "--verified", str(GOLDEN / "square.json")]) == 2
    assert "make -C proofs/coq" in capsys.readouterr().err
