"""Sums of square roots ``sum q sqrt(s)``, compared exactly, and of numbers that are enclosed.

Roots of different classes modulo squares are linearly independent over Q; others are put
together. Only that a sign is found at last rests on this, not that it is right. In the place of
sqrt(s) may stand a number that is enclosed to as many bits as are asked for: then the sign is
proved, or not found.
"""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from .intervals import Interval
from .reading import NARROW, Clock, Json, rational, record, require

Enclosed: TypeAlias = Callable[[int], Interval]  # a number, to so many bits
Roots: TypeAlias = list[tuple[Fraction, Fraction]]
# sum of q sqrt(s): the pairs (q, s), or of q x: (q, x)
Terms: TypeAlias = list[tuple[Fraction, Fraction | Enclosed]]


def root_sign(terms: Terms, clock: Clock) -> int:
    """Return the sign of ``sum q sqrt(s)`` with every ``s > 0``."""
    shares: dict[Enclosed, Fraction] = {}
    roots: Roots = []
    for q, s in terms:
        if callable(s):
            shares[s] = shares.get(s, Fraction(0)) + q
        else:
            roots.append((q, s))
    curves = [(q, x) for x, q in shares.items() if q]
    classes: Roots = []
    # sqrt(s) = (sqrt(s t) / t) sqrt(t): one t for each class
    for q, s in roots:
        for i, (known, t) in enumerate(classes):
            clock.tick()
            p, r = (s * t).numerator, (s * t).denominator
            if isqrt(p) ** 2 == p and isqrt(r) ** 2 == r:
                classes[i] = (known + q * Fraction(isqrt(p), isqrt(r)) / t, t)
                break
        else:
            classes.append((q, s))
    classes = [(q, s) for q, s in classes if q]
    bits = 64
    while classes or curves:
        fine = bits <= 4 * clock.digits
        require(fine, "field", "a sum of roots is too near 0")
        clock.hold(len(classes), bits, "field")
        low = high = 0  # in units of 2^-bits, rounded outwards
        for q, s in classes:
            clock.tick()
            root = isqrt((s.numerator << 2 * bits) // s.denominator)
            ends = sorted((q.numerator * root, q.numerator * (root + 1)))
            low, high = low + ends[0] // q.denominator, high - (-ends[1] // q.denominator)
        for q, x in curves:
            clock.tick()
            own = x(bits) * q
            low, high = low + own.low, high + own.high
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        bits *= 2
    return 0


def enclosed(
    read: Json, terms: Terms, clock: Clock, where: str, size: Fraction | None = None
) -> Fraction:
    """Return the largest size of a claimed value: exact, or between two ends.

    The ends are close: by 2^-20 of the larger one, or of the size given.
    """
    pair = read if type(read) is dict else {"lower": read, "upper": read}
    record(pair, "lower upper", where)
    ends = []
    for end, sign in (("lower", 1), ("upper", -1)):
        ends.append(rational(pair[end], clock.digits, where))
        apart = root_sign([*terms, (-ends[-1], Fraction(1))], clock)
        require(apart * sign >= 0, where, f"the {end} end is on the wrong side")
    low, high = ends
    require(
        type(read) is not dict or low < high, where, "an exact value is written as such"
    )
    largest = max(abs(low), abs(high))
    allowed = largest if size is None else size
    require((high - low) * 2**NARROW <= allowed, where, "is too wide")
    return largest
