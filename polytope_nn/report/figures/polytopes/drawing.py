"""The optimal polytope: exact shadows up to dimension 3, a Schlegel diagram in dimension 4.

Beyond, and for many vertices, the vertex-edge graph.

A vertex is named by its support: the numbers of the atoms that its networks use, counted
from 0. Dashed lines and open discs lie behind.
"""

from typing import TYPE_CHECKING, Any

from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.report.figures.paper.labels import Around, Label, put_labels
from polytope_nn.report.figures.paper.look import (
    CALM,
    INK,
    PALE,
    Look,
    Sheet,
    bare,
    one_panel,
)

from .body import Body, body_of
from .shadow import Shadow, shadow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_body", "frame_of", "label_vertices", "polytope_picture"]

_NAMED = 40  # vertices that get a name; on the circle half as many
_DASHED = (0, (3, 2.2))
_LEVELS = (("-", 2.2), ("-", 1.1), ((0, (5, 2)), 1.1), ((0, (1.2, 1.6)), 1.1))


def polytope_picture(P: OptimalPolytope, title: str, form: str) -> bytes:
    """Return the picture of an optimal polytope as the bytes of a file."""
    body = body_of(P)
    size = f"dim P = {body.dim}, {len(body.names)} " + (
        "vertex" if len(body.names) == 1 else "vertices"
    )
    foot = "a vertex is named by its support: the atoms it uses, numbered from 0"
    if body.dim > 3:
        foot += f"\n{_said_of(body)}; an edge lies in $P_m$ for the m at its line"
    elif body.dim == 3:
        foot += "; dashed: behind"
    return one_panel(
        lambda axes, look: draw_body(axes, body, look),
        f"{title}: {size}",
        form,
        Sheet((6.4, 2.0 if body.dim < 2 else 5.6), foot),
    )


def _said_of(body: Body) -> str:
    """Return what the picture of a body of dimension 4 and more is."""
    if body.base:
        return "Schlegel diagram: seen through the shaded facet"
    return "the vertex–edge graph on a circle, lengths mean nothing"


def draw_body(axes: "Axes", body: Body, look: Look) -> None:
    """Draw a body on axes."""
    cast = shadow(body)
    frame_of(axes, cast)
    if body.dim > 3:
        _graph(axes, body, cast, look)
    else:
        _solid(axes, body, cast, look)
    for v, (x, y) in enumerate(cast.places):
        behind = v in cast.hidden_vertices
        axes.plot(
            x, y, "o", ms=look.markersize * (0.8 if behind else 1), mec=look.color,
            mfc="white" if behind else look.color, mew=1.1, zorder=2.5 if behind else 4,
            clip_on=False,
        )  # fmt: skip
    most = _NAMED if body.dim < 4 else _NAMED // 2
    if look.labels and len(body.names) <= most:
        label_vertices(axes, body, cast, look)


def frame_of(axes: "Axes", cast: Shadow) -> None:
    """Set limits around a shadow, room for names left, lengths alike in x and y."""
    import numpy as np

    low, high = cast.places.min(axis=0), cast.places.max(axis=0)
    reach = float((high - low).max()) or 1.0
    pad = 0.16 * reach
    box = axes.get_window_extent()
    wide, tall = high - low + 2 * pad
    # the whole of the axes is used, so that equal lengths need no other box
    unit = max(wide / box.width, tall / box.height)
    middle = (low + high) / 2
    half = np.array([box.width, box.height]) * unit / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    axes.set_aspect("equal", adjustable="box")
    bare(axes)


def _solid(axes: "Axes", body: Body, cast: Shadow, look: Look) -> None:
    for i, part in enumerate(body.polygons):
        if i in cast.visible_polygons:
            corners = cast.places[list(part.vertices)]
            axes.fill(*corners.T, facecolor=CALM, alpha=0.75, lw=0, zorder=2)
    for i, part in enumerate(body.edges):
        behind = i in cast.hidden_edges
        axes.plot(
            *cast.places[list(part.vertices)].T, color=PALE if behind else INK,
            lw=look.linewidth * (0.7 if behind else 1), ls=_DASHED if behind else "-",
            zorder=1.5 if behind else 3, solid_capstyle="round",
        )  # fmt: skip


def _graph(axes: "Axes", body: Body, cast: Shadow, look: Look) -> None:
    """Draw the graph, the line of an edge by the width from which it lies in P_m."""
    from matplotlib.lines import Line2D

    _shade_base(axes, body, cast)
    levels = sorted({part.level for part in body.edges})
    thin = min(1.0, 40 / max(1, len(body.edges))) ** 0.5
    styles: dict[int, dict[str, Any]] = {}
    for i, level in enumerate(levels):
        dash, width = _LEVELS[min(i, len(_LEVELS) - 1)]
        styles[level] = {
            "ls": dash,
            "lw": thin * width * look.linewidth / 1.4,
            "color": INK,
        }
    for part in body.edges:
        style = styles[part.level]
        axes.plot(*cast.places[list(part.vertices)].T, zorder=2, **style)
    if levels == [0]:
        return  # a polytope of the user's own has no widths
    handles = []
    for i, level in enumerate(levels[: len(_LEVELS)]):
        more = " and more" if i == len(_LEVELS) - 1 and len(levels) > len(_LEVELS) else ""
        handles.append(Line2D([], [], label=f"m ≥ {level}{more}", **styles[level]))
    axes.legend(
        handles=handles, loc="upper left", frameon=False, fontsize=look.fontsize,
        handlelength=3,
    )  # fmt: skip


def _shade_base(axes: "Axes", body: Body, cast: Shadow) -> None:
    """Shade the facet through which a Schlegel diagram is seen: its polygons."""
    base = set(body.base)
    for part in body.polygons:
        if base.issuperset(part.vertices):
            corners = cast.places[list(part.vertices)]
            axes.fill(*corners.T, facecolor=CALM, lw=0, zorder=0.5)


def label_vertices(axes: "Axes", body: Body, cast: Shadow, look: Look) -> None:
    """Write the names of the vertices beside them, away from the middle."""
    middle = cast.places.mean(axis=0)
    labels = [
        Label(name, (float(x), float(y)), (float(middle[0]), float(middle[1])))
        for name, (x, y) in zip(body.names, cast.places, strict=True)
    ]
    ends = [cast.places[list(part.vertices)] for part in body.edges]
    lines = [((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))) for a, b in ends]
    around = Around((), lines, look.markersize / 2 + 1)
    put_labels(axes, labels, around, look.fontsize)
