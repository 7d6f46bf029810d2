"""The optimum where the tight set is made of polytopes: polyhedral norms (general G7).

On a cell of the unit the features and the norm are linear, so ``kappa'F <= beta |u|`` there iff it
holds on the cell's finitely many rays, and the directions that attain it are the hull of the
rays that do. Two cells meet in the hull of their common rays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import require_free, some_point
from polytope_nn.errors import NotOptimal
from polytope_nn.exact.linear import products
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.problem import Problem

from .classed import Cell, ClassedOptimum

__all__ = ["CellOptimum", "Fan", "Ray", "cell_optimum", "maximal", "tight_cells"]


@dataclass(frozen=True)
class Ray:
    """A direction u of length 1 with a sign: its feature is ``sign`` times its image.

    ``covector`` tells the cell it is interior to; ``owner`` the block of a group LASSO.
    """

    sign: int
    u: Vector
    covector: tuple[int, ...]
    feature: Vector
    owner: int = 0


@dataclass(frozen=True)
class Fan:
    """All rays, and the cells: sets of rays whose hull is a polytope of length 1.

    ``patterns`` is the number of maximal domains of linearity of the features.
    """

    rays: tuple[Ray, ...]
    cells: tuple[Cell, ...]
    patterns: int


@dataclass(frozen=True, repr=False)
class CellOptimum(ClassedOptimum):
    """An optimum whose atoms are the tight rays; ``cells`` are the maximal sets of them.

    A neuron is any point of the cone over a cell. The atoms are *not* coordinates of a
    polytope of networks: see :class:`~polytope_nn.landscape.slot_complex.SlotComplex`.
    """

    cells: tuple[Cell, ...] = ()
    owners: tuple[int, ...] = ()
    patterns: int = 0

    @property
    def n_patterns(self) -> int:
        """The number of patterns."""
        return self.patterns


def maximal(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the sets that are in no other, sorted; none is empty.

    >>> maximal([(1,), (0, 1), (), (2,)])
    ((0, 1), (2,))
    """
    sets = {frozenset(cell) for cell in cells if cell}
    kept = (s for s in sets if not any(s < t for t in sets))
    return tuple(sorted(tuple(sorted(s)) for s in kept))


def cell_optimum(problem: Problem, fan: Fan, beta: Scalar, kappa: Scalars) -> CellOptimum:
    """Return the optimum whose dual variable is kappa, or raise :class:`NotOptimal`."""
    require_free(problem, kappa)
    tight = []
    reached = products((ray.feature for ray in fan.rays), kappa)
    for i, (ray, t) in enumerate(zip(fan.rays, reached, strict=True)):
        excess = t - beta
        if excess > 0:
            raise NotOptimal(
                f"kappa is not dual feasible: at u = ({', '.join(map(str, ray.u))}), sign "
                f"{ray.sign:+d}, its value exceeds beta by {exactly(excess)}"
            )
        if excess == 0:
            tight.append(i)
    fields = tight_cells(fan, tight)
    point = some_point(problem, kappa, fields["atoms"])
    return CellOptimum(problem, kappa, bounds=(), **point._asdict(), **fields)


def tight_cells(fan: Fan, tight: Sequence[int]) -> dict[str, Any]:
    """Return the fields of an optimum that its tight rays, by their places, determine."""
    place = {i: a for a, i in enumerate(tight)}
    cells = maximal(tuple(place[i] for i in cell if i in place) for cell in fan.cells)
    return {
        "atoms": tuple(_atom(fan.rays[i]) for i in tight),
        "cells": cells,
        "owners": tuple(fan.rays[i].owner for i in tight),
        "patterns": fan.patterns,
    }


def _atom(ray: Ray) -> Atom:
    return Atom(ray.sign, ray.covector, ray.u, tuple(map(Fraction, ray.feature)))
