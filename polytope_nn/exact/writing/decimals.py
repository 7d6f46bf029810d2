"""Decimals of proved digits: ``round(x, n)`` and ``format(x, ".4f")`` of exact numbers.

A digit is written when every number of an enclosure is written so; enclosures of growing
precision are asked for, so that of a number that is known exactly any digit can be had. A
quotient is cut with its last digit made odd (Decimal's ROUND_05UP), so that rounding it once
more rounds the number itself.
"""

import re
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, ROUND_05UP, Decimal, localcontext
from fractions import Fraction
from typing import TypeAlias, TypeVar

from polytope_nn.errors import Undecided

__all__ = ["Enclose", "formatted", "rounded"]

_Written = TypeVar("_Written")
Enclose: TypeAlias = Callable[[int], tuple[Fraction, Fraction]]
"""Gives ends ``lower <= x <= upper``, closer for more bits."""

_SPEC = re.compile(r".*?(?:\.(\d+))?[eEfFgG%]")
_BITS = 64
_MOST_BITS = 1 << 16


def rounded(enclose: Enclose, digits: int) -> Fraction:
    """Return a number rounded to decimals, half to even: exactly a fraction.

    >>> third = Fraction(1, 3)
    >>> rounded(lambda bits: (third, third), 2)
    Fraction(33, 100)
    """
    return _agreed(enclose, lambda x: Fraction(round(x, digits)), f"{digits} decimals")


def formatted(enclose: Enclose, spec: str) -> str:
    """Return a number in the format that ``spec`` asks of a float, every digit proved.

    >>> big = Fraction(10**400, 3)
    >>> formatted(lambda bits: (big, big), ".3e")
    '3.333e+399'

    Raises
    ------
    ValueError
        For a spec that is none of a float's.
    """
    read = _SPEC.fullmatch(spec)
    if read is None:
        raise ValueError(f"format {spec!r}: give a float's, such as '.6f', '.6e' or '.6g'")
    digits = int(read[1] or 6)
    return _agreed(enclose, lambda x: format(_cut(x, digits), spec), f"format {spec!r}")


def _cut(x: Fraction, digits: int) -> Decimal:
    """Return a fraction as a decimal of more digits than are shown, cut to an odd last one."""
    whole = len(str(abs(x.numerator) // x.denominator))
    with localcontext(
        prec=whole + digits + 8, rounding=ROUND_05UP, Emax=MAX_EMAX, Emin=MIN_EMIN
    ):
        return Decimal(x.numerator) / Decimal(x.denominator)


def _agreed(enclose: Enclose, write: Callable[[Fraction], _Written], what: str) -> _Written:
    """Return what both ends are written as."""
    bits = _BITS
    while bits <= _MOST_BITS:
        lower, upper = enclose(bits)
        low, high = write(lower), write(upper)
        if low == high:
            return low
        bits *= 2
    raise Undecided(f"{what}: the digits are not known of a number in this enclosure")
