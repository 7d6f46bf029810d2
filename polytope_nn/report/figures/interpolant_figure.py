"""The figure of minimum-norm interpolants: curves through one-dimensional data, or surfaces.

One-dimensional data: the interpolants of least cost over the line, the extreme ones bold
(their kinks marked by triangles below the curve at which they sit), mixtures of them thin.
Two-dimensional data: the surfaces of one or two extreme interpolants with the samples on
them. The bytes are the same on every run.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, islice
from random import Random
from typing import TYPE_CHECKING, Any

from polytope_nn.errors import InstanceError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Vector, integer_row
from polytope_nn.functions.piecewise_linear import Interpolant, represented
from polytope_nn.functions.uniqueness import Uniqueness, along

from .functions import affine_cells, mesh_colours, values_at
from .paper.forms import picture_bytes
from .paper.look import BLUE, INK, PALE, RED, STYLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_curves", "extreme_functions", "interpolant_figure"]

_VERTICES = 400  # vertices looked at for extreme functions
_EXTREMES = 8
_MIXTURES = 60
_GRID = 14  # pieces of a surface across and along, cut further by the kinks
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 2)), (0, (6, 2, 1, 2)))
_COLOURS = (BLUE, RED, "#1B7F4C", "#7A4FA3")


def interpolant_figure(answer: Uniqueness, title: str, form: str) -> bytes:
    """Return the figure as the bytes of an ``.svg``, ``.png`` or ``.pdf`` file.

    Raises
    ------
    InstanceError
        When the samples are neither on a line through 0 nor two-dimensional.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    X = answer.interpolation.problem.X
    d = len(X[0])
    on_a_line = d == 1 or rank(X) == 1
    if not on_a_line and d != 2:
        raise InstanceError(
            f"a figure needs samples on a line through 0 or in the plane, not d = {d} with "
            f"rank {rank(X)}: leave --figure out"
        )
    functions = extreme_functions(answer)
    with mpl.rc_context(STYLE):
        size = (6.4, 4.2) if on_a_line else (4.4 * min(2, len(functions)) + 0.4, 4.4)
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        if on_a_line:
            draw_curves(figure.subplots(), answer, functions)
        else:
            shown = functions[:2]
            for i, f in enumerate(shown):
                axes: Any = figure.add_subplot(
                    1, len(shown), i + 1, projection="3d", computed_zorder=False
                )
                _surface(axes, answer, f)
        figure.suptitle(f"{title}: {answer.verdict}", fontsize=11, x=0.02, ha="left")
        return picture_bytes(figure, form)


def extreme_functions(answer: Uniqueness) -> list[Interpolant]:
    """Return distinct interpolants at vertices of the optimal set, at most eight."""
    solved = answer.interpolation
    if answer.witness is None:
        return [answer.function]
    found = [answer.witness.first, answer.witness.second]
    if solved.level == "interval" or solved.problem.free.limited:
        return found
    flats = [along(solved, flat)[1] for flat in solved.loose[1:]]
    candidates = (
        represented(solved, solved.point(c))
        for c in islice((c for m in solved.masses for c in solved.expanded(m)), _VERTICES)
    )
    for f in chain(flats, candidates):
        if len(found) < _EXTREMES and all(f != h for h in found):
            found.append(f)
    return found


def _direction(X: Sequence[Vector]) -> Vector:
    """Return the primitive direction of samples on a line through 0."""
    row = integer_row(next((x for x in X if any(x)), X[0]))
    side = next((1 if t > 0 else -1 for t in row if t), 1)
    return tuple(Fraction(t * side) for t in row) if any(row) else (Fraction(1),) * len(row)


