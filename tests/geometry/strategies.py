"""Polyhedra for hypothesis: small integers, ties planted, degenerate as a rule."""

from fractions import Fraction

from hypothesis import strategies as st

from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

__all__ = ["from_h", "h_forms", "integers", "matrices", "points", "slices", "v_forms"]

integers = st.one_of(st.integers(-2, 2), st.integers(-(10**12), 10**12)).map(Fraction)


@st.composite
def matrices(draw, rows=(1, 5), columns=(1, 4)):
    """Rational matrices with zero, repeated and opposite rows among the others."""
    n = draw(st.integers(*columns))
    entries = draw(st.sampled_from([st.integers(-2, 2).map(Fraction), integers]))
    row = st.lists(entries, min_size=n, max_size=n).map(tuple)
    A = draw(st.lists(row, min_size=rows[0], max_size=rows[1]))
    for _ in range(draw(st.integers(0, 2)) if A else 0):
        factor = draw(st.sampled_from([-1, 0, 1, 2]))
        A.append(tuple(factor * x for x in draw(st.sampled_from(A))))
    return tuple(A)


@st.composite
def slices(draw):
    """``(A, b)`` of a set ``{c >= 0 : A c = b}``: a point is drawn first, b from it.

    Sometimes b is then moved, so that the set may be empty; often the sum of c is fixed,
    so that it is bounded.
    """
    A = draw(matrices(rows=(1, 3), columns=(1, 6)))
    if draw(st.booleans()):
        A += (tuple(Fraction(1) for _ in A[0]),)
    c = draw(st.lists(st.integers(0, 2), min_size=len(A[0]), max_size=len(A[0])))
    b = [sum(x * t for x, t in zip(row, c, strict=True)) for row in A]
    if draw(st.integers(0, 4)) == 0:
        b[0] += draw(st.integers(-1, 1))
    return A, tuple(map(Fraction, b))


@st.composite
def points(draw, dimension=None, count=(0, 7)):
    """Sets of points (and, by repetition and small entries, flat and degenerate ones)."""
    n = draw(st.integers(1, 4)) if dimension is None else dimension
    entry = st.integers(-2, 2).map(Fraction)
    point = st.lists(entry, min_size=n, max_size=n).map(tuple)
    return n, tuple(draw(st.lists(point, min_size=count[0], max_size=count[1])))


@st.composite
def h_forms(draw):
    """(A, b, C, d, n), often feasible: b lies above a drawn point, C goes through it."""
    A = draw(matrices(rows=(0, 6), columns=(1, 3)).filter(bool))
    n = len(A[0])
    x = draw(st.lists(st.integers(-1, 1), min_size=n, max_size=n).map(vector))
    split = draw(st.integers(0, min(len(A), 2)))
    slack = st.integers(draw(st.sampled_from([-1, 0])), 2)
    b = tuple(dot(a, x) + draw(slack) for a in A[split:])
    return A[split:], b, A[:split], tuple(dot(a, x) for a in A[:split]), n


def from_h(form):
    A, b, C, d, n = form
    return Polyhedron.from_inequalities(A, b, C, d, ambient_dim=n)


@st.composite
def v_forms(draw, dimension=None):
    """Polyhedra by generators: flat, unbounded, with lines, a point, the empty set."""
    n = draw(st.integers(1, 3)) if dimension is None else dimension
    row = st.lists(st.integers(-2, 2), min_size=n, max_size=n)
    points = draw(st.lists(row, max_size=5))
    rays = draw(st.lists(row, max_size=2)) if points else []
    lines = draw(st.lists(row, max_size=1)) if points else []
    return Polyhedron.from_generators(points, rays, lines, ambient_dim=n)
