"""Commands about networks refuse losses that are 0 or not allowed, before anything is solved."""

import json

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
