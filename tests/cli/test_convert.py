"""``convert``: every form into every other, and what it says of the objective."""

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import safetensors.numpy

from polytope_nn import Network
from polytope_nn.cli import main
from tests import commands

ARRAYS = {
    "W": np.array([[1.0, -2.0], [0.1, 0.0], [0.0, 0.0]]),
    "alpha": np.array([2.0, -0.3, 0.0]),
    "b": np.array([0.5, 0.25, 0.0]),
    "constant": np.array(0.7),
}


def run(capsys, *arguments):
    return commands.run(capsys, "convert", *arguments)


def refused(capsys, *arguments):
    return commands.refused(capsys, "convert", *arguments)


def source(folder, form):
    """Write the network by the form's own writer."""
    file = folder / f"net.{form}"
    W, alpha, b, constant = (ARRAYS[key] for key in ("W", "alpha", "b", "constant"))
    if form == "npz":
        np.savez(file, **ARRAYS)
    elif form == "sklearn.npz":
        named = {"coefs_0": W.T, "coefs_1": alpha[:, None], "intercepts_0": b}
        np.savez(file, **named, intercepts_1=constant[None])
    elif form == "safetensors":
        named = {
            "0.weight": W,
            "2.weight": alpha[None],
            "0.bias": b,
            "2.bias": constant[None],
        }
        safetensors.numpy.save_file(named, file)
    else:
        rows = [[*map(float.hex, (*w, t))] for w, t in zip(W, b, strict=True)]
        exact = [[str(Fraction(float.fromhex(t))) for t in row] for row in rows]
        neurons = [
            {"w": w, "alpha": str(Fraction(float(a)))}
            for w, a in zip(exact, alpha, strict=True)
        ]
        fields = {"neurons": neurons, "constant": str(Fraction(float(constant)))}
        file.write_text(json.dumps(fields))
    return file


FORMS = ("json", "npz", "sklearn.npz", "safetensors")


@pytest.mark.parametrize("before, after", list(product(FORMS, FORMS)))
def test_every_form_into_every_other(before, after, tmp_path, capsys):
    given = source(tmp_path, before)
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / f"net.{after}"
    more = ["--bias"] * (before == "json") + ["--sklearn"] * after.startswith("sklearn")
    code, out, err = run(capsys, given, "-o", target, *more)
    assert code == 0
    assert out.startswith(f"wrote {target}: width 3")
    wanted = Network.from_arrays(**ARRAYS)
    assert Network.load(target, 3) == wanted
    if after == "npz":
        read = np.load(target)
        assert all((read[key] == ARRAYS[key]).all() for key in ARRAYS)
    if after == "safetensors":
        assert set(safetensors.numpy.load_file(target)) == {
            *("0.weight", "0.bias", "2.weight", "2.bias"),
        }
    assert ("this one with --bias free" in err) == (before == "sklearn.npz")
    assert ("shrinks it too: not this objective" in err) == (before == "safetensors")
    assert err.count("\n") <= 1


def test_without_an_output_bias_torch_s_objective_is_ours(tmp_path, capsys):
    file = tmp_path / "net.safetensors"
    named = {"0.weight": ARRAYS["W"], "2.weight": ARRAYS["alpha"][None]}
    safetensors.numpy.save_file(named, file)
    code, out, err = run(capsys, file, "-o", tmp_path / "net.json")
    assert (code, err) == (0, "")
    assert out.endswith(": width 3\n")


def test_refusals_are_one_line_and_nothing_is_written(tmp_path, capsys):
    given = source(tmp_path, "npz")
    target = tmp_path / "out.json"
    assert "leave it out" in refused(capsys, given, "-o", target, "--bias")
    assert "are an .npz" in refused(capsys, given, "-o", target, "--sklearn")
    assert "must end in" in refused(capsys, given, "-o", tmp_path / "net.pt")
    assert "none.npz" in refused(capsys, tmp_path / "none.npz", "-o", target)
    assert "none.safetensors" in refused(
        capsys, tmp_path / "none.safetensors", "-o", target
    )
    pickle = tmp_path / "model.pth"
    pickle.write_bytes(b"\x80\x04K\x01.")
    assert "a pickle can run programs" in refused(capsys, pickle, "-o", target)
    np.savez(tmp_path / "skip.npz", W=[[1.0]], alpha=[1.0], skip=[2.0])
    away = tmp_path / "net.safetensors"
    assert "skip" in refused(capsys, tmp_path / "skip.npz", "-o", away)
    np.savez(tmp_path / "nan.npz", W=[[np.nan]], alpha=[1.0])
    assert "nan.npz: W[0, 0]" in refused(capsys, tmp_path / "nan.npz", "-o", away)
    assert not target.exists()
    assert not away.exists()


