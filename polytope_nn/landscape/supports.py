"""Supports of points as bits of an int: which atoms have a positive weight."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import Scalar, sign
from polytope_nn.geometry.adjacency import indices

__all__ = ["bits_of", "is_nothing", "support"]


def support(c: Sequence[Scalar]) -> int:
    """Return the set of nonzero coordinates as the bits of an int.

    >>> bin(support([Fraction(1), Fraction(0), Fraction(2)]))
    '0b101'
    """
    return sum(1 << a for a, x in enumerate(c) if (x if type(x) is Fraction else sign(x)))


def bits_of(mask: int) -> list[int]:
    """Return the positions of the bits of a mask, ascending.

    >>> bits_of(0b101)
    [0, 2]
    """
    return list(indices(mask))


def is_nothing(x: Scalar) -> bool:
    """Return whether x is known to be 0: the fraction, or a ball of no width at 0.

    >>> is_nothing(Fraction(0)), is_nothing(Ball.from_rational(0)), is_nothing(Fraction(1))
    (True, True, False)
    """
    if isinstance(x, Ball):
        return x.is_exact and x.midpoint == 0
    return isinstance(x, Fraction) and x == 0
