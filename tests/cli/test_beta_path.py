"""``beta-path``: the keys of the contract, the page, the figure, refusals."""

import json
from fractions import Fraction

import pytest

from .test_path import EXAMPLES, run

KEYS = {"lower", "upper", "event", "n_atoms", "m_star", "M_star", "threshold", "proved"}


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"X": [[1], [2], [-1], [-3]], "y": [3, 1, 2, -4]}')
    return file


def test_json(capsys, data):
    code, out, err = run(capsys, "beta-path", data, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["beta_max"] == "10"
    first, last = found["intervals"]
    assert set(first) >= KEYS
    assert [first[key] for key in sorted(KEYS)] == [1, "enters", "5", 1, 1, "1", 1, "10"]
    assert (last["lower"], last["upper"], last["event"], last["m_star"]) == (
        "1/10", "5", "end", 2,
    )  # fmt: skip
    assert [a["face"] for a in last["atoms"]] == ["++--", "--++"]


def test_numbers_of_fields_and_balls(capsys, tmp_path):
    file = tmp_path / "four.json"
    file.write_text('{"X": [[2,1],[-1,2],[1,-2],[-3,-1]], "y": [3,-2,4,1], "beta": 1}')
    _, out, _ = run(capsys, "beta-path", file, "--json", "--to", "0.5")
    found = json.loads(out)
    assert found["beta_max"]["coords"] == ["0", "5"]
    exact, ball = (i["lower"] for i in found["intervals"][:2])
    assert set(exact) == {"poly", "root", "coords", "value_float"}
    assert abs(exact["value_float"] - 4.369533514954392) < 1e-12
    assert set(ball) == {"lower", "upper", "value_float"}
    assert 0 < Fraction(ball["upper"]) - Fraction(ball["lower"]) < Fraction(1, 10**9)
    assert found["intervals"][2]["lower"] == "1/2"


def test_page(capsys, data):
    code, out, _ = run(capsys, "beta-path", data)
    assert code == 0
    assert "beta_max = 10" in out
    assert "an atom enters" in out
    assert "not proved" not in out


def test_a_path_to_zero_tells_the_limit(capsys, tmp_path):
    file = tmp_path / "two.json"
    file.write_text('{"X": [[2, 0], [0, 2]], "y": [3, -1]}')
    _, out, _ = run(capsys, "beta-path", file, "--json", "--to", "0")
    found = json.loads(out)
    assert found["intervals"][-1]["lower"] == "0"
    assert found["limit"] == {"n_atoms": 2, "m_star": 2, "M_star": 2, "threshold": 3}


def test_no_neuron(capsys, tmp_path):
    file = tmp_path / "zero.json"
    file.write_text('{"X": [[2, 0], [0, 2]], "y": [0, 0]}')
    code, out, _ = run(capsys, "beta-path", file, "--json")
    assert code == 0
    assert json.loads(out) == {"beta_max": "0", "intervals": [], "proved": "1"}
    assert "there is no path" in run(capsys, "beta-path", file)[1]


@pytest.mark.parametrize("form", [".png", ".svg", ".pdf"])
def test_figure(capsys, data, tmp_path, form):
    file = tmp_path / f"path{form}"
    assert run(capsys, "beta-path", data, "--figure", file)[0] == 0
    first = file.read_bytes()
    assert len(first) > 5000
    run(capsys, "beta-path", data, "--figure", file)
    assert file.read_bytes() == first


@pytest.mark.parametrize(
    "options, named",
    [
        (["--bias", "free"], "bias"),
        (["--skip", "linear"], "skip"),
        (["--from", "1", "--to", "2"], "--to"),
        (["--from", "x"], "--from: 'x' is no fraction or decimal: write a number such as"),
        (["--to", "1/0"], "--to: '1/0' has denominator 0: write a number such as 3/7"),
        (["--to", "-1"], "--to"),
        (["--figure", "path.txt"], "path.txt"),
    ],
)
def test_refusals(capsys, data, options, named):
    code, out, err = run(capsys, "beta-path", data, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert named in err


@pytest.mark.parametrize(
    "loss", ['"absolute"', '{"kind": "huber", "delta": 1}', '"interpolation"']
)
def test_other_losses_are_refused(capsys, tmp_path, loss):
    file = tmp_path / "other.json"
    file.write_text(f'{{"X": [[1], [2]], "y": [3, 1], "loss": {loss}}}')
    code, out, err = run(capsys, "beta-path", file)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "loss" in err


def test_an_instance_with_beta_and_a_table(capsys):
    code, out, _ = run(capsys, "beta-path", EXAMPLES / "a2.json", "--json")
    (only,) = json.loads(out)["intervals"]
    assert (code, only["n_atoms"], only["m_star"], only["threshold"]) == (0, 3, 1, 3)
