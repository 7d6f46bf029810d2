"""Smooth losses: the fit of a kappa, the conjugate, the loss of a fit and its slope.

With t = kappa y / w of labels 1 and -1, and the like of others. ``l*(-kappa)`` is continuous and
has the derivative -z. Fits are logarithms and powers, slopes exponentials, of intervals:
``ln(m 2^e) = e ln 2 + 2 artanh((m - 1)/(m + 1))`` with m in [2/3, 4/3], and the series of artanh;
``e^(k ln 2 + r) = 2^k e^r`` with r in [0, ln 2), and the series of e^r; in integers, every rounding
outwards and counted (proofs/curves.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ...kernel.intervals import Interval
from ...kernel.numbers import Scalar
from ...kernel.reading import require
from ...kernel.roots import Enclosed

# kind, label, weight, parameter
Sample: TypeAlias = tuple[str, Fraction, Fraction, Fraction]
WHERE, DUAL, INTERVALS = "claims.optimum", "claims.dual", "claims.intervals"


@dataclass(unsafe_hash=True)
class Curve:
    """A smooth graph of a kind: label y, weight w, parameter p; every kappa of its domain."""

    kind: str
    y: Fraction
    w: Fraction
    p: Fraction
    tick: Callable[[], None]
    name = "curve"

    @property
    def quotient(self) -> Fraction:
        """``1/(p - 1)`` of a power."""
        return 1 / (self.p - 1)

    def beside(self, other: "Curve", side: int) -> bool:
        """Return whether fits less their centres are side times the other's, at side its kappa."""
        mirrored = self.kind == "power" or self.y == side * other.y
        fits = side > 0 or self.kind != "poisson"
        return replace(other, y=self.y) == self and mirrored and fits

    @property
    def centre(self) -> Fraction:
        """What the fits of a power are symmetric about; 0 of others."""
        return self.y if self.kind == "power" else Fraction(0)

    def share(self, kappa: Scalar) -> Scalar:
        """Return t: fits are made of its logarithm."""
        if self.kind == "poisson":
            return self.y - kappa * (1 / self.w)
        return kappa * (self.y / self.w)

    def inner(self, kappa: Interval) -> Interval:
        """Return what logarithms and powers are taken of; it must be proved positive."""
        if self.kind == "power":
            return kappa * ((kappa.sign or 0) / self.w)
        found: Interval = self.share(kappa)
        return found

    def ln(self, x: Interval) -> Interval:
        """Return the logarithm of what must be positive."""
        return logarithm(x, self.tick, WHERE)

    def power(self, x: Interval, exponent: Fraction) -> Interval:
        """Return a power of what must be positive."""
        return power(x, exponent, self.tick, WHERE)

    def fit(self, kappa: Interval) -> Interval:
        """Return ``zeta(kappa)``."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (self.ln(1 - t) - self.ln(t)) * self.y
        if self.kind == "exponential":
            return self.ln(t) * -self.y
        if self.kind == "poisson":
            return self.ln(t)
        return self.y - self.power(t, self.quotient) * (kappa.sign or 0)

    def slope(self, kappa: Interval) -> Interval:
        """Return ``-zeta'(kappa)``, which is positive."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (t * (1 - t) * self.w).inverse(WHERE)
        if self.kind in {"exponential", "poisson"}:
            return (t * self.w).inverse(WHERE)
        q = self.quotient
        one = Interval.around(1, 1, kappa.bits)
        return (self.power(t, q - 1) if q != 1 else one) * (q / self.w)

    def value(self, kappa: Interval) -> Interval:
        """Return ``l*(-kappa)``."""
        t = self.inner(kappa)
        if self.kind == "logistic":
            return (t * self.ln(t) + (1 - t) * self.ln(1 - t)) * self.w
        if self.kind == "power":
            q = self.quotient + 1
            return self.power(t, q) * (self.w / q) - kappa * self.y
        return (t * self.ln(t) - t) * self.w

    def still(self) -> Fraction | None:
        """Return the kappa of the fit 0 where it is a rational that is known."""
        known = {
            "logistic": self.y * self.w / 2,
            "exponential": self.y * self.w,
            "poisson": (self.y - 1) * self.w,
        }
        if self.kind == "power" and self.p.denominator == 1:
            side = (self.y > 0) - (self.y < 0)
            known["power"] = self.w * side * abs(self.y) ** (self.p.numerator - 1)
        return known.get(self.kind)

    def height(self, z: Fraction) -> Fraction | Enclosed:
        """Return the loss of a fit z, a fraction where it is known to be one."""
        if self.kind == "power":
            return self.raised(abs(z - self.y), self.p, self.w / self.p)
        if not z and self.kind != "logistic":
            return self.w
        return Of(self, "_height", (z,))

    def _height(self, z: Fraction, bits: int) -> Interval:
        if self.kind == "poisson":
            return (self.exp(z, bits) - self.y * z) * self.w
        if self.kind == "exponential":
            return self.exp(-self.y * z, bits) * self.w
        # ln(1 + e^t) = max(t, 0) + ln(1 + e^-|t|)
        return (
            self.ln(self.exp(-abs(z), bits) + 1) + max(-self.y * z, Fraction(0))
        ) * self.w

    def rise(self, z: Fraction, moved: Fraction) -> Fraction | Enclosed:
        """Return the slope of the loss at a fit z, times how far it moved."""
        if self.kind == "power":
            side = 1 if z > self.y else -1
            return self.raised(abs(z - self.y), self.p - 1, self.w * side * moved)
        if not z:
            known = {"poisson": 1 - self.y, "exponential": -self.y, "logistic": -self.y / 2}
            return known[self.kind] * self.w * moved
        return Of(self, "_rise", (z, moved))

    def _rise(self, z: Fraction, moved: Fraction, bits: int) -> Interval:
        if self.kind == "poisson":
            return (self.exp(z, bits) - self.y) * (self.w * moved)
        if self.kind == "exponential":
            return self.exp(-self.y * z, bits) * (-self.w * self.y * moved)
        e = self.exp(-abs(z), bits)  # 1/(1 + e^t) = e^-t/(1 + e^-t)
        share = (e + 1).inverse(WHERE) * (e if self.y * z > 0 else 1)
        return share * (-self.w * self.y * moved)

    def dual(self, kappa: Fraction) -> Fraction | Enclosed:
        """Return ``l*(-kappa)`` of a kappa in the domain, its ends too: ``t ln t`` is 0 at 0."""
        if self.kind == "power":
            q = self.quotient + 1
            own = self.raised(abs(kappa) / self.w, q, self.w / q)
            if isinstance(own, Fraction):
                return own - kappa * self.y
            return Of(self, "_conjugate", (kappa,))
        t = self.share(kappa)
        if t in {0, 1}:
            return Fraction(0) if self.kind == "logistic" else -self.w * t
        return Of(self, "_conjugate", (kappa,))

    def _conjugate(self, kappa: Fraction, bits: int) -> Interval:
        t = self.share(kappa)
        near = {"power": [abs(kappa)], "logistic": [t, 1 - t]}.get(self.kind, [t])
        # a logarithm or a power of what is near 0 needs as many bits more
        sizes = [x.denominator.bit_length() - x.numerator.bit_length() for x in near]
        more = max(0, *sizes) + 2
        found = self.value(Interval.around(kappa, kappa, bits + more))
        return Interval(found.low >> more, -(-found.high >> more), bits)

    def exponent(self, z: Fraction) -> Fraction:
        """Return the largest t of the e^t that the loss of a fit and its slope are made of."""
        signed = {"poisson": z, "exponential": -self.y * z}
        return signed.get(self.kind, Fraction(0))

    def exp(self, x: Fraction, bits: int) -> Interval:
        """Return e^x."""
        return exponential(Interval.around(x, x, bits), self.tick)

    def raised(
        self, x: Fraction, exponent: Fraction, share: Fraction
    ) -> Fraction | Enclosed:
        """Return ``share x^exponent`` for ``x >= 0`` and an exponent > 0."""
        a, b = exponent.numerator, exponent.denominator
        over, under = (floor_root(t, b, self.tick) for t in (x.numerator, x.denominator))
        if over**b == x.numerator and under**b == x.denominator:
            return share * Fraction(over, under) ** a
        return Of(self, "_power", (x, exponent, share))

    def _power(
        self, x: Fraction, exponent: Fraction, share: Fraction, bits: int
    ) -> Interval:
        own = Interval.around(x, x, bits)
        if own.low > 0:
            return self.power(own, exponent) * share
        most = self.power(Interval(1, own.high, bits), exponent).high
        return Interval(0, most, bits) * share


@dataclass(frozen=True)
class Of:
    """A number that a curve encloses to as many bits as are asked: equal ones are one number."""

    curve: Curve
    name: str
    at: tuple[Fraction, ...]

    def __call__(self, bits: int) -> Interval:
        """Return an interval around it."""
        found: Interval = getattr(self.curve, self.name)(*self.at, bits)
        return found


GUARD = 64  # bits beyond those asked for


def logarithm(x: Interval, tick: Callable[[], None], where: str) -> Interval:
    """Return ln x; the interval must be positive."""
    require(x.low > 0, where, "a logarithm of what is not proved positive")
    low, high = (ends_of_ln(end, x.bits, tick) for end in (x.low, x.high))
    return Interval(low[0], high[1], x.bits)


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
    low, high = (ends_of_exp(end, x.bits, tick) for end in (x.low, x.high))
    return Interval(low[0], high[1], x.bits)


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
