"""A network as a function on the line or the plane, its grid aligned to its kinks.

On the line the graph, bent at the triangles. In the plane the map from above: the kinks are
drawn, on each cell between them the function is affine, and the levels are those of the
function itself, for they are drawn in triangles of these cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.functions.piecewise_linear import Interpolant, interpolant
from polytope_nn.landscape.kinks import oriented
from polytope_nn.networks.network import Network
from polytope_nn.problems.problem import Problem
from polytope_nn.wording import plural

from .cells import Polygon, cells
from .paper.labels import Around, Label, put_labels
from .paper.look import INK, Look, Sheet, one_panel

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "Samples",
    "affine_cells",
    "draw_function",
    "function_of",
    "function_picture",
    "mesh_colours",
    "samples_of",
    "values_at",
]

Segment: TypeAlias = tuple[tuple[float, float], tuple[float, float]]

_NAMED = 16  # samples that get their label beside them
_KINKS = 60
_LEVELS = 9


@dataclass(frozen=True)
class Samples:
    """What is drawn beside a function: points of R^d with their labels."""

    X: tuple[tuple[float, ...], ...] = ()
    y: tuple[float, ...] = ()


def samples_of(D: Problem) -> Samples:
    """Return the samples of a problem."""
    rows = tuple(tuple(float(t) for t in x) for x in D.X)
    return Samples(rows, tuple(float(t) for t in D.y))


def function_of(net: Network, D: Problem | None = None) -> Interpolant:
    """Return a network as a function; the problem says whether its neurons have a bias.

    Without one they have none; a network of the zero function has no dimension of its own.

    >>> function_of(Network.of((1, [2]), (-1, [-2])))
    2 x1
    """
    if D is not None:
        D.require_relu()
    biased = D is not None and D.bias != "none"
    size = net.dimension
    d = D.dimension if D is not None else size or len(net.skip or ()) or 1
    if size is not None and size != d + biased:
        raise DimensionError(
            f"the neurons have {plural(size, 'weight')}, the samples {plural(d, 'feature')} and "
            f"{'a' if biased else 'no'} bias"
        )
    zero = Fraction(0)
    terms = []
    for x in net.neurons:
        line, side = oriented(x.u if biased else (*x.u, zero))
        terms.append((Fraction(x.sign), line, side))
    slope = net.skip if net.skip is not None else (zero,) * d
    return interpolant(terms, slope, zero if net.constant is None else net.constant)


def function_picture(f: Interpolant, samples: Samples, title: str, form: str) -> bytes:
    """Return the picture of a function as the bytes of a file."""
    if f.d == 1:
        size, foot = (6.4, 4.2), "△: kinks;  ●: samples"
    else:
        size = (6.0, 6.2)
        foot = (
            "bold: kinks (dashed: bent down), the function is affine between; thin: levels"
        )
        foot += "; ●: samples" if samples.X else ""
    return one_panel(
        lambda axes, look: draw_function(axes, f, look, samples),
        title,
        form,
        Sheet(size, foot, scales=True),
    )


def draw_function(
    axes: "Axes", f: Interpolant, look: Look, samples: Samples | None = None
) -> None:
    """Draw a function on R^1 or R^2 on axes."""
    if f.d not in {1, 2}:
        raise DimensionError(f"a function on R^{f.d}: it is drawn on R^1 and R^2")
    if len(f.kinks) > _KINKS:
        raise InstanceError(f"{len(f.kinks)} kinks: a picture shows {_KINKS} at most")
    shown = samples or Samples()
    (_curve if f.d == 1 else _map)(axes, f, look, shown)


def values_at(f: Interpolant, points: "Floats") -> "Floats":
    """Return the values at points, shape (k, d), in floats."""
    import numpy as np

    values = points @ np.array([float(t) for t in f.slope]) + float(f.offset)
    for (*w, b), k in f.kinks:
        far = np.abs(points @ np.array([float(t) for t in w]) + float(b))
        values = values + float(k) * far
    return np.asarray(values)


def _curve(axes: "Axes", f: Interpolant, look: Look, samples: Samples) -> None:
    import numpy as np

    bends = sorted(-float(b) / float(w) for (w, b), _ in f.kinks)
    known = [*bends, *(x[0] for x in samples.X)] or [0.0]
    low, high = min(known), max(known)
    reach = 0.3 * (high - low) or 1.0
    # between two bends the graph is a line: the ends and the bends are all of it
    grid = np.array([low - reach, *bends, high + reach])
    values = values_at(f, grid[:, None])
    axes.plot(grid, values, color=look.color, lw=1.5 * look.linewidth, zorder=2)
    axes.plot(
        bends, values[1:-1], "^", ms=1.4 * look.markersize, mfc="white", mec=look.color,
        mew=1.3, zorder=3,
    )  # fmt: skip
    axes.plot(
        [x[0] for x in samples.X], samples.y, "o", ms=0.7 * look.markersize, mfc=INK,
        mec="white", mew=0.8, zorder=4,
    )  # fmt: skip
    axes.set_xlabel("x")
    axes.set_ylabel("f(x)")
    axes.spines[["top", "right"]].set_visible(False)


def _box(f: Interpolant, samples: Samples) -> tuple[float, float, float, float]:
    """Return a square around the samples, or around 0 and the feet of the kinks."""
    points = [*samples.X]
    if not points:
        points = [(0.0, 0.0)]
        for (*w, b), _ in f.kinks:
            size = sum(float(t) ** 2 for t in w)
            x, y = (-float(b) * float(t) / size for t in w)
            points.append((x, y))
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    half = 0.66 * max(right - left, high - low) or 1.0
    x, y = (left + right) / 2, (low + high) / 2
    return (x - half, y - half, x + half, y + half)


def affine_cells(
    f: Interpolant, box: tuple[float, float, float, float], grid: int = 0
) -> list[Polygon]:
    """Return the cells of a box on which f is affine, cut further by a grid."""
    lines = [(float(w), float(v), float(b)) for (w, v, b), _ in f.kinks]
    left, low, right, high = box
    for i in range(1, grid):
        lines.append((1.0, 0.0, -(left + (right - left) * i / grid)))
        lines.append((0.0, 1.0, -(low + (high - low) * i / grid)))
    return cells(box, lines)


def _map(axes: "Axes", f: Interpolant, look: Look, samples: Samples) -> None:
    import numpy as np
    from matplotlib.tri import Triangulation

    box = _box(f, samples)
    left, low, right, high = box
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    axes.set_aspect("equal")
    axes.apply_aspect()
    corners: list[tuple[float, float]] = []
    triangles: list[tuple[int, int, int]] = []
    for polygon in affine_cells(f, box):
        first = len(corners)
        corners += polygon
        triangles += [(first, first + i, first + i + 1) for i in range(1, len(polygon) - 1)]
    points = np.array(corners)
    values = values_at(f, points)
    mesh: Any = Triangulation(points[:, 0], points[:, 1], triangles)
    lines = _kink_lines(axes, f, box, look)
    if values.max() - values.min() > 1e-9 * (abs(values).max() or 1.0):
        from matplotlib.ticker import MaxNLocator

        levels = MaxNLocator(_LEVELS).tick_values(values.min(), values.max())
        axes.tricontourf(mesh, values, levels=levels, cmap="cividis", alpha=0.55, zorder=0)
        drawn: Any = axes.tricontour(
            mesh, values, levels=levels, colors=INK, linewidths=0.6, zorder=1,
            linestyles="solid",
        )  # fmt: skip
        if look.labels:
            _name_levels(axes, drawn, lines, samples, look)
    for x, y in samples.X:
        axes.plot(
            x, y, "o", ms=look.markersize, mfc=look.second, mec="white", mew=1, zorder=4
        )
    if look.labels and 0 < len(samples.X) <= _NAMED:
        labels = [
            Label(f"{t:.4g}", (x, y))
            for (x, y), t in zip(samples.X, samples.y, strict=True)
        ]
        put_labels(axes, labels, Around(lines=lines), look.fontsize)
    axes.set_xlabel("x₁")
    axes.set_ylabel("x₂")


def _name_levels(
    axes: "Axes",
    drawn: Any,  # noqa: ANN401 - a set of contours
    kinks: Sequence[Segment],
    samples: Samples,
    look: Look,
) -> None:
    """Write each level once, where it is farthest from kinks, samples and other names."""
    import numpy as np

    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    size = right - left
    taken = [np.array(p) for p in samples.X]
    taken += [np.array([x, y + 0.05 * size]) for x, y in samples.X]
    for level, pieces in zip(drawn.levels, drawn.allsegs, strict=True):
        best, spot = 0.03 * size, None
        for piece in pieces:
            for p, q in pairwise(piece):
                for share in (0.25, 0.4, 0.5, 0.6, 0.75):
                    x = p + share * (q - p)
                    edge = min(x[0] - left, right - x[0], x[1] - low, high - x[1])
                    rooms = [edge, *(np.hypot(*(x - t)) for t in taken)]
                    rooms += [1.3 * _far(x, kink) for kink in kinks]
                    if min(rooms) > best + 1e-9 * size:
                        best, spot = min(rooms), x
        if spot is not None:
            taken.append(spot)
            box = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75}
            axes.text(
                float(spot[0]), float(spot[1]), f"{level:g}", ha="center", va="center",
                fontsize=0.75 * look.fontsize, color=INK, zorder=3, bbox=box,
            )  # fmt: skip


def _far(x: "Floats", line: Segment) -> float:
    """Return the distance of a point from a line through two points."""
    (a, b), (c, d) = line
    length: float = ((c - a) ** 2 + (d - b) ** 2) ** 0.5
    off: float = (d - b) * (float(x[0]) - a) - (c - a) * (float(x[1]) - b)
    return abs(off) / length


def _kink_lines(
    axes: "Axes", f: Interpolant, box: tuple[float, float, float, float], look: Look
) -> list[Segment]:
    """Draw the kinks that cross the box, dashed where the function bends down."""
    drawn = []
    left, low, right, high = box
    reach = 2 * (right - left + high - low)
    middle = ((left + right) / 2, (low + high) / 2)
    for (*w, b), k in f.kinks:
        x, y = (float(t) for t in w)
        size = (x * x + y * y) ** 0.5
        off = (x * middle[0] + y * middle[1] + float(b)) / size
        foot = (middle[0] - off * x / size, middle[1] - off * y / size)
        ends = [
            (foot[0] - s * reach * y / size, foot[1] + s * reach * x / size)
            for s in (-1, 1)
        ]
        style: Any = "-" if float(k) > 0 else (0, (5, 2))
        axes.plot(
            *zip(*ends, strict=True), color=INK, lw=1.5 * look.linewidth, ls=style, zorder=2
        )
        drawn.append((ends[0], ends[1]))
    return drawn


def mesh_colours(heights: "Floats") -> Any:  # noqa: ANN401 - an array of colours
    """Return the colours of heights, dark to light: told apart in grey."""
    import matplotlib as mpl

    low, high = heights.min(), heights.max()
    shares = (heights - low) / ((high - low) or 1.0)
    return mpl.colormaps["cividis"](shares)
