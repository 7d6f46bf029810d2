"""Nonnegative least squares in floats: the active-set method, in numpy alone.

One problem of any size, or many small ones at once: projections on cones.

References
----------
C. Lawson, R. Hanson, *Solving Least Squares Problems* (1974), ch. 23.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["Projections", "least_form", "nonnegative"]

_STEPS = 10  # times the number of columns
_TINY = 1e-13
_LEAST = 1e-12  # of a slope, a multiplier, a pivot that counts, at unit length
_ROUNDED = 1e-9  # of a projection: the conditions of optimality hold up to that


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


class Projections:
    """Projections of points on many cones; each search begins where the last one ended.

    ``rows`` are the facets of the cones, of length 1, or 0 to fill up: they are >= 0 on the
    cone. Their shape is (facets, d, cones).
    """

    def __init__(self, rows: "Floats") -> None:
        import numpy as np

        facets, d, cones = rows.shape
        self.rows = rows
        self._slots = np.zeros((min(facets, d), cones), dtype=np.int64)
        self._count = np.zeros(cones, dtype=np.int64)

    def of(self, p: "Floats", least: float = 0.0) -> "tuple[Floats, Floats]":
        """Return ``mu >= 0`` and ``g = p + mu rows`` as short as can be; 0 where that fails.

        Shapes: p and g (d, cones), mu (facets, cones). Where g comes to be no longer than
        `least`, mu may be any that shows it.

        >>> import numpy as np
        >>> mu, g = Projections(np.eye(2)[:, :, None]).of(np.array([[-3.0], [2.0]]))
        >>> mu.T.tolist(), g.T.tolist()  # on the quadrant
        ([[3.0, 0.0]], [[0.0, 2.0]])
        """
        import numpy as np

        mu, g = self._together(p, least)
        for i in np.flatnonzero(~self._is_least(p, g, least)):
            mu[:, i] = nonnegative(self.rows[..., i].T, -p[:, i])
        g = p + np.einsum("fb,fdb->db", mu, self.rows)
        failed = ~self._is_least(p, g, least)
        mu[:, failed], g[:, failed] = 0, p[:, failed]
        return mu, g

    def _together(self, p: "Floats", least: float) -> "tuple[Floats, Floats]":
        """Return mu and g, 0 and p where rows that press are nearly dependent."""
        import numpy as np

        facets, _, cones = self.rows.shape
        mu = np.zeros((facets, cones))
        on = _Active(np.arange(cones), p, self.rows, self._slots, self._count)
        on.begin()
        for _ in range(3 * facets + 2 if facets else 0):
            done = on.entered(least)
            where = on.at[done]
            self._slots[:, where], self._count[where] = on.slots[:, done], on.count[done]
            row, place = np.nonzero(on.taken & done)
            mu[on.slots[row, place], on.at[place]] = on.x[row, place]
            on.keep(~done)
            if not len(on.at):
                break
            on.step()
        return mu, p + np.einsum("fb,fdb->db", mu, self.rows)

    def _is_least(self, p: "Floats", g: "Floats", least: float) -> "Booleans":
        """Return where g is the projection of p up to rounding, or no longer than `least`."""
        import numpy as np

        square = (p * p).sum(axis=0)
        inside = np.einsum("fdb,db->fb", self.rows, g) >= -_ROUNDED * np.sqrt(square)
        across = np.abs((g * (g - p)).sum(axis=0)) <= _ROUNDED * square
        short = (g * g).sum(axis=0) <= least**2
        found: Booleans = short | (inside.all(axis=0) & across)
        return found


@dataclass
class _Active:
    """The search on some cones: the rows that press on each, in slots.

    ``slots`` are the rows in the order they entered, ``count`` says how many are taken,
    ``x`` are their multipliers, shape (slots, cones); they are ``settled`` where they
    are the least squares of their rows.
    """

    at: "Integers"
    p: "Floats"
    rows: "Floats"
    slots: "Integers"
    count: "Integers"

    def begin(self) -> None:
        """Take the multipliers of the given rows, none where one of them is negative."""
        import numpy as np

        z, failed = self._least_squares()
        fine = ~failed & ((z > 0) | ~self.taken[: len(z)]).all(axis=0)
        self.count = np.where(fine, self.count, 0)
        self.x = np.zeros(self.slots.shape)
        self.x[: len(z)] = np.where(fine, z, 0)
        self.settled = np.ones(len(fine), dtype=bool)

    @property
    def taken(self) -> "Booleans":
        """Which slots are."""
        import numpy as np

        found: Booleans = np.arange(len(self.slots))[:, None] < self.count
        return found

    def keep(self, which: "Booleans") -> None:
        """Go on with these cones alone."""
        if not which.all():
            for name, value in vars(self).items():
                setattr(self, name, value[..., which])

    def entered(self, least: float) -> "Booleans":
        """Let the row in that g violates most; return where there is none, or g is short."""
        import numpy as np

        s = int(self.count.max(initial=0))
        g = self.p + np.einsum("sb,sdb->db", self.x[:s], self._pressing(s))
        slopes = np.einsum("fdb,db->fb", self.rows, g)
        row, place = np.nonzero(self.taken)
        slopes[self.slots[row, place], place] = 0
        k = slopes.argmin(axis=0)
        low = np.take_along_axis(slopes, k[None], axis=0)[0]
        size = np.sqrt((self.p * self.p).sum(axis=0))
        found = (low < -_LEAST * size) & ((g * g).sum(axis=0) > least**2)
        at = np.flatnonzero(found & self.settled & (self.count < len(self.slots)))
        self.slots[self.count[at], at] = k[at]
        self.x[self.count[at], at] = 0
        self.count[at] += 1
        done: Booleans = self.settled & ~found
        return done

    def step(self) -> None:
        """Move towards the least squares of the rows until a multiplier is 0: it leaves."""
        import numpy as np

        z, failed = self._least_squares()
        s, taken = len(z), self.taken
        x, low = self.x[:s], taken[:s] & (z <= 0)
        self.settled = ~np.any(low, axis=0)
        share = np.where(low, x / np.where(low & (x > 0), x - z, 1), 1).min(
            axis=0, initial=1
        )
        x = x + share * (z - x)
        leaves = low & (x <= _LEAST)
        order = np.argsort(leaves | ~taken[:s], axis=0, kind="stable")
        self.x[:s] = np.take_along_axis(np.where(leaves, 0, x), order, axis=0)
        self.slots[:s] = np.take_along_axis(self.slots[:s], order, axis=0)
        self.count = self.count - leaves.sum(axis=0)
        self.keep(~failed & (self.settled | leaves.any(axis=0)))

    def _pressing(self, s: int) -> "Floats":
        """Return the rows in the first s slots, 0 in those that are not taken."""
        import numpy as np

        A = np.take_along_axis(self.rows, self.slots[:s, None], axis=0)
        A *= self.taken[:s, None]
        return A

    def _least_squares(self) -> "tuple[Floats, Booleans]":
        """Return the multipliers by the normal equations, and where rows are dependent."""
        import numpy as np

        s = int(self.count.max(initial=0))
        A = self._pressing(s)
        G = np.concatenate([
            np.einsum("idb,jdb->ijb", A, A), -np.einsum("idb,db->ib", A, self.p)[:, None]
        ], axis=1)  # fmt: skip
        diagonal = np.arange(s)
        G[diagonal, diagonal] += ~self.taken[:s]
        failed = np.zeros(len(self.at), dtype=bool)
        for i in range(s):  # G is a Gram matrix: its pivots are positive in any order
            failed |= G[i, i] < _LEAST
            G[i, i, failed] = 1
            factor = G[i + 1 :, i] / G[i, i]
            G[i + 1 :, i:] -= factor[:, None] * G[i, i:]
        z = np.zeros((s, len(self.at)))
        for i in reversed(range(s)):
            z[i] = (G[i, s] - (G[i, i + 1 : s] * z[i + 1 :]).sum(axis=0)) / G[i, i]
        return z, failed
