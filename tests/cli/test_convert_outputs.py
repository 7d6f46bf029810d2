"""``convert`` of networks with several outputs: every form into every other, bit by bit."""

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import safetensors.numpy

from polytope_nn.vector.network import VectorNetwork

from .test_convert import refused, run

W = np.array([[1.0, -2.0], [0.1, 0.0], [3.0, 0.5]])
ALPHA = np.array([[2.0, 0.3], [-0.7, 1.0], [0.0, 1e-3]])
B, CONSTANT = np.array([0.5, 0.25, -1.0]), np.array([0.7, -0.2])
FORMS = ("json", "npz", "sklearn.npz", "safetensors")
WANTED = VectorNetwork.from_arrays(W, ALPHA, b=B, constant=CONSTANT)


def source(folder, form):
    """Write the network by the form's own writer."""
    file = folder / f"net.{form}"
    if form == "npz":
        np.savez(file, W=W, alpha=ALPHA, b=B, constant=CONSTANT)
    elif form == "sklearn.npz":
        layers = {"coefs_0": W.T, "coefs_1": ALPHA}
        np.savez(file, **layers, intercepts_0=B, intercepts_1=CONSTANT)
    elif form == "safetensors":
        layers = {"0.weight": W, "2.weight": ALPHA.T.copy()}
        safetensors.numpy.save_file({**layers, "0.bias": B, "2.bias": CONSTANT}, file)
    else:
        exact = [[[str(Fraction(float(t))) for t in row] for row in rows]
                 for rows in (np.c_[W, B], ALPHA, CONSTANT[None])]  # fmt: skip
        neurons = [{"w": w, "alpha": a} for w, a in zip(*exact[:2], strict=True)]
        file.write_text(json.dumps({"neurons": neurons, "constant": exact[2][0]}))
    return file


def read(file):
    """Return the network of a file, by a reader that is not the command's."""
    if file.suffix == ".json":
        return VectorNetwork.from_json(json.loads(file.read_text()))
    if file.suffix == ".safetensors":
        return VectorNetwork.from_state_dict(safetensors.numpy.load_file(file))
    held = dict(np.load(file))
    if "coefs_0" in held:
        W, alpha = held["coefs_0"].T, held["coefs_1"]
        free = {"b": held["intercepts_0"], "constant": held["intercepts_1"]}
        return VectorNetwork.from_arrays(W, alpha, **free)
    return VectorNetwork.from_arrays(**held)


@pytest.mark.parametrize("before, after", list(product(FORMS, FORMS)))
def test_every_form_into_every_other(before, after, tmp_path, capsys):
    given = source(tmp_path, before)
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / f"net.{after}"
    more = ["--bias"] * (before == "json") + ["--sklearn"] * after.startswith("sklearn")
    code, out, err = run(capsys, given, "-o", target, *more)
    assert code == 0
    biased = ", biases" if before != "json" or more else ""
    assert out == f"wrote {target}: width 3, 2 outputs{biased}, constant\n"
    assert read(target) == WANTED
    assert ("this one with --bias free" in err) == (before == "sklearn.npz")
    assert ("shrinks it too: not this objective" in err) == (before == "safetensors")
    assert err.count("\n") <= 1


def test_pairs_become_balanced_floats_and_a_skip_has_its_place(tmp_path, capsys):
    given, target = tmp_path / "net.json", tmp_path / "net.npz"
    neurons = [{"u": ["8", "0"], "v": ["0", "2"]}, None, {"u": ["0", "0"], "v": ["1", "1"]}]
    skip = [["1", "0"], ["0", "1/2"]]
    given.write_text(json.dumps({"neurons": neurons, "skip": skip}))
    assert run(capsys, given, "-o", target)[0] == 0
    held = np.load(target)
    assert held["W"].tolist() == [[4, 0], [0, 0], [0, 0]]
    assert held["alpha"].tolist() == [[0, 4], [0, 0], [0, 0]]
    assert held["skip"].tolist() == [[1, 0], [0, 0.5]]
    err = refused(capsys, given, "-o", tmp_path / "net.safetensors")
    assert "skip" in err


@pytest.mark.parametrize("fields, said", [
    ({"neurons": [{"u": ["1"], "v": ["1", "2"]}, {"u": ["1"], "v": ["1"]}]},
     "neurons[1].v: 1 entry"),
    ({"neurons": [{"u": ["1"], "v": ["1", "2"]}, None, {"u": ["1", "2"], "v": ["1", "1"]}]},
     "neurons[2].u: 2 entries"),
    ({"neurons": [{"u": ["1"], "v": ["1", "2"]}], "constant": ["1"]}, "constant: give 2"),
    ({"neurons": [{"u": ["1"], "v": ["1", "2"]}], "skip": [["1"]]}, "skip: give rows of 2"),
    ({"neurons": [{"u": ["1"], "v": ["1", "2"]}], "skip": [["1", "2"]] * 2},
     "skip: give 1 row,"),
    ({"neurons": [{"u": ["1"], "v": ["1", 0.5]}]}, "neurons[0].v[1]"),
    ({"neurons": [{"w": ["1"], "alpha": ["1", "2"], "b": "1"}]}, "neurons[0]"),
    ({"neurons": [{"u": ["1e400"], "v": ["1", "2"]}]}, "beyond 1e308"),
])  # fmt: skip
def test_refusals_are_one_line(fields, said, tmp_path, capsys):
    given = tmp_path / "net.json"
    given.write_text(json.dumps(fields))
    assert said in refused(capsys, given, "-o", tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("arrays, said", [
    ({"constant": np.ones(3)}, "constant: give 2 numbers"),
    ({"skip": np.ones((3, 2))}, "skip: give 2 rows"),
    ({"b": np.ones(2)}, "b: give one bias"),
    ({"alpha": np.ones((2, 2))}, "alpha: give W (m, d)"),
    ({"W": np.array([[np.nan, 1]] * 3)}, "W"),
    ({"c": np.ones(2)}, "c: "),
])  # fmt: skip
def test_arrays_that_do_not_chain_are_refused(arrays, said, tmp_path, capsys):
    given = tmp_path / "net.npz"
    np.savez(given, **{"W": W, "alpha": ALPHA, **arrays})
    assert said in refused(capsys, given, "-o", tmp_path / "out.json")
    assert "leave it out" in refused(capsys, given, "-o", tmp_path / "out.json", "--bias")
