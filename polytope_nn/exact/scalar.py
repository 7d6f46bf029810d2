"""What exact code computes with: fractions, and the real numbers that are not rational.

A :data:`Scalar` is a :class:`~fractions.Fraction` or a :class:`RealNumber`, of which there
are two kinds: elements of a real number field (:mod:`~polytope_nn.exact.field`), whose
every comparison is decided, and balls (:mod:`~polytope_nn.exact.ball`), whose comparisons
raise :class:`~polytope_nn.errors.Undecided` when the ball does not decide them. Code
written with ``+ - * /`` and comparisons runs on all of them unchanged.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Protocol, Self, SupportsFloat, TypeAlias, overload

from polytope_nn.shown import Typeset

from .rational import rational, text
from .writing.decimals import formatted, rounded

__all__ = [
    "Enclosing",
    "RealNumber",
    "Scalar",
    "Scalars",
    "dot",
    "encode",
    "exact_number",
    "exact_scalar",
    "nearest_float",
    "sign",
    "squared_norm",
]


if TYPE_CHECKING:
    from sympy import Expr

_SYMPY_BITS = 128
_BITS = 512  # of what encloses a number that is only near


class Enclosing(Protocol):
    """What encloses a number: rational ends, around a rational midpoint."""

    @property
    def lower(self) -> Fraction:
        """The lower end."""

    @property
    def upper(self) -> Fraction:
        """The upper end."""

    @property
    def midpoint(self) -> Fraction:
        """The midpoint."""

    @property
    def radius(self) -> Fraction:
        """The largest distance from the midpoint."""


class RealNumber(Typeset, ABC):
    """A real number with exact arithmetic and proved comparisons."""

    __slots__ = ()

    @abstractmethod
    def _coerce(self, other: object) -> Self | None:
        """Return ``other`` as a number of the same kind; None when it is none."""

    @abstractmethod
    def _plus(self, other: Self) -> Self: ...

    @abstractmethod
    def _times(self, other: Self) -> Self: ...

    @abstractmethod
    def __neg__(self) -> Self: ...

    @abstractmethod
    def inverse(self) -> Self:
        """Return ``1/self``; ZeroDivisionError at 0."""

    @abstractmethod
    def sign(self) -> int:
        """Return -1, 0 or 1; ``Undecided`` when that cannot be proved."""

    @abstractmethod
    def enclosure(self, bits: int) -> Enclosing:
        """Return a ball around the number, at ``bits`` bits of working precision."""

    @abstractmethod
    def __float__(self) -> float: ...

    @abstractmethod
    def to_json(self) -> object:
        """Return the value as JSON data of exact strings."""

    def summed(self, start: "Scalar", pairs: "Iterable[tuple[Scalar, Scalar]]") -> "Scalar":
        """Return the products of pairs added to a number, one by one; exact zeros are left out."""
        total = start
        for x, y in pairs:
            if (type(x) is Fraction and not x) or (type(y) is Fraction and not y):
                continue
            total = total + x * y
        return total

    # as decimals, every digit proved, and in sympy

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, None where it is not known to be one."""
        return None

    def _ends(self, bits: int) -> tuple[Fraction, Fraction]:
        x = self.rational
        if x is not None:
            return x, x
        ball = self.enclosure(bits)
        return ball.lower, ball.upper

    @overload
    def __round__(self, digits: None = None) -> int: ...
    @overload
    def __round__(self, digits: int) -> Fraction: ...
    def __round__(self, digits: int | None = None) -> Fraction | int:
        """Return the number rounded half to even, ``Undecided`` when a ball is too wide."""
        if digits is None:
            return int(rounded(self._ends, 0))
        return rounded(self._ends, digits)

    def __format__(self, spec: str) -> str:
        return formatted(self._ends, spec) if spec else str(self)

    def _sympy_(self) -> "Expr":
        """Return the number in sympy, or what is known of it, an interval: never a float."""
        from sympy import AccumBounds, Rational

        lower, upper = (
            Rational(x.numerator, x.denominator) for x in self._ends(_SYMPY_BITS)
        )
        return lower if lower == upper else AccumBounds(lower, upper)

    def __add__(self, other: "int | Fraction | RealNumber") -> Self:
        x = self._coerce(other)
        return NotImplemented if x is None else self._plus(x)

    def __mul__(self, other: "int | Fraction | RealNumber") -> Self:
        x = self._coerce(other)
        return NotImplemented if x is None else self._times(x)

    __radd__ = __add__
    __rmul__ = __mul__

    def __pos__(self) -> Self:
        return self

    def __sub__(self, other: "int | Fraction | RealNumber") -> Self:
        x = self._coerce(other)
        return NotImplemented if x is None else self._plus(-x)

    def __rsub__(self, other: "int | Fraction | RealNumber") -> Self:
        return (-self) + other

    def __truediv__(self, other: "int | Fraction | RealNumber") -> Self:
        x = self._coerce(other)
        return NotImplemented if x is None else self._times(x.inverse())

    def __rtruediv__(self, other: "int | Fraction | RealNumber") -> Self:
        return self.inverse() * other

    def __pow__(self, exponent: int) -> Self:
        if not isinstance(exponent, int):
            return NotImplemented
        base = self if exponent >= 0 else self.inverse()
        power = self._coerce(1)
        assert power is not None  # every kind contains the integers
        for bit in f"{abs(exponent):b}":
            power = power._times(power)
            if bit == "1":
                power = power._times(base)
        return power

    def __abs__(self) -> Self:
        return -self if self.sign() < 0 else self

    def __bool__(self) -> bool:
        return self.sign() != 0

    def _compare(self, other: object) -> int | None:
        x = self._coerce(other)
        return None if x is None else self._plus(-x).sign()

    @abstractmethod
    def __eq__(self, other: object) -> bool: ...

    @abstractmethod
    def __hash__(self) -> int: ...

    def __lt__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order < 0

    def __le__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order <= 0

    def __gt__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order > 0

    def __ge__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order >= 0


