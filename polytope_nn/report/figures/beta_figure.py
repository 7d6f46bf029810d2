"""The figure of a path of beta: widths and atoms against beta, breakpoints marked."""

from fractions import Fraction
from math import nan
from typing import TYPE_CHECKING

from polytope_nn.exact.scalar import nearest_float
from polytope_nn.homotopy.beta_path import BetaInterval, BetaPath

from .paper.forms import picture_bytes
from .paper.look import BLUE, INK, PALE, RED, STYLE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["beta_figure", "draw_beta"]

_APART = 0.07  # least distance of two labels, of the axis
_GREEN = "#2F7D4F"
_LETTERS = {"leaves": "−", "enters": "+", "face": "F", "wall": "W", "separates": "D"}
_SEEN = Fraction(999, 1000)  # of an interval: the rest is no wider than a line
_LINES = (
    ("threshold", "threshold", RED, "-", 2.4),
    ("M_star", "$M^*$", BLUE, "-", 1.6),
    ("m_star", "$m^*$", INK, (0, (4, 2)), 1.6),
    ("n_atoms", "atoms", _GREEN, (0, (1, 1.5)), 1.6),
)


def beta_figure(found: BetaPath, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file.

    Intervals are hatched where more of them is not proved than a line is wide.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.2, 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        draw_beta(figure.subplots(), found, Look())
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def draw_beta(axes: "Axes", found: BetaPath, look: Look) -> None:
    """Draw a path of beta on axes."""
    shown = [i for i in found.intervals if i.type is not None]
    if shown:
        _steps(axes, shown, look)
        _breakpoints(axes, found, look)
        _ticks(axes, shown)
    axes.set_ylabel("width, number")
    axes.set_xlabel(r"weight decay $\beta$ (falls to the right)")
    axes.spines[["top", "right"]].set_visible(False)


def _ends(i: BetaInterval, least: float) -> tuple[float, float]:
    return max(nearest_float(i.lower) or 0.0, least), nearest_float(i.upper) or 0.0


def _steps(axes: "Axes", shown: list[BetaInterval], look: Look) -> None:
    """Draw a step line for each number; lines that coincide lie beside each other."""
    least = _least(shown)
    for place, (name, label, colour, dash, width) in enumerate(_LINES):
        shift = 0.06 * (1.5 - place)
        x: list[float] = []
        y: list[float] = []
        for i in shown:
            low, high = _ends(i, least)
            if x and high < x[-1]:  # between them nothing is proved
                x, y = [*x, nan], [*y, nan]
            x += [high, low]
            y += [getattr(i.type, name) + shift] * 2
        axes.plot(
            x, y, color={BLUE: look.color, RED: look.second}.get(colour, colour), ls=dash,
            lw=width * look.linewidth / 1.4, label=label, zorder=3,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(_ends(shown[0], least)[1] * 1.06, least / 1.06)
    highest = max(max(i.type.threshold, i.type.n_atoms) for i in shown if i.type)
    lowest = min(min(i.type.m_star, i.type.n_atoms) for i in shown if i.type)
    axes.set_yticks(range(lowest, highest + 1))
    axes.set_ylim(lowest - 0.5, highest + 0.5)
    if look.labels:
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.01, 1.05), ncols=4, frameon=False,
            fontsize=8.5 / 9 * look.fontsize,
        )  # fmt: skip


def _least(shown: list[BetaInterval]) -> float:
    """Return where the axis ends: at the lower end, or below the last breakpoint."""
    last = nearest_float(shown[-1].lower) or 0.0
    return last or (nearest_float(shown[-1].upper) or 1.0) / 10


def _ticks(axes: "Axes", shown: list[BetaInterval]) -> None:
    """Write beta at both ends and at the events between, where there is room."""
    from math import log

    least = _least(shown)
    first = _ends(shown[0], least)[1]
    room = _APART * log(first / least)
    kept = [first, least]
    for i in shown:
        low = _ends(i, least)[0]
        if i.event in _LETTERS and all(abs(log(low / x)) >= room for x in kept):
            kept.append(low)
    axes.set_xticks(kept, [f"{x:.3g}" for x in kept])
    axes.minorticks_off()


def _breakpoints(axes: "Axes", found: BetaPath, look: Look) -> None:
    top = axes.get_ylim()[1]
    for i in found.intervals:
        low, high = _ends(i, axes.get_xlim()[1])
        if i.proved < _SEEN:
            axes.axvspan(low, high, color=PALE, alpha=0.25, lw=0, hatch="//", zorder=0)
        if i.event in _LETTERS:
            axes.axvline(low, color=PALE, lw=0.8, ls=(0, (4, 3)), zorder=1)
            axes.text(
                low,
                top,
                _LETTERS[i.event],
                ha="center",
                va="bottom",
                fontsize=8.5 / 9 * look.fontsize,
                color=INK,
            )
    key = "+ enters   − leaves   F face   W wall   D separates"
    if any(i.proved < _SEEN for i in found.intervals):
        key += "   hatched: not all proved"
    if look.labels:
        axes.text(
            1, 1.09, key, transform=axes.transAxes, ha="right", va="bottom",
            fontsize=7.5 / 9 * look.fontsize,
        )  # fmt: skip
