"""Rational combinations of 1 and of the logarithms of some integers, as exact scalars.

They are a vector space, no field: two logarithms have no product here. A combination whose
coefficients are 0 is 0; any other one is given a sign only by an enclosure that excludes 0, so
neither primes nor independence are needed (proofs/curves.md).
"""

from collections.abc import Sequence
from fractions import Fraction

from .logarithms import ends_of_ln
from .numbers import Algebraic, Field, Scalar
from .reading import Clock, Json, Refuted, array, record, require, whole

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
