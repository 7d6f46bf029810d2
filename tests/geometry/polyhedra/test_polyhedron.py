"""Polyhedra: H to V to H, named polytopes, degenerate data, the empty set, text."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.errors import (
    DimensionError,
    EmptyPolyhedronError,
    InexactError,
    InstanceError,
    UnboundedError,
)
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, points
from tests.oracles.polytopes import NAMED

ZERO = Fraction(0)


def facet_form(P):
    return Polyhedron.from_inequalities(*P.facets, *P.hull, ambient_dim=P.ambient_dim)


def generator_form(P):
    return Polyhedron.from_generators(
        P.vertices, P.rays, P.lines, ambient_dim=P.ambient_dim
    )


@given(h_forms())
@example(((), (), (), (), 1))
@example((matrix([[0]]), vector([-1]), (), (), 1))
@example(((), (), matrix([[0], [1], [2]]), vector([1, 0, 0]), 1))  # the cone {0}
def test_h_to_v_to_h_is_the_same_set(form):
    P = from_h(form)
    Q = generator_form(P)
    R = facet_form(P)
    assert P == Q == R
    assert hash(P) == hash(Q) == hash(R)
    assert (P.dim, P.hull, P.facets) == (Q.dim, Q.hull, Q.facets)
    assert (P.dim, P.hull, P.facets) == (R.dim, R.hull, R.facets)
    assert P.is_empty == Q.is_empty == R.is_empty == (P.dim == -1) == (not P.vertices)
    assert Polyhedron.from_ine(P.to_ine()) == P == Polyhedron.from_ext(P.to_ext())
    assert Polyhedron.from_ine(Q.to_ine()) == P


@given(h_forms())
def test_generators_satisfy_the_rows_and_facets_are_tight(form):
    A, b, C, d, n = form
    P = from_h(form)
    for v in P.vertices:
        assert v in P
        assert all(dot(v, line) == 0 for line in P.lines)
    for r in P.rays:
        assert all(dot(a, r) <= 0 for a in A)
        assert all(dot(a, r) == 0 for a in C)
    for a, t in zip(*P.facets, strict=True):
        tight = [(1, *v) for v in P.vertices if dot(a, v) == t]
        tight += [(0, *r) for r in (*P.rays, *P.lines) if dot(a, r) == 0]
        assert rank([tuple(map(Fraction, row)) for row in tight]) == P.dim
        assert all(dot(a, c) == 0 for c in P.hull[0])
    if P.is_empty:
        lam, mu = P.farkas
        assert all(x >= 0 for x in lam)
        assert dot(lam, b) + dot(mu, d) == -1
        for j in range(n):
            assert dot(lam, [a[j] for a in A]) + dot(mu, [c[j] for c in C]) == 0
        with pytest.raises(EmptyPolyhedronError):
            _ = P.interior_point
    else:
        x = P.interior_point
        assert x in P
        assert all(dot(a, x) < t for a, t in zip(*P.facets, strict=True))
        assert P.farkas is None


@given(h_forms(), st.lists(st.integers(-2, 2), min_size=3, max_size=3))
def test_a_maximum_comes_with_its_proof(form, entries):
    A, b, C, d, n = form
    P, c = from_h(form), vector(entries[:n])
    if P.is_empty:
        with pytest.raises(EmptyPolyhedronError):
            P.maximum(c)
    elif any(dot(c, r) > 0 for r in P.rays) or any(dot(c, r) for r in P.lines):
        with pytest.raises(UnboundedError, match="no maximum"):
            P.maximum(c)
    else:
        value, x, (lam, mu) = P.maximum(c)
        assert x in P
        assert value == dot(c, x) == max(dot(c, v) for v in P.vertices)
        assert all(t >= 0 for t in lam)
        assert dot(lam, b) + dot(mu, d) == value
        for j in range(n):
            assert dot(lam, [a[j] for a in A]) + dot(mu, [r[j] for r in C]) == c[j]


@given(points(count=(1, 7)), st.data())
def test_redundant_generators_change_nothing(cloud, data):
    _, given_points = cloud
    P = Polyhedron.from_generators(given_points)
    middle = tuple(sum(x) / len(given_points) for x in zip(*given_points, strict=True))
    more = data.draw(st.permutations([*given_points, middle, given_points[0]]))
    Q = Polyhedron.from_generators(more)
    assert P == Q
    assert P.facets == Q.facets
    assert set(P.vertices) <= set(given_points)
    assert P.rays == P.lines == ()


@given(points(dimension=3, count=(4, 9)))
def test_polar_of_the_polar(cloud):
    _, cloud = cloud
    center = tuple(sum(x) / len(cloud) for x in zip(*cloud, strict=True))
    moved = [tuple(x - y for x, y in zip(v, center, strict=True)) for v in cloud]
    P = Polyhedron.from_generators(moved)
    polar = Polyhedron.from_inequalities(P.vertices, [1] * len(P.vertices))
    again = Polyhedron.from_inequalities(
        [
            *polar.vertices,
            *polar.rays,
            *polar.lines,
            *(tuple(-x for x in r) for r in polar.lines),
        ],
        [1] * len(polar.vertices) + [0] * (len(polar.rays) + 2 * len(polar.lines)),
    )
    assert again == P
    if P.dim == 3:
        A, b = P.facets
        assert polar.vertices == tuple(
            sorted(tuple(x / t for x in a) for a, t in zip(A, b, strict=True))
        )


@pytest.mark.parametrize("name", NAMED)
def test_named_polytopes(name):
    vertices, f = NAMED[name]
    P = Polyhedron.from_generators(vertices)
    assert P.dim == len(f) - 2
    assert P.vertices == tuple(sorted(matrix(vertices)))
    assert len(P.facets[0]) == (f[-2] if P.dim else 0)
    assert facet_form(P) == P


def test_thirty_digit_numbers_stay_exact():
    big, small = Fraction(10**30 + 7, 10**29 + 3), Fraction(1, 10**30 + 57)
    P = Polyhedron.from_inequalities([[1, small], [-1, 0], [0, -1]], [big, 0, 0])
    assert P.vertices == ((ZERO, ZERO), (ZERO, big / small), (big, ZERO))
    assert generator_form(P) == P
    assert (0, big / small) in P
    assert (0, big / small + small) not in P


def test_no_rows_and_no_coordinates():
    space = Polyhedron.from_inequalities([], [], ambient_dim=2)
    assert (space.dim, space.lines) == (2, matrix([[1, 0], [0, 1]]))
    assert space.vertices == matrix([[0, 0]])
    assert space.facets == ((), ())
    point = Polyhedron.from_generators([[]])
    assert (point.dim, point.ambient_dim, point.vertices) == (0, 0, ((),))
    assert () in point
    nothing = Polyhedron.from_generators([], ambient_dim=0)
    assert nothing.dim == -1
    assert nothing != point
    assert nothing == Polyhedron.from_inequalities([[]], [-1])
    assert () not in nothing


def test_the_empty_set_is_a_value():
    empty = Polyhedron.from_generators([], ambient_dim=2)
    assert empty == Polyhedron.from_inequalities([[1, 0], [-1, 0]], [0, -1])
    assert empty != Polyhedron.from_generators([], ambient_dim=3)
    assert empty.hull == (matrix([[0, 0]]), vector([1]))
    assert (empty.vertices, empty.rays, empty.lines) == ((), (), ())
    assert (0, 0) not in empty
    assert empty.facets == ((), ())


def test_cones_have_an_apex():
    quadrant = Polyhedron.from_inequalities([[-1, 0], [0, -1]], [0, 0])
    assert quadrant.vertices == matrix([[0, 0]])
    assert quadrant == Polyhedron.from_generators([], rays=[[3, 0], [0, "1/2"], [1, 1]])
    half = Polyhedron.from_generators([], rays=[[1, 0], [0, 1], [0, -1]])
    assert half.lines == matrix([[0, 1]])
    assert half.rays == matrix([[1, 0]])
    assert half == Polyhedron.from_generators([], rays=[[1, 5]], lines=[[0, -2]])
    line = Polyhedron.from_generators([[3, 1]], lines=[[1, 1]])
    assert line.vertices == matrix([[1, -1]])
    assert (line.dim, line.facets) == (1, ((), ()))


def test_given_and_derived_have_different_names():
    P = Polyhedron.from_inequalities([[1], [1], [-1]], [1, 2, 0], [[0]], [0])
    assert P.inequalities == (matrix([[1], [1], [-1]]), vector([1, 2, 0]))
    assert P.equations == (matrix([[0]]), vector([0]))
    assert P.facets == (matrix([[-1], [1]]), vector([0, 1]))
    assert repr(P) == "Polyhedron(ambient_dim=1, inequalities=3, equations=1)"
    Q = Polyhedron.from_generators([[0], [1]])
    assert repr(Q) == "Polyhedron(ambient_dim=1, points=2, rays=0, lines=0)"
    assert P.equals(Q)
    assert P != "a segment"


def test_bad_input_is_refused():
    with pytest.raises(InexactError, match='write "1/2"'):
        Polyhedron.from_inequalities([[0.5]], [1])
    with pytest.raises(DimensionError, match="1 row and 2"):
        Polyhedron.from_inequalities([[1]], [1, 2])
    with pytest.raises(DimensionError, match="ambient_dim"):
        Polyhedron.from_inequalities([], [])
    with pytest.raises(DimensionError, match=r"\[1, 2\]"):
        Polyhedron.from_inequalities([[1]], [1], [[1, 2]], [1])
    with pytest.raises(DimensionError, match=r"\[1, 3\]"):
        Polyhedron.from_generators([[1]], ambient_dim=3)
    with pytest.raises(DimensionError, match="a point of length 1"):
        Polyhedron.from_generators([[1, 2]]).contains([1])


INE = """* a comment
name
H-representation
linearity 1 3
begin
4 3 rational
 1 -1 0
 1/2 0 -1
 0 1 -1
 0 1 0
