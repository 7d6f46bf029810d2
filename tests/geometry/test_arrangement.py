"""Topes by splitting, by cocircuits, by cdd, by deletion and restriction, by closed form."""

from fractions import Fraction
from itertools import product
from math import factorial

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError, EmptyPolyhedronError, Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import integer_row, matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry import cdd
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.cdd import patterns_by_cdd
from polytope_nn.geometry.region_count import generic_count, region_count
from tests.oracles.arrangement import (
    RESONANCE,
    THRESHOLD_FUNCTIONS,
    boolean,
    braid,
    resonance,
    threshold,
    topes_by_cocircuits,
    type_b,
)

LONG = Fraction(123456789012345678901234567890, 987654321098765432109876543211)


@st.composite
def arrangements(draw, rows=6, columns=4):
    """Matrices with zero, repeated, opposite, dependent rows and columns planted."""
    d = draw(st.integers(1, columns))
    small = st.integers(-2, 2).map(Fraction)
    large = st.sampled_from([Fraction(10**12), Fraction(-(10**12) + 1), LONG, -LONG])
    entry = draw(st.sampled_from([small, st.integers(-1, 1).map(Fraction), small | large]))
    row = st.lists(entry, min_size=d, max_size=d)
    X = draw(st.lists(row, min_size=1, max_size=rows))
    for _ in range(draw(st.integers(0, 2))):
        factor = draw(st.sampled_from([Fraction(-1), Fraction(0), Fraction(2), LONG]))
        copy = [factor * t for t in draw(st.sampled_from(X))]
        X.insert(draw(st.integers(0, len(X))), copy)
    if draw(st.booleans()):
        sources = draw(st.tuples(st.integers(0, d - 1), st.integers(0, d - 1)))
        X = [[*x, x[sources[0]] - x[sources[1]]] for x in X]
    return matrix(X)


FLAT = matrix([[0, 0, 0], [1, 1, 2], [-2, -2, -4], [1, 1, 2], [0, 1, 1], [1, 0, 1]])


@given(arrangements())
@example(FLAT)
@example(matrix([[0, 0]]))
@example(matrix([[0], [-5], [3]]))
def test_patterns_are_those_of_the_other_routes(X):
    H = arrangement(X)
    assert H.patterns == topes_by_cocircuits(X)
    if cdd.is_installed():
        assert H.patterns == patterns_by_cdd(X)
    assert len(H) == len(H.patterns) == H.count


@given(arrangements(rows=9, columns=5))
@settings(max_examples=15)
def test_count_and_patterns_of_larger_ones(X):
    H = arrangement(X)
    assert list(H.patterns) == sorted(set(H.patterns))
    assert len(H) == len(H.patterns) == H.count <= generic_count(len(X), H.rank)
    for signs in H.patterns:
        u = H.witness(signs)
        for s, x in zip(signs, X, strict=True):
            t = dot(x, tuple(map(Fraction, u)))
            assert s * t > 0 if any(x) else (s, t) == (1, 0)


@given(arrangements(rows=5))
@example(FLAT)
def test_cones_rays_and_facets(X):
    H = arrangement(X)
    assert len(H.lineality) == H.d - H.rank
    for u in H.lineality:
        assert all(not dot(x, tuple(map(Fraction, u))) for x in X)
    for signs, walls in zip(H.patterns, H.walls, strict=True):
        cone, rays = H.cone(signs), H.rays(signs)
        again = cone.from_generators(
            [[0] * H.d], rays, H.lineality, ambient_dim=H.d
        )  # H-form and V-form are one set
        assert cone == again
        assert len(rays) == len(set(rays)) == len(cone.rays)
        assert list(rays) == sorted(map(integer_row, matrix(rays)))
        assert H.witness(signs) in cone
        assert walls == H.facets(signs) == incident_walls(H, signs)
        irredundant = cone.from_inequalities(
            [[-signs[k] * t for t in X[k]] for k in walls],
            [0] * len(walls),
            ambient_dim=H.d,
        )
        assert irredundant == cone
        assert len(cone.facets[0]) == len(walls)


def incident_walls(H, signs):
    """The rows on which rays of rank r - 1 of the cone lie, the first of each line."""
    walls, seen = [], set()
    for k, x in enumerate(H.X):
        line = integer_row(x)
        on = [u for u in matrix(H.rays(signs)) if not dot(x, u)]
        if any(line) and line not in seen and rank(on) == H.rank - 1:
            walls.append(k)
        seen |= {line, tuple(-t for t in line)}
    return tuple(walls)


