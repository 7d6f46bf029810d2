"""The door of what a notebook shows: never an error, for the plain text is always there."""

from importlib.util import find_spec

from polytope_nn.errors import PolytopeError

from . import sketches, tables, typeset

__all__ = ["displayed", "html", "latex", "svg"]


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
        return sketches.sketch(x)
    except PolytopeError:
        return None
