"""The picture of two networks joined: the objective along the path, above its slots.

Above, the objective from end to end, down to the optimum and up again
(:mod:`~polytope_nn.report.figures.objective`), on a scale of decades where it spans some. Below,
each slot is a ribbon: its thickness is the weight decay of its neuron, as a share of the most
that all pay together. Optimal directions have the colours and numbers of their atoms, others
are grey. The bytes are the same on every run.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import Atom
from polytope_nn.exact.radical import decimal, exactly
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.paths.connection import Connection
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.report.figures.objective import draw_objective
from polytope_nn.report.figures.paper.forms import picture_bytes
from polytope_nn.report.figures.paper.look import ATOM_COLOURS, BLUE, INK, PALE, STYLE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["connection_figure"]

_ALIKE = 1e-9
_DECADES = 30  # times the least, from which the scale of objectives is one of decades
_COLOURS = ATOM_COLOURS[:-1]  # without its grey
_GREYS = ("#BDBDBD", "#969696", "#D4D4D4", "#7F7F7F")

Ribbon = tuple[int, float] | None  # a ray and its share


def connection_figure(found: Connection, title: str, form: str) -> bytes:
    """Return the picture as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    P = found.down.polytope
    rays = _Rays(P.atoms)
    rows = _ribbons_of(P.optimum.training_of_slopes, found, rays)
    with mpl.rc_context(STYLE):
        low = 0.7 + 0.4 * found.width
        lines = max(1, len(rows) - 1)
        figure = Figure(figsize=(min(20, max(6.4, 1.1 * lines + 1.6)), 3.1 + low),
                        layout="constrained")  # fmt: skip
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.6, low))
        draw_objective(above, found, Look(color=BLUE, labels=False))
        best, rise = exactly(P.optimum.value), found.barrier
        said = f"optimum {decimal(best, 6)}, barrier {decimal(rise, 6)}"
        above.set_title(said, fontsize=9, color=INK, loc="left")
        heights = [float(x) for x in found.objectives]
        least, most = min(heights), max(heights)
        if least > 0 and most > _DECADES * least:
            above.set_yscale("log")
            above.set_ylim(least / 1.6, most * 1.6)
        above.set_xlabel("")
        _slots(below, rows, rays, P.atoms)
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def _middle(x: Scalar) -> Fraction:
    return exactly(x).middle


@dataclass
class _Rays:
    """The directions of neurons in floats: those of the atoms first."""

    atoms: tuple[Atom, ...]
    known: list[tuple[int, list[float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = [(a.sign, _unit(a.g)) for a in self.atoms]

    def place(self, sign: int, u: Scalars) -> int:
        """Return the number of a direction, a new one where it is not known."""
        unit = _unit(u)
        for i, (s, r) in enumerate(self.known):
            if s == sign and all(abs(p - q) < _ALIKE for p, q in zip(unit, r, strict=True)):
                return i
        self.known.append((sign, unit))
        return len(self.known) - 1


def _unit(u: Scalars) -> list[float]:
    middles = list(map(_middle, u))
    largest = max(map(abs, middles))
    return [float(t / largest) for t in middles]


def _ribbons_of(D: TrainingProblem, found: Connection, rays: _Rays) -> list[list[Ribbon]]:
    """Return, per breakpoint and slot, the direction and its share of the largest cost."""
    free = D.bias == "free"
    costs, places = [], []
    for net in found.breakpoints:
        used = [x if x is not None and any(map(_middle, x.u)) else None for x in net.slots]
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


def _slots(
    axes: "Axes", rows: list[list[Ribbon]], rays: _Rays, atoms: tuple[Atom, ...]
) -> None:
    """Draw the slots along the path."""
    width, last = len(rows[0]), max(1, len(rows) - 1)
    for j in range(width):
        y = width - j
        axes.axhline(y, color="#DDDDDD", lw=0.8, zorder=0)
        for i in range(len(rows) - 1):
            before, after = rows[i][j], rows[i + 1][j]
            held = before or after
            if held is None:
                continue
            start, end = before[1] if before else 0.0, after[1] if after else 0.0
            place = held[0]
            optimal = place < len(atoms)
            grey = _GREYS[(place - len(atoms)) % len(_GREYS)]
            colour = _COLOURS[place % len(_COLOURS)] if optimal else grey
            axes.fill_between(
                [i, i + 1], [y - 0.46 * start, y - 0.46 * end],
                [y + 0.46 * start, y + 0.46 * end], color=colour, edgecolor=INK, linewidth=0.5,
            )  # fmt: skip
            sign = "+" if rays.known[place][0] > 0 else "−"
            axes.text(
                i + (0.05 if start > 0 else 0.95), y, f"{sign}{place if optimal else ''}",
                ha="left" if start > 0 else "right", va="center", fontsize=7, color=INK,
                bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75},
            )  # fmt: skip
    for i in range(last + 1):
        axes.axvline(i, color=PALE, lw=0.6, ls=(0, (2, 2)), zorder=0)
    axes.set_xlim(0, last)
    axes.set_ylim(0.4, max(1, width) + 0.6)
    axes.set_yticks(range(1, width + 1), [f"slot {width - t}" for t in range(width)])
    axes.set_xticks(range(last + 1), [str(i) for i in range(last + 1)])
    axes.set_xlabel(
        "breakpoint; in a ribbon the sign, and the number of the atom", color=INK
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=8)
