"""Networks: fit, cost, merging, splitting, permuting, and what comes in and goes out."""

import io
import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import (
    Network,
    TrainingProblem,
    connect,
    descent,
    nearest,
    path,
    read_network,
)
from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.radical import root
from polytope_nn.networks.network import Neuron, RawNeuron, same_ray
from polytope_nn.networks.reading.weights import to_arrays, to_sympy
from tests.landscape.multiply import fit as multiplied_fit
from tests.landscape.multiply import instance, objective

entries = st.fractions(min_value=-5, max_value=5, max_denominator=4)


def vectors(d):
    return st.lists(entries, min_size=d, max_size=d)


@st.composite
def networks(draw, d=2, most=4):
    slots = []
    for _ in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(["balanced", "raw", "empty"]))
        u = tuple(draw(vectors(d)))
        if kind == "balanced" and any(u):
            slots.append(Neuron(draw(st.sampled_from([1, -1])), u))
        elif kind == "raw":
            alpha = draw(entries)
            slots.append(RawNeuron(u, alpha) if any(u) or alpha else None)
        else:
            slots.append(None)
    return Network(tuple(slots))


@given(networks(), st.lists(vectors(2), min_size=1, max_size=4), entries, st.data())
def test_fit_and_objective_are_what_multiplying_out_gives(net, X, b, data):
    y = data.draw(st.lists(entries, min_size=len(X), max_size=len(X)))
    weights = data.draw(
        st.lists(
            st.fractions("1/3", 3, max_denominator=3), min_size=len(X), max_size=len(X)
        )
    )
    D = TrainingProblem(X, y, beta_squared=b * b + 2, weights=weights)
    assert list(net.fit(D.design)) == multiplied_fit(X, net.to_json())
    low, high = objective(instance(X, y, b * b + 2, weights), net.to_json())
    assert net.objective(D) >= low
    assert net.objective(D) <= high
    assert low < high or net.objective(D).exact == low


@given(networks())
def test_balancing_keeps_the_outputs_and_never_costs_more(net):
    X = ((Fraction(1), Fraction(2)), (Fraction(-1), Fraction(3)))
    after = net.balanced()
    assert after.is_balanced
    assert after.fit(X) == net.fit(X)
    assert after.cost(Fraction(2)) <= net.cost(Fraction(2))
    assert (after.cost(Fraction(2)) == net.cost(Fraction(2))) == net.is_balanced
    assert after.merged.fit(X) == net.fit(X)
    assert after.merged.cost(Fraction(3)) == after.cost(Fraction(3))


@given(networks(), st.data())
def test_permuting_and_splitting_are_forgotten_by_merging(net, data):
    net = net.balanced()
    order = data.draw(st.permutations(range(net.width)))
    other = net.permuted(order).padded(net.width + 1)
    used = [j for j, x in enumerate(other.slots) if x is not None]
    if used:
        j = data.draw(st.sampled_from(used))
        into = data.draw(
            st.sampled_from([i for i, x in enumerate(other.slots) if x is None])
        )
        other = other.split(j, into, data.draw(st.fractions(0, 1, max_denominator=5)))
    assert other.equivalent(net)
    assert net.equivalent(other)


def test_networks_that_differ_are_not_equivalent():
    a = Network.of((1, [1, 0]))
    assert not a.equivalent(Network.of((-1, [1, 0])))
    assert not a.equivalent(Network.of((1, [2, 0])))
    assert not a.equivalent(Network.of((1, [1, 0]), (1, [0, 1])))
    raw = Network((RawNeuron((Fraction(2), Fraction(0)), Fraction(1, 2)),))
    assert raw.balanced() == a
    assert not raw.equivalent(a)
    assert raw.padded(2).permuted([1, 0]).equivalent(raw)
    assert repr(raw) == "Network(width=1, neurons=1, unbalanced)"


def test_same_ray():
    one = Fraction(1)
    assert same_ray((one, -one), (3 * one, -3 * one))
    assert not same_ray((one, -one), (-one, one))
    assert not same_ray((one, 0 * one), (one, one))
    assert not same_ray((0 * one, one), (one, 0 * one))


