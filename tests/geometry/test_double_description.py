"""Vertices of slices and extreme rays, against all bases and against cdd."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given

from polytope_nn.errors import DimensionError, UnboundedError
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.geometry.double_description import slice_vertices

from .strategies import slices


def by_all_bases(A, b):
    """Vertices of {c >= 0 : A c = b}: the solutions on independent columns."""
    N = len(A[0]) if A else 0
    found = set()
    for size in range(N + 1):
        for S in combinations(range(N), size):
            columns = [[row[j] for j in S] for row in A]
            if rank(columns) < size:
                continue
            c = solve(columns, b) if size else (() if not any(b) else None)
            if c is not None and all(x > 0 for x in c):
                full = [Fraction(0)] * N
                for j, x in zip(S, c, strict=True):
                    full[j] = x
                found.add(tuple(full))
    return tuple(sorted(found, key=support))


def support(c):
    return tuple(i for i, x in enumerate(c) if x)


@given(slices())
@example((matrix([[0, 0]]), vector([0])))
@example((matrix([[1, -1]]), vector([0])))
@example((matrix([[]]), vector([0])))
def test_slice_vertices_are_the_basic_solutions(system):
    A, b = system
    expected = by_all_bases(A, b)
    try:
        found = slice_vertices(A, b)
    except UnboundedError:
        N = len(A[0])
        bounded = [*A, [Fraction(1)] * N]
        assert by_all_bases(bounded, [*[Fraction(0)] * len(b), Fraction(1)])
        assert expected
    else:
        assert found == expected


def test_the_point_the_empty_set_and_no_coordinates():
    one = matrix([[1, 1]])
    assert slice_vertices(one, vector([0])) == (vector([0, 0]),)
    assert slice_vertices(one, vector([-1])) == ()
    assert slice_vertices(matrix([[1, 1], [1, 1]]), vector([1, 2])) == ()
    assert slice_vertices((), ()) == ((),)
    assert slice_vertices(matrix([[]]), vector([0])) == ((),)
    assert slice_vertices(matrix([[]]), vector([3])) == ()
    with pytest.raises(UnboundedError, match=r"ray of support \(0, 1\)"):
        slice_vertices(matrix([[1, -1]]), vector([0]))
    with pytest.raises(DimensionError):
        slice_vertices(one, vector([1, 2]))
