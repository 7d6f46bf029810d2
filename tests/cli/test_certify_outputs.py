"""certify with several outputs: the contract's keys, exit codes, refusals, figures."""

import json
from pathlib import Path

import pytest

from polytope_nn.cli import main
from tests.commands import answered, written
from tests.oracles.outputs import PLANTED, V9, W1

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTINUUM = {"X": [[1, 0], [0, 1]], "y": [[6, 4], [4, 6]], "beta": 1}


def answer(capsys, *arguments):
    return answered(capsys, "certify", *arguments)


def plain(w):
    return {
        "X": w.X,
        "y": [[str(t) for t in row] for row in w.Y],
        "beta_squared": w.beta_squared,
    }


def test_the_keys_of_a_polytope(tmp_path, capsys):
    w = PLANTED[0]
    said = answer(capsys, written(tmp_path, plain(w)))
    assert said["tight_set"] == "atoms"
    assert said["kappa"] == [[str(t) for t in row] for row in w.N]
    assert [a["h"] for a in said["atoms"]]
    assert all(set(a) == {"face", "g", "h"} for a in said["atoms"])
    assert (said["level"], said["n"], said["d"], said["c"]) == ("exact", 3, 7, 2)
    assert (said["m_star"], said["M_star"], said["threshold"]) == (2, 4, 6)
    assert (said["rank"], said["rank_bound"], said["bound"], said["bound_talk"]) == (
        5,
        6,
        6,
        6,
    )
    assert (said["objective"], said["objective_float"]) == ("435/2", 217.5)
    assert [s["components"] for s in said["widths"]] == [2, 1, 25, 2, 1]
    assert [s["rigid"] for s in said["widths"]] == [2, 0, 24, 0, 0]
    assert (said["dim"], said["n_vertices"], said["n_atoms"]) == (1, 2, 6)
    assert said["spectrum"] == said["minimal_supports"] == {"2": 1, "4": 1}
    assert said["theorems"] == {f"T7.{i}": True for i in range(1, 6)}
    assert said["fit_unique"] is True
    assert said["modulo"] == []
    assert said["fit"][1] == ["18", "0"]


def test_the_keys_of_a_continuum(capsys):
    said = answer(capsys, EXAMPLES / "vector_continuum.json")
    assert said["tight_set"] == "continuum"
    assert said["witness"] == {
        "face": "++",
        "kernel": [["1", "0"], ["0", "1"]],
        "point": ["1", "1"],
    }
    assert (said["m_star"], said["M_star"], said["threshold"]) == (2, None, None)
    assert (said["connected_from"], said["rank_bound"]) == (4, 4)
    assert said["objective"] == "11"
    assert said["widths"] is None
    (part,) = said["lifted"]
    assert (part["T"], part["cp_rank"], part["arcs"]) == ([["5", "4"], ["4", "5"]], 2, 2)
    claimed = said["theorems"]
    assert claimed["T7.1"] is False
    assert {claimed[f"T7.{i}"] for i in range(2, 6)} == {"not claimed"}
    curve = said["witnesses"]["T7.1"]
    assert curve["width"] == 2
    assert len({json.dumps(network) for network in curve["networks"]}) == 3


def test_an_interval_continuum(tmp_path, capsys):
    fields = {
        "X": [[int(t) for t in x] for x in V9.X],
        "y": [[int(t) for t in y] for y in V9.Y],
        "beta": "1/2",
    }
    said = answer(capsys, written(tmp_path, fields))
    assert (said["tight_set"], said["witness"]["face"], said["m_star"]) == (
        "continuum",
        "+++",
        2,
    )
    assert said["objective"]["value_float"] == pytest.approx(2.80956030392485)


def test_the_page(tmp_path, capsys):
    assert main(["certify", str(EXAMPLES / "vector_continuum.json")]) == 0
    page = capsys.readouterr().out
    assert "tight set: a continuum (dimension 2 on face ++) and 0 atoms" in page
    assert "made by 2 neurons; with two neurons they turn: two arcs" in page
    assert "m* = 2; connected from m = 4 on" in page
    assert "T7.1 fails at m = 2" in page
    assert main(["certify", str(written(tmp_path, plain(PLANTED[-1])))]) == 0
    page = capsys.readouterr().out
    assert "tight set: 4 atoms, rank of features 3" in page
    assert "connected for good from m = 4" in page
    assert "n stands for n c = 8" in page
    assert (
        main(["certify", str(written(tmp_path, {**CONTINUUM, "y": [[0, 0], [0, 0]]}))]) == 0
    )
    assert "the zero network is the only optimum" in capsys.readouterr().out
    skipped = {**CONTINUUM, "skip": "linear", "weights": [1, 2]}
    assert main(["certify", str(written(tmp_path, skipped))]) == 0
    assert "½ Σ_k ω_k |f(x_k) - y_k|²" in capsys.readouterr().out


