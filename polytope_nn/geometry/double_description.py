"""Double description: the extreme rays of a pointed cone, the vertices of a slice.

Terminology. A pointed cone ``{x in R^n : A x >= 0}`` is held in *slack coordinates*
``s = A x``: it is the set of ``s >= 0`` in the n-dimensional subspace ``im A``. A slice
``{c >= 0 : A c = b}`` is in slack coordinates already, once homogenised to
``{(c, t) >= 0 : A c = b t}``. Choose a basis among the coordinates: *free* coordinates, on
which the subspace is a graph, and *bound* ones, linear functions of them. With only the
free coordinates required to be ``>= 0`` the cone is simplicial, with one ray per free
coordinate; the bound coordinates are then required to be ``>= 0`` one after another, each
time keeping the rays on the right side and adding the points where edges cross (Motzkin,
Raiffa, Thompson and Thrall 1953; Fukuda and Prodon 1996). The *support* of a ray is the set
of required coordinates positive on it, an int bitmask of any length; which pairs are edges
is decided by supports alone (:mod:`~polytope_nn.geometry.adjacency`).

Exactness. Over the rationals rays are primitive integer vectors. Over other scalars one
positive coordinate is scaled to 1. Zeros are structural: a coordinate absent from a ray is
known to be 0, a new ray's support is the union of its parents' (sums of positive numbers
do not cancel), so a sign is asked only of the coordinate that is being required. With
balls the answer is therefore proved, or :class:`~polytope_nn.errors.Undecided` is raised.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import DimensionError, UnboundedError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, kernel, rank, rref, transpose
from polytope_nn.exact.rational import Vector, identity, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle
from polytope_nn.wording import plural

from .adjacency import indices
from .kernel.insertion import Ray, Rays, is_zero, required, scalar
from .kernel.rational import integer_rays, quotients

__all__ = [
    "affine_point",
    "cone_rays",
    "extreme_rays",
    "slice_generators",
    "slice_vertices",
]


def slice_vertices(
    A: Sequence[Sequence[Scalar]], b: Sequence[Scalar], *, most: int | None = None
) -> tuple[Scalars, ...]:
    """Return the vertices of the polytope ``{c >= 0 : A c = b}``, sorted by support.

    A has shape (m, N), any rank; the supports are compared as tuples of indices. An empty
    polytope has no vertices; with N = 0 (also when A has no rows) the one point is ``()``.
    More than ``most`` rays on the way, which are vertices of relaxations, are given up.

    Raises
    ------
    UnboundedError
        When the set has a point and a ray.
    Undecided
        When a ball does not decide a sign, or (TooMany) there are too many.

    Examples
    --------
    >>> from polytope_nn.exact.rational import matrix, vector
    >>> for c in slice_vertices(matrix([[1, 1, 1], [0, 1, 2]]), vector([2, 2])):
    ...     print(*c)
    1 0 1
    0 2 0
    """
    steady = _steady(A, b, most)
    if steady:
        return steady
    vertices, rays = slice_generators(A, b, most=most)
    if vertices and rays:
        support = tuple(j for j, x in enumerate(rays[0]) if not is_zero(x))
        raise UnboundedError(
            f"{{c >= 0 : A c = b}} is unbounded: it has a ray of support {support}"
        )
    return vertices


def _steady(
    A: Sequence[Sequence[Scalar]], b: Sequence[Scalar], most: int | None
) -> tuple[Scalars, ...]:
    """Return the vertices in balls where b alone is of balls, and they stay as at its middle.

    The rows are independent, and at the middle every vertex has as many positive entries; in
    balls these stay positive. Then for no b in the balls there is another: on the way there
    from the middle the first one that appears would be the limit of one of these, for the
    polytope moves continuously, and have fewer positive entries.
    """
    rational = all(isinstance(t, Fraction) for row in A for t in row)
    kinds = {type(t) for t in b}
    if not rational or kinds - {Fraction, Ball} or Ball not in kinds or rank(A) < len(A):
        return ()
    vertices, rays = slice_generators(A, tuple(map(middle, b)), most=most)
    if rays:
        return ()
    columns, found = transpose(A), []
    for vertex in vertices:
        used = [j for j, t in enumerate(vertex) if t]
        if len(used) < len(A):
            return ()
        basis = transpose([columns[j] for j in used])
        masses = [dot(row, b) for row in _inverse(basis)]
        if not all((t.lower if isinstance(t, Ball) else t) > 0 for t in masses):
            return ()
        c: list[Scalar] = [Fraction(0)] * len(columns)
        for j, t in zip(used, masses, strict=True):
            c[j] = t
        found.append(tuple(c))
    return tuple(found)


def slice_generators(
    A: Sequence[Sequence[Scalar]], b: Sequence[Scalar], *, most: int | None = None
) -> tuple[tuple[Scalars, ...], tuple[Scalars, ...]]:
    """Return the vertices of ``{c >= 0 : A c = b}``, sorted by support, and its rays.

    >>> from polytope_nn.exact.rational import matrix, vector
    >>> vertices, rays = slice_generators(matrix([[1, -1]]), vector([1]))
    >>> [[str(x) for x in c] for c in (*vertices, *rays)]
    [['1', '0'], ['1', '1']]
    """
    if len(A) != len(b):
        raise DimensionError(
            f"{plural(len(A), 'row')} and {plural(len(b), 'right-hand side')}"
        )
    N = len(A[0]) if A else 0
    homogeneous = [[*map(scalar, row), -scalar(t)] for row, t in zip(A, b, strict=True)]
    _, bound = rref(homogeneous)
    free = [j for j in range(N + 1) if j not in bound]
    simplicial = kernel(homogeneous, N + 1)
    if _rational(simplicial):
        rows = [integer_row(cast("Vector", x)) for x in simplicial]
        return _rational_generators(integer_rays(rows, free, bound, most), N)
    found = cone_rays(simplicial, free, bound, most)
    vertices = [(S, ray) for S, ray in found if N in ray]
    rays = [ray for _, ray in found if N not in ray]
    return (
        tuple(
            affine_point(ray, N)
            for _, ray in sorted(vertices, key=lambda vertex: indices(vertex[0] ^ 1 << N))
        ),
        tuple(tuple(scalar(ray.get(j, 0)) for j in range(N)) for ray in rays),
    )


def _rational_generators(
    found: Sequence[tuple[int, tuple[int, ...]]], N: int
) -> tuple[tuple[Scalars, ...], tuple[Scalars, ...]]:
    """Return vertices, sorted by support, and rays, of integer rays (c, t)."""
    vertices = [(_places(S, N), x) for S, x in found if x[N]]
    vertices.sort(reverse=True)  # no support contains another
    rays = quotients((x[:N], 1) for _, x in found if not x[N])
    return quotients((x[:N], x[N]) for _, x in vertices), rays


def _places(mask: int, width: int) -> str:
    """Return the lowest bits of the mask, the lowest first."""
    return f"{mask & (1 << width) - 1:0{width}b}"[::-1]


def _rational(rows: Sequence[Scalars]) -> bool:
    return all(isinstance(x, Fraction) for row in rows for x in row)


def extreme_rays(
    A: Sequence[Sequence[Scalar | int]], n: int
) -> list[tuple[int, ...]] | list[Scalars]:
    """Return the extreme rays of the pointed cone ``{x in R^n : A x >= 0}``.

    Rational rows give primitive integer rays; other scalars give rays of the same type,
    scaled to one slack ``a x = 1``. They are sorted by the rows positive on them, compared
    as tuples of indices (zero rows and, over the rationals, repetitions not counted).

    Raises
    ------
    UnboundedError
        When the cone contains a line: the rank of A is less than n.

    Examples
    --------
    >>> extreme_rays([[1, 0], [0, 1], [1, -1]], 2)
    [(1, 1), (1, 0)]
    """
    if any(len(row) != n for row in A):
        raise DimensionError(f"a row of A is not of length {n}")
    rows: list[Scalars] = [tuple(map(scalar, row)) for row in A]
    rational = _rational(rows)
    if rational:
        primitive = (integer_row(cast("Vector", row)) for row in rows)
        rows = [tuple(map(Fraction, row)) for row in dict.fromkeys(primitive)]
    rows = [row for row in rows if not all(map(is_zero, row))]
    free = independent_rows(rows)
    if len(free) < n:
        raise UnboundedError(f"A has rank {len(free)} < {n}: the cone has a line")
    # x is the combination, by its slacks on the free rows, of the basis dual to them
    dual = _inverse([rows[i] for i in free])
    simplicial: list[Scalars] = [
        tuple(
            Fraction(int(i == free[j])) if i in free else dot(row, x)
            for i, row in enumerate(rows)
        )
        for j, x in enumerate(transpose(dual))
    ]
    bound = [i for i in range(len(rows)) if i not in free]
    rays = cone_rays(simplicial, free, bound)
    rays.sort(key=lambda ray: indices(ray[0]))
    found: list[Scalars] = []
    for _, ray in rays:
        slack = [scalar(ray.get(i, 0)) for i in free]
        found.append(tuple(dot(coordinate, slack) for coordinate in dual))
    if rational:
        return [integer_row(cast("Vector", x)) for x in found]
    return found


def _inverse(basis: Sequence[Scalars]) -> list[Scalars]:
    """Return the inverse of a regular matrix (n, n), row by row."""
    n = len(basis)
    both = [(*row, *e) for row, e in zip(basis, identity(n), strict=True)]
    return [row[n:] for row in rref(both)[0]]


def cone_rays(
    simplicial: Sequence[Scalars],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None = None,
) -> Rays:
    """Return the rays, with supports, of the cone with all coordinates ``>= 0``.

    The simplicial rays are those of the cone with only the free coordinates ``>= 0``.
    """
    if _rational(simplicial):
        rows = [integer_row(cast("Vector", x)) for x in simplicial]
        found = integer_rays(rows, free, bound, most)
        return [(S, {i: t for i, t in enumerate(x) if t}) for S, x in found]
    rays: Rays = [(1 << j, _sparse(x)) for j, x in zip(free, simplicial, strict=True)]
    return required(rays, bound, rational=False, most=most)


def _sparse(x: Sequence[Scalar]) -> Ray:
    """Return x without its known zeros."""
    return {i: t for i, t in enumerate(x) if not is_zero(t)}


def affine_point(ray: Ray, N: int) -> Scalars:
    """Return the point ``c / t`` of the ray (c, t), where ``t = ray[N] > 0``."""
    t = ray[N]
    c: list[Scalar] = [Fraction(0)] * N
    for i, x in ray.items():
        if i == N:
            continue
        if type(x) is int and type(t) is int:
            c[i] = Fraction(x, t)
        else:  # t is 1 unless the ray is simplicial still
            c[i] = scalar(x) if isinstance(t, Fraction) and t == 1 else scalar(x) / t
    return tuple(c)
