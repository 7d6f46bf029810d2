"""Problems with any smooth loss in long floats: for rows of very different sizes (general §2).

In the dual a loss is ``sum_k l_k*(-kappa_k)``, smooth and convex between the ends of each kappa's
domain, with the fit as minus its gradient. With barriers at those ends it takes the place of
the squared loss on the central path (:mod:`~polytope_nn.search.programs.path`), which is blind
to the scales of rows. Where a sample ends on a flat, kappa is at an end of the domain.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root, exponent
from polytope_nn.exact.scalar import Scalar, dot, middle
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.long_search import LongSearch, spread
from polytope_nn.search.programs.barrier import Cone
from polytope_nn.search.programs.conic import ConicInterpolation
from polytope_nn.search.programs.path import LongHint, central_path
from polytope_nn.search.units.equations import Equations

from .objectives import row_lengths
from .pieces import Pieces, Standing
from .split import merged, repeated

__all__ = ["LossObjective", "has_one_slope", "long_candidates", "smallest"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 1200
_TINY, _LEAST = 20, 3000  # bits by which kappa is below 1
_END = 2  # a kappa with this part of the bits of the path from its end is at it


class LossObjective:
    """The dual of a loss whose rows are smooth, or one slope between flats."""

    def __init__(self, problem: Problem, N: LongMatrix, _: Sequence[Vector]) -> None:
        self.problem, self.N = problem, N
        self.rows = [_slope(row) for row in rows_of(problem.loss)]
        self.ends = [
            (k, end, side)
            for k, row in enumerate(rows_of(problem.loss))
            for end, side in zip(row.domain, (1, -1), strict=True)
            if end is not None
        ]
        self.walls = len(self.ends)

    def start(self) -> Vector:
        """Return a kappa between the walls, orthogonal to what is free; else of losses' sizes."""
        found = self._between(signed=True) or self._between(signed=False)
        if found is None:
            raise Undecided("what is free leaves no kappa inside of the loss's domain")
        if not self.problem.free.columns:
            beta = approximate_root(self.problem.beta_squared)
            sizes = [beta / t if t else _ONE for t in self.lengths]
            return tuple(map(_inner, rows_of(self.problem.loss), found, sizes))
        rooms = (
            abs(end / t) / 2
            for row, t in zip(rows_of(self.problem.loss), found, strict=True)
            for end in row.domain
            if end and end * t > 0
        )
        size = min(rooms, default=_ONE)  # far ends are no nearer than this
        return tuple(t * min(size, _ONE) for t in found)

    @cached_property
    def lengths(self) -> Sequence[Fraction]:
        """The lengths of the rows that kappa weighs; 0 of a zero row."""
        return row_lengths(self.problem)

    def _between(self, *, signed: bool) -> Vector | None:
        """Return a kappa on the inner side of each end at 0; that of a power as its label."""
        E = Equations()
        kappa = []
        for row in rows_of(self.problem.loss):
            low, high = row.domain
            if (low is not None and low > 0) or (high is not None and high < 0):
                raise Undecided("kappa = 0 is at no end of a loss's domain")
            if signed and isinstance(row, Power):  # no curvature, or no end of it, at 0
                low, high = (_ZERO, None) if row.y >= 0 else (None, _ZERO)
            kappa.append(
                E.between(_ONE if low == 0 else None, -_ONE if high == 0 else None)
            )
        for z in self.problem.free.columns:
            E.equal(E.sum(zip(kappa, z, strict=True)), _ZERO)
        x = E.solution()
        if x is None:
            return None
        return tuple(t for form in kappa if isinstance(t := E.value(form, x), Fraction))

    def _kappa(self, nu: LongMatrix) -> list[Fraction]:
        return (self.N.T @ nu).fractions()

    def falling(self, nu: LongMatrix) -> LongMatrix:
        """Return minus the gradient: the fits, as combinations of the basis."""
        pairs = zip(self.rows, self._kappa(nu), strict=True)
        return self.N @ LongMatrix.column([middle(row.fit(_long(t))) for row, t in pairs])

    def curvature(self, nu: LongMatrix) -> LongMatrix:
        """Return the Hessian."""
        pairs = zip(self.rows, self._kappa(nu), strict=True)
        return self._form([_steepness(row, t) for row, t in pairs])

    def barrier(self, nu: LongMatrix) -> tuple[LongMatrix, LongMatrix] | None:
        """Return gradient and Hessian of ``-log`` of the distances to the walls."""
        if not self.ends:
            nothing = [_ZERO] * self.problem.n
            return self.N @ LongMatrix.column(nothing), self._form(nothing)
        sides, at = self._sides
        gaps = sides @ (self.N.T @ nu) - at
        if not gaps.positive():
            return None
        inverse = gaps.inverses()
        second = sides.times(sides).T @ inverse.times(inverse)
        return self.N @ (sides.T @ inverse) * -1, self.N.T.times(second).T @ self.N.T

    @cached_property
    def _sides(self) -> tuple[LongMatrix, LongMatrix]:
        """Which kappa each wall bounds, on which side, a row for each; and where, as a column."""
        n = self.problem.n
        rows = [[side * (i == k) for i in range(n)] for k, _, side in self.ends]
        return LongMatrix.of(rows), LongMatrix.column([s * end for _, end, s in self.ends])

    def fits(self, kappa: Sequence[Fraction], mu: Fraction) -> list[Fraction]:
        """Return the fits of a point of the path: beyond a kink by mu over the distance."""
        found = [middle(row.fit(_long(t))) for row, t in zip(self.rows, kappa, strict=True)]
        for k, end, _ in self.ends:
            found[k] += mu / (kappa[k] - end)
        return found

    def _form(self, diagonal: Sequence[Fraction]) -> LongMatrix:
        scaled = self.N.T.times(LongMatrix.column(diagonal)).T
        return scaled @ self.N.T


