"""Global, local minimum, or saddle: what a stationary network is, with a way down (THEORY T19).

* It is a *global* minimum iff no u has ``sign kappa'(Xu)_+ > beta |u|``; the largest value on the
  unit ball is met at the g of some block that lies in its open face.
* With an empty slot (blocks merged) every other is a *saddle*: a neuron along such a u may grow.
* Without one it is a *local* minimum iff no slope out of a face is negative: near the network
  the objective is on each product of adjacent closed topes at least a convex function whose
  slopes there are not negative. Else the negative slope is a way down.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, middle, sign, squared_norm

from .blocks import Block
from .members import Solution

__all__ = ["Surroundings", "WayDown"]


@dataclass(frozen=True)
class WayDown:
    """A direction in which the objective falls.

    ``slot`` is the number of the neuron that is turned towards ``direction``, shape (d,); None
    is an empty slot, in which a neuron of this sign and direction grows.
    """

    slot: int | None
    sign: int
    direction: Scalars


Kind: TypeAlias = tuple[str, WayDown | None]


@dataclass(frozen=True)
class Surroundings:
    """What is around the stationary networks of the block set T: all blocks and their slopes.

    Blocks that are ``tight`` gain nothing: those of T, and those that pull as hard for every
    kappa. ``constant`` is the direction of a free bias alone, ``()`` without one; at a global
    minimum ``1'kappa`` is then 0.
    """

    blocks: Sequence[Block]
    T: Sequence[int]
    solution: Solution
    beta_squared: Fraction
    tight: Collection[int]
    constant: Vector = ()

    def kind(self, *, empty: bool, optimal: bool | None) -> Kind:
        """Return "global", "local", "saddle" or "undecided", and a way down from a saddle.

        ``empty`` says whether a slot is left; ``optimal`` whether the network is known to be a
        global optimum, None where that is not known.
        """
        if optimal:
            return "global", None
        growth, proved = self._growth()
        if growth is None and optimal is None:
            return ("global" if proved else "undecided"), None
        if empty:
            return "saddle", growth
        try:
            turn = self._turn()
        except Undecided:
            return "undecided", None
        return ("local" if turn is None else "saddle"), turn

    def _growth(self) -> tuple[WayDown | None, bool]:
        """Return the direction that gains most of those proved to gain; and if all is proved."""
        proved, best = True, None
        if self.constant:
            try:
                gain = self._constant_gain()
            except Undecided:
                proved = False
            else:
                if gain is not None:
                    return gain, True
        for b in (b for a, b in enumerate(self.blocks) if a not in self.tight):
            g = tuple(self.solution.forms.value(column) * b.sign for column in b.columns)
            square = squared_norm(g)
            try:
                if not sign(square - self.beta_squared) > 0:
                    continue
                inside = all(sign(self.solution.forms.value(f)) > 0 for f in b.forms)
            except Undecided:
                proved = proved and self._surely_outside(b)
                continue
            if inside and (best is None or middle(square) > best[0]):
                best = middle(square), WayDown(None, b.sign, b.neuron(g))
        return (None if best is None else best[1]), proved

    def _constant_gain(self) -> WayDown | None:
        """Return the direction of a bias alone where the sum of kappa is not 0."""
        kappa = self.solution.kappa
        total = sign(self.solution.forms.value((Fraction(1),) * len(kappa)))
        if not total:
            return None
        return WayDown(None, total, self.constant)

    def _surely_outside(self, b: Block) -> bool:
        """Return whether some form of a block is proved not to be positive."""
        for f in b.forms:
            try:
                if sign(self.solution.forms.value(f)) <= 0:
                    return True
            except Undecided:
                continue
        return False

    def _turn(self) -> WayDown | None:
        """Return a neuron and a direction out of its face with a negative slope, or None.

        Raises
        ------
        Undecided
            When no slope is proved negative, and one is not proved to be at least 0.
        """
        reason = None
        for slot, a in enumerate(self.T):
            for slope in self.blocks[a].slopes:
                try:
                    if sign(self.solution.forms.value(slope.form)) < 0:
                        b = self.blocks[a]
                        return WayDown(slot, b.sign, b.neuron(slope.direction))
                except Undecided as undecided:
                    reason = undecided
        if reason is not None:
            raise reason
        return None