def test_one_output_a_row_is_read_as_scalar(tmp_path, capsys):
    fields = json.loads((EXAMPLES / "a2.json").read_text(encoding="utf-8"))
    scalar = answer(capsys, written(tmp_path, fields))
    rows = {**fields, "y": [[t] for t in fields["y"]], "kappa": [[1], [1]]}
    assert answer(capsys, written(tmp_path, rows)) == scalar


def test_a_table_with_two_targets(tmp_path, capsys):
    path = tmp_path / "two.csv"
    path.write_text("a,b,p,q\n1,0,6,4\n0,1,4,6\n", encoding="utf-8")
    said = answer(capsys, path, "--target", "p,q", "--beta", "1")
    assert (said["objective"], said["tight_set"]) == ("11", "continuum")
    capsys.readouterr()
    assert (
        main(["certify", str(path), "--target", "p,q", "--beta", "1", "--standardise"]) == 0
    )
    assert "features standardised" in capsys.readouterr().out


def test_kappa_is_verified_or_refused(tmp_path, capsys):
    kappa = {**CONTINUUM, "kappa": [["1", 0], [0, "1"]]}
    assert answer(capsys, written(tmp_path, kappa))["objective"] == "11"
    path = written(tmp_path, {**CONTINUUM, "kappa": [[2, 1], [1, 1]], "beta": 2})
    assert main(["certify", str(path)]) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "kappa is not dual feasible: on face ++ the largest eigenvalue is 6.854" in line
    assert main(["certify", str(path), "--beta", "1"]) == 0  # a kappa belongs to its beta


REFUSED = [
    ({"y": [[1, 2], [3]]}, "y, row 2 has 1 entry, row 1 has 2"),
    ({"y": [[], []]}, "y, row 1 is empty: give c >= 1 numbers a row"),
    ({"y": [[1, 2]]}, "y has 1 row, X has 2"),
    ({"y": [[1, 2], 3]}, "y, row 2: 3 where a list of numbers belongs"),
    ({"y": [3, [1, 2]]}, "y, row 1: 3 where a list of numbers belongs"),
    ({"y": [[1, "x"], [3, 4]]}, "y, row 1, output 2"),
    ({"kappa": [1, 2]}, "kappa, row 1: 1 where a list of numbers belongs"),
    ({"kappa": [[1, 0, 0], [0, 1, 0]]}, "kappa, row 1 has 3 entries, y has 2 outputs"),
    ({"kappa": [[1, 0]]}, "kappa has 1 row, X has 2"),
    ({"kappa": "no"}, "kappa: 'no' where a list of 2 rows belongs"),
    ({"bias": "free"}, "bias: a free bias does not go with y of several outputs"),
    ({"loss": "logistic"}, "loss: 'logistic' has labels 1 and -1, one a sample"),
    ({"loss": "margin"}, "loss: 'margin' has labels 1 and -1, one a sample"),
    (
        {"loss": {"kind": "huber", "delta": 0}},
        "loss huber: delta: 0: give a number above 0",
    ),
    ({"loss": "cubic"}, "loss: 'cubic' is unknown"),
    ({"activation": "absolute"}, "activation: does not go with y of several outputs"),
    ({"penalty": "l1"}, "penalty: does not go with y of several outputs"),
]


@pytest.mark.parametrize("fields, message", REFUSED)
def test_bad_input_is_one_line(tmp_path, capsys, fields, message):
    assert main(["certify", str(written(tmp_path, CONTINUUM | fields))]) == 2
    out = capsys.readouterr()
    assert (out.out, out.err.count("\n")) == ("", 1)
    assert message in out.err
    assert "instance.json" in out.err


def test_beta_is_needed_and_options_are_named(tmp_path, capsys):
    path = written(tmp_path, {"X": CONTINUUM["X"], "y": CONTINUUM["y"]})
    assert main(["certify", str(path)]) == 2
    assert "beta is missing" in capsys.readouterr().err
    path = written(tmp_path, CONTINUUM)
    assert main(["certify", str(path), "--theorems"]) == 2
    assert "--theorems: is about one output" in capsys.readouterr().err
    assert main(["nearest", str(path), str(path)]) == 2
    assert "neurons" in capsys.readouterr().err
    assert main(["holes", str(path)]) == 2
    assert "a vector model" in capsys.readouterr().err


