"""Other tools' names: torch's state_dict, scikit-learn's coefs_, safetensors, archives."""

import json
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier, MLPRegressor

from polytope_nn import (
    Network,
    TrainingProblem,
    VectorNetwork,
    connect,
    gap,
    is_optimal,
    is_stationary,
    nearest,
)
from polytope_nn.cli import main
from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.networks.network import RawNeuron
from polytope_nn.problems.reading.archives import read_safetensors, safetensors_bytes

STATE = {
    "0.weight": np.array([[1.0, -2.0], [0.25, 0.0], [3.0, 4.0]], dtype=np.float32),
    "0.bias": np.array([0.5, -0.1, 0.0], dtype=np.float32),
    "2.weight": np.array([[2.0, -1.0, 0.3]], dtype=np.float32),
    "2.bias": np.array([0.7], dtype=np.float32),
}


def fit_of_torch(state, X):
    """Return the outputs as torch computes them, in exact arithmetic, by loops."""
    read = {
        k: [[Fraction(float(t)) for t in np.atleast_1d(r)] for r in v]
        for k, v in state.items()
    }
    out = []
    for x in X:
        hidden = [
            max(
                sum((w * Fraction(t) for w, t in zip(row, x, strict=True)), b[0]),
                Fraction(0),
            )
            for row, b in zip(read["0.weight"], read["0.bias"], strict=True)
        ]
        (alpha,) = read["2.weight"]
        total = sum(a * h for a, h in zip(alpha, hidden, strict=True))
        out.append(total + read["2.bias"][0][0])
    return out


def with_ones(X):
    return tuple(tuple(map(Fraction, (*x, 1))) for x in X)


X = [(1, 2), (-1, 0), (0, -3), (2, 2)]


def test_a_state_dict_computes_what_torch_computes():
    net = Network.from_state_dict(STATE)
    assert list(net.fit(with_ones(X))) == fit_of_torch(STATE, X)
    assert net.constant == Fraction(float(np.float32(0.7)))
    assert net.slots[0].w[-1] == Fraction(1, 2)


@pytest.mark.parametrize("prefix", ["", "net.", "_orig_mod.layers."])
@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_layers_are_found_by_their_numbers_in_any_order(prefix, order):
    items = [(prefix + k, v) for k, v in STATE.items()]
    shuffled = dict(items[i] for i in order)
    assert Network.from_state_dict(shuffled) == Network.from_state_dict(STATE)


def test_numbers_are_compared_as_numbers():
    renamed = {k.replace("0.", "l9.").replace("2.", "l10."): v for k, v in STATE.items()}
    assert Network.from_state_dict(dict(sorted(renamed.items()))) == (
        Network.from_state_dict(STATE)
    )


def test_names_without_numbers_have_the_order_of_the_state_dict():
    named = {"zeta.weight": STATE["0.weight"], "alpha.weight": STATE["2.weight"]}
    net = Network.from_state_dict(named)
    assert [x.u[0] > 0 for x in net.slots] == [True, True, True]
    assert net.constant is None
    with pytest.raises(InstanceError, match="not the 1 neurons of"):
        Network.from_state_dict(dict(reversed(named.items())))


def test_a_file_of_tensors_does_not_say_which_unnumbered_layer_is_first(tmp_path):
    file = tmp_path / "net.safetensors"
    named = {"body.weight": STATE["0.weight"], "head.weight": STATE["2.weight"]}
    safetensors.numpy.save_file(named, file)
    with pytest.raises(InstanceError, match="which comes first is not said by the names"):
        Network.load(file)


def test_orientation_is_never_guessed_from_shapes():
    """Square matrices, where a transposed reading would go unnoticed."""
    W, alpha = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])
    torch = Network.from_state_dict({"0.weight": W, "2.weight": alpha[None, :]})
    assert torch.slots[0].w == (1, 2)
    fitted = MLPRegressor(hidden_layer_sizes=(2,))
    fitted.coefs_, fitted.intercepts_ = [W, alpha[:, None]], [np.zeros(2), np.zeros(1)]
    assert Network.from_sklearn(fitted).slots[0].w == (1, 3, 0)


