"""The optimum under an l1 or linf penalty: a LASSO over the rays of all cells (general G7)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import mul

from polytope_nn.dual.atoms import covector
from polytope_nn.dual.units.blocks import BlockOptimum, Part, in_columns, parts_of
from polytope_nn.dual.units.cells import (
    CellOptimum,
    Fan,
    Ray,
    cell_optimum,
    tight_cells,
)
from polytope_nn.exact.rational import Matrix, Vector, quotients
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.gauges import norm, rays_of_cells
from polytope_nn.problems.units.lasso import Block

from .blocks import parts_optimum
from .columns import Lasso, beta_beside, beta_of, lasso
from .minimum import require_solution

__all__ = ["block_fan", "fan_of", "penalised_optimum", "solved"]

_HALF_LINE = ((Fraction(1),),)


def penalised_optimum(
    problem: TrainingProblem,
    kappa: Vector | None = None,
    limits: Limits | None = None,
) -> CellOptimum:
    """Return the optimum under a polyhedral penalty, found or, with kappa, verified.

    >>> D = TrainingProblem([[1, 0], [0, 1]], [2, 3], beta=1, penalty="l1")
    >>> O = penalised_optimum(D)
    >>> print(*O.kappa, O.cells)
    1 1 ((0, 1),)
    """
    slopes = problem.activation
    assert isinstance(slopes, Slopes)  # a threshold has no penalty
    fan = fan_of(problem.plain_design, slopes, problem.penalty)
    return solved(problem, fan, kappa, limits_of(limits))


def solved(problem: Problem, fan: Fan, kappa: Vector | None, limits: Limits) -> CellOptimum:
    """Return the optimum over the rays of a fan, found or, with kappa, verified."""
    beta = beta_of(problem.beta_squared)
    asked = _Rays(problem, fan, beta)
    require_solution(problem, asked.parts)
    if kappa is not None:
        return asked.verified(kappa)
    if isinstance(problem.loss, SquaredLoss):
        weights = tuple(1 / t for t in problem.inverse_weights)
        columns = tuple(ray.feature for ray in fan.rays)
        squared = Lasso(columns, problem.free.columns, problem.y, weights, beta)
        return asked.verified(lasso(squared)[0])
    return parts_optimum(problem, asked.parts, asked, len(fan.rays), limits)


@dataclass(frozen=True)
class _Rays:
    """The rays of a fan."""

    problem: Problem
    fan: Fan
    beta: Scalar

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The rays as parts, one column each."""
        return tuple(
            Part(tuple((t,) for t in ray.feature), _HALF_LINE, i, i, ray.sign)
            for i, ray in enumerate(self.fan.rays)
        )

    def verified(self, kappa: Scalars) -> CellOptimum:
        """Return the optimum whose dual variable is kappa, or raise NotOptimal."""
        beta = beta_beside(self.problem.beta_squared, kappa)
        return cell_optimum(self.problem, self.fan, beta, kappa)

    def enclosed(self, found: BlockOptimum) -> CellOptimum:
        """Return the optimum of cells that is one of blocks, in balls."""
        return CellOptimum(
            self.problem,
            **tight_cells(self.fan, found.owners),
            **in_columns(found, self.beta),
        )


def fan_of(X: Matrix, slopes: Slopes, penalty: str) -> Fan:
    """Return the rays and cells of neurons with an activation and a polyhedral norm.

    A cell is a closed tope met with a piece on which the norm is linear, with a sign.
    """
    directions, members = rays_of_cells(penalty, X)
    found = [*_rays(X, slopes, penalty, directions)]
    order = sorted(range(len(found)), key=lambda i: _key(found[i]))
    back = {i: place for place, i in enumerate(order)}
    cells = (
        tuple(sorted(back[2 * i + side] for i in cell))
        for cell in members
        for side in (0, 1)
    )
    return Fan(tuple(found[i] for i in order), tuple(cells), len(arrangement(X)))


def _rays(
    X: Matrix, slopes: Slopes, penalty: str, directions: Sequence[tuple[int, ...]]
) -> Iterator[Ray]:
    """Yield the rays of sign 1 and -1 of each direction, made of length 1."""
    common = lcm(*(t.denominator for x in X for t in x))
    rows = [[int(common * t) for t in x] for x in X]
    shared = lcm(slopes.right.denominator, slopes.left.denominator)
    right, left = int(shared * slopes.right), int(shared * slopes.left)
    lengths = [int(norm(penalty, [Fraction(t) for t in u])) for u in directions]
    units = quotients(zip(directions, lengths, strict=True))
    values = [[sum(map(mul, x, u)) for x in rows] for u in directions]
    raw = (
        ([side * (right if t > 0 else left) * t for t in own], shared * common * length)
        for own, length in zip(values, lengths, strict=True)
        for side in (1, -1)
    )
    features = iter(quotients(raw))
    for u, own in zip(units, values, strict=True):
        signs = tuple((t > 0) - (t < 0) for t in own)
        for side in (1, -1):
            yield Ray(side, u, signs, next(features))


def block_fan(blocks: Sequence[Block]) -> Fan:
    """Return the rays of blocks with polyhedral norms; a cell for each block and sign."""
    found: list[Ray] = []
    cells: dict[int, list[int]] = {}
    for part in parts_of(blocks):
        assert part.ray is not None  # every norm is polyhedral
        feature = tuple(t for (t,) in part.A)
        cells.setdefault(part.pair, []).append(len(found))
        signs = covector(blocks[part.block].cone, part.ray)
        found.append(Ray(part.sign, part.ray, signs, feature, part.block))
    return Fan(tuple(found), tuple(map(tuple, cells.values())), len(blocks))


def _key(ray: Ray) -> tuple[int, Sequence[int], Vector]:
    return -ray.sign, [-s for s in ray.covector], ray.u
