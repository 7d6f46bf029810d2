"""``x.plot(ax)``: the picture of each kind of value on one pair of axes."""

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.linear import rank
from polytope_nn.functions.piecewise_linear import Interpolant
from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.geometry.faces import FaceComplex
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from polytope_nn.homotopy.beta_path import BetaPath
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.topology.holes import Holes
from polytope_nn.networks.network import Network
from polytope_nn.parallel.counts.widths import TwoWidths
from polytope_nn.paths.connection import Connection
from polytope_nn.paths.descent import Descent
from polytope_nn.paths.path import Path
from polytope_nn.problems.problem import Problem
from polytope_nn.report.figures.roads.objective import draw_objective
from polytope_nn.report.text import steps
from polytope_nn.stationary.points import StationaryPoints

from .arrows import draw_arrows
from .beta_figure import draw_beta
from .drawing import draw_path
from .drawing_ellipsoid import draw_ellipsoid
from .ellipse import draw_ellipse, require_ellipsoid
from .figure import columns
from .functions import draw_function, function_of, samples_of
from .holes_figure import draw_bars
from .interpolant_figure import draw_curves, extreme_functions
from .ladder import draw_ladder
from .paper.look import Look, in_style, look_of, new_axes, require_matplotlib
from .polytopes.body import body_of, polyhedron_body
from .polytopes.drawing import draw_body
from .polytopes.hasse import draw_lattice, size_of_lattice
from .polytopes.widths import draw_widths, size_of_strip
from .three_layer_figure import draw_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot", "plot_atoms", "plot_widths"]


def plot(
    x: object, ax: "Axes | None" = None, *, problem: Problem | None = None, **style: object
) -> "Axes":
    """Return the axes on which a value is drawn."""
    require_matplotlib("plot")
    look = look_of(style)
    if problem is not None and not isinstance(x, Network):
        raise InstanceError(f"plot: problem= is for networks, not for {x!r}")
    with in_style():
        size = size_of_lattice(x) if isinstance(x, FaceComplex) else (6.4, 4.8)
        axes = new_axes(size) if ax is None else ax
        if isinstance(x, Network):
            samples = None if problem is None else samples_of(problem)
            draw_function(axes, function_of(x, problem), look, samples)
        else:
            drawn(x, axes, look)
    return axes


def plot_atoms(O: Optimum, ax: "Axes | None" = None, **style: object) -> "Axes":
    """Return the axes on which the atoms of an optimum are arrows."""
    require_matplotlib("plot_atoms")
    look = look_of(style)
    with in_style():
        axes = new_axes() if ax is None else ax
        draw_arrows(axes, O, look)
    return axes


def plot_widths(P: OptimalPolytope, ax: "Axes | None" = None, **style: object) -> "Axes":
    """Return the axes on which P_m is drawn for each width."""
    require_matplotlib("plot_widths")
    look = look_of(style)
    with in_style():
        axes = new_axes(size_of_strip(P)) if ax is None else ax
        draw_widths(axes, P, look)
    return axes


@singledispatch
def drawn(x: object, axes: "Axes", look: Look) -> None:
    """Draw a value on axes."""
    del axes, look
    raise InstanceError(f"plot: {x!r} has no picture")


@drawn.register
def _(x: OptimalPolytope, axes: Any, look: Look) -> None:  # noqa: ANN401 - as below
    draw_body(axes, body_of(x), look)


@drawn.register
def _(x: Polyhedron, axes: Any, look: Look) -> None:  # noqa: ANN401 - read by singledispatch
    draw_body(axes, polyhedron_body(x), look)


@drawn.register
def _(x: FaceComplex, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_lattice(axes, x, look)


@drawn.register
def _(x: Optimum, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    n = x.problem.n
    require_ellipsoid(x)
    if n == 3:
        draw_ellipsoid(axes, x, look)
    elif n == 2:
        draw_ellipse(axes, x, look)
    else:
        raise DimensionError(
            f"the rectified ellipsoid of n = {n} samples lies in R^{n}: only n = 2 and "
            "n = 3 can be drawn; plot_atoms() draws the optimal directions"
        )


@drawn.register
def _(x: Staircase, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    shown = steps(x)
    columns(axes, shown, look)
    axes.set_xlim(shown[0].width - 0.6, shown[-1].width + 0.6)
    axes.set_xticks([step.width for step in shown])
    axes.tick_params(labelbottom=True, bottom=True)
    axes.set_xlabel("width m")


@drawn.register
def _(x: Holes, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_bars(axes, x, look)


@drawn.register
def _(x: BetaPath, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_beta(axes, x, look)


@drawn.register
def _(x: Path, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_path(axes, x, look)


@drawn.register
def _(x: StationaryPoints, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_ladder(axes, x, look)


@drawn.register
def _(x: TwoWidths, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_table(axes, x.table(), look)


@drawn.register(Descent)
@drawn.register(Connection)
def _(x: Descent | Connection, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_objective(axes, x, look)


@drawn.register
def _(x: Interpolant, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    draw_function(axes, x, look)


@drawn.register
def _(x: Uniqueness, axes: Any, look: Look) -> None:  # noqa: ANN401 - as above
    X = x.interpolation.problem.X
    if len(X[0]) == 1 or rank(X) == 1:
        draw_curves(axes, x, extreme_functions(x))
    else:
        draw_function(axes, x.function, look, samples_of(x.interpolation.problem))
