"""``polytope-nn polyhedron``: keys, formats, projections, refusals."""

import io
import json
import sys

import pytest

from polytope_nn import Polyhedron
from polytope_nn.cli import main
from polytope_nn.geometry.polyhedra.documents import read_polyhedron

PYRAMID = """V-representation
begin
6 4 integer
1 1 1 0
1 1 -1 0
1 -1 1 0
1 -1 -1 0
1 0 0 1
2 0 0 2
end
"""
HALF_STRIP = "H-representation\nbegin\n3 3 integer\n-2 1 0\n0 0 1\n1 0 -1\nend\n"


@pytest.fixture
def put(tmp_path):
    def write(text, name):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_json(put, capsys):
    assert main(["polyhedron", put(PYRAMID, "p.ext"), "--volume", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["volume"] == "4/3"
    assert (found["dim"], found["ambient_dim"]) == (3, 3)
    counts = {"vertices": 5, "rays": 0, "lines": 0, "facets": 5, "equations": 0}
    for key, count in counts.items():
        assert found[f"n_{key}"] == len(found[key]) == count
    assert ["0", "0", "1"] in found["vertices"]
    assert {"a": ["0", "0", "-1"], "b": "0"} in found["facets"]


def test_projection_and_unbounded_volume(put, capsys):
    path = put(HALF_STRIP, "h.ine")
    assert main(["polyhedron", path, "--project", "1", "--volume", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["vertices"], found["rays"], found["volume"]) == ([["2"]], [["1"]], None)
    assert main(["polyhedron", path, "--project", "2,1", "--to", "ext"]) == 0
    swapped = Polyhedron.from_ext(capsys.readouterr().out)
    assert swapped == Polyhedron.from_ine(HALF_STRIP).image([[0, 1], [1, 0]])


@pytest.mark.parametrize("form", ["ine", "ext", "json", "normaliz"])
def test_formats_are_read_again(put, capsys, form):
    P = Polyhedron.from_ine(HALF_STRIP)
    assert main(["polyhedron", put(HALF_STRIP, "h.ine"), "--to", form]) == 0
    text = capsys.readouterr().out
    assert read_polyhedron(text) == P
    assert main(["polyhedron", put(text, "again"), "--to", form]) == 0
    assert capsys.readouterr().out == text


def test_graphml(put, capsys):
    assert main(["polyhedron", put(PYRAMID, "p.ext"), "--to", "graphml"]) == 0
    assert capsys.readouterr().out.startswith("<graphml")


def test_what_is_printed_is_irredundant(put, capsys):
    text = "begin\n3 2 integer\n1 -1\n2 -1\n0 1\nend"
    assert main(["polyhedron", put(text, "x.ine"), "--to", "ine"]) == 0
    assert "2 2 rational" in capsys.readouterr().out


def test_the_page(put, capsys):
    assert main(["polyhedron", put(PYRAMID, "p.ext"), "--volume"]) == 0
    out = capsys.readouterr().out
    assert "dimension 3 in R^3: 5 vertices, 0 rays, 0 lines, 5 facets, 0 equations" in out
    assert "volume 4/3" in out
    assert "vertex (0, 0, 1)" in out
    assert "(0, 0, -1) x <= 0" in out
    assert main(["polyhedron", put(HALF_STRIP, "h.ine"), "--volume"]) == 0
    assert "volume unbounded" in capsys.readouterr().out
    polygon = {"vertices": [[t, t * t] for t in range(60)]}
    assert main(["polyhedron", put(json.dumps(polygon), "p.json")]) == 0
    assert "... and 20 more: --json lists them all" in capsys.readouterr().out


def test_the_empty_set_is_an_answer(put, capsys):
    path = put("begin\n2 2 integer\n0 -1\n-1 1\nend", "e.ine")
    assert main(["polyhedron", path, "--volume", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["dim"], found["volume"]) == (-1, "0")
    assert found["vertices"] == found["facets"] == found["equations"] == []
    assert main(["polyhedron", path]) == 0
    assert "the empty set in R^1" in capsys.readouterr().out
    for form in ("ine", "ext", "json", "normaliz"):
        assert main(["polyhedron", path, "--to", form]) == 0
        assert read_polyhedron(capsys.readouterr().out).is_empty


def test_a_number_field(put, capsys):
    root = {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": ["0", "1"]}
    path = put(json.dumps({"vertices": [[0], [root]]}), "f.json")
    assert main(["polyhedron", path, "--volume", "--json"]) == 0
    volume = json.loads(capsys.readouterr().out)["volume"]
    assert (volume["coords"], volume["poly"]) == (["0", "1"], [-2, 0, 1])
    assert abs(volume["value_float"] - 2**0.5) < 1e-15
    assert main(["polyhedron", path]) == 0
    assert "vertex" in capsys.readouterr().out


def test_standard_input(monkeypatch, capsys):
    stream = io.TextIOWrapper(io.BytesIO(HALF_STRIP.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["polyhedron", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_rays"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--project", "0"], "give different coordinates from 1 to 2"),
        (["--project", "1,1"], "--project 1,1"),
        (["--project", "x"], "--project x"),
        (["--project", "١"], "--project ١"),
        (["--to", "ine", "--json"], "leave out --json"),
        (["--to", "ine", "--volume"], "leave out --volume"),
        (["--to", "xml"], "invalid choice"),
    ],
)
def test_refused_options(put, capsys, arguments, message):
    assert main(["polyhedron", put(HALF_STRIP, "h.ine"), *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_refused_files(put, capsys, tmp_path):
    for path, message in (
        (str(tmp_path / "none.ine"), "there is no such file"),
        (put("nonsense", "x.ine"), 'x.ine: the text has no "begin ... end"'),
        (put("H-representation\nvoronoi\nbegin\n0 1 real\nend", "v.ine"), '"voronoi"'),
        (put("", "e.ine"), "e.ine: is empty: a polyhedron is wanted"),
        (put("[1, 2]", "l.json"), "l.json: is JSON, but no object"),
    ):
        assert main(["polyhedron", path]) == 2
        err = capsys.readouterr().err
        assert message in err
        assert err.count("\n") == 1


def test_what_is_printed_is_read_again_as_the_guide_says(tmp_path, capsys):
    """The triangle x + y = 2 - z, x, y, z >= 0 in R^3: A, b and C, d of our own JSON."""
    own = tmp_path / "own.json"
    A = [[-1, 0, 0], [0, -1, 0], [0, 0, -1]]
    own.write_text(json.dumps({"A": A, "b": [0, 0, 0], "C": [[1, 1, 1]], "d": [2]}))
    names = {"ine": ".ine", "ext": ".ext", "json": ".json", "normaliz": ".in", "": ".json"}
    assert main(["polyhedron", str(own), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert sorted(first["vertices"]) == [["0", "0", "2"], ["0", "2", "0"], ["2", "0", "0"]]
    for form, suffix in names.items():
        assert (
            main(["polyhedron", str(own), *(["--to", form] if form else ["--json"])]) == 0
        )
        again = tmp_path / f"again{suffix}"
        again.write_text(capsys.readouterr().out)
        assert main(["polyhedron", str(again), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == first
    assert main(["polyhedron", str(own), "--to", "graphml"]) == 0
    (tmp_path / "graph.graphml").write_text(capsys.readouterr().out)
    assert main(["polyhedron", str(tmp_path / "graph.graphml")]) == 2
    assert "GraphML is not" in capsys.readouterr().err
