"""Comparing numbers of different kinds: fractions, elements of different fields, balls."""

from fractions import Fraction
from typing import Any

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import Scalar

__all__ = ["same"]

_BITS = 1024  # of an enclosure of an exact number


def same(a: Scalar, b: Scalar) -> bool:
    """Return whether two numbers are equal, or enclosures that are not told apart."""
    try:
        if isinstance(a, Ball) or isinstance(b, Ball):
            x, y = (_ball(t) for t in (a, b))
            return x.overlaps(y)
        return _equal(a, b)
    except Undecided:
        return True


def _equal(a: Any, b: Any) -> bool:  # noqa: ANN401 - numbers of two fields
    """Return whether two exact numbers are equal, in one field or in two."""
    field, other = getattr(a, "field", None), getattr(b, "field", None)
    if field is None or other is None or field == other:
        return bool(a == b)
    return a.minimal_polynomial() == b.minimal_polynomial() and bool(
        _ball(a).overlaps(_ball(b))
    )


def _ball(x: Scalar) -> Ball:
    if isinstance(x, Ball):
        return x
    if isinstance(x, Fraction):
        return Ball.from_rational(x, _BITS)
    found = x.enclosure(_BITS)
    assert isinstance(found, Ball)  # there is no other kind of scalar
    return found