@given(arrangements(rows=5))
@example(FLAT)
def test_graph_joins_topes_that_one_line_separates(X):
    H = arrangement(X)
    graph = H.graph
    assert tuple(graph) == H.patterns
    assert nx.is_connected(graph)
    assert nx.is_bipartite(graph)
    for signs in H.patterns:
        assert {graph.edges[signs, t]["wall"] for t in graph[signs]} == set(H.facets(signs))
    for s, t, wall in graph.edges.data("wall"):
        apart = [k for k in range(H.n) if s[k] != t[k]]
        assert apart[0] == wall
        assert rank([X[k] for k in apart]) == 1


@given(arrangements(), st.randoms(use_true_random=False))
def test_rows_permuted_scaled_and_negated(X, random):
    patterns = arrangement(X).patterns
    order = list(range(len(X)))
    random.shuffle(order)
    permuted = arrangement([X[k] for k in order]).patterns
    assert set(permuted) == {tuple(s[k] for k in order) for s in patterns}
    factors = [random.choice([-2, -1, 3, LONG]) for _ in X]
    scaled = [[c * t for t in x] for c, x in zip(factors, X, strict=True)]
    turned = [-1 if c < 0 and any(x) else 1 for c, x in zip(factors, X, strict=True)]
    assert set(arrangement(scaled).patterns) == {
        tuple(c * t for c, t in zip(turned, s, strict=True)) for s in patterns
    }


@given(arrangements())
def test_rows_and_columns_that_change_nothing(X):
    H = arrangement(X)
    assert arrangement([*X, [0] * H.d]).patterns == tuple((*s, 1) for s in H.patterns)
    assert arrangement([*X, X[0]]).patterns == tuple((*s, s[0]) for s in H.patterns)
    wide = arrangement([[*x, 0] for x in X])
    assert wide.patterns == H.patterns
    assert wide.walls == H.walls
    assert len(wide.lineality) == len(H.lineality) + 1
    skewed = [[x[0] + 3 * sum(x[1:]), *x[1:]] for x in X]
    assert arrangement(skewed).patterns == H.patterns


@pytest.mark.parametrize(
    "X, number",
    [
        *((boolean(n), 2**n) for n in range(1, 9)),
        *((braid(n), factorial(n)) for n in range(2, 7)),
        *((type_b(n), 2**n * factorial(n)) for n in range(1, 5)),
        *((threshold(n), number) for n, number in THRESHOLD_FUNCTIONS.items()),
        *((resonance(n), number) for n, number in RESONANCE.items() if n <= 4),
        *(
            (
                [[t**j for j in range(d)] for t in range(-n, n + 1)],
                generic_count(2 * n + 1, d),
            )
            for n, d in ((1, 2), (1, 3), (4, 2), (5, 3), (4, 4), (3, 5), (2, 7))
        ),
    ],
)
def test_closed_forms(X, number):
    H = arrangement(X)
    assert len(H) == len(set(H.patterns)) == H.count == number


@pytest.mark.parametrize("X", [braid(4), type_b(3), threshold(2), resonance(3)])
def test_reflection_arrangements_and_others(X):
    H = arrangement(X)
    assert H.patterns == topes_by_cocircuits(matrix(X))
    if cdd.is_installed():
        assert H.patterns == patterns_by_cdd(X)
    for signs in H.patterns:
        assert H.facets(signs) == incident_walls(H, signs)


@pytest.mark.parametrize("X", [braid(6), type_b(4), boolean(5)])
def test_reflection_arrangements_are_simplicial(X):
    H = arrangement(X)
    assert {len(H.rays(signs)) for signs in H.patterns} == {H.rank}
    assert set(map(len, H.walls)) == {H.rank}


@pytest.mark.parametrize("X", [threshold(4), resonance(5), type_b(4)])
def test_rays_are_vertices_of_the_arrangement(X):
    # rays in common zeros of many rows of too small a rank would not be
    H = arrangement(X)
    for u in {u for signs in H.patterns for u in H.rays(signs)}:
        zero = [x for x in H.X if not dot(x, tuple(map(Fraction, u)))]
        assert rank(zero) == H.rank - 1


