"""Candidates with a free bias where patterns are not listed: faces of charts at the best kinks.

A local maximum (w, t) is a face of the chart of a sample on its kink; on a flat the other end
has the same w, and is a face of another chart.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.dual.system import Face
from polytope_nn.exact.rational import approximate_root
from polytope_nn.limits import Limits
from polytope_nn.search.candidate import Hint
from polytope_nn.search.pressing import Pressing
from polytope_nn.search.search import Search

from .climbing import Climbed
from .pools.kinks import maxima_at_kinks, supported_at_kinks
from .pools.problem import Support
from .searching import ConeSearch

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["ChartedSearch"]

_LEVEL = 1e-9  # of beta: kinks of one w whose values differ by less are ends of a flat
_SAME = 1e-9  # kinks closer than that are one


class ChartedSearch(ConeSearch):
    """The numerical search for a problem of many patterns whose bias is free."""

    factor = Search.factor
    flat = Search.flat

    @cached_property
    def ratios(self) -> "Floats":
        """The length of each row here in units of those of the charts, shape (n,)."""
        import numpy as np

        pairs = zip(self.conic.lengths, self.problem.inverse_weights, strict=True)
        lengths = [float(t / self.scale * approximate_root(1 / w)) for t, w in pairs]
        return np.asarray(self.cones.lengths / np.array(lengths), dtype=np.float64)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The chart of each sample."""
        found = {chart.anchor: i for i, chart in enumerate(self.problem.charts)}
        return tuple(found[x] for x in self.problem.X)

    def near(self, scaled: "Floats", least: float, snap: float) -> dict[Face, float]:
        """Return the faces of the local maxima that are at least ``least`` long."""
        kappa = scaled * self.ratios / self.cones.lengths
        found: dict[tuple[int, tuple[int, ...]], tuple[Face, float]] = {}
        for side in (1, -1):
            known = [top for s, top in self.tops if s == side]
            for top in maxima_at_kinks(self.cones, kappa, side, 1 - least, known):
                for pressing in self._at_kinks(kappa, side, top):
                    face = self.face(pressing.tope, pressing, snap)
                    found.setdefault(face.key, (face, top.value))
        return dict(pair for _, pair in sorted(found.items()))

    def _at_kinks(self, kappa: "Floats", side: int, top: Climbed) -> "Iterator[Pressing]":
        """Yield the kinks of the w of a maximum that are as high, each in a chart of its own."""
        import numpy as np

        X = self.cones.X
        kinks = -(X[:, :-1] @ top.p) / X[:, -1] / top.value
        w = np.broadcast_to(top.p / top.value, (len(kinks), len(top.p)))
        values = side * (kappa @ self.cones.features(np.column_stack([w, kinks])))
        high = np.flatnonzero(values > values.max() * (1 - _LEVEL))
        left = [int(k) for k in high[np.argsort(kinks[high], kind="stable")]]
        while left:
            first = kinks[left[0]]
            rows = tuple(k for k in left if kinks[k] - first < _SAME * (1 + abs(first)))
            left = [k for k in left if k not in rows]
            yield Pressing(
                self.places[rows[0]], side, top.p, tuple(sorted(rows)), top.value
            )

    def hinted(self, limits: Limits) -> Hint:
        """Return a solution in floats; its support is in ``tops``."""
        n = self.problem.n
        limits.progress(f"searching the directions of {n} samples by their kinks")
        support = supported_at_kinks(self.cones, by_charts=True)
        limits.progress(f"{len(support.tops)} atoms in use; looking at kappa")
        self.tops = list(zip(support.signs, support.tops, strict=True))
        return self.hint_of(support)

    def hint_of(self, support: Support) -> Hint:
        """Return what is handed over of a support."""
        scaled = support.kappa * self.cones.lengths / self.ratios
        unit = float(self.conic.beta / (self.scale**2 * self.conic.label_scale))
        X = self.cones.X
        neurons = []
        for s, top, c in zip(support.signs, support.tops, support.weights, strict=True):
            k = int(abs(X @ top.u).argmin())
            neurons.append((self.places[k], s, top.u[:-1] * (float(c) * unit)))
        return Hint(scaled, tuple(neurons))
