"""The picture of two networks joined: the objective along the path, above its slots.

Above, the objective from end to end, down to the optimum and up again
(:mod:`~polytope_nn.report.figures.roads.objective`), on a scale of decades where it spans
some. Below, each slot is a ribbon: its thickness is the weight decay of its neuron, as a share
of the most that all pay together. Optimal directions have the colours and numbers of their
atoms, others are grey. The bytes are the same on every run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.exact.radical import decimal, exactly
from polytope_nn.exact.scalar import Scalars, middle
from polytope_nn.paths.connection import Connection
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.report.figures.paper.forms import picture_bytes
from polytope_nn.report.figures.paper.look import (
    ATOM_COLOURS,
    BLUE,
    INK,
    STYLE,
    Look,
    breakpoint_by_slot,
)
from polytope_nn.vector.descent import tight_directions
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.vector.trained.connection import VectorConnection

from .objective import along, draw_profile, profile

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["connection_figure", "costs_of", "profile_of_pairs"]

_ALIKE = 1e-9
_THIN = 0.16  # half a ribbon's thickness in slots, below which a name hides it
_DECADES = 30  # times the least, from which the scale of objectives is one of decades
_COLOURS = ATOM_COLOURS[:-1]  # without its grey
_GREYS = ("#BDBDBD", "#969696", "#D4D4D4", "#7F7F7F")

Ribbon = tuple[int, float] | None  # a ray and its share


def connection_figure(found: Connection | VectorConnection, title: str, form: str) -> bytes:
    """Return the picture as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    P = found.down.polytope
    if isinstance(found, Connection):
        D = found.down.polytope.optimum.training_of_slopes
        rays = _Rays([(a.sign, a.g) for a in found.down.polytope.atoms])
        rows, sampled = _ribbons_of(D, found, rays), profile(D, found.breakpoints)
    else:
        pairs = found.down.polytope.optimum.problem
        rays = _Rays([(0, u.g) for u in tight_directions(found.down.polytope)])
        rows = _ribbons_of_pairs(pairs, found, rays)
        sampled = profile_of_pairs(pairs, found.breakpoints)
    with mpl.rc_context(STYLE):
        low = 0.7 + 0.4 * found.width
        lines = max(1, len(rows) - 1)
        figure = Figure(figsize=(min(20, max(6.4, 1.1 * lines + 1.6)), 3.1 + low),
                        layout="constrained")  # fmt: skip
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.6, low))
        heights = [float(x) for x in found.objectives]
        look = Look(color=BLUE, labels=False)
        draw_profile(above, sampled, heights, P.optimum.value, look)
        best, rise = exactly(P.optimum.value), found.barrier
        said = f"optimum {decimal(best, 6)}, barrier {decimal(rise, 6)}"
        above.set_title(said, fontsize=9, color=INK, loc="left")
        least, most = min(heights), max(heights)
        if least > 0 and most > _DECADES * least:
            above.set_yscale("log")
            above.set_ylim(least / 1.6, most * 1.6)
        above.set_xlabel("")
        _slots(below, rows, rays)
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


