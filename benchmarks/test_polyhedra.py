"""Conversions of polyhedra and emptiness, cddlib beside: the answers are equal."""

from fractions import Fraction
from itertools import product

import pytest

from polytope_nn.geometry import cdd
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

CUBE = Polyhedron.from_inequalities(
    [[s * int(i == j) for j in range(10)] for i in range(10) for s in (1, -1)], [1] * 20
)
CROSS = Polyhedron.from_inequalities(list(product((1, -1), repeat=8)), [2] * 256)
CYCLIC = Polyhedron.from_generators([[t**k for k in range(1, 9)] for t in range(20)])


def fresh(P):
    """The same polyhedron, with nothing derived yet."""
    return Polyhedron(P.ambient_dim, P.given_halfspaces, P.given_generators)


def polygon(n, right):
    """Tangents of the unit circle in n rational points."""
    rows = []
    for k in range(n // 2):
        s = Fraction(2 * k - n // 2 + 1, n // 2)
        x, y = (1 - s * s) / (1 + s * s), 2 * s / (1 + s * s)
        rows += [[x, y], [-x, -y]]
    return Polyhedron.from_inequalities(rows, [right] * n)


@pytest.mark.parametrize(("P", "count"), [(CUBE, 1024), (CROSS, 16)], ids=["cube", "cross"])
@pytest.mark.benchmark(group="H to V")
def test_vertices(benchmark, P, count):
    assert len(benchmark(lambda: fresh(P).vertices)) == count


@pytest.mark.parametrize(("P", "count"), [(CUBE, 1024), (CROSS, 16)], ids=["cube", "cross"])
@pytest.mark.benchmark(group="H to V")
def test_vertices_by_cdd(benchmark, P, count):
    H, n = P.halfspaces, P.ambient_dim
    found = benchmark.pedantic(lambda: cdd.generators(H, n).vertices, rounds=2)
    assert len(found) == count


@pytest.mark.benchmark(group="V to H, cyclic (20, 8)")
def test_facets(benchmark):
    assert len(benchmark(lambda: fresh(CYCLIC).facets)[0]) == 2275


@pytest.mark.benchmark(group="V to H, cyclic (20, 8)")
def test_facets_by_cdd(benchmark):
    V = CYCLIC.generators
    assert len(benchmark.pedantic(lambda: cdd.halfspaces(V, 8).A, rounds=2)) == 2275


@pytest.mark.parametrize("right", [1, -1], ids=["a point", "none"])
@pytest.mark.benchmark(group="is a polygon of 400 sides empty")
def test_emptiness(benchmark, right):
    P = polygon(400, right)
    assert benchmark(lambda: fresh(P).is_empty) == (right < 0)


@pytest.mark.parametrize("right", [1, -1], ids=["a point", "none"])
@pytest.mark.benchmark(group="is a polygon of 400 sides empty")
def test_emptiness_by_cdd(benchmark, right):
    P = polygon(400, right)
    H = P.halfspaces
    found = benchmark.pedantic(lambda: cdd.farkas(H, 2), rounds=1)
    assert (found is not None) == (right < 0)
