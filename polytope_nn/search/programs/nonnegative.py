"""Nonnegative least squares in floats: the active-set method, in numpy alone.

References
----------
C. Lawson, R. Hanson, *Solving Least Squares Problems* (1974), ch. 23.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["least_form", "nonnegative"]

_STEPS = 10  # times the number of columns
_TINY = 1e-13


def nonnegative(A: "Floats", b: "Floats") -> "Floats":
    """Return ``x >= 0`` that makes ``|A x - b|`` least, about.

    >>> import numpy as np
    >>> nonnegative(np.array([[1.0, -1.0], [0.0, 1.0]]), np.array([2.0, -3.0])).tolist()
    [2.0, 0.0]
    """
    import numpy as np

    size = _TINY * np.abs(A).sum(axis=0) * max(float(np.abs(b).max(initial=0)), 1e-300)

    def slope(x: "Floats", inside: list[int]) -> "Floats":
        s: Floats = A.T @ (b - A[:, inside] @ x[inside]) - size
        return s

    def fitted(columns: list[int]) -> "Floats":
        z = np.linalg.lstsq(A[:, columns], b, rcond=None)[0]
        return np.asarray(z, dtype=np.float64)

    return _of_active_sets(slope, fitted, np.zeros(A.shape[1]))


def least_form(G: "Floats", r: "Floats", start: "Floats") -> "Floats":
    """Return ``x >= 0`` that makes ``x'G x / 2 - r'x`` least, about, from a start ``>= 0``.

    G is positive definite.

    >>> import numpy as np
    >>> G = np.array([[2.0, 0.0], [0.0, 1.0]])
    >>> least_form(G, np.array([1.0, -1.0]), np.zeros(2)).tolist()
    [0.5, 0.0]
    """
    import numpy as np

    size = _TINY * (np.abs(r) + np.sqrt(np.diag(G)) * float(np.abs(r).max(initial=0)))

    def slope(x: "Floats", inside: list[int]) -> "Floats":
        s: Floats = r - G[:, inside] @ x[inside] - size
        return s

    def fitted(columns: list[int]) -> "Floats":
        z = np.linalg.solve(G[np.ix_(columns, columns)], r[columns])
        return np.asarray(z, dtype=np.float64)

    return _of_active_sets(slope, fitted, start)


def _of_active_sets(
    slope: "Callable[[Floats, list[int]], Floats]",
    fitted: "Callable[[list[int]], Floats]",
    start: "Floats",
) -> "Floats":
    """Return the least point, by the sets of its positive coordinates."""
    import numpy as np

    x = start.copy()
    inside = [int(k) for k in np.flatnonzero(x > 0)]
    inside = _inward(x, inside, fitted(inside) if inside else x[:0], fitted)
    barred: list[int] = []
    for _ in range(_STEPS * len(x)):
        # x is least on the columns inside, and positive there
        s = slope(x, inside)
        s[inside + barred] = 0
        j = int(np.argmax(s))
        if not s[j] > 0:
            break
        z = fitted([*inside, j])
        if not z[-1] > 0:  # rounding alone let it enter
            barred.append(j)
            continue
        inside = _inward(x, [*inside, j], z, fitted)
        barred = []
    return x


def _inward(
    x: "Floats",
    inside: list[int],
    z: "Floats",
    fitted: "Callable[[list[int]], Floats]",
) -> list[int]:
    """Move x to the least point z of columns, or as far as it can; return those that stay."""
    import numpy as np

    while (z <= 0).any():
        old, low = x[inside], z <= 0
        share = old[low] / np.maximum(old[low] - z[low], 1e-300)
        moved = np.maximum(old + share.min() * (z - old), 0)
        moved[np.flatnonzero(low)[np.argmin(share)]] = 0
        x[inside] = moved
        inside = [k for k, t in zip(inside, moved, strict=True) if t > 0]
        z = fitted(inside)
    x[:] = 0
    x[inside] = z
    return inside