def test_shapes_that_do_not_fit_are_named():
    net = Network.of((1, [1, 0]), None)
    with pytest.raises(DimensionError, match="neurons have dimension 2, the samples 1"):
        net.fit(((Fraction(1),),))
    with pytest.raises(DimensionError, match=r"dimensions \[1, 2\]"):
        Network.of((1, [1]), (1, [1, 0]))
    with pytest.raises(DimensionError, match="1 slot in use, the width is 0"):
        net.padded(0)
    assert net.padded(1).width == 1  # an empty slot at the end may go
    with pytest.raises(DimensionError, match="no permutation"):
        net.permuted([0, 0])
    for j, into, share in (
        (1, 0, Fraction(1, 2)),
        (0, 0, Fraction(1, 2)),
        (0, 1, Fraction(2)),
    ):
        with pytest.raises(DimensionError, match="must hold a neuron"):
            net.split(j, into, share)
    assert Network.of((1, [0, 0])) == Network.of(None)
    with pytest.raises(InstanceError, match="sign: 2 is neither 1 nor -1"):
        Network.of((2, [1]))
    assert Network.of(None).dimension is None
    assert Network.of(None).cost(Fraction(2)) == 0


def test_irrational_weights_of_a_field():
    a = NumberField((-2, 0, 1), (1, 2)).generator
    net = Network.of((1, [a, Fraction(1)]))
    assert net.cost(Fraction(3)) == root(9)  # sqrt 3 times the root of 2 + 1
    assert net.merged.equivalent(
        Network.of((1, [a / 2, Fraction(1, 2)]), (1, [a / 2, "1/2"]))
    )
    assert Network.from_json(json.loads(json.dumps(net.to_json()))) == net


@given(networks())
def test_json_round_trip(net):
    text = json.dumps(net.to_json())
    back = Network.from_json(json.loads(text))
    assert back.padded(net.width).fit(((Fraction(1), Fraction(2)),)) == net.fit(
        ((Fraction(1), Fraction(2)),)
    )
    again = Network.from_json(json.loads(json.dumps(back.to_json())))
    assert again.to_json() == back.to_json()
    assert [x is None for x in back.slots] == [x is None for x in net.slots]


@pytest.mark.parametrize(
    "text, said",
    [
        ("{", "line 1, column 2"),
        ("[1]", 'a list of 1 where an object belongs: write {"neurons"'),
        ("{}", 'neurons is missing: write {"neurons"'),
        (
            '{"branches": [null]}',
            'neurons is missing: branches are of three layers: add "layers"',
        ),
        ('{"neurons": {}}', "neurons: an object where a list belongs: write"),
        ('{"neurons": 3}', "neurons: 3 where a list belongs: write"),
        ('{"neurons": [], "width": 3}', "width: 3: the keys are neurons, skip, constant"),
        ('{"neurons": [], "neurons": []}', "'neurons' comes twice"),
        ('{"neurons": [3]}', "neurons[0]: 3: write null"),
        ('{"neurons": [{"sign": 1}]}', 'neurons[0]: {"sign": 1}: write null'),
        (
            '{"neurons": [{"sign": 1, "u": [null]}]}',
            "u[0]: null is no exact rational: write",
        ),
        ('{"neurons": [{"sign": 2, "u": [1]}]}', "neurons[0].sign: 2: write 1 or -1"),
        ('{"neurons": [{"sign": true, "u": [1]}]}', "neurons[0].sign: true: write 1 or -1"),
        (
            '{"neurons": [null, {"sign": 1, "u": [0.5]}]}',
            "neurons[1].u[0]: 0.5 is a float: write",
        ),
        ('{"neurons": [{"sign": 1, "u": [NaN]}]}', "nan"),
        ('{"neurons": [{"sign": 1, "u": ["1/0"]}]}', "denominator 0"),
        ('{"neurons": [{"sign": 1, "u": []}]}', "write a list of numbers"),
        ('{"neurons": [{"w": [1], "alpha": "x"}]}', "neurons[0].alpha: 'x'"),
        (
            '{"neurons": [{"sign": 1, "u": [1]}, {"sign": 1, "u": [1, 2]}]}',
            "must have one length",
        ),
        ('{"neurons": [{"sign": 1, "u": [{"poly": 3}]}]}', "no number of a field"),
        ('{"neurons": [{"sign": 1, "u": [' + "1" * 5000 + "]}]}", ""),
        ("\ud800", ""),
    ],
)
def test_bad_json_is_refused_in_one_line(tmp_path, text, said):
    file = tmp_path / "net.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InstanceError) as caught:
        read_network(file)
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    assert said in message
    assert "\n" not in message