Scalar: TypeAlias = Fraction | RealNumber
Scalars: TypeAlias = tuple[Scalar, ...]


def sign(x: "Scalar | int") -> int:
    """Return -1, 0 or 1, the sign of ``x``.

    >>> sign(Fraction(-2, 3)), sign(Fraction(0))
    (-1, 0)
    """
    return x.sign() if isinstance(x, RealNumber) else (x > 0) - (x < 0)


@overload
def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction: ...
@overload
def dot(a: Sequence[Scalar], b: Sequence[Scalar]) -> Scalar: ...
def dot(a: Sequence[Scalar], b: Sequence[Scalar]) -> Scalar:
    """Return the inner product of two vectors of one length.

    >>> dot((Fraction(1), Fraction(2)), (Fraction(1, 2), Fraction(3)))
    Fraction(13, 2)
    """
    num, den = 0, 1  # the sum while it is rational, not reduced
    pairs = zip(a, b, strict=True)
    for x, y in pairs:
        if (type(x) is Fraction and not x) or (type(y) is Fraction and not y):
            continue  # an exact 0, and a ball times it would only lose its precision
        if type(x) is not Fraction and isinstance(x, RealNumber):
            return x.summed(Fraction(num, den), chain([(x, y)], pairs))
        if type(y) is not Fraction and isinstance(y, RealNumber):
            return y.summed(Fraction(num, den), chain([(x, y)], pairs))
        p = x.numerator * y.numerator
        q = x.denominator * y.denominator
        if q != den:
            common = math.lcm(den, q)
            num, p, den = num * (common // den), p * (common // q), common
        num += p
    return Fraction(num, den)


@overload
def squared_norm(a: Sequence[Fraction]) -> Fraction: ...
@overload
def squared_norm(a: Sequence[Scalar]) -> Scalar: ...
def squared_norm(a: Sequence[Scalar]) -> Scalar:
    """Return the square of the Euclidean norm; no root is ever taken."""
    return dot(a, a)


def middle(x: "Scalar | int", bits: int = _BITS) -> Fraction:
    """Return a rational near a number, itself where it is one; never decided on.

    >>> middle(Fraction(1, 3))
    Fraction(1, 3)
    """
    return x.enclosure(bits).midpoint if isinstance(x, RealNumber) else Fraction(x)


def exact_scalar(x: object) -> "Scalar":
    """Return a number as it is, else the fraction of what is written; floats are refused."""
    return x if isinstance(x, RealNumber) else rational(x)


def nearest_float(x: SupportsFloat) -> float | None:
    """Return the float next to ``x``; None where the largest float is smaller.

    >>> nearest_float(Fraction(1, 4)), nearest_float(Fraction(10**400))
    (0.25, None)
    """
    try:
        near = float(x)
    except OverflowError:
        return None
    return near if math.isfinite(near) else None


def encode(x: "Scalar | int") -> object:
    """Return ``x`` as JSON data: ``"p/q"``, or the object of its own kind.

    >>> encode(Fraction(-6, 4))
    '-3/2'
    """
    return x.to_json() if isinstance(x, RealNumber) else text(x)


class _Coded(Protocol):
    """A number that is no rational, and is written as JSON data."""

    def to_json(self) -> object: ...
    def __float__(self) -> float: ...


def exact_number(x: "Fraction | int | _Coded") -> object:
    """Return ``x`` as JSON data, a number that is not rational with the float next to it.

    >>> exact_number(Fraction(-6, 4))
    '-3/2'
    """
    value = text(x) if isinstance(x, Fraction | int) else x.to_json()
    return value | {"value_float": nearest_float(x)} if isinstance(value, dict) else value
