"""The figure of holes: the staircase of connectivity above the bars of P.

Both panels share the width m as their axis. Above, the components of Theta_m as in the
staircase's own figure; below, the bars by degree: each begins at the width at which its
hole of P_m is born and ends where it is filled, a thick one stands for several. The bytes
are the same on every run.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from polytope_nn.landscape.staircase import Staircase
from polytope_nn.landscape.topology.cells import Bar
from polytope_nn.landscape.topology.holes import Holes

from .figure import columns, short
from .paper.forms import picture_bytes
from .paper.look import CALM, INK, PALE, STYLE, Look, Sheet, one_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars_picture", "draw_bars", "holes_figure"]

_COLOURS = ("#2E7D32", "#7B4FA3", "#B26A00")  # of degrees 3 and more
_WIDEST = 24  # widths that are drawn


def holes_figure(S: Staircase, H: Holes, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    widths = list(H)[:_WIDEST]
    grouped = _grouped(H)
    with mpl.rc_context(STYLE):
        tall = 0.24 * len(grouped) + 0.9
        figure = Figure(
            figsize=(min(24, max(5.6, 1.35 * len(widths) + 1.4)), 4.0 + tall),
            layout="constrained",
        )
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3.2, tall))
        columns(above, [S[m] for m in widths])
        _bars(below, grouped, (widths[0], widths[-1]), Look())
        for axes in (above, below):
            axes.axvspan(H.threshold - 0.5, widths[-1] + 0.6, color=CALM, lw=0, zorder=0)
            axes.axvline(H.threshold - 0.5, color=INK, lw=1.6, zorder=1)
        above.text(
            H.threshold - 0.46, above.get_ylim()[1], "connected for good", va="bottom",
            ha="left", fontsize=8.5, color=INK,
        )  # fmt: skip
        above.set_xlim(widths[0] - 0.6, widths[-1] + 0.6)
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def bars_picture(H: Holes, title: str, form: str) -> bytes:
    """Return the bars of P alone as the bytes of a file."""
    tall = 0.24 * len(_grouped(H)) + 1.6
    wide = min(24, max(5.6, 1.0 * len(list(H)) + 2))
    sheet = Sheet((wide, tall), scales=True)
    return one_panel(lambda axes, look: draw_bars(axes, H, look), title, form, sheet)


def draw_bars(axes: "Axes", H: Holes, look: Look) -> None:
    """Draw the bars of P on axes."""
    widths = list(H)[:_WIDEST]
    _bars(axes, _grouped(H), (widths[0], widths[-1]), look)
    axes.set_xlim(widths[0] - 1.6, widths[-1] + 0.8)


def _grouped(H: Holes) -> list[tuple[int, Bar, int]]:
    """Return the bars with their degrees, equal ones as one with their number."""
    return [
        (i, bar, times)
        for i, bars in H.bars.items()
        for bar, times in Counter(bars).items()
    ]


def _bars(
    axes: "Axes", grouped: Sequence[tuple[int, Bar, int]], ends: tuple[int, int], look: Look
) -> None:
    """Draw the bars, one row for equal ones, degree by degree from the top."""
    first, last = ends
    colours = (INK, look.color, look.second, *_COLOURS)
    thick, size = look.linewidth / 1.4, look.fontsize / 9
    previous = None
    for y, (i, (birth, death), times) in enumerate(grouped):
        colour = colours[i % len(colours)]
        end = last + 0.5 if death is None else death - 0.5
        axes.plot(
            [birth - 0.5, end], [y, y], color=colour, lw=(4.5 if times > 1 else 2) * thick,
            zorder=2,
            solid_capstyle="butt",
        )  # fmt: skip
        if death is None:
            axes.plot(end, y, ">", ms=5, color=colour, zorder=3)
        if times > 1 and look.labels:
            axes.text(
                birth - 0.45,
                y - 0.12,
                f"×{short(times)}",
                fontsize=7.5 * size,
                color=colour,
            )
        if i != previous:
            axes.text(
                first - 0.64, y, f"degree {i}", fontsize=8 * size, color=colour, va="center",
                ha="right",
            )  # fmt: skip
            if previous is not None:
                axes.axhline(y - 0.5, color=PALE, lw=0.6, zorder=1)
        previous = i
    axes.set_ylim(len(grouped) - 0.4, -0.8)
    axes.set_yticks([])
    axes.set_xlabel(r"width m  (a bar: the widths at which a hole of $P_m$ lives)")
    axes.set_xticks(range(first, last + 1))
    axes.spines[["top", "right", "left"]].set_visible(False)
