"""``path`` where something is free of price: interpolants, skips, free biases."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn.cli import main

from .test_path import EXAMPLES, NETWORKS, run

SQUARE = EXAMPLES / "interpolation" / "square_affine_skip.json"
ONE, OTHER = (NETWORKS / f"square_lines_{end}.json" for end in ("one", "other"))


def along(capsys, *more):
    ends = ["--from", ONE, "--to", OTHER]
    return run(capsys, "path", SQUARE, "--interpolation", *ends, *more)


def fitted(X, network, a, *, biased):
    """The fit, multiplied out from the JSON: neurons, then the skip."""
    fits = []
    for x in X:
        seen = [*x, 1] if biased else x
        total = Fraction(a[-1]) + sum(Fraction(s) * t for s, t in zip(a, x, strict=False))
        for neuron in network["neurons"]:
            if neuron is not None:
                h = sum(Fraction(s) * t for s, t in zip(neuron["u"], seen, strict=True))
                total += neuron["sign"] * max(h, 0)
        fits.append(total)
    return fits


def test_a_path_of_interpolants(capsys):
    code, out, _ = along(capsys, "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["width"], found["connected"]) == (2, True)
    read = json.loads(SQUARE.read_text(encoding="utf-8"))
    for network, a in zip(found["breakpoints"], found["free_parts"], strict=True):
        assert fitted(read["X"], network, a, biased=True) == read["y"]
        cost = sum(
            sum(Fraction(t) ** 2 for t in x["u"]) for x in network["neurons"] if x
        )  # one neuron at each breakpoint here: its norm squared
        assert cost == 4
    for before, after in pairwise(found["breakpoints"]):
        for x, z in zip(before["neurons"], after["neurons"], strict=True):
            assert x is None or z is None or x["sign"] == z["sign"]


def test_apart_at_width_one(capsys):
    code, out, _ = along(capsys, "--width", 1, "--json")
    assert code == 1
    found = json.loads(out)
    assert found["connected"] is False
    assert found["separation"]["isolated"] is True
    code, out, _ = along(capsys)
    assert (code, out.splitlines()[0]) == (0, "joined at width 2 by 2 lines")


def network(tmp_path, name, *neurons):
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps({"neurons": neurons}), encoding="utf-8")
    return path


@pytest.mark.parametrize("skip", ["none", "linear", "affine"])
def test_training_with_a_free_bias(capsys, tmp_path, skip):
    """The certified vertices are joined to each other, their slots permuted."""
    data = {"X": [[-4], [3], [-2], [1]], "y": [-3, 2, 4, -1], "beta": "1/2"}
    instance = tmp_path / "instance.json"
    written = data | {"bias": "free", "skip": skip}
    instance.write_text(json.dumps(written), encoding="utf-8")
    assert main(["certify", str(instance), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    neurons = [
        {"sign": a["sign"], "u": [str(Fraction(c) * Fraction(t)) for t in a["g"]]}
        for a, c in zip(found["atoms"], (found["vertices"] or [["1"] * 9])[0], strict=False)
        if c != "0"
    ]
    ends = [
        *("--from", network(tmp_path, "start", *neurons)),
        *("--to", network(tmp_path, "end", *neurons[::-1])),
    ]
    code, out, err = run(capsys, "path", instance, *ends, "--json")
    if found["vertices"] is None:
        assert code == (1 if "no optimum is attained" in err else 2)
        assert "no optimum is attained" in err or "give a width" in err
        return
    assert code == 0
    answer = json.loads(out)
    assert answer["width"] == len(neurons) + (len(neurons) > 1)
    for net, a in zip(answer["breakpoints"], answer["free_parts"], strict=True):
        fit = fitted(data["X"], net, a, biased=True)
        assert fit == list(map(Fraction, found["fit"]))


@pytest.mark.parametrize(
    "neuron, code, words",
    [
        ({"sign": 1, "u": ["1", "1", "0"]}, 1, "the fit is (1, 0, 1, 0)"),
        ({"sign": -1, "u": ["2", "0", "0"]}, 1, "the fit is (-2, 0, 0, 0)"),
        ({"sign": 1, "u": ["1", "0", "0"]}, 1, "the fit is (1, 0, 0, 0)"),
        ({"w": ["2", "0", "0"], "alpha": "1"}, 1, "is not balanced"),
        ({"sign": 1, "u": ["1", "0"]}, 2, "dimension 2, the samples 3"),
    ],
)
def test_what_is_not_optimal_is_refused(capsys, tmp_path, neuron, code, words):
    start = network(tmp_path, "start", neuron)
    ends = ["--from", start, "--to", OTHER]
    answered, out, err = run(capsys, "path", SQUARE, "--interpolation", *ends)
    assert (answered, out) == (code, "")
    assert words in err


def test_raw_weights_of_a_free_bias_are_refused(capsys, tmp_path):
    start = network(tmp_path, "start", {"w": ["2", "0", "1"], "alpha": "1"})
    instance = tmp_path / "instance.json"
    data = {"X": [[1, 0], [0, 1], [2, 1]], "y": [1, 2, 0], "beta": 1, "bias": "free"}
    instance.write_text(json.dumps(data), encoding="utf-8")
    ends = ["--from", start, "--to", start, "--width", 1]
    code, _, err = run(capsys, "path", instance, *ends)
    assert code == 1
    assert "start is not optimal" in err


def test_a_strip_of_a_problem_with_something_free(capsys, tmp_path):
    data = json.loads(SQUARE.read_text(encoding="utf-8")) | {"beta": 1}
    instance = tmp_path / "instance.json"
    instance.write_text(json.dumps(data), encoding="utf-8")
    empty = network(tmp_path, "empty", None)
    ends = ["--from", empty, "--to", empty, "-o", tmp_path / "strip.svg"]
    code, out, _ = run(capsys, "draw", instance, *ends)
    assert (code, out.startswith("wrote ")) == (0, True)


def test_without_beta_it_must_be_said_that_labels_are_fitted_exactly(capsys):
    code, _, err = run(capsys, "path", SQUARE, "--from", ONE, "--to", OTHER)
    assert code == 2
    assert "beta is missing" in err
