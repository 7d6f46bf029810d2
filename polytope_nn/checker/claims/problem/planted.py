"""Smooth losses of an exact kappa: fits that are combinations of logarithms, or stated roots.

Of logistic, exponential and Poisson losses of a rational kappa fits are logarithms, exactly. Of
powers ``w |z - y|^p / p`` with ``p - 1 = r/s`` they are stated, and multiplied out: ``-kappa`` is
in the subdifferential at z iff ``y - z`` has the sign of kappa and ``w^s |y - z|^r = |kappa|^s``.

Rational combinations of 1 and of the logarithms of some integers are a vector space, no field: two
logarithms have no product here. One whose coefficients are 0 is 0; any other one is given a sign
only by an enclosure that excludes 0, so neither primes nor independence are needed.
"""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.numbers import Algebraic, Field, Scalar, sign, zero
from ...kernel.reading import Clock, Json, Refuted, array, record, require, whole
from .curves import DUAL, INTERVALS, Sample, ends_of_ln

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


def logarithms(field: Field) -> LogField:
    """Return the field, which has logarithms."""
    if not isinstance(field, LogField):
        raise Refuted("field", "has no logarithms")
    return field


def planted_parts(
    kind: str, y: Fraction, w: Fraction, kappa: Scalar
) -> tuple[Fraction, Fraction]:
    """Return t, and the number ``1 - t`` or 1 beside it, whose logarithms are the fit's."""
    if not isinstance(kappa, Fraction):
        raise Refuted(DUAL, "the fit of kappa is no combination of logarithms")
    if kind == "poisson":
        return y - kappa / w, Fraction(1)
    t = y * kappa / w
    return t, 1 - t if kind == "logistic" else Fraction(1)


def planted_fit(field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar) -> Scalar:
    """Return the fit of a kappa (general §3)."""
    t, rest = planted_parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    z = ln(t, DUAL) - ln(rest, DUAL)
    return z if kind == "poisson" else z * -y


def planted_conjugate(
    field: Field, kind: str, y: Fraction, w: Fraction, kappa: Scalar
) -> Scalar:
    """Return ``l*(-kappa)``."""
    t, rest = planted_parts(kind, y, w, kappa)
    ln = logarithms(field).logarithm
    if kind == "logistic":
        return (ln(t, DUAL) * t + ln(rest, DUAL) * rest) * w
    return (ln(t, DUAL) * t - t) * w


def raised(x: Scalar, exponent: int) -> Scalar:
    """Return a positive power."""
    found = x
    for _ in range(exponent - 1):
        found = found * x
    return found


def power_fit(
    field: Field,
    sample: Sample,
    kappa: Scalar,
    read: Json,
) -> Scalar:
    """Return the fit of a kappa, as it is stated."""
    _, y, w, p = sample
    z = field.number(array(read, INTERVALS, 2)[0], INTERVALS)
    side, gap = sign(kappa), y - z
    require(sign(gap) == side, INTERVALS, "a fit is on the other side of its label")
    if side:
        field.tick()
        r, s = (p - 1).numerator, p.denominator
        apart = raised(side * gap, r) * w**s - raised(side * kappa, s)
        require(zero(apart), INTERVALS, "a fit is not that of kappa")
    return z


def power_conjugate(sample: Sample, kappa: Scalar, z: Scalar) -> Scalar:
    """Return ``l*(-kappa) = -kappa z - w |z - y|^p / p`` at the fit z of kappa."""
    _, y, _, p = sample
    return -1 * kappa * (z + (y - z) * (1 / p))
