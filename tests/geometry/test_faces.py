"""Face lattices: closed forms, closure by brute force, Euler, diamonds, subcomplexes."""

from itertools import combinations
from types import SimpleNamespace

import networkx as nx
import pytest
from hypothesis import assume, example, given

from polytope_nn.errors import UnboundedError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.faces import Face, FaceLattice, face_lattice
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.oracles.polytopes import NAMED, birkhoff_system

from .strategies import points, slices


def with_supports(A, b):
    vertices = slice_vertices(A, b)
    supports = tuple(sum(1 << i for i, x in enumerate(c) if x) for c in vertices)
    return SimpleNamespace(supports=supports, vertices=vertices)


def closed_sets(coatoms, full):
    """All intersections of vertex sets: the faces of a polytope from its facets."""
    found = {full}
    for F in coatoms:
        found |= {F & G for G in found}
    return found


def check(L):
    """The invariants of a face lattice."""
    f = L.f_vector
    assert f[0] == f[-1] == 1 or f == (1,)
    assert sum((-1) ** k * count for k, count in enumerate(f)) == (1 if f == (1,) else 0)
    assert list(L.faces) == sorted(L.faces)
    assert len(L) == len(set(L.faces)) == sum(f)
    assert all(face in L for face in L.faces)
    covers = {face: set() for face in L.faces}
    for E, F in L.arcs:
        assert F.dim == E.dim + 1
        assert set(L.vertices(E)) < set(L.vertices(F))
        covers[E].add(F)
    assert len(L.arcs) == sum(map(len, covers.values()))
    for E in L.faces:  # the diamond property: intervals of rank 2 have four elements
        above = [G for F in covers[E] for G in covers[F]]
        assert all(above.count(G) == 2 for G in above)
        assert covers[E] or E.dim == L.dim
    for face in L.faces[1:]:
        union = 0
        for i in L.vertices(face):
            union |= L.supports[i]
        assert union == face.support


@pytest.mark.parametrize("name", NAMED)
def test_named_polytopes(name):
    vertices, f = NAMED[name]
    P = Polyhedron.from_generators(vertices)
    L = face_lattice(P)
    assert L.f_vector == f
    assert L.dim == P.dim
    check(L)


def test_birkhoff_polytopes_as_slices():
    three = face_lattice(with_supports(*birkhoff_system(3)))
    assert three.f_vector == NAMED["Birkhoff, 3"][1]
    check(three)
    P = with_supports(*birkhoff_system(4))
    assert len(P.supports) == 24
    # Brualdi and Gibson, Convex polyhedra of doubly stochastic matrices II, 1977
    f = (1, 24, 240, 978, 1968, 2176, 1392, 528, 120, 16, 1)
    assert face_lattice(P).f_vector == f


@given(points(count=(1, 8)))
@example((1, matrix([[0]])))
def test_faces_are_the_closed_vertex_sets(cloud):
    _, cloud = cloud
    P = Polyhedron.from_generators(cloud)
    L = face_lattice(P)
    check(L)
    full = (1 << len(P.vertices)) - 1
    coatoms = [
        sum(1 << i for i, v in enumerate(P.vertices) if dot(a, v) == t)
        for a, t in zip(*P.facets, strict=True)
    ]
    found = {sum(1 << i for i in L.vertices(face)) for face in L.faces}
    assert found == closed_sets(coatoms, full) | {0}
    for face in L.faces[1:]:
        first, *others = (P.vertices[i] for i in L.vertices(face))
        edges = [tuple(x - y for x, y in zip(v, first, strict=True)) for v in others]
        assert rank(edges) == face.dim


@given(points(dimension=3, count=(4, 8)))
def test_the_polar_has_the_opposite_lattice(cloud):
    _, cloud = cloud
    center = tuple(sum(x) / len(cloud) for x in zip(*cloud, strict=True))
    P = Polyhedron.from_generators(
        [tuple(x - y for x, y in zip(v, center, strict=True)) for v in cloud]
    )
    assume(P.dim == 3)
    polar = Polyhedron.from_inequalities(P.vertices, [1] * len(P.vertices))
    assert face_lattice(polar).f_vector == face_lattice(P).f_vector[::-1]


@given(slices())
@example((matrix([[1, 1]]), matrix([[0]])[0]))
def test_slices_have_one_lattice_by_either_name(system):
    A, b = system
    try:
        P = with_supports(A, b)
    except UnboundedError:
        with pytest.raises(UnboundedError, match="is unbounded"):
            face_lattice(as_polyhedron(A, b))
        return
    L = face_lattice(P)
    check(L)
    Q = as_polyhedron(A, b)
    assert face_lattice(Q).f_vector == L.f_vector
    assert Q.dim == L.dim
    assert sorted(Q.vertices) == sorted(P.vertices)


