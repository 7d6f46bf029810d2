"""Operations on forms: sums, products, images, polars, cones. All are definitions.

An operation on inequalities gives inequalities, one on generators gives generators; which
form a polyhedron has is the business of
:class:`~polytope_nn.geometry.polyhedra.polyhedron.Polyhedron`.
"""

from fractions import Fraction

from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalars, dot

from .forms import Generators, Halfspaces, Rows

__all__ = [
    "image",
    "intersection",
    "minkowski_sum",
    "polar",
    "product",
    "recession",
]


def intersection(H: Halfspaces, G: Halfspaces) -> Halfspaces:
    """Return the rows of both."""
    return Halfspaces(H.A + G.A, H.b + G.b, H.C + G.C, H.d + G.d)


def product(H: Halfspaces, n: int, G: Halfspaces, m: int) -> Halfspaces:
    """Return the rows of ``{(x, y) : x in H, y in G}``, x of length n, y of length m."""

    def before(rows: Rows) -> Rows:
        return tuple((*row, *(Fraction(0),) * m) for row in rows)

    def after(rows: Rows) -> Rows:
        return tuple((*(Fraction(0),) * n, *row) for row in rows)

    return Halfspaces(
        before(H.A) + after(G.A), H.b + G.b, before(H.C) + after(G.C), H.d + G.d
    )


def minkowski_sum(V: Generators, W: Generators) -> Generators:
    """Return generators of ``{v + w}``: empty when one of the two is."""
    points = dict.fromkeys(
        tuple(simplest(x + y) for x, y in zip(v, w, strict=True))
        for v in V.vertices
        for w in W.vertices
    )
    return Generators(tuple(points), V.rays + W.rays, V.lines + W.lines)


def image(V: Generators, A: Rows, b: Scalars) -> Generators:
    """Return generators of ``{A x + b}``; A has shape (m, n), b (m,)."""

    def linear(rows: Rows) -> Rows:
        return tuple(tuple(simplest(dot(a, x)) for a in A) for x in rows)

    moved = tuple(
        tuple(simplest(x + t) for x, t in zip(v, b, strict=True))
        for v in linear(V.vertices)
    )
    return Generators(moved, linear(V.rays), linear(V.lines))


def polar(V: Generators) -> Halfspaces:
    """Return ``{y : x y <= 1 for all x}``: the whole space for the empty set.

    Points of the set are bounded by 1, rays by 0, lines vanish.
    """
    if not V.vertices:
        return Halfspaces((), (), (), ())
    one, zero = (Fraction(1),), (Fraction(0),)
    return Halfspaces(
        V.vertices + V.rays,
        one * len(V.vertices) + zero * len(V.rays),
        V.lines,
        zero * len(V.lines),
    )


def recession(H: Halfspaces) -> Halfspaces:
    """Return ``{x : A x <= 0, C x = 0}``, the directions in which a nonempty H is endless."""
    zero = (Fraction(0),)
    return Halfspaces(H.A, zero * len(H.b), H.C, zero * len(H.d))
