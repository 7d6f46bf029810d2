"""Paths of optimal networks with several outputs: proved along, separations by the staircase."""

import json
from fractions import Fraction as Q
from itertools import pairwise
from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.paths import vector_joining_width, vector_path
from polytope_nn.vector.polytope import vector_optimal_set
from tests.oracles.outputs import CONTINUUM, PLANTED, W1

EXAMPLES = Path(__file__).parents[2] / "examples"
V1 = PLANTED[0]


def vertex(P, i, split=Q(1)):
    """Return the network of a vertex; a share of each neuron in u, the rest in v."""
    return VectorNetwork(
        tuple(
            VectorNeuron(tuple(split * t for t in a.g), tuple(c * t / split for t in a.h))
            for a, c in zip(P.optimum.atoms, P.vertices[i], strict=True)
            if c
        )
    )


def between(a, b, share):
    """Return the network on a line: where a slot keeps its ray, (u, v) is linear in v."""
    slots = []
    for x, y in zip(a.slots, b.slots, strict=True):
        if x is None or y is None:
            kept, part = (y, share) if x is None else (x, 1 - share)
            v = None if kept is None else tuple(part * t for t in kept.v)
            slots.append(None if v is None else VectorNeuron(kept.u, v))
            continue
        assert x.u == y.u
        v = tuple((1 - share) * s + share * t for s, t in zip(x.v, y.v, strict=True))
        slots.append(VectorNeuron(x.u, v))
    return VectorNetwork(tuple(slots))


def check(P, found):
    D, value = P.optimum.problem, P.optimum.value
    for a, b in pairwise(found.breakpoints):
        for share in (Q(0), Q(1, 3), Q(1)):
            assert between(a, b, share).objective(D) - value == 0


def test_v1_is_joined_where_its_staircase_says():
    P = vector_optimal_set(vector_optimum(V1.problem()))
    small, large = vertex(P, 0, Q(3)), vertex(P, 1)
    if len(small.slots) > len(large.slots):
        small, large = large, small
    assert (len(small.slots), len(large.slots)) == (2, 4)
    for m in (4, 5, 6):
        found = vector_path(P, small, large, m)
        assert bool(found) == (m == 6)
        if found:
            check(P, found)
    assert vector_joining_width(P, small, large) == 6
    assert found.breakpoints[0].width == 6
    swapped = VectorNetwork(small.slots[::-1])
    assert vector_joining_width(P, small, swapped) == 3
    assert not vector_path(P, small, swapped, 2)
    check(P, vector_path(P, small, swapped, 3))


def test_a_continuum_is_joined_in_the_directions_of_the_ends():
    O = vector_optimum(CONTINUUM)
    P = vector_optimal_set(O)
    ends = [
        VectorNetwork(
            tuple(
                VectorNeuron(g, tuple(m * t for t in g))
                for _, g, m in O.lifted[0].member(s)
            )
        )
        for s in (Q(0), Q(1))
    ]
    found = vector_path(P, *ends, 4)
    assert found
    check(P, found)
    with pytest.raises(Undecided, match="continuum of others"):
        vector_path(P, *ends, 2)
    assert vector_joining_width(P, *ends) in (3, 4)


def test_what_is_not_optimal_is_refused():
    P = vector_optimal_set(vector_optimum(V1.problem()))
    good = vertex(P, 0)
    off = VectorNetwork((*good.slots[:-1], None))
    with pytest.raises(NotOptimal, match="end is not optimal: its fit"):
        vector_path(P, good, off, 6)
    x = good.slots[0]
    raw = VectorNetwork((VectorNeuron(x.u, x.v, raw=True), *good.slots[1:]))
    with pytest.raises(NotOptimal, match="neuron 0 is not balanced"):
        vector_path(P, raw, good, 6)
    half = VectorNeuron(x.u, tuple(t / 2 for t in x.v))
    skew = [(Q(1), Q(0)), (Q(0), Q(1))]
    parts = [
        VectorNeuron(x.u, tuple(a * t for a, t in zip(e, x.v, strict=True))) for e in skew
    ]
    assert vector_path(P, good, VectorNetwork((half, half, *good.slots[1:])), 6)
    with pytest.raises(NotOptimal, match="v that is not on the ray"):
        vector_path(P, VectorNetwork((*parts, *good.slots[1:])), good, 6)
    with pytest.raises(DimensionError, match="slots in use, the width is 1"):
        vector_path(P, good, good, 1)
    O = vector_optimum(W1)
    tight = VectorNetwork(
        tuple(VectorNeuron(u.g, tuple(c * t for t in u.h)) for u, c in O.network)
    )
    assert vector_path(vector_optimal_set(O), tight, tight, 3)  # the box of its numbers


