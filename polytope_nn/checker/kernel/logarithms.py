"""Logarithms, exponentials, rational powers of intervals; combinations of logarithms as scalars.

``ln(m 2^e) = e ln 2 + 2 artanh((m - 1)/(m + 1))`` with m in [2/3, 4/3], and the series of artanh;
``e^(k ln 2 + r) = 2^k e^r`` with r in [0, ln 2), and the series of e^r; in integers, every rounding
outwards and counted (proofs/curves.md).

Rational combinations of 1 and of the logarithms of some integers are a vector space, no field: two
logarithms have no product here. One whose coefficients are 0 is 0; any other one is given a sign
only by an enclosure that excludes 0, so neither primes nor independence are needed.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from .intervals import Interval
from .numbers import Algebraic, Field, Scalar
from .reading import Clock, Json, Refuted, array, record, require, whole

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


MOST = 64  # integers whose logarithms there are


class LogField(Field):
    """The scalars ``q_0 + sum_i q_i ln p_i``; ``degree`` is the number of coordinates."""

    def __init__(self, read: Json, clock: Clock) -> None:
        self.clock, self.tick = clock, clock.tick
        record(read, "primes", "field")
        listed = array(read["primes"], "field")
        self.primes = [whole(p, "field", 2, 1 << 64) for p in listed]
        self.degree = whole(1 + len(listed), "field", 2, MOST)
        self.held: tuple[int, list[tuple[int, int]]] = (0, [])

    def made(self, coordinates: Sequence[int | Fraction]) -> Algebraic:
        """Return the scalar of these coordinates."""
        return Combination(coordinates, self)

    def ends(self, bits: int) -> list[tuple[int, int]]:
        """Return ends around each logarithm, in units of ``2^-bits``."""
        if self.held[0] != bits:
            found = [ends_of_ln(p << bits, bits, self.tick) for p in self.primes]
            self.held = bits, found
        return self.held[1]

    def logarithm(self, r: Fraction, where: str) -> Scalar:
        """Return ln r as a combination; r is positive, a product of powers of the integers."""
        require(r > 0, where, "kappa is outside the loss's domain")
        coordinates = [Fraction(0)] * self.degree
        for part, side in ((r.numerator, 1), (r.denominator, -1)):
            left = part
            for i, p in enumerate(self.primes, 1):
                while left % p == 0:
                    self.tick()
                    left, coordinates[i] = left // p, coordinates[i] + side
            require(left == 1, where, "a logarithm is not one of the field's")
        return self.made(coordinates) if any(coordinates) else Fraction(0)


class Combination(Algebraic):
    """A combination of 1 and logarithms."""

    __slots__ = ()
    field: LogField

    def __mul__(self, other: Scalar) -> Algebraic:
        if isinstance(other, Algebraic):
            one, two = self.coordinates, other.coordinates
            if any(two[1:]) and any(one[1:]):
                raise Refuted("field", "two logarithms have no product")
            by, many = (one[0], two) if any(two[1:]) else (two[0], one)
            return Combination([by * t for t in many], self.field)
        return Combination([other * t for t in self.coordinates], self.field)

    __rmul__ = __mul__

    @property
    def sign(self) -> int:
        """The sign, by enclosures that become narrower."""
        if not any(self.coordinates):
            return 0
        bits = 64
        while True:
            fine = bits <= 4 * self.field.clock.digits
            require(fine, "field", "a sign is not decided: a hidden zero")
            low = high = self.coordinates[0] * (1 << bits)
            for q, ends in zip(self.coordinates[1:], self.field.ends(bits), strict=True):
                below, above = sorted((q * ends[0], q * ends[1]))
                low, high = low + below, high + above
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2
