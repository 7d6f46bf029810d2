"""Requiring the bound coordinates of a cone one by one, on sparse rays of any scalars.

Terminology and proof in :mod:`~polytope_nn.geometry.double_description`.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import TypeAlias, cast

from polytope_nn.errors import TooMany
from polytope_nn.exact.scalar import RealNumber, Scalar, sign
from polytope_nn.geometry.adjacency import edges
from polytope_nn.progress import counted

__all__ = ["Ray", "Rays", "is_zero", "required", "scalar"]

Ray: TypeAlias = dict[int, Scalar | int]  # coordinate -> value; absent: known to be 0
Rays: TypeAlias = list[tuple[int, Ray]]  # each with its support


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
    scale = 1 / scalar(ray.pop(last))
    scaled: Ray = {j: x * scale for j, x in ray.items() if not is_zero(x)}
    scaled[last] = Fraction(1)
    return scaled


def is_zero(x: Scalar | int) -> bool:
    """Return whether x is a rational 0, known without a decision."""
    return not isinstance(x, RealNumber) and x == 0


def scalar(x: Scalar | int) -> Scalar:
    """Return x, as a fraction where it is an integer."""
    return Fraction(x) if isinstance(x, int) else x
