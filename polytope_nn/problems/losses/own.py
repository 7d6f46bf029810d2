"""A loss of one's own: for each sample the graph of (z, kappa), a line that falls (general §3).

The graph of a convex loss l is the set of all (z, kappa) with ``-kappa`` in the subdifferential of
l at z: a curve on which kappa never rises as z does. Here it is a polyline: level pieces
are linear parts of l, steep ones kinks, slanted ones parabolas. It fixes l up to a constant;
the least value is taken as 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from polytope_nn.called import listed
from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import rational

from .graphs import Flat, Graph, Piece, Slope, chain
from .separable import SeparableLoss

__all__ = ["GraphLoss", "polyline"]

_ZERO = Fraction(0)
_ENDS = ("level", "steep", "on")
Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, init=False)
class GraphLoss(SeparableLoss):
    """A loss given by the graph of each sample (:func:`polyline`).

    >>> absolute = GraphLoss([polyline([(2, 1), (2, -1)])])
    >>> absolute.interval((Fraction(1),)), str(absolute.value((Fraction(5),)))
    (((None, Fraction(2, 1)),), '3')
    """

    def __init__(self, rows: Iterable[object]) -> None:
        graphs = tuple(
            listed(rows, "loss", "give a list with polyline(points) of each sample")
        )
        if not graphs:
            raise InstanceError("loss: of no sample: give polyline(points) of each")
        least: list[Fraction] = []
        for k, row in enumerate(graphs, 1):
            if not isinstance(row, Graph):
                raise InstanceError(f"loss, sample {k}: {row!r}: give polyline(points)")
            found = row.interval(_ZERO)
            if found is None:
                raise InstanceError(
                    f"loss, sample {k}: kappa = 0 is not on its graph: a loss without a least "
                    f"value: let the graph cross kappa = 0"
                )
            ends = [t for t in found if isinstance(t, Fraction)]
            least.append(ends[0] if ends else _ZERO)
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "kind", "own")
        put(self, "y", tuple(least))
        put(self, "weights", (Fraction(1),) * len(graphs))
        put(self, "rows", graphs)
        put(self, "parameter", "")
        put(self, "values", ())

    @property
    def is_finite(self) -> bool:
        """Whether every fit has a finite loss: no graph ends steep."""
        return not any(
            isinstance(end, Slope) and not end.inverse and None in (end.low, end.high)
            for row in self.rows
            if isinstance(row, Graph)
            for end in (row.pieces[0], row.pieces[-1])
        )


def polyline(
    points: Sequence[tuple[object, object]], left: str = "level", right: str = "level"
) -> Graph:
    """Return the graph through points (z, kappa), z ascending and kappa descending.

    Parameters
    ----------
    points
        At least one; exact numbers, as everywhere.
    left, right
        How it goes on at the ends: ``"level"``, kappa stays; ``"steep"``, z stays, so that the
        loss is infinite beyond; ``"on"``, with the slope of the last piece.

    Returns
    -------
    Graph
        kappa against z, with its interval of fits and its domain.

    Raises
    ------
    InstanceError
        When the line rises, a point is given twice, or an end is unknown.

    Examples
    --------
    Huber's loss at the label 3 with threshold 1, and a hinge that is only ever up to 2:

    >>> polyline([(2, 1), (4, -1)]).interval(Fraction(1, 2))
    (Fraction(5, 2), Fraction(5, 2))
    >>> polyline([(1, 2), (1, 0)]).domain
    (Fraction(0, 1), Fraction(2, 1))
    """
    read = [
        _point(p, k)
        for k, p in enumerate(listed(points, "loss", "give a list of points (z, kappa)"), 1)
    ]
    if not read:
        raise InstanceError("loss: a graph without points: give at least one (z, kappa)")
    for end in (left, right):
        if end not in _ENDS:
            raise InstanceError(f"loss: {end!r} is no end: write {', '.join(_ENDS)}")
        if end == "on" and len(read) < 2:
            raise InstanceError("loss: one point has no slope to go on with: give two")
    inner = [_piece(p, q, k) for k, (p, q) in enumerate(pairwise(read), 1)]
    first = _last(left, read[0], inner[0] if inner else None, above=True)
    last = _last(right, read[-1], inner[-1] if inner else None, above=False)
    return chain([*last, *reversed(inner), *first])


def _point(given: tuple[object, object], k: int) -> Point:
    try:
        z, kappa = given
    except (TypeError, ValueError):
        raise InstanceError(f"loss, point {k}: {given!r}: give a pair (z, kappa)") from None
    return rational(z), rational(kappa)


def _piece(p: Point, q: Point, k: int) -> Piece:
    (z, kappa), (after, below) = p, q
    if after < z or below > kappa or p == q:
        raise InstanceError(
            f"loss, points {k} and {k + 1}: from (z, kappa) = ({z}, {kappa}) to ({after}, "
            f"{below}): z must not fall, kappa must not rise, and not both may stay"
        )
    if below == kappa:
        return Flat(kappa, z, after)
    inverse = (after - z) / (kappa - below)
    return Slope(z + inverse * kappa, inverse, below, kappa)


def _last(end: str, p: Point, beside: Piece | None, *, above: bool) -> list[Piece]:
    """Return the piece beyond an end point: to the left of it kappa is above."""
    z, kappa = p
    if end == "level":
        return [Flat(kappa, None, z) if above else Flat(kappa, z, None)]
    at, inverse = z, _ZERO
    if end == "on":
        if isinstance(beside, Flat):
            return _last("level", p, None, above=above)
        assert isinstance(beside, Slope)  # there are two points
        at, inverse = beside.at, beside.inverse
    return [Slope(at, inverse, kappa if above else None, None if above else kappa)]
