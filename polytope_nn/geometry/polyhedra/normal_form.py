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

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from operator import neg
from typing import TypeAlias, cast

from polytope_nn.exact.integer import integer_inverse, integer_product
from polytope_nn.exact.integer import primitive as primitive_integers
from polytope_nn.exact.linear import gram, independent_rows, kernel, solve, transpose
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.adjacency import transposed
from polytope_nn.geometry.kernel.rational import quotients

from .cone import ConePair, Integers, cone_pair, is_rational
from .forms import Generators, Halfspaces, Rows, magnitude, primitive

__all__ = ["NormalForm", "of_generators", "of_halfspaces"]

Homogeneous: TypeAlias = Scalars | Integers
Placed: TypeAlias = tuple[Homogeneous, int]


@dataclass(frozen=True)
class NormalForm:
    """A nonempty polyhedron by its irredundant forms, each made when it is asked for.

    It is held as the cone it was converted by, whose rows are its inequalities (and the one
    at infinity) and whose rays its generators, or the other way round when `dual`.
    """

    n: int
    pair: ConePair
    dual: bool

    @cached_property
    def _kept(self) -> tuple[int, ...]:
        """The rows of the cone that are irredundant."""
        if self.dual:
            return self.pair.needed
        proper = sum(1 << k for k, z in enumerate(self.pair.rays) if z[0] > 0)
        return tuple(i for i in self.pair.needed if self.pair.zeros[i] & proper)

    @cached_property
    def _rows(self) -> Sequence[Homogeneous]:
        rows = [self.pair.rows[i] for i in self._kept]
        return [_integers(row) for row in rows] if self.pair.rational else rows

    @cached_property
    def _flat(self) -> Rows:
        return tuple(self.pair.rows[i] for i in self.pair.flat)

    @cached_property
    def _echelon(self) -> Rows:
        """The basis of the lines, homogeneous."""
        if not self.dual:
            return self.pair.lines
        span = tuple(x[1:] for x in (*self.pair.equations, *self._flat))
        return tuple((Fraction(0), *x) for x in _span(span, self.n))

    @cached_property
    def _equations(self) -> Rows:
        """The basis of the equations of the hull, homogeneous."""
        equations = self.pair.lines if self.dual else (*self.pair.equations, *self._flat)
        return _hull(equations, self.n)

    # both forms, sorted, with the places they had

    @cached_property
    def _sorted_generators(self) -> tuple[list[Placed], list[Placed]]:
        generators = self._rows if self.dual else self.pair.rays
        across = _projected(generators, self._echelon, self.pair)
        points = [(z, k) for k, z in enumerate(across) if z[0] > 0]
        rays = sorted((z, k) for k, z in enumerate(across) if z[0] == 0)
        whole = self.pair.rational or is_rational(z for z, _ in points)
        return (_in_order if whole else _in_order_of_scalars)(points), rays

    @cached_property
    def _sorted_facets(self) -> list[Placed]:
        """The facets ``(a, b)``; a row that has no normal is the one at infinity: no facet."""
        inequalities = self.pair.rays if self.dual else self._rows
        along = _projected(inequalities, self._equations, self.pair)
        turned = [cast("Scalars", (*map(neg, row[1:]), row[0])) for row in along]
        if not self.pair.rational and not is_rational(along):  # else primitive integers
            turned = list(map(primitive, turned))
        return sorted((row, k) for k, row in enumerate(turned) if any(row[:-1]))

    @cached_property
    def points(self) -> tuple[Homogeneous, ...]:
        """The vertices, homogeneous, integers where rational, sorted as points."""
        return tuple([z for z, _ in self._sorted_generators[0]])

    @cached_property
    def vertices(self) -> Rows:
        """The points as vectors of fractions (or of the number field), sorted."""
        if self.pair.rational or is_rational(self.points):
            whole = cast("Sequence[Integers]", self.points)
            return quotients((z[1:], z[0]) for z in whole)
        return tuple(map(_affine, self.points))

    @cached_property
    def rays(self) -> Rows:
        """The rays as primitive vectors, sorted."""
        return _fractions([z[1:] for z, _ in self._sorted_generators[1]])

    @cached_property
    def lines(self) -> Rows:
        """The echelon basis of the lines, primitive."""
        return tuple(x[1:] for x in self._echelon)

    @cached_property
    def facets(self) -> tuple[Rows, Scalars]:
        """``(A, b)``, one row ``a x <= b`` for each facet, sorted."""
        rows = _fractions([row for row, _ in self._sorted_facets])
        return tuple([row[:-1] for row in rows]), tuple([row[-1] for row in rows])

    @cached_property
    def hull(self) -> tuple[Rows, Scalars]:
        """``(C, d)``, the echelon basis of the equations, primitive."""
        rows = self._equations
        return tuple(tuple(-x for x in row[1:]) for row in rows), tuple(r[0] for r in rows)

    @cached_property
    def outside(self) -> tuple[int, ...]:
        """For each generator the mask of the facets that do not contain it, points first."""
        every = (1 << len(self.pair.rays)) - 1
        off = [every ^ self.pair.zeros[i] for i in self._kept]  # for each row the rays
        if self.dual:
            off = transposed(off, len(self.pair.rays))
        points, rays = self._sorted_generators
        count = len(points) + len(rays)
        masks = transposed([off[k] for _, k in self._sorted_facets], count)
        return tuple(masks[k] for _, k in (*points, *rays))


