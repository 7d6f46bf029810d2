"""One piece of its loss for every sample: a problem whose equations a search knows (general §2).

At an optimum each sample stands on a piece of its loss's graph. On a *slope* its fit is
``at - inverse kappa``: a squared loss, or where inverse is 0 a label that is fitted exactly. On
a *flat* kappa is a given number and the fit is free: a free column that is a unit vector, at
a price. On a smooth graph the fit is ``zeta(kappa)``. The optimum of the problem made of these
pieces is that of the whole, if they are the right ones: what is found is verified there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import Vector, unit_vector
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.relu import ReluUnit
from polytope_nn.search.candidate import Hint
from polytope_nn.search.derived import Derived
from polytope_nn.search.programs.conic import ConicInterpolation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "PieceProgram",
    "Pieces",
    "Standing",
    "fit_in_floats",
    "nears",
    "on_pieces",
    "standing",
]

_ZERO = Fraction(0)
_BITS = 64  # of a fit in floats

Standing = Flat | Slope | Smooth


@dataclass(frozen=True, init=False, repr=False)
class Pieces(Derived):
    """The problem of ``whole`` with every sample on one piece."""

    pieces: tuple[Standing, ...]

    def __init__(self, whole: Problem, pieces: Sequence[Standing]) -> None:
        y = tuple(p.at if isinstance(p, Slope) else _ZERO for p in pieces)
        self._take(whole, pieces=tuple(pieces), y=y)

    @cached_property
    def unit(self) -> ReluUnit:
        """The neurons, those of the whole."""
        return self.whole.unit

    @cached_property
    def flats(self) -> dict[int, Fraction]:
        """The samples on flats, with their kappa."""
        return {k: p.at for k, p in enumerate(self.pieces) if isinstance(p, Flat)}

    @cached_property
    def free(self) -> FreePart:
        """What is fitted freely: the free part of the whole, then a unit vector per flat."""
        units = [unit_vector(k, self.n) for k in self.flats]
        free = self.whole.free
        columns = (*free.columns, *units)
        return FreePart(self.n, columns, free.has_slopes, free.has_constant, free.limited)

    @property
    def prices(self) -> Vector:
        """What ``Z'kappa`` is: 0 on the free part, on flats their kappa."""
        return (*(_ZERO for _ in self.whole.free.columns), *self.flats.values())

    @property
    def curves(self) -> tuple[Smooth | None, ...]:
        """The smooth graphs, None where a sample is on another piece."""
        return tuple(p if isinstance(p, Smooth) else None for p in self.pieces)

    @cached_property
    def inverse_weights(self) -> Vector:
        """The slopes of the pieces, 0 on flats and smooth graphs."""
        return tuple(p.inverse if isinstance(p, Slope) else _ZERO for p in self.pieces)

    @property
    def has_loss(self) -> bool:
        """Whether the pieces alone make kappa unique: no sample is fitted exactly."""
        return not any(isinstance(p, Slope) and not p.inverse for p in self.pieces)

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.whole.d

    def fits(self, kappa: "NDArray[np.float64] | Sequence[float]") -> list[float]:
        """Return the fits of a kappa in floats; on flats 0, which is as good as any."""
        return [fit_in_floats(p, t) for p, t in zip(self.pieces, kappa, strict=True)]


def fit_in_floats(piece: Standing, t: float) -> float:
    """Return the fit of a kappa on a piece; on a flat 0, which is as good as any."""
    if isinstance(piece, Flat):
        return 0.0
    if isinstance(piece, Slope):
        return float(piece.at) - float(piece.inverse) * t
    inside = _inside(piece, t)
    return float(piece.fit(Ball.from_rational(Fraction(inside), _BITS)))


def _inside(curve: Smooth, t: float) -> float:
    """Return a kappa inside of the open domain of a smooth graph, near t."""
    low, high = (None if end is None else float(end) for end in curve.domain)
    room = 1e-9 if low is None or high is None else 1e-9 * (high - low)
    if low is not None:
        t = max(t, low + room)
    if high is not None:
        t = min(t, high - room)
    return t or 1e-30  # a power has no slope at 0


