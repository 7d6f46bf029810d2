"""Networks with several outputs by other tools' names: torch, scikit-learn, safetensors."""

import json
from fractions import Fraction

import numpy as np
import pytest
from safetensors.numpy import save_file
from sklearn.neural_network import MLPRegressor

from polytope_nn import Network, VectorNetwork, VectorProblem
from polytope_nn.cli import main
from polytope_nn.errors import InexactError, InstanceError

X = [[1, 0], [0, 1], [1, 1], [-1, 2]]
Y = [[1, 0], [0, 2], [1, -1], [2, 1]]
W, A = [[1.5, -0.25], [0.5, 2.0], [-1.0, 1.0]], [[0.5, 1.0], [0.0, -0.75], [2.0, 0.125]]
B, C = [0.5, -1.0, 0.25], [0.125, -2.0]


def values(rows):
    """Return what the layers make of rows, by torch's formula."""
    return np.maximum(np.array(rows) @ np.array(W).T + B, 0) @ np.array(A) + C


def state():
    return {
        "0.weight": np.array(W),
        "0.bias": np.array(B),
        "2.weight": np.array(A).T.copy(),
        "2.bias": np.array(C),
    }


def test_a_state_dict_of_two_outputs():
    N = VectorNetwork.from_state_dict(state())
    assert N == VectorNetwork.from_arrays(W, A, b=B, constant=C)
    assert np.array(N.predict(X), float).tolist() == values(X).tolist()
    assert N.slots[0].u == (Fraction(3, 2), Fraction(-1, 4), Fraction(1, 2))
    with pytest.raises(InstanceError, match="outputs: 2: one output is read here: Vector"):
        Network.from_state_dict(state())


def test_a_regressor_of_two_outputs():
    model = MLPRegressor(
        hidden_layer_sizes=(3,), solver="lbfgs", max_iter=50, random_state=0
    )
    N = VectorNetwork.from_sklearn(model.fit(np.array(X, float), np.array(Y, float)))
    assert np.array(N.predict(X), float) == pytest.approx(model.predict(X), rel=1e-12)
    with pytest.raises(InstanceError, match="outputs: 2"):
        Network.from_sklearn(model)


def test_files_of_two_outputs_by_their_names(tmp_path, capsys):
    save_file(state(), tmp_path / "torch.safetensors")
    sklearn = {"coefs_0": np.array(W).T, "intercepts_0": B, "coefs_1": A, "intercepts_1": C}
    np.savez(tmp_path / "sklearn.npz", **sklearn)
    np.savez(tmp_path / "ours.npz", W=W, alpha=A, b=B, constant=C)
    instance = {"X": X, "y": Y, "beta": 1, "bias": "penalised", "skip": "constant"}
    data = tmp_path / "data.json"
    data.write_text(json.dumps(instance))
    loss = ((values(X) - Y) ** 2).sum() / 2
    decay = (np.array(W) ** 2).sum() + (np.array(B) ** 2).sum() + (np.array(A) ** 2).sum()
    for name in ("torch.safetensors", "sklearn.npz", "ours.npz"):
        assert main(["gap", str(data), str(tmp_path / name), "--json"]) == 0
        primal = json.loads(capsys.readouterr().out)["primal"]
        primal = primal["value_float"] if isinstance(primal, dict) else Fraction(primal)
        assert float(primal) == pytest.approx(loss + decay / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ({"2.weight": np.ones((2, 4))}, "its 4 inputs are not the 3 neurons"),
        ({"4.weight": np.ones((2, 2))}, "give the two layers"),
        ({"0.bias": np.ones(2)}, "give one bias for each row of W"),
        ({"2.bias": np.array([1.0, np.nan])}, "nan"),
    ],
)
def test_what_is_no_network_of_two_layers(change, cure):
    with pytest.raises((InstanceError, InexactError), match=cure):
        VectorNetwork.from_state_dict(state() | change)


def test_outputs_that_are_not_the_problem_s():
    D = VectorProblem(X, [[*row, 0] for row in Y], beta=1, bias="penalised")
    with pytest.raises(InstanceError, match="2 outputs"):
        VectorNetwork.from_state_dict(state()).required(D, "state")
