"""Vertices in balls by their rays, against those of the enclosed cells."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.exact.scalar import nearest_float
from polytope_nn.parallel.counts.enclosed_shared import shared_vertices
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.path_costs.shares import _times
from polytope_nn.parallel.problem import ParallelProblem

FLAT = [[-1, -1], [2, -1], [1, -2], [-1, 1]], [1, -2, -4, 2]
THREE = [[2, 0, -2], [0, 2, -2], [0, 0, 2], [0, 1, 0], [0, 0, -1]], [-4, 3, 4, 0, 1]
DEEP = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]


def told(vertex):
    """Return the branches of a vertex by their names, with their masses in floats."""
    own = (b for b in vertex if b.masses)
    return sorted((repr(b.name), *(nearest_float(c) for _, c in b.masses)) for b in own)


@pytest.mark.parametrize(
    "data, sizes",
    [(THREE, {1: 0, 2: 1, 3: 2, 4: 2}), (DEEP, {3: 0, 4: 1})],
    ids=["three", "deep"],
)
def test_rays_that_are_independent_give_all_vertices(data, sizes):
    D = ParallelProblem(*data, beta="1/10", inner_width=2)
    own = two_widths(parallel_optimum(D)).in_balls(2)
    for m, size in sizes.items():
        listed, cells = shared_vertices(own.rays, m), own.graph(m).vertices
        assert (len(listed), len(cells)) == (size, size)
        for v, w in zip(sorted(map(told, listed)), sorted(map(told, cells)), strict=True):
            assert [b[0] for b in v] == [b[0] for b in w]
            for b, c in zip(v, w, strict=True):
                assert b[1:] == pytest.approx(c[1:], rel=1e-8)


def test_rays_that_depend_on_each_other_give_none():
    D = ParallelProblem(*FLAT, beta="1/10", inner_width=2)
    assert shared_vertices(two_widths(parallel_optimum(D)).in_balls(2).rays, 2) is None


@pytest.mark.deep
def test_networks_whose_cells_balls_hide_are_counted_by_rays():
    """One network of 3 branches of 2 neurons, all slots full: 3! times 2^3; it was a "?"."""
    X = [[-1, 3, 0], [0, 0, -1], [2, -3, -1], [0, 2, -2], [-1, 0, 2], [1, 2, 0], [2, 1, -1],
         [1, 1, -1]]  # fmt: skip
    D = ParallelProblem(X, [-1, -1, 0, 3, -1, -1, 3, 2], beta=1, inner_width=2)
    S = two_widths(parallel_optimum(D))
    assert (S.m_star(2), S.M_star(2)) == (3, 5)
    (vertex,) = S.in_balls(2).graph(3).vertices
    assert [len(b.masses) for b in vertex] == [2, 2, 2]
    assert (S[3, 2].components, S[3, 2].isolated) == (48, 48)


def test_how_often_an_atom_comes_in_a_branch_of_equal_parts():
    """Masses 1/4, 2/4, 0 and 1/4 are of an atom once, twice, never and once."""
    piece = SimpleNamespace(vertices=[tuple(Fraction(t, 4) for t in (1, 2, 0, 1))])
    assert _times(piece, 4) == [1, 2, 0, 1]