def draw_curves(axes: "Axes", answer: Uniqueness, functions: Sequence[Interpolant]) -> None:
    """Draw interpolants of samples on a line through 0 on axes."""
    import numpy as np

    problem = answer.interpolation.problem
    v = _direction(problem.X)
    j = next(i for i, t in enumerate(v) if t)
    at = np.array([float(x[j] / v[j]) for x in problem.X])
    low, high = float(at.min()), float(at.max())
    reach = 0.3 * (high - low) or 1.0
    kinks = [_kinks(f, v) for f in functions]
    inside = [t for ts in kinks for t in ts if low - reach < t < high + reach]
    grid = np.unique([*np.linspace(low - reach, high + reach, 401), *inside])
    points = grid[:, None] * np.array([float(t) for t in v])[None, :]
    curves = [values_at(f, points) for f in functions]
    random = Random(1)  # noqa: S311 - a picture that is the same on every run
    for _ in range(_MIXTURES if len(curves) > 1 else 0):
        weights = [random.expovariate(1) for _ in curves]
        mixed = sum(w * c for w, c in zip(weights, curves, strict=True)) / sum(weights)
        axes.plot(grid, mixed, color=PALE, lw=0.6, alpha=0.5, zorder=1)
    for i, (curve, ts) in enumerate(zip(curves, kinks, strict=True)):
        colour = _COLOURS[i % len(_COLOURS)]
        dash = _DASHES[i % len(_DASHES)]
        axes.plot(grid, curve, color=colour, lw=2.2, ls=dash, zorder=2)
        shown = np.array([t for t in ts if low - reach < t < high + reach])
        heights = np.interp(shown, grid, curve)
        axes.plot(shown, heights, "^", ms=11, mfc="white", mec=colour, mew=1.4, zorder=3)
    y = [float(t) for t in problem.y]
    axes.plot(at, y, "o", ms=5, mfc=INK, mec="white", mew=0.8, zorder=4)
    name = "x" if problem.d == 1 else f"t,  x = t·({', '.join(map(str, v))})"
    axes.set_xlabel(name)
    axes.set_ylabel("f(x)")
    fitted = not any(problem.inverse_weights)
    value = f"{'cost' if fitted else 'objective'} {float(answer.interpolation.optimum.value):.6g}"
    noun = "interpolant" if fitted else "optimal function"
    words = [f"{len(functions)} {noun}{'s' * (len(functions) > 1)} bold", "△ kinks"]
    words += ["their mixtures thin"] if len(functions) > 1 else []
    title = f"{value};  {',  '.join(words)},  ● samples"
    axes.set_title(title, fontsize=8.5, loc="left", color=INK)
    axes.spines[["top", "right"]].set_visible(False)


def _kinks(f: Interpolant, v: Vector) -> list[float]:
    """Return where the kinks of a function cross the line of the samples."""
    crossings = []
    for (*w, b), _ in f.kinks:
        speed = sum(float(s) * float(t) for s, t in zip(w, v, strict=True))
        if speed:
            crossings.append(-float(b) / speed)
    return sorted(crossings)


def _surface(axes: Any, answer: Uniqueness, f: Interpolant) -> None:  # noqa: ANN401 - a 3-d axes
    import numpy as np
    from mpl_toolkits.mplot3d.art3d import (  # type: ignore[import-untyped] # ships no types
        Poly3DCollection,
    )

    problem = answer.interpolation.problem
    X = np.array([[float(t) for t in x] for x in problem.X])
    y = np.array([float(t) for t in problem.y])
    reach = 1.25 * float(np.abs(X).max() or 1)
    # the mesh is that of a grid and of the kinks: no piece lies across a kink
    pieces = affine_cells(f, (-reach, -reach, reach, reach), _GRID)
    solid = []
    for piece in pieces:
        flat = np.array(piece)
        solid.append(np.column_stack([flat, values_at(f, flat)]))
    heights = np.array([piece[:, 2].mean() for piece in solid])
    low, high = (pick([pick(piece[:, 2]) for piece in solid]) for pick in (min, max))
    surface = Poly3DCollection(
        solid, facecolors=mesh_colours(heights), edgecolors=INK, linewidths=0.15,
        zsort="average", alpha=0.9,
    )  # fmt: skip
    axes.add_collection3d(surface)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_zlim(min(low, y.min()), max(high, y.max()))
    # samples and their feet, so that their height can be read
    floor = float(min(low, y.min()))
    for (a, b), t in zip(X, y, strict=True):
        axes.plot([a, a], [b, b], [floor, t], color=RED, lw=0.9, zorder=10)
    axes.scatter(X[:, 0], X[:, 1], y, color=RED, s=42, depthshade=False, zorder=11)
    axes.set_xlabel("x₁")
    axes.set_ylabel("x₂")
    axes.set_title(repr(f), fontsize=8.5, color=INK)
    axes.view_init(elev=34, azim=-38)
