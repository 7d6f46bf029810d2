"""Face lattices: all faces and covers, and the export to networkx beside them."""

from fractions import Fraction
from functools import cache
from random import Random
from types import SimpleNamespace

import pytest

from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.faces import face_lattice

SHAPES = [(4, 10), (6, 14), (8, 16), (6, 18)]


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


def supports(A, b):
    vertices = slice_vertices(A, b)
    masks = tuple(sum(1 << i for i, x in enumerate(c) if x) for c in vertices)
    return SimpleNamespace(supports=masks)


def euler(L):
    return sum((-1) ** k * count for k, count in enumerate(L.f_vector))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.benchmark(group="face lattices of random slices")
def test_random(benchmark, shape):
    P = supports(*random_slice(*shape))
    L = benchmark.pedantic(face_lattice, (P,), rounds=2)
    assert euler(L) == 0
    benchmark.extra_info["faces"], benchmark.extra_info["covers"] = len(L), len(L.arcs)


@pytest.mark.benchmark(group="face lattices of Birkhoff's polytope")
def test_birkhoff(benchmark):
    L = benchmark(face_lattice, supports(*birkhoff_system(4)))
    # Brualdi and Gibson 1977
    assert L.f_vector == (1, 24, 240, 978, 1968, 2176, 1392, 528, 120, 16, 1)


@pytest.mark.benchmark(group="export to networkx")
def test_graph(benchmark):
    L = face_lattice(supports(*random_slice(8, 16)))
    graph = benchmark.pedantic(lambda: L.graph, rounds=2)
    assert graph.number_of_edges() == len(L.arcs)
