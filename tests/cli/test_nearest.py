"""``nearest``: the keys of the contract, the page, the file, and one line for what is wrong."""

import json
from fractions import Fraction

import numpy as np

from polytope_nn import Network, is_optimal
from polytope_nn.cli import main
from polytope_nn.problems.instance import read_instance
from tests import commands

OCTAHEDRON = "examples/octahedron.json"


def run(capsys, *arguments):
    return commands.run(capsys, "nearest", *arguments)


def network(tmp_path, *neurons):
    file = tmp_path / "net.json"
    file.write_text(json.dumps({"neurons": [{"sign": s, "u": u} for s, u in neurons]}))
    return file


def test_the_keys_and_the_file(tmp_path, capsys):
    net = network(
        tmp_path, (1, [4, 4, -4]), (1, [-4, -4, 4]), (1, ["1/100", "-1/100", "1/100"])
    )
    target = tmp_path / "near.json"
    code, out, err = run(capsys, OCTAHEDRON, net, "--json", "-o", target)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert Fraction(found["distance"]) < Fraction(1, 1000)
    assert found["network"] == json.loads(target.read_text())
    near = Network.load(target, 3)
    assert near.width == 7
    assert is_optimal(read_instance(OCTAHEDRON).problem(), near)
    assert "distance_at_least" not in found


def test_an_optimum_is_at_distance_0_of_itself(capsys):
    code, out, _ = run(
        capsys, OCTAHEDRON, "examples/networks/octahedron_two.json", "--json"
    )
    assert code == 0
    found = json.loads(out)
    assert found["distance"] == "0"
    assert "vertex" in found
    code, out, _ = run(capsys, OCTAHEDRON, "examples/networks/octahedron_two.json")
    assert out.startswith("nearest optimal network of width 7, spread from vertex")


def test_what_is_not_decided_has_a_bound(tmp_path, capsys):
    net = network(tmp_path, (1, [1, 2, 3]), (-1, [-1, 0, 4]), (1, ["1/3", -1, -1]))
    code, out, _ = run(capsys, OCTAHEDRON, net, "--json")
    assert code == 0
    found = json.loads(out)
    if "distance_at_least" in found:
        assert Fraction(found["distance_at_least"]) < Fraction(found["distance"])
        assert "proved" in run(capsys, OCTAHEDRON, net)[1]


def test_measured_data_of_level_interval(tmp_path, capsys):
    """One optimal network, known in balls: the distance is a ball, and so is a bound."""
    net = tmp_path / "net.npz"
    np.savez(net, W=np.full((3, 1), 0.25), alpha=[0.5, -0.5, 0.1], b=[0.1, 0.0, 0.3])
    options = ["--beta", "1", "--bias", "penalised", "--target", "y", "--json"]
    code, out, err = run(capsys, "examples/anscombe_2.csv", net, *options)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert set(found["distance"]) == {"lower", "upper", "value_float"}
    low, high = (Fraction(found["distance"][end]) for end in ("lower", "upper"))
    assert 0 < low <= high < low * (1 + Fraction(1, 10**9))
    assert found["vertex"] == 0
    assert found["width"] == 12


def test_refusals_are_one_line(tmp_path, capsys):
    net = network(tmp_path, (1, [4, 4]))
    for arguments, exit_code in (
        ([OCTAHEDRON, net], 2),
        ([OCTAHEDRON, tmp_path / "none.json"], 2),
        ([OCTAHEDRON, "examples/networks/octahedron_two.json", "--width", "1"], 2),
        ([OCTAHEDRON, "examples/networks/octahedron_two.json", "--bias", "free"], 2),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out, err.count("\n")) == (exit_code, "", 1)


def test_what_is_free_is_written_and_of_no_cost(tmp_path, capsys):
    rows = {"X": [[0, 1], [3, -3]], "y": [1, -2], "beta": "1/2", "skip": "linear"}
    instance, near = tmp_path / "huber.json", tmp_path / "near.json"
    instance.write_text(json.dumps(rows | {"loss": {"kind": "huber", "delta": "1/2"}}))
    code, out, _ = run(
        capsys, instance, network(tmp_path, (-1, [-1, "1/2"])), "-o", near, "--json"
    )
    assert code == 0
    assert json.loads(out)["network"]["skip"] == ["1/3", "1"]
    assert main(["gap", str(instance), str(near), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gap"] == "0"


def test_numbers_are_read_as_other_commands_print_them(tmp_path, capsys):
    root = {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": ["0", "1"]}
    ball = {"lower": "1", "upper": "1"}
    said = []
    for beside in ({}, {"value_float": 1.4}):
        net = network(tmp_path, (1, [root | beside, ball | beside, 0]))
        said.append(run(capsys, OCTAHEDRON, net, "--json"))
    assert said[0] == said[1]
    assert said[0][0] == 0
