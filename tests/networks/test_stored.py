"""Networks in and out of files, and the free parts they may have."""

from fractions import Fraction

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import Network, TrainingProblem, VectorNetwork
from polytope_nn.errors import InstanceError
from polytope_nn.exact.radical import root
from polytope_nn.networks.network import Neuron, RawNeuron

floats = st.floats(-4, 4, width=32)
weights = st.tuples(st.floats(-4, 4, width=32), floats, floats, floats)


@st.composite
def raw_networks(draw):
    """Draw float weights of two features and a bias, and perhaps an intercept."""
    rows = draw(st.lists(weights, min_size=1, max_size=4))
    W, b, alpha = [r[:2] for r in rows], [r[2] for r in rows], [r[3] for r in rows]
    constant = draw(st.none() | floats)
    return Network.from_arrays(W, alpha, b=b, constant=constant), (W, b, alpha, constant)


@given(raw_networks(), st.sampled_from((".json", ".npz", ".safetensors")))
def test_what_is_saved_is_what_is_loaded(tmp_path_factory, drawn, form):
    net, _ = drawn
    raw = Network(
        tuple(
            None if x is None or isinstance(x, Neuron) else x for x in net.slots
        ),  # a balanced neuron has roots, which no float holds
        constant=net.constant,
    )
    file = tmp_path_factory.mktemp("saved") / f"net{form}"
    raw.save(file, bias=True)
    back = Network.load(file)
    if any(x is not None for x in raw.slots):
        assert back == raw
    assert back.constant == raw.constant


@given(raw_networks())
def test_a_state_dict_goes_out_and_comes_back(drawn):
    net, (_, _, alpha, constant) = drawn
    state = net.to_state_dict(bias=True) if net.neurons else {}
    if not net.neurons:
        return
    assert set(state) == {"0.weight", "0.bias", "2.weight"} | (
        set() if constant is None else {"2.bias"}
    )
    for x, w, bias, a in zip(
        net.slots, state["0.weight"], state["0.bias"], alpha, strict=True
    ):
        if isinstance(x, RawNeuron):
            assert (*map(Fraction, map(float, w)), Fraction(float(bias))) == x.w
            assert Fraction(a) == x.alpha


def test_torch_s_own_reader_finds_its_names(tmp_path):
    file = tmp_path / "net.safetensors"
    net = Network.from_arrays([[1.0, 2.0]], [3.0], b=[4.0], constant=5.0)
    net.save(file, bias=True)
    read = safetensors.numpy.load_file(file)
    assert {k: v.tolist() for k, v in read.items()} == {
        "0.weight": [[1.0, 2.0]],
        "0.bias": [4.0],
        "2.weight": [[3.0]],
        "2.bias": [5.0],
    }


def test_what_cannot_be_saved_is_refused(tmp_path):
    net = Network.of((1, [1, 2]))
    with pytest.raises(InstanceError, match=r"must end in \.json, \.npz, \.safetensors"):
        net.save(tmp_path / "net.txt")
    skip = Network(net.slots, skip=(Fraction(1), Fraction(2)))
    with pytest.raises(InstanceError, match="two layers in a row have none"):
        skip.save(tmp_path / "net.safetensors")
    with pytest.raises(InstanceError, match="two layers in a row have none"):
        skip.to_state_dict()
    skip.save(tmp_path / "net.npz")
    assert Network.load(tmp_path / "net.npz").skip == (1, 2)
    for u in ("1e400", "1e-400"):
        huge = Network((RawNeuron((Fraction(u),), Fraction(1)),))
        if u == "1e400":
            with pytest.raises(InstanceError, match="no float64 holds it: write JSON"):
                huge.save(tmp_path / "net.npz")
        huge.save(tmp_path / "net.json")
        assert Network.load(tmp_path / "net.json") == huge


@pytest.mark.parametrize("kind", [Network, VectorNetwork])
def test_arrays_in_a_row_are_not_guessed(kind):
    with pytest.raises(InstanceError, match=r"weights: 4 arrays in a row: .*b=\.\.\."):
        kind.from_arrays([[1, 2]], [3], [5], [0])


