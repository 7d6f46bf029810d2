"""Every operation on random sets: empty, flat, unbounded, with lines; against cddlib and scipy.

A set is made twice: as a Polyhedron, and as the generators that cddlib finds of it (or that it
is made of). What an operation gives is compared with generators made by its definition.
"""

import random
from fractions import Fraction
from itertools import combinations, product
from math import ceil, floor

import numpy as np
import pytest

from polytope_nn.errors import (
    EmptyPolyhedronError,
    PolytopeError,
    UnboundedError,
    Undecided,
)
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry import cdd
from polytope_nn.geometry.polyhedra.forms import Generators, Halfspaces
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

pytestmark = pytest.mark.skipif(not cdd.is_installed(), reason="cddlib is not installed")
ROOT2 = NumberField([-2, 0, 1], (1, 2)).generator
NOTHING = Generators((), (), ())
SEEDS = [*range(6), *(pytest.param(s, marks=pytest.mark.deep) for s in range(6, 200))]


def exact(rows):
    return tuple(tuple(map(Fraction, row)) for row in rows)


def nonzero(rows):
    return tuple(row for row in rows if any(row))


def added(u, v):
    return tuple(x + y for x, y in zip(u, v, strict=True))


def row(rng, n):
    return [
        rng.randint(-3, 3) if rng.random() < 0.9 else Fraction(rng.randint(-5, 5), 3)
        for _ in range(n)
    ]


def by_inequalities(rng, n):
    A = [row(rng, n) for _ in range(rng.randint(0, 7))]
    b = [rng.randint(-2, 5) for _ in A]
    if rng.random() < 0.5:  # in a box
        for e in np.eye(n, dtype=int).tolist():
            A += [e, [-x for x in e]]
            b += [rng.randint(0, 4), rng.randint(0, 4)]
    if A and rng.random() < 0.3:  # twice, and flat
        A += [[2 * x for x in A[0]], [-x for x in A[-1]]]
        b += [2 * b[0], -b[-1]]
    C = [row(rng, n)] if rng.random() < 0.25 else []
    d = [rng.randint(-2, 2) for _ in C]
    H = Halfspaces(exact(A), tuple(map(Fraction, b)), exact(C), tuple(map(Fraction, d)))
    return Polyhedron.from_inequalities(A, b, C, d, ambient_dim=n), cdd.generators(H, n)


def by_generators(rng, n):
    points = [row(rng, n) for _ in range(rng.choice([0, 1, 2, 3, 5, 7]))]
    points += points[:1] if rng.random() < 0.3 else []
    rays = [row(rng, n) for _ in range(rng.choice([0, 0, 1, 2]))]
    lines = [row(rng, n)] if rng.random() < 0.15 else []
    P = Polyhedron.from_generators(points, rays, lines, ambient_dim=n)
    if not points and (rays or lines):
        points = [[0] * n]  # their cone
    return P, Generators(exact(points), nonzero(exact(rays)), nonzero(exact(lines)))


def made(rng, n):
    return (by_inequalities if rng.random() < 0.5 else by_generators)(rng, n)


@pytest.fixture(params=SEEDS)
def case(request):
    """A set in two ways, what cddlib makes of it, and where random numbers come from."""
    rng = random.Random(request.param)  # noqa: S311 - seeded
    n = rng.choice([1, 2, 2, 3, 3, 4])
    P, V = made(rng, n)
    H = cdd.halfspaces(V, n) if V.vertices else None
    return P, V, H, rng


def lies_in(V, H):
    """Return whether what is generated lies in the half-spaces."""
    along = [*V.rays, *V.lines, *(tuple(-x for x in line) for line in V.lines)]
    return (
        all(dot(a, v) <= t for a, t in zip(H.A, H.b, strict=True) for v in V.vertices)
        and all(dot(a, v) == t for a, t in zip(H.C, H.d, strict=True) for v in V.vertices)
        and all(dot(a, r) <= 0 for a in H.A for r in along)
        and all(dot(a, r) == 0 for a in H.C for r in along)
    )


def is_generated(P, V, n):
    """Assert that P is the set of the generators, both of its forms, irredundant."""
    assert P.ambient_dim == n
    if not V.vertices:
        assert P.is_empty
        assert (P.dim, P.vertices) == (-1, ())
        return
    H = cdd.halfspaces(V, n)
    W = cdd.generators(H, n)
    assert lies_in(Generators(P.vertices, P.rays, P.lines), H)
    assert lies_in(V, Halfspaces(*P.facets, *P.hull))
    assert [len(P.vertices), len(P.rays), len(P.lines)] == list(map(len, W))
    assert [len(P.facets[0]), len(P.hull[0])] == [len(H.A), len(H.C)]
    assert P.dim == n - len(H.C)
    assert P.is_bounded == (not W.rays and not W.lines)
    if not W.lines:
        assert set(P.vertices) == set(W.vertices)