def test_safetensors_of_their_own_writer(tmp_path):
    file = tmp_path / "net.safetensors"
    safetensors.numpy.save_file(STATE, file, metadata={"format": "pt"})
    assert Network.load(file) == Network.from_state_dict(STATE)
    assert Network.load(file, 3) == Network.load(file)
    with pytest.raises(
        InstanceError, match=r"b: \(3,\): an instance without a bias takes none: add --bias"
    ):
        Network.load(file, 2)
    # also where the bias would make up for a feature that is not there
    with pytest.raises(InstanceError, match="an instance without a bias takes none"):
        Network.load(file, 3, biased=False)


def fitted_arrays(intercepts, constant):
    return {
        "coefs_0": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "coefs_1": np.array([[1.0], [-1.0]]),
        "intercepts_0": np.array(intercepts),
        "intercepts_1": np.array([constant]),
    }


def test_intercepts_of_0_are_none_where_neurons_have_no_bias(tmp_path, capsys):
    """Scikit-learn's form has intercepts in any case, and zeros are what `convert` writes."""
    net, plain, back = (tmp_path / name for name in ("net.npz", "net.json", "back.npz"))
    np.savez(net, **fitted_arrays([0.0, 0.0], 0.0))
    plain.write_text(
        json.dumps({"neurons": [{"w": [1, 3], "alpha": 1}, {"w": [2, 4], "alpha": -1}]})
    )
    assert Network.load(net, 2, biased=False).slots == Network.load(plain).slots
    assert Network.load(net, 3).slots[0].w == (1, 3, 0)
    with pytest.raises(InstanceError, match=r"b: \(2,\): an instance without a bias"):
        Network.load(net, 2)  # whether there is a bias is not known here
    told = {"X": [[1, 2], [3, -1]], "y": [1, 2], "beta": 1}
    (tmp_path / "data.json").write_text(json.dumps(told))
    said = []
    assert main(["convert", str(plain), "-o", str(back), "--sklearn"]) == 0
    capsys.readouterr()
    for file in (net, plain, back):
        assert main(["gap", str(tmp_path / "data.json"), str(file), "--json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2]
    for moved in ([0.0, 0.5], [0.0, -0.5]):
        np.savez(net, **fitted_arrays(moved, 0.0))
        assert main(["gap", str(tmp_path / "data.json"), str(net)]) == 2
        assert "takes none: add --bias" in capsys.readouterr().err
    np.savez(net, **fitted_arrays([0.0, 0.0], 0.5))
    assert main(["gap", str(tmp_path / "data.json"), str(net)]) == 2
    assert "constant" in capsys.readouterr().err


@given(
    st.dictionaries(
        st.text("abc.0123", min_size=1, max_size=6),
        st.lists(st.floats(allow_nan=False, width=32), max_size=5),
        max_size=4,
    )
)
def test_their_reader_reads_what_we_write_and_we_what_they_write(drawn):
    arrays = {name: np.array(x, dtype=np.float64) for name, x in drawn.items()}
    theirs = safetensors.numpy.load(safetensors_bytes(arrays))
    ours = read_safetensors(safetensors.numpy.save(arrays), "a.safetensors")
    for back in (theirs, ours):
        assert set(back) == set(arrays)
        assert all(np.array_equal(back[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize(
    "dtype", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u1"]
)
def test_every_dtype_of_numbers(dtype):
    held = {"0.weight": np.array([[1, 2]], dtype), "2.weight": np.array([[3]], dtype)}
    read = read_safetensors(safetensors.numpy.save(held), "a")
    assert Network.from_state_dict(read) == Network.from_arrays([[1, 2]], [3])


def test_bfloat16_is_the_upper_half_of_a_float32():
    third = np.array([[1 / 3]], dtype=np.float32).view(np.uint32) >> 16
    entry = {"dtype": "BF16", "shape": [1, 1], "data_offsets": [0, 2]}
    read = read_safetensors(header({"0.weight": entry}, third.astype("<u2").tobytes()), "a")
    assert Fraction(float(read["0.weight"][0, 0])) == Fraction(85, 256)


def header(entry, body=b"\0" * 8):
    said = json.dumps(entry).encode() if not isinstance(entry, bytes) else entry
    return len(said).to_bytes(8, "little") + said + body


GOOD = {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "raw, said",
    [
        (b"", "cut short"),
        (b"\xff" * 40, "cut short"),
        (header(b"{"), "no JSON object"),
        (header(b"[1]"), "no JSON object"),
        (header(b"\xff\xfe"), "no JSON object"),
        (header(b'{"a": 1, "a": 1}'), "comes twice"),
        (header(b"[" * 100_000), "no JSON object"),
        (header({"a": 3}), "no dtype, shape and data_offsets"),
        (header({"a": GOOD | {"dtype": "F8_E4M3"}}), "dtype F8_E4M3: no numbers"),
        (header({"a": GOOD | {"dtype": "C64"}}), "dtype C64"),
        (header({"a": GOOD | {"shape": [2]}}), "cut short or broken"),
        (header({"a": GOOD | {"shape": [-1]}}), "no dtype, shape"),
        (header({"a": GOOD | {"shape": [True]}}), "no dtype, shape"),
        (header({"a": GOOD | {"data_offsets": [8, 0]}}), "no dtype, shape"),
        (header({"a": GOOD}, b""), "bytes 0 to 8 of 0"),
        (header({"a": GOOD | {"shape": [10**30]}}), "cut short or broken"),
    ],
)
def test_files_that_are_no_safetensors(raw, said, tmp_path):
    file = tmp_path / "bad.safetensors"
    file.write_bytes(raw)
    with pytest.raises(InstanceError, match=said) as caught:
        Network.load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"4.weight": np.ones((1, 1))}, "the two layers of d -> m -> 1"),
        ({"1.running_mean": np.ones(3)}, r"1.running_mean: \(3,\): a batch norm"),
        (
            {"state_dict": {"0.weight": 1}},
            r"of a checkpoint give checkpoint\['state_dict'\]",
        ),
        ({"4.bias": np.ones(1)}, r"4.bias: \(1,\): a bias without a weight"),
        ({"2.weight": np.ones((1, 4))}, "4 inputs are not the 3 neurons"),
        ({"2.weight": np.ones((2, 3))}, "one output is read here"),
        ({"2.weight": np.ones(3)}, r"2.weight: \(3,\): give a matrix"),
        ({"0.bias": np.ones(2)}, r"b: \(2,\): give one bias for each of 3 rows"),
        ({"2.bias": np.ones(2)}, r"constant: \(2,\): give one number"),
        ({"0.weight": np.ones((3, 2)) * 1j}, "real numbers"),
        ({"0.weight": np.ones((3, 2), dtype=bool)}, "a bool, not a number"),
    ],
)
def test_state_dicts_that_are_not_two_layers(change, said):
    with pytest.raises(InstanceError, match=said) as caught:
        Network.from_state_dict(STATE | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", list(STATE))
def test_weights_that_are_not_finite(name, value):
    broken = STATE | {name: np.full_like(STATE[name], value)}
    with pytest.raises(InexactError, match="is not finite: give the weights from before"):
        Network.from_state_dict(broken)


@pytest.mark.parametrize("state", [[1], {0: np.ones((1, 1))}, None])
def test_what_is_no_state_dict(state):
    with pytest.raises(InstanceError, match=r"keys: .*model.state_dict\(\)"):
        Network.from_state_dict(state)


@pytest.mark.parametrize("constant", [[1, 2], [], np.ones((1, 1))])
def test_a_constant_is_one_number(constant):
    assert Network.from_arrays([[1]], [1], constant=[2]).constant == 2
    with pytest.raises(InstanceError, match=r"constant: .*give one number"):
        Network.from_arrays([[1]], [1], constant=constant)


def test_a_fitted_estimator():
    rng = np.random.default_rng(3)
    data, labels = rng.normal(size=(12, 2)), rng.normal(size=12)
    model = MLPRegressor(
        hidden_layer_sizes=(5,), alpha=0.5, solver="lbfgs", max_iter=500, random_state=0
    )
    model.fit(data, labels)
    net = Network.from_sklearn(model)
    rows = tuple((*(Fraction(float(t)) for t in x), Fraction(1)) for x in data)
    said = model.predict(data)
    assert [float(t) for t in net.fit(rows)] == pytest.approx(list(said), abs=1e-12)
    arrays = {f"coefs_{i}": x for i, x in enumerate(model.coefs_)}
    arrays |= {f"intercepts_{i}": x for i, x in enumerate(model.intercepts_)}
    assert Network.from_sklearn(model, free_bias=False).constant == net.constant
    assert len(arrays) == 4


@pytest.mark.parametrize(
    "options, said",
    [
        ({"activation": "tanh"}, "activation: 'tanh': train with activation='relu'"),
        ({"hidden_layer_sizes": (2, 2)}, "coefs_2: .*one hidden layer has"),
    ],
)
def test_estimators_of_another_kind(options, said):
    chosen = {"hidden_layer_sizes": (2,), "max_iter": 1, "solver": "sgd"} | options
    model = MLPRegressor(**chosen)
    with pytest.warns(match="iterations"):
        model.fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0])
    with pytest.raises(InstanceError, match=said):
        Network.from_sklearn(model)


