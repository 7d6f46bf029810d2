"""Both irredundant forms of a nonempty polyhedron, in normal form: one value for one set.

A polyhedron in R^n is homogenised: ``(1, v)`` for a point, ``(0, r)`` for a ray or line,
``(b, -a)`` for the inequality ``a x <= b``; the product of a row and a generator is then the
slack. One conversion of cones gives the other form and all incidences; what is needed of
the given form is read off these.

Normal forms: lines are the echelon basis of the lineality space, equations one of the
affine hull, both primitive; points and rays are projected orthogonally to the lines, facet
normals to the normals of the hull. Inside, a rational point is a row of integers over one
denominator; fractions are made when they are asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import gcd
from typing import TypeAlias, cast

from polytope_nn.exact.integer import integer_inverse, integer_product
from polytope_nn.exact.linear import independent_rows, kernel, solve, transpose
from polytope_nn.exact.rational import integer_row, quotients
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.adjacency import transposed

from .cone import ConePair, Integers, cone_pair, is_rational
from .forms import Generators, Halfspaces, Rows, magnitude, primitive, simplified

__all__ = ["NormalForm", "of_generators", "of_halfspaces"]

Homogeneous: TypeAlias = Scalars | Integers


@dataclass(frozen=True)
class NormalForm:
    """A nonempty polyhedron by its irredundant forms.

    ``points`` and ``rays`` are homogeneous, integers where rational, sorted by the point
    or the ray; ``outside[k]`` is the mask of the facets that do not contain generator k,
    points first.
    """

    n: int
    points: tuple[Homogeneous, ...]
    directions: tuple[Homogeneous, ...]
    lines: Rows
    facets: tuple[Rows, Scalars]
    hull: tuple[Rows, Scalars]
    outside: tuple[int, ...]

    @cached_property
    def vertices(self) -> Rows:
        """The points as vectors of fractions (or of the number field), sorted."""
        if is_rational(self.points):
            whole = cast("Sequence[Integers]", self.points)
            return quotients((z[1:], z[0]) for z in whole)
        return tuple(map(_affine, self.points))

    @cached_property
    def rays(self) -> Rows:
        """The rays as primitive vectors, sorted."""
        return _fractions([z[1:] for z in self.directions])


def of_halfspaces(H: Halfspaces, n: int) -> NormalForm | None:
    """Return the normal form of the polyhedron; None when it is empty."""
    infinity = (Fraction(1), *(Fraction(0),) * n)
    rows = (*_rows(H.A, H.b), infinity)
    equations = _rows(H.C, H.d)
    pair = cone_pair(rows, equations, n + 1)
    proper = _proper(pair)
    if not proper:
        return None
    kept = [i for i in pair.needed if pair.zeros[i] & proper]
    hull = _hull((*equations, *(rows[i] for i in pair.flat)), n)
    every = (1 << len(pair.rays)) - 1
    missing = [every ^ pair.zeros[i] for i in kept]
    return _sorted(pair.rays, pair.lines, [rows[i] for i in kept], hull, missing)


def of_generators(V: Generators, n: int) -> NormalForm:
    """Return the normal form of the hull of the generators; one of them is a point."""
    one, zero = Fraction(1), Fraction(0)
    rows = (*((one, *v) for v in V.vertices), *((zero, *r) for r in V.rays))
    lines = tuple((zero, *line) for line in V.lines)
    pair = cone_pair(rows, lines, n + 1)
    kept = list(pair.needed)
    span = (*V.lines, *(rows[i][1:] for i in pair.flat))
    echelon = tuple((zero, *x) for x in _span(span, n))
    every = (1 << len(pair.rays)) - 1
    missing = transposed([every ^ pair.zeros[i] for i in kept], len(pair.rays))
    given = [rows[i] for i in kept]
    hull = _hull(pair.lines, n)
    return _sorted(given, echelon, pair.rays, hull, missing)


def _rows(A: Rows, b: Scalars) -> Rows:
    """Return the homogeneous rows of ``A x <= b``."""
    return tuple((t, *(-x for x in a)) for a, t in zip(A, b, strict=True))


def _proper(pair: ConePair) -> int:
    """Return the mask of the rays that are points of the polyhedron."""
    return sum(1 << k for k, z in enumerate(pair.rays) if z[0] > 0)


def _span(rows: Rows, n: int) -> Rows:
    """Return the echelon basis of the span of the rows, as primitive integers."""
    return kernel(kernel(rows, n), n) if rows else ()


def _hull(equations: Rows, n: int) -> Rows:
    """Return the echelon basis of homogeneous equations ``(d, -c)``, primitive."""
    independent = [equations[i] for i in independent_rows([row[1:] for row in equations])]
    if not independent:
        return ()
    normals = [tuple(-x for x in row[1:]) for row in independent]
    point = solve(normals, [row[0] for row in independent])
    assert point is not None  # the rows are independent
    basis = _span(tuple(normals), n)
    pairs = [primitive((*c, dot(c, point))) for c in basis]
    return tuple((row[-1], *(-x for x in row[:-1])) for row in pairs)


def _sorted(
    generators: Sequence[Homogeneous],
    lines: Rows,
    rows: Sequence[Homogeneous],
    hull: Rows,
    missing: Sequence[int],
) -> NormalForm:
    """Return the normal form; for each row, `missing` is the mask of generators not on it.

    A row along the hull that has no normal left is the one at infinity: it is dropped.
    """
    along = _projected(rows, hull)
    whole = is_rational(along)  # then they are primitive integers
    facets = sorted(
        (turned if whole else primitive(cast("Scalars", turned)), k)
        for k, row in enumerate(along)
        if any(row[1:])
        for turned in [(*(-x for x in row[1:]), row[0])]
    )
    normals = _fractions([cast("Homogeneous", row) for row, _ in facets])
    across = _projected(generators, lines)
    masks = transposed([missing[k] for _, k in facets], len(generators))
    points = sorted(
        ((z, k) for k, z in enumerate(across) if z[0] > 0),
        key=_order([z for z in across if z[0] > 0]),
    )
    rays = sorted((z, k) for k, z in enumerate(across) if z[0] == 0)
    return NormalForm(
        len(generators[0]) - 1,
        tuple(z for z, _ in points),
        tuple(z for z, _ in rays),
        tuple(x[1:] for x in lines),
        (tuple(row[:-1] for row in normals), tuple(row[-1] for row in normals)),
        (tuple(tuple(-x for x in row[1:]) for row in hull), tuple(row[0] for row in hull)),
        tuple(masks[k] for _, k in (*points, *rays)),
    )


def _order(
    points: Sequence[Homogeneous],
) -> Callable[[tuple[Homogeneous, int]], tuple[Scalar | int, ...]]:
    """Return the key that sorts homogeneous points as points."""
    if not is_rational(points):
        return lambda pair: _affine(pair[0])
    # fractions of denominators at most t differ by 1 / t^2 or not at all: so do their floors
    shift = 2 * max((cast("int", z[0]) for z in points), default=1).bit_length()

    def key(pair: tuple[Homogeneous, int]) -> tuple[Scalar | int, ...]:
        t, *x = cast("Integers", pair[0])
        return tuple((y << shift) // t for y in x)

    return key


def _projected(rows: Sequence[Homogeneous], across: Rows) -> list[Homogeneous]:
    """Return ``z - w L`` with the x of each orthogonal to the x of L, in normal form.

    L has independent x; over the rationals all is one product of integer matrices.
    """
    if not is_rational((*rows, *across)):
        return [_scaled(z) for z in _project_scalars(rows, across)]
    integral = [_primitive_integers(z) for z in rows]
    if not across or not rows:
        return list(integral)
    L = [_primitive_integers(z) for z in across]
    columns = [[0] * len(L), *zip(*(x[1:] for x in L), strict=True)]
    gram = integer_product([x[1:] for x in L], columns[1:])
    inverse, t = integer_inverse(gram)
    away = integer_product(integer_product(columns, inverse), L)
    whole = [[t * (i == j) - x for j, x in enumerate(row)] for i, row in enumerate(away)]
    return [_primitive_integers(z) for z in integer_product(integral, whole)]


def _project_scalars(rows: Sequence[Homogeneous], across: Rows) -> list[Scalars]:
    if not across:
        return [tuple(map(_scalar, z)) for z in rows]
    normals = [x[1:] for x in across]
    gram = [[dot(a, b) for b in normals] for a in normals]
    found = []
    for row in rows:
        z = tuple(map(_scalar, row))
        w = solve(gram, [dot(a, z[1:]) for a in normals])
        assert w is not None  # a Gram matrix of independent rows is regular
        shift = (dot(w, column) for column in transpose(across))
        found.append(tuple(simplified(x - y) for x, y in zip(z, shift, strict=True)))
    return found


def _primitive_integers(z: Sequence[object]) -> Integers:
    """Return the primitive integer vector on the ray of a rational vector."""
    if not set(map(type, z)) <= {int}:
        return integer_row(cast("Sequence[Fraction | int]", z))
    row = cast("Sequence[int]", z)
    divisor = gcd(*row)
    return tuple(row) if divisor <= 1 else tuple([x // divisor for x in row])


def _scaled(z: Scalars) -> Homogeneous:
    """Return a homogeneous vector with first entry 1 or -1, or a ray in normal form.

    What turns out rational becomes integers, as everywhere.
    """
    size = magnitude(z[0])
    row = tuple(simplified(x / size) for x in z) if size != 0 else primitive(z)
    return _primitive_integers(row) if is_rational([row]) else row


def _fractions(rows: Sequence[Homogeneous]) -> Rows:
    """Return the rows with fractions for integers."""
    if set(map(type, chain.from_iterable(rows))) <= {int}:
        return quotients((row, 1) for row in cast("Sequence[Integers]", rows))
    return tuple(tuple(map(_scalar, row)) for row in rows)


def _scalar(x: Scalar | int) -> Scalar:
    return Fraction(x) if type(x) is int else cast("Scalar", x)


def _affine(z: Homogeneous) -> Scalars:
    """Return the point of a homogeneous vector."""
    t, *x = z
    if type(t) is int:
        return tuple(Fraction(cast("int", y), t) for y in x)
    return tuple(simplified(_scalar(y) / _scalar(t)) for y in x)
