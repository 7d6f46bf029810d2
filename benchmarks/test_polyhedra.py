"""Conversions of polyhedra and emptiness, cddlib beside: the answers are equal."""

from fractions import Fraction
from itertools import permutations, product
from random import Random

import pytest

from polytope_nn.geometry import cdd
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.geometry.kernel import closure, rational
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

from .test_vertices import birkhoff_system, random_slice

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


def transportation(p, q):
    """``(A, b)``: (p, q) matrices whose rows sum to q and whose columns sum to p."""
    cells = [(i, j) for i in range(p) for j in range(q)]
    rows = [tuple(Fraction(int(i == k)) for i, _ in cells) for k in range(p)]
    rows += [tuple(Fraction(int(j == k)) for _, j in cells) for k in range(q)]
    return tuple(rows), tuple(map(Fraction, [q] * p + [p] * q))


def zeros_and_ones(r, N, seed=0):
    """``(A, b)``: entries 0 and 1, the last row 1 (bounded), b from a point of zeros and ones."""
    random = Random(seed)  # noqa: S311 - test data
    A = [tuple(Fraction(random.randint(0, 1)) for _ in range(N)) for _ in range(r - 1)]
    A.append((Fraction(1),) * N)
    c = [random.randint(0, 1) for _ in range(N)]
    return tuple(A), tuple(sum(x * t for x, t in zip(row, c, strict=True)) for row in A)


SLICES = {
    "10x24": (random_slice(10, 24), 12289),
    "0-1 8x24": (zeros_and_ones(8, 24), 1694),
    "B5": (birkhoff_system(5), 120),
    "B6": (birkhoff_system(6), 720),
    "T45": (transportation(4, 5), 3000),
}


_SEEN = {}


def as_polyhedron(A, b):
    N = len(A[0])
    below = [[-int(i == j) for j in range(N)] for i in range(N)]
    return Polyhedron.from_inequalities(below, [0] * N, A, b)


@pytest.mark.parametrize(("system", "count"), SLICES.values(), ids=SLICES)
@pytest.mark.parametrize("language", ["C", "Python"])
@pytest.mark.benchmark(group="vertices of slices, in C and in Python")
def test_slices(benchmark, monkeypatch, language, system, count):
    if language == "Python":
        monkeypatch.setattr(rational, "_compiled", None)
        monkeypatch.setattr(rational, "_fractions", None)
    elif not rational.is_compiled():
        pytest.skip("no kernel was built")
    found = benchmark.pedantic(slice_vertices, system, rounds=2)
    assert len(found) == count
    assert found == _SEEN.setdefault((id(system), count), found)  # in both languages


@pytest.mark.parametrize(("system", "count"), SLICES.values(), ids=SLICES)
@pytest.mark.benchmark(group="the same slices as polyhedra")
def test_slices_as_polyhedra(benchmark, system, count):
    P = as_polyhedron(*system)
    found = benchmark.pedantic(lambda: fresh(P).vertices, rounds=1)
    assert len(found) == count
    if count < 2000:
        assert set(found) == set(slice_vertices(*system))


def corners(d, count, seed=0):
    random = Random(seed)  # noqa: S311 - test data
    found = set()
    while len(found) < count:
        found.add(tuple(random.randint(0, 1) for _ in range(d)))
    return Polyhedron.from_generators(sorted(found))


LATTICES = {
    "cube 8": (
        Polyhedron.from_inequalities(
            [[s * int(i == j) for j in range(8)] for i in range(8) for s in (1, -1)],
            [1] * 16,
        ),
        (6562, 35248),
    ),
    "cyclic (16, 8)": (
        Polyhedron.from_generators([[t**k for k in range(1, 9)] for t in range(16)]),
        (13826, 77988),
    ),
    "0-1, 22 points in R^8": (corners(8, 22), (14976, 81771)),
    "permutohedron 6": (
        Polyhedron.from_generators(list(permutations(range(1, 7)))),
        (4684, 17342),
    ),
}


@pytest.mark.parametrize(("P", "counts"), LATTICES.values(), ids=LATTICES)
@pytest.mark.parametrize("language", ["C", "Python"])
@pytest.mark.benchmark(group="face lattices: faces and covers, in C and in Python")
def test_lattices(benchmark, monkeypatch, language, P, counts):
    if language == "Python":
        monkeypatch.setattr(closure, "_compiled", None)
    elif not closure.is_compiled():
        pytest.skip("no kernel was built")
    P.facets  # noqa: B018 - derived once, and not what is timed
    L = benchmark.pedantic(face_lattice, (P,), rounds=2)
    assert (len(L), len(L.arcs)) == counts
    found = (L.faces, L.arcs)
    assert found == _SEEN.setdefault(counts, found)  # in both languages
