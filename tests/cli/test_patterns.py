"""The patterns of a data set from the command line, against their definition."""

import json
import sys
from itertools import product

import pytest

from polytope_nn.cli import main
from polytope_nn.geometry import cdd


def answer(capsys, path, *options):
    assert main(["patterns", str(path), "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


def dot(x, h):
    return sum(a * b for a, b in zip(x, h, strict=True))


@pytest.mark.parametrize(
    "X, count",
    [
        ([[1, 0], [-1, 0], [0, 1], [0, -1]], 4),
        ([[1, 0], [0, 1], [1, 1], [1, -1]], 8),
        ([[0, 0], [1, 1], [2, 2]], 2),
        ([[1, 2, 3]], 2),
        ([[0]], 1),
    ],
)
def test_each_pattern_is_that_of_its_witness(X, count, tmp_path, capsys):
    path = tmp_path / "points.json"
    path.write_text(json.dumps({"X": X}), encoding="utf-8")
    found = answer(capsys, path)
    assert (found["n"], found["d"], found["n_patterns"]) == (len(X), len(X[0]), count)
    assert found["patterns"] == sorted(found["patterns"])
    for pattern, h in zip(found["patterns"], found["witnesses"], strict=True):
        products = [dot(x, h) for x in X]
        for x, s, value in zip(X, pattern, products, strict=True):
            assert s * value > 0 if any(x) else (s, value) == (1, 0)
    seen = set()
    for h in product(range(-7, 8), repeat=len(X[0])):
        products = [dot(x, h) for x in X]
        if all(v or not any(x) for x, v in zip(X, products, strict=True)):
            seen.add(tuple(1 if v >= 0 else -1 for v in products))
    assert {tuple(p) for p in found["patterns"]} == seen


def test_a_table_and_its_bias(tmp_path, capsys):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n-1,2\n1,2\n", encoding="utf-8")
    assert answer(capsys, path)["n_patterns"] == 2
    assert answer(capsys, path, "--bias", "free")["n_patterns"] == 4


@pytest.mark.parametrize("bias", ["none", "penalised", "free"])
@pytest.mark.parametrize(
    "X", [[[3]], [[0], [1], [1], [-2]], [[1, 0], [1, 0], [0, 2], [-1, 1]]]
)
def test_certify_counts_the_same_patterns(X, bias, tmp_path, capsys):
    """Of a free bias, too, whose charts are the walls between them."""
    path = tmp_path / "points.json"
    labels = {"y": [1] * len(X), "beta": 1, "bias": bias, "skip": "constant"}
    path.write_text(json.dumps({"X": X} | labels), encoding="utf-8")
    assert main(["certify", str(path), "--json"]) == 0
    certified = json.loads(capsys.readouterr().out)
    assert certified["n_patterns"] == answer(capsys, path, "--bias", bias)["n_patterns"]


def test_the_list_on_a_terminal_is_cut(tmp_path, capsys):
    path = tmp_path / "many.json"
    X = [[1, k] for k in range(30)]
    path.write_text(json.dumps({"X": X, "name": "many"}), encoding="utf-8")
    assert main(["patterns", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("many: n = 30, d = 2, rank 2, 60 patterns")
    assert lines[0].endswith("count 60)")
    assert lines[-1] == "... and 20 more: --json lists them all"
    assert len(lines) == 42


def test_a_short_list_is_whole(tmp_path, capsys):
    path = tmp_path / "few.csv"
    path.write_text("x,z,y\n1,0,1\n0,1,1\n", encoding="utf-8")
    assert main(["patterns", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines[1:]] == ["--", "-+", "+-", "++"]


reference = pytest.mark.skipif(not cdd.is_installed(), reason="cddlib is not installed")


@pytest.fixture
def braid(tmp_path):
    path = tmp_path / "braid.json"
    path.write_text('{"X": [[1, -1, 0], [0, 1, -1], [1, 0, -1]]}', encoding="utf-8")
    return path


@reference
def test_cddlib_beside(braid, capsys):
    assert answer(capsys, braid, "--cdd")["cross_checked"] == ["patterns: cdd"]
    assert answer(capsys, braid)["cross_checked"] == []
    assert main(["patterns", str(braid), "--cdd"]) == 0
    assert "cddlib's facets and vertices give the same patterns" in capsys.readouterr().out


def test_routes_that_disagree(braid, capsys, monkeypatch):
    monkeypatch.setattr(cdd, "patterns_by_cdd", lambda _: ((1, 1, 1),))
    assert main(["patterns", str(braid), "--cdd"]) == 4
    err = capsys.readouterr().err
    assert "6 patterns by splitting, 1 by cddlib: (-1, -1, -1) is found by one" in err


def test_without_cddlib(braid, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cdd", None)
    assert main(["patterns", str(braid), "--cdd"]) == 2
    assert 'pip install "polytope_nn[cdd]"' in capsys.readouterr().err
