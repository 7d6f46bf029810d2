"""Networks with several outputs: files, objectives, and proved gaps (G8, T13)."""

import json
from fractions import Fraction as Q
from pathlib import Path
from random import Random

import numpy as np
import pytest

from polytope_nn.cli import main
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.vector import gap as gaps
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.gap import vector_gap, vector_residual_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.vector.trained.closest import vector_nearest
from tests.commands import written
from tests.oracles.outputs import CONTINUUM, PLANTED, W1, objective

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "vector_continuum.json")
BEST = {"neurons": [{"u": [4, 5], "v": ["4/5", 1]}, {"u": [1, 0], "v": ["9/5", 0]}, None]}


def test_an_optimal_network_has_the_gap_0():
    for w in PLANTED[:3]:
        O = vector_optimum(w.problem(), kappa=w.N)
        network = VectorNetwork(
            tuple(VectorNeuron(u.g, tuple(c * t for t in u.h)) for u, c in O.network)
        )
        found = vector_gap(O, network)
        assert found.value == 0
        assert found.bound is None
        assert network.fit(w.problem()) == O.fit


def test_roots_of_outputs_that_a_field_has_add_up_to_0():
    """Costs are roots of 26 and 22, the optimum is of the field of both: 0, no ball."""
    P = VectorProblem(
        [[1, 0, 1], [-1, 0, -1]], [[-3, 1, -1], [2, 3, 0]], beta="1/4", loss="absolute"
    )
    O = vector_optimum(P)
    best = vector_nearest(OptimalSet(O), VectorNetwork((None,))).network
    value = vector_gap(O, best).value
    assert value.exact == 0
    halves = tuple(
        VectorNeuron(x.u, tuple(t / 2 for t in x.v)) for x in best.neurons for _ in range(2)
    )
    assert vector_gap(O, VectorNetwork(halves)).value.exact == 0
    assert vector_gap(O, VectorNetwork(halves[1:])).value > 0


def test_every_member_of_the_arcs_is_optimal():
    O = vector_optimum(CONTINUUM)
    for share in (Q(0), Q(1, 7), Q(2, 3), Q(1)):
        pair = [
            VectorNeuron(g, tuple(mass * t for t in g))
            for _, g, mass in O.lifted[0].member(share)
        ]
        assert vector_gap(O, VectorNetwork(tuple(pair))).value == 0


def test_random_networks_are_between_dual_and_primal():
    random = Random(4)  # noqa: S311
    for skip in ("none", "constant", "linear", "affine"):
        P = VectorProblem(W1.X, W1.Y, beta_squared="1/3", skip=skip, weights=[1, 2, 1])
        O = vector_optimum(P)
        value = float(O.value)
        for given in (P, O, O):
            slots = tuple(
                VectorNeuron(
                    tuple(Q(random.randint(-4, 4), 3) for _ in range(2)),
                    tuple(Q(random.randint(-4, 4), 3) for _ in range(2)),
                    raw=random.random() < 0.5,
                )
                for _ in range(2)
            )
            network = VectorNetwork(slots)
            whole, quick = vector_gap(given, network), vector_residual_gap(P, network)
            assert float(whole.dual) == pytest.approx(value)
            assert float(quick.dual) <= value + 1e-9
            assert float(quick.primal) == float(whole.primal) >= value - 1e-9
            if skip == "none" and not any(x.raw for x in slots):
                pairs = [(x.u, x.v) for x in slots]
                assert objective(P, pairs) == pytest.approx(float(whole.primal))


def test_a_raw_neuron_costs_more_than_its_balanced_one():
    raw = VectorNetwork.from_json({"neurons": [{"w": [1, 0], "alpha": [3, 4]}]})
    pair = VectorNetwork.from_json({"neurons": [{"u": [1, 0], "v": [3, 4]}]})
    P = VectorProblem([[1, 0]], [[3, 4]], beta=2)
    assert (pair.objective(P), raw.objective(P)) == (10, 26)
    rooted = VectorProblem([[1, 0]], [[3, 4]], beta_squared=2)
    assert float(pair.objective(rooted)) == pytest.approx(5 * 2**0.5)
    assert float(raw.objective(rooted)) == pytest.approx(13 * 2**0.5)


def test_the_best_free_part_is_completed_and_a_given_one_kept():
    P = VectorProblem([[1], [2]], [[1, 5], [3, 7]], beta=1, skip="affine")
    empty = VectorNetwork((None,))
    assert vector_gap(P, empty).value == 0
    given = VectorNetwork((None,), skip=((Q(2), Q(2)),), constant=(Q(-1), Q(3)))
    assert vector_gap(P, given).value == 0
    assert float(vector_gap(P, VectorNetwork((None,), constant=(Q(0), Q(0)))).value) == 42


def test_without_an_optimum_the_residual_bounds(monkeypatch):
    def undecided(*_args, **_keywords):
        raise Undecided("nothing")

    monkeypatch.setattr(gaps, "vector_optimum", undecided)
    network = VectorNetwork.from_json(BEST)
    found = vector_gap(CONTINUUM, network)
    assert found.bound is not None
    assert 0 <= float(found.value) < 1e-9


