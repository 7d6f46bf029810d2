"""Vertices of ``{c >= 0 : A c = b, B c >= 0}``: slacks as columns, before or after the rest.

Over exact numbers the order is of no account. In balls elimination loses what is 0 by
structure: with the slacks first it leaves the equations alone, with them last the rows of B
are eliminated too; one of them may decide what the other leaves open.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices

__all__ = ["conditioned_vertices"]


def conditioned_vertices(
    equations: Sequence[Scalars], right: Sequence[Scalar], above: Sequence[Scalars]
) -> list[tuple[Scalars, Scalars]]:
    """Return the vertices, each with its slacks ``B c``, sorted by support.

    >>> one, none = Fraction(1), Fraction(0)
    >>> conditioned_vertices([(one, one)], [one], [(one, -one)])
    [((Fraction(1, 2), Fraction(1, 2)), (Fraction(0, 1),)), \
((Fraction(1, 1), Fraction(0, 1)), (Fraction(1, 1),))]

    Raises
    ------
    Undecided
        When balls decide it in neither order.
    """
    try:
        found = _vertices(equations, right, above, first=True)
    except Undecided:
        found = _vertices(equations, right, above, first=False)
    return sorted(found, key=lambda v: _used(v[0]))


def _vertices(
    equations: Sequence[Scalars],
    right: Sequence[Scalar],
    above: Sequence[Scalars],
    *,
    first: bool,
) -> list[tuple[Scalars, Scalars]]:
    zero, size = Fraction(0), len(above)

    def beside(row: Scalars, slacks: Scalars) -> Scalars:
        return (*slacks, *row) if first else (*row, *slacks)

    rows = [
        beside(row, tuple(-Fraction(i == j) for j in range(size)))
        for i, row in enumerate(above)
    ]
    rows += [beside(row, (zero,) * size) for row in equations]
    found = slice_vertices(rows, [*(zero,) * size, *right])
    if first:
        return [(v[size:], v[:size]) for v in found]
    width = len(rows[0]) - size if rows else 0
    return [(v[:width], v[width:]) for v in found]


def _used(c: Scalars) -> list[int]:
    """Return the places of the positive masses, and the end after them."""
    return [*(j for j, x in enumerate(c) if sign(x)), len(c)]