end
maximize
0 1 1
"""


def test_text_of_cddlib():
    P = Polyhedron.from_ine(INE)
    assert P.vertices == matrix([[0, 0], ["1/2", "1/2"]])
    assert P.to_ext() == "V-representation\nbegin\n2 3 rational\n1 0 0\n1 1/2 1/2\nend\n"
    assert P.to_ine().startswith(
        "H-representation\nlinearity 1 1\nbegin\n4 3 rational\n0 1 -1"
    )
    ext = "V-representation\nlinearity 1 2\nbegin\n3 3 integer\n2 1 0\n0 0 1\n0 1 0\nend"
    Q = Polyhedron.from_ext(ext)
    assert (Q.lines, Q.vertices, Q.rays) == (
        matrix([[0, 1]]),
        matrix([["1/2", 0]]),
        matrix([[1, 0]]),
    )
    assert "linearity 1 1\nbegin\n3 3 rational\n0 0 1\n1 1/2 0\n0 1 0" in Q.to_ext()
    empty = "V-representation\nbegin\n0 3 rational\nend"
    assert Polyhedron.from_ext(empty).is_empty
    cone = "V-representation\nbegin\n1 2 rational\n0 1\nend"
    assert Polyhedron.from_ext(cone).vertices == matrix([[0]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("H-rep", "V-rep", 'no line "H-representation"'),
        ("end\n", "\n", 'no "begin ... end"'),
        ("begin\n4 3 rational", "4 3 rational", 'no "begin ... end"'),
        ("4 3 rational", "5 3 rational", "rows announced: 5, found: 4"),
        ("4 3 rational", "4 three rational", 'line 6: "4 three rational"'),
        ("4 3 rational", "4 3", 'line 6: "4 3"'),
        ("4 3 rational", "4 0 rational", "rows columns type"),
        ("1/2 0 -1", "1/0 0 -1", "line 8: '1/0' has denominator 0"),
        ("1/2 0 -1", "1/2 0", "line 8: 2 numbers, not 3"),
        ("linearity 1 3", "linearity 1 5", "from 1 to 4"),
        ("linearity 1 3", "linearity 2 3", "from 1 to 4"),
        ("linearity 1 3", "linearity", "from 1 to 4"),
        ("linearity 1 3", "linearity 1 x", "no list of row numbers"),
    ],
)
def test_broken_text_is_refused(old, new, message):
    with pytest.raises(InstanceError) as caught:
        Polyhedron.from_ine(INE.replace(old, new))
    assert message in str(caught.value)


def test_broken_generators_are_refused():
    for text in (
        "V-representation\nbegin\n1 2 rational\n-1 1\nend",
        "V-representation\nlinearity 1 1\nbegin\n1 2 rational\n1 1\nend",
    ):
        with pytest.raises(InstanceError, match="row 1 of the V-representation"):
            Polyhedron.from_ext(text)
    with pytest.raises(InstanceError, match="no size"):
        Polyhedron.from_ext("V-representation\nbegin\nend")
