"""Commands about networks refuse losses that are 0 or not allowed, before anything is solved."""

import json
from pathlib import Path

import pytest

from polytope_nn.cli import main

INDICATORS = ("interpolation", {"kind": "tolerance", "epsilon": "1/4"}, "margin")


@pytest.mark.parametrize("loss", INDICATORS, ids=str)
@pytest.mark.parametrize("y", [[1, -1], [1, 1]], ids=["impossible", "possible"])
@pytest.mark.parametrize("command", ["gap", "nearest", "descend", "connect"])
def test_indicators_are_refused_whether_or_not_they_can_be_met(
    command, y, loss, tmp_path, capsys
):
    """Two equal samples with opposite labels are met by no network: still exit 2."""
    instance, network = tmp_path / "i.json", tmp_path / "n.json"
    instance.write_text(json.dumps({"X": [[1], [1]], "y": y, "beta": 1, "loss": loss}))
    network.write_text(json.dumps({"neurons": [{"sign": 1, "u": [1]}]}))
    ends = {
        "descend": ["--from", str(network)],
        "connect": ["--from", str(network), "--to", str(network)],
    }.get(command, [str(network)])
    assert main([command, str(instance), *ends]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "loss" in said.err
    assert "finite loss" in said.err
    assert said.err.count("\n") == 1


CELLS = {"X": [[1], [-1]], "y": [3, 2], "beta": 1, "penalty": "l1"}
OTHERS = [CELLS, CELLS | {"penalty": "l2", "activation": "threshold"}]


@pytest.mark.parametrize("fields", OTHERS, ids=["cells", "threshold"])
@pytest.mark.parametrize("command", ["nearest", "descend", "connect", "path"])
def test_a_problem_that_is_not_taken_is_named_by_its_file_unsolved(
    command, fields, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("polytope_nn.search.finding.optimum", None)  # it is not called
    instance, network = tmp_path / "i.json", tmp_path / "n.json"
    instance.write_text(json.dumps(fields))
    network.write_text(json.dumps({"neurons": [{"sign": 1, "u": [1]}] * 2}))
    ends = {"nearest": [network], "descend": ["--from", network]}
    given = ends.get(command, ["--from", network, "--to", network])
    assert main([command, str(instance), *map(str, given)]) == 2
    assert capsys.readouterr().err.startswith(f"polytope-nn {command}: {instance}: ")


@pytest.mark.parametrize("command", ["nearest", "descend", "connect", "path"])
def test_a_width_that_is_too_small_names_the_network(command, tmp_path, capsys):
    instance, network = tmp_path / "i.json", tmp_path / "n.json"
    instance.write_text(json.dumps({"X": [[1], [-1]], "y": [3, 2], "beta": 1}))
    network.write_text(json.dumps({"neurons": [{"sign": 1, "u": [1]}] * 2}))
    ends = {"nearest": [network], "descend": ["--from", network]}
    given = ends.get(command, ["--from", network, "--to", network])
    assert main([command, str(instance), *map(str, given), "--width", "1"]) == 2
    said = capsys.readouterr().err
    assert f"{network}: 2 slots in use, the width is 1: give --width 2 or more" in said


def test_the_float_of_a_gap_is_no_negative_number(tmp_path, capsys):
    """An optimum in balls, and the network nearest to it: its gap is 0 up to rounding."""
    instance, network, near = (str(tmp_path / x) for x in ("i.json", "n.json", "near.json"))
    rows = {"X": [[1, 0], [-1, 1], [2, 1]], "y": [1, -1, 1], "loss": "logistic"}
    for beta in ("1/10", "1/5", "3/10", "2/5"):
        Path(instance).write_text(json.dumps(rows | {"beta": beta}))
        Path(network).write_text(json.dumps({"neurons": []}))
        assert main(["nearest", instance, network, "-o", near]) == 0
        capsys.readouterr()
        assert main(["gap", instance, near, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["gap"]["lower"] == "0"
        assert 0 <= found["gap"]["value_float"] < 1e-12
        assert found["gap_float"] == found["gap"]["value_float"]
