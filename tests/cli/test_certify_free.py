"""``polytope-nn certify`` and ``interpolate -o`` where something is free of price."""

import json
from fractions import Fraction

import pytest

from polytope_nn.cli import main
from polytope_nn.landscape.optimal_set import free_part_optimum
from polytope_nn.problems.instance import read_instance
from tests import commands
from tests.commands import written

from .test_interpolate import EXAMPLES, FILES

LINE = {"X": [[0], [1], [2], [4]], "y": [0, 0, 3, -1], "beta": "1/2"}
PLANE = {"X": [[0, 1], [1, 2], [2, -1], [3, 3], [-2, 1]], "y": [0, 0, 3, 1, -2], "beta": 1}


def answered(capsys, *arguments):
    return commands.answered(capsys, "certify", *arguments)


@pytest.mark.parametrize("skip", ["none", "linear", "affine"])
@pytest.mark.parametrize("bias", ["none", "penalised", "free"])
@pytest.mark.parametrize("data", [LINE, PLANE])
def test_training_with_a_free_part(tmp_path, capsys, data, bias, skip):
    """The keys of the contract; the certificate is checked; the answer is the library's."""
    instance = written(tmp_path, data | {"bias": bias, "skip": skip})
    target = str(tmp_path / "cert.json")
    found = answered(capsys, instance, "-o", target)
    assert main(["check", target]) == 0
    keys = (
        "level n d n_patterns n_atoms rank dim n_vertices beta_squared kappa fit objective"
    )
    keys += (
        " m_star M_star threshold bound bound_talk spectrum atoms vertices widths theorems"
    )
    assert set(keys.split()) <= set(found)
    assert set(found["theorems"]) >= {f"T7.{i}" for i in range(1, 6)}
    if (bias, skip) in {("none", "none"), ("penalised", "none")}:
        assert "verdict" not in found
        return
    D = read_instance(instance).problem()
    solved = free_part_optimum(D, skip=skip)
    assert found["n_atoms"] == len(solved.atoms)
    assert (found["bias"], found["skip"]) == (bias, skip)
    defined = found["widths"] is not None
    assert defined == (found["m_star"] is not None) == (found["vertices"] is not None)
    if defined:
        assert len(found["free_parts"]) == found["n_vertices"] == len(solved.vertices)
        assert "not claimed" not in found["theorems"].values() or found["m_star"] == 0


def test_a_free_bias_without_widths(tmp_path, capsys):
    instance = written(tmp_path, {"X": [[0], [1], [2]], "y": [0, 0, 3], "beta": 1})
    found = answered(capsys, instance, "--bias", "free")
    assert (found["objective"], found["verdict"]) == ("2", "continuum")
    assert (found["widths"], found["flats"]) == (None, 2)
    assert set(found["theorems"].values()) == {"not claimed"}
    picture = tmp_path / "functions.svg"
    assert main(["certify", instance, "--bias", "free", "--figure", str(picture)]) == 0
    page = capsys.readouterr().out
    assert "continuum: 2 families of optimal neurons differ in the bias alone" in page
    assert "accepted by the checker" in page
    assert picture.read_bytes().startswith(b"<?xml")


def test_theorems_of_the_quotient(tmp_path, capsys):
    instance = written(tmp_path, {"X": [[1], [2], [-1]], "y": [1, 3, 2], "beta": "1/4"})
    found = answered(capsys, instance, "--skip", "linear", "--theorems")
    assert found["theorems"]["T8"] is True
    assert found["theorems"]["T14"] is True


