"""Vertices of slices and extreme rays, against all bases and against cdd."""

from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError, UnboundedError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import integer_row, matrix, vector
from polytope_nn.exact.scalar import dot, sign
from polytope_nn.geometry.double_description import extreme_rays, slice_vertices
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.oracles.polytopes import birkhoff, birkhoff_system

from .strategies import matrices, slices


def by_all_bases(A, b):
    """Vertices of {c >= 0 : A c = b}: the solutions on independent columns."""
    N = len(A[0]) if A else 0
    found = set()
    for size in range(N + 1):
        for S in combinations(range(N), size):
            columns = [[row[j] for j in S] for row in A]
            if rank(columns) < size:
                continue
            c = solve(columns, b) if size else (() if not any(b) else None)
            if c is not None and all(x > 0 for x in c):
                full = [Fraction(0)] * N
                for j, x in zip(S, c, strict=True):
                    full[j] = x
                found.add(tuple(full))
    return tuple(sorted(found, key=support))


def support(c):
    return tuple(i for i, x in enumerate(c) if x)


@given(slices())
@example((matrix([[0, 0]]), vector([0])))
@example((matrix([[1, -1]]), vector([0])))
@example((matrix([[]]), vector([0])))
def test_slice_vertices_are_the_basic_solutions(system):
    A, b = system
    expected = by_all_bases(A, b)
    try:
        found = slice_vertices(A, b)
    except UnboundedError:
        N = len(A[0])
        bounded = [*A, [Fraction(1)] * N]
        assert by_all_bases(bounded, [*[Fraction(0)] * len(b), Fraction(1)])
        assert expected
    else:
        assert found == expected


def test_the_point_the_empty_set_and_no_coordinates():
    one = matrix([[1, 1]])
    assert slice_vertices(one, vector([0])) == (vector([0, 0]),)
    assert slice_vertices(one, vector([-1])) == ()
    assert slice_vertices(matrix([[1, 1], [1, 1]]), vector([1, 2])) == ()
    assert slice_vertices((), ()) == ((),)
    assert slice_vertices(matrix([[]]), vector([0])) == ((),)
    assert slice_vertices(matrix([[]]), vector([3])) == ()
    with pytest.raises(UnboundedError, match=r"ray of support \(0, 1\)"):
        slice_vertices(matrix([[1, -1]]), vector([0]))
    with pytest.raises(DimensionError):
        slice_vertices(one, vector([1, 2]))


@given(matrices(rows=(1, 7), columns=(1, 4)))
@example(matrix([[1, 0], [-1, 0], [0, 1]]))
@example(matrix([[1], [-1]]))
def test_extreme_rays_are_those_of_cdd(A):
    n = len(A[0])
    P = Polyhedron.from_inequalities([[-x for x in row] for row in A], [0] * len(A))
    if P.lines:
        with pytest.raises(UnboundedError, match=f"A has rank {n - len(P.lines)} < {n}"):
            extreme_rays(A, n)
        return
    rays = extreme_rays(A, n)
    assert tuple(sorted(map(vector, rays))) == P.rays
    distinct = list(dict.fromkeys(integer_row(row) for row in A if any(row)))
    keys = [tuple(i for i, a in enumerate(distinct) if dot(a, r) > 0) for r in rays]
    assert keys == sorted(keys)
    assert [tuple(map(int, r)) for r in rays] == rays == extreme_rays([*A, *A], n)


def test_cones_without_rays():
    assert extreme_rays([], 0) == []
    assert extreme_rays([[]], 0) == []
    assert extreme_rays([[1], [-2]], 1) == []
    with pytest.raises(UnboundedError):
        extreme_rays([], 1)
    with pytest.raises(DimensionError):
        extreme_rays([[1, 2], [1]], 2)


def test_a_cone_over_the_cube_and_over_the_cross_polytope():
    cube = [(*(s * int(i == j) for j in range(5)), 1) for i in range(5) for s in (1, -1)]
    rays = extreme_rays(cube, 6)
    assert len(rays) == 32
    assert set(rays) == {(*x, 1) for x in product((1, -1), repeat=5)}
    assert set(extreme_rays(rays, 6)) == set(cube)


def test_more_inequalities_than_a_machine_word_has_bits():
    # a polygon with 100 edges on the parabola; its cone has 100 rows and 100 rays
    points = [(t, t * t, 1) for t in range(100)]
    rows = extreme_rays(points, 3)
    assert len(rows) == 100
    assert sorted(extreme_rays(rows, 3)) == points
    N = 70  # a simplex with 70 vertices, and a slice of it
    one = matrix([[1] * N])
    assert len(slice_vertices(one, vector([1]))) == N
    weights = matrix([[1] * N, range(N)])
    found = slice_vertices(weights, vector([1, "139/2"]))
    assert found == ()
    found = slice_vertices(weights, vector([1, "137/2"]))
    assert found == by_all_bases_of_two(weights, vector([1, "137/2"]))
    assert len(found) == 69


def by_all_bases_of_two(A, b):
    found = []
    for i, j in combinations(range(len(A[0])), 2):
        c = solve([[row[i], row[j]] for row in A], b)
        if all(x > 0 for x in c):
            full = [Fraction(0)] * len(A[0])
            full[i], full[j] = c
            found.append(tuple(full))
    return tuple(found)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_birkhoff(n):
    found = slice_vertices(*birkhoff_system(n))
    assert sorted(found) == sorted(matrix(birkhoff(n)))


