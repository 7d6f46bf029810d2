"""How far a search may go before it says :class:`~polytope_nn.errors.Undecided`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from time import process_time
from typing import TYPE_CHECKING, Any, TypeVar

from polytope_nn.called import given, given_width
from polytope_nn.errors import InstanceError
from polytope_nn.progress import cleared
from polytope_nn.wording import integer, shown

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = [
    "Limits",
    "Progress",
    "limits_of",
    "of_slots",
    "on_terminal",
    "silent",
    "width_of",
]

_Answer = TypeVar("_Answer")
Progress = Callable[[str], None]

_ENDS = {  # numbers of more bits than these fit into no memory
    "bits": (64, 1_000_000),
    "degree": (1, 10_000),
    "field_bits": (64, 10_000_000),
    "vertices": (1, 10**12),
}
_PATIENCE = 2  # seconds of work before a line is shown


def width_of(width: object, least: int) -> int:
    """Return a width, an integer of numpy too, that is ``least`` or more.

    Raises
    ------
    InstanceError
        When it is none.

    Examples
    --------
    >>> width_of(3, 1)
    3
    """
    number = integer(width, least)
    given_width(number)
    if number is None:
        raise InstanceError(
            f"width: {shown(width)} is no width: give an integer >= {least}"
        )
    return number


def of_slots(method: Callable[[Any, int], _Answer]) -> Callable[[Any, int], _Answer]:
    """Return a method of a number of slots that refuses what is none, or less than one.

    >>> of_slots(lambda self, k: 2 * k)(None, 3)
    6
    >>> of_slots(lambda self, k: 2 * k)(None, 1.5)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: width: 1.5 is no width: give an integer >= 1
    """

    @wraps(method)
    def told(self: object, k: int) -> _Answer:
        return method(self, width_of(k, 1))

    return told


def silent(message: str) -> None:
    """Report nothing."""


def on_terminal(message: str) -> None:
    """Report a line on stderr, if that is a terminal and the work has taken seconds."""
    if process_time() > _PATIENCE and sys.stderr.isatty():
        cleared()
        sys.stderr.write(f"{message}\n")


@dataclass(frozen=True)
class Limits:
    """How far the search for an optimum may go.

    ``bits`` is the working precision of balls; ``degree`` the largest degree of a number
    field that is tried; ``field_bits`` the precision at which its polynomial is sought;
    ``vertices`` the most vertices of an optimal polytope that are listed.
    ``progress`` is called with a line at each long step of the search; the ``executor``, any
    of :mod:`concurrent.futures`, lists the vertices of exact polytopes in branches: the same
    vertices in the same order (worth it from about four processes and 10^5 vertices on).

    Raises
    ------
    InstanceError
        When a limit is no positive integer, or too large; the balls need 64 bits.

    Examples
    --------
    >>> Limits(degree=40).field_bits
    4000
    """

    bits: int = 320
    degree: int = 24
    field_bits: int = 4000
    vertices: int = 6_000
    progress: Progress = field(default=silent, compare=False)
    executor: "Executor | None" = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name, (low, high) in _ENDS.items():
            value = getattr(self, name)
            number = integer(value, low)
            if number is None or number > high:
                raise InstanceError(
                    f"{name}: {shown(value)} is no limit: give an integer from {low} to {high}"
                )
            object.__setattr__(self, name, number)


def limits_of(limits: Limits | None) -> Limits:
    """Return the limits that are given, the usual ones where none are.

    >>> limits_of(None) == Limits(), limits_of(Limits(bits=64)).bits
    (True, 64)
    >>> limits_of(64)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: int is no Limits: give one
    """
    if limits is None:
        return Limits()
    given(Limits, limits)
    return limits
