"""``certify`` with other losses: JSON keys, pages, certificates, exit codes."""

import json

import pytest

from polytope_nn.checker.kinds import accepted, check
from polytope_nn.cli import main

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
SEGMENT = {
    "X": SQUARE, "y": [2, 0, "3/2", "3/2"], "beta_squared": 2, "loss": "absolute",
    "weights": [2, 1, 1, 1], "kappa": [1, 1, 1, 1],
}  # fmt: skip


@pytest.fixture
def run(tmp_path, capsys):
    def call(instance, *arguments, command="certify"):
        path = tmp_path / "instance.json"
        path.write_text(json.dumps(instance), encoding="utf-8")
        code = main([command, str(path), *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_the_keys_of_a_fit_that_is_not_unique(run):
    code, out, _ = run(SEGMENT, "--json")
    answer = json.loads(out)
    assert (code, answer["fit_unique"], answer["level"]) == (0, False, "exact")
    ends = [["2", "2"], [None, "0"], [None, "3/2"], [None, "3/2"]]
    assert answer["interval"] == ends
    assert answer["minimal_supports"] == {"2": 1}
    assert answer["widths"][0] == {
        "m": 2, "components": 2, "rigid": 2, "isolated": 0, "polytope_components": 1
    }  # fmt: skip
    said = answer["theorems"]
    assert (said["T7.1"], said["T7.3"], said["T7.5"]) == (
        "not claimed",
        "not claimed",
        True,
    )


def test_the_keys_of_logarithms(run):
    instance = {"X": SQUARE, "y": [1] * 4, "beta_squared": "2/9", "loss": "logistic"}
    code, out, _ = run(instance, "--json")
    answer = json.loads(out)
    assert (code, answer["level"], answer["fit_unique"]) == (0, "exact", True)
    assert answer["kappa"] == ["1/3"] * 4
    assert answer["fit"][0]["logs"] == {"2": "1"}
    assert answer["fit"][0]["value_float"] == pytest.approx(0.6931471805599453)
    assert "interval" not in answer


LOOSE = {"X": [[1], [2]], "beta": 1, "skip": "constant"}


@pytest.mark.parametrize(
    "more",
    [
        {"y": [1, 1], "loss": "hinge"},
        {"y": [1, 1], "loss": "hinge", "penalty": "l1"},
        {"y": [[0, 0], [1, 1]], "beta": 10, "loss": "absolute"},
    ],
)
def test_a_constant_that_moves_alone(run, tmp_path, more):
    """On the page, in JSON and in the certificate: what is counted, and modulo what."""
    path = tmp_path / "cert.json"
    code, out, _ = run(LOOSE | more, "-o", path)
    assert code == 0
    assert "components and isolated points are counted modulo free part" in out
    assert "the zero network is the only optimum" not in out
    assert accepted(path.read_text(encoding="utf-8")).modulo == ("free part",)
    code, out, _ = run(LOOSE | more, "--json")
    assert (code, json.loads(out)["modulo"]) == (0, ["free part"])


def test_zero_is_optimal(run):
    code, out, _ = run({"X": [[1]], "y": [1], "beta": 1, "loss": "absolute"}, "--json")
    answer = json.loads(out)
    assert code == 0
    assert [answer[key] for key in ("m_star", "M_star", "threshold", "bound")] == [0] * 4
    assert answer["minimal_supports"] == {"0": 1}
    assert set(answer["theorems"].values()) == {"not claimed"}
    _, out, _ = run({"X": [[1]], "y": [1], "beta": 1, "loss": "absolute"})
    assert "the zero network is optimal, and so are others" in out


def test_a_certificate_is_written_and_accepted(run, tmp_path):
    target = tmp_path / "cert.json"
    code, out, _ = run(SEGMENT, "-o", target)
    assert code == 0
    assert "minimal supports of size 2 (×1)" in out
    assert "fits of κ: 2, (-∞, 0], (-∞, 3/2], (-∞, 3/2]" in out
    check(target.read_text(encoding="utf-8"))


def test_powers_of_dependent_features_have_a_certificate(run, tmp_path):
    target = tmp_path / "cert.json"
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    loss = {"kind": "power", "p": 3}
    instance = {"X": rows, "y": [3] * 4, "beta_squared": 2, "loss": loss}
    assert run(instance, "-o", target)[0] == 0
    check(target.read_text(encoding="utf-8"))


def test_forms_that_are_a_factor_once_an_entry_is_put_in_have_a_certificate(run, tmp_path):
    """A power at rest has kappa 0 there, and the two faces differ by a product but for it."""
    target = tmp_path / "cert.json"
    rows, loss = [[2, 0], [1, 0], [-2, -1]], {"kind": "power", "p": "5/2"}
    given = {"X": rows, "y": [0, 1, 3], "beta_squared": 1, "loss": loss}
    assert run(given | {"bias": "penalised"}, "-o", target)[0] == 0
    check(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "given, code, words",
    [
        ({"loss": "hingle"}, 2, "did you mean 'hinge'"),
        ({"loss": "hinge"}, 2, "y, entry 1: 2 is no label of the hinge loss"),
        ({"loss": {"kind": "huber"}}, 2, "delta is missing"),
        ({"loss": {"kind": "quantile", "tau": 2}}, 2, "between 0 and 1"),
        ({"loss": "absolute", "bias": "free"}, 2, "bias, loss: a free bias"),
        ({"loss": "absolute", "kappa": [3, 0]}, 1, "kappa, entry 1: 3 is outside"),
        ({"loss": "poisson", "skip": "constant", "y": [0, 0]}, 1, "no optimum is attained"),
        ({"loss": "tolerance:1/4", "X": [[0], [1]]}, 1, "no network of any width fits"),
    ],
)
def test_bad_input_and_what_is_proved_not_to_exist(run, given, code, words):
    instance = {"X": [[1], [2]], "y": [2, 1], "beta": 1} | given
    found, out, err = run(instance)
    assert (found, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


def test_losses_and_parameters_on_the_command_line(run):
    data = {"X": [[1], [2]], "y": [2, 1]}
    code, out, _ = run(data, "--beta", "1/2", "--loss", "huber:1/2", "--json")
    assert (code, json.loads(out)["n"]) == (0, 2)
    code, _, err = run(data, "--loss", "squared")
    assert (code, "beta is missing" in err) == (2, True)
    apart = {"X": [[1], [-2]], "y": [2, 1]}
    code, out, _ = run(apart, "--loss", "interpolation", "--json")  # of beta 1
    assert (code, json.loads(out)["beta_squared"]) == (0, "1")


def test_gap_takes_any_finite_loss(run, tmp_path):
    network = tmp_path / "net.json"
    network.write_text('{"neurons": [{"sign": 1, "u": ["1/2"]}]}', encoding="utf-8")
    data = {"X": [[1], [2]], "y": [1, 1], "beta": "1/4"}
    for loss in ("logistic", "hinge", "huber:1", "poisson", "power:4"):
        code, out, _ = run(data, network, "--loss", loss, "--json", command="gap")
        answer = json.loads(out)
        assert code == 0
        assert (
            0 <= answer["gap_float"] <= answer["primal_float"] - answer["dual_float"] + 1e-9
        )
    code, _, err = run(data, network, "--loss", "margin", command="gap")
    assert (code, "0 or infinite" in err or "not allowed" in err) == (2, True)


def powered(p):
    return {"X": [[1]], "y": [3], "beta": 1, "loss": {"kind": "power", "p": p}}


@pytest.mark.parametrize("p", ["17", "1000000001/1000000000"])
def test_a_power_that_the_checker_does_not_read_has_an_answer_all_the_same(
    p, run, tmp_path
):
    """kappa = 1 is beta over the feature, so the fit is y - 1; certify's own check was refused."""
    code, out, _ = run(powered(p), "--json")
    answer = json.loads(out)
    assert (code, answer["kappa"], answer["fit"]) == (0, ["1"], ["2"])
    target = tmp_path / "cert.json"
    code, out, err = run(powered(p), "-o", target)
    assert f"p = {p} has a number above 16: the answer is proved" in err
    assert (code, out, target.exists(), err.count("\n")) == (3, "", False, 1)


def test_a_power_that_no_memory_holds_is_refused_at_once(run):
    code, _, err = run(powered("1000000000000"))
    assert code == 3
    assert "to the power 999999999999: it has too many digits" in err
