"""The search in long floats: for data whose scales are too far apart for ordinary ones.

The same steps as in :mod:`~polytope_nn.search.search`. The start is a point of the central path
(:mod:`~polytope_nn.search.barrier`), the directions near beta are projected exactly, and what
is independent is decided by hundreds of bits. Nothing here is believed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.atoms import Atom, Bound, cone_projection, pull
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.system import Face, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.limits import Limits

from .barrier import Cone, LongHint, central_path
from .candidate import Candidate, apart, simple
from .floats import to_float
from .pairs import added_columns
from .search import PINS, REPAIRS, Attempt, Search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LongSearch"]

_PATH_BITS, _MOST_BITS = 120, 400  # of the last point of the central path
_ROUGH_BITS = 80  # of those before, while cones are added
_KEPT_BITS = 260  # of an entry of kappa
_NEAR = 60  # bits to which directions reach beta at a refined kappa
# parts of the bits of a point: of a direction on a wall, of a weight or what is outside a span
_WALL, _USED = 4, 3
_NEAREST = 1e-2  # how far a neuron may be from the direction it is counted for
_ALL, _ENTERING, _ROUNDS = 128, 16, 40


@dataclass(frozen=True)
class _Near:
    """A direction near beta: its cone, its face, g and ``|g|^2``."""

    cone: Cone
    face: Face
    g: Vector
    square: Fraction


class LongSearch(Search):
    """The search for one problem, in long floats."""

    def candidates(
        self, limits: Limits, seen: set[tuple[object, ...]]
    ) -> Iterator[Candidate]:
        """Yield candidates that were not seen, refined to the bits of the limits."""
        bits = limits.bits
        limits.progress("searching in long floats: the scales of the data are far apart")
        hint = self._path()
        kappa = _shortened(hint.kappa)
        faces = self._tied(kappa, hint.bits // _WALL)
        for paired in (True, False):
            if not paired and not self.paired:
                return
            for pin in PINS:
                attempt = Attempt(0, pin, bits, paired=paired)
                candidate, pinned = self._repaired(hint, kappa, faces, attempt)
                if candidate is not None and candidate.key not in seen:
                    seen.add(candidate.key)
                    yield candidate
                if not pinned:
                    break

    def _path(self) -> LongHint:
        """Return the end of the central path over cones that no other exceeds."""
        every = [
            (i, tope, sign)
            for i, chart in enumerate(self.problem.charts)
            for tope in range(len(chart.arrangement))
            for sign in (1, -1)
        ]
        bits = min(_PATH_BITS + 2 * self._spread(), _MOST_BITS)
        if len(every) <= _ALL:
            return central_path(self.problem, every, bits)
        cones = dict.fromkeys(self.conic.spanning())
        rough = central_path(self.problem, cones, _ROUGH_BITS)
        for _ in range(_ROUNDS):
            over = self._near(_shortened(rough.kappa), -_ROUGH_BITS // 4, _ROUGH_BITS // 4)
            fresh = [p for p in over if p.cone not in cones]
            if not fresh:
                break
            seen: set[tuple[int, tuple[int, ...]]] = set()
            for p in sorted(fresh, key=lambda p: -p.square):
                if p.face.key not in seen and len(seen) < _ENTERING:
                    seen.add(p.face.key)
                    cones[p.cone] = None
            rough = central_path(self.problem, cones, _ROUGH_BITS)
        tight = self._near(_shortened(rough.kappa), _ROUGH_BITS // 4, _ROUGH_BITS // 4)
        cones.update(dict.fromkeys(p.cone for p in tight[: 4 * _ALL]))
        return central_path(self.problem, cones, bits)

    def _spread(self) -> int:
        """Return the bits by which the numbers of the data differ in size."""
        problem = self.problem
        entries = (t for chart in problem.charts for x in chart.design for t in x)
        pairs = zip(problem.y, self.conic.lengths, strict=True)
        numbers = (list(entries), [*self.conic.lengths], [y / t for y, t in pairs])
        sizes = [[_size(t) for t in some if t] or [0] for some in numbers]
        return max(max(some) - min(some) for some in sizes)

    def _near(self, kappa: Vector, bits: int, wall: int) -> list[_Near]:
        """Return the directions with ``|g|^2 > beta^2 (1 - 2^-bits)``, ``1 + 2^bits`` if < 0.

        Those within ``2^-wall`` of a wall lie on it.
        """
        change = Fraction(1, 1 << abs(bits))
        least = self.problem.beta_squared * (1 - change if bits > 0 else 1 + change)
        return [
            p
            for i in range(len(self.problem.charts))
            for p in self._over(i, kappa, least, wall)
        ]

    def _over(self, i: int, kappa: Vector, least: Fraction, wall: int) -> list[_Near]:
        """Return the directions of one chart with ``|g|^2 > least``."""
        X, H = self.problem.charts[i].design, self.problem.charts[i].arrangement
        place = {pattern: k for k, pattern in enumerate(H.patterns)}
        found: list[_Near] = []

        def project(
            pattern: tuple[int, ...],
            sign: int,
            facets: tuple[int, ...],
            guess: tuple[int, ...],
        ) -> tuple[Bound, Atom | None]:
            rows = [tuple(pattern[k] * t for t in X[k]) for k in facets]
            p = pull(X, kappa, sign, pattern)
            projected, _ = cone_projection(rows, p, [facets.index(k) for k in guess])
            g = cast("Vector", projected)  # rational in, rational out
            square = dot(g, g)
            if square > least:
                face = self._face_of(i, sign, g, wall)
                found.append(_Near((i, place[pattern], sign), face, g, square))
            return Bound(pattern, sign, (), tight=True), None

        feasibility(X, least, kappa, H, project)
        return found

    def _face_of(self, chart: int, sign: int, g: Vector, bits: int) -> Face:
        """Return the face of a direction: 0 where so many bits see no difference."""
        X = self.problem.charts[chart].design
        size = [abs(t) for t in g]
        near = tuple(
            k
            for k, x in enumerate(X)
            if abs(dot(x, g)) * (1 << bits) <= dot(list(map(abs, x)), size)
        )
        flat = self.flat(chart, near)
        return Face(
            sign,
            tuple(
                0 if k in flat else (1 if dot(x, g) > 0 else -1) for k, x in enumerate(X)
            ),
            chart,
        )

    def _tied(self, kappa: Vector, bits: int = _NEAR) -> tuple[Face, ...]:
        """Return the faces that are tied at kappa, or above beta."""
        found = {
            p.face.key: (p.face, p.square) for p in reversed(self._near(kappa, bits, bits))
        }
        beta = self.problem.beta_squared
        lengths = {
            face: to_float(square / beta)
            for face, square in dict(sorted(found.items())).values()
        }
        return apart(lengths)

    def _repaired(
        self,
        hint: LongHint,
        kappa: Vector,
        faces: tuple[Face, ...],
        attempt: Attempt,
    ) -> tuple[Candidate | None, bool]:
        """Return a candidate whose faces are those that are tied at its own kappa."""
        excluded = set[tuple[int, tuple[int, ...]]]()
        pinned = False
        for _ in range(REPAIRS):
            try:
                candidate, negative = self._refined(hint, kappa, faces, attempt)
            except (Undecided, ZeroDivisionError):
                return None, not any(self.problem.inverse_weights)
            pinned = pinned or bool(candidate.pins)
            if negative:
                excluded |= negative
                faces = tuple(f for f in faces if f.key not in excluded)
                continue
            kappa = _shortened([t.midpoint for t in candidate.kappa])
            tied = self._tied(kappa)
            if tied == faces:
                return candidate, pinned
            excluded -= {f.key for f in tied}
            faces = tied
        return None, pinned

    def _refined(
        self,
        hint: LongHint,
        kappa: Vector,
        faces: tuple[Face, ...],
        attempt: Attempt,
    ) -> tuple[Candidate, set[tuple[int, tuple[int, ...]]]]:
        """Return the refined candidate, and the faces to leave out for negative weights."""
        problem = self.problem
        directions = [self._direction(face, kappa) for face in faces]
        units = self.units(faces, directions, paired=attempt.paired)
        linear = added_columns(problem, self.free, [unit for unit, _ in units])
        V = [unit.factor for unit, _ in units]
        F = [
            tuple(dot(row, [dot(c, kappa) for c in zip(*v, strict=True)]) for row in v)
            for v in V
        ]
        by_face = self._weights(hint, faces, directions)
        weights = [sum((by_face[i] for i in places), Fraction(0)) for _, places in units]
        least = max(weights, default=Fraction(0)) / (1 << hint.bits // _USED)
        order = sorted(
            range(len(units)), key=lambda a: (not weights[a] > least, -weights[a])
        )
        columns = (*self.free, *linear)
        span = _LongSpan(self.conic.lengths, hint.bits // _USED)
        for z in columns:
            span.add(z)
        basis = sorted(a for a in order if span.add(F[a]))
        held = [a for a in order if weights[a] > least and a not in basis]
        for a in order:
            for column in zip(*V[a], strict=True) if weights[a] > least else ():
                span.add(column)
        pins = [] if any(problem.inverse_weights) else span.complement()
        c = {a: simple(weights[a], 1 << 12) for a in held}
        left = [
            y - t * inverse - dot([c[a] for a in held], [F[a][k] for a in held])
            for k, (y, t, inverse) in enumerate(
                zip(problem.y, kappa, problem.inverse_weights, strict=True)
            )
        ]
        fitted = span.fitted([*(F[a] for a in basis), *columns], left)
        values = {j: simple(kappa[j], attempt.pin) for j in pins}
        chosen = tuple(units[a][0] for a in basis)
        system = pinned_system(
            problem, chosen, columns, values, [(V[a], c[a]) for a in held]
        )
        start = [*(values.get(j, t) for j, t in enumerate(kappa)), *fitted]
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
        found = [t.midpoint for t in point[problem.n : problem.n + len(basis)]]
        tiny = -max(map(abs, found), default=Fraction(0)) / (1 << attempt.bits // 2)
        low, worst = min(zip(found, basis, strict=True), default=(tiny, 0))
        if low >= tiny:
            return candidate, set()
        return candidate, {faces[i].key for i in units[worst][1]}

    def _direction(self, face: Face, kappa: Vector) -> "NDArray[np.float64]":
        """Return the direction of a face in floats, in units of beta."""
        import numpy as np

        root = approximate_root(self.problem.beta_squared) * face.sign
        pulled = (dot(column, kappa) for column in zip(*self.factor(face), strict=True))
        return np.array([to_float(t / root) for t in pulled])

    def _weights(
        self,
        hint: LongHint,
        faces: Sequence[Face],
        directions: "Sequence[NDArray[np.float64]]",
    ) -> list[Fraction]:
        """Return the weights of the faces: each neuron counts for its own, or the nearest."""
        import numpy as np

        weights = [Fraction(0)] * len(faces)
        place = {face.key: i for i, face in enumerate(faces)}
        root = approximate_root(self.problem.beta_squared)
        sizes = [approximate_root(squared_norm(u)) for _, u in hint.neurons]
        least = max(sizes, default=Fraction(0)) / (1 << hint.bits // _USED)
        for ((chart, _, sign), u), size in zip(hint.neurons, sizes, strict=True):
            if size <= least or not any(u):
                continue
            g = _shortened(u)
            at = place.get(self._face_of(chart, sign, g, hint.bits // _WALL).key)
            if at is None:
                unit = np.array([to_float(t / size) for t in u])
                gaps = [
                    float(np.abs(unit - v).max())
                    if f.sign == sign and f.chart == chart
                    else 9.0
                    for f, v in zip(faces, directions, strict=True)
                ]
                at = int(np.argmin(gaps)) if gaps and min(gaps) < _NEAREST else None
            if at is not None:
                weights[at] += size / root
        return weights


class _LongSpan:
    """An orthonormal basis that grows by independent vectors, rows in units of lengths."""

    def __init__(self, lengths: Sequence[Fraction], bits: int) -> None:
        self.bits = bits
        self.scale = LongMatrix.column([1 / t for t in lengths])
        self.basis: list[LongMatrix] = []

    def add(self, vector: Sequence[Fraction]) -> bool:
        """Add a vector unless it is in the span already; tell whether it was added."""
        if not any(vector):
            return False
        left = LongMatrix.column(vector).times(self.scale)
        left *= 1 / approximate_root(Fraction(left.squared_fraction()))
        for _ in range(2):
            for b in self.basis:
                left -= b * (b.T @ left).entry
        square = left.squared_fraction()
        if square * (1 << 2 * self.bits) < 1:
            return False
        self.basis.append(left * (1 / approximate_root(square, 640)))
        return True

    def complement(self) -> list[int]:
        """Return coordinates whose unit vectors complete the span, ascending."""
        n = self.scale.shape[0]
        chosen: list[int] = []
        while len(self.basis) < n:
            inside = [sum((x * x for x in row), Fraction(0)) for row in self._rows(n)]
            j = min(range(n), key=lambda k: inside[k])
            chosen.append(j)
            if not self.add([Fraction(int(k == j)) for k in range(n)]):
                raise Undecided("the optimal directions are close to dependent")
        return sorted(chosen)

    def _rows(self, n: int) -> list[tuple[Fraction, ...]]:
        columns = [b.fractions() for b in self.basis]
        return list(zip(*columns, strict=True)) if columns else [()] * n

    def fitted(
        self, columns: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
    ) -> list[Fraction]:
        """Return the coefficients of independent columns that come closest to a vector."""
        if not columns:
            return []
        M = LongMatrix.of(columns).T.times(self.scale)
        b = LongMatrix.column(right).times(self.scale)
        return (M.T @ M).solve(M.T @ b).fractions()


def _shortened(numbers: Sequence[Fraction]) -> Vector:
    """Return numbers close to the given ones, with shorter numerators."""
    return tuple(map(_short, numbers))


def _size(x: Fraction) -> int:
    """Return the logarithm of ``|x|`` to base 2, about."""
    return x.numerator.bit_length() - x.denominator.bit_length()


def _short(x: Fraction) -> Fraction:
    shift = _size(x) - _KEPT_BITS
    unit = Fraction(1 << shift) if shift >= 0 else Fraction(1, 1 << -shift)
    return round(x / unit) * unit
