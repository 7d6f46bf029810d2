"""``polytope-nn interpolate``: the contract of its JSON, its page, figures and refusals."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.problems.instance import read_instance
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.report.figures.interpolant_figure import (
    extreme_functions,
    interpolant_figure,
)
from tests import commands

EXAMPLES = Path(__file__).parents[2] / "examples" / "interpolation"
FILES = sorted(path.name for path in EXAMPLES.glob("*.json"))


def answered(capsys, *arguments):
    return commands.answered(capsys, "interpolate", *arguments)


def written(tmp_path, text):
    path = tmp_path / "instance.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_example(name, capsys):
    found = answered(capsys, EXAMPLES / name)
    assert found["level"] in {"exact", "interval"}
    assert found["dual_proof"] == "patterns"
    assert (found["witness"] is None) == found["unique_function"]
    assert found["unique_network"] <= found["unique_function"]
    assert found["cost_float"] > 0
    if found["m_star"] is None:
        assert found["widths"] is None
        return
    assert found["m_star"] <= found["M_star"]
    assert found["widths"][0]["m"] == found["m_star"]
    last = {step["m"]: step["components"] for step in found["widths"]}
    assert last[found["threshold"]] == 1
    assert sum(found["spectrum"].values()) == found["n_vertices"] == len(found["vertices"])


def test_the_square_says_what_theory_says(capsys):
    found = answered(capsys, EXAMPLES / "square_affine_skip.json")
    assert (found["cost"], found["cost_float"], found["verdict"]) == ("2", 2.0, "continuum")
    assert found["witness"]["x"] == ["0", "0"]
    assert found["witness"]["values"] == ["0", "1"]
    first, second = found["witness"]["functions"]
    assert first == {
        "kinks": [{"w": ["1", "0"], "b": "0", "coefficient": "1"}],
        "slope": ["0", "0"],
        "offset": "0",
    }
    assert second["offset"] == "1"
    linear = answered(capsys, EXAMPLES / "square_affine_skip.json", "--skip", "linear")
    assert linear["verdict"] == "unique function"
    none = answered(capsys, EXAMPLES / "square_affine_skip.json", "--skip", "none")
    assert (none["skip"], none["cost"]) == ("none", "2")


def test_a_witness_can_be_checked_from_the_json_alone(capsys):
    """The functions are evaluated here from their JSON, on the samples and at x."""

    def value(f, x):
        total = Fraction(f["offset"])
        total += sum(Fraction(s) * t for s, t in zip(f["slope"], x, strict=True))
        for kink in f["kinks"]:
            inner = Fraction(kink["b"])
            inner += sum(Fraction(s) * t for s, t in zip(kink["w"], x, strict=True))
            total += Fraction(kink["coefficient"]) * abs(inner)
        return total

    for name in ("suffix_chain_3.json", "free_bias.json", "square_affine_skip.json"):
        witness = answered(capsys, EXAMPLES / name)["witness"]
        instance = read_instance(EXAMPLES / name)
        for f in witness["functions"]:
            for x, y in zip(instance.X, instance.y, strict=True):
                assert value(f, x) == y
        x = list(map(Fraction, witness["x"]))
        values = [str(value(f, x)) for f in witness["functions"]]
        assert values == witness["values"]
        assert values[0] != values[1]


def test_irrational_numbers_have_their_float_beside_them(capsys):
    found = answered(capsys, EXAMPLES / "square_ridges.json")
    assert found["cost"]["poly"]
    assert found["cost"]["value_float"] == found["cost_float"]
    assert found["witness"]["values"] == ["2", "0"]
    balls = answered(capsys, EXAMPLES / "line_8.json")
    assert set(balls["cost"]) == {"lower", "upper", "value_float"}


def test_given_kappa_is_verified(tmp_path, capsys):
    square = (
        '"X": [[1,0],[-1,0],[0,1],[0,-1]], "y": [1,1,0,0], "bias": true, "skip": "affine"'
    )
    right = written(tmp_path, f'{{{square}, "kappa": [1, 1, -1, -1]}}')
    assert answered(capsys, right)["kappa"] == ["1", "1", "-1", "-1"]
    wrong = written(tmp_path, f'{{{square}, "kappa": [1, 1, -1, 1]}}')
    assert main(["interpolate", str(wrong)]) == 1
    assert "not dual feasible" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('{"X": [[1],[1]], "y": [1,2]}', 1, "rows 1, 2 of X force -y_1 + y_2 = 0, and"),
        (
            '{"X": [[1, 2]], "y": [[1, 2]]}',
            2,
            "of several run certify --loss interpolation",
        ),
        ('{"X": [[1],[2]], "y": [1,2], "beta": 1}', 2, "beta: belongs to training"),
        ('{"X": [[1],[2]], "y": [1,2], "beta_squared": 1}', 2, "beta_squared: belongs"),
        ('{"X": [[1],[2]], "y": [1,2], "weights": [1,1]}', 2, "weights: belongs"),
        ('{"X": [[1],[2]], "y": [1,2], "skip": "deep"}', 2, "skip"),
        ('{"X": [[1.5],[2]], "y": [1,2]}', 2, "is a float"),
    ],
)
def test_refusals_are_one_line(tmp_path, capsys, text, code, words):
    assert main(["interpolate", str(written(tmp_path, text))]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err


def test_the_page(capsys):
    assert main(["interpolate", str(EXAMPLES / "suffix_chain_3.json")]) == 0
    page = capsys.readouterr().out
    assert "continuum: the optimal set has dimension 1" in page
    assert "connected for good" in page
    assert "f(0, 0, 0) = 309/104, h(0, 0, 0) = 36/13" in page
    assert main(["interpolate", str(EXAMPLES / "free_bias.json")]) == 0
    assert "widths: neurons may move along their free bias" in capsys.readouterr().out
    assert main(["interpolate", str(EXAMPLES / "triangle_ridges.json")]) == 0
    assert "isolated points are counted modulo lines" in capsys.readouterr().out
    assert main(["interpolate", str(EXAMPLES / "square_linear_skip.json")]) == 0
    assert "f(x) = |x1|" in capsys.readouterr().out


def test_what_is_not_attained_is_said(tmp_path, capsys):
    path = written(tmp_path, '{"X": [[0],[1]], "y": [1,1], "bias": "free"}')
    assert main(["interpolate", str(path)]) == 0
    assert "no network reaches the least cost" in capsys.readouterr().out
    assert answered(capsys, path)["attained"] is False


def test_with_undetermined_skips_counts_are_those_of_the_quotient(tmp_path, capsys):
    path = written(tmp_path, '{"X": [[1,1],[-1,-1]], "y": [1,1], "skip": "linear"}')
    found = answered(capsys, path)
    assert found["lines"] == 1
    assert found["modulo"] == ["lines"]
    assert [step["isolated"] for step in found["widths"]] == [2, 0]


@pytest.mark.parametrize("form", [".svg", ".png", ".pdf"])
def test_figures_are_the_same_bytes_on_every_run(tmp_path, form, capsys):
    drawn = []
    for run in "ab":
        target = tmp_path / f"{run}{form}"
        argv = [
            "interpolate",
            str(EXAMPLES / "suffix_chain_3.json"),
            "--figure",
            str(target),
        ]
        assert main(argv) == 0
        drawn.append(target.read_bytes())
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) > 1000
    capsys.readouterr()


@pytest.mark.parametrize("name", ["square_affine_skip", "free_bias", "line_8"])
def test_figures_of_surfaces_and_curves(name, tmp_path, capsys):
    target = tmp_path / "figure.svg"
    argv = ["interpolate", str(EXAMPLES / f"{name}.json"), "--figure", str(target)]
    assert main(argv) == 0
    assert target.read_text(encoding="utf-8").lstrip().startswith("<?xml")
    capsys.readouterr()


def test_no_figure_of_what_is_not_flat(tmp_path, capsys):
    target = tmp_path / "figure.png"
    argv = ["interpolate", str(EXAMPLES / "triangle_ridges.json"), "--figure", str(target)]
    assert main(argv) == 2
    assert "leave --figure out" in capsys.readouterr().err
    assert not target.exists()


def test_extreme_functions_are_distinct_and_fit():
    X, y = [[-2], [-1], [1], [2], [4], [5]], [0, 0, 1, 3, 3, 1]
    answer = uniqueness(InterpolationProblem(X, y, bias="free", skip="affine"))
    functions = extreme_functions(answer)
    assert 2 <= len(functions) <= 8
    for i, f in enumerate(functions):
        assert [f(x) for x in X] == y
        assert all(f != h for h in functions[:i])
    twisted = InterpolationProblem(
        [[t, 1 - t] for t in (24, -6, 18, 26, -4, -28)], [-2, 6, 5, 2, -1, 5],
        bias="penalised", skip="linear",
    )  # fmt: skip
    assert len(extreme_functions(uniqueness(twisted))) == 2


def test_figures_of_a_single_sample_and_of_zero_rows():
    for X in ([[0]], [[0, 0, 0], [1, 2, 2]]):
        answer = uniqueness(InterpolationProblem(X, [3] * len(X), skip="affine"))
        assert interpolant_figure(answer, "one", ".png").startswith(b"\x89PNG")


def test_the_example_script_tells_the_three_skips_apart():
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "skip_connections.py")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    verdicts = [
        line.split(":")[1].split(",")[0] for line in done.stdout.splitlines() if ":" in line
    ]
    assert verdicts[1:] == [" unique function", " continuum"]


@pytest.mark.parametrize("kind", ["squared", "interpolation"])
def test_a_loss_in_a_word_and_in_an_object_are_one(tmp_path, capsys, kind):
    rows = {"X": [[1, 2], [-1, 1], [2, 0]], "y": [1, 2, 3]}

    def asked(**given):
        return written(tmp_path, json.dumps(rows | given))

    first, *others = (
        answered(capsys, asked(**given))
        for given in ({}, {"loss": kind}, {"loss": {"kind": kind}})
    )
    assert others == [first, first]
    pages = []
    for loss in (kind, {"kind": kind}):
        assert main(["certify", str(asked(loss=loss, beta=1))]) == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]
