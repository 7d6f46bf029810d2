"""Instances on which the search or the proof once failed, with answers from elsewhere."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn.exact.scalar import dot
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.landscape.optimal_set import free_part_optimum, interpolation
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.floats import Hints

# two kinks of one direction, both with their opposites: an objective of a float solver,
# whether it is attained where that solver tells
PARALLEL = [
    ("5,-1 1,1 -2,0 4,0 -4,-5 -5,4 5,-5 -5,-3 -1,-2", "-3 5 0 1 1 1 4 1 1",
     "1/10", 0.7802569202950309, True, 14),
    ("-3,3 3,2 -3,0 0,2 -1,3 -1,-2 -3,1 -2,-2 0,-1 3,1 3,3 2,0", "1 2 1 5 -3 -3 0 1 0 2 3 4",
     "1/2", 7.926144488753081, None, 24),
    ("9,-6 -6,0 -4,-4 -9,-6 -7,7 1,5 6,0 -10,-5 6,-9 8,-3 3,-3", "-1 -1 1 1 -1 1 1 -1 1 1 -1",
     "1", 2.1370936479546283, True, 6),
]  # fmt: skip


# rows and labels of very different size, planted: kappa is known, and what it implies
# (atoms, rank, vertices, the smallest and the largest size of a vertex)
PLANTED = [
    ("0,-5/3,0 0,2/3000000021,0 0,0,2 1,0,0 0,0,-5/2 0,0,0 -3/4,0,0",
     "34/15 9000000126000000457/6000000042 13/2 2 27/5 0 13/3", 3,
     "3/5 3000000021/2 1/2 1 2/5 0 4/3", (8, 4, 6, 3, 4)),
    (("1/1000000007,-5/13000000091,0,-12/13000000091 -1,0,1,0 0,0,0,0 -1,5/13,0,12/13 "
     "0,5/13,-1,12/13 0,-5/13,1,-12/13 1,0,-1,0"),
     "1000000014000000063/1000000007 15 1 17 13 15 11", 8,
     "1000000007 1 1 1 1 1 1", (6, 5, 2, 4, 5)),
    (("1,0,0 -1,0,0 0,5/13,-12/13 0,-5/13,12/13 1,5/13,-12/13 1,-5/13,12/13 "
     "-1/1000000007,5/13000000091,-12/13000000091 -1,-5/13,12/13 0,0,1 -1,0,0"),
     "0 2/3 1 0 -2 -3 -1000000007 -2 -12/13 1/3", 1,
     "1 2/3 1 1 -1 -1 -1000000007 -1 0 1/3", (4, 4, 1, 2, 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    "case", [*PLANTED[:2], pytest.param(PLANTED[2], marks=pytest.mark.deep)]
)
def test_rows_of_very_different_size(case):
    X, y, beta_squared, kappa, counts = case
    problem = TrainingProblem(rows(X), y.split(), beta_squared=beta_squared)
    solved = free_part_optimum(problem)
    assert solved.kappa == tuple(map(Fraction, kappa.split()))
    sizes = [sum(x != 0 for x in c) for c in solved.vertices]
    found = len(solved.atoms), solved.rank, solved.n_vertices, min(sizes), max(sizes)
    assert found == counts


def test_one_neuron_for_two_samples_of_different_size():
    solved = free_part_optimum(TrainingProblem([[100000], [1]], [3, 100000], beta=1))
    u = Fraction(399999, 10000000001)  # (X'y - 1) / X'X
    assert solved.vertices == ((u,),)
    assert solved.b == (100000 * u, u)


def rows(text):
    return [row.split(",") for row in text.split()]


@pytest.mark.parametrize("case", PARALLEL)
def test_kinks_of_one_direction(case):
    X, y, beta, value, attained, vertices = case
    solved = free_part_optimum(TrainingProblem(rows(X), y.split(), beta=beta, bias="free"))
    assert abs(float(solved.optimum.value) - value) < 1e-8
    assert solved.n_vertices == vertices
    assert not uniqueness(solved).unique_function
    assert attained is None or is_attained(solved) is attained
    for c in solved.vertices:  # each is a point: the fit, up to a constant
        fit = [t - dot(row, c) for t, row in zip(solved.b, solved.A, strict=True)]
        assert all(abs(float(t - fit[0])) < 1e-30 for t in fit)


def test_parity_with_a_free_bias():
    X = rows(
        "0,0,0,0 1,0,1,1 0,1,1,0 1,1,0,1 0,0,0,1 0,1,0,1 1,0,1,0 0,1,1,1 0,0,1,1 0,0,1,0"
    )
    y = [-1, 1, -1, 1, 1, -1, -1, 1, -1, 1]
    solved = free_part_optimum(TrainingProblem(X, y, beta="1/10", bias="free"))
    twentieths = (-1, 1, -1, 1, 2, -2, -2, 2, -4, 4)
    assert solved.kappa == tuple(Fraction(t, 20) for t in twentieths)
    assert solved.optimum.value == Fraction(187, 200)


def test_parity_interpolated_with_a_linear_skip():
    X = rows("0,0,0,0 1,1,0,1 0,0,1,1 1,1,1,1 0,1,1,0 0,1,0,1 0,0,0,1 1,0,1,1 0,1,0,0")
    y = [-1, 1, -1, -1, -1, -1, 1, 1, 1]
    solved = interpolation(InterpolationProblem(X, y, skip="linear", bias="free"))
    assert solved.cost * solved.cost == 32


def test_a_projection_on_a_cone_with_dependent_rows():
    """The cone on which a library's solver returns a point that is none, of residual 0."""
    r, t = 0.5**0.5, 3**-0.5
    cone = np.array([
        [-r, -r, t, 0.5, t, r, -1], [0, r, 0, -0.5, -t, 0, 0],
        [-r, 0, t, 0.5, 0, 0, 0], [0, 0, -t, -0.5, -t, -r, 0],
    ])  # fmt: skip
    p = np.array([-1, -0.5, 0.5, 0])
    hints = Hints(tuple(tuple(map(Fraction, column)) for column in cone.T), Fraction(1))
    mu, g = (t[:, 0] for t in hints.cones([(1,) * 7], [range(7)]).of(p[:, None]))
    assert (mu >= 0).all()
    assert np.abs(g - (p + hints.unit.T @ mu)).max() < 1e-12
    assert (hints.unit @ g).min() > -1e-9
    assert abs(g @ (g - p)) < 1e-9