def test_a_classifier_has_none_of_our_objectives():
    model = MLPClassifier(hidden_layer_sizes=(2,), solver="lbfgs")
    model.fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(InstanceError, match=r"'logistic': .*intercepts are not decayed"):
        Network.from_sklearn(model)


def test_estimators_that_are_not_fitted_and_of_two_outputs():
    with pytest.raises(InstanceError, match="coefs_: absent: give a fitted MLPRegressor"):
        Network.from_sklearn(MLPRegressor())
    model = MLPRegressor(hidden_layer_sizes=(2,))
    model.coefs_ = [np.ones((1, 2)), np.ones((2, 2))]
    model.intercepts_ = [np.ones(2), np.ones(2)]
    with pytest.raises(InstanceError, match="one output is read here"):
        Network.from_sklearn(model)


def test_an_estimator_s_arrays_in_an_archive(tmp_path):
    file = tmp_path / "net.npz"
    arrays = {
        "coefs_0": STATE["0.weight"].T,
        "coefs_1": STATE["2.weight"].T,
        "intercepts_0": STATE["0.bias"],
        "intercepts_1": STATE["2.bias"],
    }
    np.savez(file, **arrays)
    assert Network.load(file) == Network.from_state_dict(STATE)
    for name in arrays:
        np.savez(file, **{k: v for k, v in arrays.items() if k != name})
        with pytest.raises(InstanceError, match=f"{name}: absent"):
            Network.load(file)
    np.savez(file, **arrays, coefs_2=np.ones((1, 1)))
    with pytest.raises(InstanceError, match=r"coefs_2: \(1, 1\): one hidden layer has"):
        Network.load(file)


