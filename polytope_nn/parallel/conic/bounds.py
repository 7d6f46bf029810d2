"""Bounds of a box by theta and neurons of another one, or of another kappa, in floats (P3, P5).

Any theta bounds what a branch attains from above, by the longest projections onto the blocks; any
inner neurons from below, by what they make. So a box needs no conic program of its own where that
of a kappa close to this one decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.search.floats import Hints
from polytope_nn.search.projecting.projections import Projections

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Lengths", "Seen"]


@dataclass(frozen=True)
class Seen:
    """Theta on all rows, and what neurons of each sign make, rows and beta being of length 1."""

    theta: "Floats"
    plus: "Floats"
    minus: "Floats"

    @classmethod
    def of(
        cls,
        near: "Floats",
        theta: Mapping[int, Fraction],
        neurons: Iterable[tuple[int, "Floats"]],
    ) -> "Seen":
        """Return those of a theta on some rows, and of neurons with their signs."""
        import numpy as np

        made = {1: np.zeros(len(near)), -1: np.zeros(len(near))}
        for s, u in neurons:
            made[s] += np.maximum(near @ u, 0)
        every = np.ones(len(near))
        for i, t in theta.items():
            every[i] = float(t)
        return cls(every, made[1], made[-1])

    @property
    def z(self) -> "Floats":
        """What the neurons make together."""
        return self.plus - self.minus

    def least(self, k: "Floats", inside: Sequence[int], left: Sequence[int]) -> float:
        """Return what the neurons attain for ``k = sigma kappa`` at least, whatever theta is.

        The rows ``left`` are open: only positive neurons see them.
        """
        import numpy as np

        z, rows, open_ = self.z, list(inside), list(left)
        lost = np.minimum(k, 0) @ np.maximum(z, 0)
        return float(k[rows] @ z[rows] + k[open_] @ self.plus[open_] + lost)


@dataclass(frozen=True)
class Lengths:
    """The lengths of the projections onto all blocks of a design, in units of beta."""

    blocks: Blocks
    hints: Hints

    @cached_property
    def walls(self) -> tuple[tuple[int, ...], ...]:
        """The facets of each tope."""
        H = self.blocks.arrangement
        return tuple(map(H.facets, H.patterns))

    @cached_property
    def _active(self) -> "Floats":
        """Which rows each tope has on its positive side, shape (T, n)."""
        import numpy as np

        found: Floats = (np.array(self.blocks.arrangement.patterns) > 0).astype(float)
        return found

    @cached_property
    def _cones(self) -> dict[int, Projections]:
        """The projections onto all topes, for each sign: they begin where the last ones ended."""
        patterns = self.blocks.arrangement.patterns
        return {s: self.hints.cones(patterns, self.walls) for s in (1, -1)}

    def projected(self, s: int, mu: "Floats") -> "tuple[Floats, Floats]":
        """Return multipliers and projections of ``s mu``, a column for each tope."""
        return self._cones[s].of(((s * mu * self._active) @ self.hints.unit).T)

    def of(
        self, k: "Floats", theta: "Floats", inside: Sequence[int], left: Sequence[int]
    ) -> dict[Block, float]:
        """Return the length of each block for ``k = sigma kappa`` and a theta.

        Neurons of both signs see the rows ``inside``, positive ones those that are ``left``, too.
        """
        import numpy as np

        found: dict[Block, float] = {}
        for s, g in self._longest(k, theta, inside, left):
            lengths = np.sqrt((g * g).sum(axis=0)).tolist()
            found |= {(s, t): length for t, length in enumerate(lengths)}
        return found

    def _longest(
        self, k: "Floats", theta: "Floats", inside: Sequence[int], left: Sequence[int]
    ) -> Iterator[tuple[int, "Floats"]]:
        """Yield the projections onto all topes, for each sign."""
        import numpy as np

        mu = np.minimum(k, 0) * theta
        mu[list(inside)] = k[list(inside)]
        for s, rows in ((1, list(left)), (-1, [])):
            own = mu.copy()
            own[rows] = k[rows]
            yield s, self.projected(s, own)[1]

    def touching(
        self,
        k: "Floats",
        theta: "Floats",
        inside: Sequence[int],
        left: Sequence[int],
        close: float,
    ) -> dict[Block, tuple[int, ...]]:
        """Return the blocks that are about as long as beta, each with its face.

        A direction that is ``close`` to the wall of a row is taken to lie on it.
        """
        import numpy as np

        found: dict[Block, tuple[int, ...]] = {}
        for s, g in self._longest(k, theta, inside, left):
            lengths = np.sqrt((g * g).sum(axis=0))
            heights = self.hints.unit @ g
            signs = np.where(np.abs(heights) <= close * lengths, 0, np.sign(heights))
            for t in np.flatnonzero(np.abs(lengths - 1) <= close):
                found[s, int(t)] = tuple(map(int, signs[:, t]))
        return found