def mapped(V, f):
    """Return the images of generators under an affine map, given with its linear part."""
    point, linear = f
    if not V.vertices:
        return NOTHING
    return Generators(
        tuple(map(point, V.vertices)),
        nonzero(map(linear, V.rays)),
        nonzero(map(linear, V.lines)),
    )


def test_the_set_and_its_texts(case):
    P, V, _, _ = case
    is_generated(P, V, P.ambient_dim)
    for form in ("ine", "ext", "polymake", "normaliz"):
        if form == "normaliz" and P.is_empty and P.given_halfspaces is None:
            with pytest.raises(PolytopeError, match="the empty set has no generators"):
                P.to_normaliz()
            continue
        text = getattr(P, f"to_{form}")()
        assert getattr(Polyhedron, f"from_{form}")(text) == P


def test_a_minimum(case):
    P, V, H, rng = case
    c = exact([row(rng, P.ambient_dim)])[0]
    if H is None:
        with pytest.raises(EmptyPolyhedronError):
            P.minimum(c)
    elif any(dot(c, r) < 0 for r in V.rays) or any(dot(c, r) for r in V.lines):
        with pytest.raises(UnboundedError):
            P.minimum(c)
    else:
        value, point, (lam, mu) = P.minimum(c)
        assert value == min(dot(c, v) for v in V.vertices) == dot(c, point)
        assert point in P
        G = P.halfspaces  # c = mu C - lam A, value = mu d - lam b: THEORY's weak duality
        rows = [*((-u, a, t) for u, a, t in zip(lam, G.A, G.b, strict=True))]
        rows += [*zip(mu, G.C, G.d, strict=True)]
        assert min(lam, default=0) >= 0
        assert value == sum(u * t for u, _, t in rows)
        assert all(c[j] == sum(u * a[j] for u, a, _ in rows) for j in range(len(c)))


def test_two_sets(case):
    P, V, H, rng = case
    n = P.ambient_dim
    Q, W = made(rng, n)
    G = cdd.halfspaces(W, n) if W.vertices else None
    if H is None or G is None:
        assert (P & Q).is_empty
        assert (P + Q).is_empty
        return
    both = Halfspaces(*(x + y for x, y in zip(H, G, strict=True)))
    is_generated(P & Q, cdd.generators(both, n), n)
    assert (P <= Q) == lies_in(V, G)
    assert (Q <= P) == lies_in(W, H)
    points = tuple(added(v, w) for v in V.vertices for w in W.vertices)
    is_generated(P + Q, Generators(points, V.rays + W.rays, V.lines + W.lines), n)
    if n < 3:
        zero = (Fraction(0),) * n
        points = tuple(v + w for v in V.vertices for w in W.vertices)
        rays, lines = (
            tuple(x + zero for x in first) + tuple(zero + x for x in second)
            for first, second in ((V.rays, W.rays), (V.lines, W.lines))
        )
        is_generated(P * Q, Generators(points, rays, lines), 2 * n)


def test_maps_polars_and_recession(case):
    P, V, H, rng = case
    n = P.ambient_dim
    A, b = exact([row(rng, n) for _ in range(2)]), exact([row(rng, 2)])[0]

    def linear(v):
        return tuple(dot(a, v) for a in A)

    is_generated(P.image(A, b), mapped(V, (lambda v: added(linear(v), b), linear)), 2)
    kept = rng.sample(range(n), rng.randint(1, n))

    def shadow(v):
        return tuple(v[i] for i in kept)

    is_generated(P.projection(kept), mapped(V, (shadow, shadow)), len(kept))
    zero, one = (Fraction(0),) * n, Fraction(1)
    if H is None:
        is_generated(
            P.polar(), Generators((zero,), (), exact(np.eye(n, dtype=int).tolist())), n
        )
        with pytest.raises(EmptyPolyhedronError):
            _ = P.recession_cone
        return
    levels = (one,) * len(V.vertices) + (0 * one,) * len(V.rays)
    polar = Halfspaces(V.vertices + V.rays, levels, V.lines, (0 * one,) * len(V.lines))
    is_generated(P.polar(), cdd.generators(polar, n), n)
    is_generated(P.recession_cone, Generators((zero,), V.rays, V.lines), n)


def test_volume_and_lattice_points(case):
    from scipy.spatial import ConvexHull

    P, V, H, _ = case
    if not P.is_bounded:
        for ask in (lambda: P.volume, lambda: P.lattice_points(9)):
            with pytest.raises(UnboundedError):
                ask()
        return
    if P.dim < P.ambient_dim:
        assert P.volume == 0
    else:
        points = np.array(V.vertices, dtype=float)
        size = np.ptp(points) if P.ambient_dim == 1 else ConvexHull(points).volume
        assert abs(float(P.volume) - size) < 1e-9 * size  # a guide: the exact route is ours
    if H is None:
        assert P.lattice_points(0) == ()
        return
    ranges = [range(ceil(min(t)), floor(max(t)) + 1) for t in zip(*V.vertices, strict=True)]
    box = exact(product(*ranges))
    inside = [p for p in box if lies_in(Generators((p,), (), ()), H)]
    assert [*P.lattice_points(len(inside))] == sorted(inside)
    if inside:
        with pytest.raises(Undecided):
            P.lattice_points(len(inside) - 1)


