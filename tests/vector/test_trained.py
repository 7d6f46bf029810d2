"""Trained networks with several outputs: any two joined, the optimal one nearest to one."""

import json
from fractions import Fraction as Q
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from polytope_nn import (
    Network,
    TrainingProblem,
    VectorProblem,
    nearest,
    optimal_polytope,
    optimum,
    vector_connect,
    vector_nearest,
    vector_optimal_set,
    vector_optimum,
)
from polytope_nn.cli import main
from polytope_nn.errors import DimensionError
from polytope_nn.exact.scalar import dot
from polytope_nn.networks.network import Neuron
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from tests import commands
from tests.oracles.outputs import CONTINUUM, PLANTED, V8, W1
from tests.vector.test_descent import SKIPPED, drawn
from tests.vector.test_paths import between, vertex

EXAMPLES = Path(__file__).parents[2] / "examples"
V1, V5, V6 = PLANTED[0], PLANTED[6], PLANTED[7]


def solved(w):
    return vector_optimal_set(vector_optimum(w.problem(), kappa=w.N))


def random_of(seed):
    return Random(seed)  # noqa: S311 - a fixed sample, not a secret


def away(one, other):
    """Return the distance, slot by slot, multiplied out."""
    total = Q(0)
    for x, y in zip(one.slots, other.slots, strict=True):
        sizes = [dot(z.u, z.u) * dot(z.v, z.v) for z in (x, y) if z is not None]
        total += sum(sizes, Q(0))
        if x is not None and y is not None:
            total -= 2 * dot(x.u, y.u) * max(dot(x.v, y.v), Q(0))
    return total


def padded(network, width):
    return VectorNetwork((*network.slots, *(None,) * (width - network.width)))


@pytest.mark.parametrize("w", [V1, V5, V6], ids=lambda w: w.name)
def test_any_two_networks_are_joined(w):
    P, random = solved(w), random_of(w.name)
    D = P.optimum.problem
    d = len(D.design[0])
    start, end = drawn(random, d, D.c, 3), drawn(random, d, D.c, 5)
    found = vector_connect(P, start, end)
    assert found.width == D.n * D.c + 1
    assert found.breakpoints[0].slots[:3] == start.slots
    assert found.breakpoints[-1].slots[:5] == end.slots
    assert found.barrier.sign() == 0
    least = found.objectives.index(min(found.objectives))
    assert found.objectives[least] - P.optimum.value == 0
    for i, (a, b) in enumerate(pairwise(found.objectives)):
        assert (b - a).sign() * (1 if i < least else -1) <= 0
    plain = [x for x in found.breakpoints if not any(z.raw for z in x.neurons)]
    for a, b in pairwise(plain):
        between(a, b, Q(1, 2))  # the rays agree, slot by slot


def test_the_ends_of_arcs_are_joined_and_a_skip_is_carried():
    P = vector_optimal_set(CONTINUUM)
    ends = [
        VectorNetwork.from_json({"neurons": [{"u": u, "v": u} for u in pair]})
        for pair in ([[1, 2], [2, 1]], [[2, 1], [1, 2]])
    ]
    found = vector_connect(P, *ends)
    assert {str(x) for x in found.objectives} == {"11"}
    D = SKIPPED[0]
    start, end = (drawn(random_of(i), 2, 2, 2) for i in range(2))
    found = vector_connect(vector_optimal_set(D), start, end)
    assert all(x.skip is not None for x in found.breakpoints[1:-1])
    P = vector_optimal_set(W1)
    found = vector_connect(P, *ends)
    assert found.width == 7
    assert found.breakpoints[0].slots[:2] == ends[0].slots
    assert found.breakpoints[-1].slots[:2] == ends[1].slots
    assert any(x is P.optimum.value or abs(float(x - P.optimum.value)) < 1e-60
               for x in found.objectives)  # fmt: skip


