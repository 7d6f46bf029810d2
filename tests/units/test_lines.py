"""Blocks of one unknown are columns; and ties that only a tiny entry of kappa undoes."""

import json
import math

import numpy as np
import pytest

from polytope_nn import GroupLasso, TrainingProblem, optimal_polytope, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kernel.reading import Refuted
from polytope_nn.checker.kinds import check
from polytope_nn.dual.units.blocks import parts_of, sides_of
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.problems.units.lasso import Block
from tests.certificate.forging import canonical, sealed

GATES = {
    "X": [[2], [-1], [1], [-1], [0]],
    "y": [1] * 5,
    "beta": "1/4",
    "loss": "logistic",
    "gates": [[1, 1, 0, 1, 1], [1, 0, 0, 1, 1]],
}


def bisected(f, low, high):
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return low


def test_a_gate_of_one_column_is_tied_without_weight():
    """Sample 2, of gate 1 alone, has the fit 0: its kappa is 1/2, twice beta.

    Gate 2 makes the fits 2t and -t of samples 1 and 4, gate 1 pulls the other way.
    """
    P = optimal_polytope(TrainingProblem(**GATES))
    t = bisected(lambda t: 2 / (1 + math.exp(2 * t)) - 1 / (1 + math.exp(-t)) - 1 / 4, 0, 1)
    fit = list(map(nearest_float, P.optimum.fit))
    assert fit == pytest.approx([2 * t, 0, 0, -t, 0], abs=1e-12)
    assert P.optimum.kappa[1] == 1 / 2
    g = [nearest_float(a.g[0]) for a in P.atoms]
    assert g == pytest.approx([-1 / 4, 1 / 4], abs=1e-12)
    assert P.supports == (0b10,)


def test_its_certificate_says_so_and_no_other_shares_do():
    text = certify(TrainingProblem(**GATES)).to_json()
    check(text)
    made = json.loads(text)
    hints = made["witness"]["hints"]
    place = next(i for i, h in enumerate(hints) if isinstance(h, list) and len(h) == 3)
    at, shares, free = hints[place]
    assert (at, shares) == (1, [[0, -1], 1])  # -1 times gate 2: its side is the other one
    for lie in ([[0, 1], 1], [[0, -2], 1], [[0, 0], 1]):
        hints[place] = [at, lie, free]
        with pytest.raises(Refuted, match="combination"):
            check(canonical(sealed(made)))


@pytest.mark.parametrize("cone, sides", [
    ((), (1, -1)), (((2,),), (1,)), (((-3,), (-1,)), (-1,)), (((1,), (-1,)), ()),
    (((0,),), (1, -1)),
])  # fmt: skip
def test_sides_that_are_in_a_cone(cone, sides):
    (part,) = parts_of([Block(((1,), (2,)), cone, "l2", (1,))])
    found = sides_of(part)
    assert [side.ray[0] for side in found] == list(sides)
    assert all(side.is_column for side in found)
    assert [side.A for side in found] == [((u,), (2 * u,)) for u in sides]


@pytest.mark.parametrize("seed", range(6))
def test_lines_are_as_columns_that_are_told_as_such(seed):
    """A line is two half-lines, whose optimum is found as of columns of another norm."""
    draw = np.random.default_rng(seed)
    lines = draw.integers(-2, 3, (3, 4, 1)).tolist()
    y = draw.integers(-3, 4, 4).tolist()
    halves = [
        {"A": [[s * t] for (t,) in A], "cone": [[1]], "norm": "l1"}
        for A in lines
        for s in (1, -1)
    ]
    for loss in ("squared", "absolute", {"kind": "power", "p": 3}):
        own = optimum(GroupLasso(lines, y, beta="1/3", loss=loss))
        told = optimum(GroupLasso(halves, y, beta="1/3", loss=loss))
        near = nearest_float(told.value)
        assert nearest_float(own.value) == pytest.approx(near, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("X, y, gates", [
    (
        [[-1, -2], [-2, 2], [0, -2], [0, 1], [0, -1], [-2, 0]],
        [1] * 6,
        [[1, 1, 0, 1, 0, 1], [1, 0, 0, 1, 0, 1]],
    ),
    (
        [[-2, 1, 2], [-2, 1, 2], [-1, 2, 2], [0, 1, 1], [-2, 1, 2], [0, -2, 1]],
        [-1, -1, -1, 1, -1, -1],
        [[0, 1, 1, 1, 0, 1], [0, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 0], [0, 0, 1, 1, 0, 1]],
    ),
])  # fmt: skip
def test_a_tiny_kappa_tells_which_gate_is_tied(X, y, gates):
    """By entries of kappa of 1e-18 one gate is longer than the others, and alone in use.

    So its own problem has the value, the least of all gates', and every gate a longer way to go.
    """
    given = {"y": y, "beta": "1/1000", "loss": "logistic"}
    P = optimal_polytope(TrainingProblem(X, gates=gates, **given))
    assert (P.level, len(P.atoms), len(P.vertices)) == ("interval", 1, 1)
    alone = [optimum(TrainingProblem(X, gates=[g], **given)).value for g in gates]
    values = list(map(nearest_float, alone))
    assert nearest_float(P.optimum.value) == pytest.approx(min(values), rel=1e-14)
    check(certify(P).to_json())
