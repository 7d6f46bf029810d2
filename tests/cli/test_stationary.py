"""``stationary``: the keys of the contract, the page, the figure, one line for what is wrong."""

import json
from fractions import Fraction

import pytest

from polytope_nn.cli import main
from tests import commands

TIE = "examples/tie.json"


def run(capsys, *arguments):
    return commands.run(capsys, "stationary", *arguments)


def test_the_keys(capsys):
    code, out, _ = run(capsys, TIE, "--width", 1, "--json")
    said = json.loads(out)
    assert code == 0
    assert set(said) == {"width", "points", "values"}
    assert said["width"] == 1
    assert [p["kind"] for p in said["points"]] == ["local"] * 3 + ["saddle"] * 3
    last = said["points"][-1]
    assert last["objective"] == "4"
    assert last["blocks"] == []
    assert last["network"] == {"neurons": [None]}
    assert last["family_dim"] == 0
    kink = next(p for p in said["points"] if p["blocks"] == [{"sign": 1, "face": "+0"}])
    assert kink["objective"] == "7/2"
    assert kink["network"] == {"neurons": [{"sign": 1, "u": ["1", "0"]}]}
    assert kink["descent"] == {"slot": 0, "sign": 1, "direction": ["0", "-1"]}
    floats = [
        v["value_float"] if isinstance(v, dict) else float(Fraction(v))
        for v in said["values"]
    ]
    assert floats == sorted(floats)
    assert len(floats) == 5


def test_the_page_names_families(tmp_path, capsys):
    file = tmp_path / "skip.json"
    given = {
        "X": [[1, 2], [-2, 1], [1, -1]],
        "y": [2, -1, 3],
        "beta": "1/2",
        "skip": "linear",
    }
    file.write_text(json.dumps(given))
    code, out, _ = run(capsys, file, "--width", 2)
    assert code == 0
    assert "a family of dimension 1" in out
    assert out.startswith("13 stationary networks of width 2")


def test_the_figure_is_the_same_on_every_run(tmp_path, capsys):
    pictures = []
    for name in ("a.png", "b.png"):
        target = tmp_path / name
        assert run(capsys, TIE, "--width", 1, "--figure", target)[0] == 0
        pictures.append(target.read_bytes())
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) > 5000


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--width", "0"], "--width: 0 is no width here: write 1 or more"),
        (["--width", "two"], "width"),
        ([], "--width"),
        (["--width", "1", "--figure", "ladder.gif"], ".svg"),
        (["--width", "1", "--loss", "absolute"], f"{TIE}: loss: absolute"),
        (["--width", "1", "--loss", "interpolation"], f"{TIE}: loss: interpolation: a fit"),
    ],
)
def test_bad_input_is_one_line(capsys, arguments, word):
    code, out, err = run(capsys, TIE, *arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert err.count("\n") == 1


def test_what_is_missing_is_exit_3(tmp_path, capsys):
    file = tmp_path / "scales.json"
    X = [["1e20", "2e20"], [-2, 1], ["1e-20", "-1e-20"]]
    file.write_text(json.dumps({"X": X, "y": [2, -1, 3], "beta": 1}))
    code, out, err = run(capsys, file, "--width", 2, "--bits", 64, "--degree", 1)
    assert (code, out) == (3, "")
    assert "whether a stationary network has the blocks" in err


@pytest.mark.parametrize(
    "command", [["stationary", TIE, "--width", "1"], ["beta-path", TIE]]
)
def test_a_limit_is_no_fault_of_the_file(command, capsys):
    assert main([*command, "--bits", "3"]) == 2
    assert capsys.readouterr().err.startswith(
        f"polytope-nn {command[0]}: --bits: 3 is no limit"
    )
