"""The cells into which lines cut a rectangle: on each a piecewise linear function is affine."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

__all__ = ["Line", "Point", "Polygon", "cells"]

Point: TypeAlias = tuple[float, float]
Polygon: TypeAlias = tuple[Point, ...]
Line: TypeAlias = tuple[float, float, float]
"""``(a, b, c)`` is the line ``a x + b y + c = 0``."""


def cells(box: tuple[float, float, float, float], lines: Iterable[Line]) -> list[Polygon]:
    """Return the convex polygons into which lines cut a box ``(left, low, right, high)``.

    >>> len(cells((0, 0, 2, 2), [(1, 0, -1), (0, 1, -1), (1, -1, 0)]))
    6
    """
    left, low, right, high = box
    found: list[Polygon] = [((left, low), (right, low), (right, high), (left, high))]
    small = 1e-9 * max(right - left, high - low)
    for a, b, c in lines:
        length = (a * a + b * b) ** 0.5
        if not length:
            continue
        line = (a / length, b / length, c / length)
        halves = [part for polygon in found for part in _cut(polygon, line, small)]
        found = halves
    return found


def _cut(polygon: Polygon, line: Line, small: float) -> Sequence[Polygon]:
    """Return the parts of a polygon on the two sides of a line: itself where one is empty."""
    a, b, c = line
    heights = [a * x + b * y + c for x, y in polygon]
    if max(heights) <= small or min(heights) >= -small:
        return (polygon,)
    sides: tuple[list[Point], list[Point]] = ([], [])
    for i, (p, h) in enumerate(zip(polygon, heights, strict=True)):
        q, k = polygon[i - 1], heights[i - 1]
        if (k > small and h < -small) or (k < -small and h > small):
            t = k / (k - h)
            between = (q[0] + t * (p[0] - q[0]), q[1] + t * (p[1] - q[1]))
            sides[0].append(between)
            sides[1].append(between)
        if h >= -small:
            sides[0].append(p)
        if h <= small:
            sides[1].append(p)
    return tuple(tuple(side) for side in sides if len(side) > 2)
