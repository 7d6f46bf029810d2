"""The numerical search for a dual optimum: a basis of faces, and kappa to many bits.

The convex program is solved in floating point, the faces near beta are kept, those with
positive weights are a basis, and Newton's method solves its equations (THEORY §4), in
floats or, when the scales of the data are too far apart for them, in balls. What comes out
is a guess that :mod:`~polytope_nn.landscape.finding` proves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.arrangement import Arrangement

from .conic import ConicHint, Pressing, float_kappa
from .hints import Hints, binary, to_float
from .problem import TrainingProblem
from .resolvent import Resolvent, factor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Candidate", "Face", "Search"]

Face = tuple[int, tuple[int, ...]]  # a sign and a covector

_NEAR = 1e-4  # directions this close to beta are asked whether they are atoms
_ABOVE = 1e-9  # a dual value this far above beta is a violation in floating point
_SETTLED = 1e-11  # a Newton step this small: balls take over
_ALIKE = 1e-3  # directions of one sign this close are at first taken for one
_REPAIRS = 60
_FIRST_BITS = 128


@dataclass(frozen=True)
class Candidate:
    """A basis of faces with kappa and c refined to many bits, and every face near beta."""

    search: "Search"
    basis: tuple[Face, ...]
    faces: tuple[Face, ...]
    point: Balls

    @property
    def kappa(self) -> Balls:
        """The refined dual variable, shape (n,)."""
        return self.point[: self.search.problem.n]

    def refined(self, bits: int) -> "Candidate":
        """Return the same candidate at a higher precision."""
        point = self.search.system(self.basis).refined(self.point, bits, self.search.unit)
        return Candidate(self.search, self.basis, self.faces, point)

    def ties(self, bits: int) -> tuple[Face, ...]:
        """Return the faces whose ``|g|^2`` is beta^2 up to ``2^-bits``, sorted."""
        search = self.search
        near = search.problem.beta_squared / (1 << bits)
        return tuple(f for f in self.faces if abs(search.excess(f, self.kappa)) < near)


class Search:
    """The numerical search for one problem."""

    def __init__(self, problem: TrainingProblem, H: Arrangement) -> None:
        self.problem = problem
        self.X: Matrix = problem.design
        self.H = H
        self.hints = Hints(self.X, problem.beta_squared)
        self.conic = ConicHint(self.hints, H)
        self._flats: dict[tuple[int, ...], frozenset[int]] = {}
        self._factors: dict[tuple[int, ...], Matrix] = {}
        self._faces: dict[Face, Face] = {}

    @cached_property
    def label_scale(self) -> Fraction:
        """A rational of the size of the labels, for rows of length 1."""
        pairs = zip(self.problem.y, self.hints.lengths, strict=True)
        return max(abs(y) / length for y, length in pairs) or Fraction(1)

    @cached_property
    def labels(self) -> "NDArray[np.float64]":
        """The labels for unit rows, of order 1."""
        import numpy as np

        pairs = zip(self.problem.y, self.hints.lengths, strict=True)
        return np.array([to_float(y / length / self.label_scale) for y, length in pairs])

    @cached_property
    def weights(self) -> "NDArray[np.float64]":
        """The loss weights that go with unit rows, these labels and beta = 1."""
        import numpy as np

        pairs = zip(self.problem.weights, self.hints.lengths, strict=True)
        scale = self.label_scale / self.hints.beta
        return np.array(
            [max(to_float(w * length**2 * scale), 1e-100) for w, length in pairs]
        )

    def flat(self, rows: tuple[int, ...]) -> frozenset[int]:
        """Return the rows in the span of the given ones: where a face is zero."""
        if rows not in self._flats:
            span = [self.X[k] for k in rows]
            size = rank(span)
            self._flats[rows] = frozenset(
                k for k, x in enumerate(self.X) if not any(x) or rank([*span, x]) == size
            )
        return self._flats[rows]

    def face(self, f: Pressing) -> Face:
        """Return the face a projection lies on.

        It is 0 on the flat of the rows that press, and has the tope's signs elsewhere; a
        row orthogonal to every active row within the flat is 0 too, whatever kappa is.
        """
        flat = self.flat(f.rows)
        pattern = self.H.patterns[f.tope]
        covector = tuple(0 if k in flat else s for k, s in enumerate(pattern))
        if (f.sign, covector) not in self._faces:
            V = self.factor(covector)
            active = [v for v, s in zip(V, covector, strict=True) if s == 1]
            self._faces[f.sign, covector] = (
                f.sign,
                tuple(
                    s if s == 1 or any(dot(x, v) for v in active) else 0
                    for s, x in zip(covector, self.X, strict=True)
                ),
            )
        return self._faces[f.sign, covector]

    def factor(self, covector: tuple[int, ...]) -> Matrix:
        """Return ``V = E X Pi`` of a face (see :mod:`~polytope_nn.landscape.resolvent`)."""
        if covector not in self._factors:
            self._factors[covector] = factor(self.X, covector)
        return self._factors[covector]

    def excess(self, face: Face, kappa: Balls) -> Fraction:
        """Return ``|g|^2 - beta^2`` at the midpoints of kappa, up to their rounding."""
        V = self.factor(face[1])
        middle = [t.midpoint for t in kappa]
        g = [
            sum((v * t for v, t in zip(c, middle, strict=True)), Fraction(0))
            for c in zip(*V, strict=True)
        ]
        return sum((t * t for t in g), Fraction(0)) - self.problem.beta_squared

    def system(self, basis: Sequence[Face]) -> Resolvent:
        """Return the resolvent equations of a basis of faces."""
        problem = self.problem
        inverse = tuple(1 / w for w in problem.weights)
        factors = tuple(self.factor(covector) for _, covector in basis)
        signs = [s for s, _ in basis]
        assert set(signs) <= {1, -1}  # the sign cancels in V V'kappa
        return Resolvent(problem.y, inverse, problem.beta_squared, factors)

    # the float phase

    def scaled_factor(self, covector: tuple[int, ...]) -> "NDArray[np.float64]":
        """Return V for unit rows, in floats."""
        import numpy as np

        rows = zip(self.factor(covector), self.hints.lengths, strict=True)
        return np.array([[float(t / length) for t in row] for row, length in rows])

    def faces(self, scaled: "NDArray[np.float64]", near: float) -> tuple[Face, ...]:
        """Return the faces whose direction has at least ``1 - near`` of beta, sorted."""
        return tuple(sorted({self.face(f) for f in self.conic.pressing(scaled, 1 - near)}))

    def feasible(self, scaled: "NDArray[np.float64]") -> bool:
        """Return whether kappa is dual feasible, as far as floats can tell."""
        return not self.conic.pressing(scaled, 1 + _ABOVE)

    def _likely(self, scaled: "NDArray[np.float64]", *, thin: bool) -> tuple[Face, ...]:
        """Return the faces near beta; ``thin``: only the longest of directions alike."""
        kept: list[Pressing] = []
        for f in self.conic.pressing(scaled, 1 - _NEAR):
            alike = any(
                f.sign == k.sign and abs(f.direction - k.direction).max() < _ALIKE
                for k in kept
            )
            if not (thin and alike):
                kept.append(f)
        return tuple(sorted({self.face(f) for f in kept}))

    def start(self) -> "tuple[tuple[Face, ...], NDArray[np.float64], Scalars]":
        """Return a basis of faces with kappa in floats, and kappa and c > 0, a start."""
        import numpy as np

        scaled = float_kappa(self.conic, self.labels, self.weights)
        excluded: set[Face] = set()
        for attempt in range(_REPAIRS):
            likely = self._likely(scaled, thin=attempt % 2 == 0)
            faces = [f for f in likely if f not in excluded]
            if not faces:
                excluded.clear()
                if not likely:
                    break
                continue
            V = [self.scaled_factor(covector) for _, covector in faces]
            c = self._nonnegative(V, scaled)
            chosen = [i for i, t in enumerate(c) if t > 1e-10 * c.max(initial=0)]
            basis = tuple(faces[i] for i in chosen)
            solved = self._solved(basis, [V[i] for i in chosen], scaled, c[chosen])
            if solved is None:
                if chosen:
                    excluded.add(faces[min(chosen, key=lambda i: c[i])])
                continue
            kappa, weights, start = solved
            if (weights <= 0).any():
                excluded.add(basis[int(np.argmin(weights))])
                continue
            worst = self.conic.pressing(kappa, 1 + _ABOVE)
            if not worst:
                return basis, kappa, start
            excluded -= {self.face(f) for f in worst}
            scaled = kappa
        raise Undecided(
            f"which directions are optimal: no consistent set was found in {_REPAIRS} "
            f"attempts in floating point; the data are close to a degenerate instance, or "
            f"their scales too far apart: give kappa, or change beta a little"
        )

    def _nonnegative(
        self, V: "list[NDArray[np.float64]]", scaled: "NDArray[np.float64]"
    ) -> "NDArray[np.float64]":
        """Return c >= 0 with ``sum c_a F_a`` close to the fit of kappa."""
        import numpy as np
        from scipy.optimize import nnls

        root = np.sqrt(self.weights)
        features = np.array([v @ (v.T @ scaled) for v in V]).reshape(len(V), -1)
        fit = self.labels - np.divide(scaled, self.weights)
        try:
            c: NDArray[np.float64] = nnls((features * root).T, fit * root)[0]
        except (RuntimeError, ValueError):  # no convergence, or beyond floats
            return np.ones(len(V))
        return c

    def _solved(
        self,
        basis: tuple[Face, ...],
        V: "list[NDArray[np.float64]]",
        scaled: "NDArray[np.float64]",
        c: "NDArray[np.float64]",
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64], Scalars] | None":
        """Return kappa and c in floats and as a start in balls: the basis solved.

        By Newton's method in floats; where that fails, or gives a kappa so little above
        beta that rounding may be the reason, in balls. None when there is no solution.
        """
        import numpy as np

        solved = self._newton(V, scaled, c)
        if solved is not None:
            kappa, weights = solved
            above = self.conic.pressing(kappa, 1 + _ABOVE)
            if not above or above[0].length > 1 + _NEAR or (weights <= 0).any():
                return kappa, weights, self._unscaled(kappa, weights)
        start = self._unscaled(*(solved or (scaled, c)))
        try:
            point = self.system(basis).refined(start, _FIRST_BITS, self.unit)
        except Undecided:
            return solved and (*solved, start)
        middles = [t.midpoint for t in point]
        n = self.problem.n
        kappa = self.hints.scaled(middles[:n])
        weights = np.array([to_float(t / self.weight_scale) for t in middles[n:]])
        return kappa, weights, tuple(middles)

    def _unscaled(self, scaled: "NDArray[np.float64]", c: "NDArray[np.float64]") -> Scalars:
        hints = self.hints
        kappa = [
            Fraction(float(t)) * hints.beta / length
            for t, length in zip(scaled, hints.lengths, strict=True)
        ]
        return (*kappa, *(Fraction(float(t)) * self.weight_scale for t in c))

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

    def _newton(
        self,
        V: "list[NDArray[np.float64]]",
        kappa: "NDArray[np.float64]",
        c: "NDArray[np.float64]",
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
        import numpy as np

        n, k = len(kappa), len(V)
        root = np.sqrt(self.weights)  # in t = kappa / root the first block is I + PSD
        V = [v * root[:, None] for v in V]
        t, c = kappa / root, c.copy()
        for _ in range(40):
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
            if not np.isfinite(step).all() or np.abs(t).max() > 1e100:
                return None
            if np.abs(step).max() <= _SETTLED * max(
                1, np.abs(t).max(), np.abs(c).max(initial=0)
            ):
                return t * root, c
        return None

    def candidate(self, bits: int) -> Candidate:
        """Return the basis found, refined to ``bits`` bits, and the faces near it."""
        basis, scaled, start = self.start()
        point = self.system(basis).refined(start, bits, self.unit)
        near = tuple(sorted({*self.faces(scaled, 1e-7), *basis}))
        return Candidate(self, basis, near, point)