def as_polyhedron(A, b):
    N = len(A[0])
    nonnegative = [[-int(i == j) for j in range(N)] for i in range(N)]
    return Polyhedron.from_inequalities(nonnegative, [0] * N, A, b)


def by_pairs(supports, width):
    """Components of the restricted complex: join vertices whose union is small (T10)."""
    parts = [{i} for i, S in enumerate(supports) if S.bit_count() <= width]
    for i, j in combinations(range(len(supports)), 2):
        if (supports[i] | supports[j]).bit_count() <= width:
            left, right = (next(part for part in parts if k in part) for k in (i, j))
            if left is not right:
                parts.remove(right)
                left |= right
    return tuple(sorted(tuple(sorted(part)) for part in parts))


@given(slices())
def test_components_of_subcomplexes_are_single_linkage(system):
    A, b = system
    try:
        P = with_supports(A, b)
    except UnboundedError:
        return
    L = face_lattice(P)
    for width in range(-1, len(A[0]) + 1):
        K = L.restrict(width)
        assert K.components == L.components(width) == by_pairs(P.supports, width)
        small = [F for F in L.faces if F.support.bit_count() <= width or F.dim < 0]
        assert K.faces == tuple(small)
        assert set(K.arcs) == {arc for arc in L.arcs if set(arc) <= set(small)}
    assert L.components(len(A[0])) == (
        (tuple(range(len(P.supports))),) if P.supports else ()
    )


def test_an_octahedron_of_atoms():
    # THEORY 11, octahedron: eight features (+-1, +-1, +-1, 1) lifted; fit 4 times one
    columns = [
        (1 + x, 1 - x, 1 + y, 1 - y, 1 + z, 1 - z)
        for x in (1, -1)
        for y in (1, -1)
        for z in (1, -1)
    ]
    A = tuple(zip(*columns, strict=True))
    P = with_supports(matrix(A), matrix([[4] * 6])[0])
    L = face_lattice(P)
    assert L.f_vector == (1, 6, 14, 16, 8, 1)
    assert [len(L.components(m)) for m in (1, 2, 3, 4, 5)] == [0, 4, 4, 3, 1]
    assert L.restrict(2).f_vector == (1, 4)
    assert repr(L.restrict(4)) == "Subcomplex(f_vector=(1, 6, 6))"


def test_the_empty_polytope_and_the_point():
    empty = face_lattice(Polyhedron.from_generators([], ambient_dim=2))
    assert isinstance(empty, FaceLattice)
    assert (empty.f_vector, empty.dim, empty.components(5)) == ((1,), -1, ())
    point = face_lattice(Polyhedron.from_generators([[3, 4]]))
    assert point.f_vector == (1, 1)
    assert point.faces == (Face(-1, 0), Face(0, 0))
    assert point.vertices(Face(-1, 0)) == ()
    assert point.vertices(Face(0, 0)) == (0,)
    assert face_lattice(SimpleNamespace(supports=())).f_vector == (1,)
    assert face_lattice(SimpleNamespace(supports=(0b101,))).components(2) == ((0,),)
    with pytest.raises(UnboundedError):
        face_lattice(Polyhedron.from_generators([], lines=[[1]]))


def test_the_hasse_diagram_of_a_square():
    L = face_lattice(Polyhedron.from_generators([[0, 0], [0, 1], [1, 0], [1, 1]]))
    G = L.graph
    assert list(G.nodes) == list(L.faces)
    assert list(G.edges) == list(L.arcs)
    assert [len(L[k]) for k in (-1, 0, 1, 2, 3)] == [1, 4, 4, 1, 0]
    assert all(G.out_degree(v) == 2 for v in L[0])
    assert Face(2, 0b1111) in L
    assert Face(1, 0) not in L


def test_the_hasse_diagram_as_graphml():
    L = face_lattice(Polyhedron.from_generators(NAMED["cube"][0]))
    text = L.to_graphml()
    G = nx.parse_graphml(text)
    assert nx.is_isomorphic(G, L.graph)
    assert sorted(data["dim"] for _, data in G.nodes(data=True)) == sorted(
        face.dim for face in L.faces
    )
    for node, data in G.nodes(data=True):
        dim, support = map(int, node.split(":"))
        assert data["dim"] == dim
        assert sum(1 << int(i) for i in data["support"].split()) == support
        found = tuple(map(int, data["vertices"].split()))
        assert found == L.vertices(Face(dim, support))
