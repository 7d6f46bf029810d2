"""Networks and tables from elsewhere on the command line: one line, exit code 2, the cure."""

import json
from fractions import Fraction

import numpy as np
import pytest
import safetensors.numpy

from polytope_nn.cli import main
from tests.commands import refused, run

TABLE = "y,x1,x2\n3,1,2\n1,2,1\n2,0,1\n"


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text(TABLE, encoding="utf-8")
    return [file, "--target", "y", "--beta", "1/2"]


LAYERS = {"0.weight": np.ones((4, 2)), "2.weight": np.ones((1, 4))}
BAD = {
    "three layers": (
        LAYERS | {"4.weight": np.ones((1, 1))},
        "the two layers of d -> m -> 1",
    ),
    "shapes that do not chain": (
        LAYERS | {"2.weight": np.ones((1, 5))},
        "5 inputs are not",
    ),
    "nan": (
        LAYERS | {"0.weight": np.full((4, 2), np.nan)},
        "is not finite: give the weights from before",
    ),
    "inf": (
        LAYERS | {"2.weight": np.full((1, 4), np.inf)},
        "is not finite: give the weights from before",
    ),
    "an intercept": (LAYERS | {"2.bias": np.ones(1)}, "--skip constant"),
    "a bias": (
        LAYERS | {"0.bias": np.ones(4)},
        "b: (4,): an instance without a bias",
    ),
    "two outputs": (LAYERS | {"2.weight": np.ones((2, 4))}, "one output is read here"),
    "another array": (
        LAYERS | {"1.num_batches_tracked": np.ones(1)},
        "a batch norm: fold it into the linear layer",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_state_dicts_that_do_not_fit(kind, data, tmp_path, capsys):
    arrays, words = BAD[kind]
    file = tmp_path / "net.safetensors"
    safetensors.numpy.save_file(arrays, file)
    for command in (["gap", data[0], file], ["descend", data[0], "--from", file]):
        err = refused(capsys, *command, *data[1:])
        assert words in err
        assert "net.safetensors: " in err


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"W": np.ones((4, 2)) * 1j, "alpha": np.ones(4)}, "W[0, 0]"),
        ({"W": np.ones((4, 2)), "alpha": np.ones(4), "c": [0.5]}, "c: (1,): an output"),
        ({"W": np.ones((4, 2)), "alpha": np.ones(4), "constant": 0.5}, "--skip constant"),
        ({"W": np.ones((4, 2)), "alpha": np.ones(4), "skip": [1.0, 2.0]}, "--skip linear"),
        (
            {"W": np.ones((4, 2)), "alpha": np.ones(4), "b": np.ones(4)},
            "add --bias penalised",
        ),
        (
            {"W": np.ones((4, 2)), "alpha": np.ones(3)},
            "W 4 rows, one for each neuron: give as many",
        ),
        (
            {"W": np.ones((2, 4)), "alpha": np.ones(4)},
            "alpha has 4 entries, W 2 rows, one for each neuron",
        ),
        (
            {"d/bias": np.ones(4), "d/kernel": np.ones((2, 4))},
            "d/kernel: (2, 4): Keras' and",
        ),
        ({"l/vars/0": np.ones((2, 4))}, "l/vars/0: (2, 4): Keras' and Flax' kernels are"),
        ({"arr_0": np.ones((4, 2))}, "an array without a name"),
        ({"W": np.array([["1"]]), "alpha": np.array([None])}, "an array of objects"),
    ],
)
def test_archives_that_do_not_fit(arrays, words, data, tmp_path, capsys):
    file = tmp_path / "net.npz"
    np.savez(file, **arrays)
    assert words in refused(capsys, "gap", data[0], file, *data[1:])


def test_a_square_matrix_has_a_row_for_each_neuron(data, tmp_path, capsys):
    """What shapes cannot say is read by the rule: the transpose is another network."""
    W, alpha = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([1.0, -2.0])
    primals = []
    for name, given in (("one", W), ("turned", W.T)):
        np.savez(tmp_path / f"{name}.npz", W=given, alpha=alpha)
        code, out, _ = run(
            capsys, "gap", data[0], tmp_path / f"{name}.npz", *data[1:], "--json"
        )
        assert code == 0
        primals.append(json.loads(out)["primal"])
    net = tmp_path / "net.json"
    neurons = [{"w": [1, 2], "alpha": "1"}, {"w": [0, -1], "alpha": "-2"}]
    net.write_text(json.dumps({"neurons": neurons}))
    out = run(capsys, "gap", data[0], net, *data[1:], "--json")[1]
    assert primals[0] == json.loads(out)["primal"] != primals[1]


def test_kernels_in_json_are_named(data, tmp_path, capsys):
    file = tmp_path / "net.json"
    file.write_text(json.dumps({"dense/kernel": [[1, 2]], "dense_1/kernel": [[1], [2]]}))
    err = refused(capsys, "gap", data[0], file, *data[1:])
    assert "net.json: dense/kernel: (1, 2): Keras' and Flax' kernels are (in, out)" in err