def test_files(tmp_path):
    network = VectorNetwork.from_json(BEST)
    path = written(tmp_path, network.to_json())
    assert VectorNetwork.load(path, CONTINUUM) == network
    whole = VectorNetwork((None,), skip=((Q(1), Q(2)),), constant=(Q(0), Q(3)))
    assert VectorNetwork.from_json(whole.to_json()) == whole
    arrays = tmp_path / "network.npz"
    np.savez(arrays, W=[[0.5, 1.0]], alpha=[[1.0, -2.0]])
    (neuron,) = VectorNetwork.load(str(arrays), CONTINUUM).slots
    assert neuron == VectorNeuron((Q(1, 2), Q(1)), (Q(1), Q(-2)), raw=True)
    biased = VectorProblem([[1], [2]], [[1, 5], [3, 7]], beta=1, bias=True, skip="affine")
    np.savez(arrays, W=[[0.5]], b=[1.0], alpha=[[1, 2]], skip=[[1, 2]], constant=[0.5, 0])
    read = VectorNetwork.load(str(arrays), biased)
    assert read.slots[0].u == (Q(1, 2), 1)
    assert (read.skip, read.constant) == (((1, 2),), (Q(1, 2), 0))


REFUSED = [
    (
        {"neurons": [{"u": [1], "v": [1, 2]}]},
        "neurons[0]: 1 weight and 2 outputs, the problem has 2",
    ),
    ({"neurons": [{"u": [1, 0], "v": [1]}]}, "neurons[0]: 2 weights and 1 output, the"),
    ({"neurons": [{"sign": 1, "u": [1, 0]}]}, 'write {"u": [...], "v": [...]}'),
    ({"neurons": [{"u": [0.5, 0], "v": [1, 2]}]}, "neurons[0].u[0]"),
    (
        {"neurons": [{"u": [{"poly": 1}, 0], "v": [1, 2]}]},
        "field (the keys are 'poly': poly, root",
    ),
    ({"neurons": [{"u": [], "v": [1, 2]}]}, "write a list of numbers"),
    ({"neurons": [], "skip": [[1, 2]]}, "skip: give 2 rows of 2"),
    ({"neurons": [], "skip": 3}, "skip: write a list of rows"),
    ({"neurons": [], "constant": [1, 2]}, "constant: give 2 numbers"),
    ({"neurons": [], "bias": 1}, "bias: the keys are"),
    ([], 'a list of 0 where an object belongs: write {"neurons": [...]}, in it {"u"'),
    ({"neurons": {}}, "neurons: an object where a list belongs: write"),
    ({"branches": []}, 'neurons is missing: branches are of three layers: add "layers": 3'),
    (
        {"neurons": [{"u": [None], "v": [1]}]},
        "u[0]: null is no exact rational: write a number",
    ),
]


@pytest.mark.parametrize("fields, message", REFUSED)
def test_a_wrong_file_is_refused_in_one_line(tmp_path, capsys, fields, message):
    assert main(["gap", EXAMPLE, written(tmp_path, fields)]) == 2
    out = capsys.readouterr()
    assert (out.out, out.err.count("\n")) == ("", 1)
    assert message in out.err


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"W": [[1.0, 0.0]]}, "alpha: give W"),
        ({"W": [1.0], "alpha": [[1.0, 2.0]]}, "W: give 2 axes"),
        ({"W": [[1.0, 0.0]], "alpha": [[1.0, 2.0]], "b": [1.0, 2.0]}, "b: give one bias"),
        ({"W": [[1.0, 0.0]], "alpha": [[1.0, 2.0]], "v": [1.0]}, "v: the arrays are"),
        ({"W": [[1.0]], "alpha": [[1.0, 2.0]], "b": [1.0]}, "without a bias takes none"),
    ],
)
def test_wrong_arrays_are_refused(tmp_path, arrays, message):
    path = tmp_path / "network.npz"
    np.savez(path, **arrays)
    with pytest.raises(InstanceError, match=message):
        VectorNetwork.load(str(path), CONTINUUM)


def test_intercepts_of_0_are_none(tmp_path):
    """Scikit-learn's form has intercepts in any case."""
    path = tmp_path / "network.npz"
    W, alpha = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [0.0, -1.0]])
    for intercepts, constant in (([0.0, 0.0], [0.0, 0.0]), ([0.0, 1.0], [0.0, 0.0])):
        biases = {"intercepts_0": intercepts, "intercepts_1": constant}
        np.savez(path, coefs_0=W, coefs_1=alpha, **biases)
        if any(intercepts):
            with pytest.raises(InstanceError, match="without a bias takes none"):
                VectorNetwork.load(str(path), CONTINUUM)
        else:
            loaded = VectorNetwork.load(str(path), CONTINUUM)
            assert loaded == VectorNetwork.from_arrays(W.T, alpha)


def test_the_command(tmp_path, capsys):
    path = written(tmp_path, BEST)
    assert main(["gap", EXAMPLE, path, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["primal"], said["dual"], said["gap"]) == ("11", "11", "0")
    assert main(["gap", EXAMPLE, path]) == 0
    assert "0, exactly: the network is optimal" in capsys.readouterr().out
    assert main(["gap", EXAMPLE, path, "--quick"]) == 0
    assert "worst  pattern" in capsys.readouterr().out
    assert main(["gap", EXAMPLE, path, "--support"]) == 2
    assert "--support: is about one output" in capsys.readouterr().err
    instance = tmp_path / "given.json"
    fields = {"X": [[1, 0], [0, 1]], "y": [[6, 4], [4, 6]], "beta": 1}
    instance.write_text(json.dumps({**fields, "kappa": [[1, 0], [0, 1]]}), encoding="utf-8")
    assert main(["gap", str(instance), path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gap"] == "0"
    assert main(["gap", EXAMPLE, str(tmp_path / "none.json")]) == 2
