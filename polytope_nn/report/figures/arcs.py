"""The figure of a continuum: the directions of two neurons that turn together (general B6).

One panel for each lifted plane: the tight cone between its two rays, in the plane's own
coordinates, with the two arcs of directions that optimal pairs of neurons can have. Solid and
dashed lines join the two neurons of some pairs; a dot is the end of an arc. The bytes are the
same on every run.
"""

from fractions import Fraction
from math import atan2, pi
from typing import Any

from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import Scalars
from polytope_nn.vector.lifted import Lifted
from polytope_nn.vector.polytope import OptimalSet

from .paper.forms import picture_bytes
from .paper.look import BLUE, INK, PALE, RED, STYLE

__all__ = ["arcs_figure"]

_PAIRS = 5  # that are drawn, both ends among them
_FOOT = (
    "between two tight rays: arcs of the directions that two neurons sweep together\n"
    "solid: the first of some pairs; dashed: the second; ●: an end"
)


def arcs_figure(P: OptimalSet, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file.

    Raises
    ------
    InstanceError
        When the lifted optimal set is not known to be one point: there is nothing to draw.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    parts = P.optimum.lifted
    if not parts:
        raise InstanceError(
            "--figure: the lifted optimal set is not known to be one point: leave it out"
        )
    with mpl.rc_context(STYLE):
        figure = Figure(
            figsize=(max(5.6, 3.4 * len(parts) + 0.6), 4.0), layout="constrained"
        )
        FigureCanvasAgg(figure)
        for i, part in enumerate(parts):
            axes = figure.add_subplot(1, len(parts), i + 1, projection="polar")
            _panel(axes, part)
        figure.suptitle(title, fontsize=10, x=0.02, ha="left")
        figure.supxlabel(_FOOT, fontsize=8, color=INK, x=0.02, ha="left")
        return picture_bytes(figure, form)


def _panel(axes: Any, part: Lifted) -> None:  # noqa: ANN401 - axes of a polar plot
    """Draw one plane: its cone, the pairs, the arcs that they sweep."""
    low, high = sorted(_angle(part, ray.g) for ray in part.rays)
    axes.set_thetalim(low, high)
    axes.set_ylim(0, 1.15)
    axes.set_yticks([])
    axes.set_xticks([low, high])
    axes.set_xticklabels(["ray"] * 2, color=INK)
    axes.set_title(f"face {part.kernel.face}: T of rank {part.rank}", fontsize=9, color=INK)
    if not part.has_arcs:
        for _, g, _ in part.fewest():
            axes.plot([_angle(part, g)] * 2, [0, 1], color=BLUE, lw=1.4)
        return
    shares = [Fraction(i, _PAIRS - 1) for i in range(_PAIRS)]
    pairs = [[_angle(part, g) for _, g, _ in part.member(s)] for s in shares]
    for place, colour in enumerate((BLUE, RED)):
        ends = sorted((pairs[0][place], pairs[-1][place]))
        steps = [ends[0] + (ends[1] - ends[0]) * k / 60 for k in range(61)]
        axes.plot(steps, [1] * len(steps), color=colour, lw=3)
        axes.plot(ends, [1, 1], "o", color=colour, ms=5, clip_on=False)
        for pair in pairs:
            style = "--" if place else "-"
            axes.plot([pair[place]] * 2, [0, 1], style, color=colour, lw=0.9)
    axes.spines["polar"].set_color(PALE)


def _angle(part: Lifted, g: Scalars) -> float:
    """Return the angle of a direction of the plane from the first ray, for the eye."""
    import numpy as np

    first, second, u = (
        np.array([float(t) for t in v]) for v in (part.rays[0].g, part.rays[1].g, g)
    )
    along = first / np.linalg.norm(first)
    across = second - (second @ along) * along
    across = across / np.linalg.norm(across)
    return max(0, min(pi, atan2(float(u @ across), float(u @ along))))
