"""``connect``: the keys of the contract, the page, and the refusals."""

import json

import numpy as np

from polytope_nn.cli import main
from tests import commands

OCTAHEDRON = "examples/octahedron.json"
ENDS = ["--from", "examples/networks/octahedron_raw.json", "--to"]


def run(capsys, *arguments):
    return commands.run(capsys, "connect", OCTAHEDRON, *arguments)


def test_a_trained_network_and_an_optimal_one(tmp_path, capsys):
    net, target = tmp_path / "net.npz", tmp_path / "cert.json"
    np.savez(net, W=[[1.0, 0.5, -0.25], [0.0, -1.5, 2.0]], alpha=[1.0, -0.5])
    code, out, err = run(capsys, *ENDS, net, "--json", "-o", target)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert main(["check", str(target)]) == 0
    assert "accepted" in capsys.readouterr().out
    road = json.loads(target.read_text())["claims"][-1]
    assert (road["claim"], road["gap"]) == ("road", "0")
    assert len(road["breakpoints"]) == len(found["breakpoints"])
    assert set(found) == {"width", "breakpoints", "objectives", "barrier"}
    assert found["barrier"] == "0"
    assert found["width"] <= 8
    assert len(found["breakpoints"]) == len(found["objectives"])
    assert "27" in found["objectives"]
    code, out, _ = run(capsys, *ENDS, net)
    assert code == 0
    assert out.startswith("joined at width 7 by ")
    assert "barrier 0" in out


def test_refusals_are_one_line(tmp_path, capsys):
    for more in (["--width", "3"], ["--bias", "free"], ["--to", tmp_path / "none.json"]):
        code, out, err = run(capsys, *ENDS, "examples/networks/octahedron_two.json", *more)
        assert (code, out, err.count("\n")) == (2, "", 1)
