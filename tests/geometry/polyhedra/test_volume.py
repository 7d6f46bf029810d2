"""Volumes and integer points: closed forms, and Lasserre's recursion as a second route."""

from fractions import Fraction
from itertools import product
from math import comb, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import UnboundedError, Undecided
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, points, v_forms
from tests.oracles.polytopes import (
    NAMED,
    birkhoff,
    cross_polytope,
    cube,
    cyclic,
    hypersimplex,
    permutohedron,
)


def lasserre(rows):
    """The volume of ``{x : a x <= t}``, rows (a, t), bounded, by its facets (1983).

    vol = (1/n) sum of t_i / |a_ij| vol of the facet i projected along a coordinate j.
    """
    n = len(rows[0]) - 1
    best = {}
    for *a, t in rows:
        if not any(a):
            if t < 0:
                return Fraction(0)
            continue
        size = next(abs(x) for x in a if x)
        key = tuple(Fraction(x) / size for x in a)
        best[key] = min(best.get(key, Fraction(t) / size), Fraction(t) / size)
    rows = [(*a, t) for a, t in best.items()]
    if n == 1:
        upper = min(t / a for a, t in rows if a > 0)
        lower = max(t / a for a, t in rows if a < 0)
        return max(Fraction(0), upper - lower)
    total = Fraction(0)
    for i, row in enumerate(rows):
        if row[-1] == 0:
            continue
        j = next(j for j in range(n) if row[j])
        facet = []
        for k, other in enumerate(rows):
            if k != i:
                f = other[j] / row[j]
                mixed = [x - f * y for x, y in zip(other, row, strict=True)]
                facet.append(tuple(mixed[:j] + mixed[j + 1 :]))
        total += row[-1] / abs(row[j]) * lasserre(facet)
    return total / n


def without_last(vertices):
    """A set in a hyperplane ``sum x = const``, in the other coordinates."""
    return Polyhedron.from_generators([v[:-1] for v in vertices])


@pytest.mark.parametrize("d", range(1, 6))
def test_cubes_cross_polytopes_and_simplices(d):
    assert Polyhedron.from_generators(cube(d)[0]).volume == 2**d
    cross = Polyhedron.from_generators(cross_polytope(d)[0])
    assert cross.volume == Fraction(2**d, factorial(d))
    unit = [[int(i == j) for j in range(d)] for i in range(d)]
    assert Polyhedron.from_generators([*unit, [0] * d]).volume == Fraction(1, factorial(d))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_permutohedra(n):
    """Volume n^(n - 2) in n - 1 coordinates; integer points are the labelled forests."""
    vertices, _ = permutohedron(n)
    assert without_last(vertices).volume == n ** (n - 2)
    forests = {2: 2, 3: 7, 4: 38}
    P = Polyhedron.from_generators(vertices)
    assert P.volume == 0  # it is flat
    assert len(P.lattice_points(100)) == forests[n]


@pytest.mark.parametrize(("n", "k"), [(4, 2), (5, 2), (5, 3), (6, 3)])
def test_hypersimplices(n, k):
    """Laplace: the Eulerian number A(n - 1, k - 1) over (n - 1)!."""
    vertices, _ = hypersimplex(n, k)
    eulerian = sum((-1) ** i * comb(n, i) * (k - i) ** (n - 1) for i in range(k + 1))
    P = without_last(vertices)
    assert P.volume == Fraction(eulerian, factorial(n - 1))
    assert len(P.lattice_points(100)) == comb(n, k)


def test_birkhoff():
    """3/4! in dimension 4; the integer points of 3 B_3 are the magic squares of sum 3."""
    vertices = birkhoff(3)
    P = Polyhedron.from_generators(vertices).projection([0, 1, 3, 4])
    assert P.volume == Fraction(3, factorial(4))
    assert len(Polyhedron.from_generators(vertices).lattice_points(10)) == 6
    three = P.image([[3 * (i == j) for j in range(4)] for i in range(4)])
    assert len(three.lattice_points(100)) == comb(5, 4) + comb(6, 4) + comb(7, 4)


def test_a_cyclic_polytope():
    """Sum of Vandermonde determinants over a triangulation by Gale's condition."""
    vertices, _ = cyclic(6, 3)
    P = Polyhedron.from_generators(vertices)
    simplices = [(0, i, i + 1, 5) for i in range(1, 4)]  # Gale: the lower facets, coned

    def vandermonde(ts):
        found = Fraction(1)
        for a in range(4):
            for b in range(a):
                found *= ts[a] - ts[b]
        return found

    assert P.volume == sum(map(vandermonde, simplices)) / 6


@given(h_forms())
def test_against_lasserre(form):
    A, b, C, d, n = form
    rows = [(*a, t) for a, t in zip(A, b, strict=True)]
    rows += [(*c, t) for c, t in zip(C, d, strict=True)]
    rows += [(*(-x for x in c), -t) for c, t in zip(C, d, strict=True)]
    for j in range(n):
        for s in (-1, 1):
            rows.append((*(s * int(i == j) for i in range(n)), Fraction(3)))
    P = Polyhedron.from_inequalities([r[:-1] for r in rows], [r[-1] for r in rows])
    assert P.volume == lasserre(rows)


@given(points(dimension=3, count=(0, 9)))
def test_hulls_against_lasserre(cloud):
    n, cloud = cloud
    P = Polyhedron.from_generators(cloud, ambient_dim=n)
    if P.dim == n:
        A, b = P.facets
        assert P.volume == lasserre([(*a, t) for a, t in zip(A, b, strict=True)])
    else:
        assert P.volume == 0


@given(v_forms())
def test_integer_points_by_trying_all(P):
    if not P.is_bounded:
        with pytest.raises(UnboundedError, match="is unbounded"):
            P.lattice_points(10)
        return
    box = product(range(-2, 3), repeat=P.ambient_dim)
    expected = tuple(x for x in box if not P.is_empty and x in P)
    assert P.lattice_points(5**3) == expected
    if expected:
        with pytest.raises(Undecided, match=f"more than {len(expected) - 1} lattice"):
            P.lattice_points(len(expected) - 1)


@given(h_forms(), st.integers(2, 3))
def test_volume_scales_and_multiplies(form, factor):
    P = from_h(form)
    if P.is_bounded and not P.is_empty:
        n = P.ambient_dim
        Q = P.image([[factor * (i == j) for j in range(n)] for i in range(n)], [1] * n)
        assert Q.volume == factor**n * P.volume
        assert (P * Q).volume == P.volume * Q.volume
    elif not P.is_bounded:
        with pytest.raises(UnboundedError, match="only a polytope has a volume"):
            _ = P.volume


def test_no_coordinates():
    point, nothing = (Polyhedron.from_generators(V, ambient_dim=0) for V in ([[]], []))
    assert (point.volume, nothing.volume) == (1, 0)
    assert point.lattice_points(1) == ((),)
    assert nothing.lattice_points(0) == ()


@pytest.mark.parametrize("name", NAMED)
def test_every_vertex_of_an_integer_polytope_is_an_integer_point(name):
    P = Polyhedron.from_generators(NAMED[name][0])
    if P.ambient_dim <= 4 and "cyclic" not in name:  # that one has thousands
        assert set(P.vertices) <= set(P.lattice_points(1000))
