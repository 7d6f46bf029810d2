"""Nonnegative least squares in floats: the active-set method, in numpy alone.

References
----------
C. Lawson, R. Hanson, *Solving Least Squares Problems* (1974), ch. 23.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["nonnegative"]

_STEPS = 10  # times the number of columns
_TINY = 1e-13


def nonnegative(A: "Floats", b: "Floats") -> "Floats":
    """Return ``x >= 0`` that makes ``|A x - b|`` least, about.

    >>> import numpy as np
    >>> nonnegative(np.array([[1.0, -1.0], [0.0, 1.0]]), np.array([2.0, -3.0])).tolist()
    [2.0, 0.0]
    """
    import numpy as np

    n = A.shape[1]
    x = np.zeros(n)
    size = _TINY * np.abs(A).sum(axis=0) * max(float(np.abs(b).max(initial=0)), 1e-300)
    inside: list[int] = []
    barred: list[int] = []
    for _ in range(_STEPS * n):
        # x solves the normal equations of the columns inside, and is positive there
        slope = A.T @ (b - A[:, inside] @ x[inside]) - size
        slope[inside + barred] = 0
        j = int(np.argmax(slope))
        if not slope[j] > 0:
            break
        z = _fitted(A, b, [*inside, j])
        if not z[-1] > 0:  # rounding alone let it enter
            barred.append(j)
            continue
        inside.append(j)
        barred = []
        while (z <= 0).any():
            old, low = x[inside], z <= 0
            share = old[low] / np.maximum(old[low] - z[low], 1e-300)
            moved = np.maximum(old + share.min() * (z - old), 0)
            moved[np.flatnonzero(low)[np.argmin(share)]] = 0
            x[inside] = moved
            inside = [k for k, t in zip(inside, moved, strict=True) if t > 0]
            z = _fitted(A, b, inside)
        x[:] = 0
        x[inside] = z
    return x


def _fitted(A: "Floats", b: "Floats", columns: list[int]) -> "Floats":
    import numpy as np

    return np.asarray(np.linalg.lstsq(A[:, columns], b, rcond=None)[0], dtype=np.float64)
