"""The conic program of a problem with any of its losses, in floats (general §2).

A graph is cut at the fit that belongs to ``kappa = 0`` into steps up and down, each with a
slope of its price: what a step costs is a linear or quadratic function of its length. Of a
smooth loss the program has the epigraph, in exponential and power cones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.graphs import Flat, Graph
from polytope_nn.problems.losses.smooth import Exponential, Logistic, Poisson, Power, Smooth
from polytope_nn.search.programs.conic import ConicInterpolation
from polytope_nn.search.programs.priced import Priced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LossProgram", "Step", "priced_rows", "steps"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Step:
    """A step of a fit from the one of ``kappa = 0``: up (1) or down (-1).

    A length v of it costs ``slope v + v^2 / (2 inverse)``, or ``slope v`` where inverse is 0;
    ``length`` None is no end.
    """

    side: int
    slope: Fraction
    inverse: Fraction
    length: Fraction | None


def steps(graph: Graph) -> tuple[Fraction, tuple[Step, ...]]:
    """Return a fit of ``kappa = 0`` and the steps from it, the cheapest first on each side.

    >>> from polytope_nn.problems.losses.kinds import huber
    >>> one = Fraction(1)
    >>> start, found = steps(huber(2 * one, one, one))
    >>> str(start), [(s.side, str(s.slope), str(s.length)) for s in found]
    ('2', [(1, '0', '1'), (1, '1', 'None'), (-1, '0', '1'), (-1, '1', 'None')])
    """
    found = graph.interval(_ZERO)
    assert found is not None  # every loss here is least somewhere
    low, high = found
    start = low if low is not None else high
    assert isinstance(start, Fraction)  # an end of a graph
    return start, (*_steps(graph, 1, start), *_steps(graph, -1, start))


def _steps(graph: Graph, side: int, start: Fraction) -> Iterator[Step]:
    pieces = reversed(graph.pieces) if side > 0 else iter(graph.pieces)
    for piece in pieces:  # in the order in which z moves to this side
        if isinstance(piece, Flat):
            low, high = (piece.low, piece.high) if side > 0 else (piece.high, piece.low)
            if -side * piece.at < 0:
                continue  # on the other side of kappa = 0
            begin = start if piece.at == 0 else low
            assert begin is not None  # a flat that is not the first begins somewhere
            length = None if high is None else side * (high - begin)
            if length is None or length > 0:
                yield Step(side, -side * piece.at, _ZERO, length)
        elif piece.inverse:
            # kappa falls from a to b as z moves up, rises as it moves down
            a, b = (piece.high, piece.low) if side > 0 else (piece.low, piece.high)
            if b is not None and -side * b <= 0:
                continue
            a = _ZERO if a is None or -side * a < 0 else a
            length = None if b is None else piece.inverse * -side * (b - a)
            yield Step(side, -side * a, piece.inverse, length)


def priced_rows(
    rows: "Sequence[Graph | Smooth]", units: Sequence[float], total: float
) -> Priced:
    """Return the variables that price fits: each in its unit, all prices divided by a total."""
    import numpy as np

    build = _Builder(len(rows))
    for i, (row, unit) in enumerate(zip(rows, units, strict=True)):
        if isinstance(row, Smooth):
            _smooth(build, i, row, unit, total)
        else:
            _piecewise(build, i, row, unit, unit / total)
    return build.priced(np.array(build.labels))


class LossProgram(ConicInterpolation):
    """The conic program of a problem with a separable loss."""

    def priced(self, kept: Sequence[int]) -> Priced:
        """Return the variables that price the fits of the kept samples."""
        loss = self.problem.loss
        assert isinstance(loss, SeparableLoss)  # others have programs of their own
        units = [float(self.lengths[k] * self.label_scale) for k in kept]
        total = float(self.beta * self.label_scale)
        return priced_rows([loss.rows[k] for k in kept], units, total)


class _Builder:
    """Variables and cones, one after another."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.labels = [0.0] * n
        self.columns: list[
            tuple[int, float, float, float]
        ] = []  # row, in it, linear, curved
        self.rows: list[tuple[dict[int, float], float]] = []
        self.cones: list[tuple[str, tuple[Any, ...]]] = []

    def variable(self, row: int, entry: float, linear: float, curved: float = 0) -> int:
        """Add a variable that stands in the equation of a row; return its place."""
        self.columns.append((row, entry, linear, curved))
        return len(self.columns) - 1

    def cone(
        self, name: str, given: tuple[Any, ...], *rows: tuple[dict[int, float], float]
    ) -> None:
        """Put ``constant + sum coefficient variable``, one for each row, in a cone."""
        self.cones.append((name, given))
        self.rows += rows

    def priced(self, labels: "NDArray[np.float64]") -> Priced:
        """Return the part of a program."""
        import numpy as np

        width = len(self.columns)
        fits = np.zeros((self.n, width))
        rows = np.zeros((len(self.rows), width))
        for j, (row, entry, _, _) in enumerate(self.columns):
            if entry:
                fits[row, j] = entry
        for i, (coefficients, _) in enumerate(self.rows):
            for j, t in coefficients.items():
                rows[i, j] = -t
        linear = np.array([linear for _, _, linear, _ in self.columns])
        curved = np.array([curved for _, _, _, curved in self.columns])
        right = np.array([constant for _, constant in self.rows])
        return Priced(labels, fits, linear, curved, rows, right, tuple(self.cones))


