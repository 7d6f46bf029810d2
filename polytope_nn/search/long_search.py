"""The search in long floats: for data whose scales are too far apart for ordinary ones.

The same steps as in :mod:`~polytope_nn.search.search`. The start is a point of the central path
(:mod:`~polytope_nn.search.programs.path`), the directions near beta are projected exactly, and
what is independent is decided by hundreds of bits. Nothing here is believed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.atoms import Atom, Bound, cone_projection, pull
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.system import Face, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.long_floats import LongSpan
from polytope_nn.exact.rational import Vector, approximate_root, exponent, unit_vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem

from .candidate import Candidate, apart, pin_values, simple
from .floats import to_float
from .pairs import added_columns
from .programs.barrier import Cone
from .programs.path import LongHint, central_path
from .search import PINS, REPAIRS, Attempt, Search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LongSearch"]

_PATH_BITS, _MOST_BITS = 120, 400  # of the last point of the central path
_ROUGH_BITS = 80  # of those before, while cones are added
_KEPT_BITS = 260  # of an entry of kappa
_NEAR = 60  # bits to which directions reach beta at a refined kappa
_FINE = 2  # part of a point's bits to which they do, where scales make many near ties
# parts of the bits of a point: of a direction on a wall, of a weight or what is outside a span
_WALL, _USED = 4, 3
_NEAREST = 1e-2  # how far a neuron may be from the direction it is counted for
_ALL, _ENTERING, _ROUNDS = 128, 16, 40
_CURVE_BITS = 640  # at which fits on smooth graphs are computed


@dataclass(frozen=True)
class _Near:
    """A direction near beta: its cone, its face, g and ``|g|^2``."""

    cone: Cone
    face: Face
    g: Vector
    square: Fraction


class LongSearch(Search):
    """The search for one problem, in long floats; from a point that is ``given``, if any."""

    def __init__(self, problem: Problem, *, given: LongHint | None = None) -> None:
        super().__init__(problem)
        self.given = given

    def candidates(
        self, limits: Limits, seen: set[tuple[object, ...]]
    ) -> Iterator[Candidate]:
        """Yield candidates that were not seen, refined to the bits of the limits."""
        bits = limits.bits
        limits.progress("searching in long floats: the scales of the data are far apart")
        hint = self.given or self.path()
        kappa = _shortened(hint.kappa)
        wide = Attempt(0, 0, bits, paired=True, near=_NEAR)
        fine = hint.bits // _FINE
        finer = replace(wide, bits=max(bits, 4 * fine), near=fine)
        before: tuple[Face, ...] | None = None
        for near, attempt in ((hint.bits // _WALL, wide), (fine, finer)):
            faces = self._tied(kappa, near)
            if faces == before:
                return  # no direction is between
            before = faces
            for candidate in self._of_faces(hint, kappa, faces, attempt):
                if candidate.key not in seen:
                    seen.add(candidate.key)
                    yield candidate

    def _of_faces(
        self, hint: LongHint, kappa: Vector, faces: tuple[Face, ...], attempt: Attempt
    ) -> Iterator[Candidate]:
        """Yield the candidates that faces which look tied at kappa lead to."""
        for paired in (True, False):
            if not paired and not self.paired:
                return
            for pin in PINS:
                tried = replace(attempt, pin=pin, paired=paired)
                candidate, pinned = self._repaired(hint, kappa, faces, tried)
                if candidate is not None:
                    yield candidate
                if not pinned:
                    break

    def central(self, cones: Iterable[Cone], bits: int) -> LongHint:
        """Return the solution over some cones."""
        return central_path(self.problem, cones, bits)

    def path(self) -> LongHint:
        """Return the end of the central path over cones that no other exceeds."""
        every = [
            (i, tope, sign)
            for i, chart in enumerate(self.problem.charts)
            for tope in range(len(chart.arrangement))
            for sign in (1, -1)
        ]
        bits = min(_PATH_BITS + 2 * self.spread(), _MOST_BITS)
        if len(every) <= _ALL:
            return self.central(every, bits)
        cones = dict.fromkeys(self.conic.spanning())
        rough = self.central(cones, _ROUGH_BITS)
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
            rough = self.central(cones, _ROUGH_BITS)
        tight = self._near(_shortened(rough.kappa), _ROUGH_BITS // 4, _ROUGH_BITS // 4)
        cones.update(dict.fromkeys(p.cone for p in tight[: 4 * _ALL]))
        return self.central(cones, bits)

    def spread(self) -> int:
        """Return the bits by which the numbers of the data differ in size."""
        problem = self.problem
        entries = (t for chart in problem.charts for x in chart.design for t in x)
        pairs = zip(problem.y, self.conic.lengths, strict=True)
        return spread(list(entries), self.conic.lengths, [y / t for y, t in pairs])

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

    def _tied(self, kappa: Vector, bits: int) -> tuple[Face, ...]:
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
                return None, len(self.curved) < self.problem.n
            pinned = pinned or bool(candidate.pins)
            if negative:
                excluded |= negative
                faces = tuple(f for f in faces if f.key not in excluded)
                continue
            kappa = _shortened([t.midpoint for t in candidate.kappa])
            tied = self._tied(kappa, attempt.near)
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
        span = LongSpan(self.conic.lengths, hint.bits // _USED)
        for z in columns:
            span.add(z)
        basis = sorted(a for a in order if span.add(F[a]))
        held = [a for a in order if weights[a] > least and a not in basis]
        pins = []
        if len(self.curved) < problem.n:
            for k in self.curved:  # a loss determines its kappa
                span.add(unit_vector(k, problem.n))
            for a in order:
                for column in zip(*V[a], strict=True) if weights[a] > least else ():
                    span.add(column)
            pins = span.complement()
        c = {a: simple(weights[a], 1 << 12) for a in held}
        left = [
            z - dot([c[a] for a in held], [F[a][k] for a in held])
            for k, z in enumerate(self._fits(kappa))
        ]
        fitted = span.fitted([*(F[a] for a in basis), *columns], left)
        values = pin_values(kappa, pins, self.conic.lengths, attempt.pin)
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

    def _fits(self, kappa: Vector) -> list[Fraction]:
        """Return the fits of kappa; where it has many, 0."""
        problem = self.problem
        curves = problem.curves or (None,) * problem.n
        rows = zip(problem.y, kappa, problem.inverse_weights, curves, strict=True)
        return [
            y - t * inverse if curve is None else long_fit(curve, t)
            for y, t, inverse, curve in rows
        ]

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


def spread(*numbers: Sequence[Fraction]) -> int:
    """Return the bits by which numbers of one kind differ in size, of the kind with most.

    >>> spread([Fraction(1), Fraction(0), Fraction(1, 1024)], [Fraction(8), Fraction(9)])
    10
    """
    sizes = [[exponent(t) for t in some if t] or [0] for some in numbers]
    return max(max(some) - min(some) for some in sizes)


def long_fit(curve: Smooth, kappa: Fraction) -> Fraction:
    """Return the fit of a kappa on a smooth graph, in long floats."""
    try:
        z = curve.fit(Ball.from_rational(kappa, _CURVE_BITS))
    except ValueError as outside:
        raise Undecided(f"a kappa at which a loss has no fit: {outside}") from None
    assert isinstance(z, Ball)  # of a ball
    return z.midpoint


def _shortened(numbers: Sequence[Fraction]) -> Vector:
    """Return numbers close to the given ones, with shorter numerators."""
    return tuple(map(_short, numbers))


def _short(x: Fraction) -> Fraction:
    shift = exponent(x) - _KEPT_BITS
    unit = Fraction(1 << shift) if shift >= 0 else Fraction(1, 1 << -shift)
    return round(x / unit) * unit
