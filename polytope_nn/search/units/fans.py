"""The optimum of a unit of cells: blocks whose common directions are one (general §1, G9)."""

from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.dual.units.blocks import BlockOptimum, Part, block_optimum, parts_of
from polytope_nn.dual.units.cells import CellOptimum, Fan, Ray
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.limits import Limits
from polytope_nn.problems.units.atomic import AtomicProblem

from .blocks import parts_optimum
from .cells import block_fan, solved
from .minimum import require_solution

__all__ = ["fan_optimum"]


def fan_optimum(
    problem: AtomicProblem, kappa: Vector | None, limits: Limits
) -> BlockOptimum | CellOptimum:
    """Return the optimum of cells, found or, with kappa, verified.

    With the l2 norm an atom is a direction; with another one cells range over polytopes.
    """
    cells = problem.source.cells
    if cells[0].norm != "l2":
        return solved(problem, _merged(block_fan(cells)), kappa, limits)
    parts = parts_of(cells)
    kind = _Cells(problem, parts, len(cells))
    require_solution(problem, parts)
    if kappa is not None:
        return kind.verified(kappa)
    return parts_optimum(problem, parts, kind, len(cells), limits)


@dataclass(frozen=True)
class _Cells:
    """Cells with the l2 norm."""

    problem: AtomicProblem
    parts: tuple[Part, ...]
    cells: int

    def verified(self, kappa: Scalars) -> BlockOptimum:
        """Return the optimum whose dual variable is kappa, or raise NotOptimal."""
        return self._merged(block_optimum(self.problem, self.parts, kappa, self.cells))

    def enclosed(self, found: BlockOptimum) -> BlockOptimum:
        """Return the optimum of what was found of its parts in balls."""
        return self._merged(found)

    def _merged(self, O: BlockOptimum) -> BlockOptimum:
        """Return the optimum with a direction on a common face of cells taken once.

        There the maps onto the span of the face are one, in balls as in fractions.
        """
        places: dict[object, int] = {}
        image = []  # the place of each atom among those that are kept
        for a, pair in zip(O.atoms, O.pairs, strict=True):
            zero = [k for k, t in enumerate(a.covector) if t == 0]
            part = self.parts[pair]
            key = (part.sign, part.factor(zero))
            image.append(places.setdefault(key, len(places)))
        kept = [image.index(i) for i in range(len(places))]
        weights: list[Scalar] = [Fraction(0)] * len(kept)
        for c, i in zip(O.weights, image, strict=True):
            weights[i] = weights[i] + c
        classes = tuple(
            tuple(dict.fromkeys(image[a] for a in members)) for members in O.classes
        )
        return replace(
            O,
            atoms=tuple(O.atoms[a] for a in kept),
            weights=tuple(weights),
            pairs=tuple(O.pairs[a] for a in kept),
            owners=tuple(O.owners[a] for a in kept),
            classes=classes,
            coordinates=tuple(O.coordinates[a] for a in kept) if O.coordinates else (),
        )


def _merged(fan: Fan) -> Fan:
    """Return a fan in which a ray of several cells is one, with all of them."""
    places: dict[Ray, int] = {}
    image = []
    for ray in fan.rays:
        key = replace(ray, covector=(), owner=0)
        image.append(places.setdefault(key, len(places)))
    kept = [fan.rays[image.index(i)] for i in range(len(places))]
    cells = tuple(tuple(sorted({image[i] for i in cell})) for cell in fan.cells)
    return Fan(tuple(kept), cells, fan.patterns)