def _piecewise(build: _Builder, i: int, graph: Graph, unit: float, price: float) -> None:
    """Add the steps of a graph: its fits are in units of ``unit``, its kappa of ``1/price``."""
    start, found = steps(graph)
    build.labels[i] = float(start) / unit
    for step in found:
        curved = unit * price / float(step.inverse) if step.inverse else 0.0
        j = build.variable(i, -step.side, float(step.slope) * price, curved)
        build.cone("NonnegativeConeT", (1,), ({j: 1.0}, 0.0))
        if step.length is not None:
            build.cone("NonnegativeConeT", (1,), ({j: -1.0}, float(step.length) / unit))


def _smooth(build: _Builder, i: int, row: Smooth, unit: float, price: float) -> None:
    """Add the epigraph of a smooth loss: r is the fit, its price is in units of ``price``."""
    y, w = float(row.y), float(row.weight) / price
    if isinstance(row, Poisson):
        r = build.variable(i, -1.0, -w * y * unit)
        t = build.variable(i, 0.0, w)
        build.cone("ExponentialConeT", (), ({r: unit}, 0.0), ({}, 1.0), ({t: 1.0}, 0.0))
    elif isinstance(row, Exponential):
        r = build.variable(i, -1.0, 0.0)
        t = build.variable(i, 0.0, w)
        build.cone(
            "ExponentialConeT", (), ({r: -y * unit}, 0.0), ({}, 1.0), ({t: 1.0}, 0.0)
        )
    elif isinstance(row, Logistic):
        r = build.variable(i, -1.0, 0.0)
        t = build.variable(i, 0.0, w)
        one, two = build.variable(i, 0.0, 0.0), build.variable(i, 0.0, 0.0)
        build.cone("ExponentialConeT", (), ({t: -1.0}, 0.0), ({}, 1.0), ({one: 1.0}, 0.0))
        build.cone(
            "ExponentialConeT",
            (),
            ({r: -y * unit, t: -1.0}, 0.0),
            ({}, 1.0),
            ({two: 1.0}, 0.0),
        )
        build.cone("NonnegativeConeT", (1,), ({one: -1.0, two: -1.0}, 1.0))
    else:
        assert isinstance(row, Power)  # the last of the smooth losses
        p = float(row.p)
        r = build.variable(i, -1.0, 0.0)
        t = build.variable(i, 0.0, w * unit**p / p)
        build.cone(
            "PowerConeT", (1 / p,), ({t: 1.0}, 0.0), ({}, 1.0), ({r: 1.0}, -y / unit)
        )