def test_a_skip_that_is_all_that_is_needed(tmp_path, capsys):
    instance = written(tmp_path, {"X": [[0], [1], [2]], "y": [0, 0, 3], "beta": 1})
    assert main(["certify", instance, "--bias", "free", "--skip", "affine"]) == 0
    page = capsys.readouterr().out
    assert "f(x) = 3/2 x1 - 1/2" in page
    assert "no neuron is used" in page
    found = answered(capsys, instance, "--bias", "free", "--skip", "affine")
    assert found["fit"] == ["-1/2", "1", "5/2"]
    assert found["objective"] == "3/4"
    assert found["kappa"] == ["1/2", "-1", "1/2"]
    slopes = [list(map(Fraction, a)) for a in found["free_parts"]]
    assert slopes == [[Fraction(3, 2), Fraction(-1, 2)]]


def test_a_staircase_is_drawn_where_there_is_one(tmp_path, capsys):
    picture = tmp_path / "staircase.svg"
    instance = written(tmp_path, PLANE | {"skip": "linear"})
    assert main(["certify", instance, "--figure", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"<?xml")
    assert "connected for good" in capsys.readouterr().out


def test_an_undetermined_skip_is_said(tmp_path, capsys):
    data = {"X": [[1, 1], [2, 2], [-1, -1]], "y": [1, 1, 0], "bias": "penalised"}
    instance = written(tmp_path, data | {"skip": "linear", "beta": "1/4"})
    assert main(["certify", instance]) == 0
    assert "isolated points are counted modulo lines" in capsys.readouterr().out
    found = answered(capsys, instance)
    assert (found["lines"], found["modulo"]) == (1, ["lines"])
    assert [step["isolated"] for step in found["widths"]] == [1, 0]
    assert found["theorems"]["T7.3"] is True  # of the quotient, as the counts are


def test_a_given_kappa(tmp_path, capsys):
    data = {"X": [[0], [1], [2]], "y": [0, 0, 3], "beta": 1, "bias": "free"}
    assert main(["certify", written(tmp_path, data | {"kappa": [0, -1, 1]})]) == 0
    assert main(["certify", written(tmp_path, data | {"kappa": [0, -1, 2]})]) == 1
    assert "free column" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, words",
    [
        (["certify", "--skip", "deep"], "--skip"),
    ],
)
def test_what_has_no_answer_is_refused(tmp_path, capsys, argv, words):
    network = tmp_path / "network.json"
    network.write_text('{"neurons": [null]}', encoding="utf-8")
    command, *rest = [str(network) if a == "network.json" else a for a in argv]
    assert main([command, written(tmp_path, LINE), *rest]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", FILES)
def test_interpolants_are_certified(tmp_path, capsys, name):
    target = tmp_path / "cert.json"
    assert main(["interpolate", str(EXAMPLES / name), "-o", str(target)]) == 0
    assert "accepted by the checker" in capsys.readouterr().out
    assert main(["check", str(target)]) == 0
    read = json.loads(target.read_text("utf-8"))
    assert (read["kind"], read["version"]) == ("staircase", 2)


def test_many_vertices_are_certified_when_asked(tmp_path, capsys, monkeypatch):
    from polytope_nn.cli import options

    monkeypatch.setattr(options, "_AT_ONCE", (1, 1))
    instance, target = str(EXAMPLES / "square_ridges.json"), tmp_path / "cert.json"
    assert main(["interpolate", instance]) == 0
    assert "4 vertices: -o FILE.json writes" in capsys.readouterr().out
    assert main(["interpolate", instance, "-o", str(target)]) == 0
    assert "accepted by the checker" in capsys.readouterr().out


def test_what_cannot_be_certified_is_said(tmp_path, capsys, monkeypatch):
    from polytope_nn.certificate import interpolations as producer
    from polytope_nn.errors import Undecided

    def undecided(_):
        raise Undecided("for the test")

    monkeypatch.setattr(producer, "free_certificate", undecided)
    instance, target = str(EXAMPLES / FILES[0]), tmp_path / "cert.json"
    assert main(["interpolate", instance]) == 0
    assert "no certificate: for the test" in capsys.readouterr().out
    assert main(["interpolate", instance, "-o", str(target)]) == 3
    assert not target.exists()
