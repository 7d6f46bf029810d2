"""Integer matrices by flint against plain arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError
from polytope_nn.exact.integer import (
    independent_integer_rows,
    integer_inverse,
    integer_product,
)
from polytope_nn.exact.linear import independent_rows, rank
from polytope_nn.exact.rational import matrix

entries = st.one_of(st.integers(-2, 2), st.integers(-(10**30), 10**30))


@st.composite
def tables(draw, columns=None):
    n = columns or draw(st.integers(1, 4))
    row = st.lists(entries, min_size=n, max_size=n)
    return draw(st.lists(row, min_size=1, max_size=5))


@given(st.data())
def test_product(data):
    A = data.draw(tables())
    k = len(A[0])
    n = data.draw(st.integers(0, 3))
    B = data.draw(
        st.lists(st.lists(entries, min_size=n, max_size=n), min_size=k, max_size=k)
    )
    expected = [[sum(a[i] * B[i][j] for i in range(k)) for j in range(n)] for a in A]
    assert integer_product(A, B) == expected
    assert integer_product([], B) == []


def test_shapes_that_do_not_agree():
    with pytest.raises(DimensionError, match="rows of length 2 times 1 rows"):
        integer_product([[1, 2]], [[1]])


@given(tables())
def test_independent_rows(A):
    assert independent_integer_rows(A) == independent_rows(matrix(A))
    assert independent_integer_rows([[]]) == independent_integer_rows([]) == ()


@given(st.integers(1, 4).flatmap(tables))
def test_inverse(A):
    n = len(A[0])
    square = A[:n]
    if len(square) == n and rank(matrix(square)) == n:
        D, t = integer_inverse(square)
        assert t > 0
        assert integer_product(square, D) == [
            [t * (i == j) for j in range(n)] for i in range(n)
        ]
