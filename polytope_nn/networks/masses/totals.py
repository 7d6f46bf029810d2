"""Points of P in intervals, where the totals of classes of atoms with one feature are one point."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.landscape.polytope import OptimalPolytope

__all__ = ["Between", "between", "points_of"]

Interval: TypeAlias = tuple[Fraction, Fraction]
Between: TypeAlias = Callable[[Sequence[Interval]], Scalars]
"""What gives a point of P, a coordinate in each interval."""

_BITS = 600  # of the enclosures of totals


def points_of(P: OptimalPolytope) -> Sequence[Scalars] | Between:
    """Return the vertices of P, or some; of one point of totals what gives any point."""
    if len(P.masses) == 1:
        return partial(between, P.classes, P.masses[0])
    known = not (P.missing or P.is_unlisted)
    return P.vertices if known else P.some_vertices or (P.optimum.weights,)


def between(
    classes: Sequence[Sequence[int]], totals: Scalars, ends: Sequence[Interval]
) -> Scalars:
    """Return a point ``c >= 0`` of the totals, as far up the intervals of a class as one can.

    Raises
    ------
    Undecided
        When a total is not proved to be between the sums of the ends of its class.

    Examples
    --------
    >>> one = Fraction(1)
    >>> [str(t) for t in between([(0, 1)], (2 * one,), [(one, 2 * one), (-one, 3 * one)])]
    ['5/4', '3/4']
    """
    c: list[Scalar] = [max(low, Fraction(0)) for low, _ in ends]
    for members, total in zip(classes, totals, strict=True):
        own = [(max(ends[a][0], Fraction(0)), ends[a][1]) for a in members]
        low, high = (sum(x, Fraction(0)) for x in zip(*own, strict=True))
        least, most = enclosure(total, _BITS)
        if not low <= least <= most <= high or any(x > y for x, y in own):
            raise Undecided("whether the masses of the box contain a point of P")
        for a, (x, y) in zip(members, own, strict=True):
            c[a] = total if len(own) == 1 else x
            if len(own) > 1 and high > low:
                c[a] = (total - low) * ((y - x) / (high - low)) + x
    return tuple(c)