def test_the_command(tmp_path, capsys):
    P = vector_optimal_set(vector_optimum(V1.problem()))
    files = []
    for i in range(2):
        files.append(tmp_path / f"{i}.json")
        files[-1].write_text(json.dumps(vertex(P, i).to_json()), encoding="utf-8")
    ends = [
        *("path", str(EXAMPLES / "vector_pairs.json")),
        *("--from", str(files[0]), "--to", str(files[1])),
    ]
    assert main([*ends, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["width"], said["connected"]) == (6, True)
    assert all("v" in x for z in said["breakpoints"] for x in z["neurons"] if x)
    assert main(ends) == 0
    assert "joined at width 6" in capsys.readouterr().out
    assert main([*ends, "--width", "5"]) == 1
    assert "separate at width 5" in capsys.readouterr().out
    assert main([*ends, "--interpolation"]) == 2
    assert "--interpolation: is about one output" in capsys.readouterr().err


WRITTEN = {  # instances of which nearest writes boxes, or numbers with logarithms
    "skip in balls": {"X": [[-2], [2], [0], [-2], [-2]], "skip": "constant", "beta": "1/10",
                      "y": [[3, 3], [2, 3], [2, -2], [2, -2], [3, -2]]},
    "logarithms": {"X": [[0, 0], [1, 0], [-2, 1]], "y": [[0, 1], [1, 0], [1, 0]], "beta": 2,
                   "loss": "softmax"},
    "one output": {"X": [[-1, -1], [1, 1], [-1, -1], [1, 1]], "y": [-1, 1, -1, 1],
                   "loss": "logistic", "beta": "1/2", "bias": "penalised", "skip": "constant"},
    "opposite atoms": {"X": [[0], [2], [0], [0], [-2], [-2]], "beta": "1/100", "skip": "linear",
                       "y": [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]],
                       "loss": "softmax"},
    "pairs": {"X": [[4], [-3], [0], [3], [2]], "y": [[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]],
              "beta": "1/10", "loss": "softmax", "bias": "penalised", "skip": "constant"},
    "continuum": {"X": [[1, 0], [0, 1]], "y": [[6, 4], [4, 6]], "beta": 1},
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_nearest_writes_is_joined_and_certified(kind, tmp_path, capsys):
    """A free part that is computed again is inside of the ball that was written."""
    given = WRITTEN[kind]
    instance, *nets, proof = (tmp_path / f"{x}.json" for x in ("in", "a", "b", "proof"))
    instance.write_text(json.dumps(given), encoding="utf-8")
    u = [-1] * (len(given["X"][0]) + ("bias" in given))
    several = isinstance(given["y"][0], list)
    one = {"u": u, "v": [1, *given["y"][0][1:]]} if several else {"sign": 1, "u": u}
    for path, neuron in zip(nets, (None, one), strict=True):
        near = tmp_path / "near.json"
        near.write_text(json.dumps({"neurons": [neuron]}), encoding="utf-8")
        assert main(["nearest", str(instance), str(near), "-o", str(path)]) == 0
        assert main(["gap", str(instance), str(path)]) == 0
    ends = ["--from", str(nets[0]), "--to", str(nets[1]), "--certificate", str(proof)]
    assert main(["path", str(instance), *ends]) == 0
    assert main(["check", str(proof)]) == 0
    assert "accepted" in capsys.readouterr().out
