"""Which road an optimum takes whose neurons are not ReLU ones of l2 weights."""

from collections.abc import Iterable
from typing import Protocol

from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.sloped import sloped
from polytope_nn.errors import DimensionError
from polytope_nn.exact.field import of_one_field, rational_kappa
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.minimum import require_attained
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Threshold
from polytope_nn.problems.units.atomic import AtomicProblem
from polytope_nn.problems.units.doubled import Doubled
from polytope_nn.problems.units.lasso import Block, GroupLasso, unit_blocks
from polytope_nn.wording import plural

from .blocks import block_search
from .cells import block_fan, penalised_optimum, solved
from .fans import fan_optimum
from .thresholds import threshold_optimum

__all__ = ["Solve", "other_optimum"]


class Solve(Protocol):
    """What solves a problem of ReLU units."""

    def __call__(self, problem: Problem, *, kappa: Scalars | None) -> Optimum:
        """Return the optimum, found or, with kappa, verified."""


def other_optimum(
    problem: Problem,
    kappa: Iterable[object] | None,
    limits: Limits,
    solve: Solve,
) -> Optimum:
    """Return the optimum for other units, found or, with kappa, verified."""
    numbers = None if kappa is None else of_one_field(kappa)
    if numbers is not None and len(numbers) != problem.n:
        raise DimensionError(
            f"kappa has {plural(len(numbers), 'entry')} for {plural(problem.n, 'row')}"
        )
    if _has_sides(problem):
        assert isinstance(problem, TrainingProblem)  # no other has units of another kind
        if isinstance(problem.loss, SeparableLoss):
            require_attained(problem, problem.loss)
        sides = Doubled(problem)
        split = None if numbers is None else sides.split(numbers)
        return sloped(solve(sides, kappa=split))
    given = None if numbers is None else rational_kappa(numbers)
    if isinstance(problem, AtomicProblem):
        return fan_optimum(problem, given, limits)
    blocks = _blocks(problem)
    if blocks:
        return _of_blocks(problem, blocks, given, limits)
    assert isinstance(problem, TrainingProblem)  # no other has units of another kind
    if problem.penalty != "l2":
        return penalised_optimum(problem, given, limits)
    return threshold_optimum(problem, given, limits)


def _has_sides(problem: Problem) -> bool:
    """Return whether neurons are ReLU ones of two sides: of l2 weights and any two slopes."""
    if isinstance(problem, AtomicProblem) or _blocks(problem):
        return False
    assert isinstance(problem, TrainingProblem)  # no other has units of another kind
    return problem.penalty == "l2" and not isinstance(problem.activation, Threshold)


def _blocks(problem: Problem) -> tuple[Block, ...]:
    """Return the blocks of a problem that is one of blocks; () where it is none."""
    if isinstance(problem, GroupLasso):
        return problem.blocks
    assert isinstance(problem, TrainingProblem)  # no other has units of another kind
    return unit_blocks(problem)


def _of_blocks(
    problem: Problem, blocks: tuple[Block, ...], kappa: Vector | None, limits: Limits
) -> Optimum:
    """Return the optimum of blocks: a list of rays where no norm is l2."""
    if all(block.norm != "l2" for block in blocks):
        return solved(problem, block_fan(blocks), kappa, limits)
    return block_search(problem, blocks, kappa, limits)
