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
from math import gcd
from typing import TypeAlias, cast

from polytope_nn.errors import DimensionError, TooMany, UnboundedError
from polytope_nn.exact.linear import independent_rows, kernel, rref, solve, transpose
from polytope_nn.exact.rational import Vector, integer_row
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars, dot, sign
from polytope_nn.progress import counted

from .adjacency import edges, indices

__all__ = [
    "Ray",
    "Rays",
    "affine_point",
    "cone_rays",
    "extreme_rays",
    "required",
    "slice_generators",
    "slice_vertices",
]

Ray: TypeAlias = dict[int, Scalar | int]  # coordinate -> value; absent: known to be 0
Rays: TypeAlias = list[tuple[int, Ray]]  # each with its support


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
    vertices, rays = slice_generators(A, b, most=most)
    if vertices and rays:
        support = tuple(j for j, x in enumerate(rays[0]) if not _is_zero(x))
        raise UnboundedError(
            f"{{c >= 0 : A c = b}} is unbounded: it has a ray of support {support}"
        )
    return vertices


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
        raise DimensionError(f"{len(A)} rows and {len(b)} right-hand sides")
    N = len(A[0]) if A else 0
    homogeneous = [[*map(_scalar, row), -_scalar(t)] for row, t in zip(A, b, strict=True)]
    _, bound = rref(homogeneous)
    free = [j for j in range(N + 1) if j not in bound]
    found = cone_rays(kernel(homogeneous, N + 1), free, bound, most)
    vertices = [(S, ray) for S, ray in found if N in ray]
    rays = [ray for _, ray in found if N not in ray]
    return (
        tuple(
            affine_point(ray, N)
            for _, ray in sorted(vertices, key=lambda vertex: indices(vertex[0] ^ 1 << N))
        ),
        tuple(tuple(_scalar(ray.get(j, 0)) for j in range(N)) for ray in rays),
    )


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
    rows: list[Scalars] = [tuple(map(_scalar, row)) for row in A]
    rational = all(isinstance(x, Fraction) for row in rows for x in row)
    if rational:
        primitive = (integer_row(cast("Vector", row)) for row in rows)
        rows = [tuple(map(Fraction, row)) for row in dict.fromkeys(primitive)]
    rows = [row for row in rows if not all(map(_is_zero, row))]
    free = independent_rows(rows)
    if len(free) < n:
        raise UnboundedError(f"A has rank {len(free)} < {n}: the cone has a line")
    # x is the combination, by its slacks on the free rows, of the basis dual to them
    dual = transpose([_solve([rows[i] for i in free], i, n) for i in range(n)])
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
        slack = [_scalar(ray.get(i, 0)) for i in free]
        found.append(tuple(dot(coordinate, slack) for coordinate in dual))
    if rational:
        return [integer_row(cast("Vector", x)) for x in found]
    return found


def _solve(basis: Sequence[Scalars], i: int, n: int) -> Scalars:
    """Return x with ``basis x`` the i-th unit vector; the basis is regular, (n, n)."""
    x = solve(basis, [Fraction(int(i == j)) for j in range(n)])
    assert x is not None
    return x


def cone_rays(
    simplicial: Sequence[Scalars],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None = None,
) -> Rays:
    """Return the rays, with supports, of the cone with all coordinates ``>= 0``.

    The simplicial rays are those of the cone with only the free coordinates ``>= 0``.
    """
    rational = all(isinstance(x, Fraction) for ray in simplicial for x in ray)
    rays: Rays = [
        (1 << j, _integers(x) if rational else _sparse(x))
        for j, x in zip(free, simplicial, strict=True)
    ]
    return required(rays, bound, rational=rational, most=most)


