"""The project's own engine beside cddlib: conversions, extrema, proofs, redundancy."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.errors import EmptyPolyhedronError, MissingEngineError, UnboundedError
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry import cdd
from polytope_nn.geometry.integer_tableau import IntegerTableau
from polytope_nn.geometry.polyhedra import programs
from polytope_nn.geometry.polyhedra.forms import Halfspaces
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, matrices, v_forms
from tests.oracles.polytopes import NAMED

reference = pytest.mark.skipif(
    not cdd.is_installed(), reason="cddlib, the reference engine, is not installed"
)


@reference
@given(h_forms())
def test_generators(form):
    P = from_h(form)
    V = cdd.generators(P.halfspaces, P.ambient_dim)
    assert bool(V.vertices) == (not P.is_empty)
    assert (
        Polyhedron.from_generators(
            V.vertices, V.rays if V.vertices else (), V.lines, ambient_dim=P.ambient_dim
        )
        == P
        or not V.vertices
    )
    if V.vertices:
        assert len(V.vertices) == len(P.vertices)
        assert len(V.rays) == len(P.rays)
        assert len(V.lines) == len(P.lines)


@reference
@given(v_forms())
def test_halfspaces(P):
    H = cdd.halfspaces(P.generators, P.ambient_dim)
    assert Polyhedron(P.ambient_dim, H, None) == P
    if not P.is_empty:
        assert len(H.A) == len(P.facets[0])
        assert len(H.C) == len(P.hull[0])


@reference
@pytest.mark.parametrize("name", NAMED)
def test_named(name):
    P = Polyhedron.from_generators(NAMED[name][0])
    H = cdd.halfspaces(P.generators, P.ambient_dim)
    assert Polyhedron(P.ambient_dim, H, None) == P
    V = cdd.generators(Halfspaces(*P.facets, *P.hull), P.ambient_dim)
    assert tuple(sorted(V.vertices)) == P.vertices


@reference
@given(h_forms(), st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_maximum(form, entries):
    H, n = Halfspaces(*form[:4]), form[4]
    c = vector(entries[:n])
    answers = []
    for engine in (cdd.maximum, programs.maximum):
        try:
            answers.append(engine(c, H).value)
        except (EmptyPolyhedronError, UnboundedError) as error:
            answers.append(type(error))
    assert answers[0] == answers[1]


@reference
@given(h_forms())
def test_farkas(form):
    H, n = Halfspaces(*form[:4]), form[4]
    assert (cdd.farkas(H, n) is None) == (programs.farkas(H, n) is None)


@given(matrices(rows=(1, 7), columns=(1, 4)), st.data())
@example(matrix([[1], [-1]]), None)
@example(matrix([[0, 0], [1, 2], [2, 4]]), None)
def test_the_tableau_proves_each_of_its_three_answers(columns, data):
    n, N = len(columns[0]), len(columns)
    small = st.integers(-2, 2)
    z = vector([1] * n)
    p = vector([-1] * N)
    if data is not None:
        z = vector(data.draw(st.lists(small, min_size=n, max_size=n)))
        p = vector(data.draw(st.lists(small, min_size=N, max_size=N)))
    T = IntegerTableau(columns, z)
    if not T.feasible():
        w = T.prices
        assert all(dot(w, column) <= 0 for column in columns)
        assert dot(w, z) > 0
        return
    if T.cheapest(p):
        w, c = T.prices, T.masses
        assert all(dot(w, column) <= t for column, t in zip(columns, p, strict=True))
        assert dot(w, z) == sum(p[j] * x for j, x in c.items())
    else:
        c = T.direction
        assert sum(p[j] * x for j, x in c.items()) < 0
        z = vector([0] * n)
    assert all(x > 0 for x in c.values())
    for i in range(n):
        assert sum(columns[j][i] * x for j, x in c.items()) == z[i]


def test_beale_cycles_no_more():
    """Beale's program (1955), on which the largest coefficient alone cycles."""
    columns = matrix(
        [["1/4", "1/2", 0], [-60, -90, 0], ["-1/25", "-1/50", 1], [9, 3, 0]]
        + [[int(i == j) for j in range(3)] for i in range(3)]
    )
    prices = vector(["-3/4", 150, "-1/50", 6, 0, 0, 0])
    T = IntegerTableau(columns, vector([0, 0, 1]))
    assert T.feasible()
    assert T.cheapest(prices)
    assert sum(prices[j] * x for j, x in T.masses.items()) == Fraction(-1, 20)


def test_a_point_of_a_polygon_of_400_sides_and_a_proof_without():
    """One linear program with two rows; by the Farkas system alone it took seconds."""
    A = []
    for k in range(200):
        s = Fraction(2 * k - 199, 200)
        x, y = (1 - s * s) / (1 + s * s), 2 * s / (1 + s * s)
        A += [[x, y], [-x, -y]]
    P = Polyhedron.from_inequalities(A, [1] * 400)
    assert not P.is_empty
    assert P.is_bounded
    assert len(P.vertices) == len(P.facets[0]) == 400
    Q = Polyhedron.from_inequalities(A, [-1] * 400)
    lam, _ = Q.farkas
    assert all(t >= 0 for t in lam)
    assert sum(lam) == 1
    assert all(dot(lam, vector(a[j] for a in A)) == 0 for j in range(2))


def test_without_cddlib_one_line_says_what_to_do(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cdd", None)
    for asked in (
        lambda: cdd.generators(Halfspaces((), (), (), ()), 1),
        lambda: cdd.farkas(Halfspaces((), (), (), ()), 1),
    ):
        with pytest.raises(MissingEngineError, match=r"pip install \"polytope_nn\[cdd\]\""):
            asked()
    square = Polyhedron.from_inequalities([[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4)
    assert len(square.vertices) == 4
