"""Which topes press: where a dual variable in floats is large, and its projection there."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.relu import Chart
from polytope_nn.progress import counted

from .floats import Hints
from .projecting.projections import Projections

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConicHint", "Pressing"]

_TOGETHER = 2048  # topes that are projected on at once


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
    def _cones(self) -> "tuple[tuple[NDArray[np.int64], int, Projections], ...]":
        """Topes with about equally many facets, a sign, and what projects on them."""
        import numpy as np

        every = self.H.patterns
        facets = self.H.walls
        order = sorted(range(len(every)), key=lambda i: len(facets[i]))
        found = []
        for start in range(0, len(order), _TOGETHER):
            part = order[start : start + _TOGETHER]
            cones = self.hints.cones([every[i] for i in part], [facets[i] for i in part])
            found += [(np.array(part), 1, cones)]
            found += [(np.array(part), -1, Projections(cones.rows))]
        return tuple(found)

    def pulls(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return ``X'D kappa / beta`` for every tope, shape (topes, d), from floats."""
        pulls: NDArray[np.float64] = ((self.patterns > 0) * scaled) @ self.hints.unit
        return pulls

    def pressing(self, scaled: "NDArray[np.float64]", least: float) -> Iterator[Pressing]:
        """Yield the topes and signs with ``|g| > least * beta``, the longest first."""
        import numpy as np

        parts, pulls = list[_Part](), self.pulls(scaled)
        for part, sign, cones in counted(
            "searching kappa, regions", self._cones, len(self._cones)
        ):
            mu, g = cones.of(sign * pulls[part].T, least)
            lengths = np.sqrt((g * g).sum(axis=0))
            long = np.flatnonzero(lengths > least)
            parts.append(_Part(part[long], sign, mu[:, long], g[:, long], lengths[long]))
        place = np.concatenate([np.arange(len(a.topes)) for a in parts])
        owner = np.repeat(np.arange(len(parts)), [len(a.topes) for a in parts])
        signs = np.array([a.sign for a in parts])[owner]
        topes, lengths = (
            np.concatenate(x)
            for x in zip(*((a.topes, a.lengths) for a in parts), strict=True)
        )
        order = np.lexsort((-signs, topes, -lengths))
        return (parts[owner[k]].one(int(place[k]), self.H) for k in order)


@dataclass(frozen=True)
class _Part:
    """Topes where one sign is large: their multipliers, projections and lengths."""

    topes: "NDArray[np.int64]"
    sign: int
    mu: "NDArray[np.float64]"
    g: "NDArray[np.float64]"
    lengths: "NDArray[np.float64]"

    def one(self, j: int, H: Arrangement) -> Pressing:
        """Return one of them."""
        tope = int(self.topes[j])
        mu = zip(H.walls[tope], self.mu[:, j].tolist(), strict=False)
        rows = tuple(k for k, x in mu if x > 0)
        return Pressing(tope, self.sign, self.g[:, j], rows, float(self.lengths[j]))
