"""Networks with several outputs that are known as enclosures: read, accepted, joined."""

import json
from fractions import Fraction

import pytest

from polytope_nn import VectorProblem, vector_optimal_set
from polytope_nn.certificate.check import check
from polytope_nn.cli import main
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.paths import VectorPath, vector_joining_width, vector_path
from polytope_nn.vector.trained.closest import vector_nearest
from tests.certificate.forging import canonical, claim, golden
from tests.oracles.outputs import W1

X, Y = [[1, 0], [1, 2], [-1, 1], [2, 1]], [[2, 1], [0, 3], [1, -1], [3, 3]]
TINY = Fraction(1, 1 << 60)


def boxed(numbers):
    """Return numbers as boxes a little wider than they are."""
    found = []
    for t in numbers:
        low, high = enclosure(t, 200)
        found.append({"lower": str(low - TINY), "upper": str(high + TINY)})
    return found


def network(P, order):
    """Return an optimal network of boxes, an atom for each slot."""
    neurons = []
    for a in order:
        x, mass = P.optimum.atoms[a], P.vertices[0][a]
        v = [mass * t for t in x.h]
        neurons.append({"u": boxed(x.g), "v": boxed(v)})
    return VectorNetwork.from_json({"neurons": neurons})


@pytest.fixture(scope="module", params=["none", "constant"])
def optimal(request):
    return vector_optimal_set(VectorProblem(X, Y, beta="1/4", skip=request.param))


def test_boxes_of_an_optimal_network_are_accepted_and_joined(optimal):
    n = len(optimal.optimum.atoms)
    start, end = network(optimal, range(n)), network(optimal, [*range(1, n), 0])
    m = vector_joining_width(optimal, start, end)
    road = vector_path(optimal, start, end, m)
    assert m == n + 1
    assert not vector_path(optimal, start, end, n)
    low, high = vector_gap(optimal.optimum, road.breakpoints[1]).value.enclosure()
    assert low <= 0 <= high < Fraction(1, 10**20)


def test_the_gap_over_a_box_is_an_enclosure(optimal):
    low, high = vector_gap(
        optimal.optimum, network(optimal, range(len(optimal.optimum.atoms)))
    ).value.enclosure()
    assert low <= 0 <= high < Fraction(1, 10**9)


def test_a_free_part_that_is_given_must_be_what_fits():
    P = vector_optimal_set(VectorProblem(X, Y, beta="1/4", skip="constant"))
    own = network(P, range(len(P.optimum.atoms)))
    path = vector_path(P, own, own, P.staircase.threshold)
    (first, *_) = path.breakpoints
    for shift, fine in ((0, True), (1, False)):
        given = VectorNetwork(own.slots, None, tuple(t + shift for t in first.constant))
        wide = given.to_json()
        wide["constant"] = boxed(given.constant)
        read = VectorNetwork.from_json(wide)
        if fine:
            assert vector_path(P, read, own, P.staircase.threshold)
        else:
            with pytest.raises(Undecided, match="free part"):
                vector_path(P, read, own, P.staircase.threshold)


def test_boxes_that_are_too_wide_or_elsewhere_are_undecided():
    P = vector_optimal_set(W1)
    n = len(P.optimum.atoms)
    own = network(P, range(n))
    everywhere = [{"lower": "-9", "upper": "9"}] * 2
    wide = VectorNetwork.from_json({"neurons": [{"u": everywhere, "v": everywhere}]})
    with pytest.raises(Undecided, match="meets the rays of"):
        vector_path(P, wide, own, n + 1)
    part = VectorNetwork(own.slots[:-1])
    with pytest.raises(Undecided, match="masses of the box"):
        vector_path(P, part, own, n + 1)


def test_a_continuum_does_not_say_which_direction_a_box_means():
    P = vector_optimal_set(VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1))
    box = {"u": [{"lower": "1", "upper": "2"}, "1"], "v": ["1", "1"]}
    net = VectorNetwork.from_json({"neurons": [box]})
    with pytest.raises(Undecided, match="there is a continuum of directions"):
        vector_path(P, net, net, 4)