def required(
    rays: Rays, bound: Sequence[int], *, rational: bool, most: int | None = None
) -> Rays:
    """Return the rays of the cone with the bound coordinates ``>= 0`` as well.

    The given rays are those of a simplicial cone, on all coordinates; when `rational`, they
    are primitive integer vectors. Of the coordinates left, the one that separates fewest
    pairs of rays comes next.
    """
    cross = _integer_crossing if rational else _crossing
    left = _Signs(bound)
    for _, ray in rays:
        left.count(ray, 1)
    for k in counted("vertices, coordinates", range(len(bound))):
        i = left.next()
        positive, zero, negative = _split(rays, i)
        kept: Rays = [(S | 1 << i, ray) for S, ray in positive]
        new = []
        for U, p, q in edges(positive, zero, negative, k):
            new.append((U, cross(p, q, i, U)))
            if most is not None and len(kept) + len(new) > most:
                raise TooMany(f"more than {most} vertices on the way to those of P")
        for _, ray in negative:
            left.count(ray, -1)
        for _, ray in new:
            left.count(ray, 1)
        rays = kept + zero + new
    return rays


class _Signs:
    """How many rays are positive and negative on each coordinate that is left.

    The sign of a ball is only estimated, once: it makes the order, not the answer.
    """

    def __init__(self, bound: Sequence[int]) -> None:
        self.above, self.below = dict.fromkeys(bound, 0), dict.fromkeys(bound, 0)

    def count(self, ray: Ray, step: int) -> None:
        """Count a ray in, or out with step -1."""
        above, below = self.above, self.below
        for i, x in ray.items():
            if i in above:
                hint = x if type(x) is int or type(x) is Fraction else float(x)
                if hint > 0:
                    above[i] += step
                elif hint < 0:
                    below[i] += step

    def next(self) -> int:
        """Return the coordinate that separates fewest pairs, and take it away."""
        i = min(self.above, key=lambda i: self.above[i] * self.below[i])
        del self.above[i], self.below[i]
        return i


def _split(rays: Rays, i: int) -> tuple[Rays, Rays, Rays]:
    """Return the rays with coordinate i positive, zero (now known to be), negative."""
    parts: tuple[Rays, Rays, Rays] = [], [], []
    for S, ray in rays:
        x = ray.get(i, 0)
        order = (x > 0) - (x < 0) if type(x) is int else sign(x)
        if order == 0:
            ray.pop(i, None)
        parts[1 - order].append((S, ray))
    return parts


def _integer_crossing(p: Ray, q: Ray, i: int, _U: int) -> Ray:
    """Return the primitive integer ray of the cone of p and q with coordinate i = 0."""
    r, s = cast("dict[int, int]", p), cast("dict[int, int]", q)
    a, b = -s[i], r[i]
    ray = {j: a * x for j, x in r.items()}
    for j, y in s.items():
        ray[j] = ray[j] + b * y if j in ray else b * y
    del ray[i]
    divisor = gcd(*ray.values())
    if divisor > 1:
        for j in ray:
            ray[j] //= divisor
    return cast("Ray", ray)


def _crossing(p: Ray, q: Ray, i: int, U: int) -> Ray:
    """Return the ray of the cone of p and q with coordinate i = 0 and the last of U 1."""
    a, b = -q[i], p[i]
    ray: Ray = {j: a * x for j, x in p.items() if j != i}
    for j, y in q.items():
        if j != i:
            ray[j] = ray[j] + b * y if j in ray else b * y
    last = U.bit_length() - 1
    scale = 1 / _scalar(ray.pop(last))
    scaled: Ray = {j: x * scale for j, x in ray.items() if not _is_zero(x)}
    scaled[last] = Fraction(1)
    return scaled


def _is_zero(x: Scalar | int) -> bool:
    """Return whether x is a rational 0, known without a decision."""
    return not isinstance(x, RealNumber) and x == 0


def _scalar(x: Scalar | int) -> Scalar:
    return Fraction(x) if isinstance(x, int) else x


def _sparse(x: Sequence[Scalar]) -> Ray:
    """Return x without its known zeros."""
    return {i: t for i, t in enumerate(x) if not _is_zero(t)}


def _integers(x: Sequence[Scalar]) -> Ray:
    """Return the primitive integer vector on the ray of the rational x, without zeros."""
    return {i: t for i, t in enumerate(integer_row(cast("Vector", x))) if t}


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
            c[i] = _scalar(x) if isinstance(t, Fraction) and t == 1 else _scalar(x) / t
    return tuple(c)
