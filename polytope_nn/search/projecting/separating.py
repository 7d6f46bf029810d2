"""What separates a point from a cone of integer columns: guessed in floats, proved in integers.

Phase one of the simplex method in floats ends in a basis. Its prices, solved for in integers,
are taken where they do separate; where the basis is not clear, or they do not, the pivots
are exact.
"""

from collections.abc import Sequence
from math import gcd
from operator import mul
from typing import TYPE_CHECKING

from polytope_nn.exact.integer import integer_product, integer_solution
from polytope_nn.exact.rational import integer_row
from polytope_nn.geometry.farkas import integer_alternative

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["separating"]

_SMALL = 100  # entries: exact pivots take no longer
_TINY = 1e-9
_PIVOTS = 10  # times the number of rows


def separating(columns: Sequence[Sequence[int]], b: Sequence[int]) -> tuple[int, ...]:
    """Return a primitive w with ``w'a_j >= 0`` for all columns and ``w'b < 0``; () if none is.

    >>> separating([(1, 1), (1, 0)], (1, 2))
    (1, -1)
    >>> separating([(1, 1), (1, 0)], (2, 1))
    ()
    """
    w = _guessed(columns, b) if len(columns) * len(b) > _SMALL else ()
    return w or integer_alternative(columns, b)[1]


def _guessed(columns: Sequence[Sequence[int]], b: Sequence[int]) -> tuple[int, ...]:
    """Return a vector that separates, or () where floats do not lead to one."""
    N, parts = len(columns), []
    for t, *entries in zip(b, *columns, strict=True):
        parts.append((-1 if t < 0 else 1) * (gcd(t, *entries) or 1))
    try:
        basis = _basis(columns, b, parts)
        if basis is None:
            return ()
        # artificial columns are those of the signs of b, and cost what divides their row
        square = [
            columns[j] if j < N else [t * (i == j - N) for i, t in enumerate(parts)]
            for j in basis
        ]
        costs = [0 if j < N else -abs(parts[j - N]) for j in basis]
        w = integer_row(integer_solution(square, costs)[0])
    except (OverflowError, ZeroDivisionError):  # too long for floats; a basis that is none
        return ()
    slacks = integer_product(columns, [[t] for t in w])
    return w if sum(map(mul, w, b)) < 0 and all(s >= 0 for (s,) in slacks) else ()


def _basis(
    columns: Sequence[Sequence[int]], b: Sequence[int], parts: Sequence[int]
) -> list[int] | None:
    """Return the last basis of phase one in floats, None where its masses are not clear."""
    import numpy as np

    n, N = len(b), len(columns)
    size = np.array(parts, dtype=np.float64)
    A = np.array(columns, dtype=np.float64).T / size[:, None]
    right = np.array(b, dtype=np.float64) / size
    table = np.zeros((n + 1, N + n + 1))
    table[:n, :N] = A / np.maximum(np.abs(A).max(axis=0), _TINY)
    table[:n, N:-1] = np.eye(n)
    table[:n, -1] = right / right.max(initial=_TINY)
    table[n] = -(np.abs(size)[:, None] * table[:n]).sum(axis=0)
    table[n, N:-1] = 0
    basis, least = list(range(N, N + n)), -_TINY * np.abs(size).sum()
    for _ in range(_PIVOTS * n):
        j = int(table[n, :-1].argmin())
        if table[n, j] > least:
            return basis if table[:n, -1].min() > _TINY else None
        rows = np.flatnonzero(table[:n, j] > _TINY)
        if not len(rows):
            break
        i = int(rows[(table[rows, -1] / table[rows, j]).argmin()])
        row = table[i] / table[i, j]
        table -= table[:, j, None] * row
        table[i] = row
        basis[i] = j
    return None