def test_balanced_neurons_of_any_size_are_exported():
    net = Network.of((1, ["3e200", "4e200"]), (-1, ["3e-300", 0]))
    arrays = net.to_state_dict()
    u = arrays["0.weight"] * abs(arrays["2.weight"][0])[:, None]
    assert u == pytest.approx(np.array([[3e200, 4e200], [3e-300, 0]]), rel=1e-12)


def test_a_free_part_is_part_of_the_fit_and_costs_nothing():
    X = ((Fraction(1), Fraction(2)), (Fraction(-1), Fraction(0)))
    net = Network.of((1, [1, 0]))
    free = Network(net.slots, (Fraction(1, 2), Fraction(3)), Fraction(7))
    assert free.fit(X) == (1 + Fraction(1, 2) + 6 + 7, Fraction(-1, 2) + 7)
    assert free.cost(Fraction(9)) == net.cost(Fraction(9)) == 3
    for same in (free.balanced(), free.padded(1), free.permuted([0]), free.merged):
        assert (same.skip, same.constant) == (free.skip, free.constant)
    assert free.padded(2).split(0, 1, Fraction(1, 2)).constant == 7
    assert not free.equivalent(net)
    assert free.to_json()["constant"] == "7"
    assert Network.from_json(free.to_json()) == free


@pytest.mark.parametrize("skip", ["none", "constant", "linear", "affine"])
def test_parts_that_the_instance_does_not_have(skip):
    constant = Network.of(None)
    constant = Network(constant.slots, constant=Fraction(1, 2))
    linear = Network(constant.slots, skip=(Fraction(1),))
    zero = Network(constant.slots, (Fraction(0),), Fraction(0))
    zero.require_parts(skip)
    cures = {
        "none": ("--skip constant", "--skip linear"),
        "constant": (None, "--skip affine"),
        "linear": ("--skip affine", None),
        "affine": (None, None),
    }
    for net, cure in zip((constant, linear), cures[skip], strict=True):
        if cure is None:
            net.require_parts(skip)
        else:
            with pytest.raises(InstanceError, match=cure):
                net.require_parts(skip)


def test_an_intercept_is_no_part_of_a_problem_without_one():
    D = TrainingProblem([[1], [2]], [1, 2], beta=1)
    with pytest.raises(InstanceError, match=r"constant: 1/2: the instance has no output"):
        Network((None,), constant=Fraction(1, 2)).objective(D)
    assert Network((None,), constant=Fraction(0)).objective(D) == Fraction(5, 2)


def test_a_free_bias_is_left_out_of_the_norm():
    """(w, b, alpha) costs (beta/2)(|w|^2 + alpha^2): by hand, on two samples."""
    D = TrainingProblem([[1], [2]], [1, 2], beta=2, bias="free")
    raw = Network.from_arrays([[3.0]], [5.0], b=[-4.0], free_bias=True)
    assert raw.slots == (RawNeuron((3, -4), 5),)  # |(w, b)| = 5: not balanced all the same
    assert raw.objective(D) == 34 + Fraction((0 - 1) ** 2 + (10 - 2) ** 2, 2)
    balanced = Network.from_arrays([[-5.0]], [5.0], b=[7.0], free_bias=True)
    assert balanced.slots == (Neuron(1, (-25, 35)),)
    assert balanced.objective(D) == 50 + Fraction((10 - 1) ** 2 + (0 - 2) ** 2, 2)
    penalised = Network.from_arrays([[3.0]], [5.0], b=[-4.0])
    assert penalised.slots == (Neuron(1, (15, -20)),)
    constant = Network.of((1, [0, 3]))
    with pytest.raises(
        InstanceError, match="a constant at no cost, which no neuron attains"
    ):
        constant.objective(D)
    assert Network.of((1, [0, 3])).cost(Fraction(4)) == root(Fraction(36))


@given(raw_networks())
def test_a_free_bias_costs_what_its_weights_cost(drawn):
    _, (W, b, alpha, constant) = drawn
    net = Network.from_arrays(W, alpha, b=b, constant=constant, free_bias=True)
    squares = sum(Fraction(t) ** 2 for row in W for t in row)
    squares += sum(Fraction(a) ** 2 for a in alpha)
    assert net.cost(Fraction(4), free_bias=True) == squares