@pytest.mark.parametrize(
    "arrays, said",
    [
        ({"c": [0.5]}, r"c: \(1,\): an output intercept is named constant"),
        ({"bias": [0.5]}, r"bias: \(1,\): an output intercept is named constant"),
        ({"extra": [0.5]}, r"extra: \(1,\): the names are W, alpha"),
        ({"arr_0": [0.5]}, r"arr_0: \(1,\): an array without a name"),
        ({"alpha": [[1.0, 2.0]]}, r"alpha: \(1, 2\): several outputs"),
        ({"skip": [1.0, 2.0, 3.0]}, r"skip: \(3,\): give one entry a feature"),
        ({"constant": [1.0, 2.0]}, r"constant: \(2,\): give one number"),
    ],
)
def test_arrays_that_are_not_understood_are_refused_by_name(arrays, said, tmp_path):
    file = tmp_path / "net.npz"
    np.savez(file, **({"W": [[1.0, 2.0]], "alpha": [1.0]} | arrays))
    with pytest.raises(InstanceError, match=said):
        Network.load(file)


def test_a_free_part_in_an_archive(tmp_path):
    file = tmp_path / "net.npz"
    np.savez(file, W=[[1.0, 2.0]], alpha=[[3.0]], skip=[0.5, 0.0], constant=[0.25], b=[1])
    net = Network.load(file, 3)
    assert net.skip == (Fraction(1, 2), 0)
    assert net.constant == Fraction(1, 4)
    (fit,) = net.fit(((Fraction(2), Fraction(1), Fraction(1)),))
    assert fit == 3 * (2 + 2 + 1) + 1 + Fraction(1, 4)


