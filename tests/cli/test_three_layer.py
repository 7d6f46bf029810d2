"""Three layers on the command line: contract keys, exit codes, one line for bad input."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from polytope_nn.cli import main
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.arrays import parallel_arrays
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem
from tests.commands import answered, run
from tests.oracles.three_layer import BY_NAME

HAT = {"X": [[-1, 1], [0, 1], [1, 1]], "y": [-1, 4, -1], "beta": 1, "layers": 3}
NET = {
    "branches": [
        {
            "sign": 1,
            "neurons": [
                {"sign": -1, "u": ["-1", "0"]},
                {"sign": 1, "u": ["0", "1"]},
                {"sign": -1, "u": ["1", "0"]},
            ],
        }
    ]
}
EXAMPLE = Path(__file__).parents[2] / "examples" / "hat_three_layers.json"


@pytest.fixture
def file(tmp_path):
    def write(fields, name="instance.json"):
        path = tmp_path / name
        path.write_text(json.dumps(fields), encoding="utf-8")
        return str(path)

    return write


def test_the_keys_of_the_contract(capsys):
    found = answered(capsys, "certify", EXAMPLE)
    assert (found["layers"], found["value"], found["depth_helps"]) == (3, "17/2", False)
    assert found["kappa"] == ["-1", "3", "-1"]
    assert found["m_star"] == {"1": 3, "2": 2, "3": 1, "4": 1}
    assert [p["sign"] for p in found["pieces"]] == [1, -1]
    assert [len(p["vertices"]) for p in found["pieces"]] == [4, 2]
    table = {(s["m"], s["k"]): (s["components"], s["isolated"]) for s in found["table"]}
    assert {(m, k) for m in (1, 2, 3) for k in (1, 2, 3, 4)} == set(table)
    assert (table[1, 3], table[2, 2], table[3, 1], table[1, 1]) == (
        (6, 6),
        (2, 0),
        (6, 6),
        (0, 0),
    )
    theorems = found["theorems"]
    assert all(theorems[t] is True for t in ("T7.2", "T7.4", "T7.5", "T9", "T12", "T13"))
    assert all(theorems[t] is False for t in ("T7.1", "T7.3", "T8"))
    assert found["counterexamples"]["T8"] == [2, 2]


def test_the_size_of_the_table(capsys, file):
    found = answered(capsys, "certify", EXAMPLE, "--branches", 2, "--inner", 5)
    assert len(found["table"]) == 10
    assert list(found["m_star"]) == ["1", "2", "3", "4", "5"]
    strict = BY_NAME["strict"]
    fields = {
        "X": strict.X,
        "y": list(map(str, strict.y)),
        "beta_squared": "629/50",
        "layers": 3,
    }
    found = answered(capsys, "certify", file(fields), "--inner", 3, "--branches", 2)
    assert found["depth_helps"] is True
    assert found["m_star"] == {"1": None, "2": 1, "3": 1}
    assert [(s["m"], s["k"]) for s in found["table"]] == [(1, 2), (1, 3), (2, 2), (2, 3)]


def test_nothing_to_fit(capsys, file):
    found = answered(capsys, "certify", file(HAT | {"y": [0, 0, 0]}))
    assert found["m_star"] == {"1": 0}
    assert found["table"] == [{"m": 1, "k": 1, "components": 1, "isolated": 1}]


def test_the_page_and_the_figure(capsys, tmp_path):
    figures = [tmp_path / f"table{i}.svg" for i in range(2)]
    for figure in figures:
        assert main(["certify", str(EXAMPLE), "--figure", str(figure)]) == 0
    assert figures[0].read_bytes() == figures[1].read_bytes()
    page = capsys.readouterr().out
    assert "depth helps: no" in page
    assert "2  ·  2/0" in page.replace("    ", "  ")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "β/3 Σ_j (|W_j|³ + |w_j|³ + |α_j|³)"),
        (
            {"regulariser": "path", "inner_width": 2, "bias": "penalised"},
            "β Σ_j |α_j| (Σ_l |W_jl|² w_jl²)^(1/2); W_j includes the bias",
        ),
    ],
)
def test_the_page_says_what_is_minimised(capsys, file, more, words):
    """At the weights of an optimal network it is the objective."""
    assert main(["certify", file(HAT | more)]) == 0
    page = capsys.readouterr().out
    assert f"minimised: ½ Σ_k (f(x_k) - y_k)² + {words}\n" in page
    O = parallel_optimum(ParallelProblem(HAT["X"], HAT["y"], beta=1, **more))
    W, w, alpha = parallel_arrays(some_network(O)).values()
    X = np.array(O.problem.design, dtype=float)
    hidden = np.maximum(np.einsum("nd,mdk->mnk", X, W), 0)
    fit = alpha @ np.maximum(np.einsum("mnk,mk->mn", hidden, w), 0)
    if more:
        paid = abs(alpha) @ np.sqrt(((W**2).sum(axis=1) * w**2).sum(axis=1))
    else:
        sizes = np.sqrt((W**2).sum(axis=(1, 2))), np.linalg.norm(w, axis=1), abs(alpha)
        paid = sum((s**3).sum() for s in sizes) / 3
    assert ((fit - HAT["y"]) ** 2).sum() / 2 + paid == pytest.approx(float(O.value))


def test_a_certificate_is_written_and_accepted(capsys, tmp_path):
    files = [tmp_path / f"cert{i}.json" for i in range(2)]
    for path in files:
        assert main(["certify", str(EXAMPLE), "-o", str(path)]) == 0
    size = len(files[0].read_bytes())
    page = capsys.readouterr().out
    assert page.endswith(f"certificate of {size} bytes, accepted by the checker\n")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert main(["check", str(files[0])]) == 0
    changed = files[0].read_text().replace('"17/2"', '"8"')
    files[1].write_text(changed)
    assert main(["check", str(files[1])]) == 1


@pytest.mark.parametrize(
    "change, words",
    [
        ({"skip": "linear"}, ["skip", "layers"]),
        ({"loss": "absolute"}, ["loss", "layers"]),
        ({"bias": "free"}, ["bias", "layers"]),
        ({"penalty": "l1"}, ["penalty", "layers"]),
        ({"activation": "absolute"}, ["activation", "layers"]),
        ({"y": [[1, 2], [3, 4], [5, 6]]}, ["y, layers", "outputs"]),
        ({"inner_width": 0}, ["inner_width", "0"]),
        ({"inner_width": "many"}, ["inner_width", "many", "unlimited"]),
        ({"inner_width": True}, ["inner_width", "true"]),
        ({"regulariser": "decay"}, ["regulariser", "no convex form"]),
        ({"regulariser": 3}, ["regulariser", "power3"]),
        ({"regulariser": "path"}, ["regulariser", "inner_width"]),
        ({"layers": 4}, ["layers", "4", "2 or 3"]),
        ({"layers": 2, "inner_width": 3}, ["inner_width", '"layers": 3']),
        ({"beta": 0}, ["beta", "0"]),
    ],
)
def test_bad_input_is_one_line(capsys, file, change, words):
    name = file(HAT | change)
    assert main(["certify", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert all(word in err for word in (name, *words))


def test_two_layers_may_be_said(capsys, file):
    fields = HAT | {"layers": 2}
    assert answered(capsys, "certify", file(fields))["m_star"] == 3
    assert main(["certify", file(fields), "--inner", "3"]) == 2
    assert "layers" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--branches", "0"], ["--inner", "99"], ["--theorems"]])
def test_options_that_do_not_go(capsys, option):
    assert main(["certify", str(EXAMPLE), *option]) == 2
    assert option[0] in capsys.readouterr().err


def test_a_refuted_kappa_is_exit_1(capsys, file):
    assert main(["certify", file(HAT | {"kappa": [-1, 4, -1]})]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "kappa" in err


def test_the_gap_of_a_network(capsys, file):
    net = file(NET, "net.json")
    found = answered(capsys, "gap", EXAMPLE, net)
    assert (found["primal"], found["dual"], found["gap"]) == ("17/2", "17/2", "0")
    found = answered(capsys, "gap", EXAMPLE, file({"branches": []}, "zero.json"))
    assert (found["primal"], found["gap"]) == ("9", "1/2")
    assert main(["gap", str(EXAMPLE), file({"neurons": []}, "two.json")]) == 2
    assert "branches" in capsys.readouterr().err


def test_a_path_between_networks(capsys, file):
    turned = [{"sign": 1, "neurons": NET["branches"][0]["neurons"][::-1]}]
    start, end = file(NET, "a.json"), file({"branches": turned}, "b.json")
    found = answered(capsys, "path", EXAMPLE, "--from", start, "--to", end)
    assert (found["connected"], found["width"]) == (True, 2)
    first = found["breakpoints"][0]["branches"][0]
    assert first == NET["branches"][0]
    assert main(["path", str(EXAMPLE), "--from", start, "--to", end, "--width", "1"]) == 3
    zero = file({"branches": []}, "zero.json")
    assert main(["path", str(EXAMPLE), "--from", start, "--to", zero]) == 1


def converted(capsys, *arguments):
    return run(capsys, "convert", *arguments)


def test_a_network_goes_to_arrays_and_back(capsys, file, tmp_path):
    """Optimal weights in float64: their power-3 decay is the optimum but for rounding."""
    source, arrays, back = file(NET, "net.json"), tmp_path / "net.npz", tmp_path / "b.json"
    code, out, err = converted(capsys, source, "-o", arrays)
    assert (code, err) == (0, "")
    assert "three layers, 1 branch of 3 neurons" in out
    with np.load(arrays) as held:
        W, w, alpha = (held[name] for name in ("W", "w", "alpha"))
    assert (W.shape, w.shape, alpha.shape) == ((1, 2, 3), (1, 3), (1,))
    norms = [np.linalg.norm(W), np.linalg.norm(w), abs(alpha[0])]
    assert norms == pytest.approx([3 ** (1 / 3)] * 3)
    H = np.maximum(np.array(HAT["X"]) @ W[0], 0)
    assert np.maximum(H @ w[0], 0) * alpha[0] == pytest.approx([0, 1, 0])
    found = answered(capsys, "gap", file(HAT), arrays)
    assert 0 <= found["gap_float"] < 1e-14
    assert converted(capsys, arrays, "-o", back)[0] == 0
    again = json.loads(back.read_text())["branches"][0]["neurons"]
    for one, other in zip(again, NET["branches"][0]["neurons"], strict=True):
        assert one["sign"] == other["sign"]
        assert [float(Fraction(t)) for t in one["u"]] == pytest.approx(
            list(map(float, other["u"]))
        )


def test_arrays_are_kept_bit_by_bit(capsys, tmp_path):
    """Raw weights, empty branches and slots; a W of two axes stays a two-layer network."""
    draw = np.random.default_rng(5)
    given = {"W": draw.normal(size=(3, 2, 2)), "w": draw.normal(size=(3, 2))}
    given["w"][1] = 0
    given["alpha"] = np.array([1.5, 2.0, 0.0])
    one, two = tmp_path / "one.npz", tmp_path / "two.npz"
    np.savez(one, **given)
    assert converted(capsys, one, "-o", two)[0] == 0
    with np.load(two) as held:
        assert all(np.array_equal(held[name], x) for name, x in given.items())
    assert converted(capsys, one, "-o", tmp_path / "one.json")[0] == 0
    branches = json.loads((tmp_path / "one.json").read_text())["branches"]
    assert [b is None for b in branches] == [False, True, True]


@pytest.mark.parametrize(
    "name, options, words",
    [
        ("net.safetensors", [], ["branches", "no place for three layers", ".npz"]),
        ("net.npz", ["--sklearn"], ["--sklearn", "branches"]),
        ("net.npz", ["--bias"], ["--bias", "branches"]),
    ],
)
def test_what_has_no_place_for_branches(capsys, file, name, options, words):
    source = Path(file(NET))
    target = source.parent / name
    code, out, err = converted(capsys, source, "-o", target, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert all(word in err for word in words)
    assert not target.exists()


def test_a_number_beyond_floats(capsys, file, tmp_path):
    large = {"sign": 1, "neurons": [{"sign": 1, "u": ["1" + "0" * 400, "0"]}]}
    code, _, err = converted(capsys, file({"branches": [large]}), "-o", tmp_path / "n.npz")
    assert (code, err.count("\n")) == (2, 1)
    assert "no float64 holds it" in err


def test_the_gap_of_an_optimal_network_in_a_number_field(tmp_path, capsys):
    """kappa = -sqrt(2)/16: the network's cost is a root of 2, and the gap is 0 exactly."""
    fields = {"X": [[2, 2]], "y": [-2], "beta": "1/4", "layers": 3}
    O = parallel_optimum(ParallelProblem([[2, 2]], [-2], beta="1/4"))
    instance, network = tmp_path / "i.json", tmp_path / "n.json"
    instance.write_text(json.dumps(fields))
    network.write_text(json.dumps(some_network(O).to_json()))
    assert main(["gap", str(instance), str(network), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gap"] == "0"


def test_a_path_and_a_gap_of_boxes(capsys, file):
    """Where kappa is in balls a gap that may be 0 was a negative number."""
    X, y = [[2, 0, -2], [0, 2, -2], [0, 0, 2], [0, 1, 0], [0, 0, -1]], [-4, 3, 4, 0, 1]
    D = ParallelProblem(X, y, beta="1/10", inner_width=2)
    net = some_network(parallel_optimum(D)).to_json()
    read = {"layers": 3, "X": X, "y": y, "beta": "1/10", "inner_width": 2}
    data, own = file(read, "data.json"), file(net, "own.json")
    turned = file({"branches": net["branches"][::-1]}, "turned.json")
    found = answered(capsys, "path", data, "--from", own, "--to", turned)
    assert found["width"] == 4  # three branches change places
    found = answered(capsys, "gap", data, own)
    assert 0 <= found["gap_float"] < 1e-9
    assert (found["gap"]["lower"], found["gap"]["value_float"]) == ("0", found["gap_float"])
    assert main(["gap", data, own]) == 0
    assert "gap    at most " in capsys.readouterr().out
