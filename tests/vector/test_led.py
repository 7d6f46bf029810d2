"""Descents with several outputs of every finite loss, exact and in balls, against floats (G6)."""

import json
from fractions import Fraction as Q
from itertools import pairwise

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_connect, vector_optimal_set
from polytope_nn.cli import main
from polytope_nn.errors import NotOptimal
from polytope_nn.vector.descent import vector_descent
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.paths import vector_joining_width, vector_path
from tests.vector.test_descent import drawn
from tests.vector.test_trained import random_of

TUBE = {"kind": "epsilon_insensitive", "epsilon": "1/2"}
X, Y = [[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]]
CASES = [  # loss, labels, options, level
    ("squared", Y, {}, "interval"),
    ("squared", Y, {"skip": "constant", "bias": "penalised"}, "interval"),
    ("absolute", Y, {"skip": "linear"}, "exact"),
    ({"kind": "huber", "delta": 1}, Y, {}, "interval"),
    ({"kind": "quantile", "tau": "1/4"}, Y, {"weights": [1, 2, 1]}, "exact"),
    (TUBE, Y, {}, "exact"),
    ({"kind": "power", "p": 4}, Y, {"skip": "constant"}, "interval"),
    ("poisson", [[2, 1], [0, 3], [1, 4]], {"skip": "constant"}, "interval"),
    ("softmax", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], {}, "interval"),
]


def objective(D, network):
    """Return the objective in floats, from the formula of the loss."""

    def array(rows):
        return np.array([[float(t) for t in row] for row in rows])

    total, z = 0.0, np.zeros((D.n, D.c))
    for x in network.neurons:
        u, v = array([x.u])[0], array([x.v])[0]
        z += np.outer(np.maximum(array(D.design) @ u, 0), v)
        product = np.linalg.norm(u) * np.linalg.norm(v)
        total += (u @ u + v @ v) / 2 if x.raw else product
    total *= float(D.beta_squared) ** 0.5
    if network.skip is not None:
        z += array(D.X) @ array(network.skip)
    if network.constant is not None:
        z += array([network.constant])
    T, w = array(D.Y), np.array([[float(t)] for t in D.weights])
    r = abs(z - T)
    if D.kind == "softmax":
        return total + (w[:, 0] * (np.log(np.exp(z).sum(1)) - (z * T).sum(1))).sum()
    each = {
        "squared": r**2 / 2,
        "absolute": r,
        "huber": np.where(r <= 1, r**2 / 2, r - 0.5),
        "quantile": np.where(z > T, 0.75 * r, 0.25 * r),
        "epsilon_insensitive": np.maximum(r - 0.5, 0),
        "power": r**4 / 4,
        "poisson": np.exp(z) - z * T,
    }[D.kind]
    return total + (w * each).sum()


def line(a, b, t):
    """Return the network on a line, linear in v slot by slot and in what is free."""

    def mean(x, y):
        return tuple((1 - t) * float(s) + t * float(z) for s, z in zip(x, y, strict=True))

    slots = []
    for x, y in zip(a.slots, b.slots, strict=True):
        if x is None or y is None:
            kept, part = (y, t) if x is None else (x, 1 - t)
            v = None if kept is None else tuple(part * float(s) for s in kept.v)
            slots.append(None if v is None else VectorNeuron(kept.u, v))
            continue
        k = max(range(len(x.u)), key=lambda k: abs(float(x.u[k])))
        share = float(y.u[k]) / float(x.u[k])
        assert [float(t) for t in y.u] == pytest.approx([share * float(t) for t in x.u])
        slots.append(VectorNeuron(x.u, mean(x.v, [share * float(s) for s in y.v])))
    return VectorNetwork(
        tuple(slots),
        None if a.skip is None else tuple(map(mean, a.skip, b.skip)),
        None if a.constant is None else mean(a.constant, b.constant),
    )


