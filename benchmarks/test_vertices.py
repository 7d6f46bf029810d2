"""Vertices of random and of degenerate slices: double description beside cddlib."""

from fractions import Fraction
from functools import cache
from random import Random

import pytest

from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.cdd import Halfspaces, generators
from polytope_nn.geometry.double_description import slice_vertices

RANDOM = [(4, 40), (8, 20), (8, 24)]
BIRKHOFF = [4, 5]


@cache
def random_slice(r, N, seed=0):
    """``(A, b)``: integers up to 9, the last row 1 (bounded), b from a point >= 0."""
    random = Random(seed)  # noqa: S311 - test data
    A = [tuple(Fraction(random.randint(-9, 9)) for _ in range(N)) for _ in range(r - 1)]
    A.append((Fraction(1),) * N)
    c = [Fraction(random.randint(0, 5)) for _ in range(N)]
    return tuple(A), tuple(dot(row, c) for row in A)


def birkhoff_system(n):
    """``(A, b)``: the row and column sums of an (n, n) matrix are 1."""
    cells = [(i, j) for i in range(n) for j in range(n)]
    rows = [tuple(Fraction(int(i == k)) for i, _ in cells) for k in range(n)]
    rows += [tuple(Fraction(int(j == k)) for _, j in cells) for k in range(n)]
    return tuple(rows), (Fraction(1),) * (2 * n)


def by_cdd(A, b):
    """The vertices, in cddlib's order."""
    N = len(A[0])
    nonnegative = tuple(tuple(Fraction(-int(i == j)) for j in range(N)) for i in range(N))
    return generators(Halfspaces(nonnegative, (Fraction(0),) * N, A, b), N).vertices


@cache
def reference(A, b):
    return sorted(by_cdd(A, b))


@pytest.mark.parametrize("shape", RANDOM, ids=str)
@pytest.mark.benchmark(group="vertices of random slices")
def test_random(benchmark, shape):
    A, b = random_slice(*shape)
    found = benchmark(slice_vertices, A, b)
    assert sorted(found) == reference(A, b)


@pytest.mark.parametrize("shape", RANDOM, ids=str)
@pytest.mark.benchmark(group="vertices of random slices")
def test_random_by_cdd(benchmark, shape):
    A, b = random_slice(*shape)
    found = benchmark.pedantic(by_cdd, (A, b), rounds=1)
    assert len(found) == len(reference(A, b))


@pytest.mark.parametrize("n", BIRKHOFF)
@pytest.mark.benchmark(group="vertices of Birkhoff's polytope")
def test_birkhoff(benchmark, n):
    A, b = birkhoff_system(n)
    found = benchmark(slice_vertices, A, b)
    assert sorted(found) == reference(A, b)


@pytest.mark.parametrize("n", BIRKHOFF)
@pytest.mark.benchmark(group="vertices of Birkhoff's polytope")
def test_birkhoff_by_cdd(benchmark, n):
    A, b = birkhoff_system(n)
    found = benchmark.pedantic(by_cdd, (A, b), rounds=1)
    assert sorted(found) == reference(A, b)
