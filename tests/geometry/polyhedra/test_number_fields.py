"""Coordinates in a number field: what holds over Q, and polytopes that need a root."""

import json
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given

from polytope_nn.errors import EmptyPolyhedronError, InexactError, UnboundedError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import FieldError, NumberField
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.polyhedra.documents import fields, read_polyhedron
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, v_forms

K2 = NumberField([-2, 0, 1], (1, 2))
ROOT2 = K2.generator
GOLDEN = NumberField([-1, -1, 1], (1, 2)).generator
CUBIC = NumberField([-2, 0, 0, 1], (1, 2)).generator


def turned(rows):
    """The rows after a rotation by 45 degrees of the first two coordinates."""
    h = ROOT2 / 2
    return [
        (h * row[0] - h * row[1], h * row[0] + h * row[1], *row[2:])
        if len(row) > 1
        else tuple(row)
        for row in rows
    ]


def icosahedron():
    corners = [(0, s, t * GOLDEN) for s, t in product((-1, 1), repeat=2)]
    return [(*v[i:], *v[:i]) for v in corners for i in range(3)]


def test_the_icosahedron():
    P = Polyhedron.from_generators(icosahedron())
    assert P.f_vector == (1, 12, 30, 20, 1)
    assert P.volume == (GOLDEN + 1) * Fraction(20, 3)  # edge 2: 5 (3 + sqrt 5) 8 / 12
    assert P.polar().f_vector == (1, 20, 30, 12, 1)
    assert P.polar().polar() == P
    again = Polyhedron.from_inequalities(*P.facets)
    assert again == P
    assert hash(again) == hash(P)
    assert again.is_bounded
    assert len(P.lattice_points(100)) == 13 + 6  # the vectors of norm^2 0, 1 and 2
    value, x, (lam, mu) = P.maximum([GOLDEN, 1, 0])
    assert value == dot((GOLDEN, Fraction(1), Fraction(0)), x)
    assert mu == ()
    assert dot(lam, P.halfspaces.b) == value


def test_an_octagon_of_area():
    """The regular octagon of width 2 has area 8 (sqrt 2 - 1)."""
    square = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    P = Polyhedron.from_inequalities([*square, *turned(square)], [1] * 8)
    assert P.f_vector == (1, 8, 8, 1)
    assert P.volume == 8 * (ROOT2 - 1)
    assert len(P.lattice_points(10)) == 5
    assert P.redundancy().multipliers == {}
    Q = Polyhedron.from_inequalities([*square, *turned(square)], [1] * 4 + [ROOT2] * 4)
    assert Q.f_vector == (1, 4, 4, 1)
    assert len(Q.redundancy().kept) == 4  # the others touch in the corners
    assert Q == Polyhedron.from_inequalities(square, [1] * 4)


@given(h_forms())
def test_a_turned_polyhedron_is_the_same_but_turned(form):
    """Turned there and back; what turns out rational is rational again."""
    A, b, C, d, n = form
    P = from_h(form)
    Q = Polyhedron.from_inequalities(turned(A), b, turned(C), d, ambient_dim=n)
    assert Q.is_empty == P.is_empty
    assert (Q.dim, Q.f_vector) == (P.dim, P.f_vector)
    assert Q.is_bounded == P.is_bounded
    assert sorted(turned(P.vertices)) == list(Q.vertices) or P.lines
    if P.is_bounded:
        assert Q.volume == P.volume
    assert Polyhedron.from_generators(Q.vertices, Q.rays, Q.lines, ambient_dim=n) == Q
    back = [[0, 1], [-1, 0]]  # three more turns by 45 degrees are one by 135
    if n == 2 and not P.is_empty:
        R = Polyhedron.from_generators(
            turned(Q.vertices), turned(Q.rays), turned(Q.lines), ambient_dim=n
        )
        assert R.image(back) == P


@given(h_forms())
def test_programs_over_the_field_answer_as_over_the_rationals(form):
    A, b, C, d, n = form
    P = from_h(form)
    scaled = [tuple(x * ROOT2 for x in row) for row in A]
    Q = Polyhedron.from_inequalities(scaled, [t * ROOT2 for t in b], C, d, ambient_dim=n)
    if P.is_empty:
        lam, mu = Q.farkas
        assert all(x >= 0 for x in lam)
        assert dot(lam, Q.halfspaces.b) + dot(mu, Q.halfspaces.d) == -1
        for j in range(n):
            left = dot(lam, [a[j] for a in scaled])
            assert left + dot(mu, [c[j] for c in C]) == 0
        with pytest.raises(EmptyPolyhedronError):
            Q.maximum([1] * n)
        return
    assert Q.farkas is None
    try:
        expected = P.maximum([1] * n).value
    except UnboundedError:
        with pytest.raises(UnboundedError):
            Q.maximum([1] * n)
        return
    value, x, (lam, mu) = Q.maximum([1] * n)
    assert value == expected == sum(x)
    assert dot(lam, Q.halfspaces.b) + dot(mu, Q.halfspaces.d) == value
    assert all(t >= 0 for t in lam)
    assert P == Q


@given(v_forms())
def test_texts_keep_the_field(P):
    n = P.ambient_dim
    Q = P.image([[ROOT2 * (i == j) + (i < j) for j in range(n)] for i in range(n)])
    if not Q.is_empty:
        assert Polyhedron.from_normaliz(Q.to_normaliz()) == Q
    assert Polyhedron.from_normaliz(Q.irredundant.to_normaliz()) == Q
    assert Polyhedron.from_polymake(Q.to_polymake()) == Q


def test_other_fields_in_texts():
    P = Polyhedron.from_generators([[0, 0], [CUBIC, 1], [1, CUBIC * CUBIC]])
    assert Polyhedron.from_normaliz(P.to_normaliz()) == P
    with pytest.raises(InexactError, match="square roots only"):
        P.to_polymake()
    with pytest.raises(InexactError, match="no number fields"):
        P.to_ext()
    five = Polyhedron.from_generators(icosahedron())
    read = Polyhedron.from_polymake(five.to_polymake())  # in Q(sqrt 5), another generator
    assert read.f_vector == five.f_vector
    assert float(read.volume) == float(five.volume)
    assert "1/2+1/2r5" in five.to_polymake()
    assert read_polyhedron(json.dumps(fields(P))) == P


def test_roots_of_sympy_are_read():
    from sympy import Float, pi, sqrt

    P = Polyhedron.from_generators([[0, 0], [sqrt(8), 0], [0, 1 + sqrt(2) / 2]])
    assert P.volume == 1 + ROOT2
    with pytest.raises(InexactError, match='write "1/2"'):
        Polyhedron.from_generators([[Float("0.5")]])
    with pytest.raises(InexactError, match="pi is not made of"):
        Polyhedron.from_generators([[pi]])
    with pytest.raises(FieldError, match="find one field for both first"):
        Polyhedron.from_generators([[sqrt(2)], [sqrt(3)]])
    with pytest.raises(FieldError, match="find one field for both first"):
        Polyhedron.from_inequalities([[sqrt(2)]], [sqrt(3)])


def test_balls_are_refused():
    with pytest.raises(InexactError, match="is a ball"):
        Polyhedron.from_generators([[Ball.from_rational(Fraction(1, 3), 64)]])
