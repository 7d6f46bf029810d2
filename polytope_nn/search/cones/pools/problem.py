"""A training problem in floats, and the support of its dual optimum as far as floats know it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.search.cones.climbing import Climbed, shares_beside
from polytope_nn.search.cones.evaluated import FloatPeaks
from polytope_nn.search.cones.floats import FloatForm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Faces", "FloatProblem", "Support", "no_peaks", "peaks_at"]


@dataclass(frozen=True)
class FloatProblem:
    """A training problem in floats: merged unit rows, which row of them a sample is.

    Sample k is ``lengths_k`` times row ``places_k``; ``turns_k`` is -1 when on the other
    side of it, 0 for a zero row. y is that of beta = 1; ``Z`` has orthonormal columns.
    """

    form: FloatForm
    places: "NDArray[np.int64]"
    lengths: "Floats"
    turns: "Floats"
    y: "Floats"
    Z: "Floats"

    @cached_property
    def X(self) -> "Floats":
        """The samples, shape (n, D)."""
        x: Floats = self.form.rows[self.places] * (self.lengths * self.turns)[:, None]
        return x

    def projected(self, v: "Floats") -> "Floats":
        """Return P v."""
        p: Floats = v - self.Z @ (self.Z.T @ v)
        return p

    def at(self, kappa: "Floats") -> FloatForm:
        """Return the form of a dual variable."""
        return self.of_masses(self.masses(kappa))

    def masses(self, kappa: "Floats") -> "Floats":
        """Return kappa times the lengths of its rows."""
        mass: Floats = kappa * self.lengths
        return mass

    def of_masses(self, masses: "Floats") -> FloatForm:
        """Return the form of a dual variable, given times the lengths of its rows."""
        import numpy as np

        n, D = self.form.rows.shape
        mass = masses * np.abs(self.turns)
        weights: Floats = np.bincount(self.places, mass, minlength=n).astype(float)
        back = np.bincount(self.places, mass * (self.turns < 0), minlength=n)
        linear = -back @ self.form.rows if n else np.zeros(D)
        return FloatForm(
            self.form.rows, weights, linear, self.form.basis, self.form.penalised
        )

    def features(self, U: "Floats") -> "Floats":
        """Return ``(X u)_+`` for each row of U, as columns."""
        import numpy as np

        found: Floats = np.maximum(self.X @ U.T, 0)
        return found


@dataclass(frozen=True)
class Support:
    """Signs, local maxima and weights of the neurons in use, with their kappa."""

    kappa: "Floats"
    signs: tuple[int, ...]
    tops: tuple[Climbed, ...]
    weights: "Floats"
    settled: bool = True  # of faces, and the oracle accepts kappa


Faces = Callable[
    [FloatProblem, "Floats", Sequence[int], Sequence[Climbed], "Floats"], "Support | None"
]


def no_peaks(form: FloatForm) -> FloatPeaks:
    """Return the empty list of peaks."""
    import numpy as np

    n = len(form.rows)
    empty = np.zeros((0, n))
    u = np.zeros((0, form.rows.shape[1]))
    return FloatPeaks(np.zeros((0, form.penalised)), u, empty, empty.astype(bool), ())


def peaks_at(form: FloatForm, tops: Sequence[Climbed]) -> FloatPeaks:
    """Return local maxima as peaks."""
    import numpy as np

    if not tops:
        return no_peaks(form)
    theta = np.array([(form.rows @ t.u > 0) * 1.0 for t in tops])
    ties = np.zeros(theta.shape, dtype=bool)
    for row, tied, top in zip(theta, ties, tops, strict=True):
        through = [int(k) for k in np.flatnonzero(top.covector == 0)]
        row[through] = 0
        row[list(top.pressing)] = np.clip(top.shares, 0, 1)
        for k, share in shares_beside(form, top, through):
            row[k] = float(share)
        beside = [k for k in through if k not in top.pressing]
        tied[beside] = form.weights[beside] > 0
    p = np.array([t.p for t in tops])
    u = np.array([t.u / np.linalg.norm(t.u) for t in tops])
    return FloatPeaks(p, u, theta, ties, tuple(range(len(tops))))
