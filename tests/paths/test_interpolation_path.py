"""Paths of interpolants: every breakpoint and midpoint multiplied out; the staircase's verdict."""

from fractions import Fraction
from itertools import pairwise, permutations

import pytest

from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import interpolation
from polytope_nn.paths.path import interpolant_path, vertex_placement
from polytope_nn.problems.families import (
    one_dimensional_data,
    square_of_lines,
    square_of_ridges,
    suffix_chain,
)
from polytope_nn.problems.interpolation import InterpolationProblem


def multiply(problem, placement, solved, a):
    """The fit of a placement and a free part, neuron by neuron."""
    total = [dot(z, a) for z in problem.free.Z]
    for slot in placement:
        if slot is not None:
            atom, mass = solved.atoms[slot[0]], slot[1]
            assert mass > 0
            for k, x in enumerate(problem.design):
                activation = dot(x, atom.g)
                if activation > 0:
                    total[k] = total[k] + atom.sign * mass * activation
    return total


def check(path):
    solved, problem = path.polytope, path.polytope.problem
    rows = zip(path.placements, path.breakpoints, path.free_parts, strict=True)
    for placement, network, a in rows:
        assert len(placement) == network.width == path.width
        assert multiply(problem, placement, solved, a) == list(problem.y)
    for one, two in pairwise(path.placements):
        for s, t in zip(one, two, strict=True):
            assert s is None or t is None or s[0] == t[0]  # a slot holds one atom on a line
    for f, (c, d) in zip(
        path.functions, pairwise([*path.points, path.points[-1]]), strict=True
    ):
        assert [f(x) for x in problem.X] == list(problem.y)
        middle = tuple((s + t) / 2 for s, t in zip(c, d, strict=True))
        assert solved.point(middle) in solved


@pytest.mark.parametrize(
    "problem", [square_of_lines(), square_of_ridges(), suffix_chain(3), suffix_chain(4)],
    ids=lambda p: p.name,
)  # fmt: skip
def test_paths_agree_with_the_staircase(problem):
    solved = interpolation(problem)
    S = solved.staircase
    for m in range(S.M_star, S.threshold + 2):
        labels = S.labels(m)
        for i, j in permutations(range(len(S.sizes)), 2):
            start, end = (vertex_placement(solved, v, m) for v in (i, j))
            found = interpolant_path(solved, start, end)
            assert bool(found) == (labels[i] == labels[j] and S[m].isolated == 0)
            if found:
                check(found)
                assert "breakpoints" in repr(found)
            else:
                assert all(level > m for level in found.levels) or found.isolated


def test_permutations_need_an_empty_slot():
    solved = interpolation(suffix_chain(3))
    m = solved.staircase.M_star
    one = vertex_placement(solved, 0, m)
    assert not interpolant_path(solved, one, one[::-1])
    wider = vertex_placement(solved, 0, m + 1)
    found = interpolant_path(solved, wider, wider[::-1])
    check(found)


def test_balls_know_their_vertices():
    solved = interpolation(one_dimensional_data(6, 1))
    assert solved.level == "interval"
    S = solved.staircase
    start, end = (vertex_placement(solved, v, S.threshold) for v in (0, 1))
    found = interpolant_path(solved, start, end)
    assert found
    assert found.width == S.threshold
    changed = ((start[0][0], Fraction(1)), *start[1:])
    with pytest.raises(NotOptimal, match="start"):
        interpolant_path(solved, changed, end)
    with pytest.raises(NotOptimal, match="end"):
        interpolant_path(solved, start, (*end[1:], None))


def test_refusals():
    solved = interpolation(square_of_ridges())
    one = vertex_placement(solved, 0, 2)
    with pytest.raises(DimensionError, match="widths 2 and 1"):
        interpolant_path(solved, one, one[:1])
    with pytest.raises(NotOptimal, match="end: its masses"):
        interpolant_path(solved, one, (None, None))
    with pytest.raises(DimensionError, match="has 3 neurons, the width is 2"):
        vertex_placement(interpolation(suffix_chain(3)), 0, 2)
    bowl = InterpolationProblem(
        [[-2], [-1], [1], [2]], [1, 0, 0, 1], bias="free", skip="affine"
    )
    flat = interpolation(bowl)
    ends = [vertex_placement(flat, 0, flat.M_star)]
    ends.append(ends[0][::-1])
    with pytest.raises(Undecided, match="widths are not counted"):
        interpolant_path(flat, *ends)
