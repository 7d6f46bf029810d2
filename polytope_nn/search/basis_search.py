"""The numerical search for a dual optimum: a basis of faces, and kappa to many bits.

The convex program is solved in floating point, the faces near beta are kept, those with
positive weights are a basis, and Newton's method solves its equations (THEORY §4), in
floats or, when the scales of the data are too far apart for them, in balls. What comes out
is a guess that :mod:`~polytope_nn.search.finding` proves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.resolvent import Resolvent, factor
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.training import TrainingProblem

from .floats import Hints, to_float
from .pressing import ConicHint, Pressing, float_kappa
from .scaled import ScaledProblem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Candidate", "Face", "Search"]

Face = tuple[int, tuple[int, ...]]  # a sign and a covector

_NEAR = 1e-4  # directions this close to beta are asked whether they are atoms
_ABOVE = 1e-9  # a dual value this far above beta is a violation in floating point
_MODERATE = 1e5  # of a kappa this large, relative to beta, floats lose the sums
_REPAIRS = 60
_FIRST_BITS = 128
_INCONSISTENT = (
    "which directions are optimal: floating point finds no consistent set; the data are "
    "close to a degenerate instance, or their scales too far apart: give kappa, or change "
    "beta a little"
)


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
        point = self.search.system(self.basis).refined(
            self.point, bits, self.search.floats.unit
        )
        return Candidate(self.search, self.basis, self.faces, point)

    def ties(self, bits: int) -> tuple[Face, ...]:
        """Return the faces whose ``|g|^2`` is beta^2 up to ``2^-bits``, sorted."""
        search = self.search
        near = search.problem.beta_squared / (1 << bits)
        return tuple(f for f in self.faces if abs(search.excess(f, self.kappa)) < near)


@dataclass(frozen=True)
class _Solved:
    """The solution of a basis: its weights and pulls in floats, and a point to refine."""

    weights: "NDArray[np.float64]"
    pulls: "NDArray[np.float64]"
    point: Vector


class Search:
    """The numerical search for one problem."""

    def __init__(self, problem: TrainingProblem, H: Arrangement) -> None:
        self.problem = problem
        self.X: Matrix = problem.design
        self.H = H
        self.hints = Hints(self.X, problem.beta_squared)
        self.conic = ConicHint(self.hints, H)
        self.floats = ScaledProblem(problem, self.hints)
        self._flats: dict[tuple[int, ...], frozenset[int]] = {}
        self._factors: dict[tuple[int, ...], Matrix] = {}
        self._faces: dict[Face, Face] = {}

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
        """Return ``V = E X Pi`` of a face (see :mod:`~polytope_nn.dual.resolvent`)."""
        if covector not in self._factors:
            self._factors[covector] = factor(self.X, covector)
        return self._factors[covector]

    def _direction(self, face: Face, kappa: Sequence[Fraction]) -> Vector:
        """Return ``V'kappa``, the direction of a face up to its sign."""
        zero = Fraction(0)
        return tuple(
            sum((v * t for v, t in zip(column, kappa, strict=True)), zero)
            for column in zip(*self.factor(face[1]), strict=True)
        )

    def excess(self, face: Face, kappa: Balls) -> Fraction:
        """Return ``|g|^2 - beta^2`` at the midpoints of kappa, up to their rounding."""
        g = self._direction(face, [t.midpoint for t in kappa])
        return dot(g, g) - self.problem.beta_squared

    def system(self, basis: Sequence[Face]) -> Resolvent:
        """Return the resolvent equations of a basis of faces."""
        problem = self.problem
        inverse = tuple(1 / w for w in problem.weights)
        factors = tuple(self.factor(covector) for _, covector in basis)
        return Resolvent(problem.y, inverse, problem.beta_squared, factors)

    def _factors_of(self, faces: Sequence[Face]) -> "list[NDArray[np.float64]]":
        """Return the V of faces for unit rows, in floats."""
        return [self.floats.factor(self.factor(covector)) for _, covector in faces]

    def feasible(self, kappa: Sequence[Fraction]) -> bool:
        """Return whether kappa is dual feasible, as far as floats can tell."""
        return not self.conic.pressed(self.conic.exact_pulls(kappa), 1 + _ABOVE)

    def _likely(
        self, pulls: "NDArray[np.float64]", near: float, first: Sequence[Face] = ()
    ) -> tuple[Face, ...]:
        """Return the faces near beta, no two in conflict, the longest kept; sorted."""
        kept = list(first)
        for f in self.conic.pressed(pulls, 1 - near):
            face = self.face(f)
            if not any(_conflict(face, k) for k in kept):
                kept.append(face)
        return tuple(sorted(kept))

    def start(self) -> tuple[tuple[Face, ...], Vector]:
        """Return a basis of faces, with kappa and c > 0 that solve its equations, about.

        From the faces near beta with positive weights: wrong faces leave, and violated
        ones enter, in the place of those they conflict with.
        """
        import numpy as np

        scaled, merged = float_kappa(self.conic, self.floats.labels, self.floats.weights)
        faces = self._likely(self.conic.pulls(merged), _NEAR)
        c = self.floats.nonnegative(self._factors_of(faces), scaled)
        basis = tuple(f for f, t in zip(faces, c, strict=True) if t > 0)
        seen: set[tuple[Face, ...]] = set()
        while basis not in seen and len(seen) < _REPAIRS:
            seen.add(basis)
            c = self.floats.fitted(self._factors_of(basis), scaled)
            solved = self._solved(basis, scaled, c)
            weights = c if solved is None else solved.weights
            if basis and (solved is None or (weights <= 0).any()):
                i = int(np.argmin(weights))
                basis = basis[:i] + basis[i + 1 :]
                continue
            assert solved is not None  # without atoms kappa is weights * y
            worst = self.conic.pressed(solved.pulls, 1 + _ABOVE)
            if not worst:
                return basis, solved.point
            entering = self.face(worst[0])
            kept = (f for f in basis if not _conflict(f, entering))
            basis = tuple(sorted({*kept, entering}))
        raise Undecided(_INCONSISTENT)

    def _solved(
        self,
        basis: tuple[Face, ...],
        scaled: "NDArray[np.float64]",
        c: "NDArray[np.float64]",
    ) -> "_Solved | None":
        """Return the solution of a basis by Newton's method, None when there is none.

        In floats; where that fails, or leaves a kappa so little above beta that rounding
        may be the reason, in balls.
        """
        import numpy as np

        V = self._factors_of(basis)
        found = self.floats.newton(V, scaled, c)
        if found is not None and np.abs(found[0]).max(initial=0) < _MODERATE:
            pulls = self.conic.pulls(found[0])
            above = self.conic.pressed(pulls, 1 + _ABOVE)
            if (found[1] <= 0).any() or not above or above[0].length > 1 + _NEAR:
                return _Solved(found[1], pulls, self.floats.unscaled(*found))
        start = self.floats.unscaled(*(found or (scaled, c)))
        try:
            point = self.system(basis).refined(start, _FIRST_BITS, self.floats.unit)
        except Undecided:
            return None
        middles = tuple(t.midpoint for t in point)
        n = self.problem.n
        weights = np.array([to_float(t / self.floats.weight_scale) for t in middles[n:]])
        return _Solved(weights, self.conic.exact_pulls(middles[:n]), middles)

    def candidate(self, bits: int) -> Candidate:
        """Return a basis refined to ``bits`` bits, and the faces near beta.

        What floats could not see is repaired here: a direction above beta by less than
        their rounding enters the basis, a face of negative weight leaves it.
        """
        basis, start = self.start()
        n, tiny = self.problem.n, Fraction(1, 1 << bits // 2)
        unit, b = self.floats.unit, self.problem.beta_squared
        for _ in range(_REPAIRS):
            point = self.system(basis).refined(start, bits, unit)
            kappa, c = [t.midpoint for t in point[:n]], [t.midpoint for t in point[n:]]
            if c and min(c) < -tiny * max(map(abs, c)):
                i = c.index(min(c))
                basis, start = basis[:i] + basis[i + 1 :], (*kappa, *c[:i], *c[i + 1 :])
                continue
            smaller = tuple(self._smaller(f, kappa, bits // 2) for f in basis)
            if smaller != basis:
                basis = smaller
                point = self.system(basis).refined(point, bits, unit)
            likely = self._likely(self.conic.exact_pulls(kappa), 1e-7, basis)
            faces = tuple(self._smaller(f, kappa, bits // 2) for f in likely)
            above = [f for f in faces if self.excess(f, point[:n]) > tiny * b]
            if not above:
                return Candidate(self, basis, faces, point)
            kept = [i for i, f in enumerate(basis) if not _conflict(f, above[0])]
            basis = (*(basis[i] for i in kept), above[0])
            start = (*kappa, *(c[i] for i in kept), Fraction(0))
        raise Undecided(_INCONSISTENT)

    def _smaller(self, face: Face, kappa: Sequence[Fraction], bits: int) -> Face:
        """Return the face with 0 at the rows that vanish on its direction, to some bits."""
        s, covector = face
        g = self._direction(face, kappa)
        near = {
            k
            for k, x in enumerate(self.X)
            if abs(dot(x, g)) * (1 << bits) <= dot(list(map(abs, x)), list(map(abs, g)))
        }
        flat = self.flat(tuple(sorted(near))) if near else near
        return s, tuple(0 if k in flat else t for k, t in enumerate(covector))


def _conflict(f: Face, k: Face) -> bool:
    """Return whether two faces of one sign lie on a common closed tope.

    Each closed tope has one projection: then they are not both the faces of atoms.
    """
    return f[0] == k[0] and all(s * t >= 0 for s, t in zip(f[1], k[1], strict=True))
