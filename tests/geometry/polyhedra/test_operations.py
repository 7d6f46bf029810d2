"""Operations by their definitions: points of the result are made of points of the parts."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError, EmptyPolyhedronError, UnboundedError
from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, v_forms
from tests.oracles.polytopes import NAMED, cross_polytope, cube


def polytope(name):
    return Polyhedron.from_generators(NAMED[name][0])


def space(n):
    return Polyhedron.from_inequalities([], [], ambient_dim=n)


def nothing(n):
    return Polyhedron.from_generators([], ambient_dim=n)


pairs = st.integers(1, 3).flatmap(lambda n: st.tuples(v_forms(n), v_forms(n)))


@given(pairs)
def test_an_intersection_is_the_greatest_set_in_both(pair):
    P, Q = pair
    R = P & Q
    assert R <= P
    assert R <= Q
    assert R == Q & P
    for v in (*P.vertices, *Q.vertices):
        assert (v in R) == (v in P and v in Q)
    assert (P & P) == P == (P & space(P.ambient_dim))


@given(pairs)
def test_a_sum_has_the_sums_of_support_functions(pair):
    P, Q = pair
    R = P + Q
    assert R.is_empty == (P.is_empty or Q.is_empty)
    assert R == Q + P
    assert P + Polyhedron.from_generators([[0] * P.ambient_dim]) == P
    if R.is_empty:
        return
    for a in (*R.facets[0], *P.facets[0]):
        try:
            expected = P.maximum(a).value + Q.maximum(a).value
        except UnboundedError:
            with pytest.raises(UnboundedError):
                R.maximum(a)
        else:
            assert R.maximum(a).value == expected


@given(v_forms(), v_forms())
def test_a_product_projects_to_its_factors(P, Q):
    R = P * Q
    n, m = P.ambient_dim, Q.ambient_dim
    assert R.ambient_dim == n + m
    if P.is_empty or Q.is_empty:
        assert R.is_empty
        return
    assert R.dim == P.dim + Q.dim
    assert len(R.vertices) == len(P.vertices) * len(Q.vertices)
    assert R.projection(range(n)) == P
    assert R.projection(range(n, n + m)) == Q
    assert len(R.facets[0]) == len(P.facets[0]) + len(Q.facets[0])


@given(v_forms(2), st.lists(st.integers(-2, 2), min_size=6, max_size=6))
def test_an_image_is_made_of_the_images(P, entries):
    A, b = [entries[:2], entries[2:4]], entries[4:]
    Q = P.image(A, b)

    def f(x):
        return tuple(dot(vector(a), x) + t for a, t in zip(A, b, strict=True))

    assert all(f(v) in Q for v in P.vertices)
    if A[0][0] * A[1][1] != A[0][1] * A[1][0]:
        det = A[0][0] * A[1][1] - A[0][1] * A[1][0]
        inverse = [
            [Fraction(A[1][1], det), Fraction(-A[0][1], det)],
            [Fraction(-A[1][0], det), Fraction(A[0][0], det)],
        ]
        shift = [-sum(x * y for x, y in zip(row, b, strict=True)) for row in inverse]
        assert Q.image(inverse, shift) == P
        assert Q.dim == P.dim
        if P.is_bounded:
            assert Q.volume == abs(det) * P.volume


@given(pairs)
def test_containment_by_generators_and_by_linear_programs(pair):
    P, Q = pair
    by_rows = Polyhedron(P.ambient_dim, P.halfspaces, None)
    assert (P <= Q) == (by_rows <= Q) == (Q >= P) == ((P & Q) == P)
    assert P <= P & P


@given(v_forms())
def test_the_polar_of_the_polar_adds_0_and_closes(P):
    n = P.ambient_dim
    polar = P.polar()
    assert (0,) * n in polar
    for y in polar.vertices:
        assert all(dot(y, v) <= 1 for v in P.vertices)
    twice = polar.polar()
    with_0 = Polyhedron.from_generators(
        (*P.vertices, (0,) * n), P.rays, P.lines, ambient_dim=n
    )
    assert twice == with_0
    assert twice.polar() == polar


@pytest.mark.parametrize("d", range(1, 5))
def test_polars_with_closed_forms(d):
    C, O = (Polyhedron.from_generators(f(d)[0]) for f in (cube, cross_polytope))
    assert C.polar() == O
    assert O.polar() == C
    assert space(d).polar() == Polyhedron.from_generators([[0] * d])
    assert nothing(d).polar() == space(d)


@given(h_forms())
@example(((), (), (), (), 2))
def test_the_recession_cone_and_boundedness(form):
    P = from_h(form)
    bounded = from_h(form).is_bounded  # by linear programs alone
    if P.is_empty:
        assert bounded
        with pytest.raises(EmptyPolyhedronError):
            _ = P.recession_cone
        return
    C = P.recession_cone
    assert bounded == P.is_bounded == (not P.rays and not P.lines) == (C.dim == 0)
    assert (C.rays, C.lines) == (P.rays, P.lines)
    again = Polyhedron.from_generators(P.vertices, P.rays, P.lines)
    assert again.recession_cone == C
    assert again.is_bounded == bounded
    assert P + C == P


@given(h_forms(), st.lists(st.integers(-2, 2), min_size=3, max_size=3))
def test_a_minimum_comes_with_its_proof(form, entries):
    A, b, C, d, n = form
    P, c = from_h(form), vector(entries[:n])
    if P.is_empty:
        with pytest.raises(EmptyPolyhedronError):
            P.minimum(c)
    elif any(dot(c, r) < 0 for r in P.rays) or any(dot(c, x) for x in P.lines):
        with pytest.raises(UnboundedError, match="no minimum"):
            P.minimum(c)
    else:
        value, x, (lam, mu) = P.minimum(c)
        assert x in P
        assert value == dot(c, x) == min(dot(c, v) for v in P.vertices)
        assert all(t >= 0 for t in lam)
        assert dot(mu, d) - dot(lam, b) == value
        for j in range(n):
            assert dot(mu, [r[j] for r in C]) - dot(lam, [a[j] for a in A]) == c[j]


@given(h_forms())
def test_redundancy_of_rows_with_its_proofs(form):
    A, b, C, d, n = form
    P = from_h(form)
    if P.is_empty:
        with pytest.raises(EmptyPolyhedronError):
            P.redundancy()
        return
    kept, multipliers = P.redundancy()
    assert sorted([*kept, *multipliers]) == list(range(len(A)))
    rows, right = [A[i] for i in kept], [b[i] for i in kept]
    for i, (lam, mu) in multipliers.items():
        assert all(t >= 0 for t in lam)
        assert dot(lam, right) + dot(mu, d) <= b[i]
        for j in range(n):
            assert dot(lam, [a[j] for a in rows]) + dot(mu, [c[j] for c in C]) == A[i][j]
    Q = Polyhedron.from_inequalities(rows, right, C, d, ambient_dim=n)
    assert P == Q
    assert Q.redundancy().multipliers == {}
    if P.dim == n:
        assert len(kept) == len(P.facets[0])


@given(v_forms())
def test_redundancy_of_generators_with_its_proofs(P):
    V = P.generators
    kept, multipliers = P.redundancy()
    rows = [*((1, *v) for v in V.vertices), *((0, *r) for r in V.rays)]
    assert sorted([*kept, *multipliers]) == list(range(len(rows)))
    for i, (lam, mu) in multipliers.items():
        assert all(t >= 0 for t in lam)
        for j in range(P.ambient_dim + 1):
            made = dot(lam, vector(rows[k][j] for k in kept))
            made += dot(mu, vector((0, *x)[j] for x in V.lines))
            assert made == rows[i][j]
    if not P.lines and not V.lines:
        points = [k for k in kept if k < len(V.vertices)]
        assert sorted(vector(V.vertices[k]) for k in points) == list(P.vertices)


@given(h_forms())
def test_implied_equations_are_those_without_slack(form):
    P = from_h(form)
    if P.is_empty:
        with pytest.raises(EmptyPolyhedronError):
            _ = P.implied_equations
        return
    A, b = P.inequalities
    for i, (a, t) in enumerate(zip(A, b, strict=True)):
        try:
            tight = P.minimum(a).value == t
        except UnboundedError:
            tight = False
        assert tight == (i in P.implied_equations)


def test_what_does_not_fit_is_refused():
    P, Q = polytope("square"), polytope("cube")
    for refused in (lambda: P & Q, lambda: P + Q, lambda: P <= Q):
        with pytest.raises(DimensionError, match=r"R\^2 and in R\^3"):
            refused()
    with pytest.raises(TypeError, match="is no Polyhedron"):
        _ = P & "a square"
    with pytest.raises(DimensionError, match="a map of 1 row of length 3"):
        P.image([[1, 2, 3]])
    with pytest.raises(DimensionError, match="1 constant, on"):
        P.image([[1, 2], [3, 4]], [1])
    for wrong in ([0, 0], [2], [-1]):
        with pytest.raises(DimensionError, match="no different coordinates"):
            P.projection(wrong)
    with pytest.raises(DimensionError, match="3 coefficients for 2"):
        P.maximum([1, 2, 3])
    with pytest.raises(EmptyPolyhedronError):
        _ = nothing(2).recession_cone