def test_pickles_are_not_opened(tmp_path):
    file = tmp_path / "model.pt"
    file.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(InstanceError, match="a pickle can run programs and is not read"):
        Network.load(file)


def test_large_integers_do_not_overflow():
    net = Network.from_arrays(
        np.array([[2**63 - 1, -(2**63)]]), np.array([2**64 - 1], "u8")
    )
    assert net.slots[0] == RawNeuron((2**63 - 1, -(2**63)), 2**64 - 1)
    assert net.fit(((Fraction(1), Fraction(0)),)) == ((2**63 - 1) * (2**64 - 1),)


def test_a_tensor_of_bfloat16_goes_through_float32():
    class Wide:
        def numpy(self):
            return np.array([[0.5]], dtype=np.float32)

    class Half:
        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            raise TypeError("Got unsupported ScalarType BFloat16")

        def float(self):
            return Wide()

    net = Network.from_state_dict({"0.weight": Half(), "2.weight": Half()})
    assert net == Network.from_arrays([[0.5]], [0.5])


def test_weights_in_data_frames():
    """Rows by their place, whatever their names are."""
    W = pd.DataFrame([[1.5, 2], [3, 2**60 + 1]], index=[7, 8], columns=["a", "b"]).astype(
        object
    )
    alpha, b = pd.Series([2, 0.5], index=[5, 6]), pd.Series([0.25, 1], index=["x", "y"])
    wanted = Network.from_arrays(
        [[1.5, 2], [3, 2**60 + 1]], [2, 0.5], b=[0.25, 1], constant=4
    )
    given = {"b": b, "constant": pd.Series([4], index=[9])}
    assert Network.from_arrays(W, alpha, **given) == wanted
    assert Network.from_arrays(W, alpha.to_frame(), **given) == wanted


def test_another_loss_of_scikit_learn():
    model = MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs", max_iter=5000)
    model.fit([[0.0], [1.0]], [1.0, 2.0])
    model.loss, model.out_activation_ = "poisson", "exp"
    with pytest.raises(
        InstanceError, match="loss: 'poisson': train with loss='squared_error'"
    ):
        Network.from_sklearn(model)


@pytest.mark.parametrize(
    "given", [MLPRegressor(), {"0.weight": [[1]]}, [[1.0]], None, "net.json"]
)
def test_a_model_where_a_network_belongs(given):
    D = TrainingProblem([[1]], [3], beta=1)
    wanted = f"network: {type(given).__name__} is no Network: give Network.from_sklearn"
    for asked in (gap, nearest, is_optimal, lambda D, x: connect(D, x, x)):
        with pytest.raises(InstanceError, match=wanted):
            asked(D, given)