# of a continuum (a plane of tight directions, and all of R^3 seen by one sample), of several
# atoms with masses that are shared out, and of no neurons
ENCLOSED = [
    {"X": [[2, 1], [-1, -1], [-1, 0], [-1, -1]], "y": [[1, 0], [3, 2], [3, 2], [4, 1]],
     "beta": "3/10", "loss": "poisson"},
    {"X": [[0, -2], [-1, 0], [0, -1], [0, 1], [1, -2]], "bias": "penalised", "beta": "1/2",
     "y": [[-1, 2], [3, 1], [-3, -2], [2, 0], [2, -2]], "loss": {"kind": "power", "p": "4"}},
    {"X": [["-2/25", "-12/25"], ["-153/100", "-17/20"], ["-43/100", "-26/25"],
           ["39/50", "39/50"], ["47/100", "-6/25"], ["-37/100", "-4/5"]],
     "y": [["-1/10", "4/5"], ["17/10", "19/10"], ["-1/2", "-9/10"], ["2/5", "-21/10"],
           ["-13/10", "7/5"], ["9/10", "-9/5"]], "beta": "1/1000",
     "loss": {"kind": "power", "p": "4/3"}, "bias": "penalised", "skip": "affine",
     "weights": [1, 2, 1, 2, 1, 2]},
    {"X": [[1, 2], [-1, 1]], "y": [["1/1000000000", "6/1000000000"], ["1/500000000", 0]],
     "beta": "1/10", "loss": {"kind": "power", "p": "3/2"}},
]  # fmt: skip


@pytest.mark.parametrize("instance", ENCLOSED)
def test_two_networks_that_nearest_writes_are_joined(instance):
    given = dict(instance)
    D = VectorProblem(given.pop("X"), given.pop("y"), **given)
    P = vector_optimal_set(D)
    assert P.level == "interval"
    weights = len(D.design[0])
    ends = []
    for u in ([1, *[0] * (weights - 1)], [*[0] * (weights - 1), -1]):
        net = VectorNetwork.from_json({"neurons": [None, {"u": u, "v": [1, -1]}]})
        found = vector_nearest(P, net).network
        ends.append(VectorNetwork.from_json(found.to_json()))
    path = vector_path(P, *ends, width=2 * D.n * D.c + 1)
    assert isinstance(path, VectorPath)
    for net in path.breakpoints:  # another road to the same: each is optimal
        assert abs(float(net.objective(D)) - float(P.optimum.value)) < 1e-12


def test_a_box_elsewhere_is_not_accepted_beside_a_continuum_in_balls():
    given = dict(ENCLOSED[0])
    P = vector_optimal_set(VectorProblem(given.pop("X"), given.pop("y"), **given))
    assert P.optimum.continua
    box = {"u": [{"lower": "-2", "upper": "-1"}, "1"], "v": ["1", "1"]}
    net = VectorNetwork.from_json({"neurons": [box]})
    with pytest.raises(Undecided, match="meets the rays of 0 of one optimal network"):
        vector_path(P, net, net, 9)


@pytest.mark.parametrize(
    "box", [{"lower": "2", "upper": "1"}, {"lower": "x", "upper": "1"}]
)
def test_bad_boxes_are_refused(box):
    with pytest.raises(InstanceError, match="neurons"):
        VectorNetwork.from_json({"neurons": [{"u": [box], "v": [1]}]})


def test_what_nearest_writes_is_read_again(tmp_path, capsys):
    instance, net, out = (tmp_path / f"{name}.json" for name in ("i", "n", "out"))
    instance.write_text(json.dumps({"X": X, "y": Y, "beta": "1/4", "skip": "constant"}))
    net.write_text(json.dumps({"neurons": [{"u": ["1", "0"], "v": ["1", "1"]}]}))
    assert main(["nearest", str(instance), str(net), "-o", str(out)]) == 0
    capsys.readouterr()
    ends = ["--from", str(out), "--to", str(out), "--json"]
    assert main(["path", str(instance), *ends]) == 0
    assert json.loads(capsys.readouterr().out)["connected"]
    assert main(["gap", str(instance), str(out), "--json"]) == 0
    assert abs(json.loads(capsys.readouterr().out)["gap_float"]) < 1e-20


