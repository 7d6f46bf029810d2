"""Pieces of a path: a type between two edges, each edge known as well as it is (B1)."""

from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar

from .algebraic import confirmed, recognised
from .conditions import Condition
from .decay import DecayFamily
from .standstill import Chamber
from .stretch import Stretch
from .tracking import Reach, Track
from .types import AtomKey, CombinatorialType

__all__ = ["Edge", "Piece", "of_chamber", "of_track"]


@dataclass(frozen=True)
class Edge:
    """An end of a piece: its enclosure, the number where it is exact.

    ``sharp`` says that the type is proved up to the end itself, wherever in the enclosure
    it is; ``idle`` are the atoms without weight there, where that is known.
    """

    lower: Fraction
    upper: Fraction
    exact: Scalar | None = None
    sharp: bool = True
    idle: tuple[AtomKey, ...] | None = None


@dataclass(frozen=True)
class Piece:
    """A type between two edges; ``loss`` is the length inside that is not proved."""

    type: CombinatorialType | None
    low: Edge
    high: Edge
    loss: Fraction = Fraction(0)

    @property
    def claimed(self) -> "Piece":
        """The piece; of one of which no part is proved no type, though some beta has one."""
        proved = self.loss < self.high.lower - self.low.upper or not self.loss
        return self if proved else replace(self, type=None)

    def joined(self, below: "Piece") -> "Piece":
        """Return this piece and a lower one of the same type as one."""
        gap = max(Fraction(0), self.low.lower - below.high.upper)
        return replace(self, low=below.low, loss=self.loss + below.loss + gap)


def exact_edge(x: Scalar, idle: tuple[AtomKey, ...] | None = None) -> Edge:
    """Return the edge at an exact number."""
    low, high = enclosure(x, 100)
    return Edge(low, high, x, idle=idle)


def of_chamber(chamber: Chamber) -> Piece:
    """Return the piece of a chamber in which k stands still."""
    low = exact_edge(chamber.lower, chamber.idle)
    return Piece(chamber.type, low, exact_edge(chamber.upper))


def of_track(family: DecayFamily, track: Track) -> Piece:
    """Return the piece of a type that was followed to its ends."""
    return Piece(track.type, _edge(family, track.below), _edge(family, track.above))


def _edge(family: DecayFamily, reach: Reach) -> Edge:
    if reach.crossing is None:
        return Edge(reach.lower, reach.upper, sharp=reach.reached)
    stretch, c = reach.crossing
    exact = _vanishing(family, stretch, c, reach)
    if exact is None:
        exact = recognised(stretch, c, (reach.lower + reach.upper) / 2)
    return Edge(reach.lower, reach.upper, exact)


def _vanishing(
    family: DecayFamily, stretch: Stretch, c: Condition, reach: Reach
) -> Scalar | None:
    """Return beta_max, where the end is proved to be it."""
    square = family.beta_max_squared
    if not reach.lower**2 <= square <= reach.upper**2:
        return None
    top = family.beta_max
    rows = zip(family.y, family.problem.weights, strict=True)
    x: list[Scalar] = [t * w / top for t, w in rows]
    x += [Fraction(0)] * (stretch.curve.size - stretch.curve.n)
    return top if confirmed(stretch, c, x, top) else None
