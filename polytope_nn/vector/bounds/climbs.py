"""Directions on which N is large, climbed in floats, their kinks included.

With the output direction held, ``v = h / |h|``, the dual value is that of one output,
``|(N v)'(Xu)_+|``, whose local maxima one climbs (:mod:`~polytope_nn.search.cones.ascents`); at a
maximum h is what N makes of the new u. Neither step lowers ``|N'(Xu)_+| / |u|``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Matrix
from polytope_nn.search.cones.ascents import all_climbed, climbed
from polytope_nn.search.cones.floats import FloatForm
from polytope_nn.vector.faces import Covector

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["Climbs", "Top"]

_ROUNDS = 40
_FLAT = 1e-9  # a singular value of rows of length 1 that is rounding
_HIGHER = 1e-12  # relative: what is more than rounding


@dataclass(frozen=True)
class Top:
    """A direction of length 1 that no ascent leaves, ``h = N'(Xu)_+`` and the signs of Xu."""

    value: float
    u: "Floats"
    h: "Floats"
    covector: Covector


@dataclass(frozen=True)
class Climbs:
    """The rows of a design at length 1, and their lengths; a row of zeros has length 0."""

    rows: "Floats"
    sizes: "Floats"

    @classmethod
    def of(cls, X: Matrix) -> "Climbs":
        """Return those of a design of fractions."""
        import numpy as np

        rows = np.array([[float(t) for t in x] for x in X])
        sizes = np.linalg.norm(rows, axis=1)
        return cls(rows / np.where(sizes > 0, sizes, 1.0)[:, None], sizes)

    def starts(self, count: int, seed: int = 0) -> "list[Floats]":
        """Return directions to climb from, of all sides."""
        import numpy as np

        D = self.rows.shape[1]
        found: Floats = np.random.default_rng(seed).normal(size=(count, D))
        return list(found / np.linalg.norm(found, axis=1)[:, None])

    def made(self, N: "Floats", u: "Floats") -> "Floats":
        """Return ``N'(Xu)_+``."""
        import numpy as np

        found: Floats = N.T @ (self.sizes * np.maximum(self.rows @ u, 0))
        return found

    def form(self, kappa: "Floats") -> FloatForm:
        """Return the dual value of one output."""
        import numpy as np

        D = self.rows.shape[1]
        return FloatForm(
            self.rows, self.sizes * kappa, np.zeros(D), np.eye(D, dtype=int), D
        )

    def height(self, kappa: "Floats", starts: "Sequence[Floats]") -> float:
        """Return how large ``|kappa'(Xu)_+|`` is at what is climbed to from some directions."""
        tops = [t for side in (1, -1) for t in all_climbed(self.form(side * kappa), starts)]
        return max((top.value for top in tops if top is not None), default=0.0)

    def tops(self, N: "Floats", starts: "Sequence[Floats]") -> list[Top]:
        """Return what is climbed to from some directions, the highest first, no face twice.

        >>> import numpy as np
        >>> climbs = Climbs(np.eye(2), np.ones(2))
        >>> N = np.array([[3.0, 0.0], [0.0, 4.0]])
        >>> [(top.value, top.covector) for top in climbs.tops(N, np.eye(2))]
        [(4.0, (0, 1)), (3.0, (1, 0))]
        """
        found: dict[Covector, Top] = {}
        for start in starts:
            top = self._top(N, start)
            if top is not None and top.value > 0:
                known = found.get(top.covector)
                if known is None or known.value < top.value:
                    found[top.covector] = top
        return sorted(found.values(), key=lambda top: -top.value)

    def _top(self, N: "Floats", u: "Floats") -> Top | None:
        import numpy as np

        found: Top | None = None
        for _ in range(_ROUNDS):
            h = self.made(N, u)
            value = float(np.linalg.norm(h))
            if value == 0 or (found is not None and value <= found.value * (1 + _HIGHER)):
                break
            top = climbed(self.form(N @ (h / value)), u)
            if top is None:
                break
            u = self._settled(N, top.u / np.linalg.norm(top.u), top.covector)
            h = self.made(N, u)
            found = Top(float(np.linalg.norm(h)), u, h, tuple(map(int, top.covector)))
        return found

    def _settled(self, N: "Floats", u: "Floats", covector: "Integers") -> "Floats":
        """Return the top singular vector of the face of u, where the face has it; else u."""
        import numpy as np

        on = self.rows[covector == 0]
        _, sizes, across = (
            np.linalg.svd(on) if len(on) else (0, np.zeros(0), np.eye(len(u)))
        )
        basis = across[int((sizes > _FLAT).sum()) :]
        active = covector > 0
        images = (self.sizes[active, None] * self.rows[active]).T @ N[active]
        if not len(basis):
            return u
        best = np.linalg.svd(basis @ images)[0][:, 0] @ basis
        best = best if best @ u > 0 else -best
        off = covector != 0
        inside = (covector[off] * (self.rows[off] @ best) > 0).all()
        return best if inside else u
