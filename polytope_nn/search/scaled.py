"""A training problem in floats of order 1: unit rows, beta = 1, labels of order 1.

Scaled so, data of any size can be searched in floating point: a sample of length l,
label y and weight w becomes one of length 1, label ``y/(l s)`` and weight ``w l^2 s/beta``,
s the size of the labels that matter; kappa becomes ``kappa l/beta`` and c ``c beta/s``.
Nothing here is believed.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.problems.training import TrainingProblem

from .floats import Hints, binary, to_float

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ScaledProblem"]

_SETTLED = 1e-11  # a Newton step this small: balls take over
_STEPS = 40
_LARGE = 1e100
_LEAST = 1e-100  # of a loss weight
_NOTHING = 1e-10  # of the largest weight: a weight that nonnegative least squares rounds


@dataclass(frozen=True)
class ScaledProblem:
    """The training problem for unit rows and beta = 1, in floats."""

    problem: TrainingProblem
    hints: Hints

    @cached_property
    def label_scale(self) -> Fraction:
        """A rational of the size of the labels, for rows of length 1."""
        problem, hints = self.problem, self.hints
        rows = zip(hints.X, problem.y, hints.lengths, problem.weights, strict=True)
        # a sample whose own kappa, at most w |y|, presses on nothing has no say
        heard = [
            abs(y) / length
            for x, y, length, w in rows
            if any(x) and w * abs(y) * length * problem.n > hints.beta
        ]
        return max(heard, default=Fraction(1))

    @cached_property
    def weight_scale(self) -> Fraction:
        """A rational of the size of the weights c."""
        return self.label_scale / self.hints.beta

    @cached_property
    def unit(self) -> Fraction:
        """A power of 2 that is small beside every unknown's own size."""
        sizes = [self.hints.beta / length for length in self.hints.lengths]
        sizes.append(self.weight_scale)
        least, most = min(sizes), max(sizes)
        return min(Fraction(1), binary(least * least / most))

    @cached_property
    def labels(self) -> "NDArray[np.float64]":
        """The labels, shape (n,)."""
        import numpy as np

        pairs = zip(self.problem.y, self.hints.lengths, strict=True)
        return np.array([to_float(y / length / self.label_scale) for y, length in pairs])

    @cached_property
    def weights(self) -> "NDArray[np.float64]":
        """The loss weights, shape (n,)."""
        import numpy as np

        pairs = zip(self.problem.weights, self.hints.lengths, strict=True)
        scale = self.weight_scale
        return np.array(
            [max(to_float(w * length**2 * scale), _LEAST) for w, length in pairs]
        )

    def unscaled(self, kappa: "NDArray[np.float64]", c: "NDArray[np.float64]") -> Vector:
        """Return kappa and c of the problem itself, one after the other."""
        hints = self.hints
        exact = [
            Fraction(float(t)) * hints.beta / length
            for t, length in zip(kappa, hints.lengths, strict=True)
        ]
        return (*exact, *(Fraction(float(t)) * self.weight_scale for t in c))

    def factor(self, V: Matrix) -> "NDArray[np.float64]":
        """Return the factor ``E X Pi`` of a face for unit rows."""
        import numpy as np

        rows = zip(V, self.hints.lengths, strict=True)
        return np.array([[to_float(t / length) for t in row] for row, length in rows])

    def nonnegative(
        self, V: "Sequence[NDArray[np.float64]]", kappa: "NDArray[np.float64]"
    ) -> "NDArray[np.float64]":
        """Return c >= 0 with ``sum c_a F_a`` close to the fit of kappa."""
        import numpy as np
        from scipy.optimize import nnls

        if not V:
            return np.zeros(0)
        try:
            c: NDArray[np.float64] = nnls(*self._features(V, kappa))[0]
        except (RuntimeError, ValueError):  # no convergence, or beyond floats
            return np.ones(len(V))
        return np.where(c > _NOTHING * c.max(initial=0), c, 0)

    def fitted(
        self, V: "Sequence[NDArray[np.float64]]", kappa: "NDArray[np.float64]"
    ) -> "NDArray[np.float64]":
        """Return c of any sign with ``sum c_a F_a`` close to the fit of kappa."""
        import numpy as np

        if not V:
            return np.zeros(0)
        try:
            A, b = self._features(V, kappa)
            return np.asarray(np.linalg.lstsq(A, b, rcond=None)[0], dtype=np.float64)
        except (ValueError, np.linalg.LinAlgError):  # beyond floats
            return np.ones(len(V))

    def _features(
        self, V: "Sequence[NDArray[np.float64]]", kappa: "NDArray[np.float64]"
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return the features as columns and the fit, each sample by its weight."""
        import numpy as np

        root = np.sqrt(self.weights)
        columns = np.array([v @ (v.T @ kappa) * root for v in V]).T
        return columns, (self.labels - kappa / self.weights) * root

    def newton(
        self,
        V: "Sequence[NDArray[np.float64]]",
        kappa: "NDArray[np.float64]",
        c: "NDArray[np.float64]",
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
        """Return kappa and c that solve the equations of faces (THEORY §4), or None."""
        import numpy as np

        n, k = len(kappa), len(V)
        root = np.sqrt(self.weights)  # in t = kappa / root the first block is I + PSD
        V = [v * root[:, None] for v in V]
        t, c = kappa / root, c.copy()
        for _ in range(_STEPS):
            F = [v @ (v.T @ t) for v in V]
            M = np.eye(n) + sum(x * (v @ v.T) for x, v in zip(c, V, strict=True))
            J = np.zeros((n + k, n + k))
            J[:n, :n] = M
            if k:
                J[:n, n:] = np.array(F).T
                J[n:, :n] = 2 * np.array(F)
            value = np.r_[M @ t - self.labels * root, [f @ t - 1 for f in F]]
            try:
                step = np.linalg.solve(J, value)
            except np.linalg.LinAlgError:
                return None
            t, c = t - step[:n], c - step[n:]
            largest = max(1, np.abs(t).max(), np.abs(c).max(initial=0))
            if not largest < _LARGE:  # or nan
                return None
            if np.abs(step).max() <= _SETTLED * largest:
                return t * root, c
        return None
