"""``gap``: JSON of DESIGN §3, zero at optima, float networks, bad archives."""

import json
import zipfile
from fractions import Fraction

import numpy as np

from polytope_nn import gap as exact_gap
from polytope_nn import read_instance, read_network
from polytope_nn.certificate.networks import dual_point
from polytope_nn.cli import main
from polytope_nn.cli.networks.gap import _never_negative
from polytope_nn.exact.field import NumberField

from .test_path import EXAMPLES, NETWORKS, run


def gap(capsys, data, network, *more):
    return run(capsys, "gap", EXAMPLES / f"{data}.json", network, *more)


def test_an_optimum_has_gap_zero(capsys):
    code, out, _ = gap(capsys, "octahedron", NETWORKS / "octahedron_four.json", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["primal"], found["dual"], found["gap"]) == ("27", "27", "0")
    code, out, _ = gap(capsys, "octahedron", NETWORKS / "octahedron_four.json")
    assert code == 0
    assert "gap    0, exactly: the network is optimal" in out


def test_a_box_around_an_optimal_network(capsys, tmp_path):
    """Of (t, 0, -s) the objective is (t - 2)^2/2 + (s - 2)^2/2 + sqrt(2 t^2 + 2 s^2)."""
    box = tmp_path / "box.json"
    t, s = {"lower": "1/2", "upper": "2"}, {"lower": "-2", "upper": "-1/2"}
    box.write_text(json.dumps({"neurons": [{"sign": 1, "u": [t, 0, s]}]}))
    code, out, err = gap(capsys, "a2", box)
    assert (code, err) == (0, "")
    assert "primal from 3 to " in out
    assert "exactly" not in out
    assert float(out.split("gap")[1].split()[0]) >= 9 / 8 + 8.5**0.5 - 3  # at (2, 1/2)
    found = exact_gap(read_instance(EXAMPLES / "a2.json").problem(), read_network(box))
    assert (
        " to " in repr(found).split("primal=")[1].split(",")[0]
    )  # not the middle, below 3


def test_a_box_has_the_objectives_of_all_its_networks(capsys, tmp_path):
    data, box = tmp_path / "data.json", tmp_path / "box.json"
    rows, y = [[1, 2], [-1, 1], [0, -2], [3, 1]], [2, -1, 1, "5/2"]
    data.write_text(json.dumps({"X": rows, "y": y, "beta": "1/4"}))
    wide = {"lower": "0", "upper": "1"}
    box.write_text(json.dumps({"neurons": [{"sign": 1, "u": [wide, 1]}]}))
    _, out, _ = run(capsys, "gap", data, box)
    most = float(out.split("gap")[1].split()[0])
    assert "by the box of the network" in out
    found = json.loads(run(capsys, "gap", data, box, "--json")[1])
    ends = [Fraction(found["primal"][end]) for end in ("lower", "upper")]
    assert ends[0] >= Fraction(1, 2)  # no lower than the dual value
    for u in ("0", "1/3", "1"):
        box.write_text(json.dumps({"neurons": [{"sign": 1, "u": [u, 1]}]}))
        inner = json.loads(run(capsys, "gap", data, box, "--json")[1])
        assert inner["gap_float"] <= most
        assert ends[0] <= inner["primal_float"] <= ends[1]


def test_float_weights(capsys, tmp_path):
    rng = np.random.default_rng(1)
    file = tmp_path / "net.npz"
    np.savez(file, W=rng.normal(size=(5, 3)), alpha=rng.normal(size=5))
    written = tmp_path / "gap.json"
    code, out, _ = gap(capsys, "octahedron", file, "--json", "--support", "-o", written)
    assert code == 0
    found = json.loads(out)
    assert found == json.loads(written.read_text())
    primal, dual, difference = (_ends(found[key]) for key in ("primal", "dual", "gap"))
    assert dual[1] <= 27 <= primal[1]
    assert difference[0] <= primal[1] - dual[0]
    assert difference[1] >= primal[0] - dual[1] > 0
    assert (found["worst"], found["dual_point"]) == (None, "optimum")
    assert dual == (27, 27)
    assert found["nearest"]["support"]
    code, out, _ = gap(capsys, "octahedron", file, "--support")
    assert code == 0
    assert "nearest optimum: vertex" in out
    assert "worst" not in out  # the optimum needs none