def test_arrays_are_read_as_the_dyadic_rationals_they_are(tmp_path):
    W = np.array([[0.1, -2.0], [0.0, 0.0], [1.5, 0.0]])
    alpha = np.array([0.3, 0.0, -1.5])
    net = Network.from_arrays(W, alpha)
    assert net.slots[0] == RawNeuron((Fraction(0.1), Fraction(-2)), Fraction(0.3))
    assert net.slots[1] is None
    assert net.slots[2] == Neuron(-1, (Fraction(9, 4), Fraction(0)))
    np.savez(tmp_path / "net.npz", W=W, alpha=alpha)
    assert read_network(tmp_path / "net.npz") == net
    back = to_arrays(net)
    assert (back[0] == W).all()
    assert (back[1] == alpha).all()
    halves = Network.from_arrays(W.astype(np.float32), alpha.astype(np.float16))
    assert halves.slots[0].w[0] == Fraction(float(np.float32(0.1)))
    assert Network.from_arrays([[1, "1/2"]], [2]).slots[0] == RawNeuron(
        (Fraction(1), Fraction(1, 2)), Fraction(2)
    )
    assert to_arrays(Network.of(None))[0].shape == (1, 0)


def test_a_bias_is_the_last_column(tmp_path):
    np.savez(
        tmp_path / "b.npz", W=np.ones((2, 1)), alpha=np.ones(2), b=np.array([2.0, 3.0])
    )
    assert [x.w[-1] for x in read_network(tmp_path / "b.npz").slots] == [2, 3]
    np.savez(tmp_path / "c.npz", W=np.ones((2, 1)), alpha=np.ones(2), b=np.ones(3))
    with pytest.raises(InstanceError, match=r"b: \(3,\): give one bias for each of 2 rows"):
        read_network(tmp_path / "c.npz")


