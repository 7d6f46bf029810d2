"""Balls: real numbers known up to a proved error, on python-flint's ``arb``.

A :class:`Ball` stands for one real number of which only ``midpoint +- radius`` is known.
Its arithmetic encloses, its comparisons are proved or raise
:class:`~polytope_nn.errors.Undecided`: no tolerance, and no answer by luck.

Every ball carries its *working precision* in bits, the length to which midpoints are
rounded (the radius accounts for that). An operation works at the larger precision of
its two operands; a fraction met on the way takes the ball's. New balls are made at
the precision of the enclosing ``with precision(bits):`` block, 128 bits outside any.
Flint's global ``ctx.prec`` is set for the length of one operation and put back, so
neither a caller's use of flint nor another thread can cost more than tightness.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from itertools import chain
from typing import Final, Self, TypeAlias, cast

from flint import arb, ctx, fmpq

from polytope_nn.errors import Undecided

from .rational import decimal_unit, text
from .scalar import RealNumber, Scalar

__all__ = [
    "Ball",
    "BallMatrix",
    "Balls",
    "ball_vector",
    "precision",
    "roomy",
    "working_precision",
]

_ROOM = 1 << 10
_PRECISION: ContextVar[int] = ContextVar("precision", default=128)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Make new balls at ``bits`` bits within a ``with`` block.

    >>> with precision(500):
    ...     Ball.from_rational(Fraction(1, 3)).precision
    500
    """
    token = _PRECISION.set(_checked(bits))
    try:
        yield
    finally:
        _PRECISION.reset(token)


def _checked(bits: int) -> int:
    if bits < 2:
        raise ValueError(f"a precision of {bits} bits: at least 2 are needed")
    return bits


def _dyadic(x: arb) -> Fraction:
    man, exp = map(int, x.man_exp())
    return Fraction(man << exp) if exp >= 0 else Fraction(man, 1 << -exp)


def _times_power(x: arb, shift: int) -> tuple[int, int]:
    """Return the floor of ``x 2^shift``, and 1 where that is less."""
    man, exp = map(int, x.man_exp())
    exp += shift
    if exp >= 0:
        return man << exp, 0
    return man >> -exp, int(man & (1 << -exp) - 1 != 0)


def _arb(x: Fraction | int) -> arb:
    """Return a rational at the precision of the context; an integer is exact."""
    p, q = x.numerator, x.denominator
    return arb(int(p)) if q == 1 else arb(fmpq(p, q))


def _product(x: Scalar, y: Scalar) -> tuple[arb, int] | None:
    """Return ``x y`` and its precision, to which the context is set; None unless one is a ball."""
    if type(x) is Ball:
        if type(y) is Ball:
            bits = ctx.prec = max(x.precision, y.precision)
            return x.value * y.value, bits
        x, y = y, x
    if type(y) is not Ball or type(x) is not Fraction:
        return None
    bits = ctx.prec = y.precision
    return y.value * _arb(x), bits