class _LossPath(LongSearch):
    """The search whose central path is that of a loss."""

    def central(self, cones: Iterable[Cone], bits: int) -> LongHint:
        """Return the solution over some cones."""
        assert isinstance(self.problem, Pieces)  # which has the whole
        return central_path(self.problem.whole, cones, bits, LossObjective)

    def spread(self) -> int:
        """Return the bits by which the numbers of the data differ in size, those of losses too."""
        assert isinstance(self.problem, Pieces)  # which has the whole
        rows = rows_of(self.problem.whole.loss)
        pairs = list(zip(rows, self.conic.lengths, strict=True))
        fits = [z / length for row, length in pairs for z in _places(row)]
        ends = [t * length for row, length in pairs for t in row.domain if t is not None]
        beta = approximate_root(self.problem.beta_squared)
        return max(super().spread(), spread(fits), spread([beta, *ends]))


def long_candidates(
    problem: Problem, limits: Limits, seen: set[tuple[object, ...]]
) -> Iterator[Candidate]:
    """Yield candidates found in long floats, their samples on the pieces found there.

    Raises
    ------
    Undecided
        Where rounding ends the path.
    """
    if any(map(_is_steep, rows_of(problem.loss))):
        return
    limits.progress("searching in long floats: the scales of the data are far apart")
    if max(map(_slopes, rows_of(problem.loss))) > 1:
        other, of = repeated(problem)
        hint = merged(problem, _path(other), other, of)
    else:
        for row in rows_of(problem.loss):
            _slope(row)
        hint = _sharpened(problem, _path(problem))
    local = Pieces(problem, _standing(problem, hint))
    limits = replace(limits, bits=max(limits.bits, 4 * smallest(hint.kappa)))
    yield from LongSearch(local, given=hint).candidates(limits, seen)


def _path(problem: Problem) -> LongHint:
    """Return the end of the central path of a loss with one slope."""
    any_pieces = [Slope(_ZERO, _ONE, None, None)] * problem.n
    return _LossPath(Pieces(problem, any_pieces)).path()


def has_one_slope(problem: Problem) -> bool:
    """Return whether the dual of every sample's loss is smooth inside of its domain."""
    rows = rows_of(problem.loss)
    return all(_slopes(row) == 1 and not _is_steep(row) for row in rows)


def _is_steep(row: Graph | Smooth) -> bool:
    """Return whether the dual of a row bends without end where kappa is 0."""
    return isinstance(row, Power) and row.p > 2


def _slopes(row: Graph | Smooth) -> int:
    if isinstance(row, Smooth):
        return 1
    return sum(isinstance(p, Slope) for p in row.pieces)


def smallest(kappa: Sequence[Fraction]) -> int:
    """Return the bits by which the smallest number that is not 0 is below 1.

    >>> smallest((Fraction(1, 1000), Fraction(0)))
    9
    """
    sizes = [-exponent(t) for t in kappa if t]
    return max(sizes, default=0)


