"""Powers with rational exponents, exactly, in one number field where they are in one.

Floating digits propose the field and the coordinates; each root R of ``x^(b/a)`` is proved by
``R >= 0`` and ``R^a = x^b``.
"""

from fractions import Fraction
from functools import lru_cache

from .ball import Ball
from .field import Algebraic
from .recognise import guess_coordinates, guess_field
from .scalar import Scalar, Scalars

__all__ = ["power_in_field", "powers"]

_BITS = 1000
_DEGREE = 9  # of a field for several roots: two cube roots


def power_in_field(x: Algebraic, exponent: Fraction) -> Scalar | None:
    """Return ``x^exponent`` of ``x > 0`` in the field of x, None where it is not seen there.

    >>> from .field import NumberField
    >>> a = NumberField((-2, 0, 1), (1, 2)).generator
    >>> power_in_field(3 + 2 * a, Fraction(1, 2)) == 1 + a
    True
    """
    ball = x.enclosure(_BITS)
    assert isinstance(ball, Ball)  # what encloses is a ball here
    found = guess_coordinates(ball.power(exponent), x.field)
    return found if found is not None and _is_power(found, x, exponent) else None


@lru_cache(maxsize=256)
def powers(sizes: tuple[Fraction, ...], exponent: Fraction) -> Scalars | None:
    """Return ``x^exponent`` of fractions ``x >= 0`` in one field; None where none is seen.

    >>> roots = powers((Fraction(2), Fraction(0), Fraction(8)), Fraction(1, 2))
    >>> roots[0] * roots[2]
    4
    """
    balls = [Ball.from_rational(x, _BITS).power(exponent) for x in sizes if x]
    guess = guess_field(balls, max_degree=_DEGREE)
    if guess is None:
        return None
    found = iter(guess[1])
    roots = [next(found) if x else Fraction(0) for x in sizes]
    pairs = zip(roots, sizes, strict=True)
    return tuple(roots) if all(_is_power(r, x, exponent) for r, x in pairs) else None


def _is_power(root: Scalar, x: Scalar, exponent: Fraction) -> bool:
    """Return whether a number is the power of another that is not negative."""
    return bool(root >= 0) and bool(root**exponent.denominator == x**exponent.numerator)
