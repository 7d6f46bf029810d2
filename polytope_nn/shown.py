"""What values show of themselves: pictures, and what a notebook displays.

How a value looks is known in a room above all values, which this one does not name: the
front door of the package hands it in, to be opened when a value is first shown.
"""

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, cast

from .called import Called

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "Drawn",
    "DrawnByWidth",
    "DrawnWithAtoms",
    "Sketched",
    "Tabled",
    "Typeset",
    "show_with",
]

_ROOMS: dict[str, Callable[[], ModuleType]] = {}


def show_with(plots: Callable[[], ModuleType], notebook: Callable[[], ModuleType]) -> None:
    """Say who draws values, and who sets them for a notebook."""
    _ROOMS.update(plots=plots, notebook=notebook)


class Drawn(Called):
    """A value with a picture."""

    def plot(self, ax: "Axes | None" = None, **style: object) -> "Axes":
        """Return the axes in which the value is drawn, new ones where none are given.

        ``style`` changes how it looks: ``color``, ``second`` (of what is marked besides),
        ``linewidth``, ``markersize``, ``fontsize``, and ``labels=False`` leaves them out. Of a
        network ``problem=D`` says whether its neurons have a bias, and has the samples.

        Raises
        ------
        MissingEngineError
            Without matplotlib.
        InstanceError
            For a style that is none, and for what no picture can show.
        """
        return cast("Axes", _plots().plot(self, ax, **style))


class DrawnByWidth(Drawn):
    """An optimal polytope, whose parts P_m have pictures too."""

    def plot_widths(self, ax: "Axes | None" = None, **style: object) -> "Axes":
        """Return the axes in which P_m is drawn for each width m: see :meth:`plot`."""
        return cast("Axes", _plots().plot_widths(self, ax, **style))


class DrawnWithAtoms(Drawn):
    """An optimum, whose atoms have a picture too."""

    def plot_atoms(self, ax: "Axes | None" = None, **style: object) -> "Axes":
        """Return the axes in which the atoms are arrows: see :meth:`plot`.

        Raises
        ------
        DimensionError
            For neurons that are neither in the plane nor in space.
        """
        return cast("Axes", _plots().plot_atoms(self, ax, **style))


def _plots() -> ModuleType:
    return _ROOMS["plots"]()


class Typeset:
    """A value that LaTeX can set: in a notebook, in a paper, inside sympy's expressions."""

    __slots__ = ()

    def _repr_latex_(self) -> str | None:
        return cast("str | None", _notebook().displayed(self))

    def _latex(self, printer: object) -> str:
        del printer  # sympy's, of its own expressions
        return cast("str", _notebook().latex(self))


class Tabled:
    """A value that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return cast("str | None", _notebook().html(self))


class Sketched:
    """A value that a notebook shows as a picture, where matplotlib is installed."""

    __slots__ = ()

    def _repr_svg_(self) -> str | None:
        return cast("str | None", _notebook().svg(self))


def _notebook() -> ModuleType:
    return _ROOMS["notebook"]()
