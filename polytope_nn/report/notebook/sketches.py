"""Pictures that a notebook shows unasked: the staircase, and the bars of its holes."""

from functools import singledispatch

from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.topology.holes import Holes
from polytope_nn.report.figures.figure import staircase_figure
from polytope_nn.report.figures.holes_figure import bars_picture

__all__ = ["sketch"]


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
