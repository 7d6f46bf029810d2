"""The search for a dual optimum of minimum-norm interpolation: a set of faces, Newton.

A float solution of the conic program suggests which directions are tied; the system of
:mod:`~polytope_nn.dual.system` refines kappa to many bits, and the
directions that are tied there are compared with those assumed, until they agree. Nothing
here is believed: :mod:`~polytope_nn.search.finding` proves a candidate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.progress import counted

from .candidate import Candidate, Hint, Span, apart, comparable, pin_values
from .pairs import Placed, added_columns, grouped
from .pressing import Pressing
from .programs.conic import ConicInterpolation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PINS", "REPAIRS", "Attempt", "Search"]

_USED = 1e-5  # a neuron below this part of the largest counts as not there
# directions this close to 1 are taken as atoms, this close to a wall as on it, in turn
_NEAR = ((1e-5, 1e-6), (1e-5, 0.0), (1e-5, 1e-3), (1e-3, 1e-4), (1e-3, 0.0), (1e-7, 1e-8))
PINS = (24, 1000, 10**6, 10**12, 1)  # largest denominators of a pinned entry, in turn
_SNAP = 1e-9  # a direction this close to a wall, at a refined kappa, is taken as on it
_TIED = 60  # bits to which a tie holds at a refined kappa
REPAIRS = 12


@dataclass(frozen=True)
class Attempt:
    """How a search reads its hint: see the constants of the module.

    ``near`` are the bits to which directions reach beta where they are taken as tied.
    """

    snap: float
    pin: int
    bits: int
    paired: bool
    near: int = 0


class Search:
    """The numerical search for one problem."""

    def __init__(self, problem: Problem, conic: ConicInterpolation | None = None) -> None:
        self.problem = problem
        self.conic = conic or ConicInterpolation(problem)
        inverse = problem.inverse_weights
        curves = problem.curves or (None,) * problem.n
        # samples whose loss alone determines their kappa
        self.curved = [k for k, t in enumerate(inverse) if t or curves[k] is not None]
        self._factors: dict[tuple[int, tuple[int, ...]], Matrix] = {}
        self._flats: dict[tuple[int, tuple[int, ...]], frozenset[int]] = {}
        self.paired = False  # whether a pair was ever seen
        self.free = tuple(problem.free.columns[j] for j in problem.free.basis)

    def factor(self, face: Face) -> Matrix:
        """Return ``V = E X Pi`` of a face (see :mod:`~polytope_nn.dual.resolvent`)."""
        key = face.chart, face.covector
        if key not in self._factors:
            X = self.problem.charts[face.chart].design
            self._factors[key] = factor(X, face.covector)
        return self._factors[key]

    def flat(self, chart: int, rows: tuple[int, ...]) -> frozenset[int]:
        """Return the rows in the span of the given ones: where a face is zero."""
        key = chart, rows
        if key not in self._flats:
            X = self.problem.charts[chart].design
            span = [X[k] for k in rows]
            size = rank(span)
            self._flats[key] = frozenset(
                k for k, x in enumerate(X) if not any(x) or rank([*span, x]) == size
            )
        return self._flats[key]

    def face(self, chart: int, f: Pressing, snap: float) -> Face:
        """Return the face a projection lies on: zero on a flat, signs elsewhere.

        Rows whose hyperplane is closer than ``snap`` count as pressing.
        """
        values = self.conic.charts[chart].hints.unit @ f.direction
        close = (k for k, t in enumerate(values) if abs(t) < snap)
        rows = tuple(sorted({*f.rows, *close}))
        flat = self.flat(chart, rows)
        return Face(
            f.sign,
            tuple(0 if k in flat else (1 if t > 0 else -1) for k, t in enumerate(values)),
            chart,
        )

    def near(
        self, scaled: "NDArray[np.float64]", least: float, snap: float
    ) -> dict[Face, float]:
        """Return the faces whose direction is at least ``least`` long, and its length."""
        found: dict[tuple[int, tuple[int, ...]], tuple[Face, float]] = {}
        for i, f in self.conic.pressing(scaled, least):
            face = self.face(i, f, snap)
            found.setdefault(face.key, (face, f.length))
        ordered = sorted(found.items())
        return dict(pair for _, pair in ordered)

    def candidates(
        self, limits: Limits, seen: set[tuple[object, ...]]
    ) -> Iterator[Candidate]:
        """Yield candidates not seen, refined to the bits; the likelier ones first."""
        bits = limits.bits
        topes = sum(len(chart.arrangement) for chart in self.problem.charts)
        limits.progress(f"searching {topes} regions")
        hint = self.conic.hint()
        tried: set[tuple[object, ...]] = set()
        for paired in (True, False):
            if not paired and not self.paired:
                return  # there were no pairs: all would be as before
            for near, snap in _NEAR:
                faces = apart(self.near(hint.scaled, 1 - near, snap))
                start = paired, snap > 0, faces
                if start in tried:
                    continue
                tried.add(start)
                for pin in counted("searching faces, choices", PINS):
                    attempt = Attempt(snap, pin, bits, paired=paired)
                    candidate, pinned = self._settled(hint, faces, attempt)
                    if candidate is not None and candidate.key not in seen:
                        seen.add(candidate.key)
                        yield candidate
                    if not pinned:
                        break

    def _settled(
        self, hint: Hint, faces: tuple[Face, ...], attempt: Attempt
    ) -> tuple[Candidate | None, bool]:
        """Return a candidate whose faces are those that are tied at its own kappa.

        Beside it, whether other values of pinned entries of kappa may lead elsewhere.
        """
        scaled, excluded = hint.scaled, set[tuple[int, tuple[int, ...]]]()
        pinned = False
        for _ in range(REPAIRS):
            try:
                candidate, negative = self._solved(hint, faces, scaled, attempt)
            except Undecided:
                return None, len(self.curved) < self.problem.n
            pinned = pinned or bool(candidate.pins)
            if negative:
                excluded |= negative
                faces = tuple(f for f in faces if f.key not in excluded)
                continue
            scaled = self.conic.floats([t.midpoint for t in candidate.kappa])
            found = self.near(scaled, 1 - 1e-7, attempt.snap and _SNAP)
            left = [face for face in faces if face not in found]
            tied = apart(
                {
                    face: length
                    for face, length in found.items()
                    if self.reaches(face, candidate.kappa)
                    or any(comparable(face, other) for other in left)  # it has moved there
                }
            )
            if tied == faces:
                return candidate, pinned
            excluded -= {f.key for f in tied}
            faces = tied
        return None, pinned

    def reaches(self, face: Face, kappa: Balls) -> bool:
        """Return whether ``|g|^2`` is beta^2 or more, up to rounding, at the midpoints of kappa."""
        middle = [t.midpoint for t in kappa]
        g = [dot(column, middle) for column in zip(*self.factor(face), strict=True)]
        square = self.problem.beta_squared
        short: Fraction = square - dot(g, g)
        return short < square / (1 << _TIED)

    def units(
        self,
        faces: Sequence[Face],
        directions: "Sequence[NDArray[np.float64]]",
        *,
        paired: bool,
    ) -> list[Placed]:
        """Return the units with the places of their faces; each face alone if not paired."""
        if not paired:
            return [(Unit(face, self.factor(face)), (i,)) for i, face in enumerate(faces)]
        units = grouped(self.problem, faces, directions, self.factor)
        self.paired = self.paired or any(unit.paired for unit, _ in units)
        return units

    def _solved(
        self,
        hint: Hint,
        faces: Sequence[Face],
        scaled: "NDArray[np.float64]",
        attempt: Attempt,
    ) -> tuple[Candidate, set[tuple[int, tuple[int, ...]]]]:
        """Return the refined candidate, and the faces to leave out for negative weights."""
        import numpy as np

        conic, problem = self.conic, self.problem
        pulled = [self._floats(self.factor(f)).T @ scaled for f in faces]
        units = self.units(faces, pulled, paired=attempt.paired)
        linear = added_columns(problem, self.free, [unit for unit, _ in units])
        V = [self._floats(unit.factor) for unit, _ in units]
        F = [v @ (v.T @ scaled) for v in V]
        directions = [
            (f.chart, f.sign, f.sign * g) for f, g in zip(faces, pulled, strict=True)
        ]
        by_face = hint.weights(directions, [chart.anchor for chart in problem.charts])
        weights = np.array([sum(by_face[i] for i in places) for _, places in units])
        used = weights > _USED * weights.max(initial=0)
        order = sorted(range(len(units)), key=lambda a: (not used[a], -weights[a]))
        columns = (*self.free, *linear)
        free, sizes = conic.columns(columns)
        span = Span(problem.n)
        for z in free:
            span.add(z)
        basis = sorted(a for a in order if span.add(F[a]))
        held = [a for a in order if used[a] and a not in basis]
        pins = []
        if len(self.curved) < problem.n:
            for k in self.curved:  # a loss determines its kappa
                span.add(np.eye(problem.n)[k])
            for a in order:
                for column in V[a].T if used[a] else ():
                    span.add(column)
            pins = span.complement()
        c = {a: Fraction(float(weights[a])).limit_denominator(1 << 12) for a in held}
        left = conic.fit(scaled) - sum(
            (float(c[a]) * F[a] for a in held), np.zeros(problem.n)
        )
        matrix = np.array([*(F[a] for a in basis), *free]).reshape(-1, problem.n).T
        fitted = np.linalg.lstsq(matrix, left, rcond=None)[0]
        if not np.isfinite(fitted).all():
            raise OverflowError("floats cannot hold these numbers")
        scale = conic.label_scale / conic.beta
        kappa = list(conic.exact(scaled))
        values = pin_values(kappa, pins, conic.lengths, attempt.pin)
        chosen = tuple(units[a][0] for a in basis)
        weighed = [(units[a][0].factor, c[a] * scale) for a in held]
        system = pinned_system(problem, chosen, columns, values, weighed)
        start = [
            *(values.get(j, t) for j, t in enumerate(kappa)),
            *(Fraction(float(t)) * scale for t in fitted[: len(basis)]),
            *(
                Fraction(float(t)) * conic.label_scale / size
                for t, size in zip(fitted[len(basis) :], sizes, strict=True)
            ),
        ]
        point = system.refined(start, attempt.bits)
        candidate = Candidate(
            self.problem,
            tuple(faces),
            chosen,
            bool(held),
            tuple(values),
            linear,
            system,
            point,
        )
        found = point[problem.n : problem.n + len(basis)]
        tiny = -scale / (1 << _TIED)
        low, worst = min(
            ((t.midpoint, a) for t, a in zip(found, basis, strict=True)), default=(tiny, 0)
        )
        if low >= tiny:
            return candidate, set()
        return candidate, {faces[i].key for i in units[worst][1]}

    def _floats(self, V: Matrix) -> "NDArray[np.float64]":
        """Return V for scaled rows, in floats."""
        import numpy as np

        rows = zip(V, self.conic.lengths, strict=True)
        return np.array([[_ratio(t, length) for t in row] for row, length in rows])


def _ratio(t: Fraction, length: Fraction) -> float:
    """Return the float next to ``t / length``."""
    return (t.numerator * length.denominator) / (t.denominator * length.numerator)
