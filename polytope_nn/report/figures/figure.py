"""The figure: the staircase of connectivity above the merge tree that makes it.

Both panels share the width m as their axis. Above, each column shows the components of
Theta_m: open vermillion diamonds are isolated points, filled blue discs larger components
(shape and fill tell them apart in grey). Below, each line is a vertex of P, born at its
support size; lines meet at the width that joins them. The bytes are the same on every run.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from polytope_nn.landscape.staircase import Staircase, Step
from polytope_nn.report.text import count, steps
from polytope_nn.report.tree import Branch, condensed, rows

from .paper.forms import FORMS, picture_bytes
from .paper.look import CALM, INK, PALE, STYLE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FORMS", "STYLE", "columns", "short", "staircase_figure"]

_TALLEST = 6  # glyphs on top of each other in a column
_ACROSS = 2  # and beside each other


def staircase_figure(S: Staircase, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = steps(S)
    trunk = condensed(S.sizes, S.merges)
    with mpl.rc_context(STYLE):
        figure = Figure(
            figsize=(min(24, max(5.6, 1.35 * len(shown) + 1.4)), 4.6 + 0.19 * rows(trunk)),
            layout="constrained",
        )
        FigureCanvasAgg(figure)
        above, below = figure.subplots(
            2, 1, sharex=True, height_ratios=(3.2, 0.85 + 0.19 * rows(trunk))
        )
        columns(above, shown)
        _tree(below, trunk, shown[0].width, shown[-1].width)
        _thresholds(above, below, S)
        figure.suptitle(title, fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def columns(axes: "Axes", shown: Sequence[Step], look: Look = Look()) -> None:  # noqa: B008 - frozen
    """Draw the components of each Theta_m, all of them or a representative few."""
    piles = [_glyphs(step) for step in shown]
    across = [1 if len(glyphs) <= 4 else _ACROSS for glyphs in piles]
    heights = [-(-len(pile) // k) for pile, k in zip(piles, across, strict=True)]
    top = max(heights) + 0.9
    for step, glyphs, beside, height in zip(shown, piles, across, heights, strict=True):
        for i, isolated in enumerate(glyphs):
            x = step.width + 0.3 * (i % beside - (beside - 1) / 2)
            _glyph(axes, x, i // beside + 0.5, look, isolated=isolated)
        if len(glyphs) < step.components:
            axes.text(step.width, height + 0.02, "⋯", ha="center", va="bottom", color=INK)
        if look.labels:
            _numbers(axes, step, top, look)
    axes.set_ylim(0, top + 2.3)
    axes.set_yticks([])
    axes.set_ylabel(r"components of $\Theta_m$", color=INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(labelbottom=False, bottom=False)


def _numbers(axes: "Axes", step: Step, top: float, look: Look) -> None:
    """Write how many components there are, and of which kind, above a column."""
    larger = step.components - step.isolated
    lines = []
    if larger:
        lines.append((f"{short(larger)} larger", look.color))
    if step.isolated:
        lines.append((f"{short(step.isolated)} isolated", look.second))
    for k, (words, colour) in enumerate(reversed(lines)):
        axes.text(
            step.width, top + 0.62 * k, words, ha="center", color=colour,
            fontsize=look.fontsize,
        )  # fmt: skip
    total = short(step.components)
    axes.text(
        step.width,
        top + 1.45,
        total,
        ha="center",
        color=INK,
        fontsize=13 / 9 * look.fontsize,
        weight="bold",
    )


def short(number: int) -> str:
    """Return a count as it fits a column: its leading digits where it is long."""
    if number < 10**7:
        return count(number)
    digits = str(number)
    return rf"${digits[0]}.{digits[1:3]}\cdot 10^{{{len(digits) - 1}}}$"


def _glyphs(step: Step) -> list[bool]:
    """Return whether each glyph of a column is isolated; some where all are too many."""
    most = _ACROSS * _TALLEST
    larger = step.components - step.isolated
    blue = min(larger, most - min(step.isolated, most // 2))
    return [False] * blue + [True] * min(step.isolated, most - blue)


def _glyph(axes: "Axes", x: float, y: float, look: Look, *, isolated: bool) -> None:
    size, width = look.markersize, look.linewidth
    if isolated:
        axes.plot(
            x, y, "D", ms=6 / 7 * size, mfc="white", mec=look.second,
            mew=9 / 7 * width, zorder=3,
        )  # fmt: skip
    else:
        axes.plot(x, y, "o", ms=2 * size, mfc=look.color, mec=INK, mew=0.6, zorder=3)


def _tree(axes: "Axes", trunk: Branch, first: int, last: int) -> None:
    """Draw the merge tree, its root to the right, one row a leaf (or a sheaf of leaves)."""
    height = rows(trunk)
    place = iter(range(height))

    def draw(branch: Branch, end: float) -> float:
        """Draw a branch up to level ``end``; return its height."""
        if not branch.children:
            y = float(next(place))
        else:
            ys = [draw(child, branch.level) for child in branch.children]
            axes.plot([branch.level] * 2, [min(ys), max(ys)], color=INK, lw=1.2, zorder=2)
            y = (min(ys) + max(ys)) / 2
        sheaf = branch.times > 1
        axes.plot(
            [branch.level, end], [y, y], color=INK, lw=2.6 if sheaf else 1.2, zorder=2
        )
        if not branch.children:
            axes.plot(branch.level, y, "s", ms=4.5, mfc="white", mec=INK, mew=1.1, zorder=3)
        if sheaf:
            axes.text(
                branch.level + 0.08, y - 0.1, f"×{short(branch.times)}", va="bottom",
                fontsize=7.5, color=INK,
            )  # fmt: skip
        return y

    draw(trunk, last + 0.45)
    axes.set_ylim(height - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_ylabel("vertices of P", color=INK)
    axes.set_xlabel(
        "width m  (a vertex begins at its support size; lines meet where joined)"
    )
    axes.set_xticks(range(first, last + 1))
    axes.spines[["top", "right", "left"]].set_visible(False)


def _thresholds(above: "Axes", below: "Axes", S: Staircase) -> None:
    """Mark the four widths in both panels, one label for those that coincide."""
    places = {
        "$m^*=M^*$" if S.m_star == S.M_star else "$m^*$": S.m_star,
        "$M^*+1$": S.M_star + 1,
        r"$\min\{m^*+M^*,\,n+1\}$": S.bound_talk,
        "connected for good": S.threshold,
    }
    last = steps(S)[-1].width
    for axes in (above, below):
        axes.axvspan(S.threshold - 0.5, last + 0.6, color=CALM, lw=0, zorder=0)
    for m in sorted(set(places.values())):
        names = [name for name, place in places.items() if place == m]
        exact = m == S.threshold
        for axes in (above, below):
            axes.axvline(
                m - 0.5,
                color=INK if exact else PALE,
                lw=1.6 if exact else 1,
                ls="-" if exact else (0, (4, 3)),
                zorder=1,
            )
        above.text(
            m - 0.46, above.get_ylim()[1], "\n".join(names), va="bottom", ha="left",
            fontsize=8.5, color=INK, linespacing=1.25,
        )  # fmt: skip
    above.set_xlim(S.m_star - 0.6, last + 0.6)