@pytest.mark.parametrize(("loss", "labels", "options", "level"), CASES)
def test_nothing_rises_on_the_way(loss, labels, options, level):
    D = VectorProblem(X, labels, beta="1/2", loss=loss, **options)
    P = vector_optimal_set(D)
    assert P.level == level
    d = len(D.design[0])
    start, end = drawn(random_of(5), d, D.c, 2), drawn(random_of(8), d, D.c, 3)
    found = vector_connect(P, start, end)
    assert found.width == D.n * D.c + 1
    assert found.breakpoints[0].slots[:2] == start.slots
    assert found.breakpoints[-1].slots[:3] == end.slots
    best = min(range(len(found.objectives)), key=lambda i: float(found.objectives[i]))
    assert float(found.objectives[best]) == pytest.approx(float(P.optimum.value), rel=1e-14)
    shift = objective(D, found.breakpoints[best]) - float(P.optimum.value)
    for net, x in zip(found.breakpoints, found.objectives, strict=True):
        assert objective(D, net) - shift == pytest.approx(float(x), rel=1e-12)
    for i, (a, b) in enumerate(pairwise(found.breakpoints)):
        if any(x is not None and x.raw for x in (*a.slots, *b.slots)):
            continue  # balanced: the products stay, the cost falls
        way = (a, b) if i < best else (b, a)
        values = [objective(D, line(*way, j / 8)) for j in range(9)]
        assert all(t <= s + 1e-12 * abs(s) for s, t in pairwise(values))


def test_an_optimal_start_is_seen():
    D = VectorProblem(X, Y, beta="1/2", loss="absolute")
    P = vector_optimal_set(D)
    down = vector_descent(P, VectorNetwork((None,)))
    again = vector_descent(P, down.breakpoints[-1])
    assert len(again.breakpoints) == 1
    other = vector_descent(P, VectorNetwork((None,)), down.breakpoints[-1])
    assert other.breakpoints[-1] == down.breakpoints[-1]


def test_paths_where_several_fits_belong_to_n():
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    D = VectorProblem(rows, [[3, 4]] * 4, beta=7, loss="absolute")
    P = vector_optimal_set(D)
    assert (P.level, P.optimum.is_pinned) == ("exact", False)
    ends = []
    for i in (0, len(P.vertices) - 1):
        held = zip(P.optimum.atoms, P.vertices[i], strict=True)
        slots = (VectorNeuron(a.g, tuple(c * t for t in a.h)) for a, c in held if c)
        ends.append(VectorNetwork(tuple(slots)))
    m = vector_joining_width(P, *ends)
    for net in vector_path(P, *ends, m).breakpoints:
        assert net.objective(D) - P.optimum.value == 0
    with pytest.raises(NotOptimal, match="its fit is not one that belongs to N"):
        vector_path(
            P, ends[0], VectorNetwork((VectorNeuron((Q(9), Q(0)), (Q(9), Q(12))),)), m
        )


def test_the_commands(tmp_path, capsys):
    files = []
    fields = {"X": X, "y": Y, "beta": "1/2", "loss": "absolute"}
    for name, given in (
        ("data", fields),
        ("start", {"neurons": [{"w": [1, 2], "alpha": [1, -1]}]}),
        ("end", {"neurons": [None, {"u": [1, 0], "v": [0, 2]}]}),
    ):
        files.append(str(tmp_path / f"{name}.json"))
        (tmp_path / f"{name}.json").write_text(json.dumps(given), encoding="utf-8")
    data, start, end = files
    assert main(["descend", data, "--from", start, "--json"]) == 0
    down = json.loads(capsys.readouterr().out)
    assert down["width"] == 7
    assert main(["connect", data, "--from", start, "--to", end, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["barrier"] == "0"
    fields["loss"] = "squared"  # kappa in balls
    (tmp_path / "data.json").write_text(json.dumps(fields), encoding="utf-8")
    assert main(["connect", data, "--from", start, "--to", end, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["breakpoints"]) > 2
