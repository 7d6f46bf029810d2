"""How a picture looks: the colours of the house, and what ``plot(**style)`` may change."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from polytope_nn.errors import InstanceError, MissingEngineError
from polytope_nn.meant import meant

from .forms import picture_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

__all__ = [
    "ATOM_COLOURS",
    "BLUE",
    "CALM",
    "GREEN",
    "INK",
    "PALE",
    "RED",
    "STYLE",
    "Look",
    "Sheet",
    "bare",
    "breakpoint_by_slot",
    "in_style",
    "look_of",
    "new_axes",
    "one_panel",
    "require_matplotlib",
]

RED, BLUE, INK, PALE, CALM = "#C8401C", "#0B5FA5", "#222222", "#8A8A8A", "#EFF4F8"
GREEN = "#2E7D4F"
# Okabe and Ito, Color universal design (2008): told apart by the colour-blind
ATOM_COLOURS = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"),
    "#999999",
)
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "mathtext.fontset": "dejavusans",
    "text.usetex": False,
    "svg.hashsalt": "polytope_nn",
    "svg.fonttype": "path",
    "axes.linewidth": 0.8,
    "path.simplify": False,
}


@dataclass(frozen=True)
class Look:
    """What a picture's user may change of it."""

    color: str = BLUE
    second: str = RED
    linewidth: float = 1.4
    markersize: float = 7
    fontsize: float = 9
    labels: bool = True


def look_of(style: dict[str, Any]) -> Look:
    """Return the look of a style, or refuse a word that is none of it.

    >>> look_of({"labels": False}).labels
    False
    """
    known = [f.name for f in fields(Look)]
    for name in style:
        if name not in known:
            cure = meant(name, known, f"known: {', '.join(known)}")
            raise InstanceError(f"plot: {name} is no style of a picture: {cure}")
    return Look(**style)


def require_matplotlib(what: str) -> None:
    """Raise :class:`MissingEngineError` where no picture can be drawn."""
    if find_spec("matplotlib") is None:
        raise MissingEngineError(
            f"{what}: matplotlib is not installed, which draws figures: "
            'pip install "polytope_nn[plot]"'
        )


def in_style() -> AbstractContextManager[None]:
    """Return the context in which pictures are drawn: the house's fonts and lines."""
    import matplotlib as mpl

    return mpl.rc_context(STYLE)


def new_axes(size: tuple[float, float] = (6.4, 4.8)) -> "Axes":
    """Return axes of a new figure of pyplot, which a notebook shows."""
    from matplotlib import pyplot as plt

    axes: Axes = plt.subplots(layout="constrained", figsize=size)[1]
    return axes


def bare(axes: "Axes", *, keep: str = "") -> None:
    """Take ticks and frame off, but for the sides that are kept."""
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(side in keep.split())
    if "left" not in keep:
        axes.set_yticks([])
    if "bottom" not in keep:
        axes.set_xticks([])


def breakpoint_by_slot(axes: "Axes", last: int, width: int) -> None:
    """Put breakpoints up to the last one below axes, and slots from the top beside them."""
    for i in range(last + 1):
        axes.axvline(i, color=PALE, lw=0.6, ls=(0, (2, 2)), zorder=0)
    axes.set_xlim(0, last)
    axes.set_ylim(0.4, max(1, width) + 0.6)
    axes.set_yticks(range(1, width + 1), [f"slot {width - t}" for t in range(width)])
    axes.set_xticks(range(last + 1), [str(i) for i in range(last + 1)])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=8)


@dataclass(frozen=True)
class Sheet:
    """What a picture is drawn on: its size in inches, its foot, room for ``scales``."""

    size: tuple[float, float] = (6.4, 4.8)
    foot: str = ""
    scales: bool = False


def one_panel(
    draw: "Callable[[Axes, Look], object]",
    title: str,
    form: str,
    sheet: "Sheet",
) -> bytes:
    """Return the bytes of a figure of one picture under its title, lines at its foot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with in_style():
        width, height = sheet.size
        lines = sheet.foot.count("\n") + 1 if sheet.foot else 0
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        room = 0.45 if sheet.scales else 0
        low, high = (0.12 + 0.17 * lines + room) / height, 1 - 0.42 / height
        side, left = 0.15 / width, (0.15 + 1.2 * room) / width
        axes = figure.add_axes((left, low, 1 - side - left, high - low))
        draw(axes, Look())
        figure.text(side, 1 - 0.1 / height, title, fontsize=11, va="top")
        figure.text(side, 0.08 / height, sheet.foot, fontsize=8, color=INK, va="bottom")
        return picture_bytes(figure, form)