class Ball(RealNumber):
    """A real number enclosed in ``[lower, upper]``, the two ends dyadic rationals.

    >>> x = Ball.from_rational(Fraction(1, 3))
    >>> x.lower < Fraction(1, 3) < x.upper
    True
    >>> x < 1
    True
    >>> x == Fraction(1, 3)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    polytope_nn.errors.Undecided: ... = ... is not decided at 128 bits
    """

    __slots__ = ("precision", "value")
    value: Final[arb]
    precision: Final[int]

    def __init__(self, x: arb, bits: int) -> None:
        """Wrap a finite ``arb`` at a working precision in bits.

        Outside this room balls are made by :meth:`from_rational`, :meth:`from_interval`.
        """
        self.value = x
        self.precision = bits

    @classmethod
    def from_rational(cls, x: Fraction | int, bits: int | None = None) -> Self:
        """Return a ball around a rational; exact for an integer."""
        bits = _PRECISION.get() if bits is None else _checked(bits)
        before, ctx.prec = ctx.prec, bits
        try:
            return cls(_arb(x), bits)
        finally:
            ctx.prec = before

    @classmethod
    def from_interval(
        cls, lower: Fraction | int, upper: Fraction | int, bits: int | None = None
    ) -> Self:
        """Return a ball around ``{x : lower <= x <= upper}``."""
        if lower > upper:
            raise ValueError(f"[{text(lower)}, {text(upper)}] is no interval")
        a, b = cls.from_rational(lower, bits), cls.from_rational(upper, bits)
        with ctx.workprec(a.precision):
            return cls(a.value.union(b.value), a.precision)

    # what is known of the number

    @property
    def lower(self) -> Fraction:
        """The lower end, exactly."""
        return self.midpoint - self.radius

    @property
    def upper(self) -> Fraction:
        """The upper end, exactly."""
        return self.midpoint + self.radius

    @property
    def midpoint(self) -> Fraction:
        """The middle, exactly."""
        return _dyadic(self.value.mid())

    @property
    def radius(self) -> Fraction:
        """The largest distance from the middle, exactly."""
        return _dyadic(self.value.rad())

    @property
    def exponent(self) -> int | None:
        """A k with ``|x| < 2^k`` for all x in the ball, less than 2 above the least; None: 0."""
        ends = (map(int, t.man_exp()) for t in (self.value.mid(), self.value.rad()))
        sizes = [man.bit_length() + exp for man, exp in ends if man]
        return max(sizes) + len(sizes) - 1 if sizes else None

    def unit(self) -> Fraction:
        """Return a power of ten beside which the number is of order 1; 1 where it may be 0."""
        return Fraction(1) if 0 in self else decimal_unit(self.midpoint)

    def scaled(self, shift: int) -> tuple[int, int]:
        """Return integers m and r: the number times ``2^shift`` is at most r from m.

        >>> x = Ball.from_rational(Fraction(1, 4))
        >>> x.scaled(3), x.scaled(0)
        ((2, 0), (0, 1))
        """
        middle, rounded = _times_power(self.value.mid(), shift)
        radius, up = _times_power(self.value.rad(), shift)
        return middle, radius + rounded + up

    @property
    def is_exact(self) -> bool:
        """Whether the radius is 0: the number is then its midpoint."""
        return bool(self.value.is_exact())

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, None where the radius is not 0."""
        return self.midpoint if self.is_exact else None

    @property
    def accuracy(self) -> int:
        """The number of leading bits known: about ``-log2(radius / |midpoint|)``."""
        return self.precision if self.is_exact else int(self.value.rel_accuracy_bits())

    def enclosure(self, bits: int) -> "Ball":
        """Return the same ball at another working precision."""
        return Ball(self.value, _checked(bits))

    def __contains__(self, x: Fraction | int) -> bool:
        if not x:  # ends may have denominators of any length
            return bool(self.value.contains(0))
        return self.lower <= x <= self.upper

    def magnitude(self) -> Fraction:
        """Return the largest absolute value of a number in the ball, exactly."""
        return abs(self.midpoint) + self.radius

    def overlaps(self, other: "Ball") -> bool:
        """Return whether the two balls have a point in common."""
        return bool(self.value.overlaps(other.value))

    def centre(self) -> "Ball":
        """Return the midpoint as an exact ball."""
        return Ball(self.value.mid(), self.precision)

    # arithmetic: every operation encloses

    def _coerce(self, other: object) -> "Ball | None":
        if type(other) is Ball:
            return other
        if type(other) is Fraction or isinstance(other, (int, Fraction)):
            return Ball.from_rational(other, self.precision)
        if isinstance(other, RealNumber):
            return cast("Ball", other.enclosure(self.precision))
        return None

    def _plus(self, other: "Ball") -> "Ball":
        bits = max(self.precision, other.precision)
        before, ctx.prec = ctx.prec, bits
        try:
            return Ball(self.value + other.value, bits)
        finally:
            ctx.prec = before

    def _times(self, other: "Ball") -> "Ball":
        bits = max(self.precision, other.precision)
        before, ctx.prec = ctx.prec, bits
        try:
            return Ball(self.value * other.value, bits)
        finally:
            ctx.prec = before

    def summed(self, start: Scalar, pairs: Iterable[tuple[Scalar, Scalar]]) -> Scalar:
        """Return the products of pairs added to a number, one by one; exact zeros are left out.

        What ``+`` and ``*`` give, bit by bit, with no ball made of what is between.
        """
        rest, before = iter(pairs), ctx.prec
        total, bits = (start.value, start.precision) if type(start) is Ball else (None, 0)
        try:
            for x, y in rest:
                if (type(x) is Fraction and not x) or (type(y) is Fraction and not y):
                    continue
                found = _product(x, y)
                if found is None:
                    sofar = start if total is None else Ball(total, bits)
                    return super().summed(sofar, chain([(x, y)], rest))
                product, fine = found
                if total is None:
                    total, bits = product + _arb(cast("Fraction", start)), fine
                    continue
                bits = ctx.prec = max(bits, fine)
                total = total + product
        finally:
            ctx.prec = before
        return start if total is None else Ball(total, bits)

    def __neg__(self) -> "Ball":
        with ctx.workprec(max(self.precision, self.value.bits())):  # -x must not round
            return Ball(-self.value, self.precision)

    def inverse(self) -> "Ball":
        """Return ``1/self``; ``Undecided`` when the ball contains 0."""
        if self.sign() == 0:
            raise ZeroDivisionError("1/0")
        with ctx.workprec(self.precision):
            return Ball(1 / self.value, self.precision)

    def sqrt(self) -> "Ball":
        """Return the square root; ``Undecided`` when the number may be negative."""
        if self < 0:
            raise ValueError(f"{self!r} is negative: its square root is not real")
        with ctx.workprec(self.precision):
            return Ball(self.value.sqrt(), self.precision)

    def log(self) -> "Ball":
        """Return the natural logarithm; ``Undecided`` when the number may be 0 or less."""
        if not self > 0:
            raise ValueError(f"{self!r} is not positive: its logarithm is not real")
        with ctx.workprec(self.precision):
            return Ball(self.value.log(), self.precision)

    def exp(self) -> "Ball":
        """Return the exponential."""
        with ctx.workprec(self.precision):
            return Ball(self.value.exp(), self.precision)

    def power(self, exponent: Fraction) -> "Ball":
        """Return a rational power; ``Undecided`` when the number may be 0 or less."""
        if not self > 0:
            raise ValueError(f"{self!r} is not positive: its powers are not real")
        with ctx.workprec(self.precision):
            q = fmpq(exponent.numerator, exponent.denominator)
            return Ball(self.value**q, self.precision)

    # comparisons: proved, or Undecided

    def sign(self) -> int:
        """Return -1, 0 or 1; ``Undecided`` when the ball contains 0 and more."""
        if self.value > 0:
            return 1
        if self.value < 0:
            return -1
        if self.value.is_zero():
            return 0
        raise Undecided(f"the sign of {self!r} is not decided at {self.precision} bits")

    def _decided(self, relation: str, other: "Ball", *, yes: bool, no: bool) -> bool:
        if not (yes or no):
            raise Undecided(
                f"{self!r} {relation} {other!r} is not decided"
                f" at {min(self.precision, other.precision)} bits"
            )
        return yes

    def __eq__(self, other: object) -> bool:
        x = self._coerce(other)
        if x is None:
            return NotImplemented
        yes = self.is_exact and x.is_exact and bool(self.value == x.value)
        no = not self.value.overlaps(x.value)
        return self._decided("=", x, yes=yes, no=no)

    def __hash__(self) -> int:
        """Hash the ends; an exact ball hashes like the fraction it equals."""
        return hash(self.midpoint if self.is_exact else (self.lower, self.upper))

    def __lt__(self, other: object) -> bool:
        x = self._coerce(other)
        if x is None:
            return NotImplemented
        return self._decided("<", x, yes=self.value < x.value, no=self.value >= x.value)

    def __le__(self, other: object) -> bool:
        x = self._coerce(other)
        if x is None:
            return NotImplemented
        return self._decided("<=", x, yes=self.value <= x.value, no=self.value > x.value)

    def __gt__(self, other: object) -> bool:
        x = self._coerce(other)
        if x is None:
            return NotImplemented
        return self._decided(">", x, yes=self.value > x.value, no=self.value <= x.value)

    def __ge__(self, other: object) -> bool:
        x = self._coerce(other)
        if x is None:
            return NotImplemented
        return self._decided(">=", x, yes=self.value >= x.value, no=self.value < x.value)

    # outward

    def __float__(self) -> float:
        return float(self.value.mid())

    def to_json(self) -> dict[str, str]:
        """Return ``{"lower": "p/q", "upper": "p/q"}``."""
        return {"lower": text(self.lower), "upper": text(self.upper)}

    def __repr__(self) -> str:
        return f"Ball({self.value.str(12)})"

    def __reduce__(self) -> tuple[object, ...]:
        mid, rad = self.value.mid().man_exp(), self.value.rad().man_exp()
        return _ball, (*map(int, (*mid, *rad)), self.precision)


def _ball(man: int, exp: int, rad_man: int, rad_exp: int, bits: int) -> Ball:
    # Flint's constructor keeps 29 bits of a radius, rounded up; its sum of radii, 30 bits,
    # rounded up. So an odd radius of 30 bits is the sum of the next below and a speck.
    ball = arb((man, exp), (rad_man, rad_exp))
    if rad_man.bit_length() == 30:
        with ctx.workprec(max(bits, man.bit_length())):  # a sum with 0 must not round
            speck = arb(0, (1, rad_exp - 64))
            summed = arb((man, exp), (rad_man - 1, rad_exp)) + speck
        ball = summed if int(summed.rad().man_exp()[0]) == rad_man else ball
    return Ball(ball, bits)


def working_precision() -> int:
    """Return the precision in bits of new balls: that of the enclosing block."""
    return _PRECISION.get()


Balls: TypeAlias = tuple[Ball, ...]
BallMatrix: TypeAlias = tuple[Balls, ...]


def roomy(numbers: Iterable[Scalar], times: int = _ROOM) -> tuple[Scalar, ...]:
    """Return numbers that are written as two ends as balls so many times as wide (2^10).

    What is computed again from what was written is then inside of it. Others stay as they are.

    >>> [x.radius >= 1 for x in roomy([Ball.from_interval(0, Fraction(1, 256))])]
    [True]
    """
    return tuple(_roomy(x, times) for x in numbers)


def _roomy(x: Scalar, times: int) -> Scalar:
    shown = None if isinstance(x, Fraction) else x.to_json()
    if not isinstance(shown, dict) or set(shown) - {"value_float"} != {"lower", "upper"}:
        return x
    low, high = Fraction(shown["lower"]), Fraction(shown["upper"])
    if low == high:
        return x
    room = times * (high - low)
    bits = _PRECISION.get() + int(max(-low, high) / room).bit_length()
    return Ball.from_interval(low - room, high + room, bits)


def ball_vector(x: Sequence[Scalar | int], bits: int | None = None) -> Balls:
    """Return enclosures of the entries, shape (n,); balls keep their ends."""
    bits = _PRECISION.get() if bits is None else _checked(bits)
    return tuple(
        cast("Ball", t.enclosure(bits))
        if isinstance(t, RealNumber)
        else Ball.from_rational(t, bits)
        for t in x
    )
