"""Pictures of paths and of rectified ellipsoids: borders, and what is drawn."""

import re

import numpy as np

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.networks.membership import solution
from polytope_nn.paths.path import Path, path
from polytope_nn.report.figures.drawing import path_strip
from polytope_nn.report.figures.drawing_ellipsoid import _hull, ellipsoid_picture
from tests.landscape.planted import polytope


def test_a_path_that_stays():
    P = polytope("one-sign-each")
    a = solution(P, P.vertices[0])
    picture = path_strip(path(P, a, a, 2), "one point", ".svg")
    assert picture.startswith(b"<?xml")


def test_a_long_path_shows_some_of_its_breakpoints():
    P = polytope("octahedron")
    found = path(P, solution(P, P.vertices[0], 6), solution(P, P.vertices[-1], 6), 6)
    long = Path(P, 6, found.placements * 9)
    assert len(path_strip(long, "long", ".png")) < 2_000_000


def test_the_zero_network():
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    P = optimal_polytope(optimum(D))
    zero = Network.of(None)
    assert path_strip(path(P, zero, zero, 1), "zero", ".svg")


def test_ellipsoids_of_few_atoms():
    # no atom, one atom, two atoms, and rank 1
    for X, y, beta in (
        ([[1, 0], [0, 1], [1, 1]], [1, 1, 1], 100),
        ([[1, 0], [2, 0], [3, 0]], [1, 2, 4], 1),
        ([[1, 0], [-1, 0], [0, 0]], [2, 2, 0], 1),
        ([[1, 0], [-1, 0], [0, 0]], [2, -2, 0], 1),
    ):
        O = optimum(TrainingProblem(X, y, beta=beta))
        text = ellipsoid_picture(O, "few", ".svg").decode()
        assert re.search("<svg", text)


def test_hull_of_points_on_a_line():
    assert sorted(_hull(np.array([[0.0, 0], [2, 2], [1, 1]]))) == [0, 1]
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5], [0.5, 0]])
    assert sorted(_hull(square)) == [0, 1, 2, 3]