def test_a_certificate_is_written_and_checked(tmp_path, capsys):
    target = tmp_path / "c.json"
    field = {"X": [[-3, 0], [3, 1], [2, -3]], "y": [[-2, 0], [-3, 1], [4, 2]]}
    path = written(tmp_path, {**field, "beta": "1/2"})
    assert main(["certify", str(path)]) == 0
    assert "-o FILE.json writes a certificate" in capsys.readouterr().out
    assert main(["certify", str(path), "-o", str(target)]) == 0
    assert "bytes, accepted by the checker" in capsys.readouterr().out
    assert main(["check", str(target)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(": accepted")
    assert said[2] == "proved: the tight set: 3 atoms, no other"
    assert said[3].startswith("proved: the optimal set: dimension 0, 1 vertices, m* = 3")
    assert said[4] == "proved: optimal networks are joined for good from width 4 on"
    x, y = ([[str(t) for t in row] for row in rows] for rows in (W1.X, W1.Y))
    path = written(tmp_path, {"X": x, "y": y, "beta": "1/2"})
    assert main(["certify", str(path), "-o", str(target)]) == 0
    assert main(["check", str(target)]) == 0
    assert (
        "the optimum of every network, wide enough, in intervals" in capsys.readouterr().out
    )
    target.unlink()
    fields = {**CONTINUUM, "loss": {"kind": "tolerance", "epsilon": "1/2"}}
    assert main(["certify", str(written(tmp_path, fields)), "-o", str(target)]) == 0
    assert main(["check", str(target)]) == 0


def test_commands_for_one_output_say_so(tmp_path, capsys):
    path, network = str(written(tmp_path, CONTINUUM)), tmp_path / "network.json"
    best = [{"u": [4, 5], "v": ["4/5", 1]}, {"u": [1, 0], "v": ["9/5", 0]}]
    network.write_text(json.dumps({"neurons": best}), encoding="utf-8")
    ends = ["--from", str(network), "--to", str(network)]
    assert main(["nearest", path, str(network)]) == 0
    assert "nearest optimal network of width 5" in capsys.readouterr().out
    for command in ("path", "connect", "descend"):
        assert main([command, path, *ends]) == 0
    assert main(["patterns", path]) == 0


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_the_figures_are_the_same_bytes(tmp_path, form):
    drawn = []
    for fields in (CONTINUUM, plain(PLANTED[-1])):
        for name in ("one", "two"):
            target = tmp_path / f"{name}.{form}"
            arguments = ["certify", str(written(tmp_path, fields)), "--figure", str(target)]
            assert main(arguments) == 0
            drawn.append(target.read_bytes())
    assert drawn[0] == drawn[1] != drawn[2] == drawn[3]


def test_no_figure_where_the_lifted_set_is_no_point(tmp_path, capsys):
    fields = {
        "X": [[-1, 0], [0, 1], [-3, 3]],
        "y": [[-1, 2], [-4, -3], [0, 0]],
        "beta": "1/2",
    }
    path = written(tmp_path, fields)
    assert main(["certify", str(path), "--figure", str(tmp_path / "f.svg")]) == 2
    assert "not known to be one point" in capsys.readouterr().err
    said = answer(capsys, path)
    assert (said["m_star"], said["lifted"], len(said["continua"])) == (None, None, 2)


def test_pictures(tmp_path, capsys):
    pairs, arcs = (str(EXAMPLES / f"vector_{name}.json") for name in ("pairs", "continuum"))
    network = tmp_path / "network.json"
    best = [{"u": [4, 5], "v": ["4/5", 1]}, {"u": [1, 0], "v": ["9/5", 0]}]
    network.write_text(json.dumps({"neurons": best}), encoding="utf-8")
    drawn = set()
    for arguments in (
        [pairs],
        *([pairs, "--what", what] for what in ("widths", "faces", "staircase")),
        [arcs],
        [arcs, "--from", str(network), "--to", str(network)],
    ):
        target = tmp_path / "picture.svg"
        assert main(["draw", *arguments, "-o", str(target)]) == 0
        drawn.add(target.read_bytes())
        target.unlink()
    assert len(drawn) == 6
    capsys.readouterr()
    for arguments, why in (
        ([pairs, "--what", "arcs"], "there is no continuum"),
        ([pairs, "--what", "ellipsoid"], "is about one output"),
        ([pairs, "--what", "objective", "--from", str(network)], "a vector model"),
        ([arcs, "--what", "polytope"], "no polytope of weights"),
        ([str(EXAMPLES / "a2.json"), "--what", "arcs"], "is about several outputs"),
    ):
        assert main(["draw", *arguments, "-o", str(target)]) == 2
        err = capsys.readouterr().err
        assert (why in err, err.count("\n")) == (True, 1), err
    assert not target.exists()
