"""The door of what a notebook shows: never an error, for the plain text is always there.

Pictures are shown unasked of the staircase, and of the bars of its holes.
"""

from functools import singledispatch
from importlib.util import find_spec

from polytope_nn.errors import PolytopeError
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.topology.holes import Holes
from polytope_nn.report.figures.figure import staircase_figure
from polytope_nn.report.figures.holes_figure import bars_picture
from polytope_nn.report.notebook import tables, typeset

__all__ = ["displayed", "html", "latex", "sketch", "svg"]


def html(x: object) -> str | None:
    """Return the table of a value, None where it has none."""
    try:
        return tables.table_of(x)
    except PolytopeError:
        return None


def displayed(x: object) -> str | None:
    """Return a value as LaTeX that stands by itself, None where it has none."""
    try:
        return typeset.displayed(x)
    except PolytopeError:
        return None


def latex(x: object) -> str:
    """Return a value as LaTeX for mathematics around it."""
    return typeset.latex(x)


def svg(x: object) -> str | None:
    """Return the picture of a value, None where it has none or none can be drawn."""
    if find_spec("matplotlib") is None:
        return None
    try:
        return sketch(x)
    except PolytopeError:
        return None


@singledispatch
def sketch(x: object) -> str | None:
    """Return the picture of a value as SVG, None where it has none."""
    del x
    return None


@sketch.register
def _(x: Staircase) -> str | None:
    if x.reason:
        return None
    return staircase_figure(x, repr(x), ".svg").decode()


@sketch.register
def _(x: Holes) -> str | None:
    return bars_picture(x, repr(x), ".svg").decode()
