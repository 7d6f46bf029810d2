"""The search for the optimum of a group LASSO: which blocks are tied, and Newton's method.

A float solution proposes which blocks are in use and on which face of its cone each g lies.
The resolvent system of a basis of them is refined by Newton's method until the blocks tied at
its kappa are those assumed. Nothing here is believed.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.dual.units.blocks import Part
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.exact.scalar import Scalar, dot, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BlockCandidate", "BlockSearch"]

_USED = 1e-6  # a float weight below this part of the largest counts as 0
_TIED = 60  # bits to which a tie holds at a refined kappa
_WALL = 100  # bits to which g is on a wall there
_NEAR = (1e-5, 1e-3, 1e-7)  # blocks this close to beta are taken as tied, in turn
_REPAIRS = 12
_PADDING = Fraction(0)


@dataclass(frozen=True)
class _Tied:
    """A part whose g is taken to have length beta, with the rows of its cone that vanish."""

    part: int
    zero: tuple[int, ...]


def _form(V: Matrix) -> Matrix:
    return tuple(tuple(dot(a, b) for b in V) for a in V)


def _near(x: Scalar, close: Fraction) -> bool:
    return bool(-close <= x <= close)


def _largest(v: Sequence[Fraction]) -> Fraction:
    return max(abs(t) for t in v)


@dataclass(frozen=True)
class BlockCandidate(Candidate):
    """A candidate: ``kept`` are parts, by their places, with weights held at rationals."""

    kept: tuple[tuple[int, Fraction], ...] = ()

    def refined(self, bits: int) -> "BlockCandidate":
        """Return the same candidate at a higher precision."""
        return replace(self, point=self.system.refined(self.point, bits))


class BlockSearch:
    """The search for one problem: sizes of order 1, and what floats propose."""

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self.problem, self.parts = problem, parts
        self.width = max(len(part.A[0]) for part in parts)
        entries = (abs(t) for part in parts for row in part.A for t in row)
        self.size = max(entries, default=_PADDING) or Fraction(1)
        self.label = max(map(abs, problem.y)) or Fraction(1)
        self.free = tuple(problem.free.columns[j] for j in problem.free.basis)
        self._factors: dict[_Tied, Matrix] = {}

    def factor(self, tied: _Tied) -> Matrix:
        """Return ``A Pi`` with columns of zeros up to the width of all."""
        if tied not in self._factors:
            V = self.parts[tied.part].factor(tied.zero)
            padding = (_PADDING,) * (self.width - len(V[0]))
            self._factors[tied] = tuple((*row, *padding) for row in V)
        return self._factors[tied]

    def candidates(self, limits: Limits, reasons: list[str]) -> Iterator[BlockCandidate]:
        """Yield candidates refined to the bits of the limits."""
        kappa, weights = self.hint()
        seen: set[tuple[object, ...]] = set()
        for near in _NEAR:
            tied = self.tied(kappa, Fraction(near), Fraction(near))
            try:
                candidate = self._settled(kappa, weights, tied, limits.bits)
            except Undecided as reason:
                reasons.append(str(reason))
                continue
            if candidate is not None and candidate.key not in seen:
                seen.add(candidate.key)
                yield candidate

    def _settled(
        self, kappa: Vector, weights: Sequence[float], tied: Sequence[_Tied], bits: int
    ) -> BlockCandidate | None:
        """Return a candidate whose tied parts are those that are tied at its own kappa."""
        excluded: set[int] = set()
        idle: set[int] = set()
        for _ in range(_REPAIRS):
            candidate, scale = self._solved(kappa, weights, tied, idle, bits)
            tiny = scale / (1 << _TIED)
            low, worst = min(
                (
                    (x.midpoint, unit.face.chart)
                    for x, unit in zip(
                        candidate.point[self.problem.n :], candidate.basis, strict=False
                    )
                ),
                default=(scale, -1),
            )
            if low < -tiny:
                excluded.add(worst)
                tied = [t for t in tied if t.part not in excluded]
                continue
            if (
                low < tiny
            ):  # tied, and of no weight: as after a label that is fitted by chance
                idle.add(worst)
                continue
            kappa = tuple(t.midpoint for t in candidate.kappa)
            found = self.tied(kappa, Fraction(1, 1 << _TIED), Fraction(1, 1 << _WALL))
            if set(found) == set(tied):
                return candidate
            excluded -= {t.part for t in found}
            tied = found
        return None

    def tied(self, kappa: Vector, near: Fraction, wall: Fraction) -> list[_Tied]:
        """Return the parts with ``|g|`` at least beta up to ``near``, and their faces.

        A row of the cone vanishes when it presses, when it is in the span of those that do,
        or when g is closer to it than ``wall``.
        """
        square = self.problem.beta_squared
        least: Fraction = square * (1 - near) * (1 - near)
        found = []
        for i, part in enumerate(self.parts):
            g, mu = cone_projection(part.cone, part.pull(kappa))
            if squared_norm(g) < least:
                continue
            close = wall * approximate_root(square)
            pressing = [
                row
                for row, x in zip(part.cone, mu, strict=True)
                if x > 0 or _near(dot(row, g), close * _largest(row))
            ]
            size = rank(pressing)
            zero = (k for k, row in enumerate(part.cone) if rank([*pressing, row]) == size)
            found.append(_Tied(i, tuple(zero)))
        return found

    def _solved(
        self,
        kappa: Vector,
        weights: Sequence[float],
        tied: Sequence[_Tied],
        idle: AbstractSet[int],
        bits: int,
    ) -> tuple[BlockCandidate, Fraction]:
        """Return the refined candidate, no idle part in its basis, and the size of weights."""
        import numpy as np

        problem = self.problem
        by_weight = sorted(tied, key=lambda t: -weights[t.part])
        largest = max((weights[t.part] for t in tied), default=0)
        used = [t for t in by_weight if weights[t.part] > _USED * largest]
        order = [*used, *(t for t in by_weight if t not in used)]
        span = Span(problem.n)
        for z in self.free:
            span.add(self._floats(z, _largest(z)))
        features = {t: self._feature(t, kappa) for t in order}
        basis = [
            t
            for t in order
            if t.part not in idle and span.add(self._floats(features[t], None))
        ]
        # a part with the feature of another, whatever kappa is, shares its weight
        forms = {_form(self.factor(t)) for t in basis}
        held = [t for t in used if t not in basis and _form(self.factor(t)) not in forms]
        scale = self.label / (approximate_root(problem.beta_squared) * self.size)
        c = {t: self._weight(weights[t.part]) * scale for t in (*basis, *held)}
        chosen = tuple(
            Unit(Face(1, (t.part, *t.zero), t.part), self.factor(t)) for t in basis
        )
        system = pinned_system(
            problem, chosen, self.free, {}, [(self.factor(t), c[t]) for t in held]
        )
        rows = zip(problem.y, kappa, problem.inverse_weights, strict=True)
        fit = [y - t * inverse for y, t, inverse in rows]
        left = [
            z - sum((c[t] * features[t][k] for t in held), _PADDING)
            for k, z in enumerate(fit)
        ]
        columns = [*(features[t] for t in basis), *self.free]
        sizes = [_largest(F) or Fraction(1) for F in columns]
        lines = [self._floats(F, s) for F, s in zip(columns, sizes, strict=True)]
        matrix = np.array(lines).reshape(-1, problem.n).T
        fitted = np.linalg.lstsq(matrix, self._floats(left, self.label), rcond=None)[0]
        start = [
            *kappa,
            *(
                Fraction(float(x)) * self.label / s
                for x, s in zip(fitted, sizes, strict=True)
            ),
        ]
        point = system.refined(start, bits, min(Fraction(1), scale, self.label))
        candidate = BlockCandidate(
            problem,
            tuple(Face(1, (t.part, *t.zero), t.part) for t in tied),
            chosen,
            bool(held),
            (),
            (),
            system,
            point,
            tuple((t.part, c[t]) for t in held),
        )
        return candidate, scale

    def _weight(self, x: float) -> Fraction:
        return Fraction(x).limit_denominator(1 << 12)

    def _feature(self, t: _Tied, kappa: Vector) -> Vector:
        V = self.factor(t)
        g = [dot(column, kappa) for column in zip(*V, strict=True)]
        return tuple(dot(row, g) for row in V)

    def _floats(
        self, v: Sequence[Fraction], size: Fraction | None
    ) -> "NDArray[np.float64]":
        import numpy as np

        scale = size or _largest(v) or Fraction(1)
        return np.array([float(t / scale) for t in v])

    def hint(self) -> tuple[Vector, list[float]]:
        """Return kappa and the lengths ``|u|`` of the parts of a float solution."""
        import clarabel
        import numpy as np
        from scipy import sparse

        problem, n = self.problem, self.problem.n
        weights = [1 / t for t in problem.inverse_weights]
        heavy = max(weights)
        sizes = [len(part.A[0]) for part in self.parts]
        p = len(self.free)
        starts = [p, *(p + int(s) for s in np.cumsum([s + 1 for s in sizes]))]
        total = starts[-1] + n
        fits = np.zeros((n, total))
        for j, z in enumerate(self.free):
            fits[:, j] = self._floats(z, None)
        fits[:, starts[-1] :] = np.eye(n)
        q, faces = np.zeros(total), []
        balls = np.zeros((starts[-1] - p, total))
        balls[:, p : starts[-1]] = -np.eye(starts[-1] - p)
        root = approximate_root(problem.beta_squared)
        price = float(root / (self.size * self.label * heavy))
        for part, at, s in zip(self.parts, starts, sizes, strict=False):
            q[at] = price
            fits[:, at + 1 : at + 1 + s] = [self._floats(row, self.size) for row in part.A]
            for row in part.cone:
                line = np.zeros(total)
                line[at + 1 : at + 1 + s] = -self._floats(row, None)
                faces.append(line)
        G = np.array(faces).reshape(-1, total)
        A = sparse.csc_matrix(np.vstack([fits, G, balls]))
        b = np.concatenate([self._floats(problem.y, self.label), np.zeros(A.shape[0] - n)])
        K = [clarabel.ZeroConeT(n), clarabel.NonnegativeConeT(len(G))]
        K += [clarabel.SecondOrderConeT(s + 1) for s in sizes]
        curved = np.zeros(total)
        curved[starts[-1] :] = [float(w / heavy) for w in weights]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-12
        P = sparse.diags(curved, format="csc")
        x = np.array(clarabel.DefaultSolver(P, q, A, b, K, settings).solve().x)
        if not np.isfinite(x).all():
            raise Undecided(
                "the conic solver failed: scale the blocks and y, or give kappa"
            )
        kappa = tuple(
            Fraction(float(t)) * w * self.label
            for t, w in zip(x[starts[-1] :], weights, strict=True)
        )
        lengths = [float(np.linalg.norm(x[at + 1 : at + 1 + s]))
                   for at, s in zip(starts, sizes, strict=False)]  # fmt: skip
        return kappa, lengths
