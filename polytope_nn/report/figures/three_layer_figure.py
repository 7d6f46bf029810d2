"""The figure of the two widths: components of the optimal networks, a cell for each (m, k)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from polytope_nn.parallel.counts.widths import WidthStep
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.report.text import number
from polytope_nn.report.three_layer import step_text

from .paper.look import CALM, INK, PALE, Look, Sheet, one_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_table", "table_figure"]


def table_figure(O: ParallelOptimum, table: Sequence[WidthStep], form: str) -> bytes:
    """Return the table as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file.

    A cell says components/isolated points: blue where the networks are connected, red where
    some are isolated, pale where none is optimal. The bytes are the same on every run.
    """
    across = len({step.k for step in table}) or 1
    down = len({step.m for step in table}) or 1
    problem = O.problem
    name = f"{problem.name}: " if problem.name else ""
    helps = "depth helps" if O.depth_helps else "depth does not help"
    title = f"{name}β² = {number(problem.two_layer.beta_squared)}, {helps}"
    foot = (
        "components/isolated points of the optimal networks\n"
        "shaded: connected; red: some isolated; ·: none is optimal"
    )
    size = (max(4.2, 1.6 + 0.95 * across), 1.5 + 0.6 * down)
    return one_panel(
        lambda axes, look: draw_table(axes, table, look),
        title,
        form,
        Sheet(size, foot, scales=True),
    )


def draw_table(axes: "Axes", table: Sequence[WidthStep], look: Look) -> None:
    """Draw the table on axes."""
    from matplotlib.patches import Rectangle

    columns = sorted({step.k for step in table}) or [1]
    rows = sorted({step.m for step in table}) or [1]
    for step in table:
        x, y = columns.index(step.k), rows.index(step.m)
        connected = step.components == 1
        edge = look.second if step.isolated else look.color if connected else INK
        if step.components == 0:
            edge = PALE
        face = CALM if connected else "white"
        shown = step_text(step)
        axes.add_patch(
            Rectangle(
                (x - 0.45, y - 0.42),
                0.9,
                0.84,
                facecolor=face,
                edgecolor=edge,
                linewidth=look.linewidth / 1.4,
            )
        )
        colour = PALE if not step.components else INK
        axes.text(
            x, y, shown, ha="center", va="center", color=colour, fontsize=look.fontsize
        )
    axes.set_xlim(-0.6, len(columns) - 0.4)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xticks(range(len(columns)), [str(k) for k in columns])
    axes.set_yticks(range(len(rows)), [str(m) for m in rows])
    axes.set_xlabel("inner neurons k of a branch")
    axes.set_ylabel("branches m")
