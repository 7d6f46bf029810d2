"""The path of beta: the types of all weight decays, tiled from above (topology.md B1-B5).

Samples at rational beta are solved by the library, each gives a type that is followed to its
ends or a phase in which k stands still; what is left between is sampled again. The sample is
a guess of the type only: what is proved is proved by stretches or exactly.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import InstanceError, PolytopeError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Matrix, rational
from polytope_nn.exact.scalar import Scalar
from polytope_nn.landscape.optimal_set import OptimalPolytope, interpolation
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.progress import Loop
from polytope_nn.search.finding import optimum
from polytope_nn.shown import Drawn, Tabled

from .decay import DecayFamily, Reduced
from .pieces import Edge, Piece, exact_edge, of_chamber, of_track
from .sampling import candidate_regimes, sample_type, samples
from .standstill import standing
from .tracking import tracked
from .types import CombinatorialType, event_between

__all__ = ["BetaInterval", "BetaPath", "beta_path"]

_NARROW = Fraction(1, 2 * 10**9)  # a gap this wide is an enclosure of a breakpoint
_SOLVES = 160
_WORK = 300_000  # of all stretches together, failed ones too: squares of the unknowns
_TO_ZERO = 8  # of them in gaps that end at 0, where k may grow without bound


@dataclass(frozen=True)
class BetaInterval:
    """An interval of beta on which the type is constant.

    ``lower`` and ``upper`` are exact, or balls at most 1e-9 wide; ``event`` is what happens at
    the lower end; ``proved`` is the part of the length on which the type is proved. Where no
    type is known ``type`` is None.
    """

    lower: Scalar
    upper: Scalar
    event: str
    type: CombinatorialType | None
    proved: Fraction

    def lifted(self, reduced: Reduced) -> "BetaInterval":
        """Return an interval of a reduced family as one of the family itself."""
        known, unit = self.type and reduced.lifted(self.type), reduced.unit
        if unit == 1:
            return replace(self, type=known)
        return replace(self, lower=self.lower * unit, upper=self.upper * unit, type=known)


@dataclass(frozen=True, repr=False)
class BetaPath(Drawn, Tabled):
    """The intervals of constant type of a family of problems, descending in beta."""

    family: DecayFamily
    intervals: tuple[BetaInterval, ...]

    @property
    def beta_max(self) -> Scalar:
        """The least beta at which the zero network is optimal, exactly."""
        return self.family.beta_max

    @property
    def proved(self) -> Fraction:
        """The part of the whole length on which the type is proved."""
        lengths = [_length(i) for i in self.intervals]
        total = sum(lengths, Fraction(0))
        good = sum(
            (i.proved * t for i, t in zip(self.intervals, lengths, strict=True)), total * 0
        )
        return good / total if total else Fraction(1)

    @cached_property
    def limit(self) -> OptimalPolytope | None:
        """The interpolation polytope, of which limits of P lie in as beta falls to 0 (B5).

        None where the path does not end at 0, or no network fits the labels.
        """
        if not self.intervals or self.intervals[-1].lower != 0:
            return None
        D = self.family.problem
        try:
            return interpolation(InterpolationProblem(D.X, D.y, bias=D.bias, name=D.name))
        except PolytopeError:
            return None

    def __repr__(self) -> str:
        n = len(self.intervals)
        return f"BetaPath(intervals={n}, proved={float(self.proved):.12g})"


def beta_path(
    problem: TrainingProblem,
    *,
    start: object = None,
    end: object = None,
    limits: Limits | None = None,
) -> BetaPath:
    """Return the intervals of constant type as the weight decay falls from start to end.

    Parameters
    ----------
    problem
        The data; its own beta plays no part. Squared loss, bias none or penalised, no skip.
    start
        The upper end; beta_max by default, the least beta with nothing but the zero network.
    end
        The lower end, 0 allowed; ``beta_max/100`` by default.
    limits
        How far each sample is solved, and who is told of the progress.

    Returns
    -------
    BetaPath
        The intervals, descending in beta, each with its type and what is proved of it.

    Raises
    ------
    InstanceError
        For another problem, or ends that are not ``0 <= end < start``.

    Examples
    --------
    >>> D = TrainingProblem([[1], [2], [-1], [-3]], [3, 1, 2, -4], beta=1)
    >>> for i in beta_path(D).intervals:
    ...     print(i.lower, i.upper, i.event, i.type.m_star, i.proved)
    5 10 enters 1 1
    1/10 5 end 2 1
    """
    family = DecayFamily(problem)
    top = family.beta_max
    high: Scalar = top if start is None else _given(start, "from")
    low: Scalar = top / 100 if end is None else _given(end, "to", least=0)
    if not top and start is None:
        return BetaPath(family, ())
    if not low < high:
        raise InstanceError(
            f"--to: {low} is not below the upper end {high}: give a smaller one, or --from"
        )
    reduced, unit = family.reduced, family.reduced.unit
    pieces: list[Piece] = []
    if high > top:
        zero = CombinatorialType((), (0,))
        below, above = max(top, low) / unit, high / unit
        pieces.append(Piece(zero, exact_edge(below), exact_edge(above)))
    if low < top:
        tiles = _Tiling(
            reduced.family, low / unit, min(high, top) / unit, limits_of(limits)
        )
        pieces += tiles.tiled()
    found = _intervals(reduced.family.X, [p.claimed for p in pieces])
    return BetaPath(family, tuple(i.lifted(reduced) for i in found))


def _given(x: object, name: str, least: int | None = None) -> Fraction:
    value = rational(x)
    if value < 0 or (value == 0 and least is None):
        raise InstanceError(f"--{name}: {x} is not positive: give a weight decay above 0")
    return value


class _Tiling:
    """The pieces between two ends, found by sampling what is left."""

    def __init__(
        self, family: DecayFamily, low: Scalar, high: Scalar, limits: Limits
    ) -> None:
        self.family, self.limits = family, limits
        self.low, self.high = low, high
        self.pieces: list[Piece] = []
        self.solves, self.to_zero, self.work = _SOLVES, _TO_ZERO, _WORK
        self.narrow = _NARROW * min(Fraction(1), enclosure(high)[0])

    def tiled(self) -> list[Piece]:
        """Return the pieces, descending, neighbours of one type joined."""
        lowest, highest = enclosure(self.low, 100)[0], enclosure(self.high, 100)[1]
        gaps = [(lowest, highest)]
        loop = Loop("weight decays settled", 1 << 20, in_percent=True)
        while gaps:
            left = sum(b - a for a, b in gaps) / (highest - lowest or 1)
            loop.at(int((1 - left) * (1 << 20)))
            a, b = gaps.pop()
            if b - a > self.narrow:
                found = self._between(a, b)
                self.pieces += found
                gaps += _left(found, a, b)
        loop.closed()
        self.pieces.sort(key=lambda p: p.high.upper, reverse=True)
        return self._clipped(_joined(self.pieces))

    def _between(self, a: Fraction, b: Fraction) -> list[Piece]:
        """Return pieces in a gap; all of it as one that is not proved, if need be."""
        known: CombinatorialType | None = None
        for beta in samples(a, b):
            if not self.solves or not (a or self.to_zero):
                break
            self.solves -= 1
            self.to_zero -= not a
            self.limits.progress(f"beta = {float(beta):.6g}: {len(self.pieces)} pieces")
            try:
                O = optimum(self.family.at(beta), limits=self.limits)
            except Undecided:
                continue
            pieces = self._of_sample(O, beta, a, b)
            if pieces:
                return pieces
            known = known or sample_type(O)
            if self.work <= 0:
                break
        return [Piece(known, Edge(a, a, sharp=False), Edge(b, b, sharp=False), b - a)]

    def _of_sample(
        self, O: Optimum, beta: Fraction, a: Fraction, b: Fraction
    ) -> list[Piece]:
        """Return the pieces that the optimum at one beta leads to."""
        if O.rank < len(O.atoms) and (chambers := standing(self.family, O)):
            return [of_chamber(c) for c in chambers]
        for regime, point in candidate_regimes(self.family, O, beta):
            if self.work <= 0:
                break
            try:
                track = tracked(regime, point, a, b, 1 + self.work // regime.curve.size**2)
                self.work -= track.stretches * regime.curve.size**2
                return [of_track(self.family, track)]
            except Undecided:
                continue
        return []

    def _clipped(self, pieces: list[Piece]) -> list[Piece]:
        """Return the pieces inside the two ends, with these for edges."""
        inside = []
        for p in pieces:
            if self.low >= p.high.upper or self.high <= p.low.lower:
                continue
            low, high = p.low, p.high
            if self.low >= low.lower:
                low = exact_edge(self.low, low.idle)
            elif self.low >= low.lower - self.narrow and not low.sharp:
                low = replace(exact_edge(self.low), sharp=False)
            if self.high <= high.upper:
                high = exact_edge(self.high)
            loss = p.loss if low.sharp else p.loss + p.low.upper - low.lower
            inside.append(Piece(p.type, low, high, loss))
        return inside


def _left(found: list[Piece], a: Fraction, b: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return the gaps that pieces leave between a and b."""
    low = min(p.low.upper for p in found)
    high = max(p.high.lower for p in found)
    return [(x, z) for x, z in ((a, low), (high, b)) if x < z]


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for p in pieces:
        if joined and joined[-1].type == p.type and p.type is not None:
            joined[-1] = joined[-1].joined(p)
        else:
            joined.append(p)
    return joined


