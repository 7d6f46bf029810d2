"""Polyhedral norms cell by cell: where a norm is linear, and the rays of its cells (general §1).

The l1 norm is linear on orthants, the linf norm where one signed coordinate is largest. On such
a piece of a polyhedral cone, with the cone itself, a ray is an extreme ray of length 1; the
points of length 1 are the convex hull of the rays, and two pieces of a fan meet in the hull of
their common rays.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from operator import mul
from typing import cast

from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Vector
from polytope_nn.geometry.double_description import extreme_rays

__all__ = ["norm", "pieces", "rays"]


def norm(name: str, u: Sequence[Fraction]) -> Fraction:
    """Return the l1 or linf norm of a vector.

    >>> norm("l1", (Fraction(1), Fraction(-2))), norm("linf", (Fraction(1), Fraction(-2)))
    (Fraction(3, 1), Fraction(2, 1))
    """
    sizes = [abs(t) for t in u]
    return sum(sizes, Fraction(0)) if name == "l1" else max(sizes)


def pieces(name: str, d: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield the cones of R^d on which a norm is linear, each by rows that are >= 0 on it.

    >>> list(pieces("linf", 1))
    [((1,),), ((-1,),)]
    """
    unit = [tuple(int(i == j) for j in range(d)) for i in range(d)]
    if name == "l1":
        for signs in product((1, -1), repeat=d):
            yield tuple(tuple(s * t for t in e) for s, e in zip(signs, unit, strict=True))
        return
    for i, s in product(range(d), (1, -1)):
        largest = tuple(s * t for t in unit[i])
        others = [
            tuple(p + side * q for p, q in zip(largest, unit[j], strict=True))
            for j in range(d)
            if j != i
            for side in (1, -1)
        ]
        yield (largest, *others)


def rays(name: str, cone: Sequence[Vector], d: int) -> Iterator[tuple[Vector, ...]]:
    """Yield for each piece of a cone ``{u : rows u >= 0}`` its rays of length 1, if any."""
    whole = _integral_rays(cone, d) if rank(cone) == d else []
    for piece in pieces(name, d):
        if whole and any(all(sum(map(mul, p, ray)) < 0 for ray in whole) for p in piece):
            continue  # it meets the cone in 0 alone
        found = _integral_rays([*cone, *piece], d)
        if found:
            yield tuple(_scaled(name, list(map(Fraction, ray))) for ray in found)


def _integral_rays(
    rows: Sequence[Sequence[Fraction | int]], d: int
) -> list[tuple[int, ...]]:
    """Return the extreme rays of a pointed cone of rational rows."""
    return cast("list[tuple[int, ...]]", extreme_rays(rows, d))  # rational in, integers out


def _scaled(name: str, ray: Sequence[Fraction]) -> Vector:
    length = norm(name, ray)
    return tuple(t / length for t in ray)