def _ends(value):
    if isinstance(value, str):
        return Fraction(value), Fraction(value)
    return Fraction(value["lower"]), Fraction(value["upper"])


def test_the_lower_end_of_a_gap_is_never_negative():
    whole = {"lower": "-1/9", "upper": "2", "value_float": 0.5}
    assert _never_negative(whole) == whole | {"lower": "0"}
    near = {"lower": "-1/9", "upper": "1/99", "value_float": -0.05}
    assert _never_negative(near) == {"lower": "0", "upper": "1/99", "value_float": 0.0}
    above = {"lower": "1/9", "upper": "2", "value_float": 0.5}
    assert _never_negative(above) == above
    assert _never_negative("0") == "0"


def test_csv_needs_a_beta(capsys, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("x,y\n1,2\n2,3\n")
    net = tmp_path / "net.npz"
    np.savez(net, W=np.ones((1, 1)), alpha=np.ones(1))
    code, out, _ = run(capsys, "gap", data, net, "--beta", "1/2", "--json")
    assert code == 0
    assert set(json.loads(out)) >= {"primal", "dual", "gap"}
    code, _, err = run(capsys, "gap", data, net)
    assert code == 2
    assert "beta" in err


def test_bad_archives(capsys, tmp_path):
    file = tmp_path / "net.npz"
    np.savez(file, W=np.full((1, 3), np.nan), alpha=np.ones(1))
    code, out, err = gap(capsys, "octahedron", file)
    assert (code, out) == (2, "")
    assert "net.npz: W[0, 0]: nan is not finite" in err
    file.write_bytes(b"PK nothing")
    code, _, err = gap(capsys, "octahedron", file)
    assert code == 2
    code, _, err = gap(capsys, "octahedron", tmp_path / "none.npz")
    assert code == 2
    assert "none.npz: there is no such file" in err
    np.savez(file, W=np.ones((1, 2)), alpha=np.ones(1))
    code, _, err = gap(capsys, "octahedron", file)
    assert code == 2
    assert "dimension 2, the samples 3" in err


def test_objectives_beyond_every_float_and_archives_of_junk(tmp_path, capsys):
    big = tmp_path / "big.json"
    big.write_text('{"neurons": [{"w": ["1e200", 1, 1], "alpha": "1e200"}]}', "utf-8")
    assert main(["gap", "examples/octahedron.json", str(big), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["primal_float"] is None
    assert main(["gap", "examples/octahedron.json", str(big)]) == 0
    arguments = ["--from", str(big), "--width", "7"]
    assert main(["descend", "examples/octahedron.json", *arguments]) == 0
    assert "beyond 1e308" in capsys.readouterr().out
    junk = tmp_path / "junk.npz"
    with zipfile.ZipFile(junk, "w") as archive:
        archive.writestr("W.npy", b"junk")
        archive.writestr("alpha.npy", b"junk")
    assert main(["gap", "examples/octahedron.json", str(junk)]) == 2
    assert "no array" in capsys.readouterr().err


def test_a_gap_over_a_number_field(capsys, tmp_path):
    data, net = tmp_path / "data.json", tmp_path / "net.json"
    data.write_text('{"X": [[1]], "y": [2], "beta": 1}')
    a = NumberField((-2, 0, 1), (1, 2)).generator.to_json()
    net.write_text(json.dumps({"neurons": [{"w": [1], "alpha": a}]}))
    code, out, _ = run(capsys, "gap", data, net, "--json")
    assert code == 0
    assert json.loads(out)["gap_float"] > 0


def test_primal_dual_and_gap_beyond_every_float(capsys, tmp_path):
    data, net = tmp_path / "data.json", tmp_path / "net.json"
    data.write_text('{"X": [[1]], "y": ["1e400"], "beta": 1}')
    net.write_text('{"neurons": [{"sign": 1, "u": [1]}]}')
    code, out, _ = run(capsys, "gap", data, net, "--json", "--support")
    assert code == 0
    found = json.loads(out)
    assert [found[f"{key}_float"] for key in ("primal", "dual", "gap")] == [None] * 3
    assert run(capsys, "gap", data, net)[0] == 0


def test_shapes_of_archives_that_do_not_fit(capsys, tmp_path):
    file = tmp_path / "A.NPZ"
    with file.open("wb") as stream:
        np.savez(stream, W=np.ones((2, 2)), alpha=np.ones(2))
    code, _, err = gap(capsys, "octahedron", file)
    assert code == 2
    assert "A.NPZ: W: (2, 2): dimension 2, the samples 3: give every neuron" in err
    with file.open("wb") as stream:
        np.savez(stream, W=np.ones((0, 2)), alpha=np.ones(0))
    assert gap(capsys, "octahedron", file)[0] == 0  # a network of no neurons


def test_the_gap_is_the_distance_and_quick_a_bound(capsys, tmp_path):
    file = tmp_path / "near.json"
    neurons = [
        {"sign": 1, "u": ["4", "4", "-4"]},
        {"sign": 1, "u": ["-401/100", "-4", "4"]},
    ]
    file.write_text(json.dumps({"neurons": neurons}))
    _, out, _ = gap(capsys, "octahedron", file, "--json")
    found = json.loads(out)
    assert found["dual"] == "27"
    assert 5.82e-5 < found["gap_float"] < 5.84e-5
    _, out, _ = gap(capsys, "octahedron", file, "--json", "--quick")
    assert json.loads(out)["gap_float"] > 1e-2


def test_a_free_part_that_a_file_does_not_give_is_0(capsys, tmp_path):
    data, net = tmp_path / "data.json", tmp_path / "net.json"
    net.write_text('{"neurons": [null]}')
    for y in ([3, 5], [[3, 0], [5, 0]]):
        for skip in ("constant", "linear", "affine"):
            data.write_text(json.dumps({"X": [[1], [2]], "y": y, "beta": 9, "skip": skip}))
            for more in ((), ("--quick",)):
                code, out, _ = run(capsys, "gap", data, net, "--json", *more)
                assert code == 0
                assert json.loads(out)["primal"] == "17"  # (9 + 25)/2


def test_neurons_alone_have_the_constant_that_fits_best(capsys, tmp_path):
    data, net = tmp_path / "data.json", tmp_path / "net.npz"
    data.write_text('{"X": [[1], [2]], "y": [3, 5], "beta": 9, "skip": "constant"}')
    np.savez(net, W=np.zeros((1, 1)), alpha=np.zeros(1))
    code, out, _ = run(capsys, "gap", data, net, "--json")
    assert code == 0
    assert json.loads(out)["primal"] == "1"  # (1 + 1)/2, about the mean 4


def test_a_certificate_that_cannot_be_made_is_left_out(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(dual_point, "PATTERNS", 1)
    data, net, cert = (tmp_path / f"{name}.json" for name in ("data", "net", "cert"))
    labels = {"y": [[1, 0], [0, 1]], "beta": "1/10"}
    data.write_text(json.dumps({"X": [[1], [2]]} | labels))
    net.write_text(json.dumps({"neurons": [{"u": [1], "v": [1, 1]}]}))
    assert run(capsys, "gap", data, net)[0] == 0
    for command in (("gap", data, net), ("descend", data, "--from", net)):
        code, out, err = run(capsys, *command, "--certificate", cert)
        assert (code, out) == (3, "")
        assert err.strip().endswith("the answer is proved: leave out --certificate")
    assert not cert.exists()