def _intervals(X: Matrix, pieces: list[Piece]) -> tuple[BetaInterval, ...]:
    """Return the intervals of pieces: neighbours share the enclosure of their breakpoint."""
    found = []
    upper: Scalar | None = None
    for i, p in enumerate(pieces):
        below = pieces[i + 1] if i + 1 < len(pieces) else None
        top = _number(p.high, p.high) if upper is None else upper
        upper = _number(p.low, below.high if below else p.low)
        event = "end" if below is None else _event(X, p, below)
        found.append(BetaInterval(upper, top, event, p.type, _proved(p, upper, top)))
    return tuple(found)


def _event(X: Matrix, above: Piece, below: Piece) -> str:
    if above.type is None or below.type is None:
        return "wall"
    return event_between(above.type, below.type, X, above.low.idle)


def _number(low: Edge, high: Edge) -> Scalar:
    """Return the breakpoint between two edges: exact, or the ball of both enclosures."""
    for edge in (low, high):
        if edge.exact is not None:
            return edge.exact
    ends = min(low.lower, high.lower), max(low.upper, high.upper)
    return ends[0] if ends[0] == ends[1] else Ball.from_interval(*ends, bits=128)


def _proved(p: Piece, lower: Scalar, upper: Scalar) -> Fraction:
    """Return the proved part of an interval, from below."""
    loss = p.loss
    if not p.low.sharp and not p.loss:
        loss += p.low.upper - enclosure(lower)[0]
    if not p.high.sharp and not p.loss:
        loss += enclosure(upper)[1] - p.high.lower
    if not loss:
        return Fraction(1)
    length = enclosure(upper)[0] - enclosure(lower)[1]
    return max(Fraction(0), 1 - loss / length) if length > 0 else Fraction(0)


def _length(i: BetaInterval) -> Fraction:
    return max(Fraction(0), enclosure(i.upper)[0] - enclosure(i.lower)[1])