def test_balanced_neurons_become_the_nearest_floats(tmp_path, capsys):
    target = tmp_path / "net.npz"
    given = "examples/networks/octahedron_two.json"
    assert run(capsys, given, "-o", target)[0] == 0
    read = np.load(target)
    assert read["W"] * read["alpha"][:, None] == pytest.approx(
        np.array([[4, 4, 4], [-4, -4, -4]]), rel=1e-15
    )


def test_a_network_of_no_neurons(tmp_path, capsys):
    empty = tmp_path / "empty.json"
    empty.write_text('{"neurons": [null, null], "constant": "1/2"}')
    target = tmp_path / "empty.npz"
    assert run(capsys, empty, "-o", target)[0] == 0
    assert Network.load(target) == Network((None, None), constant=Fraction(1, 2))
    assert run(capsys, empty, "-o", target, "--bias")[0] == 0


def test_a_file_of_scikit_learn_says_which_of_its_models_are_meant(tmp_path, capsys):
    arrays = {"coefs_0": np.ones((2, 3)), "coefs_1": np.ones((3, 1))}
    arrays |= {"intercepts_0": np.ones(3), "intercepts_1": np.ones(1)}
    np.savez(tmp_path / "net.npz", **arrays)
    out = tmp_path / "net.json"
    assert main(["convert", str(tmp_path / "net.npz"), "-o", str(out)]) == 0
    said = capsys.readouterr().err
    assert "beta = its alpha" in said
    assert "an MLPClassifier's is none of ours" in said


KERNELS = {"dense/kernel:0": np.ones((2, 3)), "dense/bias:0": np.ones(3)}


@pytest.mark.parametrize("name, held, said", [
    ("net.h5", b"\x89HDF", "a Keras file is not read: W, b, a, c = model.get_weights()"),
    ("net.keras", b"PK", "a Keras file is not read"),
    ("net.onnx", b"\x08", "another tool's file is not read: write its two layers"),
    ("net.npz", KERNELS, "Keras' and Flax' kernels are (in, out): give W=kernel.T"),
    ("net.npz", {"arr_0": np.ones((2, 3))}, "a Keras kernel is its transpose"),
    ("net.safetensors", {"0.weight": np.ones((2, 2)), "1.running_var": np.ones(2)},
     "1.running_var: (2,): a batch norm: fold it into the linear layer"),
    ("net.safetensors", {"0.weight_g": np.ones((2, 1)), "2.weight": np.ones((1, 2))},
     "0.weight_g: (2, 1): a weight norm: remove it"),
    ("net.safetensors", {"0.weight_orig": np.ones((2, 2)), "2.weight": np.ones((1, 2))},
     "0.weight_orig: (2, 2): a pruned layer: make it permanent"),
])  # fmt: skip
def test_other_tools_layers_have_their_own_cure(name, held, said, tmp_path, capsys):
    file = tmp_path / name
    if isinstance(held, bytes):
        file.write_bytes(held)
    elif name.endswith(".npz"):
        np.savez(file, **held)
    else:
        safetensors.numpy.save_file(held, file)
    assert said in refused(capsys, file, "-o", tmp_path / "out.json")


@pytest.mark.parametrize("outputs", [1, 2])
def test_the_cure_of_a_keras_file_is_the_network(outputs, tmp_path, capsys):
    """Kernels (in, out), of random weights: the function of the file is Keras'."""
    random = np.random.default_rng(outputs)
    first, second = random.normal(size=(2, 3)), random.normal(size=(3, outputs))
    b, c = random.normal(size=3), random.normal(size=outputs)
    np.savez(tmp_path / "net.npz", W=first.T, b=b, alpha=second, constant=c)
    target = tmp_path / "out.npz"
    assert run(capsys, tmp_path / "net.npz", "-o", target)[0] == 0
    held, x = np.load(target), random.normal(size=2)
    found = np.maximum(held["W"] @ x + held["b"], 0) @ held["alpha"] + held["constant"]
    wanted = np.maximum(x @ first + b, 0) @ second + c
    assert np.ravel(found) == pytest.approx(wanted)


def test_a_mark_of_utf_8_before_json_is_no_letter(tmp_path, capsys):
    file = tmp_path / "net.json"
    file.write_text('\ufeff{"neurons": [{"sign": 1, "u": ["1"]}]}', encoding="utf-8")
    assert run(capsys, file, "-o", tmp_path / "out.npz")[0] == 0
