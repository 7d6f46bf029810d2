"""Measured data: the CSV files of examples/, as published, and what is optimal on them."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.bases import brute

EXAMPLES = Path(__file__).parents[2] / "examples"


def read(name):
    with (EXAMPLES / f"{name}.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_anscombe_is_as_published(number):
    X, y = read(f"anscombe_{number}")
    x, y = [Fraction(t) for (t,) in X], [Fraction(t) for t in y]
    assert sum(x) == 99  # mean 9, and sum of squares 1001, in all four
    assert sum(t * t for t in x) == 1001
    assert abs(sum(y) / 11 - Fraction("7.5")) < Fraction("0.001")
    slope = sum((a - 9) * b for a, b in zip(x, y, strict=True)) / 110
    assert abs(slope - Fraction("0.5")) < Fraction("0.001")


def test_stack_loss_is_as_published():
    X, y = read("stackloss")
    columns = [[*map(int, column)] for column in zip(*X, strict=True)]
    assert [sum(column) for column in columns] == [1269, 443, 1812]
    assert sum(map(int, y)) == 368


@pytest.mark.parametrize(
    "number, beta, atoms",
    [
        (1, "1", 1),
        (1, "1/10", 5),
        (2, "1", 2),
        (2, "1/10", 5),
        (3, "1", 2),
        (3, "1/10", 3),
        (4, "1", 1),
        (4, "1/10", 1),
    ],
)
def test_anscombe_has_one_optimum(number, beta, atoms):
    D = TrainingProblem(*read(f"anscombe_{number}"), beta=beta, bias=True)
    O = optimum(D)
    P = optimal_polytope(O)
    assert (len(O.atoms), P.rank, P.dim, len(P.vertices)) == (atoms, atoms, 0, 1)
    B = brute(D.design, D.y, D.beta_squared, [float(t) for t in O.kappa])
    assert [(a.sign, a.covector) for a in O.atoms] == B.atoms
    assert B.supports == [tuple(range(atoms))]


@pytest.mark.parametrize(
    "beta, bias, shape",
    [
        ("1", False, (15, 15, 0, 1)),
        ("1", True, (14, 14, 0, 1)),
        # the guide's table, which is run, has these two rows too
        pytest.param("1/10", False, (24, 15, 9, 486), marks=pytest.mark.deep),
        pytest.param("1/10", True, (17, 17, 0, 1), marks=pytest.mark.deep),
    ],
)
def test_stack_loss(beta, bias, shape):
    O = optimum(TrainingProblem(*read("stackloss"), beta=beta, bias=bias))
    P = optimal_polytope(O)
    assert (len(P.atoms), P.rank, P.dim, len(P.vertices)) == shape
    S = staircase(P)
    assert S.m_star == S.M_star == P.rank
    assert S.threshold == P.rank + 1
