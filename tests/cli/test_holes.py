"""``polytope-nn holes``: the contract's keys, the page, the figure, refusals on one line."""

import json
from pathlib import Path

import pytest

from polytope_nn.cli import main
from tests.commands import answered

ROOT = Path(__file__).parents[2]
OCTAHEDRON = str(ROOT / "examples" / "octahedron.json")
ZERO = '{"X": [[1, 0], [0, 1]], "y": [1, 1], "beta": 2}'


def answer(capsys, *arguments):
    return answered(capsys, "holes", *arguments)


def test_the_octahedron(capsys):
    found = answer(capsys, OCTAHEDRON)
    assert found["bars"]["0"] == [[2, None], [2, 4], [2, 4], [2, 4], [4, 5], [4, 5]]
    assert sorted(found["bars"]) == ["0", "1", "2", "3"]
    assert found["network_betti"]["4"] == [49, 141, 4]
    assert found["betti"]["4"] == [3, 3]
    assert found["euler"]["4"] == -88
    assert set(found["torsion"]) == set(found["betti"]) == {str(m) for m in range(2, 9)}
    assert all(t == [] for t in found["torsion"].values())
    assert (found["threshold"], found["n_faces"], found["used_rank"]) == (5, 45, 4)


def test_no_neuron_is_a_point_at_every_width(capsys, tmp_path):
    file = tmp_path / "zero.json"
    file.write_text(ZERO)
    found = answer(capsys, str(file))
    assert found["betti"] == found["network_betti"] == {"0": [1], "1": [1]}


def test_the_page_the_certificate_and_the_figure(capsys, tmp_path):
    cert, picture = tmp_path / "cert.json", tmp_path / "holes.svg"
    assert main(["holes", OCTAHEDRON, "-o", str(cert), "--figure", str(picture)]) == 0
    page = capsys.readouterr().out
    assert "degree 0  [2, ∞), 3×[2, 4), 2×[4, 5)\n" in page
    assert page.endswith("accepted by the checker\n")
    assert main(["check", str(cert)]) == 0
    assert picture.read_bytes().startswith(b"<?xml")
    assert max(map(len, page.splitlines())) <= 120


def refused(capsys, code, *arguments):
    assert main(["holes", *arguments]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize(
    "units", [{"activation": "absolute"}, {"activation": {"slopes": ["1", "1/4"]}}]
)
def test_holes_of_other_units_have_no_certificate(units, capsys, tmp_path):
    file = tmp_path / "cross.json"
    cross = {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3, 3, 3, 3], "beta_squared": 2}
    file.write_text(json.dumps(cross | units))
    assert main(["holes", str(file)]) == 0
    capsys.readouterr()
    message = refused(capsys, 3, str(file), "-o", str(tmp_path / "cert.json"))
    assert "leave out -o" in message
    assert list(tmp_path.iterdir()) == [file]


def test_refusals(capsys, tmp_path):
    assert "more than 40 faces" in refused(capsys, 3, OCTAHEDRON, "--faces", "40")
    assert "--faces: 0 is not positive" in refused(capsys, 2, OCTAHEDRON, "--faces", "0")
    for most, known in (("1", "about 6.7 vertices"), ("3", "6 vertices, more than the 3")):
        message = refused(capsys, 3, OCTAHEDRON, "--vertices", most)
        assert known in message
        assert "raise the limit on vertices (--vertices)" in message
    file = tmp_path / "flat.json"
    file.write_text('{"X": [[0], [1], [2]], "y": [0, 0, 3], "beta": 1, "bias": "free"}')
    assert "widths are not counted" in refused(capsys, 2, str(file))
    assert not list(tmp_path.glob("*.svg"))
    assert "must end in" in refused(capsys, 2, OCTAHEDRON, "--figure", "x.txt")


@pytest.mark.parametrize(
    "field, said",
    [
        (
            {"penalty": "l1"},
            "ranges over cells, and is no polytope of atoms: certify counts",
        ),
        ({"loss": "absolute"}, "holes need a unique fit: squared loss has one"),
        ({"bias": "free"}, "widths are not counted (with skip constant they are)"),
        (
            {"y": [[3, 1]] * 4},
            "a vector model: this command takes two-layer models: certify,",
        ),
    ],
)
def test_a_refusal_names_the_cure(capsys, tmp_path, field, said):
    file = tmp_path / "square.json"
    square = {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3] * 4, "beta_squared": 2}
    file.write_text(json.dumps(square | field))
    told = refused(capsys, 2, str(file))
    assert said in told
    assert "TrainingProblem" not in told
    assert told.startswith(f"polytope-nn holes: {file}: ")


def test_one_face_is_singular(capsys, tmp_path):
    file = tmp_path / "one.json"
    file.write_text('{"X": [[2], [0]], "y": [3, 1], "beta": 1}')
    assert main(["holes", str(file)]) == 0
    assert capsys.readouterr().out.startswith("one: P has 1 face, m* = 1, r_P = 1; ")


def test_a_fit_that_is_not_unique(capsys, tmp_path):
    file = tmp_path / "several.json"
    loss = {"kind": "epsilon_insensitive", "epsilon": "1/2"}
    X = [[0, 1], [0, 1], [1, -2], [1, 0], [-1, 1]]
    data = {"X": X, "y": [-2, -3, -2, 3, -1], "beta": "1/2", "loss": loss}
    file.write_text(json.dumps(data))
    assert "holes need a unique fit" in refused(capsys, 2, str(file))


@pytest.mark.parametrize(
    "more",
    [
        {"loss": "hinge"},
        {"activation": "absolute"},
        {"activation": "threshold"},
        {"activation": {"slopes": ["1", "1/3"]}},
        {"gates": [[1, 0, 1], [0, 1, 1]]},
    ],
)
def test_no_certificate_of_other_losses_and_units_yet(capsys, tmp_path, more):
    file = tmp_path / "other.json"
    data = {"X": [[0], [-2], [1]], "y": [1, -1, -1], "beta": "1/2", **more}
    file.write_text(json.dumps(data))
    assert answer(capsys, str(file))["bars"]["0"][0][1] is None
    told = refused(capsys, 3, str(file), "-o", str(tmp_path / "cert.json"))
    assert "ReLU units, squared loss and interpolation" in told
    assert not (tmp_path / "cert.json").exists()


@pytest.mark.parametrize("bias, skip", [("penalised", "none"), ("none", "affine")])
def test_biases_and_skips(capsys, bias, skip, tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("a,b,y\n1,0,1\n-1,0,1\n0,1,1\n0,-1,1\n")
    options = ["--beta", "1/4", "--bias", bias, "--skip", skip, "--target", "y"]
    found = answer(capsys, str(file), *options)
    assert found["network_betti"][str(found["threshold"] + 1)][0] == 1