def test_arrays_by_name_in_json_are_the_ones_of_an_archive(tmp_path):
    """Lists of a tool's names: floats are dyadic, strings as written, nothing is rounded."""
    W, b, alpha, constant = [[0.1, -2.0]], [0.5], [[3.0]], [0.25]
    torch = {"0.weight": W, "0.bias": b, "2.weight": alpha, "2.bias": constant}
    sklearn = {
        "coefs_0": [[0.1], [-2.0]], "coefs_1": alpha, "intercepts_0": b, "intercepts_1": constant
    }  # fmt: skip
    ours = {"W": W, "alpha": [3.0], "b": b, "constant": 0.25}
    wanted = Network.from_arrays(W, [3.0], b=b, constant=0.25)
    for arrays in (torch, sklearn, ours):
        file = tmp_path / "net.json"
        file.write_text(json.dumps(arrays))
        np.savez(tmp_path / "net.npz", **arrays)
        assert Network.load(file) == Network.load(tmp_path / "net.npz") == wanted
    file.write_text(json.dumps({"W": [["1/3", 0.1, 10**30]], "alpha": [1]}))
    third, tenth, large = Network.load(file).neurons[0].w
    assert (third, tenth, large) == (Fraction(1, 3), Fraction(0.1), 10**30)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"0.weight": [[1, 2], [3]]}, "0.weight: (2,): give a matrix, shape (out, in)"),
        ({"0.weight": [[1, "x"]]}, "W[0, 1]: 'x' is no fraction or decimal: give real numbers"),
        ({"0.weight": [[1, float("nan")]]}, "W[0, 1]: nan is not finite"),
        ({"4.weight": [[1]]}, 'weights: ["0.weight", "2.weight", "4.weight"]: give the two layers'),
        ({"1.running_mean": [1]}, "1.running_mean: (1,): a batch norm: fold it into the linear"),
        ({"0.weight": {}}, "0.weight: (): give a matrix, shape (out, in)"),
    ],
)  # fmt: skip
def test_arrays_in_json_that_are_not_understood(change, said, tmp_path):
    file = tmp_path / "net.json"
    file.write_text(json.dumps({"0.weight": [[1, 2]], "2.weight": [[1]]} | change))
    with pytest.raises((InstanceError, InexactError)) as caught:
        Network.load(file)
    assert str(caught.value).startswith(f"{file}: {said}")


def test_a_refused_array_is_shown_in_one_line():
    with pytest.raises(InstanceError, match=r"keys: .*: give a mapping of names") as caught:
        Network.from_state_dict({1: np.eye(3)})
    assert "\n" not in str(caught.value)


def test_samples_are_read_as_data_are():
    """Frames, floats on request; a set is no row, it has no order."""
    net = Network.from_arrays([[1, 2]], [1], b=[1])
    several = VectorNetwork.from_arrays([[1, 2]], [[1, -2]], b=[1])
    frame = pd.DataFrame({"a": [0.5, 0.1], "b": [1.0, 2.0]})
    expected = (Fraction(7, 2), Fraction(51, 10))
    for read in (
        frame,
        frame.astype("float32"),
        frame.to_numpy(),
        frame.to_numpy().tolist(),
    ):
        assert net.predict(read, exact="decimal") == expected
        assert several.predict(read, exact="decimal") == tuple(
            (t, -2 * t) for t in expected
        )
        with pytest.raises(InexactError, match='how floats are read: exact="decimal"'):
            net.predict(read)
    assert net(frame.iloc[0], exact="binary") == net(["1/2", 1]) == expected[0]
    assert several([0.5, 1.0], exact="binary") == (expected[0], -2 * expected[0])
    with pytest.raises(DimensionError, match="is no row: give a list"):
        net.predict([{1, 2}])
    for X, y in (([{1, 2}], [1]), ([[1], [2]], {1, 2})):
        with pytest.raises(DimensionError, match="give a list of numbers"):
            TrainingProblem(X, y, beta=1)


def test_signs_of_numpy_are_written_as_numbers():
    for sign in (np.int64(-1), np.float64(-1), -1.0):
        written = Network.of((sign, [1, 2])).to_json()
        assert json.dumps(written) == '{"neurons": [{"sign": -1, "u": ["1", "2"]}]}'
    with pytest.raises(InstanceError, match="sign: true is neither 1 nor -1"):
        Network.of((True, [1, 2]))


@pytest.mark.parametrize("asked", [gap, is_optimal, is_stationary, nearest])
def test_a_bias_too_many_is_refused_with_the_cure(asked):
    D = TrainingProblem([[1, 2], [3, -1]], [1, 2], beta=1)
    with pytest.raises(
        DimensionError, match=r"or the samples a bias \(penalised or free\)"
    ):
        asked(D, Network.from_arrays([[1, 2]], [1], b=[1]))
    with pytest.raises(
        DimensionError, match=r"the samples 2: give every neuron 2 weights$"
    ):
        asked(D, Network.from_arrays([[1]], [1]))