@dataclass
class _Rays:
    """The directions of neurons in floats: the optimal ones first; of pairs the sign is 0."""

    optimal: Sequence[tuple[int, Scalars]]
    known: list[tuple[int, list[float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = [(s, _unit(g)) for s, g in self.optimal]

    def name(self, i: int) -> str:
        """Return the sign of a direction, and its number where it is optimal."""
        sign = ("", "+", "−")[self.known[i][0]]
        return f"{sign}{i if i < len(self.optimal) else ''}"

    def place(self, sign: int, u: Scalars) -> int:
        """Return the number of a direction, a new one where it is not known."""
        unit = _unit(u)
        for i, (s, r) in enumerate(self.known):
            if s == sign and all(abs(p - q) < _ALIKE for p, q in zip(unit, r, strict=True)):
                return i
        self.known.append((sign, unit))
        return len(self.known) - 1


def _unit(u: Scalars) -> list[float]:
    middles = list(map(middle, u))
    largest = max(map(abs, middles))
    return [float(t / largest) for t in middles]


def _ribbons_of(D: TrainingProblem, found: Connection, rays: _Rays) -> list[list[Ribbon]]:
    """Return, per breakpoint and slot, the direction and its share of the largest cost."""
    free = D.bias == "free"
    costs, places = [], []
    for net in found.breakpoints:
        used = [x if x is not None and any(map(middle, x.u)) else None for x in net.slots]
        costs.append(
            [
                x.cost(D.beta_squared, free_bias=free).middle if x else Fraction(0)
                for x in used
            ]
        )
        places.append([None if x is None else rays.place(x.sign, x.u) for x in used])
    most = max(map(sum, costs)) or Fraction(1)
    return [
        [
            None if i is None else (i, float(c / most))
            for i, c in zip(held, paid, strict=True)
        ]
        for held, paid in zip(places, costs, strict=True)
    ]


def _ribbons_of_pairs(
    D: VectorProblem, found: VectorConnection, rays: _Rays
) -> list[list[Ribbon]]:
    """Return the same of networks with several outputs."""
    costs = [costs_of(D, net) for net in found.breakpoints]
    most = max(map(sum, costs)) or 1.0
    return [
        [
            None
            if x is None or not any(map(middle, x.u))
            else (rays.place(0, x.u), c / most)
            for x, c in zip(net.slots, paid, strict=True)
        ]
        for net, paid in zip(found.breakpoints, costs, strict=True)
    ]


def _held(before: Ribbon, after: Ribbon) -> int | None:
    """Return the number of the ray that a slot holds between two breakpoints."""
    held = before or after
    return held[0] if held else None


def _label(axes: "Axes", at: tuple[int, int], ends: tuple[float, float], name: str) -> None:
    """Name a ribbon once, where it begins: in its middle, or above it where it is thin."""
    (i, y), half = at, 0.23 * sum(ends)  # of its thickness in the middle of the segment
    thin = half < _THIN
    axes.text(
        i + 0.5, y + half + 0.03 if thin else y, name, ha="center",
        va="bottom" if thin else "center", fontsize=7, color=INK,
    )  # fmt: skip


def _slots(axes: "Axes", rows: list[list[Ribbon]], rays: _Rays) -> None:
    """Draw the slots along the path."""
    width, last = len(rows[0]), max(1, len(rows) - 1)
    for j in range(width):
        y = width - j
        axes.axhline(y, color="#DDDDDD", lw=0.8, zorder=0)
        for i in range(len(rows) - 1):
            before, after = rows[i][j], rows[i + 1][j]
            place = _held(before, after)
            if place is None:
                continue
            start, end = before[1] if before else 0.0, after[1] if after else 0.0
            optimal = place < len(rays.optimal)
            grey = _GREYS[(place - len(rays.optimal)) % len(_GREYS)]
            colour = _COLOURS[place % len(_COLOURS)] if optimal else grey
            axes.fill_between(
                [i, i + 1], [y - 0.46 * start, y - 0.46 * end],
                [y + 0.46 * start, y + 0.46 * end], color=colour, edgecolor=INK, linewidth=0.5,
            )  # fmt: skip
            if not i or _held(rows[i - 1][j], before) != place:
                _label(axes, (i, y), (start, end), rays.name(place))
    breakpoint_by_slot(axes, last, width)
    signed = any(s for s, _ in rays.known)
    named = (
        "the sign, and the number of the atom" if signed else "the number of the direction"
    )
    axes.set_xlabel(f"breakpoint; where a ribbon begins {named}", color=INK)


@dataclass(frozen=True)
class _State:
    """The u (m, d) and v (m, c) of the slots, what they cost for beta 1, the free part."""

    u: "Floats"
    v: "Floats"
    cost: "Floats"
    skip: "Floats"
    constant: "Floats"


def profile_of_pairs(
    D: VectorProblem, networks: Sequence[VectorNetwork]
) -> "tuple[Floats, Floats]":
    """Return places along a path and the objective there, in floats, breakpoints included."""
    states = [_state(D, net) for net in networks]
    return along(states, lambda a, b, share: _objective(D, a, b, share))


def costs_of(D: VectorProblem, net: VectorNetwork) -> list[float]:
    """Return what the slots of a network cost, in floats."""
    beta = float(D.beta_squared) ** 0.5
    return [0.0 if x is None else beta * float(x.cost) for x in net.slots]


def _state(D: VectorProblem, net: VectorNetwork) -> _State:
    import numpy as np

    d, c = len(D.design[0]), D.c
    u = [[float(t) for t in x.u] if x is not None else [0.0] * d for x in net.slots]
    v = [[float(t) for t in x.v] if x is not None else [0.0] * c for x in net.slots]
    skip = [[float(t) for t in row] for row in net.skip or [[0] * c] * len(D.X[0])]
    constant = [float(t) for t in net.constant or [0] * c]
    return _State(*map(np.array, (u, v, costs_of(D, net), skip, constant)))


def _objective(D: VectorProblem, a: _State, b: _State, share: float) -> float:
    """Return the objective at a share of a line, on which each slot keeps the ray of its u.

    A slot that is balanced on the way has its cost fall from what it was.
    """
    import numpy as np

    u, beta = a.u.copy(), float(D.beta_squared) ** 0.5
    start, end = a.v.copy(), b.v.copy()
    for j, (one, other) in enumerate(zip(a.u, b.u, strict=True)):
        lengths = np.linalg.norm(one), np.linalg.norm(other)
        if not lengths[0]:
            u[j] = other
        elif lengths[1]:
            end[j] *= lengths[1] / lengths[0]
    v = (1 - share) * start + share * end
    paid = beta * np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1)
    for state, weight in ((a, 1 - share), (b, share)):
        own = beta * np.linalg.norm(state.u, axis=1) * np.linalg.norm(state.v, axis=1)
        paid = paid + weight * np.maximum(state.cost - own, 0)
    X = np.array([[float(t) for t in x] for x in D.design])
    plain = np.array([[float(t) for t in x] for x in D.X])
    fit = np.maximum(X @ u.T, 0) @ v + plain @ ((1 - share) * a.skip + share * b.skip)
    fit = fit + (1 - share) * a.constant + share * b.constant
    rows = tuple(tuple(Fraction(float(t)) for t in row) for row in fit)
    loss = D.loss(rows)
    assert loss is not None  # connections are of finite ones
    return float(loss) + float(paid.sum())