def _sharpened(problem: Problem, hint: LongHint) -> LongHint:
    """Return the point with each tiny kappa that of its sample's fit.

    Where a sample is fitted with much room its kappa is ``e^-z`` for a large fit z: smaller than
    what is left of the barrier of its wall.
    """
    rows = rows_of(problem.loss)
    if problem.free.columns or not any(isinstance(row, Smooth) for row in rows):
        return hint
    fits = [_ZERO] * problem.n
    for (i, tope, sign), u in hint.neurons:
        chart = problem.charts[i]
        pattern = chart.arrangement.patterns[tope]
        for k, x in enumerate(chart.design):
            fits[k] += sign * dot(x, u) if pattern[k] > 0 else _ZERO
    kappa = list(hint.kappa)
    for k, (row, z) in enumerate(zip(rows, fits, strict=True)):
        if not isinstance(row, Smooth) or isinstance(row, Power):
            continue
        t = row.kappa(_long(z))
        if _below(t, _LEAST):
            raise Undecided(
                f"kappa, entry {k + 1}, is below 2^-{_LEAST}: sample {k + 1} is fitted with too "
                f"much room: take it out, or scale it to the size of the others"
            )
        if _below(t, _TINY):
            kappa[k] = middle(t)
    return replace(hint, kappa=tuple(kappa))


def _below(t: Scalar, bits: int) -> bool:
    """Return whether a number is between ``-2^-bits`` and ``2^-bits``, no matter its sign."""
    end = Fraction(1, 1 << bits)
    return bool(t < end) and bool(-t < end)


def _inner(row: Graph | Smooth, side: Fraction, size: Fraction) -> Fraction:
    """Return a kappa on a side of 0: half its end, or that of the fit 0, or of a ``size``."""
    end = next((t for t in row.domain if t and t * side > 0), None)
    if end is not None:
        return end / 2
    at = row.kappas(_ZERO)
    near = [abs(middle(t)) for t in at or () if t is not None]
    return side * (max(near, default=_ZERO) or size)


def _standing(problem: Problem, hint: LongHint) -> list[Standing]:
    """Return the piece of each sample: a flat where kappa is at its end."""
    found: list[Standing] = []
    beta, lengths = (
        approximate_root(problem.beta_squared),
        ConicInterpolation(problem).lengths,
    )
    for row, t, length in zip(rows_of(problem.loss), hint.kappa, lengths, strict=True):
        if isinstance(row, Smooth):
            found.append(row)
            continue
        flats = [p for p in row.pieces if isinstance(p, Flat)]
        scale = max((abs(p.at) for p in flats), default=_ZERO) or beta / length
        near = min(scale, beta / length) / (1 << hint.bits // _END)
        at = [p for p in flats if abs(t - p.at) <= near]
        found.append(at[0] if at else _slope(row, t))
    return found


def _slope(row: Graph | Smooth, t: Fraction = _ZERO) -> Slope | Smooth:
    """Return the smooth part of a graph, where it has several that nearest to a kappa."""
    if isinstance(row, Smooth):
        return row
    slopes = [p for p in row.pieces if isinstance(p, Slope)]
    if not slopes:
        raise Undecided("the dual of this loss is not smooth inside of its domain")
    return min(slopes, key=lambda p: _beyond(p, t))


def _beyond(piece: Slope, t: Fraction) -> Fraction:
    """Return how far a kappa is from a slope."""
    below = _ZERO if piece.low is None else piece.low - t
    above = _ZERO if piece.high is None else t - piece.high
    return max(below, above, _ZERO)


def _places(row: Graph | Smooth) -> list[Fraction]:
    """Return the fits at which a loss bends."""
    if isinstance(row, Smooth):
        return [row.y]
    flats = (e for p in row.pieces if isinstance(p, Flat) for e in (p.low, p.high))
    slopes = (p.at for p in row.pieces if isinstance(p, Slope))
    return [t for t in (*flats, *slopes) if t is not None]


def _steepness(row: Slope | Smooth, t: Fraction) -> Fraction:
    return row.inverse if isinstance(row, Slope) else middle(-row.derivative(_long(t)))


def _long(t: Fraction) -> Ball:
    return Ball.from_rational(t, _BITS)