@pytest.mark.parametrize(
    "first, words",
    [
        (b"PAR1", "a Parquet file"),
        (b"ARROW1", "a Feather file"),
        (b"\x80\x04", "a pickle"),
        (b"\xd0\xcf\x11\xe0", "an .xls table"),
        (b"SQLite format 3", "a database"),
    ],
)
def test_tables_that_are_no_text_are_named(first, words, tmp_path, capsys):
    file = tmp_path / "table"
    file.write_bytes(first + bytes(range(256)))
    err = refused(capsys, "certify", file, "--beta", "1")
    assert f"table: is {words}, not text: save the table as CSV" in err


@pytest.mark.parametrize("loss", ["logistic", "hinge", "squared_hinge", "exponential"])
@pytest.mark.parametrize("label", ["0", "2", "1/2"])
@pytest.mark.parametrize("command", ["certify", "gap"])
def test_labels_that_are_not_of_the_loss_have_their_cure(
    command, label, loss, tmp_path, capsys
):
    table, net = tmp_path / "t.csv", tmp_path / "n.json"
    table.write_text(f"a,y\n1,1\n2,{label}\n")
    net.write_text(json.dumps({"neurons": [{"sign": 1, "u": [1]}]}))
    files = [table, net][: 2 if command == "gap" else 1]
    err = refused(capsys, command, *files, "--beta", "1", "--loss", loss, "--target", "y")
    assert err.endswith(
        f"t.csv: y, entry 2: {label} is no label of the {loss} loss: give 1 or -1\n"
    )


def test_a_bias_that_is_missing_is_named(data, tmp_path, capsys):
    file = tmp_path / "net.npz"
    np.savez(file, W=np.ones((4, 2)), alpha=np.ones(4))
    err = refused(capsys, "gap", data[0], file, *data[1:], "--bias", "penalised")
    assert "dimension 2, the samples 3" in err
    assert "a bias is the last, or the array b" in err
    assert run(capsys, "gap", data[0], file, *data[1:])[0] == 0


@pytest.mark.parametrize(
    "options, words",
    [
        (["--target", "z"], "--target: there is no column 'z': the columns are"),
        (["--features", "x1,y"], "'y' is a feature and the label"),
        (["--delimiter", "ab"], "give one character that is no space, or tab"),
    ],
)
@pytest.mark.parametrize("command", ["certify", "patterns"])
def test_columns_that_are_not_there(command, options, words, data, capsys):
    given = [data[0], *options]
    if command == "certify":
        given += ["--beta", "1"]
    if "--features" in options:
        given += ["--target", "y"]
    assert words in refused(capsys, command, *given)


def test_an_empty_file_and_an_index(tmp_path, capsys):
    file = tmp_path / "data.csv"
    file.write_text("", encoding="utf-8")
    assert "is empty" in refused(capsys, "certify", file, "--beta", "1")
    file.write_text(",x,y\n0,1,2\n", encoding="utf-8")
    assert "--features x" in refused(capsys, "certify", file, "--beta", "1")


def test_floats_of_arrays_need_a_word(tmp_path, capsys):
    file = tmp_path / "data.npz"
    np.savez(file, X=np.float32([[0.1], [0.3]]), y=[1, 2])
    err = refused(capsys, "certify", file, "--beta", "1")
    assert "X[0, 0]: 0.1 is a float: say how floats are read: --exact decimal" in err
    code, out, _ = run(
        capsys, "certify", file, "--beta", "1", "--exact", "decimal", "--json"
    )
    assert code == 0
    assert json.loads(out)["n"] == 2


def test_what_was_chosen_is_told_once_and_only_when_it_went_well(data, capsys):
    code, out, err = run(capsys, "patterns", data[0])
    assert (code, err.count("\n")) == (0, 1)
    assert "patterns: " in err
    assert "the label column is 'x2', the last" in err
    assert "the label column" not in out
    assert "the label column" not in refused(capsys, "certify", data[0])


def test_standardised_features_are_said(data, capsys):
    code, out, _ = run(capsys, "certify", *data, "--standardise")
    assert code == 0
    assert out.startswith(
        "features standardised: (x1 - 1) / 0.816496, (x2 - 4/3) / 0.471404\n"
    )
    code, out, _ = run(capsys, "certify", *data, "--standardise", "--json")
    said = json.loads(out)["standardised"]
    assert said[0] == {
        "column": "x1",
        "mean": "1",
        "scale": str(Fraction(816496, 10**6)),
    }


def test_a_trained_intercept_with_the_right_options(tmp_path, capsys):
    """The same network with and without the option that its intercept needs."""
    file, net = tmp_path / "data.csv", tmp_path / "net.npz"
    file.write_text("a,b,y\n1,0,1.5\n0,1,0.5\n", encoding="utf-8")
    np.savez(net, W=np.eye(2), alpha=[1.0, 0.0], constant=0.5)
    err = refused(capsys, "gap", file, net, "--beta", "0.1")
    assert "constant: 1/2: the instance has no output intercept" in err
    assert 'add "skip": "constant"' in err


def test_the_page_and_the_help_say_what_is_minimised(data, capsys):
    code, out, _ = run(capsys, "certify", *data)
    assert code == 0
    assert "minimised: ½ Σ_k (f(x_k) - y_k)² + β/2 Σ_j (|w_j|² + α_j²) (explain" in out
    code, out, _ = run(capsys, "certify", *data, "--bias", "penalised")
    assert "w_j includes the bias" in out
    for command in ("certify", "gap"):
        assert main([command, "--help"]) == 0
        assert "sums, not means" in " ".join(capsys.readouterr().out.split())
