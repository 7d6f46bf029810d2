"""Networks of one number field beside an optimum of another: read, placed and joined."""

import json
from fractions import Fraction as Q

import pytest

from polytope_nn import (
    Network,
    TrainingProblem,
    VectorProblem,
    connect,
    descent,
    gap,
    nearest,
    optimum,
    vector_connect,
    vector_nearest,
    vector_optimal_set,
)
from polytope_nn.errors import Undecided
from polytope_nn.exact.field import NumberField
from polytope_nn.networks.membership import is_optimal
from polytope_nn.paths.path import Path, joining_width, path
from polytope_nn.vector.descent import vector_descent
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.paths import vector_path
from tests import commands

ROOT_2 = TrainingProblem([[1]], [2], beta_squared=2)  # kappa = sqrt 2, u = 2 - sqrt 2
THIRD = NumberField([-3, 0, 1], (1, 2)).generator
OTHER = NumberField([1, 6, 1], (-1, 0)).generator  # -3 + 2 sqrt 2
BEST = Network.of((1, [Q(1, 2) - OTHER / 2]))  # 2 - sqrt 2, as the other generator has it
FAR = Network.of((1, [THIRD]))
MANY = {"X": [[-2, 1], [0, -1], [2, -1]], "y": [2, -2, 1], "beta": 1}


def test_a_network_of_the_same_field_by_another_generator():
    assert optimum(ROOT_2).kappa[0] ** 2 == 2
    assert is_optimal(ROOT_2, BEST)
    assert gap(ROOT_2, BEST).value == 0
    assert nearest(ROOT_2, BEST).distance == 0
    assert joining_width(ROOT_2, BEST, BEST) == 1
    assert isinstance(path(ROOT_2, BEST, BEST, 2), Path)
    assert len(descent(ROOT_2, BEST).breakpoints) == 1


def test_a_network_of_another_field_by_closed_forms():
    """At u = sqrt 3: (sqrt 3 - 2)^2 / 2 + sqrt 6, the optimum at 2 - sqrt 2: 2 sqrt 2 - 1."""
    primal, best = (3**0.5 - 2) ** 2 / 2 + 6**0.5, 2 * 2**0.5 - 1
    found = gap(ROOT_2, FAR)
    assert (float(found.primal), float(found.dual)) == pytest.approx((primal, best))
    assert float(found.value) == pytest.approx(primal - best)
    assert not is_optimal(ROOT_2, FAR)
    close = nearest(ROOT_2, FAR)
    assert float(close.distance) == pytest.approx((2 - 2**0.5 - 3**0.5) ** 2)
    for x, y in ((FAR, BEST), (BEST, FAR), (FAR, FAR)):
        ends = [primal if z is FAR else best for z in (x, y)]
        joined = connect(ROOT_2, x, y)
        values = [float(t) for t in joined.objectives]
        assert (values[0], values[-1], min(values)) == pytest.approx((*ends, best))
        assert joined.barrier == 0


def test_no_field_of_all_is_said():
    fifth, other = (
        [NumberField([-2, *(0,) * (p - 1), 1], (1, 2)).generator] for p in (5, 7)
    )
    with pytest.raises(Undecided, match="write the networks in fractions"):
        connect(ROOT_2, Network.of((1, fifth)), Network.of((1, other)))


def test_several_outputs_by_closed_forms():
    """X = 1, y = (3, 4): the optimum is y less sqrt 2 of its length 5; u v' = sqrt 3 (1, 1)."""
    D = VectorProblem([[1]], [[3, 4]], beta_squared=2)
    P, size = vector_optimal_set(D), Q(1) - (OTHER + 3) / 10
    best = VectorNetwork((VectorNeuron((Q(1),), (3 * size, 4 * size)),))
    far = VectorNetwork((VectorNeuron((THIRD,), (Q(1), Q(1))),))
    assert vector_gap(D, best).value.exact == 0
    assert vector_nearest(P, best).distance == 0
    assert vector_path(P, best, best, 1).width == 1
    primal = ((3**0.5 - 3) ** 2 + (3**0.5 - 4) ** 2) / 2 + 2 * 3**0.5
    found = vector_gap(D, far)
    assert (float(found.primal), float(found.dual)) == pytest.approx(
        (primal, 5 * 2**0.5 - 1)
    )
    fit = [t * (1 - 2**0.5 / 5) for t in (3, 4)]
    square = sum((t - 3**0.5) ** 2 for t in fit)
    assert float(vector_nearest(P, far, 1).distance) == pytest.approx(square)
    joined = vector_connect(P, far, best)
    ends = [float(joined.objectives[i]) for i in (0, -1)]
    assert ends == pytest.approx([primal, 5 * 2**0.5 - 1])
    down = vector_descent(P, far, best)
    assert float(down.objectives[-1]) == pytest.approx(5 * 2**0.5 - 1)


def test_every_stationary_network_is_read(tmp_path, capsys):
    """Each has the objective that is printed beside it, and no optimum is above it."""
    instance = commands.written(tmp_path, MANY)
    points = commands.answered(capsys, "stationary", instance, "--width", 2)["points"]
    best = float(commands.answered(capsys, "certify", instance)["objective_float"])
    fields = set()
    for point in points:
        network = commands.written(tmp_path, point["network"], "network.json")
        fields |= {json.dumps(t["poly"]) for t in _numbers(point["network"])}
        found = commands.answered(capsys, "gap", instance, network)
        assert found["primal_float"] == pytest.approx(point["objective_float"])
        assert found["gap_float"] == pytest.approx(
            point["objective_float"] - best, abs=1e-12
        )
        commands.answered(capsys, "nearest", instance, network)
    assert fields


def _numbers(network):
    return [
        t
        for x in network["neurons"]
        if x
        for t in x["u"]
        if isinstance(t, dict) and "poly" in t
    ]
