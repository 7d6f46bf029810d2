"""Candidates for a problem whose patterns are not listed: faces from local maxima.

The pool's support (:mod:`~polytope_nn.search.cones.pools.pool`) takes the place of the conic
program, and trees of cones that of the projections onto all topes; all else is as in
:mod:`~polytope_nn.search.search`: opposite atoms make pairs, which add columns to Z.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.system import Face
from polytope_nn.exact.linear import kernel, projector
from polytope_nn.exact.rational import Matrix, integer_row
from polytope_nn.exact.scalar import dot
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate, Hint, apart
from polytope_nn.search.pressing import Pressing
from polytope_nn.search.search import PINS, Attempt, Search

from .ascents import all_climbed
from .climbing import Climbed, distinct
from .floats import FloatForm
from .growing import grown
from .linear import faces_of_either_phase
from .pools.pool import pooled
from .pools.problem import FloatProblem, peaks_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConeSearch", "maxima"]

_SNAP = 1e-9  # a direction this close to a wall is taken as on it
_NEAR = 1e-7  # maxima this close to beta may be atoms
_SAME = 1e-7  # directions this close are of one maximum
_ROUNDS = 8


class ConeSearch(Search):
    """The numerical search for a problem of many patterns.

    ``floats`` is the problem with beta = 1 and rows of usual length, ``scale`` that length.
    """

    def __init__(self, problem: Problem, floats: FloatProblem, scale: Fraction) -> None:
        super().__init__(problem)
        self.cones, self.scale = floats, scale
        self.tops: list[tuple[int, Climbed]] = []  # of the support, once it is found

    @cached_property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The rows of the design, up to a factor, in integers."""
        return tuple(map(integer_row, self.problem.design))

    def factor(self, face: Face) -> Matrix:
        """Return the factor of a face, the inactive rows 0."""
        key = face.chart, face.covector
        if key not in self._factors:
            X = self.problem.design
            across = [X[k] for k, t in enumerate(face.covector) if t == 0 and any(X[k])]
            Pi = cast("Matrix", projector(across, len(X[0])))
            nothing = (Fraction(0),) * len(X[0])
            self._factors[key] = tuple(
                (tuple(dot(p, x) for p in Pi) if across else x) if t == 1 else nothing
                for t, x in zip(face.covector, X, strict=True)
            )
        return self._factors[key]

    def flat(self, chart: int, rows: tuple[int, ...]) -> frozenset[int]:
        """Return the rows in the span of the given ones: where a face is zero."""
        key = chart, rows
        if key not in self._flats:
            X = self.problem.design
            across = [
                integer_row(z)
                for z in cast("Matrix", kernel([X[k] for k in rows], len(X[0])))
            ]
            self._flats[key] = frozenset(
                k
                for k, x in enumerate(self.rows)
                if not any(sum(s * t for s, t in zip(x, z, strict=True)) for z in across)
            )
        return self._flats[key]

    def near(
        self, scaled: "NDArray[np.float64]", least: float, snap: float
    ) -> dict[Face, float]:
        """Return the faces of the local maxima that are at least ``least`` long."""
        found: dict[tuple[int, tuple[int, ...]], tuple[Face, float]] = {}
        form = self.cones.of_masses(scaled)
        for side in (1, -1):
            known = [top for s, top in self.tops if s == side]
            tops = maxima(form.turned(side), 1 - least, known)
            self.tops += [(side, top) for top in tops]  # near those of the next kappa
            for top in tops:
                members = set(top.pressing)
                placed = zip(self.cones.places, self.cones.turns, strict=True)
                rows = tuple(k for k, (p, t) in enumerate(placed) if t and p in members)
                pressing = Pressing(0, side, top.p, rows, top.value)
                face = self.face(0, pressing, snap)
                found.setdefault(face.key, (face, top.value))
        return dict(pair for _, pair in sorted(found.items()))

    def candidates(
        self, limits: Limits, seen: set[tuple[object, ...]]
    ) -> Iterator[Candidate]:
        """Yield candidates not seen, refined to the bits: pairs as pairs first.

        Raises
        ------
        Undecided
            When no support is found.
        """
        hint = self.hinted(limits)
        faces = apart(self.near(hint.scaled, 1 - _NEAR, _SNAP))
        for paired in (True, False):
            if not paired and not self.paired:
                return
            attempt = Attempt(_SNAP, PINS[0], limits.bits, paired=paired)
            candidate, _ = self._settled(hint, faces, attempt)
            if candidate is not None and candidate.key not in seen:
                seen.add(candidate.key)
                yield candidate

    def hinted(self, limits: Limits) -> Hint:
        """Return a solution in floats; its support is in ``tops``."""
        n = self.problem.n
        limits.progress(f"searching the directions of {n} samples by cones")
        support = pooled(self.cones, faces_of_either_phase)
        limits.progress(f"{len(support.tops)} atoms in use; looking at kappa")
        self.tops = list(zip(support.signs, support.tops, strict=True))
        scaled = self.cones.masses(support.kappa)
        tops = zip(support.signs, support.tops, support.weights, strict=True)
        unit = float(self.conic.beta / (self.scale**2 * self.conic.label_scale))
        return Hint(scaled, tuple((0, s, top.u * (c * unit)) for s, top, c in tops))


def maxima(form: FloatForm, near: float, known: Sequence[Climbed] = ()) -> list[Climbed]:
    """Return the local maxima above ``1 - near`` of a form of one sign, about.

    From those that are known it is climbed anew. Those that are found are cut out, until a
    tree shows no other, or has generators that floats cannot hold.
    """
    found = distinct(_high(form, [top.u for top in known], near), _SAME)
    for _ in range(_ROUNDS):
        peaks = peaks_at(form, found)
        try:
            tree = grown(form, peaks, level=1 - near, margin=-2 * near)
        except OverflowError:
            break
        every = [*found, *_high(form, [u for _, u in tree.violations], near)]
        more = distinct(every, _SAME)
        if len(more) == len(found):
            break
        found = more
    return found


def _high(
    form: FloatForm, points: "Sequence[NDArray[np.float64]]", near: float
) -> list[Climbed]:
    """Return the local maxima above ``1 - near`` that are climbed from some points."""
    tops = all_climbed(form, points)
    return [top for top in tops if top is not None and top.value > 1 - near]
