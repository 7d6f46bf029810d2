"""The topes by search in the tope graph: the reference route, on cddlib.

The facets of a tope's closed cone are those of the generators of its inequalities; through
each facet lies a neighbour, whose pattern differs in the rows of that hyperplane. The tope
graph is connected (a general segment between two topes crosses one hyperplane at
a time), so a search from one tope finds all. Slow, and independent of splitting.
"""

from collections import deque
from collections.abc import Iterable
from itertools import count
from typing import cast

from polytope_nn.exact.rational import Vector, integer_row, matrix, vector

from .cdd import generators, halfspaces
from .polyhedra.forms import Halfspaces

__all__ = ["patterns_by_cdd"]

Pattern = tuple[int, ...]


def patterns_by_cdd(X: Iterable[Iterable[object]]) -> tuple[Pattern, ...]:
    """Return the patterns of the topes of the rows of X, sorted, by search.

    The same as ``arrangement(X).patterns``.

    >>> patterns_by_cdd([[1, 0], [0, 1], [0, 0]])
    ((-1, -1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, 1))
    """
    rows = [integer_row(row) for row in matrix(X)]
    start = _general(rows)
    found = {start}
    left = deque([start])
    while left:
        pattern = left.popleft()
        for wall in _facets(pattern, rows):
            both = (wall, tuple(-t for t in wall))
            beyond = tuple(
                -s if row in both else s for s, row in zip(pattern, rows, strict=True)
            )
            if beyond not in found:
                found.add(beyond)
                left.append(beyond)
    return tuple(sorted(found))


def _facets(pattern: Pattern, rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the primitive normals of the facets of the closed cone of the pattern."""
    A = tuple(vector([-s * t for t in x]) for s, x in zip(pattern, rows, strict=True))
    n = len(A[0])
    cone = generators(Halfspaces(A, vector([0] * len(A)), (), ()), n)
    return [integer_row(cast("Vector", a)) for a in halfspaces(cone, n).A]


def _general(rows: list[tuple[int, ...]]) -> Pattern:
    """Return the pattern of a point off all hyperplanes, on the curve (1, t, t^2, ..).

    A nonzero row vanishes at fewer than d of its points.
    """
    nonzero = [row for row in rows if any(row)]
    points = (_products(nonzero, t) for t in count())
    values = iter(next(filter(all, points)))
    return tuple(1 if not any(row) or next(values) > 0 else -1 for row in rows)


def _products(rows: list[tuple[int, ...]], t: int) -> list[int]:
    """Return the products of the rows with (1, t, t^2, ..)."""
    return [sum(x * t**j for j, x in enumerate(row)) for row in rows]
