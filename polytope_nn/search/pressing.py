"""Which topes press: where a dual variable in floats is large, and its projection there."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.relu import Chart
from polytope_nn.progress import counted

from .floats import Hints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConicHint", "Pressing"]

_SWEEPS = 24  # of coordinate descent, before what is left is projected one by one
_FEW = 16  # topes: projecting them is no longer than a sweep


@dataclass(frozen=True)
class Pressing:
    """One sign on one tope where the dual variable is large, and its projection.

    ``direction`` is the scaled g (its length is close to 1), ``rows`` the facets whose
    multiplier is positive.
    """

    tope: int
    sign: int
    direction: "NDArray[np.float64]"
    rows: tuple[int, ...]
    length: float


def _over(
    topes: "NDArray[np.int64]", squares: "NDArray[np.float64]", least: float
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Return the topes whose square is above that of `least`, and their squares."""
    kept = squares > least**2
    return topes[kept], squares[kept]


@dataclass(frozen=True)
class ConicHint:
    """The arrangement of a problem in floats: unit rows, patterns as an array."""

    hints: Hints
    chart: Chart

    @property
    def H(self) -> Arrangement:
        """The arrangement of the chart, which is listed when it is first asked for."""
        return self.chart.arrangement

    @cached_property
    def patterns(self) -> "NDArray[np.int64]":
        """The patterns as an array, shape (topes, n)."""
        import numpy as np

        return np.array(self.H.patterns, dtype=np.int64).reshape(len(self.H), -1)

    @cached_property
    def _facets(self) -> "NDArray[np.float64]":
        """The facets of each tope as unit rows that are >= 0 on it, zero rows to fill up."""
        import numpy as np

        every = [self.H.facets(s) for s in self.H.patterns]
        unit = self.hints.unit
        rows = np.zeros((len(every), max(map(len, every), default=0), unit.shape[1]))
        for i, facets in enumerate(every):
            k = list(facets)
            rows[i, : len(k)] = unit[k] * self.patterns[i, k, None]
        return rows

    @cached_property
    def _multipliers(self) -> "dict[int, NDArray[np.float64]]":
        """For each sign the last multipliers of the facets, where the next search begins."""
        import numpy as np

        return {sign: np.zeros(self._facets.shape[:2]) for sign in (1, -1)}

    def _long(
        self, pulls: "NDArray[np.float64]", sign: int, least: float
    ) -> list[tuple[float, int]]:
        """Return topes, among them all whose projection of one sign is longer than `least`.

        Each has a bound on the square of that length before it. Any multipliers >= 0 bound
        the length from above: those of a few rounds of coordinate descent (Hildreth 1957),
        on all topes at once.
        """
        import numpy as np

        squares = (pulls**2).sum(axis=1)
        left, squares = _over(np.arange(len(pulls)), squares, least)
        every = self._multipliers[sign]
        for _ in range(_SWEEPS if len(left) > _FEW else 0):
            rows, mu = self._facets[left], every[left]
            g = sign * pulls[left] + np.einsum("ij,ijk->ik", mu, rows)
            for j in range(mu.shape[1]):
                step = np.maximum(-np.einsum("ik,ik->i", rows[:, j], g), -mu[:, j])
                mu[:, j] += step
                g += step[:, None] * rows[:, j]
            every[left] = mu
            left, squares = _over(left, (g**2).sum(axis=1), least)
            if len(left) <= _FEW:
                break
        return [(float(x), int(i)) for x, i in zip(squares, left, strict=True)]

    def pulls(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return ``X'D kappa / beta`` for every tope, shape (topes, d), from floats."""
        pulls: NDArray[np.float64] = ((self.patterns > 0) * scaled) @ self.hints.unit
        return pulls

    def pressing(
        self, scaled: "NDArray[np.float64]", least: float, most: int | None = None
    ) -> list[Pressing]:
        """Return the topes and signs with ``|g| > least * beta``, the longest first.

        Of more than `most` those are returned for which g is likely to be longest.
        """
        return self.pressed(self.pulls(scaled), least, most)

    def pressed(
        self, pulls: "NDArray[np.float64]", least: float, most: int | None = None
    ) -> list[Pressing]:
        """Return the same for given pulls."""
        import numpy as np

        found = []
        near = [
            (-square, i, sign)
            for sign in (1, -1)
            for square, i in self._long(pulls, sign, least)
        ]
        if most is not None and len(near) > most:
            near = sorted(near)[:most]
        for _, i, sign in counted("searching kappa, regions", near, len(near)):
            facets = self.H.facets(self.H.patterns[i])
            g, mu = self.hints.projected(sign * pulls[i], self.patterns[i], facets)
            length = float(np.linalg.norm(g))
            if length > least:
                rows = tuple(k for k, x in zip(facets, mu, strict=True) if x > 0)
                found.append(Pressing(i, sign, g, rows, length))
        return sorted(found, key=lambda f: (-f.length, f.tope, -f.sign))