@pytest.mark.parametrize(
    ("instance", "net"),
    [
        (  # fits are logarithms
            {"X": [[1, 0], [0, 1], [1, 1]], "y": [1, -1, 1], "beta": "1/2", "loss": "logistic"},
            {"neurons": [{"sign": -1, "u": ["0", "1/2"]}, None, {"w": ["2", "1"], "alpha": "1/3"}]},
        ),
        (  # kappa in balls
            {"X": [[1, 0], [0, 1], [1, 1]], "y": [[1, 2], [0, 3], [2, 1]], "beta": "1/2"},
            {"neurons": [{"u": [1, 0], "v": [1, 2]}, {"u": ["1/2", 1], "v": [0, 1]}]},
        ),
    ],
    ids=["logarithms", "balls"],
)  # fmt: skip
def test_what_nearest_writes_is_connected(tmp_path, capsys, instance, net):
    data, own, near, proof = (str(tmp_path / f"{name}.json") for name in "dnap")
    (tmp_path / "d.json").write_text(json.dumps(instance))
    (tmp_path / "n.json").write_text(json.dumps(net))
    assert main(["nearest", data, own, "-o", near]) == 0
    capsys.readouterr()
    for start, end in ((own, near), (near, own), (near, near)):
        assert main(["connect", data, "--from", start, "--to", end, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["barrier"] in (0, "0")
    assert main(["descend", data, "--from", near]) == 0
    assert main(["connect", data, "--from", near, "--to", own, "-o", proof]) == 0
    assert main(["check", proof]) == 0


def test_written_masses_have_room_for_what_adds_up_to_them():
    """Shares of several slots are as wide together as the mass: rounding would decide."""
    given = dict(ENCLOSED[2])
    P = vector_optimal_set(VectorProblem(given.pop("X"), given.pop("y"), **given))
    net = VectorNetwork.from_json({"neurons": [{"u": [1, 0, 0], "v": [1, -1]}]})
    found = vector_nearest(P, net)
    seen = 0
    for x, a, c in zip(found.network.slots, found.labels, found.masses, strict=True):
        for written, t in zip(() if x is None else x.v, P.optimum.atoms[a].h, strict=False):
            (low, high), (below, above) = enclosure(written), enclosure(c * t)
            assert high - low > 4 * (above - below)
            assert low < below < above < high
            seen += 1
    assert seen


@pytest.mark.parametrize(
    ("name", "column", "fits"),
    [("pieces_silent", [0, 0], [3, 3]), ("pieces_roots", [8, -8, 0], [-1, -1, -1])],
)
def test_an_output_that_no_neuron_reaches(name, column, fits):
    """What is free makes its fit: ``N = (y - z)^3`` of a fourth power, -1 of labels 1, -3, -1."""
    c = golden(name)
    check(canonical(c))
    told = claim(c, "enclosed")
    assert [row[0] for row in told["kappa"]] == [[str(t)] * 2 for t in column]
    assert [row[0] for row in told["fit"]] == [[str(t)] * 2 for t in fits]
    other = [[Fraction(t) for t in row[1]] for row in told["fit"]]
    assert all(low < high for low, high in other)  # in intervals


def test_labels_of_one_output_that_a_skip_fits():
    """With thirds: the float of a coefficient is a guess of its fraction."""
    X, Y = [[-1, 0], [-3, 3], [-2, -3]], [[0, -1], [-1, -4], [1, 2]]
    D = VectorProblem(X, Y, beta="1/2", loss={"kind": "power", "p": 3}, skip="linear")
    check(vector_certificate(vector_optimal_set(D)).to_json())