def of_halfspaces(H: Halfspaces, n: int) -> NormalForm | None:
    """Return the normal form of the polyhedron; None when it is empty."""
    infinity = (Fraction(1), *(Fraction(0),) * n)
    pair = cone_pair((*_rows(H.A, H.b), infinity), _rows(H.C, H.d), n + 1)
    return NormalForm(n, pair, dual=False) if any(z[0] > 0 for z in pair.rays) else None


def of_generators(V: Generators, n: int) -> NormalForm:
    """Return the normal form of the hull of the generators; one of them is a point."""
    one, zero = Fraction(1), Fraction(0)
    rows = (*((one, *v) for v in V.vertices), *((zero, *r) for r in V.rays))
    pair = cone_pair(rows, tuple((zero, *x) for x in V.lines), n + 1)
    return NormalForm(n, pair, dual=True)


def _rows(A: Rows, b: Scalars) -> Rows:
    """Return the homogeneous rows of ``A x <= b``."""
    return tuple((t, *(-x for x in a)) for a, t in zip(A, b, strict=True))


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


def _in_order_of_scalars(points: list[Placed]) -> list[Placed]:
    return sorted(points, key=lambda pair: _affine(pair[0]))


def _in_order(points: list[Placed]) -> list[Placed]:
    """Return homogeneous integer points of first entry > 0 sorted as points."""
    # fractions of denominators at most t differ by 1 / t^2 or not at all: so do their floors
    most = max((cast("int", z[0]) for z, _ in points), default=1)
    if all(z[0] == most for z, _ in points):
        return sorted(points)
    found, left, shift = [], [(points, 1)], 2 * most.bit_length()
    while left:
        together, j = left.pop()
        if len(together) == 1:
            found += together
            continue
        apart: dict[int, list[Placed]] = {}
        for pair in together:
            t, x = cast("int", pair[0][0]), cast("int", pair[0][j])
            apart.setdefault((x << shift) // t, []).append(pair)
        left += [(apart[key], j + 1) for key in sorted(apart, reverse=True)]
    return found


def _projected(
    rows: Sequence[Homogeneous], across: Rows, pair: ConePair
) -> Sequence[Homogeneous]:
    """Return ``z - w L`` with the x of each orthogonal to the x of L, in normal form.

    L has independent x; over the rationals rows are primitive integers, and all is one
    product of integer matrices.
    """
    if not pair.rational:
        return [_scaled(z) for z in _project_scalars(rows, across)]
    if not across or not rows:
        return rows
    L = [_integers(z) for z in across]
    columns = [[0] * len(L), *zip(*(x[1:] for x in L), strict=True)]
    square = integer_product([x[1:] for x in L], columns[1:])
    inverse, t = integer_inverse(square)
    away = integer_product(integer_product(columns, inverse), L)
    whole = [[t * (i == j) - x for j, x in enumerate(row)] for i, row in enumerate(away)]
    product = integer_product(cast("Sequence[Integers]", rows), whole)
    return list(map(primitive_integers, product))


def _project_scalars(rows: Sequence[Homogeneous], across: Rows) -> list[Scalars]:
    if not across:
        return [tuple(map(_scalar, z)) for z in rows]
    normals = [x[1:] for x in across]
    products = gram(normals)
    found = []
    for row in rows:
        z = tuple(map(_scalar, row))
        w = solve(products, [dot(a, z[1:]) for a in normals])
        assert w is not None  # a Gram matrix of independent rows is regular
        shift = (dot(w, column) for column in transpose(across))
        found.append(tuple(simplest(x - y) for x, y in zip(z, shift, strict=True)))
    return found


def _integers(z: Scalars) -> Integers:
    """Return the primitive integer vector on the ray of a rational vector."""
    return integer_row(cast("Sequence[Fraction]", z))


def _scaled(z: Scalars) -> Homogeneous:
    """Return a homogeneous vector with first entry 1 or -1, or a ray in normal form.

    What turns out rational becomes integers, as everywhere.
    """
    size = magnitude(z[0])
    row = tuple(simplest(x / size) for x in z) if size != 0 else primitive(z)
    return _integers(row) if is_rational([row]) else row


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
    return tuple(simplest(_scalar(y) / _scalar(t)) for y in x)