def test_faces_incidence_and_edges(case):
    P, _, H, _ = case
    if H is None:
        assert (P.faces(0), P.f_vector) == ((), (1,))
        return
    A, b = P.facets
    on = [{j for j, a in enumerate(A) if dot(a, v) == b[j]} for v in P.vertices]
    along = [{j for j, a in enumerate(A) if dot(a, r) == 0} for r in P.rays]
    assert P.incidence.vertices == tuple(
        tuple(i for i, s in enumerate(on) if j in s) for j in range(len(A))
    )
    faces = {}
    for size in range(min(len(A), 10) + 1) if len(A) <= 10 else ():
        for chosen in map(set, combinations(range(len(A)), size)):
            points = tuple(i for i, s in enumerate(on) if chosen <= s)
            rays = tuple(i for i, s in enumerate(along) if chosen <= s)
            if points:
                rows = [
                    added(P.vertices[i], [-x for x in P.vertices[points[0]]])
                    for i in points
                ]
                rows += [*(P.rays[i] for i in rays), *P.lines]
                faces.setdefault(rank(rows), set()).add((points, rays))
    if not faces:
        return
    for k in range(P.dim + 1):
        assert {(f.vertices, f.rays) for f in P.faces(k)} == faces.get(k, set())
    assert P.f_vector[1:] == tuple(len(faces.get(k, ())) for k in range(P.dim + 1))
    edges = faces.get(1 + len(P.lines), set())
    assert set(P.adjacency.vertices) == {p for p, _ in edges if len(p) == 2}
    assert set(P.adjacency.rays) == {(p[0], r[0]) for p, r in edges if len(p) == 1}


def test_redundancy_and_implied_equations(case):
    P, V, H, _ = case
    if P.given_halfspaces is None:
        return
    if H is None:
        with pytest.raises(EmptyPolyhedronError):
            P.redundancy()
        with pytest.raises(EmptyPolyhedronError):
            _ = P.implied_equations
        return
    kept, proofs = P.redundancy()
    (A, b), (C, d), n = P.inequalities, P.equations, P.ambient_dim
    assert {*kept, *proofs} == set(range(len(A)))
    for i, (lam, mu) in proofs.items():
        rows = [(u, A[k], b[k]) for u, k in zip(lam, kept, strict=True)]
        rows += [*zip(mu, C, d, strict=True)]
        assert min(lam, default=0) >= 0
        assert all(A[i][j] == sum(u * a[j] for u, a, _ in rows) for j in range(n))
        assert sum(u * t for u, _, t in rows) <= b[i]
    for i in kept:  # without it the set is larger
        rest = [k for k in kept if k != i]
        others = Halfspaces(tuple(A[k] for k in rest), tuple(b[k] for k in rest), C, d)
        assert not lies_in(cdd.generators(others, n), Halfspaces((A[i],), (b[i],), (), ()))
    tight = [lies_in(V, Halfspaces((), (), (a,), (t,))) for a, t in zip(A, b, strict=True)]
    assert P.implied_equations == tuple(i for i, x in enumerate(tight) if x)


def stretched(P, by):
    """Return the set with its first coordinates multiplied."""
    n = P.ambient_dim
    return P.image(
        [[by if i == j == 0 else int(i == j) for j in range(n)] for i in range(n)]
    )


def test_the_same_in_a_number_field(case):
    """Stretched by the root of 2 everything goes along."""
    P, _, _, rng = case
    Q, _ = made(rng, P.ambient_dim)
    R, S = stretched(P, ROOT2), stretched(Q, ROOT2)
    assert (R.dim, R.is_bounded, R.f_vector) == (P.dim, P.is_bounded, P.f_vector)
    assert R & S == stretched(P & Q, ROOT2)
    assert R + S == stretched(P + Q, ROOT2)
    assert (R <= S) == (P <= Q)
    assert R.polar() == stretched(P.polar(), 1 / ROOT2)
    again = Polyhedron.from_inequalities(*R.facets, *R.hull, ambient_dim=P.ambient_dim)
    assert again == R or R.is_empty
    assert stretched(R, ROOT2) == stretched(P, 2)
    if P.is_bounded:
        assert R.volume == ROOT2 * P.volume
    c = row(rng, P.ambient_dim)
    try:
        least = P.minimum(c).value
    except PolytopeError as refused:
        with pytest.raises(type(refused)):
            R.minimum([c[0] / ROOT2, *c[1:]])
    else:
        assert R.minimum([c[0] / ROOT2, *c[1:]]).value == least
    if not P.is_empty:
        assert R.recession_cone == stretched(P.recession_cone, ROOT2)
