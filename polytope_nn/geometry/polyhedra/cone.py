"""Polyhedral cones: from rows to generators, or back (it is the same), with incidences.

Terminology. ``K = {z in R^N : R z >= 0, E z = 0}`` with *rows* R and *equations* E; its
*lines* span the greatest subspace in it, its *rays* are extreme modulo the lines. A
homogenised polyhedron is such a cone, and so is the cone of its valid inequalities, whose
rows are the generators: one function makes both conversions (Minkowski and Weyl).

The *support* of a ray is the set of the rows that are positive on it, a bitmask; it comes
with the ray from the double description, so no incidence is computed twice. A row is
*flat* when it is 0 on all of K (an implied equation); it is *needed* when it defines a facet
of K, which is so iff no other row that is not flat vanishes on more rays: every facet is
defined by some row, and every row that is not flat defines a face.

Rays over the rationals are primitive integers inside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import gcd
from typing import TypeAlias, cast

from polytope_nn.exact.integer import (
    independent_integer_rows,
    integer_inverse,
    integer_kernel,
    integer_product,
    primitive,
)
from polytope_nn.exact.linear import independent_rows, kernel, rref, transpose
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import identity, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.adjacency import indices, transposed
from polytope_nn.geometry.kernel.insertion import Ray, required
from polytope_nn.geometry.kernel.rational import integer_rays

from .forms import Rows

__all__ = ["ConePair", "Integers", "cone_pair", "is_rational"]

Integers: TypeAlias = tuple[int, ...]
Supported: TypeAlias = list[tuple[int, Scalars | Integers]]


@dataclass(frozen=True)
class ConePair:
    """A cone by rows and equations as given, and by its rays and lines.

    ``supports[k]`` has the bit i when row i is positive on ray k. Where rows and equations
    are `rational`, rays are primitive integers.
    """

    rows: Rows
    equations: Rows
    rays: tuple[Scalars | Integers, ...]
    supports: tuple[int, ...]
    lines: Rows
    rational: bool

    @cached_property
    def zeros(self) -> tuple[int, ...]:
        """For each row the mask of the rays on which it is 0."""
        every = (1 << len(self.rays)) - 1
        positive = transposed(self.supports, len(self.rows))
        return tuple(every ^ mask for mask in positive)

    @cached_property
    def flat(self) -> tuple[int, ...]:
        """The rows that are 0 on the whole cone, ascending."""
        every = (1 << len(self.rays)) - 1
        return tuple(i for i, mask in enumerate(self.zeros) if mask == every)

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """One row for each facet, the lowest, ascending."""
        flat = set(self.flat)
        first: dict[int, int] = {}
        for i, mask in enumerate(self.zeros):
            if i not in flat:
                first.setdefault(mask, i)
        return tuple(sorted(first[mask] for mask in _maximal(list(first), len(self.rays))))


def _maximal(masks: Sequence[int], width: int) -> list[int]:
    """Return the masks, all different, that no other contains."""
    if len(masks) ** 2 <= sum(map(int.bit_count, masks)):
        return [S for S in masks if sum(not S & ~T for T in masks) == 1]
    having = transposed(masks, width)  # position -> the masks with it
    found = []
    for number, S in enumerate(masks):
        above = (1 << len(masks)) - 1
        for k in indices(S):
            above &= having[k]
        if above == 1 << number:
            found.append(S)
    return found


def is_rational(rows: Iterable[Iterable[object]]) -> bool:
    """Return whether all entries are rational."""
    return set(map(type, chain.from_iterable(rows))) <= {int, Fraction}


def cone_pair(rows: Rows, equations: Rows, N: int) -> ConePair:
    """Return the cone ``{z in R^N : rows z >= 0, equations z = 0}`` with its generators.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> pair = cone_pair(((one, zero), (one, one)), (), 2)
    >>> sorted(pair.rays), pair.needed
    ([(0, 1), (1, -1)], (0, 1))
    """
    if is_rational((*rows, *equations)):
        return _rational_pair(rows, equations, N)
    lines = kernel((*rows, *equations), N)
    # z = y K, and y is 0 off columns that are independent on the rows
    K = kernel(equations, N) if equations else identity(N)
    if not K or not rows:
        return ConePair(rows, equations, (), (), lines, rational=False)
    images = [tuple(dot(row, x) for x in K) for row in rows]
    columns = independent_rows(transpose(images)) if images else ()
    pairs = _scalar_rays([tuple(row[j] for j in columns) for row in images])
    across = transpose([K[j] for j in columns]) if columns else ((),) * N
    return ConePair(
        rows,
        equations,
        tuple(tuple(simplest(dot(y, x)) for x in across) for _, y in pairs),
        tuple(S for S, _ in pairs),
        lines,
        rational=False,
    )


def _rational_pair(rows: Rows, equations: Rows, N: int) -> ConePair:
    """Return the same, with integers inside."""
    table = [integer_row(cast("Sequence[Fraction]", row)) for row in rows]
    zero = [integer_row(cast("Sequence[Fraction]", row)) for row in equations]
    lines = tuple(tuple(map(Fraction, x)) for x in integer_kernel((*table, *zero), N))
    K = integer_kernel(zero, N)
    if not K or not rows:
        return ConePair(rows, equations, (), (), lines, rational=True)
    if equations:
        table = list(map(tuple, integer_product(table, list(zip(*K, strict=True)))))
    columns = independent_integer_rows(list(zip(*table, strict=True)))
    through = [tuple(row[j] for j in columns) for row in table]
    supports, rays = _rational_rays(through, [K[j] for j in columns])
    return ConePair(rows, equations, rays, supports, lines, rational=True)


def _rational_rays(
    rows: Sequence[Integers], basis: Sequence[Sequence[int]]
) -> tuple[tuple[int, ...], tuple[Integers, ...]]:
    """Return supports and rays of the pointed cone of integer rows of full rank.

    A ray y is given as ``y basis``, primitive.
    """
    r = len(rows[0]) if rows else 0
    if r == 0:
        return (), ()
    given: dict[Integers, list[int]] = {}
    for i, row in enumerate(rows):
        if any(row):
            given.setdefault(primitive(row), []).append(i)
    # as they are, not divided: their values on a primitive z are short
    distinct = [rows[places[0]] for places in given.values()]
    free = independent_integer_rows(distinct)
    inverse, _ = integer_inverse([distinct[i] for i in free])
    slacks = zip(*integer_product(distinct, inverse), strict=True)
    bound = [i for i in range(len(distinct)) if i not in set(free)]
    back = integer_product(list(zip(*inverse, strict=True)), basis)
    common = gcd(*chain.from_iterable(back))  # not 0: the basis is independent
    through = [tuple([x // common for x in row]) for row in back]
    found = integer_rays(list(map(primitive, slacks)), free, bound, back=through)
    rays = tuple(z for _, z in found)
    if len(distinct) == len(rows):
        return tuple(S for S, _ in found), rays
    wide = [sum(1 << i for i in places) for places in given.values()]
    return tuple(sum(wide[i] for i in indices(S)) for S, _ in found), rays


def _scalar_rays(rows: Sequence[Scalars]) -> list[tuple[int, Scalars]]:
    """Return the same over a number field."""
    r = len(rows[0]) if rows else 0
    if r == 0:
        return []
    places = [i for i, row in enumerate(rows) if any(x != 0 for x in row)]
    nonzero = [rows[i] for i in places]
    free = independent_rows(nonzero)
    R, _ = rref([(*nonzero[i], *unit) for i, unit in zip(free, identity(r), strict=True)])
    inverse = [row[r:] for row in R]
    columns = transpose(inverse)
    simplicial: list[tuple[int, Ray]] = []
    for f, column in zip(free, columns, strict=True):
        slack: dict[int, Scalar | int] = {}
        for i, row in enumerate(nonzero):
            value = simplest(dot(row, column))
            if value != 0:
                slack[i] = value
        simplicial.append((1 << f, slack))
    bound = [i for i in range(len(nonzero)) if i not in set(free)]
    rays = []
    for S, ray in required(simplicial, bound, rational=False):
        share = [cast("Scalar", ray.get(i, Fraction(0))) for i in free]
        y = tuple(simplest(dot(row, share)) for row in inverse)
        rays.append((sum(1 << places[i] for i in indices(S)), y))
    return rays
