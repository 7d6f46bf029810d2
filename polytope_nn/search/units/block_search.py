"""The search for the optimum of a group LASSO: which blocks are tied, and Newton's method.

A float solution proposes which blocks are in use and on which face of its cone each g lies.
The resolvent system of a basis of them is refined by Newton's method until the blocks tied at
its kappa are those assumed. Nothing here is believed.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations, islice
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import gram, rank
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate, Span, simple
from polytope_nn.search.search import PINS

from .fits import fits_near, told, told_by
from .program import BlockPoint, BlockProgram

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BlockCandidate", "BlockSearch"]

_USED = 1e-6  # a float weight below this part of the largest counts as 0
_SMALL = 1e-2  # and one below this may: where a power is flat, floats hold few digits of it
_TIED = 60  # bits to which a tie holds at a refined kappa, at least
_APART = 16  # choices of parts, in turn, where all that seem tied lead nowhere
_WALL = 100  # bits to which g is on a wall there
_NEAR = (1e-5, 1e-3, 1e-7)  # blocks this close to beta are taken as tied, in turn
_REPAIRS = 12
_PADDING = Fraction(0)


@dataclass(frozen=True)
class _Tied:
    """A part whose g is taken to have length beta, with the rows of its cone that vanish."""

    part: int
    zero: tuple[int, ...]


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
    """The search for one problem: sizes of order 1, and what floats propose.

    The problem may be one of pieces of the program's; the point is in floats.
    """

    def __init__(self, problem: Problem, program: BlockProgram, point: BlockPoint) -> None:
        self.problem, self.parts = problem, program.parts
        self.program, self.kappa = program, tuple(map(Fraction, point.kappa))
        self.scale = program.label / program.beta  # the size of weights
        self.weights = [x / float(program.label) for x in point.lengths]
        self.width = max(len(part.A[0]) for part in self.parts)
        self.free = tuple(problem.free.columns[j] for j in problem.free.basis)
        curves = problem.curves or (None,) * problem.n
        pairs = zip(problem.inverse_weights, curves, strict=True)
        # samples whose loss alone determines their kappa
        self.curved = [k for k, (t, curve) in enumerate(pairs) if t or curve is not None]
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
        seen: set[tuple[object, ...]] = set()
        tried: dict[tuple[_Tied, ...], None] = {}
        for near in _NEAR:
            tied = tuple(self.tied(self.kappa, Fraction(near), Fraction(near)))
            if tied in tried:
                continue
            tried[tied] = None
            for idle in self._idle(tied):
                yield from self._pinned(tied, idle, limits, reasons, seen)
        if seen:
            return
        # a tiny kappa may be all that tells one from another: floats take both as tied
        for tied in list(tried):
            some = (combinations(tied, size) for size in range(len(tied) - 1, 0, -1))
            for fewer in islice(chain.from_iterable(some), _APART):
                if fewer not in tried:
                    tried[fewer] = None
                    yield from self._pinned(fewer, frozenset(), limits, reasons, seen)

    def _pinned(
        self,
        tied: Sequence[_Tied],
        idle: frozenset[int],
        limits: Limits,
        reasons: list[str],
        seen: set[tuple[object, ...]],
    ) -> Iterator[BlockCandidate]:
        """Yield candidates with what nothing determines at simple numbers, not seen."""
        for pin in PINS:
            try:
                candidate = self._settled(tied, pin, limits.bits, idle)
            except Undecided as reason:
                reasons.append(str(reason))
                if len(self.curved) < self.problem.n:
                    continue
                return
            if candidate is not None and candidate.key not in seen:
                seen.add(candidate.key)
                yield candidate
            if candidate is None or not candidate.pins:
                return

    def _idle(self, tied: Sequence[_Tied]) -> list[frozenset[int]]:
        """Return parts that may be of no weight: none, and those of a small one, about."""
        sizes = {t.part: self.weights[t.part] for t in tied}
        least = _SMALL * max(sizes.values(), default=0)
        small = frozenset(part for part, x in sizes.items() if 0 < x < least)
        return [frozenset(), small] if small else [frozenset()]

    def _settled(
        self, tied: Sequence[_Tied], pin: int, bits: int, small: frozenset[int]
    ) -> BlockCandidate | None:
        """Return a candidate whose tied parts are those that are tied at its own kappa."""
        kappa = self.kappa
        excluded: set[int] = set()
        idle = set(small)
        tiny, near = self.scale / (1 << _TIED), max(_TIED, bits // 2)
        for _ in range(_REPAIRS):
            candidate = self._solved(kappa, tied, idle, pin, bits)
            found = zip(candidate.point[self.problem.n :], candidate.basis, strict=False)
            low, worst = min(
                ((x.midpoint, unit.face.chart) for x, unit in found),
                default=(self.scale, -1),
            )
            if low < -tiny:
                excluded.add(worst)
                tied = [t for t in tied if t.part not in excluded]
                continue
            if low < tiny:
                # tied, and of no weight: as after a label that is fitted by chance
                idle.add(worst)
                continue
            kappa = tuple(t.midpoint for t in candidate.kappa)
            there = self.tied(kappa, Fraction(1, 1 << near), Fraction(1, 1 << _WALL))
            if set(there) == set(tied):
                return candidate
            excluded -= {t.part for t in there}
            tied = there
        return None

    def tied(self, kappa: Vector, near: Fraction, wall: Fraction) -> list[_Tied]:
        """Return the parts with ``|g|`` at least beta up to ``near``, and their faces.

        A row of the cone vanishes when it presses, when it is in the span of those that do,
        or when g is closer to it than ``wall``.
        """
        square = self.problem.beta_squared
        least: Fraction = square * (1 - near) * (1 - near)
        close = wall * self.program.beta
        found = []
        for i, part in enumerate(self.parts):
            if part.is_column:
                (value,) = part.pull(kappa)
                if value > 0 and value * value >= least:
                    found.append(_Tied(i, ()))
                continue
            g, mu = cone_projection(part.cone, part.pull(kappa))
            if squared_norm(g) < least:
                continue
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
        tied: Sequence[_Tied],
        idle: AbstractSet[int],
        pin: int,
        bits: int,
    ) -> BlockCandidate:
        """Return the refined candidate, no idle part in its basis."""
        problem, weights = self.problem, self.weights
        by_weight = sorted(tied, key=lambda t: -weights[t.part])
        largest = max((weights[t.part] for t in tied), default=0)
        used = [
            t for t in by_weight if weights[t.part] > _USED * largest and t.part not in idle
        ]
        order = [*used, *(t for t in by_weight if t not in used)]
        span = Span(problem.n)
        for z in self.free:
            span.add(self._floats(z))
        features = {t: self._feature(t, kappa) for t in order}
        basis = [
            t for t in order if t.part not in idle and span.add(self._floats(features[t]))
        ]
        pins = self._pins(span, used)
        values = {j: simple(kappa[j], pin) for j in pins}
        # a part with the feature of another, whatever kappa is, shares its weight
        forms = {gram(self.factor(t)) for t in basis}
        held = [t for t in used if t not in basis and gram(self.factor(t)) not in forms]
        c = {
            t: Fraction(weights[t.part]).limit_denominator(1 << 12) * self.scale
            for t in held
        }
        chosen = tuple(
            Unit(Face(1, (t.part, *t.zero), t.part), self.factor(t)) for t in basis
        )
        system = pinned_system(
            problem, chosen, self.free, values, [(self.factor(t), c[t]) for t in held]
        )
        beside = [
            sum((c[t] * features[t][k] for t in held), _PADDING) for k in range(problem.n)
        ]
        columns = [*(features[t] for t in basis), *self.free]
        left = [z - t for z, t in zip(fits_near(problem, kappa), beside, strict=True)]
        fitted = self._fitted(columns, left, told(problem, kappa))
        made = [t + dot(fitted, [F[k] for F in columns]) for k, t in enumerate(beside)]
        near = told_by(problem, made, kappa)
        start = [*(values.get(j, t) for j, t in enumerate(near)), *fitted]
        beta, largest_row = self.program.beta, max(self.program.units)
        unit = min(self.scale, self.program.label * largest_row, beta / largest_row)
        return BlockCandidate(
            problem,
            tuple(Face(1, (t.part, *t.zero), t.part) for t in tied),
            chosen,
            bool(held),
            tuple(values),
            (),
            system,
            system.refined(start, bits, min(Fraction(1), unit)),
            tuple((t.part, c[t]) for t in held),
        )

    def _pins(self, span: Span, used: Sequence[_Tied]) -> list[int]:
        """Return samples whose kappa nothing determines: it may be chosen."""
        import numpy as np

        if len(self.curved) == self.problem.n:
            return []
        for k in self.curved:
            span.add(np.eye(self.problem.n)[k])
        for t in used:
            for column in zip(*self.factor(t), strict=True):
                span.add(self._floats(column))
        return span.complement()

    def _fitted(
        self, columns: Sequence[Vector], left: Sequence[Fraction], told: Sequence[float]
    ) -> Vector:
        """Return the coefficients of columns with which they come nearest to a fit.

        Samples count as far as their fit is ``told``.
        """
        import numpy as np

        sizes = [_largest(self._scaled(F)) or Fraction(1) for F in columns]
        pairs = zip(columns, sizes, strict=True)
        lines = [[float(t / size) for t in self._scaled(F)] for F, size in pairs]
        weights = np.array(told)
        matrix = np.array(lines).reshape(-1, self.problem.n).T * weights[:, None]
        label = self.program.label
        right = np.array([float(t / label) for t in self._scaled(left)]) * weights
        fitted = np.linalg.lstsq(matrix, right, rcond=None)[0]
        return tuple(
            Fraction(float(x)) * label / s for x, s in zip(fitted, sizes, strict=True)
        )

    def _feature(self, t: _Tied, kappa: Vector) -> Vector:
        V = self.factor(t)
        g = [dot(column, kappa) for column in zip(*V, strict=True)]
        return tuple(dot(row, g) for row in V)

    def _scaled(self, v: Sequence[Fraction]) -> list[Fraction]:
        """Return a fit in the units of its rows."""
        return [t / unit for t, unit in zip(v, self.program.units, strict=True)]

    def _floats(self, v: Sequence[Fraction]) -> "NDArray[np.float64]":
        """Return a fit in the units of its rows, of size 1, in floats."""
        import numpy as np

        scaled = self._scaled(v)
        size = _largest(scaled) or Fraction(1)
        return np.array([float(t / size) for t in scaled])
