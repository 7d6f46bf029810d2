"""Global, local minimum, or saddle: what a stationary network is, with a way down (THEORY T19).

* It is a *global* minimum iff no direction u has ``sign kappa'(Xu)_+ > beta |u|``; the largest value on the
  unit ball is met at the g of some block that lies in its open face.
* With an empty slot (blocks merged) every other is a *saddle*: a neuron along such a u may grow.
* Without one it is a *local* minimum iff no slope out of a face is negative: near the network
  the objective is on each product of adjacent closed topes at least a convex function whose
  slopes there are not negative. Else the negative slope is a way down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.scalar import Scalar, Scalars, sign, squared_norm

from .blocks import Block
from .members import Solution

__all__ = ["Descent", "kind_of"]

_ROUNDED = 40  # bits of the entries of a direction


@dataclass(frozen=True)
class Descent:
    """A direction in which the objective falls.

    ``slot`` is the number of the neuron that is turned towards ``direction``, shape (d,); None
    is an empty slot, in which a neuron of this sign and direction grows.
    """

    slot: int | None
    sign: int
    direction: Scalars


Kind: TypeAlias = tuple[str, Descent | None]


def kind_of(
    blocks: Sequence[Block],
    T: Sequence[int],
    solution: Solution,
    beta_squared: Fraction,
    *,
    empty: bool,
    optimal: bool | None,
) -> Kind:
    """Return "global", "local", "saddle" or "undecided", and a way down from a saddle.

    ``empty`` says whether a slot is left; ``optimal`` whether the network is known to be a global
    optimum, None where that is not known.
    """
    if optimal:
        return "global", None
    growth, proved = _growth(blocks, T, solution, beta_squared)
    if growth is None and optimal is None:
        return ("global", None) if proved else ("undecided", None)
    if empty:
        return "saddle", growth
    try:
        turn = _turn(blocks, T, solution)
    except Undecided:
        return "undecided", None
    return ("local", None) if turn is None else ("saddle", turn)


def _growth(
    blocks: Sequence[Block], T: Sequence[int], solution: Solution, beta_squared: Fraction
) -> tuple[Descent | None, bool]:
    """Return the direction that gains most if one is proved to gain; and if that is proved.

    A block of T has ``|g| = beta``: it gains nothing.
    """
    proved, best = True, None
    for a, b in enumerate(blocks):
        if a in T:
            continue
        g = tuple(solution.forms.value(column) * b.sign for column in b.columns)
        square = squared_norm(g)
        try:
            if not sign(square - beta_squared) > 0:
                continue
            inside = all(sign(solution.forms.value(f)) > 0 for f in b.forms)
        except Undecided:
            proved = proved and _surely_outside(b, solution)
            continue
        if inside and (best is None or float(square) > best[0]):
            best = float(square), Descent(None, b.sign, g)
    return (None if best is None else best[1]), proved


def _surely_outside(b: Block, solution: Solution) -> bool:
    """Return whether some form of a block is proved to be negative."""
    for f in b.forms:
        try:
            if sign(solution.forms.value(f)) <= 0:
                return True
        except Undecided:
            continue
    return False


def _turn(blocks: Sequence[Block], T: Sequence[int], solution: Solution) -> Descent | None:
    """Return a neuron and a direction out of its face with a negative slope, or None.

    Raises
    ------
    Undecided
        When no slope is proved negative, and one is not proved to be at least 0.
    """
    reason = None
    for slot, a in enumerate(T):
        for slope in blocks[a].slopes:
            try:
                if sign(solution.forms.value(slope.form)) < 0:
                    return Descent(slot, blocks[a].sign, slope.direction)
            except Undecided as undecided:
                reason = undecided
    if reason is not None:
        raise reason
    return None
