"""Polyhedra: by inequalities or by generators, flat, unbounded, with lines, a point, empty."""

from fractions import Fraction

from hypothesis import strategies as st

from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron

from .planted import require_sizes

__all__ = ["polyhedra"]


def polyhedra(dimension: int = 3) -> st.SearchStrategy[Polyhedron]:
    """Return a strategy for polyhedra in R^1 ... R^dimension, in either form.

    Inequalities are mostly feasible, for a point is drawn first; rows and generators that
    repeat or oppose others, equations and the empty set are common. Shrinking leads to few
    small integers.
    """
    require_sizes(dimension=dimension)
    return st.integers(1, dimension).flatmap(
        lambda n: st.one_of(_of_generators(n), _of_inequalities(n))
    )


@st.composite
def _of_generators(draw: st.DrawFn, n: int) -> Polyhedron:
    row = st.tuples(*[st.integers(-2, 2)] * n)
    points = draw(st.lists(row, max_size=5))
    rays = draw(st.lists(row.filter(any), max_size=2)) if points else []
    lines = draw(st.lists(row.filter(any), max_size=1)) if points else []
    return Polyhedron.from_generators(points, rays, lines, ambient_dim=n)


@st.composite
def _of_inequalities(draw: st.DrawFn, n: int) -> Polyhedron:
    row = st.tuples(*[st.integers(-2, 2)] * n)
    A = draw(st.lists(row, max_size=6))
    factor = draw(st.sampled_from((0, 0, -1, 2)))
    if A and factor:
        A.append(tuple(factor * t for t in draw(st.sampled_from(A))))
    x = draw(row)
    slack = st.integers(draw(st.sampled_from((0, 0, 0, -1))), 2)
    value = [sum(a * t for a, t in zip(line, x, strict=True)) for line in A]
    equations = draw(st.integers(0, min(len(A), 1)))
    b = [Fraction(v + draw(slack)) for v in value[equations:]]
    return Polyhedron.from_inequalities(
        A[equations:], b, A[:equations], value[:equations], ambient_dim=n
    )
