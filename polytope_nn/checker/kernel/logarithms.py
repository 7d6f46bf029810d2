"""Logarithms, exponentials, rational powers of intervals, in integers rounded outwards.

``ln(m 2^e) = e ln 2 + 2 artanh((m - 1)/(m + 1))`` with m in [2/3, 4/3], and the series of artanh;
``e^(k ln 2 + r) = 2^k e^r`` with r in [0, ln 2), and the series of e^r; every rounding is
counted (proofs/curves.md).
"""

from collections.abc import Callable
from fractions import Fraction

from .intervals import Interval
from .reading import require

GUARD = 64  # bits beyond those asked for


def logarithm(x: Interval, tick: Callable[[], None], where: str) -> Interval:
    """Return ln x; the interval must be positive."""
    require(x.low > 0, where, "a logarithm of what is not proved positive")
    low, _ = ends_of_ln(x.low, x.bits, tick)
    _, high = ends_of_ln(x.high, x.bits, tick)
    return Interval(low, high, x.bits)


def ends_of_ln(p: int, bits: int, tick: Callable[[], None]) -> tuple[int, int]:
    """Return ends around ``ln(p / 2^bits)``, p > 0, in units of ``2^-bits``."""
    work = bits + GUARD
    e = p.bit_length() - bits  # p / 2^bits = m 2^e with m in [1/2, 1)
    shift = bits + e
    if 3 * p < 1 << (shift + 1):
        e, shift = e - 1, shift - 1  # m in [2/3, 4/3)
    one = 1 << shift
    value, error = twice_artanh(p - one, p + one, work, tick)
    two, apart = twice_artanh(1, 3, work, tick)  # ln 2
    total, error = value + e * two, error + abs(e) * apart
    return (total - error) >> GUARD, -((-total - error) >> GUARD)


def twice_artanh(p: int, q: int, work: int, tick: Callable[[], None]) -> tuple[int, int]:
    """Return ``2 artanh(p/q)`` for ``|p/q| <= 1/3`` in units of ``2^-work``, and the error's bound.

    u is off by less than a unit, u^2 by less than 2, so a power by less than 2 (its error e
    becomes less than e/9 + 2/3 + 1), each term by less than 3; what is left out is less than 4.
    """
    u = (p << work) // q
    square = u * u >> work
    term, k, total = u, 0, 0
    while term not in (0, -1):
        tick()
        total += term // (2 * k + 1)
        term, k = term * square >> work, k + 1
    return 2 * total, 8 * k + 16


def exponential(x: Interval, tick: Callable[[], None]) -> Interval:
    """Return e^x."""
    low, _ = ends_of_exp(x.low, x.bits, tick)
    _, high = ends_of_exp(x.high, x.bits, tick)
    return Interval(low, high, x.bits)


def ends_of_exp(p: int, bits: int, tick: Callable[[], None]) -> tuple[int, int]:
    """Return ends around ``e^(p / 2^bits)`` in units of ``2^-bits``.

    r is off by at most ``1 + |k| error``, and so e^r <= 2 by less than four times that, as long
    as that is small. A term ``r^i / i!`` is off by at most 2: the one before it is, times r < 1
    and over i >= 2, and two roundings. What is left out is less than 4.
    """
    if p < -(bits + 1) << bits:  # less than 2^-(bits + 1), and positive
        return 0, 1
    work = bits + GUARD + (abs(p) >> bits).bit_length()
    two, apart = twice_artanh(1, 3, work, tick)  # ln 2
    x = p << (work - bits)
    k = x // two
    r, off = x - k * two, 1 + abs(k) * apart
    term, i, total = 1 << work, 0, 0
    while term:
        tick()
        total, i = total + term, i + 1
        term = (term * r >> work) // i
    error = 2 * i + 4 + 4 * off
    shift = work - bits - k
    low, high = max(total - error, 0), total + error
    if shift <= 0:
        return low << -shift, high << -shift
    return low >> shift, -(-high >> shift)


def power(
    x: Interval, exponent: Fraction, tick: Callable[[], None], where: str
) -> Interval:
    """Return ``x^exponent`` for a positive interval and a rational exponent."""
    require(x.low > 0, where, "a power of what is not proved positive")
    if exponent < 0:
        return power(x, -exponent, tick, where).inverse(where)
    a, b = exponent.numerator, exponent.denominator
    # (x / 2^bits)^(a/b) 2^bits = (x^a 2^(bits (b - a)))^(1/b)
    ends = []
    for end in (x.low, x.high):
        scaled = end**a << x.bits * b
        ends.append(floor_root(scaled >> x.bits * a, b, tick))
    return Interval(ends[0], ends[1] + 1, x.bits)


def floor_root(x: int, b: int, tick: Callable[[], None]) -> int:
    """Return the integer part of the b-th root of ``x >= 0``, by Newton's method from above."""
    if x < 2:
        return x
    r = 1 << -(-x.bit_length() // b)
    while True:
        tick()
        smaller = ((b - 1) * r + x // r ** (b - 1)) // b
        if smaller >= r:
            return r
        r = smaller
