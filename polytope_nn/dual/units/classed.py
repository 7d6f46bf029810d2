"""An optimum in balls whose optimal set is known in coordinates of a basis (general A4)."""

from dataclasses import dataclass
from typing import TypeAlias

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.scalar import Scalars

__all__ = ["Cell", "ClassedOptimum"]

Cell: TypeAlias = tuple[int, ...]
"""Atoms by their places."""


@dataclass(frozen=True, repr=False)
class ClassedOptimum(Optimum):
    """An optimum of other units than ReLU neurons.

    At level interval ``classes`` are the atoms with equal features, by their places, and
    ``masses`` the vertices of their total weights, or ``missing`` what is not decided;
    ``coordinates`` are the features in those of a basis and in unit vectors, and ``totals``
    the fit.
    """

    classes: tuple[Cell, ...] = ()
    masses: tuple[Scalars, ...] = ()
    missing: str = ""
    coordinates: tuple[Scalars, ...] = ()
    totals: Scalars = ()
