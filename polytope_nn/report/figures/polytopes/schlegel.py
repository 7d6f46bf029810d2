"""Schlegel diagrams: a polytope of dimension 4 seen through one of its facets.

The eye p lies beyond one facet F and beneath all others (Ziegler, Lectures on polytopes,
definition 5.5); a vertex v is seen where the line from p to v meets F. All of it is exact:
with ``f_G >= 0`` the inequality of a facet G, c a point inside F and o the mean of
all vertices, ``p = c + t (c - o)`` has ``f_F(p) < 0``, and ``f_G(p) > 0`` for the others while
t is less than each ``f_G(c)/(f_G(o) - f_G(c))`` that is positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.scalar import Scalar, Scalars, sign

__all__ = ["Schlegel", "schlegel"]


@dataclass(frozen=True)
class Schlegel:
    """The vertices as they are seen in the hyperplane of the facet with vertices ``base``."""

    points: tuple[Scalars, ...]
    base: tuple[int, ...]


def schlegel(
    vertices: Sequence[Scalars],
    facets: Sequence[Sequence[int]],
    rows: Sequence[Scalars],
) -> Schlegel:
    """Return the diagram through the facet with most vertices, the first of these.

    Parameters
    ----------
    vertices : sequence of rows
        Shape (V, n), exact.
    facets : sequence of vertex numbers
        The vertices of each facet.
    rows : sequence of rows
        Shape (R, V), values of functions on the vertices that are >= 0 on the polytope;
        among them one for each facet, 0 on its vertices alone.

    Examples
    --------
    A square, through its side y = 0: the other two vertices are seen inside that side.

    >>> square = [(0, 0), (4, 0), (0, 4), (4, 4)]
    >>> sides = [(0, 1), (0, 2), (1, 3), (2, 3)]
    >>> rows = [(0, 0, 4, 4), (0, 4, 0, 4), (4, 0, 4, 0), (4, 4, 0, 0)]
    >>> [tuple(map(str, p)) for p in schlegel(square, sides, rows).points]
    [('0', '0'), ('4', '0'), ('2/5', '0'), ('12/5', '0')]
    """
    zeros = {tuple(v for v, x in enumerate(row) if not sign(x)): row for row in rows}
    values = [zeros[tuple(facet)] for facet in facets]
    base = max(range(len(facets)), key=lambda j: (len(facets[j]), -j))
    every = range(len(vertices))
    reach: list[Scalar] = [Fraction(3)]
    for j, row in enumerate(values):
        near, far = _inside(row, facets[base]), _mean(row, every)
        if j != base and sign(far - near) > 0:
            reach.append(near / (far - near))
    t = min(reach) * Fraction(2, 3)
    c = [_inside(column, facets[base]) for column in zip(*vertices, strict=True)]
    o = [_mean(column, every) for column in zip(*vertices, strict=True)]
    eye = [x + t * (x - y) for x, y in zip(c, o, strict=True)]
    depth = t * _mean(values[base], every)  # -f_F(p)
    points = []
    for v, x in zip(vertices, values[base], strict=True):
        share = depth / (depth + x)
        points.append(tuple(a + share * (b - a) for a, b in zip(eye, v, strict=True)))
    return Schlegel(tuple(points), tuple(facets[base]))


def _inside(row: Sequence[Scalar], places: Sequence[int]) -> Scalar:
    """Return a mean with different weights: from the middle, symmetries hide vertices."""
    weights = range(len(places) + 1, 1, -1)
    found = sum((row[v] * w for v, w in zip(places, weights, strict=True)), Fraction(0))
    return found * Fraction(1, sum(weights))


def _mean(row: Sequence[Scalar], places: Sequence[int]) -> Scalar:
    return sum((row[v] for v in places), Fraction(0)) * Fraction(1, len(places))
