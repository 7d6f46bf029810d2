"""The door to cddlib: its known traps, each met once."""

from fractions import Fraction

import pytest

from polytope_nn.exact.rational import matrix, vector
from polytope_nn.geometry.cdd import (
    Generators,
    Halfspaces,
    farkas,
    generators,
    halfspaces,
    is_installed,
    maximum,
)

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="cddlib, the reference engine, is not installed"
)


def system(A, b, C=(), d=()):
    return Halfspaces(matrix(A), vector(b), matrix(C), vector(d))


def test_no_rows_do_not_crash():
    everything = generators(system([], []), 2)
    assert everything.vertices == matrix([[0, 0]])
    assert len(everything.lines) == 2
    assert generators(system([], []), 0).vertices == ((),)
    assert generators(system([[]], [-1]), 0).vertices == ()
    assert generators(system([], [], [[]], [1]), 0).vertices == ()
    assert farkas(system([], []), 3) is None
    assert maximum((), system([], [])).value == 0


def test_a_cone_has_its_apex_and_no_row_at_infinity():
    quadrant = generators(system([[-1, 0], [0, -1]], [0, 0]), 2)
    assert quadrant.vertices == matrix([[0, 0]])
    assert len(quadrant.rays) == 2
    H = halfspaces(Generators(matrix([[0, 0]]), matrix([[1, 0], [0, 1]]), ()), 2)
    assert sorted(H.A) == sorted(matrix([[-1, 0], [0, -1]]))
    space = halfspaces(Generators(matrix([[0]]), (), matrix([[1]])), 1)
    assert space == Halfspaces((), (), (), ())


def test_no_generators_are_the_empty_set():
    H = halfspaces(Generators((), (), ()), 2)
    assert farkas(H, 2) == (vector([1]), ())
    assert generators(H, 2) == Generators((), (), ())


def test_multipliers_of_equations_have_both_signs():
    # x + y = 3/2 and x, y <= 1; the maximum of x is 1, of -x it is -1/2
    H = system([[1, 0], [0, 1]], [1, 1], [[1, 1]], ["3/2"])
    assert maximum(vector([1, 0]), H).multipliers == (vector([1, 0]), vector([0]))
    assert maximum(vector([-1, 0]), H).multipliers == (vector([0, 1]), vector([-1]))


def test_big_numbers():
    big = 10**40
    found = generators(system([[1], [-1]], [big, f"1/{3 * big}"]), 1)
    assert sorted(found.vertices) == [(Fraction(-1, 3 * big),), (Fraction(big),)]
