"""Affine arrangements: Zaslavsky's counts, closed forms, regions by linear programs."""

from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError
from polytope_nn.geometry.affine import affine_arrangement, at_infinity
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

from .strategies import matrices


def test_three_lines():
    X = [[1, 0, 0], [0, 1, 0], [1, 1, -1], [0, 0, 1]]
    H = at_infinity(arrangement(X), 3)
    assert (len(H), len(H.bounded), H.count) == (7, 1, 7)
    assert H.bounded == ((1, 1, -1),)
    assert H.regions == affine_arrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1]).regions
    assert repr(H) == "AffineArrangement(n=3, d=2, regions=7, bounded=1)"
    # another line at infinity: a projective picture of the same lines
    assert len(at_infinity(arrangement(X), 0)) == 7


@pytest.mark.parametrize(("n", "d"), [(1, 1), (4, 1), (3, 2), (6, 2), (5, 3), (6, 3)])
def test_general_position(n, d):
    """Hyperplanes along the moment curve: sums of binomials, C(n - 1, d) bounded."""
    A = [[t**k for k in range(d)] for t in range(1, n + 1)]
    H = affine_arrangement(A, [t**d for t in range(1, n + 1)])
    assert len(H) == H.count == sum(comb(n, k) for k in range(d + 1))
    assert len(H.bounded) == comb(n - 1, d)


@pytest.mark.parametrize(("n", "regions", "bounded"), [(2, 3, 1), (3, 16, 4), (4, 125, 27)])
def test_shi(n, regions, bounded):
    """x_i - x_j = 0, 1: (n + 1)^(n - 1) regions, (n - 1)^(n - 1) relatively bounded."""
    rows, right = [], []
    for i in range(n):
        for j in range(i + 1, n):
            rows += [[(k == i) - (k == j) for k in range(n)]] * 2
            right += [0, 1]
    H = affine_arrangement([[int(x) for x in row] for row in rows], right)
    assert len(H) == regions
    assert len(H.relatively_bounded) == bounded
    assert H.bounded == ()  # all have the line (1, .., 1)


@given(matrices(rows=(1, 4), columns=(1, 2)), st.data())
def test_regions_by_trying_all_sign_vectors(A, data):
    n = len(A[0])
    b = data.draw(st.lists(st.integers(-2, 2), min_size=len(A), max_size=len(A)))
    regions, bounded = [], []
    for signs in product((-1, 1), repeat=len(A)):
        rows = [[-s * x for x in a] for s, a in zip(signs, A, strict=True)]
        right = [-s * t for s, t in zip(signs, b, strict=True)]
        P = Polyhedron.from_inequalities(rows, right)
        if P.dim == n and all(
            s > 0 or any(a) or t for s, a, t in zip(signs, A, b, strict=True)
        ):
            regions.append(signs)
            if P.is_bounded:
                bounded.append(signs)
    H = affine_arrangement(A, b)
    assert H.regions == tuple(regions)
    assert H.bounded == tuple(bounded)
    assert H.count == len(H)


def test_refused():
    with pytest.raises(DimensionError, match="1 hyperplanes and 2"):
        affine_arrangement([[1]], [1, 2])
    with pytest.raises(DimensionError, match="0 hyperplanes"):
        affine_arrangement([], [])
    H = arrangement([[1, 0], [0, 0]])
    for row in (1, 2, -1):
        with pytest.raises(DimensionError, match=f"row {row} is no hyperplane"):
            at_infinity(H, row)
