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

    def pulls(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return ``X'D kappa / beta`` for every tope, shape (topes, d), from floats."""
        pulls: NDArray[np.float64] = ((self.patterns > 0) * scaled) @ self.hints.unit
        return pulls

    def pressing(self, scaled: "NDArray[np.float64]", least: float) -> list[Pressing]:
        """Return the topes and signs with ``|g| > least * beta``, the longest first."""
        return self.pressed(self.pulls(scaled), least)

    def pressed(self, pulls: "NDArray[np.float64]", least: float) -> list[Pressing]:
        """Return the same for given pulls."""
        import numpy as np

        found = []
        near = np.flatnonzero((pulls**2).sum(axis=1) > least**2)
        for i in counted("searching kappa, regions", near, len(near)):
            facets = self.H.facets(self.H.patterns[i])
            for sign in (1, -1):
                g, mu = self.hints.projected(sign * pulls[i], self.patterns[i], facets)
                length = float(np.linalg.norm(g))
                if length > least:
                    rows = tuple(k for k, x in zip(facets, mu, strict=True) if x > 0)
                    found.append(Pressing(int(i), sign, g, rows, length))
        return sorted(found, key=lambda f: (-f.length, f.tope, -f.sign))
