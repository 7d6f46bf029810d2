"""The figure: the ladder of stationary values, and where descents end.

Left, the objective with a rung for each value; leaders spread the rungs to rows. Right, a
bar for the share of the descents that end on it. Shape, fill and colour tell the kinds apart:
filled blue disc, global; green square, local minimum; open vermillion diamond, saddle; grey
cross, undecided. The bytes are the same on every run.
"""

from typing import TYPE_CHECKING, Any

from polytope_nn.stationary.descents import Ends
from polytope_nn.stationary.points import StationaryPoints

from .paper.forms import picture_bytes
from .paper.look import BLUE, GREEN, INK, PALE, RED, STYLE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_ladder", "ladder_figure"]

KINDS = {
    "global": ("o", BLUE, BLUE, "global minimum"),
    "local": ("s", GREEN, GREEN, "local minimum"),
    "saddle": ("D", "white", RED, "saddle"),
    "undecided": ("X", "white", PALE, "undecided"),
}
_MOST = 36  # rows; of more values the lowest, and those where descents end, are shown


def ladder_figure(S: StationaryPoints, ends: Ends, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = _shown(S, ends)
    with mpl.rc_context(STYLE):
        height = max(3.2, 0.27 * len(shown) + 1.5)
        figure = Figure(figsize=(8.6, height), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
        _ladder(left, S, [ends.values[i] for i in shown], shown, Look())
        _shares(right, ends, shown)
        _legend(figure, S)
        left_out = len(S.values) - len(shown)
        more = f" ({left_out} higher values without descents left out)" if left_out else ""
        figure.suptitle(f"{title}, width {S.width}{more}", fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def _shown(S: StationaryPoints, ends: Ends) -> list[int]:
    """Return the places of the values that have a row, ascending."""
    every = range(len(S.values))
    order = sorted(every, key=lambda i: (-min(ends.counts[i], 1), i))
    return sorted(order[:_MOST])


def _kinds(S: StationaryPoints, i: int) -> list[tuple[str, int]]:
    """Return the kinds of the networks of a value, with their numbers."""
    found = [p.kind for p in S.of_value(S.values[i])]
    return [(kind, found.count(kind)) for kind in KINDS if kind in found]


def draw_ladder(axes: "Axes", S: StationaryPoints, look: Look) -> None:
    """Draw the lowest values on axes, as rungs with the networks that have them."""
    from matplotlib.lines import Line2D

    shown = list(range(min(len(S.values), _MOST)))
    _ladder(axes, S, [float(S.values[i]) for i in shown], shown, look)
    if look.labels:
        axes.legend(
            handles=[Line2D([], [], ls="", **mark) for mark in _marks(S, look).values()],
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False,
            fontsize=look.fontsize,
        )  # fmt: skip


def _marks(S: StationaryPoints, look: Look) -> dict[str, dict[str, Any]]:
    """Return how the kinds that occur are marked."""
    kinds = {p.kind for p in S}
    own = {BLUE: look.color, RED: look.second}
    return {
        kind: {
            "marker": marker, "mfc": own.get(face, face), "mec": own.get(edge, edge),
            "mew": 1.5, "ms": 6 / 7 * look.markersize, "label": label,
        }
        for kind, (marker, face, edge, label) in KINDS.items()
        if kind in kinds
    }  # fmt: skip


def _ladder(
    axes: "Axes", S: StationaryPoints, values: list[float], shown: list[int], look: Look
) -> None:
    """Draw the rungs at their heights, and leaders to the rows."""
    from matplotlib.ticker import MaxNLocator

    low, high = min(values), max(values)
    span = (high - low) or 1.0
    marks = _marks(S, look)
    for row, (i, value) in enumerate(zip(shown, values, strict=True)):
        rung = (value - low) / span * (len(shown) - 1)
        axes.plot(
            [0, 0.16], [rung, rung], color=INK, lw=look.linewidth, solid_capstyle="butt"
        )
        axes.plot([0.16, 0.5, 0.56], [rung, row, row], color=PALE, lw=0.7)
        x = 0.62
        for kind, times in _kinds(S, i):
            axes.plot(x, row, ls="", zorder=3, **marks[kind])
            axes.text(
                x + 0.05, row, f"×{times}", va="center", color=INK,
                fontsize=8 / 9 * look.fontsize,
            )  # fmt: skip
            x += 0.2
        axes.text(
            1.28, row, f"{value:.8g}", va="center", ha="right", color=INK,
            fontsize=look.fontsize,
        )  # fmt: skip
    round_values = MaxNLocator(5).tick_values(low, high) if high > low else [low]
    ticks = [t for t in round_values if low <= t <= high]
    axes.set_yticks([(t - low) / span * (len(shown) - 1) for t in ticks])
    axes.set_yticklabels([f"{t:.4g}" for t in ticks])
    axes.set_ylabel("objective", color=INK)
    axes.set_xticks([])
    axes.set_xlim(0, 1.3)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _shares(axes: "Axes", ends: Ends, shown: list[int]) -> None:
    """Draw the share of the descents that end on each value."""
    for row, i in enumerate(shown):
        share = 100 * ends.counts[i] / ends.runs
        axes.barh(row, share, height=0.62, color="#B9CFE0", zorder=2)
        if ends.counts[i]:
            axes.text(
                share + 0.6, row, f"{share:.3g} %", va="center", color=INK, fontsize=8
            )
    most = max(*ends.counts, 1) / ends.runs * 100
    axes.set_xlim(0, 1.2 * most)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_yticks([])
    other = f", {ends.elsewhere} elsewhere" if ends.elsewhere else ""
    other += f"\n{ends.growing} end at no network: a bias grows" if ends.growing else ""
    axes.set_xlabel(f"share of {ends.runs} descents that end there, in %{other}", color=INK)
    axes.spines[["top", "right"]].set_visible(False)


def _legend(figure: object, S: StationaryPoints) -> None:
    """Name the kinds that occur."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    assert isinstance(figure, Figure)
    handles = [Line2D([], [], ls="", **mark) for mark in _marks(S, Look()).values()]
    figure.legend(handles=handles, loc="outside lower left", ncols=4, frameon=False)