class PieceProgram(ConicInterpolation):
    """The sizes and the charts of the program of the whole, for one piece a sample."""

    def __init__(self, problem: Pieces, whole: ConicInterpolation, hint: Hint) -> None:
        object.__setattr__(self, "problem", problem)
        object.__setattr__(self, "given", hint)
        # as cached properties keep them
        for name in ("charts", "lengths", "label_scale", "beta", "ratios"):
            self.__dict__[name] = getattr(whole, name)

    def hint(self) -> Hint:
        """Return the solution of the program of the whole."""
        given: Hint = self.__dict__["given"]
        return given

    def fit(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the fits of the pieces at a dual variable, in units of the labels."""
        import numpy as np

        problem = self.problem
        assert isinstance(problem, Pieces)  # as it was made
        kappa = np.array([float(t) for t in self.exact(scaled)])
        units = [float(length * self.label_scale) for length in self.lengths]
        return np.array([z / u for z, u in zip(problem.fits(kappa), units, strict=True)])


def on_pieces(
    problem: Problem,
    point: tuple[Sequence[float], Sequence[float]],
    near: float,
    *,
    ends: bool = False,
    units: Sequence[tuple[float, float]] = (),
) -> tuple[Standing, ...]:
    """Return the piece of each sample that a point (kappa, fit) in floats stands on.

    With ``units`` of kappa and the fit of each sample ``near`` is a part of those, too. A point
    within ``near`` of a flat is on it unless its fit is as near to an end; with
    ``ends`` also then: a fit may be the end of a flat whose kappa it has. The graph of
    a power has no slope at ``kappa = 0``, or no curvature: within a ``near`` that is not 0 it is a
    piece of its own there.
    """
    kappa, fits = point
    found: list[Standing] = []
    tiny = near * max(map(abs, kappa), default=0.0)
    for k, (row, t, z) in enumerate(zip(rows_of(problem.loss), kappa, fits, strict=True)):
        if not isinstance(row, Smooth):
            unit = units[k] if units else None
            found.append(standing(row, (t, z), near, ends=ends, unit=unit))
        elif near and isinstance(row, Power) and abs(t) <= tiny:
            flat = Flat(_ZERO, row.y, row.y)
            found.append(Slope(row.y, _ZERO, None, None) if row.p > 2 else flat)
        else:
            found.append(row)
    return tuple(found)


def nears(problem: Problem, others: Sequence[float]) -> tuple[float, ...]:
    """Return how near a point is to a piece that it is on, in turn; 0 first for a power."""
    powers = any(isinstance(row, Power) for row in rows_of(problem.loss))
    return (0.0, *others) if powers else tuple(others)


def standing(
    graph: Graph,
    point: tuple[float, float],
    near: float,
    *,
    ends: bool = False,
    unit: tuple[float, float] | None = None,
) -> Flat | Slope:
    """Return the piece of a graph that a point (kappa, fit) in floats stands on."""
    t, z = point
    flats = [p for p in graph.pieces if isinstance(p, Flat)]
    scale = max([abs(float(p.at)) for p in flats], default=0)
    if unit is None:
        size, scale = max(abs(z), 1.0), scale or 1.0
    else:
        size, scale = max(abs(z), unit[1]), min(scale or unit[0], unit[0])
    for piece in flats:
        if abs(t - float(piece.at)) > near * scale:
            continue
        own = [float(e) for e in (piece.low, piece.high) if e is not None]
        inside = (piece.low is None or z > own[0]) and (piece.high is None or z < own[-1])
        at_end = any(abs(z - end) <= near * size for end in own)
        if (ends and at_end) or (inside and not at_end):
            return piece
    slopes = [p for p in graph.pieces if isinstance(p, Slope)]
    off = [
        (_off(p, t), abs(float(p.fit(Fraction(t))) - z), i) for i, p in enumerate(slopes)
    ]
    off = [(max(a - near * scale, 0.0), b, i) for a, b, i in off]
    if not off:
        return min(flats, key=lambda p: abs(t - float(p.at)))
    return slopes[min(off)[2]]


def _off(piece: Slope, t: float) -> float:
    """Return how far kappa is from the interval of a slope."""
    below = 0.0 if piece.low is None else float(piece.low) - t
    above = 0.0 if piece.high is None else t - float(piece.high)
    return max(below, above, 0.0)