@pytest.mark.parametrize("w", [V1, V5, V6], ids=lambda w: w.name)
def test_the_distance_is_multiplied_out_and_no_other_optimum_is_nearer(w):
    P, random = solved(w), random_of(w.name)
    D = P.optimum.problem
    for size in (0, 2, 5):
        network = drawn(random, len(D.design[0]), D.c, size)
        found = vector_nearest(P, network)
        width = D.n * D.c + 1
        assert found.network.width == width
        assert found.network.objective(D) - P.optimum.value == 0
        assert away(padded(network, width), found.network) == found.distance
        assert found.at_least <= found.distance
        assert found.decided == (found.at_least == found.distance)
        for i in range(len(P.vertices)):
            slots = [*padded(vertex(P, i), width).slots]
            for _ in range(10):
                random.shuffle(slots)
                other = VectorNetwork(tuple(slots))
                assert away(padded(network, width), other) >= found.at_least
                assert away(padded(network, width), other) >= found.distance


def test_an_optimal_network_is_nearest_to_itself():
    P = solved(V1)
    for i in range(2):
        own = vertex(P, i, Q(1, 3))
        found = vector_nearest(P, own, own.width)
        assert (found.distance, found.decided, found.vertex) == (0, True, i)
        assert away(own, found.network) == 0
    with pytest.raises(DimensionError, match="give --width 4"):
        vector_nearest(P, vertex(P, 1), 3)


def test_near_a_continuum_with_a_bound():
    """On V0: members of the arcs are at the distance 0, and none is nearer than the bound."""
    O = vector_optimum(CONTINUUM)
    P = vector_optimal_set(O)
    members = [
        VectorNetwork(tuple(VectorNeuron(g, tuple(m * t for t in g)) for _, g, m in pair))
        for pair in (O.lifted[0].member(Q(i, 4)) for i in range(5))
    ]
    for member in members:
        found = vector_nearest(P, member, 2)
        assert (found.distance, found.decided, found.vertex) == (0, True, None)
        assert away(member, found.network) == 0
    random = random_of(0)
    for size in (0, 1, 2, 4):
        network = drawn(random, 2, 2, size)
        found = vector_nearest(P, network)
        wide = padded(network, found.network.width)
        assert found.network.objective(CONTINUUM) == 11
        assert away(wide, found.network) == found.distance >= found.at_least > 0
        for member in members:
            for slots in (member.slots, member.slots[::-1]):
                other = padded(VectorNetwork(slots), wide.width)
                assert away(wide, other) >= found.at_least
    with pytest.raises(DimensionError, match="found 2 or more: give --width 2"):
        vector_nearest(P, VectorNetwork((None,)), 1)
    in_balls = vector_nearest(vector_optimal_set(V8), VectorNetwork((None,)))
    assert not in_balls.decided
    assert in_balls.at_least > 0


def test_neurons_of_one_product_are_apart():
    """(u, v) and (-u, -v) make different functions: their distance is both squares."""
    P = vector_optimal_set(VectorProblem([[1], [-1]], [[3, 4], [5, 12]], beta=1))
    best = vector_nearest(P, VectorNetwork((None,)), 2).network
    turned = [
        VectorNeuron(tuple(-t for t in x.u), tuple(-t for t in x.v)) for x in best.slots
    ]
    assert away(best, VectorNetwork(tuple(turned))) > away(best, best) == 0


@pytest.mark.parametrize("seed", range(6))
def test_one_output_beside_a_zero_one(seed):
    """With labels (y, 0) all is as with y alone: atoms, and the nearest network."""
    random = random_of(seed)
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    y = [3 + random.randint(0, 2)] * 2 + [3] * 2
    one = optimal_polytope(optimum(TrainingProblem(rows, y, beta_squared=2)))
    D = VectorProblem(rows, [[t, 0] for t in y], beta_squared=2)
    several = vector_optimal_set(vector_optimum(D))
    assert several.optimum.value == one.optimum.value
    assert len(several.vertices) == len(one.vertices)
    neurons = [
        (random.choice((1, -1)), tuple(Q(random.randint(-3, 3)) for _ in range(2)))
        for _ in range(4)
    ]
    neurons = [(s, u) for s, u in neurons if any(u)]
    scalar = nearest(one, Network(tuple(Neuron(s, u) for s, u in neurons)), 5)
    vector = vector_nearest(
        several,
        VectorNetwork(tuple(VectorNeuron(u, (Q(s), Q(0))) for s, u in neurons)),
        5,
    )
    assert vector.distance == scalar.distance
    assert vector.decided == scalar.decided


