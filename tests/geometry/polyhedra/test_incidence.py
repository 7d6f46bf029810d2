"""Faces, edges and incidences, bounded or not: closed forms, and definitions by rank."""

from itertools import combinations

import pytest
from hypothesis import given

from polytope_nn.errors import UnboundedError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms
from tests.oracles.polytopes import NAMED

HALF_STRIP = Polyhedron.from_inequalities([[-1, 0], [0, -1], [0, 1]], [-2, 0, 1])
WEDGE = Polyhedron.from_inequalities([[-2, -1], [2, -1]], ["1/2", "1/2"])


@pytest.mark.parametrize("name", NAMED)
def test_f_vectors_and_graphs(name):
    vertices, f = NAMED[name]
    P = Polyhedron.from_generators(vertices)
    assert P.f_vector == f == face_lattice(P).f_vector
    edges = P.adjacency
    assert len(edges.vertices) == (f[2] if P.dim > 0 else 0)
    assert edges.rays == edges.at_infinity == ()
    assert [(e.vertices) for e in P.faces(1)] != [] or P.dim < 1
    assert sorted(e.vertices for e in P.faces(1)) == sorted(edges.vertices)
    assert P.faces(P.dim + 1) == P.faces(-2) == ()
    assert len(P.graph.edges) == len(edges.vertices)


def test_a_half_strip():
    assert HALF_STRIP.f_vector == (1, 2, 3, 1)
    assert HALF_STRIP.adjacency == (((0, 1),), ((0, 0), (1, 0)), ())
    assert [f.rays for f in HALF_STRIP.faces(1)].count((0,)) == 2
    assert HALF_STRIP.projection([0]) == Polyhedron.from_inequalities([[-1]], [-2])
    assert HALF_STRIP.incidence.vertices == tuple(
        tuple(k for k, v in enumerate(HALF_STRIP.vertices) if dot(a, v) == t)
        for a, t in zip(*HALF_STRIP.facets, strict=True)
    )


def test_a_wedge_has_adjacent_rays():
    assert WEDGE.f_vector == (1, 1, 2, 1)
    assert WEDGE.adjacency == ((), ((0, 0), (0, 1)), ((0, 1),))


def test_a_prism_over_a_square_is_a_ray_times_it():
    square = Polyhedron.from_generators(NAMED["square"][0])
    ray = Polyhedron.from_generators([[0]], rays=[[1]])
    P = square * ray
    assert P.f_vector == (1, 4, 8, 5, 1)
    assert len(P.adjacency.vertices) == 4
    assert len(P.adjacency.rays) == 4


def test_faces_contain_the_lines():
    slab = Polyhedron.from_inequalities([[1, 0], [-1, 0]], [1, 1])
    assert slab.f_vector == (1, 0, 2, 1)
    plane = Polyhedron.from_inequalities([], [], ambient_dim=2)
    assert plane.f_vector == (1, 0, 0, 1)
    assert plane.faces(2)[0].facets == ()
    assert plane.adjacency == ((), (), ())


def test_the_empty_set_has_one_face():
    empty = Polyhedron.from_generators([], ambient_dim=2)
    assert empty.f_vector == (1,)
    assert empty.faces(0) == ()
    assert empty.adjacency == ((), (), ())
    assert empty.incidence == ((), ())
    with pytest.raises(UnboundedError, match="is unbounded"):
        face_lattice(HALF_STRIP)


def faces_by_definition(P):
    """All sets of facets that hold together with equality, as sets of generators."""
    rows = list(zip(*P.facets, strict=True))
    V = [(1, *v) for v in P.vertices] + [(0, *r) for r in P.rays]
    found = set()
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            on = frozenset(
                k
                for k, z in enumerate(V)
                if all(t * z[0] == dot(a, z[1:]) for a, t in chosen)
            )
            if any(V[k][0] for k in on):
                found.add(on)
    lines = [(0, *x) for x in P.lines]
    dims = [rank(matrix([*(V[k] for k in on), *lines])) - 1 for on in found]
    return [dims.count(k) for k in range(P.dim + 1)]


@given(h_forms())
def test_faces_by_definition(form):
    P = from_h(form)
    if P.is_empty or len(P.facets[0]) > 6:
        return
    assert list(P.f_vector[1:]) == faces_by_definition(P)
    for k in range(P.dim + 1):
        for face in P.faces(k):
            A, b = P.facets
            tight = Polyhedron.from_inequalities(
                A,
                b,
                [*P.hull[0], *(A[i] for i in face.facets)],
                [*P.hull[1], *(b[i] for i in face.facets)],
                ambient_dim=P.ambient_dim,
            )
            assert tight.dim == k
            assert tight.vertices == tuple(P.vertices[i] for i in face.vertices)
            assert tight.rays == tuple(P.rays[i] for i in face.rays)
    edges = [f for f in P.faces(1 + len(P.lines)) if len(f.vertices) == 2]
    assert sorted(f.vertices for f in edges) == sorted(P.adjacency.vertices)
    rays = [f for f in P.faces(1 + len(P.lines)) if f.rays]
    pairs = sorted((f.vertices[0], f.rays[0]) for f in rays)
    assert pairs == sorted(P.adjacency.rays)


@given(h_forms())
def test_euler_characteristic(form):
    """1 for a polytope, of faces that are not empty; 0 unbounded and pointed (but R^0)."""
    P = from_h(form)
    if P.is_empty or P.lines:
        return
    alternating = sum((-1) ** k * f for k, f in enumerate(P.f_vector[1:]))
    assert alternating == (1 if P.is_bounded else 0)
