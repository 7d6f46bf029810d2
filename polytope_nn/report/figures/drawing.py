"""Pictures of a path of optimal networks: a strip of its breakpoints, and ribbons between.

Above, one panel a breakpoint: a bar per slot, its height the share of the weight decay the
neuron pays (the shares of an optimal network add up to 1), upwards for a positive neuron,
downwards for a negative one, its atom's number in it. Below, each slot is a ribbon along
the path: its thickness is the same share, exact at every point since masses are linear.
Colours tell the atoms apart, numbers do so in grey. The bytes are the same on every run.
"""

from typing import TYPE_CHECKING, Any

from polytope_nn.exact.scalar import squared_norm
from polytope_nn.paths.path import Path
from polytope_nn.vector.paths import VectorPath

from .paper.forms import picture_bytes
from .paper.look import ATOM_COLOURS, INK, PALE, STYLE, Look, breakpoint_by_slot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_path", "path_strip"]

_MOST_PANELS = 14

Shares = list[tuple[int, float] | None]


def path_strip(path: Path | VectorPath, title: str, form: str) -> bytes:
    """Return the picture as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = _shares(path)
    signs = _signs(path)
    shown = _spread(len(rows))
    with mpl.rc_context(STYLE):
        ribbon_height = 0.5 + 0.42 * path.width
        width = max(6.4, 1.5 * len(shown) + 0.8)
        figure = Figure(figsize=(width, 2.7 + ribbon_height), layout="constrained")
        FigureCanvasAgg(figure)
        parts: Any = figure.subfigures(2, 1, height_ratios=(2.4, ribbon_height))
        above, below = parts
        axes = above.subplots(1, len(shown), sharex=True, sharey=True, squeeze=False)[0]
        names = ("start", *path.moves)
        for panel, i in zip(axes, shown, strict=True):
            _bars(panel, rows[i], signs)
            panel.set_title(f"{i}: {names[i]}", fontsize=9, color=INK)
        axes[0].set_ylabel("share of the cost", color=INK)
        axes[0].set_xlabel("slot", color=INK)
        _ribbons(below.subplots(), rows, _names(path), Look())
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def draw_path(axes: "Axes", path: Path | VectorPath, look: Look) -> None:
    """Draw the slots along a path on axes, one ribbon a slot."""
    _ribbons(axes, _shares(path), _names(path), look)


def _names(path: Path | VectorPath) -> list[str]:
    """Return the names of the atoms: sign and number, of directions the number alone."""
    if isinstance(path, VectorPath):
        return list(map(str, range(len(path.directions))))
    return [f"{'+' if s > 0 else '−'}{a}" for a, s in enumerate(_signs(path))]


def _signs(path: Path | VectorPath) -> list[int]:
    """Return the signs of the atoms; 1 where outputs have directions instead."""
    if isinstance(path, VectorPath):
        return [1] * len(path.directions)
    return [atom.sign for atom in path.polytope.atoms]


def _spread(count: int) -> list[int]:
    """Return the breakpoints that get a panel: all, or some spread evenly over them.

    >>> _spread(3), len(_spread(40)), _spread(40)[-1]
    ([0, 1, 2], 14, 39)
    """
    if count <= _MOST_PANELS:
        return list(range(count))
    return [i * (count - 1) // (_MOST_PANELS - 1) for i in range(_MOST_PANELS)]


def _shares(path: Path | VectorPath) -> list[Shares]:
    """Return, per breakpoint and slot, the atom and its share of the cost."""
    prices = [1.0] * len(path.atoms)
    if isinstance(path, VectorPath):  # directions have any length
        prices = [float(squared_norm(a.h)) for a in path.directions]
    rows: list[Shares] = []
    for placement in path.placements:
        costs = [held and float(held[1]) * prices[held[0]] for held in placement]
        whole = sum(cost or 0.0 for cost in costs) or 1.0
        pairs = zip(placement, costs, strict=True)
        rows.append([held and (held[0], (cost or 0.0) / whole) for held, cost in pairs])
    return rows


def _colour(atom: int) -> str:
    return ATOM_COLOURS[atom % len(ATOM_COLOURS)]


def _bars(axes: "Axes", shares: Shares, signs: list[int]) -> None:
    """Draw one breakpoint."""
    axes.axhline(0, color=INK, lw=0.8)
    for j, held in enumerate(shares):
        if held is None:
            axes.plot(j + 1, 0, "_", color=PALE, ms=9, mew=2)
            continue
        atom, share = held
        height = signs[atom] * share
        axes.bar(j + 1, height, 0.8, color=_colour(atom), edgecolor=INK, linewidth=0.7)
        axes.text(
            j + 1,
            height + (0.02 if height > 0 else -0.02),
            str(atom),
            ha="center",
            va="bottom" if height > 0 else "top",
            fontsize=8,
            color=INK,
        )
    low = -1.14 if min(signs, default=1) < 0 else -0.06
    axes.set_ylim(low, 1.14 if max(signs, default=1) > 0 else 0.06)
    axes.set_xlim(0.4, max(1, len(shares)) + 0.6)
    axes.set_xticks(range(1, len(shares) + 1))
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelsize=8)


def _ribbons(axes: "Axes", rows: list[Shares], names: list[str], look: Look) -> None:
    """Draw the slots along the path."""
    width = len(rows[0])
    for j in range(width):
        y = width - j
        axes.axhline(y, color="#DDDDDD", lw=0.8, zorder=0)
        for i in range(max(1, len(rows) - 1)):
            before, after = rows[i][j], rows[min(i + 1, len(rows) - 1)][j]
            held = before or after
            if held is None:
                continue
            start = before[1] if before else 0.0
            end = after[1] if after else 0.0
            ends = [0.45 * start, 0.45 * end]
            axes.fill_between(
                [i, i + 1],
                [y - t for t in ends],
                [y + t for t in ends],
                color=_colour(held[0]),
                edgecolor=INK,
                linewidth=0.5 * look.linewidth / 1.4,
            )
            if not look.labels:
                continue
            axes.text(
                i + (0.08 if start > 0 else 0.92),
                y,
                names[held[0]],
                ha="left" if start > 0 else "right",
                va="center",
                fontsize=7 / 9 * look.fontsize,
                color=INK,
                bbox={
                    "boxstyle": "round,pad=0.12",
                    "fc": "white",
                    "ec": "none",
                    "alpha": 0.75,
                },
            )
    last = max(1, len(rows) - 1)
    breakpoint_by_slot(axes, last, width)
    axes.set_xlabel("breakpoint; in the ribbons the sign and number of the atom", color=INK)