def test_where_several_fits_belong_to_n():
    """The absolute loss of the square's fit, a tube around it: the hull of the vertices."""
    rows, fit = [[1, 0], [-1, 0], [0, 1], [0, -1]], [[15, 20]] * 4
    for loss in ("absolute", {"kind": "tolerance", "epsilon": "1/2"}):
        P = vector_optimal_set(VectorProblem(rows, fit, beta=1, loss=loss))
        network = drawn(random_of(5), 2, 2, 4)
        found = vector_nearest(P, network)
        assert away(padded(network, 9), found.network) - found.distance == 0
        assert found.at_least <= found.distance
        D = P.optimum.problem
        if D.is_finite:
            value = found.network.objective(D)
            assert float(value) == pytest.approx(float(P.optimum.value))
        for row in found.network.fit(D):
            far = max(abs(float(z) - t) for z, t in zip(row, fit[0], strict=True))
            assert far <= (0 if D.is_finite else 0.5) + 1e-9


def test_in_balls():
    """From rounded weights of the optimum its own neurons are found again, proved."""
    P = vector_optimal_set(W1)
    rounded = [
        VectorNeuron(
            tuple(Q(round(1000 * float(t)), 1000) for t in u.g),
            tuple(Q(round(1000 * float(c * t)), 1000) for t in u.h),
        )
        for u, c in P.optimum.network
    ]
    found = vector_nearest(P, VectorNetwork(tuple(rounded)), 3)
    assert found.decided
    assert found.labels == (0, 1, 2)
    assert 0 < float(found.distance) < 1e-4
    empty = vector_nearest(P, VectorNetwork((None,)), 3)
    size = sum(float(dot(x.u, x.u) * dot(x.v, x.v)) for x in empty.network.neurons)
    assert float(empty.distance) == pytest.approx(size)
    assert empty.decided  # three masses, three slots that wish for nothing
    assert empty.at_least is empty.distance


