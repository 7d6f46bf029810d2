"""Columns in floats, each in units of its own: lengths, solutions, and which are dependent."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, SupportsFloat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "DEPENDENT",
    "corner",
    "dependent",
    "least_squares",
    "lengths_of",
    "most_inside",
    "orthonormal",
    "stacked",
]

_AT_END = 1e-9  # how near to an end a share is on it
DEPENDENT = 1e-9  # a singular value, of columns of length 1, that counts as 0


def lengths_of(A: "Floats") -> "tuple[Floats, Floats]":
    """Return the columns of a matrix at length 1, or 0, and their lengths, 1 where they are 0."""
    import numpy as np

    size = np.linalg.norm(A, axis=0)
    size = np.where(size > 0, size, 1.0)
    return A / size, size


def least_squares(A: "Floats", right: "Floats") -> "Floats":
    """Return the combination of columns nearest to ``right``, whatever their lengths.

    >>> import numpy as np
    >>> least_squares(np.diag([1e-20, 1.0]), np.array([1.0, 2.0])).tolist()
    [1e+20, 2.0]
    """
    import numpy as np

    unit, size = lengths_of(A)
    found = np.linalg.lstsq(unit, right, rcond=None)[0]
    return np.asarray((found.T / size).T, dtype=np.float64)


def most_inside(rows: "Sequence[Floats]", rooms: "Sequence[float]") -> "Floats | None":
    """Return the t with ``row t <= room`` of most room left over, or None.

    >>> import numpy as np
    >>> most_inside([np.array([1.0]), np.array([-2.0])], [2.0, 5.0]).round(9).tolist()
    [-1.0]
    """
    import numpy as np
    from scipy.optimize import linprog

    if not rows or not len(rows[0]):
        return None
    A, ones = np.array(rows), np.ones((len(rows), 1))
    q = A.shape[1]
    solved = linprog(
        np.r_[np.zeros(q), -1],
        A_ub=np.hstack([A, ones]),
        b_ub=np.array(rooms),
        bounds=[(None, None)] * q + [(None, max(map(abs, rooms)))],
        method="highs",
    )
    return None if solved.x is None else np.asarray(solved.x[:q], dtype=np.float64)


def corner(
    rows: "Sequence[Sequence[SupportsFloat]]", right: "Sequence[SupportsFloat]"
) -> list[int | None]:
    """Return shares from 0 to 1 with ``row s = right``, most of them 0 or 1; None for the others.

    >>> corner([[1.0, 1.0, 1.0]], [1.5]).count(None)
    1
    """
    import numpy as np
    from scipy.optimize import linprog

    A = np.array([[float(t) for t in row] for row in rows])
    size = lengths_of(A.T)[1]
    solved = linprog(
        np.arange(A.shape[1]),
        A_eq=A / size[:, None],
        b_eq=np.array([float(t) for t in right]) / size,
        bounds=(0, 1),
        method="highs-ds",
    )
    if solved.x is None:
        return []
    return [None if _AT_END < s < 1 - _AT_END else round(s) for s in solved.x.tolist()]


def orthonormal(A: "Floats") -> "Floats":
    """Return an orthonormal basis of what the columns span."""
    import numpy as np

    Q, sizes, _ = np.linalg.svd(lengths_of(A)[0], full_matrices=False)
    large: Floats = Q[:, sizes > DEPENDENT * sizes.max(initial=0)]
    return large


def dependent(A: "Floats", order: Iterable[int]) -> set[int]:
    """Return the columns that depend on those before them in an order.

    >>> import numpy as np
    >>> A = np.array([[1e-20, 0.0, 3.0], [0.0, 1e9, 4.0]])
    >>> dependent(A, (2, 0, 1)), dependent(A, (0, 1, 2))
    ({1}, {2})
    """
    import numpy as np

    unit, _ = lengths_of(A)
    if np.linalg.matrix_rank(unit, DEPENDENT) == A.shape[1]:
        return set()
    kept: list[int] = []
    for j in order:
        if np.linalg.matrix_rank(unit[:, [*kept, j]], DEPENDENT) == len(kept) + 1:
            kept.append(int(j))
    return set(range(A.shape[1])) - set(kept)


def stacked(tables: "list[Floats]") -> "list[tuple[list[int], Floats]]":
    """Return tables of floats of one shape as one array, with their places, shape by shape."""
    import numpy as np

    at: dict[tuple[int, ...], list[int]] = {}
    for i, table in enumerate(tables):
        at.setdefault(table.shape, []).append(i)
    return [(own, np.array([tables[i] for i in own])) for own in at.values()]