@pytest.mark.parametrize(
    "arrays, said",
    [
        ({"W": [[np.nan]], "alpha": [1.0]}, "W[0, 0]: nan is not finite"),
        ({"W": [[1.0]], "alpha": [np.inf]}, "alpha[0]: inf is not finite"),
        ({"W": [[1.0]]}, "alpha: absent: give alpha of shape (m,)"),
        ({"W": [1.0], "alpha": [1.0]}, "W: (1,)"),
        (
            {"W": [[1.0]], "alpha": [1.0, 2.0]},
            "alpha has 2 entries, W 1 row, one for",
        ),
        (
            {"W": np.ones((3, 2)), "alpha": [1.0, 2.0]},
            "alpha has 2 entries, W 3 rows, one for each neuron: give as many of both; if W has",
        ),
        (
            {"W": np.array([[1 + 2j]]), "alpha": [1.0]},
            "W[0, 0]: 1+2j is a complex number, no exact rational: give real numbers",
        ),
        (
            {"W": np.array([["x"]]), "alpha": [1.0]},
            "W[0, 0]: 'x' is no fraction or decimal: give",
        ),
        (
            {"W": np.array([[True]]), "alpha": [1.0]},
            "W[0, 0]: true is a bool, not a number: give",
        ),
        (
            {"W": np.array([[Fraction(1)]], dtype=object), "alpha": [1.0]},
            "net.npz: W: an array of objects, not of numbers: write",
        ),
    ],
)
def test_bad_arrays_are_refused_in_one_line(tmp_path, arrays, said):
    file = tmp_path / "net.npz"
    np.savez(file, **arrays)
    with pytest.raises((InstanceError, InexactError)) as caught:
        read_network(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_no_archives(tmp_path):
    (tmp_path / "a.npz").write_text("no archive")
    with pytest.raises(InstanceError, match=r"a\.npz"):
        read_network(tmp_path / "a.npz")
    (tmp_path / "e.npz").write_bytes(b"")
    with pytest.raises(InstanceError, match=r"e\.npz"):
        read_network(tmp_path / "e.npz")
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(InstanceError, match=r"arr_0: \(3,\): an array without a name"):
        read_network(tmp_path / "one.npz")
    with pytest.raises(OSError, match=r"none\.json"):
        read_network(tmp_path / "none.json")
    with pytest.raises(InstanceError, match="weights: W: 3: give an array"):
        Network.from_arrays(3, [1])


class Tensor:
    """What a torch tensor offers of itself."""

    def __init__(self, array):
        self.array = np.asarray(array, dtype=np.float32)

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.array


def test_state_dict_of_torch_without_torch():
    state = {
        "0.weight": Tensor([[1.0, 0.0], [0.0, 2.0]]),
        "0.bias": Tensor([0.5, 0.0]),
        "2.weight": Tensor([[1.0, -2.0]]),
        "2.bias": Tensor([0.0]),
    }
    net = Network.from_state_dict(state)
    assert net.slots[0] == RawNeuron(
        (Fraction(1), Fraction(0), Fraction(1, 2)), Fraction(1)
    )
    assert net.slots[1] == Neuron(-1, (Fraction(0), Fraction(4), Fraction(0)))
    plain = Network.of((1, [4, 0]), (-1, [0, 9]))
    assert Network.from_state_dict(plain.to_state_dict()) == plain
    with pytest.raises(InstanceError, match="two layers"):
        Network.from_state_dict({"0.weight": [[1.0]]})
    intercept = {**state, "2.bias": Tensor([1.0])}
    assert Network.from_state_dict(intercept).constant == 1
    with pytest.raises(InstanceError, match="one output"):
        Network.from_state_dict({"0.weight": [[1.0]], "2.weight": [[1.0], [2.0]]})


def test_radicals_are_exact():
    net = Network.of((-1, [1, 1]), None, (1, [0, 9]))
    (w, alpha), (v, _) = to_sympy(net)
    assert sympy.simplify(w * alpha + sympy.Matrix([[1, 1]])) == sympy.zeros(1, 2)
    assert sympy.simplify(alpha**2 - w.dot(w)) == 0
    assert v == sympy.Matrix([[0, 3]])
    raw = Network((RawNeuron((Fraction(1, 2),), Fraction(3)),))
    assert to_sympy(raw) == [(sympy.Matrix([[sympy.Rational(1, 2)]]), 3)]
    a = NumberField((-2, 0, 1), (1, 2)).generator
    ((w, alpha),) = to_sympy(Network.of((1, [a])))
    assert float(w[0] * alpha) == pytest.approx(2**0.5)


def test_raw_neuron_without_an_output():
    dead = RawNeuron((Fraction(1), Fraction(2)), Fraction(0))
    assert dead.balanced is None
    net = Network((dead, RawNeuron((Fraction(0), Fraction(0)), Fraction(2))))
    assert net.cost(Fraction(4)) == 9
    assert net.balanced() == Network.of(None, None)
    assert net.merged == Network(())


def test_a_network_of_balls_is_written_with_its_zeros_and_read_as_boxes():
    third = Ball.from_rational(Fraction(1, 3))
    net = Network((Neuron(1, (third * 0, third)), RawNeuron((third - third, third), third)))
    first, second = net.to_json()["neurons"]
    assert first == {"sign": 1, "u": ["0", third.to_json() | {"value_float": float(third)}]}
    assert set(second["w"][0]) == {
        "lower",
        "upper",
        "value_float",
    }  # only enclosed: no zero is known
    (read,) = Network.from_json({"neurons": [first]}).slots
    assert read.u[0] == 0
    assert read.u[1].lower <= third.lower
    assert third.upper <= read.u[1].upper
    for ends in (
        {"lower": "2", "upper": "1"},
        {"lower": {"lower": "1", "upper": "2"}, "upper": "2"},
    ):
        with pytest.raises(InstanceError, match=r"neurons\[0\].u\[0\]"):
            Network.from_json({"neurons": [{"sign": 1, "u": [ends]}]})
    exact = {"neurons": [{"sign": 1, "u": ["0", {"lower": "1/2", "upper": "0.5"}]}]}
    assert Network.from_json(exact) == Network.of((1, [0, "1/2"]))


def test_every_length_is_compared_with_the_dimension():
    zero = {"sign": 1, "u": [0, 0]}
    with pytest.raises(InstanceError, match="all must have one length"):
        Network.from_json({"neurons": [{"sign": 1, "u": [1]}, zero]})
    assert Network.from_json({"neurons": [zero, None]}, "a", 2).slots == (None, None)
    with pytest.raises(InstanceError, match="dimension 2, the samples 3"):
        Network.from_json({"neurons": [None, zero]}, "a", 3)


@pytest.mark.parametrize(
    "text, said",
    [
        ('{"neurons": [{"sign": 1, "u": [1e300]}]}', 'is a float: write "1e+300"'),
        ('{"neurons": [{"sign": 1, "u": [' + "1" * 5000 + "]}]}", "of 5000 digits"),
        ('{"neurons": [], "' + "k" * 5000 + '": 1}', "the keys are"),
        ('{"' + "k" * 5000 + '": 1, "' + "k" * 5000 + '": 1}', "comes twice"),
        ("[" * 100000, "nested too deeply"),
        (
            '{"neurons": [{"sign": 1, "u": [{"poly": "' + "1" * 4000 + '"}]}]}',
            "no number of a field",
        ),
    ],
)
def test_what_a_message_repeats_is_short(tmp_path, text, said):
    file = tmp_path / "net.json"
    file.write_text(text)
    with pytest.raises(InstanceError) as caught:
        read_network(file)
    assert said in str(caught.value)
    assert len(str(caught.value)) < len(str(file)) + 320


def archive(file, **members):
    with zipfile.ZipFile(file, "w") as written:
        for key, content in members.items():
            written.writestr(f"{key}.npy", content)


def announced(shape, dtype="<f8", version=(1, 0)):
    stream = io.BytesIO()
    fields = {"descr": dtype, "fortran_order": False, "shape": shape}
    if version == (1, 0):
        np.lib.format.write_array_header_1_0(stream, fields)
    else:
        np.lib.format.write_array_header_2_0(stream, fields)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content, said",
    [
        (b"junk", "no array"),
        (b"", "no array"),
        (announced((10**11, 3)), "announced shape (100000000000, 3)"),
        (announced((10**11, 3), version=(2, 0)), "announced shape (100000000000, 3)"),
        (announced((10**30, 3)), "announced"),
        (announced((-1, 3)), "announced"),
        (announced((1, 3), "|O"), "an array of objects, not of numbers"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': 'x' * 99", "no array"),
    ],
)
def test_members_that_are_no_arrays(tmp_path, content, said):
    file = tmp_path / "net.npz"
    archive(file, W=content, alpha=content)
    with pytest.raises(InstanceError) as caught:
        read_network(file)
    message = str(caught.value)
    assert message.startswith(f"{file}: W: ") or "alpha: " in message
    assert said in message
    assert "pickle" not in message
    assert "write numpy.savez(file, W=W, alpha=alpha) of floats" in message


def test_a_pickle_is_refused_in_other_words_than_numpys(tmp_path):
    file = tmp_path / "net.npz"
    file.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(InstanceError, match=r"net\.npz: no \.npz archive: write") as caught:
        read_network(file)
    assert "pickle" not in str(caught.value).removeprefix(str(file))


def test_a_network_of_one_output_may_be_written_as_one_of_several():
    """(Xu)_+ v' costs beta |u| |v|, whatever the scaling of the pair."""
    pairs = [{"u": ["1", "1"], "v": ["2"]}, {"u": ["1/2", "0"], "v": ["-4"]}]
    written = {"neurons": [*pairs, {"u": ["1", "0"], "v": ["0"]}, None]}
    assert Network.from_json(written) == Network.of((1, [2, 2]), (-1, [2, 0]), None, None)
    raw = {"neurons": [{"w": ["1", "1"], "alpha": ["2"]}]}
    assert Network.from_json(raw) == Network.from_arrays([[1, 1]], [2])
    for pair in ({"u": ["1"], "v": ["1", "2"]}, {"w": ["1"], "alpha": []}):
        with pytest.raises(InstanceError, match="the instance has one output"):
            Network.from_json({"neurons": [pair]})


@pytest.mark.parametrize("width", ["4", 2.5, [3]])
def test_a_width_is_an_integer(width):
    D, net = TrainingProblem([[1, 2], [3, 4]], [1, 2], beta=1), Network.of((1, [1, 2]))
    asked = (
        lambda: connect(D, net, net, width=width),
        lambda: descent(D, net, width=width),
        lambda: nearest(D, net, width=width),
        lambda: path(D, net, net, width),
        lambda: net.padded(width),
    )
    for ask in asked:
        with pytest.raises(InstanceError, match=r"width: .*: give an integer"):
            ask()


@pytest.mark.parametrize("x", [[[1, 2], [3, 4]], np.ones((2, 2), int), [np.ones(2, int)]])
def test_a_network_is_called_with_one_sample(x):
    """Of several rows predict tells the values; a sample that is too short is not padded."""
    net = Network.from_arrays(W=[[1, 2], [3, 4]], alpha=[1, -1], b=[1, 1])
    with pytest.raises(DimensionError, match=r"rows where one .* give predict\(X\)"):
        net(x)
    assert net([1, 1]) == -4
    assert net.predict([[1, 1]]) == (-4,)
    with pytest.raises(DimensionError, match="a sample has 1 entry, the neurons 3 weights"):
        net([1])
