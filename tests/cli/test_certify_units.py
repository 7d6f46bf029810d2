"""certify on other units: the guide's table, the contract's keys, refusals in one line."""

import json
import re
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from polytope_nn.cli import main
from polytope_nn.landscape import slot_complex
from tests.commands import answered, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guide" / "units.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| [^|]* \| (\w+\.json) \| [^|]* \| (\w+) \| ([\d, ]+) \|$", PAGE, re.MULTILINE
)
SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
TWO_LAYERS = {
    *("level", "n", "d", "n_patterns", "n_atoms", "rank", "dim", "n_vertices"),
    *("beta_squared", "kappa", "fit", "objective", "m_star", "M_star", "threshold"),
    *("bound", "bound_talk", "spectrum", "atoms", "vertices", "widths", "theorems"),
    *("used_rank", "fit_unique", "minimal_supports", "modulo"),
}


def certified(capsys, path):
    return answered(capsys, "certify", path)


@pytest.mark.parametrize("file, level, components", ROWS)
def test_the_readme_s_table(file, level, components, capsys):
    path = ROOT / "examples" / "units" / file
    answer = certified(capsys, path)
    key = "polytope_components" if "n_blocks" in answer else "components"
    assert answer["level"] == level
    assert [step[key] for step in answer["widths"]] == [
        int(t) for t in components.split(", ")
    ]
    assert main(["certify", str(path)]) == 0
    assert "level " + level in capsys.readouterr().out


def test_the_table_names_every_example():
    files = {path.name for path in (ROOT / "examples" / "units").glob("*.json")}
    assert {file for file, _, _ in ROWS} == files


@pytest.mark.parametrize("name", ["leaky", "absolute", "gated", "threshold", "l1", "linf"])
def test_the_keys_of_two_layers(name, capsys):
    answer = certified(capsys, ROOT / "examples" / "units" / f"{name}.json")
    assert answer.keys() >= TWO_LAYERS
    for step in answer["widths"]:
        assert step.keys() == {
            *("m", "components", "rigid", "isolated", "polytope_components")
        }
    if name in {"l1", "linf"}:
        assert answer["tight_set"] == "cells"
        assert (answer["m_star"], answer["M_star"]) == (2, None)
        assert {i for cell in answer["cells"] for i in cell} == set(
            range(answer["n_atoms"])
        )


def test_the_keys_of_a_lasso(capsys):
    answer = certified(capsys, ROOT / "examples" / "units" / "lasso.json")
    assert "threshold" not in answer
    assert answer["widths"] == [
        {"m": 1, "polytope_components": 2},
        {"m": 2, "polytope_components": 1},
    ]
    assert [(a["block"], a["sign"]) for a in answer["atoms"]] == [(0, 1), (1, 1)]


def test_objective_and_fit(capsys, tmp_path):
    """objective = loss + kappa'fit, fit = y - kappa / weights, in the answer's own numbers."""
    cases = [
        {"activation": "threshold", "beta": 1},
        {"activation": "threshold_open", "beta": "1/2", "skip": "constant"},
        {"penalty": "l1", "beta": 1, "weights": [1, 2, 1, 3]},
        {"penalty": "linf", "beta": "1/3", "bias": "penalised"},
        {"penalty": "l1", "activation": "absolute", "beta": 1, "skip": "linear"},
    ]
    for case in cases:
        y = [3, -1, 2, 5]
        path = written(tmp_path, {"X": SQUARE, "y": y, **case})
        answer = certified(capsys, path)
        kappa, fit = ([Fraction(t) for t in answer[key]] for key in ("kappa", "fit"))
        w = case.get("weights", [1] * 4)
        assert fit == [t - k / s for t, k, s in zip(y, kappa, w, strict=True)]
        loss = sum(k * k / s for k, s in zip(kappa, w, strict=True)) / 2
        cost = sum(k * z for k, z in zip(kappa, fit, strict=True))
        assert Fraction(answer["objective"]) == loss + cost