def test_simple_and_thick_rays_together():
    # general lines, some concurrent: every kind of edge is crossed
    X = [[1, 2, 3, 5], [3, 1, -4, 1], [5, -9, 2, -6], [2, 7, 1, -8], [1, 4, -1, 4]]
    X += [[a + b for a, b in zip(X[0], x, strict=True)] for x in X[1:]]
    X += [[a - b for a, b in zip(X[1], x, strict=True)] for x in X[2:]]
    H = arrangement(X)
    assert len(H) == len(set(H.patterns)) == H.count
    reverse = arrangement(X[::-1])
    assert {s[::-1] for s in reverse.patterns} == set(H.patterns)


def test_fixed_shapes():
    H = arrangement([[0, 0], [0, 0]])
    assert H.patterns == ((1, 1),)
    assert (H.rank, len(H), H.count) == (0, 1, 1)
    assert (H.rays((1, 1)), H.facets((1, 1)), H.witness((1, 1))) == ((), (), (0, 0))
    assert H.cone((1, 1)).dim == 2
    assert list(H.graph) == [(1, 1)]
    line = arrangement([["-7/3"]])
    assert line.patterns == ((-1,), (1,))
    assert line.rays([-1]) == ((1,),)
    assert line.facets([1]) == (0,)
    one = arrangement([[0, 2, -4]])
    assert one.patterns == ((-1,), (1,))
    assert one.rays((1,)) == ((0, 1, 0),)
    assert one.lineality == ((1, 0, 0), (0, 2, 1))


def test_signs_may_be_integers_of_numpy():
    H = arrangement([[1, 0], [0, 1]])
    assert H.witness(np.array([1, -1])) == (1, -1)


def test_repr_and_equality():
    H = arrangement([[1, 0], [0, 1], [1, 1]])
    assert repr(H) == "Arrangement(n=3, d=2, rank=2, topes=6)"
    assert arrangement([[1, 0], [0, 1], ["1", 1]]) == H


@pytest.mark.parametrize("signs", [(1, 1), (1, 0, 1), (1, 1, 2), ()])
def test_no_sign_vector(signs):
    with pytest.raises(DimensionError, match="no vector of 3 signs"):
        arrangement([[1, 0], [0, 1], [0, 0]]).facets(signs)


def test_no_tope():
    H = arrangement([[1, 0], [-2, 0], [0, 0]])
    with pytest.raises(EmptyPolyhedronError, match=r"\+\+\+ is no tope: its open cone"):
        H.rays((1, 1, 1))
    with pytest.raises(EmptyPolyhedronError, match=r"\+-- is no tope: zero rows"):
        H.cone((1, -1, -1))


@pytest.mark.parametrize("X", [[], [[]], [[], []]])
def test_no_entry(X):
    with pytest.raises(DimensionError, match="an arrangement needs entries"):
        arrangement(X)


def test_limit():
    assert len(arrangement(braid(4), limit=24)) == 24
    with pytest.raises(Undecided, match=r"more than 23 topes \(at most 32\): 6 different"):
        arrangement(braid(4), limit=23)
    with pytest.raises(Undecided, match="more than 2000000 topes"):
        arrangement([*boolean(22), [1] * 22])
    random = np.random.default_rng(3)
    with pytest.raises(Undecided, match="60 different lines of rank 20"):
        arrangement(random.integers(-99, 100, (60, 20)).tolist())


@given(arrangements(rows=7, columns=4), st.integers(0, 40))
def test_region_count_against_its_limit(X, limit):
    number = region_count(X)
    if number <= limit:
        assert region_count(X, limit=limit) == number
    else:
        with pytest.raises(Undecided, match=f"more than {limit} regions"):
            region_count(X, limit=limit)


def test_generic_count():
    assert [generic_count(n, 0) for n in range(3)] == [1, 1, 1]
    for n, r in product(range(1, 7), repeat=2):
        number = generic_count(n, min(n, r))
        assert number == region_count([[t**j for j in range(r)] for t in range(n)])
    assert generic_count(50, 3) == 2452


def test_two_runs_are_identical():
    X = [[(7 * i * j + i * i + 3 * j) % 11 - 5 for j in range(4)] for i in range(9)]
    H, again = arrangement(X), arrangement(X)
    assert H.patterns == again.patterns
    assert [H.rays(s) for s in H.patterns] == [again.rays(s) for s in again.patterns]
    assert H.walls == again.walls
