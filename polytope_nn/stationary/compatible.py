"""Blocks that linear conditions on kappa leave possible alone.

A stationary network with a block has a kappa in the open cone ``{forms of the block > 0}``,
with ``y'kappa > 0`` (it is the squared norm of kappa plus the cost of the neurons); and where the
face has two adjacent topes their pulls, two numbers, have 0 between them, in one order or the
other. That no order leaves a kappa is proved by a nonnegative combination of the forms that
is 0, with a strict one in it (Motzkin).
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from polytope_nn.exact.integer import integer_product
from polytope_nn.exact.rational import integer_row
from polytope_nn.geometry.farkas import integer_alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block, Row, in_integers

__all__ = ["compatible", "possible", "reduced"]

_Cone: TypeAlias = tuple[list[Row], list[Row]]  # strict and weak forms


def reduced(D: TrainingProblem, forms: Sequence[Row]) -> list[Row]:
    """Return integer forms modulo Z, times one positive number."""
    if not D.free.columns or not forms:
        return list(forms)
    Q, _ = in_integers(D.free.quotient)
    if not Q:
        return [()] * len(forms)
    return list(zip(*integer_product(Q, list(zip(*forms, strict=True))), strict=True))


def possible(D: TrainingProblem, every: Sequence[Block]) -> tuple[int, ...]:
    """Return the places of the blocks that some kappa may use."""
    label, cones = _cones(D, every)
    return tuple(
        i
        for i, orders in enumerate(cones)
        if any(_meets([*strict, label], weak) for strict, weak in orders)
    )


def compatible(D: TrainingProblem, choices: Sequence[Sequence[Block]]) -> bool:
    """Return whether some kappa may use all blocks at once, one of each choice."""
    label, cones = _cones(D, [b for choice in choices for b in choice])
    rest = iter(cones)
    orders = [[cone for _ in choice for cone in next(rest)] for choice in choices]
    return any(
        _meets(
            [*(f for strict, _ in chosen for f in strict), label],
            [f for _, weak in chosen for f in weak],
        )
        for chosen in product(*orders)
    )


def _cones(D: TrainingProblem, every: Sequence[Block]) -> tuple[Row, list[list[_Cone]]]:
    """Return the form of the labels and the cones of each block, modulo Z."""
    wholes = [b.whole for b in every]
    lines = [[pull[0] for pull in W.pulls] if len(W.pulls) == 2 else [] for W in wholes]
    forms = [f for W, line in zip(wholes, lines, strict=True) for f in (*W.forms, *line)]
    rest: Iterator[Row] = iter(reduced(D, [integer_row(D.y), *forms]))
    label = next(rest)
    cones: list[list[_Cone]] = []
    for W, line in zip(wholes, lines, strict=True):
        strict = [next(rest) for _ in W.forms]
        pulls = [next(rest) for _ in line]
        orders = (
            [(pulls[0], _minus(pulls[1])), (_minus(pulls[0]), pulls[1])] if line else [()]
        )
        cones.append([(strict, list(order)) for order in orders])
    return label, cones


def _meets(strict: list[Row], weak: list[Row]) -> bool:
    """Return whether some point makes all strict forms positive, and no weak one negative."""
    columns = [*((*f, 1) for f in strict), *((*f, 0) for f in weak)]
    return integer_alternative(columns, (*(0,) * len(strict[0]), 1))[0] is None


def _minus(form: Row) -> Row:
    return tuple(-t for t in form)
