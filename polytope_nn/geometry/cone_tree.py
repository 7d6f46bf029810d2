"""Trees of simplicial cones: a space is cut in orthants, a cone in two at a point of an edge.

Terminology. A *cone* is the set of nonnegative combinations of its *generators*, primitive
integer vectors in a fixed order. Its *edge* (i, j) is cut at ``m = a r_i + b r_j`` with
positive integers a and b: the one child has m in place of r_i, the other in place of r_j, and
their union is the cone. A *row* x is a hyperplane; it is *mixed* on a cone when it takes
both signs on the generators, else of one sign on the whole cone.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd

__all__ = ["Cone", "Ray", "crossed", "cut", "halved", "longest_edge", "orthants"]

Ray = tuple[int, ...]
Cone = tuple[Ray, ...]


def orthants(basis: Sequence[Ray]) -> Iterator[Cone]:
    """Yield the ``2^r`` cones of ``+-basis_1, ..., +-basis_r``: they cover its span.

    >>> list(orthants([(1, 0)]))
    [((1, 0),), ((-1, 0),)]
    """
    for signs in product((1, -1), repeat=len(basis)):
        yield tuple(tuple(s * t for t in ray) for s, ray in zip(signs, basis, strict=True))


def cut(cone: Cone, i: int, j: int, a: int, b: int) -> tuple[Ray, Cone, Cone]:
    """Return the primitive ray of ``a r_i + b r_j``, and the two cones it cuts.

    >>> cut(((1, 0), (0, 1)), 0, 1, 2, 2)
    ((1, 1), ((1, 1), (0, 1)), ((1, 0), (1, 1)))
    """
    m = tuple(a * x + b * y for x, y in zip(cone[i], cone[j], strict=True))
    divisor = gcd(*m) or 1
    m = tuple(x // divisor for x in m)
    return m, (*cone[:i], m, *cone[i + 1 :]), (*cone[:j], m, *cone[j + 1 :])


def longest_edge(cone: Cone) -> tuple[int, int]:
    """Return the edge of the largest angle, the first of equals; squares are compared.

    The cosine of the angle of r_i and r_j is ``c / root(q)`` with their inner product c and
    ``q = |r_i|^2 |r_j|^2``; it falls with ``-c |c| / q``.

    >>> longest_edge(((1, 0, 0), (1, 1, 0), (0, 0, 1)))
    (0, 2)
    """
    best, found = None, (0, 0)
    squares = [sum(t * t for t in ray) for ray in cone]
    for i, x in enumerate(cone):
        for j in range(i):
            c = sum(s * t for s, t in zip(x, cone[j], strict=True))
            square, q = -c * abs(c), squares[i] * squares[j]
            if best is None or square * best[1] > best[0] * q:
                best, found = (square, q), (j, i)
    return found


def halved(cone: Cone, i: int, j: int) -> tuple[int, int]:
    """Return a and b that put the ray of ``a r_i + b r_j`` near the middle of the angle.

    >>> halved(((9, 0), (0, 3)), 0, 1)
    (1, 3)
    """
    x, y = (max(map(abs, cone[k])) or 1 for k in (i, j))
    return max(1, (y + x // 2) // x), max(1, (x + y // 2) // y)


def crossed(cone: Cone, row: Sequence[int]) -> tuple[int, int, int, int] | None:
    """Return (i, j, a, b) such that the row vanishes at ``a r_i + b r_j``; None if not mixed.

    >>> crossed(((1, 0), (0, 1)), (2, -3))
    (0, 1, 3, 2)
    """
    values = [sum(s * t for s, t in zip(row, ray, strict=True)) for ray in cone]
    high, low = max(values), min(values)
    if high <= 0 or low >= 0:
        return None
    divisor = gcd(high, low)
    return values.index(high), values.index(low), -low // divisor, high // divisor
