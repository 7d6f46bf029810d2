"""certify where P has too many vertices: exit 0, nulls, and a certificate of what is proved."""

import json
from random import Random

import pytest

from polytope_nn.cli import main

OCTAHEDRON = "examples/octahedron.json"


def test_an_answer_of_what_is_proved(capsys, tmp_path, monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)
    path = tmp_path / "c.json"
    assert main(["certify", OCTAHEDRON, "--vertices", "5", "--json", "-o", str(path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    nulls = ("vertices", "n_vertices", "spectrum", "widths", "m_star", "minimal_supports")
    assert [answer[key] for key in nulls] == [None] * 6
    assert answer["connected_from"] == answer["threshold"] == answer["used_rank"] + 1 == 5
    assert (answer["m_star_at_most"], answer["M_star_at_least"], answer["M_star"]) == (
        2,
        4,
        4,
    )
    assert len(answer["some_vertices"]) <= 6
    assert 3 < answer["n_vertices_estimate_float"] < 12
    assert "--vertices" in answer["cost_of_vertices"]
    assert main(["check", str(path)]) == 0
    capsys.readouterr()
    assert main(["certify", OCTAHEDRON, "--vertices", "6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_vertices"] == 6


def test_pages_of_all_vertices_are_refused(capsys, tmp_path, monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)
    few = ["certify", OCTAHEDRON, "--vertices", "5"]
    assert main([*few, "--theorems"]) == 3
    assert "--theorems is about all vertices: about" in capsys.readouterr().err
    assert main([*few, "--figure", str(tmp_path / "f.svg")]) == 3
    assert not list(tmp_path.iterdir())
    assert main(["certify", OCTAHEDRON, "--vertices", "0"]) == 2
    page = tmp_path / "p.html"
    capsys.readouterr()
    assert main([*few, "--report", str(page)]) == 0
    assert "connected from m = 5 on" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("n, d", [(30, 3)])
def test_thirty_random_samples(n, d, capsys, tmp_path):
    """172 s and 1.9 GB when all the vertices were listed."""
    random = Random(1)  # noqa: S311
    rows = [[random.randint(-5, 5) for _ in range(d)] for _ in range(n)]
    labels = [random.randint(-5, 5) for _ in range(n)]
    path = tmp_path / "instance.json"
    path.write_text(json.dumps({"X": rows, "y": labels, "beta": 1}), encoding="utf-8")
    assert main(["certify", str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["level"] == "interval"
    assert answer["n_vertices"] is None
    assert answer["M_star"] == answer["used_rank"] == answer["connected_from"] - 1
    assert 40_000 < answer["n_vertices_estimate_float"] < 49_000  # 44 468, counted in balls
    assert len(answer["some_vertices"]) > 10
