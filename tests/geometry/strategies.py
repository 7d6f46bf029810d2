"""Polyhedra for hypothesis: small integers, ties planted, degenerate as a rule."""

from fractions import Fraction

from hypothesis import strategies as st

__all__ = ["integers", "matrices", "points", "slices"]

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