PLAIN = {"X": SQUARE, "y": [1, 2, 3, 4], "beta": 1}
BLOCK = {"A": [[1, 0], [0, 1]]}
BAD = [
    (
        {**PLAIN, "activation": "rellu"},
        "activation: 'rellu' is unknown: did you mean 'relu'?",
    ),
    ({**PLAIN, "activation": 3}, "activation: 3: write a word"),
    ({**PLAIN, "activation": {"slope": [1, 0]}}, "activation: key 'slope'"),
    ({**PLAIN, "activation": {"slopes": [1]}}, "slopes: a list of 1: give two"),
    ({**PLAIN, "activation": {"slopes": [0, 0]}}, "slopes: both are 0"),
    ({**PLAIN, "activation": {"slopes": [1, 0.5]}}, 'entry 2: 0.5 is a float: write "0.5"'),
    ({**PLAIN, "gates": [[1, 0, 1]]}, "gates, mask 1 has 3 entries, X has 4 rows"),
    ({**PLAIN, "gates": []}, "gates: is empty"),
    ({**PLAIN, "gates": [[1, 0, 1, 2]]}, "gates, mask 1, entry 4: 2 is neither 0 nor 1"),
    ({**PLAIN, "gates": [[1, 0, 1, 1]], "activation": "absolute"}, "activation, gates:"),
    ({**PLAIN, "gates": [[1, 0, 1, 1]], "penalty": "l1"}, "gates, penalty:"),
    ({**PLAIN, "penalty": "linff"}, "penalty: 'linff' is unknown: did you mean 'linf'"),
    ({**PLAIN, "penalty": "l1", "bias": "free"}, "bias, penalty:"),
    ({**PLAIN, "activation": "absolute", "bias": "free"}, "bias, activation:"),
    ({**PLAIN, "activation": "threshold", "penalty": "linf"}, "activation, penalty:"),
    (
        {"blocks": [BLOCK], "y": [1, 2], "beta": 1, "X": SQUARE},
        "'X': a group LASSO has blocks",
    ),
    ({"blocks": [BLOCK], "y": [1, 2]}, "beta, beta_squared: are missing"),
    ({"blocks": [BLOCK], "y": [1, 2, 3], "beta": 1}, "block 1: A has 2 rows for 3 labels"),
    ({"blocks": [], "y": [1], "beta": 1}, "blocks: is empty"),
    ({"blocks": [[1]], "y": [1], "beta": 1}, "block 1: a list of 1: write"),
    (
        {"blocks": [{"A": [[0.5]]}], "y": [1], "beta": 1},
        "A, row 1, entry 1: 0.5 is a float",
    ),
    (
        {"blocks": [{"A": [[1]], "norm": "l7"}], "y": [1], "beta": 1},
        "norm: 'l7' is unknown",
    ),
    (
        {"blocks": [{"A": [[1]]}], "y": [1], "beta": 1, "free": [[1, 2]]},
        "free, column 1 has 2",
    ),
]