@pytest.mark.parametrize("seed", range(4))
def test_random_slices_against_cdd(seed):
    random = Random(seed)  # noqa: S311 - test data
    for r, N in ((2, 9), (4, 12), (6, 12)):
        digits = random.choice([1, 1, 30])
        A = [[Fraction(random.randint(-9, 9)) for _ in range(N)] for _ in range(r - 1)]
        if digits > 1:
            A = [
                [
                    Fraction(random.randint(1, 10**30), random.randint(1, 10**30))
                    for _ in row
                ]
                for row in A
            ]
        A.append([Fraction(1)] * N)
        c = [Fraction(random.randint(0, 3)) for _ in range(N)]
        b = [dot(row, c) for row in A]
        nonnegative = [[-int(i == j) for j in range(N)] for i in range(N)]
        P = Polyhedron.from_inequalities(nonnegative, [0] * N, A, b)
        found = slice_vertices(A, b)
        assert tuple(sorted(found)) == P.vertices
        assert list(map(support, found)) == sorted(map(support, found))
        repeated = [*A, A[0], [2 * x for x in A[-1]], [Fraction(0)] * N]
        assert slice_vertices(repeated, [*b, b[0], 2 * b[-1], Fraction(0)]) == found


ROOT = NumberField([-2, 0, 1], (1, 2)).generator  # the square root of 2


@given(slices(), st.lists(st.integers(-1, 1), min_size=18, max_size=18))
def test_slices_over_a_number_field(system, entries):
    A, _ = system
    moved = [
        [x + ROOT * t for x, t in zip(row, entries[6 * (i % 3) :], strict=False)]
        for i, row in enumerate(A[:2])
    ] + list(A[2:])
    c = [Fraction(1), *[Fraction(0), Fraction(2)] * 3][: len(A[0])]
    right = [dot(row, c) for row in moved]
    try:
        found = slice_vertices(moved, right)
    except UnboundedError:
        return
    assert found == by_all_bases(moved, right)
    # the same polytope, its rows mixed by an invertible matrix over the field
    mixed = [[x * (1 + ROOT) for x in row] for row in moved]
    mixed[0] = [x + ROOT * y for x, y in zip(mixed[0], moved[-1], strict=True)]
    if len(moved) > 1:
        side = [t * (1 + ROOT) for t in right]
        side[0] += ROOT * right[-1]
        assert slice_vertices(mixed, side) == found


@given(matrices(rows=(1, 6), columns=(1, 3)), st.sampled_from([1 + ROOT, 3 - 2 * ROOT]))
def test_rays_over_a_number_field(A, factor):
    n = len(A[0])
    rows = [[x * factor for x in row] if i % 2 else list(row) for i, row in enumerate(A)]
    assume(any(any(row) for row in A[1::2]))
    try:
        rational = extreme_rays(A, n)
    except UnboundedError:
        with pytest.raises(UnboundedError):
            extreme_rays(rows, n)
        return
    found = extreme_rays(rows, n)
    assert len(found) == len(rational)
    matched = set()
    for r in found:
        assert all(sign(dot(row, r)) >= 0 for row in rows)
        matched |= {s for s in rational if rank([tuple(r), vector(s)]) == 1}
    assert matched == set(rational)


@pytest.mark.parametrize("seed", range(6))
def test_balls_prove_the_same_vertices(seed):
    random = Random(seed)  # noqa: S311 - test data
    A = [[Fraction(random.randint(-99, 99), 7) for _ in range(9)] for _ in range(3)]
    A.append([Fraction(random.randint(10, 20)) for _ in range(9)])
    b = [dot(row, [Fraction(random.randint(1, 5), 3) for _ in range(9)]) for row in A]
    exact = slice_vertices(A, b)
    balls = slice_vertices([[Ball.from_rational(x) / 3 * 3 for x in row] for row in A], b)
    assert list(map(support, balls)) == list(map(support, exact))
    for c, x in zip(balls, exact, strict=True):
        for enclosure, value in zip(c, x, strict=True):
            assert value in enclosure if value else enclosure == 0


def test_a_tie_of_balls_is_undecided():
    third = Ball.from_rational(1) / 3
    A = [[third, third, Fraction(1)], [Fraction(1), Fraction(2), Fraction(3)]]
    with pytest.raises(Undecided):
        slice_vertices(A, vector(["1/3", 1]))
    diagonal = [[third, Fraction(0)], [Fraction(0), Fraction(1)]]
    assert slice_vertices(diagonal, vector([0, 2])) == (vector([0, 2]),)


@pytest.mark.parametrize("seed", range(40))
def test_vertices_that_stay_are_those_for_every_number_in_balls(seed):
    """Against all bases, for a right-hand side inside of the balls and at their ends."""
    random = Random(seed)  # noqa: S311 - test data
    m, N = random.randint(1, 3), random.randint(3, 6)
    A = [[Fraction(random.randint(0, 3)) for _ in range(N)] for _ in range(m)]
    A[0] = [Fraction(random.randint(1, 3)) for _ in range(N)]  # bounded
    point = [Fraction(random.choice([0, 1, 2, 5]), 3) for _ in range(N)]
    inside = [dot(row, point) for row in A]
    room = Fraction(1, random.choice([8, 1 << 8, 1 << 64]))
    b = [Ball.from_interval(t - room, t + room) for t in inside]
    try:
        found = slice_vertices(A, b)
    except Undecided:
        return  # a support that changes inside of the balls, or is not shown to stay
    for right in (inside, [t.lower for t in b], [t.upper for t in b]):
        exact = by_all_bases(A, right)
        assert list(map(support, found)) == list(map(support, exact))
        for c, x in zip(found, exact, strict=True):
            for enclosure, value in zip(c, x, strict=True):
                assert value in enclosure if value else enclosure == 0
