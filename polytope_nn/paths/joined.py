"""Two descents to one optimal network, of any kind of networks: the second walked backwards."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum, total

__all__ = ["Descending", "Joined"]


class Descending(Protocol):
    """A descent: networks, and an objective that never rises from one to the next."""

    @property
    def width(self) -> int:
        """Return the number of slots."""

    @property
    def breakpoints(self) -> tuple[Any, ...]:
        """Return the networks between which the descent is linear."""

    @property
    def objectives(self) -> tuple[RootSum, ...]:
        """Return the objectives there."""


Of = TypeVar("Of", bound=Descending)
Made = TypeVar("Made")  # networks


@dataclass(frozen=True, repr=False)
class Joined(Generic[Of, Made]):
    """The two descents to one optimal network, where they meet."""

    down: Of
    up: Of

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.down.width

    @property
    def breakpoints(self) -> tuple[Made, ...]:
        """The networks between which the path is linear, slot by slot."""
        return (*self.down.breakpoints, *self.up.breakpoints[-2::-1])

    @property
    def objectives(self) -> tuple[RootSum, ...]:
        """The objective at the breakpoints: falling to the optimum, then rising."""
        return (*self.down.objectives, *self.up.objectives[-2::-1])

    @property
    def barrier(self) -> RootSum:
        """The largest objective on the path less that of the larger end, ``>= 0``.

        On a line the objective is convex, so the largest is met at a breakpoint.
        """
        rises = [
            x - descended.objectives[0]
            for descended in (self.down, self.up)
            for x in descended.objectives
            if x is not descended.objectives[0] and _above(x, descended.objectives[0])
        ]
        return max(rises, default=total(()))

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}(width={self.width}, breakpoints={len(self.breakpoints)})"


def _above(x: RootSum, first: RootSum) -> bool:
    """Return whether an objective is above the first of its descent.

    Balls that overlap do not tell, and need not: no line of a descent rises, which its slopes
    prove and not its values.
    """
    try:
        return x > first
    except Undecided:
        return False