def test_the_commands(tmp_path, capsys):
    instance = str(EXAMPLES / "vector_pairs.json")
    start, end, out = (str(tmp_path / f"{name}.json") for name in ("start", "end", "out"))
    raw = [{"w": [1, 0, 0, 0, 0, 0, 0], "alpha": [1, 2]}]
    Path(start).write_text(json.dumps({"neurons": raw}), encoding="utf-8")
    Path(end).write_text(json.dumps({"neurons": [None]}), encoding="utf-8")
    ends = ["--from", start, "--to", end]
    picture = tmp_path / "road.svg"
    assert main(["connect", instance, *ends, "-o", out, "--figure", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"<?xml")
    capsys.readouterr()
    for command in (
        ["check", out],
        ["descend", instance, "--from", start, "--certificate", out],
        ["check", out],
        ["gap", instance, end, "--certificate", out],
        ["check", out],
    ):
        assert main(command) == 0
    said = capsys.readouterr().out
    assert said.count("the gap to the optimum of every network: 0\n") == 2
    assert said.count("no barrier on the road") == 2
    assert main(["connect", instance, *ends, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["width"], said["barrier"]) == (7, "0")
    assert "435/2" in said["objectives"]
    assert len(said["breakpoints"]) == len(said["objectives"])
    assert main(["connect", instance, *ends]) == 0
    assert "joined at width 7" in capsys.readouterr().out
    assert main(["nearest", instance, start, "-o", out, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["width"] == 7
    assert json.loads(Path(out).read_text(encoding="utf-8")) == said["network"]
    assert Q(said["distance"]) > 0
    assert main(["nearest", instance, out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["distance"] == "0"
    assert main(["nearest", instance, start]) == 0
    assert "nearest optimal network of width 7" in capsys.readouterr().out
    assert main(["nearest", instance, start, "--width", "1"]) == 2


def test_in_balls_where_every_atom_has_an_opposite():
    """With a skip that neurons see whole each mass may be shared by an atom and its opposite."""
    D = VectorProblem(
        [["1.9547"], ["1.7741"], ["-4.5127"]],
        [[4, 3], [1, 4], [1, 1]],
        beta=2,
        loss="poisson",
        skip="linear",
    )
    P = vector_optimal_set(D)
    assert P.level == "interval"
    assert len(P.vertices) > 1
    network = drawn(random_of("opposite"), 1, 2, 3)
    found = vector_nearest(P, network)
    assert float(found.at_least) <= float(found.distance)
    away_by = away(padded(network, found.network.width), found.network)
    assert 0 in away_by - found.distance
    value = found.network.objective(D) - P.optimum.value
    assert abs(float(value)) < 1e-30
    for i in range(len(P.vertices)):
        other = padded(vertex(P, i), found.network.width)
        assert float(away(padded(network, found.network.width), other)) >= float(
            found.at_least
        )


@pytest.mark.parametrize("skip", ["constant", "linear"])
def test_the_free_part_of_other_losses_is_in_the_network(skip):
    """Exact, and of fits that are not unique: the network that is given is optimal."""
    D = VectorProblem(
        [[1, 0], [0, 1], [-1, -1]],
        [[3, 0], [0, -2], [1, 4]],
        beta=1,
        loss="absolute",
        skip=skip,
    )
    P = vector_optimal_set(D)
    assert P.level == "exact"
    found = vector_nearest(P, drawn(random_of(skip), 2, 2, 3))
    assert any(any(t != 0 for t in row) for row in (found.network.skip or ())) or any(
        found.network.constant or ()
    )
    assert found.network.objective(D) - P.optimum.value == 0


def test_outputs_at_right_angles_are_no_tie():
    """``v'h = 0`` exactly, and h is in balls: the distance is continuous there."""
    D = VectorProblem([[2]], [[-3, 3]], beta="1/3", loss={"kind": "power", "p": "3/2"})
    P = vector_optimal_set(D)
    assert P.level == "interval"
    given = VectorNetwork((VectorNeuron((Q(2),), (Q(-2), Q(-2))),))
    found = vector_nearest(P, given)
    ((u, mass),) = P.optimum.network
    size = [float(mass) * float(u.g[0]) * float(t) for t in u.h]
    # nothing is in common: the optimum is shared out to n c + 1 = 3 slots
    assert float(found.distance) == pytest.approx(32 + sum(t * t for t in size) / 3)


SEVERAL = {"X": [[1], [2]], "y": [[5, 1], [6, 3]], "beta": "1/4", "bias": "penalised"}


@pytest.mark.parametrize("skip", ["none", "constant", "linear", "affine"])
def test_breakpoints_have_both_free_parts_and_what_is_not_given_is_0(
    tmp_path, capsys, skip
):
    """The objective of the given end: half the squared residual at these labels, and beta."""
    instance = commands.written(tmp_path, SEVERAL | {"skip": skip})
    network = commands.written(
        tmp_path, {"neurons": [{"u": [1, 0], "v": [1, 0]}]}, "n.json"
    )
    ends = ["--from", network, "--to", network]
    found = commands.answered(capsys, "connect", instance, *ends)
    first, *others, last = found["breakpoints"]
    assert first["skip"] == last["skip"] == [["0", "0"]]
    assert first["constant"] == last["constant"] == ["0", "0"]
    assert all({"skip", "constant"} <= set(x) for x in others)
    residual = Q(4**2 + 1**2 + 4**2 + 3**2, 2)
    assert found["objectives"][0] == found["objectives"][-1] == str(residual + Q(1, 4))
    gap = commands.answered(capsys, "gap", instance, network)
    assert gap["primal"] == found["objectives"][0]
    down = commands.answered(capsys, "descend", instance, "--from", network)
    assert down["objectives"][0] == gap["primal"]
    for i in (0, len(others) // 2):  # they are read again, with zeros for what there is not
        again = commands.written(tmp_path, found["breakpoints"][i], "again.json")
        exact = commands.answered(capsys, "gap", instance, again)
        assert exact["primal"] == found["objectives"][i]


def test_a_free_part_that_the_instance_has_not_is_refused_unless_it_is_0(tmp_path, capsys):
    instance = commands.written(tmp_path, SEVERAL)
    for key, zero, one in (("constant", [0, 0], [0, 1]), ("skip", [[0, 0]], [[1, 0]])):
        bare = {"neurons": [{"u": [1, 0], "v": [1, 0]}]}
        file = commands.written(tmp_path, bare | {key: zero}, "n.json")
        assert commands.answered(capsys, "gap", instance, file)["primal_float"] == 21.25
        file = commands.written(tmp_path, bare | {key: one}, "n.json")
        assert f"n.json: {key}: " in commands.refused(capsys, "gap", instance, file)
        file = commands.written(tmp_path, bare | {key: zero[:-1]}, "n.json")
        assert f"n.json: {key}: " in commands.refused(capsys, "gap", instance, file)
