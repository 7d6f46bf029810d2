"""Finding the dual optimum: float start, active faces, Newton, then a proof (THEORY §4).

The search is floating point and guesses; each answer is proved afterwards or refused: a
rational kappa, and one in a number field, by
:func:`~polytope_nn.landscape.optimum.verified`, balls by the interval Newton test and strict
inequalities (:mod:`~polytope_nn.landscape.enclosing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.arrangement import Arrangement, arrangement

from .conic import ConicHint, Pressing, float_kappa
from .hints import Hints
from .optimum import Optimum, verified
from .problem import TrainingProblem
from .resolvent import Resolvent, factor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Candidate", "Face", "Limits", "found"]

Face = tuple[int, tuple[int, ...]]  # a sign and a covector

_NEAR = 1e-4  # directions this close to beta are asked whether they are atoms
_ABOVE = 1e-9  # a dual value this far above beta is a violation in floating point
_SETTLED = 1e-11  # a Newton step this small: balls take over
_REPAIRS = 60
_SMALL_DEGREE = 4  # fields so small are tried before balls


@dataclass(frozen=True)
class Limits:
    """How far the search may go before it says :class:`Undecided`.

    ``bits`` is the working precision of balls, ``degree`` the largest degree of a number
    field that is tried, ``field_bits`` the precision at which its polynomial is sought.
    """

    bits: int = 320
    degree: int = 24
    field_bits: int = 4000


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
        point = self.search.system(self.basis).refined(self.point, bits)
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
        return np.array([float(y / length / self.label_scale) for y, length in pairs])

    @cached_property
    def weights(self) -> "NDArray[np.float64]":
        """The loss weights that go with unit rows, these labels and beta = 1."""
        import numpy as np

        pairs = zip(self.problem.weights, self.hints.lengths, strict=True)
        scale = self.label_scale / self.hints.beta
        return np.array([float(w * length**2 * scale) for w, length in pairs])

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

    def start(
        self,
    ) -> tuple[tuple[Face, ...], "NDArray[np.float64]", "NDArray[np.float64]"]:
        """Return a basis of faces with floats kappa and c > 0 that solve its equations."""
        import numpy as np
        from scipy.optimize import nnls

        scaled = float_kappa(self.conic, self.labels, self.weights)
        excluded: set[Face] = set()
        for _ in range(_REPAIRS):
            faces = [f for f in self.faces(scaled, _NEAR) if f not in excluded]
            if not faces:
                break
            V = [self.scaled_factor(covector) for _, covector in faces]
            root = np.sqrt(self.weights)
            features = np.array([v @ (v.T @ scaled) for v in V]).reshape(len(V), -1)
            fit = self.labels - np.divide(scaled, self.weights)
            c, _ = nnls((features * root).T, fit * root)
            chosen = [i for i, t in enumerate(c) if t > 1e-10 * c.max(initial=0)]
            basis = tuple(faces[i] for i in chosen)
            solved = self._newton([V[i] for i in chosen], scaled, c[chosen])
            if solved is None:
                excluded.add(faces[min(chosen, key=lambda i: c[i])])
                continue
            kappa, weights = solved
            if (weights <= 0).any():
                excluded.add(basis[int(np.argmin(weights))])
                continue
            worst = self.conic.pressing(kappa, 1 + _ABOVE)
            if not worst:
                return basis, kappa, weights
            excluded -= {self.face(f) for f in worst}
            scaled = kappa
        raise Undecided(
            f"no set of active faces was found in {_REPAIRS} attempts: the data are close to "
            f"a degenerate instance; give kappa, or change beta a little"
        )

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
        basis, scaled, c = self.start()
        hints = self.hints
        kappa = [
            Fraction(float(t)) * hints.beta / length
            for t, length in zip(scaled, hints.lengths, strict=True)
        ]
        weight = self.label_scale / hints.beta
        point = self.system(basis).refined(
            [*kappa, *(Fraction(float(t)) * weight for t in c)], bits
        )
        near = tuple(sorted({*self.faces(scaled, 1e-7), *basis}))
        return Candidate(self, basis, near, point)


def found(problem: TrainingProblem, limits: Limits | None = None) -> Optimum:
    """Return the dual optimum of a problem, found and proved.

    In turn: the zero network; a rational kappa; balls whose every decision is strict; a
    number field.

    Raises
    ------
    Undecided
        When none of them can be proved; the message names the missing decision.
    """
    limits = limits or Limits()
    H = arrangement(problem.design)
    labels = tuple(w * y for w, y in zip(problem.weights, problem.y, strict=True))
    search = Search(problem, H)
    if not search.conic.pressing(search.hints.scaled(labels), 1 + _ABOVE):
        try:
            return verified(problem, labels, H)  # the zero network
        except NotOptimal:
            pass
    return _proved(search.candidate(limits.bits), limits)


def _proved(candidate: Candidate, limits: Limits) -> Optimum:
    from .enclosing import enclosed, enclosed_free_linear

    search = candidate.search
    bits = limits.bits
    while True:
        kappa = _rational(candidate.kappa, bits)
        if kappa is not None:
            try:
                return verified(search.problem, kappa, search.H)
            except NotOptimal:
                pass  # a wrong guess: the number is not rational, or not at this precision
        if bits >= limits.field_bits or bits >= 8 * _height(search):
            break
        bits *= 4
        candidate = candidate.refined(bits)
    small = _guessed(candidate, bits, min(_SMALL_DEGREE, limits.degree))
    if small is not None:
        return small
    ties = candidate.ties(limits.bits // 2)
    reasons = []
    for prove in (enclosed, enclosed_free_linear):
        try:
            return prove(candidate, ties, limits)
        except Undecided as reason:
            reasons.append(str(reason))
    try:
        return _in_a_field(candidate, limits)
    except Undecided as reason:
        raise Undecided("; ".join([*reasons, str(reason)])) from None


def _in_a_field(candidate: Candidate, limits: Limits) -> Optimum:
    """Return the optimum over the number field that the digits of kappa suggest, verified."""
    bits = limits.bits
    while bits < limits.field_bits:
        bits = min(3 * bits, limits.field_bits)
        candidate = candidate.refined(bits)
        optimum = _guessed(candidate, bits, limits.degree)
        if optimum is not None:
            return optimum
    raise Undecided(
        f"kappa lies in no number field of degree at most {limits.degree} that {bits} bits "
        f"show: raise the limits on degree and bits"
    )


def _height(search: Search) -> int:
    """Return the number of bits of the largest integer in the data."""
    problem = search.problem
    entries = [*(t for x in problem.X for t in x), *problem.y, *problem.weights]
    numbers = [*entries, problem.beta_squared]
    return max(max(t.numerator.bit_length(), t.denominator.bit_length()) for t in numbers)


def _guessed(candidate: Candidate, bits: int, degree: int) -> Optimum | None:
    """Return the optimum over the number field kappa seems to lie in, if it is one."""
    guess = guess_field(_widened(candidate.kappa, bits), max_degree=degree)
    if guess is None:
        return None
    try:
        return verified(candidate.search.problem, guess[1], candidate.search.H)
    except NotOptimal:
        return None


def _rational(kappa: Balls, bits: int) -> tuple[Fraction, ...] | None:
    """Return the simplest fractions near kappa, or None when they are not simple."""
    guess = []
    for t in _widened(kappa, bits):
        x = guess_rational(t)
        if x is None:
            return None
        guess.append(x)
    return tuple(guess)


def _widened(kappa: Balls, bits: int) -> Balls:
    """Return balls of radius about ``2^-bits`` around refined numbers, errors included."""
    error = Fraction(1, 1 << bits - 16)
    return tuple(
        Ball.from_interval(t.midpoint - error, t.midpoint + error, 2 * bits) for t in kappa
    )
