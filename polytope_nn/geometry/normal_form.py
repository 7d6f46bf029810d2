"""Normal forms of a nonempty polyhedron: one value for one set.

Every function takes an H-form H and a V-form V of one nonempty polyhedron in ``R^n``, or
one of them, and returns what depends on the set alone, sorted. Irredundance is decided by
incidence and rank (Ziegler, ch. 2): a point is on a minimal face iff the inequalities tight
at it, with the equations, have the rank n - dim(lineality); a ray is extreme iff they have
one less; an inequality is a facet iff the generators tight on it, homogenised, have rank
dim, and one of them is a vertex.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

from polytope_nn.exact.linear import kernel, project_out, rank
from polytope_nn.exact.rational import Matrix, Vector, integer_row, vector
from polytope_nn.exact.scalar import dot

from .cdd import Generators, Halfspaces

__all__ = ["affine_hull", "facets", "irredundant", "lineality", "transverse"]

Rows = tuple[Matrix, Vector]


def lineality(H: Halfspaces, n: int) -> Matrix:
    """Return the echelon basis of the lineality space, as primitive integers."""
    return cast("Matrix", kernel((*H.A, *H.C), n))


def irredundant(V: Generators, H: Halfspaces, n: int) -> Generators:
    """Return V without the generators that are not needed; lines in echelon form.

    >>> H = Halfspaces(((Fraction(1),), (Fraction(-1),)), (Fraction(1), Fraction(1)), (), ())
    >>> V = Generators(((Fraction(1),), (Fraction(0),), (Fraction(-1),)), (), ())
    >>> [str(*v) for v in irredundant(V, H, 1).vertices]
    ['1', '-1']
    """
    lines = lineality(H, n)
    pairs = tuple(zip(H.A, H.b, strict=True))
    vertices = (
        v
        for v in V.vertices
        if rank([*H.C, *(a for a, t in pairs if dot(a, v) == t)]) == n - len(lines)
    )
    rays = (
        r
        for r in V.rays
        if rank([*H.C, *(a for a in H.A if dot(a, r) == 0)]) == n - len(lines) - 1
    )
    return Generators(tuple(vertices), tuple(rays), lines)


def transverse(V: Generators) -> Generators:
    """Return V with points and rays projected orthogonally to the lines, rays primitive."""
    vertices = {cast("Vector", project_out(V.lines, v)) for v in V.vertices}
    across = (cast("Vector", project_out(V.lines, r)) for r in V.rays)
    rays = {vector(integer_row(r)) for r in across}
    return Generators(tuple(sorted(vertices)), tuple(sorted(rays)), V.lines)


def affine_hull(V: Generators, n: int) -> Rows:
    """Return ``(C, d)``, the equations of the affine hull in echelon form, primitive."""
    first, *others = V.vertices
    directions = [tuple(x - y for x, y in zip(v, first, strict=True)) for v in others]
    normals = cast("Matrix", kernel([*directions, *V.rays, *V.lines], n))
    return _primitive((a, dot(a, first)) for a in normals)


def facets(H: Halfspaces, V: Generators, hull: Matrix, dim: int) -> Rows:
    """Return the facets ``a x <= b`` among the rows of H, normals along the affine hull.

    `hull` has the normals of the affine hull as rows; dim is the polyhedron's dimension.
    """
    first = V.vertices[0]
    found = set()
    for a, t in zip(H.A, H.b, strict=True):
        tight = [(Fraction(1), *v) for v in V.vertices if dot(a, v) == t]
        if tight:
            tight += [(Fraction(0), *r) for r in (*V.rays, *V.lines) if dot(a, r) == 0]
            if rank(tight) == dim:
                along = cast("Vector", project_out(hull, a))
                found.add((along, t - dot(a, first) + dot(along, first)))
    A, b = _primitive(found)
    pairs = sorted(set(zip(A, b, strict=True)))
    return tuple(a for a, _ in pairs), tuple(t for _, t in pairs)


def _primitive(rows: Iterable[tuple[Vector, Fraction]]) -> Rows:
    """Return the rows, each (a, t) scaled to a primitive integer vector."""
    scaled = [vector(integer_row((*a, t))) for a, t in rows]
    return tuple(row[:-1] for row in scaled), tuple(row[-1] for row in scaled)
