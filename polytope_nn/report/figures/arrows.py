"""Atoms as arrows: the directions that optimal neurons have, among the lines of the samples.

In the plane: the unit circle, a line for each sample, orthogonal to it, and an arrow for
each atom; solid and blue for positive neurons, dashed and green for negative ones. In
dimension 3 the unit sphere, the samples' planes as great circles; pale and thin what lies
behind. Atoms are numbered from 0.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError
from polytope_nn.wording import plural

from .paper.labels import Around, Label, put_labels
from .paper.look import CALM, GREEN, INK, PALE, Look, Sheet, bare, one_panel

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["arrows_picture", "draw_arrows"]

_MOST = 60  # atoms
_AVOIDED = 8  # great circles that labels keep off
_VIEW = ((0.82, 0.57, 0.0), (-0.26, 0.37, 0.89))  # to the right and up, about orthonormal


def arrows_picture(O: Optimum, title: str, form: str) -> bytes:
    """Return the atoms of an optimum as the bytes of a file."""
    bias = "" if O.problem.bias == "none" else "; the last coordinate is the bias"
    foot = (
        "arrows: the directions of optimal neurons, numbered from 0; solid: sign +, "
        f"dashed: sign −\nlines through 0: orthogonal to the samples{bias}"
    )
    return one_panel(
        lambda axes, look: draw_arrows(axes, O, look),
        f"{title}: {plural(len(O.atoms), 'atom')}",
        form,
        Sheet((5.6, 5.9), foot),
    )


def draw_arrows(axes: "Axes", O: Optimum, look: Look) -> None:
    """Draw the atoms of an optimum on axes.

    Raises
    ------
    DimensionError
        For neurons that are neither in the plane nor in space, or too many atoms.
    """
    import numpy as np

    d = len(O.problem.design[0])
    if d not in {2, 3}:
        raise DimensionError(
            f"atoms in R^{d}: arrows are drawn in R^2 and R^3 (a bias counts)"
        )
    if len(O.atoms) > _MOST:
        raise DimensionError(f"{len(O.atoms)} atoms: a picture shows {_MOST} at most")
    axes.set_xlim(-1.32, 1.32)
    axes.set_ylim(-1.32, 1.32)
    axes.set_aspect("equal")
    bare(axes)
    turn = np.linspace(0, 2 * np.pi, 361)
    axes.plot(np.cos(turn), np.sin(turn), color=PALE, lw=0.9, zorder=1)
    X = _directions([[float(t) for t in x] for x in O.problem.design], d)
    G = _directions([[float(t) for t in a.g] for a in O.atoms], d)
    lines = _plane(axes, X) if d == 2 else _sphere(axes, X, turn)
    lines += _segments(np.column_stack([np.cos(turn), np.sin(turn)]))
    tips, deep = (G, np.ones(len(G))) if d == 2 else _seen(G)
    labels = []
    for a, (tip, depth) in enumerate(zip(tips, deep, strict=True)):
        positive = O.atoms[a].sign > 0
        colour = look.color if positive else GREEN
        near = depth >= 0
        axes.annotate(
            "", tip, (0, 0), zorder=5 if near else 2,
            arrowprops={
                "arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0,
                "lw": look.linewidth * (1.4 if near else 0.7),
                "ls": "-" if positive else (0, (4, 1.6)), "alpha": 1 if near else 0.55,
                "mutation_scale": 1.6 * look.markersize,
            },
        )  # fmt: skip
        labels.append(Label(str(a), (float(tip[0]), float(tip[1])), (0.0, 0.0), colour))
    if look.labels:
        arrows = [((0.0, 0.0), label.at) for label in labels]
        put_labels(axes, labels, Around((), [*lines, *arrows], 3), look.fontsize)


def _directions(rows: list[list[float]], d: int) -> "Floats":
    """Return nonzero rows divided by their lengths, shape (n, d)."""
    import numpy as np

    found = [np.array(r) / (max(map(abs, r)) or 1.0) for r in rows]
    kept = [r / np.linalg.norm(r) for r in found if r.any()]
    unit: Floats = np.array(kept).reshape(len(kept), d)
    return unit


Segments = list[tuple[tuple[float, float], tuple[float, float]]]


def _plane(axes: "Axes", X: "Floats") -> Segments:
    """Draw the lines ``x_k'u = 0``, the half planes that see a sample to one side."""
    lines: Segments = []
    for x, y in X:
        end = (float(-y), float(x))
        lines.append(((-end[0], -end[1]), end))
        axes.plot([-end[0], end[0]], [-end[1], end[1]], color=INK, lw=0.7, zorder=1)
    return lines


def _frame() -> "Floats":
    """Return the axes to the right, up and towards the eye, as rows."""
    import numpy as np

    right, up = (np.array(v) for v in _VIEW)
    right = right / np.linalg.norm(right)
    up = up - (up @ right) * right
    up = up / np.linalg.norm(up)
    frame: Floats = np.array([right, up, np.cross(right, up)])
    return frame


def _seen(points: "Floats") -> tuple["Floats", "Floats"]:
    """Return places in the picture, and how near to the eye they are."""
    import numpy as np

    turned = points.reshape(-1, 3) @ _frame().T
    return turned[:, :2], np.round(turned[:, 2], 9)


def _sphere(axes: "Axes", X: "Floats", turn: "Floats") -> Segments:
    """Draw the great circles orthogonal to the samples, dashed where they lie behind."""
    import numpy as np

    axes.fill(np.cos(turn), np.sin(turn), facecolor=CALM, alpha=0.7, lw=0, zorder=0)
    found: Segments = []
    for x in X:
        first = np.linalg.svd(x[None, :])[2][1]
        circle = np.outer(np.cos(turn), first) + np.outer(np.sin(turn), np.cross(x, first))
        places, depth = _seen(circle)
        front = np.where((depth >= 0)[:, None], places, np.nan)
        back = np.where((depth <= 0)[:, None], places, np.nan)
        axes.plot(*front.T, color=INK, lw=0.7, zorder=3)
        axes.plot(*back.T, color=PALE, lw=0.6, ls=(0, (3, 2.5)), zorder=1)
        found += _segments(places) if len(X) <= _AVOIDED else []
    return found


def _segments(curve: "Floats") -> Segments:
    """Return a curve as a few segments, for labels to keep off."""
    few = [(float(x), float(y)) for x, y in curve[::12]]
    return list(pairwise(few))
