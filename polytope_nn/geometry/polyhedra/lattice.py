"""The integer points of a polytope, coordinate by coordinate.

The points of P whose first k coordinates are given have their next coordinate in an
interval, which the projection of P to the first k + 1 coordinates gives exactly: no branch
of the search is without a real point. Number fields are served too: an integer next to a
number is found by comparisons.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, dot

from .forms import Rows

__all__ = ["integer_floor", "lattice_points"]

Point = tuple[int, ...]
Facets = tuple[Rows, Scalars]
Hull = tuple[Rows, Scalars]


def integer_floor(x: Scalar) -> int:
    """Return the greatest integer that is at most x, by comparisons.

    >>> integer_floor(Fraction(-3, 2))
    -2
    """
    if isinstance(x, Fraction):
        return floor(x)
    reach = 1
    while not -reach <= x < reach:
        reach *= 2
    lower, upper = -reach, reach  # lower <= x < upper
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (middle, upper) if middle <= x else (lower, middle)
    return lower


def lattice_points(shadows: Sequence[tuple[Facets, Hull]], limit: int) -> tuple[Point, ...]:
    """Return the integer points, sorted.

    ``shadows[k]`` are facets and hull of the projection to the first k + 1 coordinates.

    Raises
    ------
    Undecided
        When there are more than `limit`.
    """
    found: list[Point] = []
    for point in _extended((), shadows):
        if len(found) == limit:
            raise Undecided(f"more than {limit} lattice points: give a larger limit")
        found.append(point)
    return tuple(found)


def _extended(prefix: Point, shadows: Sequence[tuple[Facets, Hull]]) -> Iterator[Point]:
    if len(prefix) == len(shadows):
        yield prefix
        return
    for x in _choices(prefix, *shadows[len(prefix)]):
        yield from _extended((*prefix, x), shadows)


def _choices(prefix: Point, facets: Facets, hull: Hull) -> range:
    """Return the integers that may follow the prefix: those of an interval."""
    lower: list[int] = []
    upper: list[int] = []
    fixed = tuple(map(Fraction, prefix))
    for rows, right, both in ((*facets, False), (*hull, True)):
        for a, t in zip(rows, right, strict=True):
            left = t - dot(a[:-1], fixed)
            if a[-1] == 0:
                # it holds on the prefix's own shadow already
                continue
            bound = left / a[-1]
            if both or a[-1] > 0:
                upper.append(integer_floor(bound))
            if both or a[-1] < 0:
                lower.append(-integer_floor(-bound))
    return range(max(lower), min(upper) + 1)
