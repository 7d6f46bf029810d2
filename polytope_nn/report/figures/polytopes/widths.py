"""P_m for each width as a strip: the points of P that use at most m atoms, inside P.

Bold edges and filled faces are those of P_m, the rest of P is pale. Marks are those of the
staircase: an open diamond is a vertex that fills all m slots, isolated in Theta_m; a disc
can move.
"""

from typing import TYPE_CHECKING, Any

from polytope_nn.errors import UnboundedError
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.report.figures.paper.look import INK, PALE, Look, Sheet, bare, one_panel
from polytope_nn.report.text import count

from .body import Body, body_of
from .drawing import frame_of, label_vertices
from .shadow import Shadow, on_a_circle, shadow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_widths", "shown_widths", "size_of_strip", "widths_picture"]

_PANELS = 8
_IN_A_ROW, _ACROSS = 4, 3
_NAMED = 12  # vertices that get a name in a panel
_ROOMY = 2.6  # a panel with names is so many of the longest wide, at least


def widths_picture(P: OptimalPolytope, title: str, form: str) -> bytes:
    """Return the strip of P_m as the bytes of a file."""
    foot = (
        "bold and filled: $P_m$ inside P, its vertices named by the atoms they use, from 0; "
        "●: can move\n◇: fills all m slots and is isolated in $\\Theta_m$"
    )
    if P.dim > 3:
        foot += "; the vertex–edge graph on a circle, lengths mean nothing"
    wide, tall = size_of_strip(P)
    return one_panel(
        lambda axes, look: draw_widths(axes, P, look),
        title,
        form,
        Sheet((wide, tall + 0.9), foot),
    )


def size_of_strip(P: OptimalPolytope) -> tuple[float, float]:
    """Return the width and height of the strip in inches."""
    across, down = _grid(len(shown_widths(P.staircase, body_of(P))))
    return max(6.4, 2.7 * across), (1.3 if P.dim < 2 else 2.9) * down


def _grid(count: int) -> tuple[int, int]:
    """Return how many panels stand in a row, and how many rows there are."""
    across = count if count <= _IN_A_ROW else _ACROSS
    return across, -(-count // across)


def shown_widths(S: Staircase, body: Body) -> list[int]:
    """Return the widths that get a panel: from m* until what is drawn no longer changes.

    The last one is ``min{m* + M*, n + 1}`` where that is later: all of P again, as the
    theorem says. With more than fit, the last one stands for those left out.
    """
    if S.reason:
        raise UnboundedError(S.reason)
    parts = (*body.edges, *(body.polygons if body.dim < 4 else ()))
    last = max(S.threshold, *S.sizes, *(part.level for part in parts))
    widths = list(range(S.m_star, last + 1))
    if len(widths) > _PANELS:
        widths = [*widths[: _PANELS - 1], last]
    if S.bound_talk > last and len(widths) < _PANELS:
        widths.append(S.bound_talk)
    return widths


def draw_widths(axes: "Axes", P: OptimalPolytope, look: Look) -> None:
    """Draw the strip on axes, one panel a width."""
    S, body = P.staircase, body_of(P)
    cast = shadow(body) if body.dim < 4 else on_a_circle(body)
    widths = shown_widths(S, body)
    across, down = _grid(len(widths))
    bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for i, m in enumerate(widths):
        x, y = i % across, down - 1 - i // across
        spot = ((x + 0.03) / across, (y + 0.02) / down, 0.94 / across, 0.8 / down)
        panel: Any = axes.inset_axes(spot)
        # an inset is placed when the figure is drawn; names are placed now
        panel.apply_aspect(panel.get_axes_locator()(panel, None))
        _panel(panel, body, cast, m, look)
        step = S[m]
        noun = "component" if step.polytope_components == 1 else "components"
        axes.text(
            (x + 0.5) / across, (y + 0.86) / down,
            f"m = {m}: {count(step.polytope_components)} {noun}", ha="center",
            va="bottom", fontsize=look.fontsize, color=INK,
        )  # fmt: skip


def _panel(axes: "Axes", body: Body, cast: Shadow, m: int, look: Look) -> None:
    """Draw P_m inside P."""
    frame_of(axes, cast)
    for part in body.polygons if body.dim < 4 else ():
        if part.level <= m:
            corners = cast.places[list(part.vertices)]
            axes.fill(*corners.T, facecolor=look.color, alpha=0.22, lw=0, zorder=1)
    thin = min(1.0, 40 / max(1, len(body.edges))) ** 0.5
    for part in body.edges:
        inside = part.level <= m
        axes.plot(
            *cast.places[list(part.vertices)].T, color=INK if inside else PALE,
            lw=(1.5 if inside else 0.4) * thin * look.linewidth, zorder=3 if inside else 2,
            alpha=1 if inside else 0.7, solid_capstyle="round",
        )  # fmt: skip
    for v, (x, y) in enumerate(cast.places):
        level, size = body.levels[v], look.markersize
        if level > m:
            style: dict[str, Any] = {"marker": ".", "ms": 0.5 * size, "color": PALE}
        elif level == m and body.alone[v]:
            style = {"marker": "D", "ms": 0.8 * size, "mfc": "white", "mec": look.second}
            style |= {"mew": 1.6}
        else:
            style = {"marker": "o", "ms": size, "mfc": look.color, "mec": look.color}
        axes.plot(x, y, ls="", zorder=4, clip_on=False, **style)
    wide = axes.get_window_extent().width * 72 / float(axes.figure.dpi)
    longest = 0.62 * look.fontsize * max(map(len, body.names))
    if look.labels and len(body.names) <= _NAMED and wide > _ROOMY * longest:
        label_vertices(axes, body, cast, look)
