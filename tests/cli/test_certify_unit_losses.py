"""certify on other units with other losses: keys, levels, exit codes, the same in Python."""

import json
import runpy
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn import (
    AtomicProblem,
    FanUnit,
    GraphLoss,
    GroupLasso,
    TrainingProblem,
    Undecided,
    certify,
    optimal_polytope,
    optimum,
    polyline,
    slot_complex,
)
from polytope_nn.cli import main
from polytope_nn.exact.scalar import exact_number as encode

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
GATES = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
ABSOLUTE = {"X": SQUARE, "y": [2, 2, 3, 3], "weights": [2, 2, 1, 1], "loss": "absolute"}
UNITS = {
    "threshold": {"activation": "threshold", "beta": 2},
    "threshold_open": {"activation": "threshold_open", "beta": 2},
    "l1": {"penalty": "l1", "beta": 1},
    "linf": {"penalty": "linf", "beta": 1},
    "gates": {"gates": GATES, "beta_squared": 2},
    "leaky": {"activation": {"slopes": [1, "1/3"]}, "beta": 2},
}


def certified(capsys, tmp_path, fields):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    code = main(["certify", str(path), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("loss", ["absolute", {"kind": "huber", "delta": [2, 2, 1, 1]}])
def test_python_says_the_same(loss, unit, capsys, tmp_path):
    fields = {**ABSOLUTE, **UNITS[unit], "loss": loss}
    code, answer, err = certified(capsys, tmp_path, fields)
    assert (code, err) == (0, "")
    O = optimum(TrainingProblem(**fields))
    assert answer["kappa"] == [encode(k) for k in O.kappa]
    assert answer["objective"] == encode(O.value)
    assert isinstance(answer["cross_checked"], list)
    S = slot_complex(O) if "penalty" in fields else optimal_polytope(O).staircase
    assert [w["components"] for w in answer["widths"]] == [step.components for step in S]
    if not answer["fit_unique"]:
        assert answer["interval"] == [
            [None if t is None else encode(t) for t in ends] for ends in O.interval
        ]


def test_a_box_of_fits(capsys, tmp_path):
    """A-abs-1 with thresholds and with l1: fits of kappa, minimal supports, nulls of cells."""
    _, answer, _ = certified(capsys, tmp_path, {**ABSOLUTE, **UNITS["threshold_open"]})
    assert answer["interval"] == [["2", "2"], ["2", "2"], [None, "3"], [None, "3"]]
    assert answer["minimal_supports"] == {"2": 2}
    assert answer["spectrum"] == {"2": 2, "3": 4}
    assert (answer["m_star"], answer["M_star"]) == (2, 2)
    _, cells, _ = certified(capsys, tmp_path, {**ABSOLUTE, **UNITS["l1"]})
    assert (cells["tight_set"], cells["fit_unique"]) == ("cells", False)
    assert cells["M_star"] is None
    assert [w["components"] for w in cells["widths"]] == [2, 1, 1, 1]


def test_the_zero_network_among_others(capsys, tmp_path):
    """Absolute loss, X = 1 twice, y = 0 and 1, beta = 1: 0 is optimal, and so are others."""
    base = {"X": [[1], [1]], "y": [0, 1], "loss": "absolute"}
    for unit in (
        {"penalty": "l1", "weights": [1, 2]},
        {"activation": "threshold", "weights": [1, 2]},
    ):
        _, answer, _ = certified(capsys, tmp_path, {**base, **unit, "beta": 1})
        assert (answer["m_star"], answer["threshold"], answer["bound"]) == (0, 0, 0)
        assert answer["fit_unique"] is False
        one = {"m": 0, "components": 1, "rigid": 1, "isolated": 1, "polytope_components": 1}
        assert answer["widths"] == [one]


@pytest.mark.parametrize("unit", UNITS)
def test_no_minimum_and_no_fit(unit, capsys, tmp_path):
    gates = {"gates": [[1, 1]]} if unit == "gates" else {}
    base = {"X": [[1], [1]], **UNITS[unit], **gates}
    never = {**base, "y": [1, 1], "loss": "logistic", "skip": "constant"}
    code, _, err = certified(capsys, tmp_path, never)
    assert (code, err.count("\n")) == (1, 1)
    assert "no optimum is attained" in err
    code, _, err = certified(capsys, tmp_path, {**base, "y": [1, -1], "loss": "margin"})
    assert (code, err.count("\n")) == (1, 1)
    assert "no network of any width fits" in err
    away = {**base, "y": [1, 1], "loss": "hinge", "kappa": [7, 0]}
    assert certified(capsys, tmp_path, away)[0] == 1


BLOCKS = [{"A": [[1, 0], [0, 1]]}, {"A": [["3/5", "-4/5"], ["4/5", "3/5"]]}]


@pytest.mark.parametrize(
    "loss", ["absolute", {"kind": "tolerance", "epsilon": "1/2"}, "interpolation", "margin"]
)
def test_a_group_lasso_of_a_file_and_in_python(loss, capsys, tmp_path):
    y = [1, 1] if loss == "margin" else [2, 2]
    fields = {"blocks": BLOCKS, "y": y, "loss": loss}
    if loss == "absolute":
        fields["beta"] = "1/2"
    code, answer, _ = certified(capsys, tmp_path, fields)
    assert code == 0
    L = GroupLasso(BLOCKS, y, beta=fields.get("beta", 1), loss=loss)
    P = optimal_polytope(L)
    assert answer["objective"] == encode(P.optimum.value)
    counts = [w["polytope_components"] for w in answer["widths"]]
    assert counts == [step.polytope_components for step in P.staircase]
    # u1 + Q u2 is the fit, whatever it is: two components, then one
    assert counts == [2, 1]


BAD = [
    ({"loss": "hinge", "y": [1, 1, 1, 2]}, "y, entry 4: 2 is no label of the hinge loss"),
    ({"loss": "poisson", "y": [1, 1, 1, -2]}, "y, entry 4: -2 is negative"),
    ({"loss": "hingee"}, "loss: 'hingee' is unknown: did you mean 'hinge'?"),
    ({"loss": {"kind": "quantile", "tau": 1}}, "tau: 1: give a number between 0 and 1"),
    ({"loss": {"kind": "huber"}}, "loss huber: delta is missing"),
    ({"loss": "absolute", "bias": "free"}, "bias"),
]


@pytest.mark.parametrize("unit", ["threshold", "l1", "gates"])
@pytest.mark.parametrize("fields, said", BAD, ids=[said[:20] for _, said in BAD])
def test_bad_input_is_one_line(fields, said, unit, capsys, tmp_path):
    given = {"X": SQUARE, "y": [1, 1, 1, 1], **UNITS[unit], **fields}
    code, answer, err = certified(capsys, tmp_path, given)
    assert (code, answer, err.count("\n")) == (2, None, 1)
    assert said in err
    assert str(tmp_path / "instance.json") in err


def test_bad_losses_of_a_group_lasso(capsys, tmp_path):
    for fields, said in (
        ({"loss": "hinge", "y": [2, 1]}, "y, entry 1: 2 is no label of the hinge loss"),
        ({"loss": "logstic"}, "did you mean 'logistic'?"),
        ({"loss": 3}, "loss: 3 where a word or an object belongs"),
    ):
        given = {"blocks": BLOCKS, "y": [1, 1], "beta": 1, **fields}
        code, answer, err = certified(capsys, tmp_path, given)
        assert (code, answer, err.count("\n")) == (2, None, 1)
        assert said in err
    code, _, err = certified(
        capsys, tmp_path, {"blocks": BLOCKS, "y": [1, 1], "loss": "absolute"}
    )
    assert (code, "beta, beta_squared: are missing" in err) == (2, True)


def test_the_value_in_fractions(capsys, tmp_path):
    """objective = sum |z - y| w + kappa'z of the fit that is printed."""
    _, answer, _ = certified(capsys, tmp_path, {**ABSOLUTE, **UNITS["threshold"]})
    kappa, fit = ([Fraction(t) for t in answer[key]] for key in ("kappa", "fit"))
    lost = sum(
        w * abs(z - y) for w, z, y in zip([2, 2, 1, 1], fit, [2, 2, 3, 3], strict=True)
    )
    cost = sum(k * z for k, z in zip(kappa, fit, strict=True))
    assert Fraction(answer["objective"]) == lost + cost


def test_every_loss_with_every_unit(capsys, tmp_path):
    """On the square, exact: no accident, with a certificate or the reason why none."""
    script = runpy.run_path(
        str(Path(__file__).parents[2] / "examples" / "losses_and_units.py")
    )
    for kind in ("logistic", "poisson", "power", "quantile"):
        given = script["LABELS"][kind]
        fields = {"loss": kind, **given}
        fields |= {key: [given[key]] * 4 for key in ("y", "weights") if key in given}
        for unit in script["ON_THE_SQUARE"].values():
            path = tmp_path / "instance.json"
            path.write_text(json.dumps({"X": SQUARE, **fields, **unit}), encoding="utf-8")
            assert main(["certify", str(path)]) == 0
            out = capsys.readouterr().out
            assert "level exact" in out
            assert "accepted by the checker" in out or "no certificate: " in out


def test_certificates_of_one_s_own_are_told():
    unit = FanUnit([{"A": [[1], [2]], "cone": [[1]]}, {"A": [[-1], [-2]], "cone": [[-1]]}])
    own = GraphLoss([polyline([(1, 1), (1, -1)])] * 2)
    for D in (
        AtomicProblem(unit, beta=1, y=[3, 6]),
        TrainingProblem([[1], [2]], own.y, beta="1/2", loss=own),
    ):
        with pytest.raises(Undecided, match="one's own"):
            certify(D)


@pytest.mark.parametrize(
    "case",
    [
        ({"A": [[2], [-2]]}, [-3, 0], (1, 1), Fraction(-2)),
        ({"A": [[0]]}, [3], (-1,), Fraction(-5, 2)),
        ({"A": [[-1], [-2]], "cone": [[1]]}, [-1, 1], (1, -1), Fraction(-1)),
        (
            {"A": [[1, 0], [0, 1]], "cone": [[1, 0], [0, 1]]},
            [-3, 3],
            (1, 0),
            Fraction(-5, 2),
        ),
    ],
)
def test_weights_of_samples_tell_fits_from_those_that_are_allowed(case, tmp_path, capsys):
    """``w'z >= 0`` on the cone, by its generators; ``w'z <= most`` at the corners of the box."""
    block, y, w, most = case
    file = tmp_path / "lasso.json"
    loss = {"kind": "tolerance", "epsilon": "1/2"}
    file.write_text(json.dumps({"blocks": [block], "y": y, "beta": 1, "loss": loss}))
    assert main(["certify", str(file)]) == 1
    err = capsys.readouterr().err
    assert f"with w = ({', '.join(map(str, w))}) every fit z has w'z >= 0" in err
    assert f"have {most} at most" in err
    for column in zip(*block["A"], strict=True):  # generators are the columns here
        seen = sum(s * t for s, t in zip(w, column, strict=True))
        assert seen >= 0 if "cone" in block else seen == 0
    assert sum(s * t + Fraction(abs(s), 2) for s, t in zip(w, y, strict=True)) == most
