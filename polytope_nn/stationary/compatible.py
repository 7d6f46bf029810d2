"""Blocks that linear conditions on kappa leave possible alone.

A stationary network with a block has a kappa in the open cone ``{forms of the block > 0}``,
with ``y'kappa > 0`` (it is the squared norm of kappa plus the cost of the neurons); and where the
face has two adjacent topes their pulls, two numbers, have 0 between them, in one order or the
other. That no order leaves a kappa is proved by a nonnegative combination of the forms that
is 0, with a strict one in it (Motzkin).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from polytope_nn.exact.rational import Vector
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block

__all__ = ["compatible", "possible"]

_Cone: TypeAlias = tuple[list[Vector], list[Vector]]  # strict and weak forms
_ZERO, _ONE = Fraction(0), Fraction(1)


def possible(D: TrainingProblem, every: Sequence[Block]) -> tuple[int, ...]:
    """Return the places of the blocks that some kappa may use."""
    label = D.free.modulo(D.y)
    return tuple(
        i
        for i, b in enumerate(every)
        if any(_meets([*strict, label], weak) for strict, weak in _cones(D, b))
    )


def compatible(D: TrainingProblem, members: Sequence[Block]) -> bool:
    """Return whether some kappa may use all blocks at once."""
    label = D.free.modulo(D.y)
    for cones in product(*(_cones(D, b) for b in members)):
        strict = [f for forms, _ in cones for f in forms]
        if _meets([*strict, label], [f for _, weak in cones for f in weak]):
            return True
    return False


def _cones(D: TrainingProblem, b: Block) -> list[_Cone]:
    """Return the cones of a block, modulo Z."""
    strict = [D.free.modulo(f) for f in b.forms]
    if len(b.pulls) != 2:
        return [(strict, [])]
    (first,), (second,) = ([D.free.modulo(f) for f in pull] for pull in b.pulls)
    orders = ((first, _minus(second)), (_minus(first), second))
    return [(strict, list(order)) for order in orders]


def _meets(strict: list[Vector], weak: list[Vector]) -> bool:
    """Return whether some point makes all strict forms positive, and no weak one negative."""
    columns = [*((*f, _ONE) for f in strict), *((*f, _ZERO) for f in weak)]
    goal = (*(_ZERO,) * len(strict[0]), _ONE)
    return alternative(columns, goal)[0] is None


def _minus(form: Vector) -> Vector:
    return tuple(-t for t in form)
