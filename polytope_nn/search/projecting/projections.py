"""Projections of many points on as many cones at once, in floats: active sets, in numpy alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from polytope_nn.search.programs.nonnegative import nonnegative

from .facets import Facets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["Projections"]

_LEAST = 1e-12  # of a slope, a multiplier, a pivot that counts, at unit length
_ROUNDED = 1e-9  # of a projection: the conditions of optimality hold up to that


class Projections:
    """Projections of points on many cones; each search begins where the last one ended.

    ``rows`` are the facets of the cones, of length 1, or 0 to fill up: they are >= 0 on the cone.
    """

    def __init__(self, rows: Facets) -> None:
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
        >>> from polytope_nn.search.projecting.facets import Each
        >>> mu, g = Projections(Each(np.eye(2)[:, :, None])).of(np.array([[-3.0], [2.0]]))
        >>> mu.T.tolist(), g.T.tolist()  # on the quadrant
        ([[3.0, 0.0]], [[0.0, 2.0]])
        """
        import numpy as np

        mu, g = self._together(p, least)
        for i in np.flatnonzero(~self._is_least(p, g, least)).tolist():
            mu[:, i] = nonnegative(self.rows.of(i).T, -p[:, i])
        g = p + self.rows.combined(mu)
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
        return mu, p + self.rows.combined(mu)

    def _is_least(self, p: "Floats", g: "Floats", least: float) -> "Booleans":
        """Return where g is the projection of p up to rounding, or no longer than `least`."""
        import numpy as np

        square = (p * p).sum(axis=0)
        inside = self.rows.slopes(g) >= -_ROUNDED * np.sqrt(square)
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
    rows: Facets
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
        import numpy as np

        if not which.all():
            for name, value in vars(self).items():
                kept = (
                    value[..., which]
                    if isinstance(value, np.ndarray)
                    else value.kept(which)
                )
                setattr(self, name, kept)

    def entered(self, least: float) -> "Booleans":
        """Let the row in that g violates most; return where there is none, or g is short."""
        import numpy as np

        s = int(self.count.max(initial=0))
        g = self.p + np.einsum("sb,sdb->db", self.x[:s], self._pressing(s))
        slopes = self.rows.slopes(g)
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
        A = self.rows.at(self.slots[:s])
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