@pytest.mark.parametrize("fields, said", BAD, ids=[said[:24] for _, said in BAD])
def test_bad_input_is_one_line(fields, said, capsys, tmp_path):
    path = written(tmp_path, fields)
    assert main(["certify", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err
    assert str(path) in err


@pytest.mark.parametrize("name", ["absolute", "gated", "threshold", "l1", "lasso"])
def test_what_is_about_relu_is_refused(name, capsys, tmp_path, monkeypatch):
    path = ROOT / "examples" / "units" / f"{name}.json"
    monkeypatch.chdir(tmp_path)
    assert main(["certify", str(path), "--theorems"]) == 2
    assert "about ReLU networks" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name",
    ["absolute", "gated", "leaky", "threshold", "l1", "linf", "lasso", "lasso_cones"],
)
def test_a_certificate_is_written_and_accepted(name, capsys, tmp_path):
    path, out = ROOT / "examples" / "units" / f"{name}.json", tmp_path / "cert.json"
    assert main(["certify", str(path), "-o", str(out)]) == 0
    assert "accepted by the checker" in capsys.readouterr().out
    assert main(["check", str(out)]) == 0


@pytest.mark.parametrize("command", ["descend", "nearest", "path", "interpolate"])
def test_other_commands_refuse_other_units(command, capsys, tmp_path):
    slopes = command == "interpolate"  # of which the others know networks
    path = ROOT / "examples" / "units" / f"{'absolute' if slopes else 'threshold'}.json"
    net = written(tmp_path, {"neurons": [{"sign": 1, "u": [1, 0, 0][: 2 + slopes]}]})
    ends = {
        "path": ["--from", str(net), "--to", str(net)],
        "descend": ["--from", str(net)],
        "interpolate": [],
    }.get(command, [str(net)])
    if command == "interpolate":
        path = written(tmp_path, {"X": [[1]], "y": [1], "activation": "absolute"})
    assert main([command, str(path), *ends]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "activation" in err


@pytest.mark.parametrize("name", ["absolute", "gated", "threshold", "l1", "lasso"])
def test_a_wrong_kappa_is_refuted(name, capsys, tmp_path):
    fields = json.loads((ROOT / "examples" / "units" / f"{name}.json").read_text("utf-8"))
    n = len(fields["y"])
    for kappa in ([0] * n, [7] * n, [f"{k}/3" for k in range(n)]):
        assert main(["certify", str(written(tmp_path, {**fields, "kappa": kappa}))]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_a_figure_of_other_slopes(capsys, tmp_path):
    picture = tmp_path / "staircase.svg"
    path = ROOT / "examples" / "units" / "leaky.json"
    assert main(["certify", str(path), "--figure", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"<?xml")
    capsys.readouterr()
    cells = ROOT / "examples" / "units" / "l1.json"
    assert main(["certify", str(cells), "--figure", str(tmp_path / "x.svg")]) == 2


def test_too_many_sets_of_cells(capsys, tmp_path, monkeypatch):
    """What is not counted is null or bounded; the certificate of the value stands."""
    X = [[2, 1], [-1, 1], [1, 2], [1, -1], [-2, -1]]
    data = {"X": X, "y": [1, 2, 3, -1, 2], "beta": "1/2", "penalty": "linf"}
    path, C = written(tmp_path, data), str(tmp_path / "C.json")
    whole = certified(capsys, path)
    monkeypatch.setattr(slot_complex, "_MOST", len(whole["cells"]))
    part = answered(capsys, "certify", path, "-o", C)
    assert main(["check", C]) == 0
    capsys.readouterr()
    assert (part["widths"], part["threshold"], part["m_star"]) == (None, None, None)
    assert part["m_star_at_least"] <= whole["m_star"] <= part["m_star_at_most"]
    assert part["m_star_at_least"] == 2  # sets of one cell were looked at
    assert part["connected_from"] == whole["bound"] >= whole["threshold"]
    assert set(part["theorems"].values()) == {"not claimed"}
    assert main(["certify", path]) == 0
    said = capsys.readouterr().out
    assert f"<= m* <= {part['m_star_at_most']}; connected from m = {whole['bound']}" in said
    assert "to be looked at" in said


def test_too_many_vertices_of_patterns(capsys, tmp_path):
    """Seeded data with a P of hundreds of thousands of vertices: what is known is told."""
    random = Random(2)  # noqa: S311
    X = [[random.randint(-9, 9) for _ in range(3)] for _ in range(12)]
    y = [random.randint(-9, 9) for _ in range(12)]
    path = written(tmp_path, {"X": X, "y": y, "beta": 1, "activation": "threshold"})
    answer = certified(capsys, path)
    for key in ("vertices", "n_vertices", "spectrum", "m_star"):
        assert answer[key] is None
    assert answer["M_star"] == answer["threshold"] - 1 == answer["used_rank"]
    size = answer["m_star_at_most"]
    assert size <= answer["M_star_at_least"] <= answer["used_rank"] <= answer["rank"]
    assert answer["connected_from"] == answer["used_rank"] + 1
    for vertex in answer["some_vertices"]:
        fit = [
            sum(
                Fraction(c) * a["sign"] * a["pattern"][k]
                for c, a in zip(vertex, answer["atoms"], strict=True)
            )
            for k in range(12)
        ]
        assert fit == [Fraction(z) for z in answer["fit"]]


def test_what_is_counted_modulo_what_is_said_once(tmp_path, capsys):
    path = written(
        tmp_path,
        {
            "X": [[1, 2], [2, 4], [-1, -2]], "y": [1, 3, -2], "beta": 1,
            "skip": "linear", "activation": {"slopes": [1, "1/2"]},
        },
    )  # fmt: skip
    assert certified(capsys, path)["modulo"] == ["lines"]  # (2, -1) sees no sample
    assert main(["certify", str(path)]) == 0
    assert capsys.readouterr().out.count("are counted modulo lines\n") == 1
