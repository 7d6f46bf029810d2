"""Sums of square roots: what the objective of an exact network is, and exact comparisons.

A balanced neuron costs ``beta |u|``, the root of a rational. A sum ``sum_i q_i sqrt(s_i)``
is kept with one term per class of radicands modulo squares: ``sqrt(s) = (sqrt(s t)/t)
sqrt(t)`` is a rational multiple of ``sqrt(t)`` iff ``s t`` is a square, which needs an
integer root and no factorisation. Roots of different classes are linearly independent over
Q, so a sum with rational coefficients is 0 iff every coefficient is, and otherwise rational
enclosures of growing precision decide its sign.

References
----------
A. S. Besicovitch, *On the linear independence of fractional powers of integers*, J. London
Math. Soc. 15 (1940).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import TYPE_CHECKING, overload

from polytope_nn.errors import Undecided
from polytope_nn.shown import Typeset

from .ball import Ball
from .field import Algebraic
from .rational import exponent, is_square, text
from .recognise import sum_in_field
from .scalar import RealNumber, Scalar, encode, nearest_float, sign
from .writing.decimals import formatted, rounded

if TYPE_CHECKING:
    from sympy import Expr

__all__ = [
    "RootSum",
    "decimal",
    "enclosure",
    "exactly",
    "root",
    "root_enclosure",
    "simplest",
    "total",
]

_MOST_BITS = 4096
_TIED = 256  # bits after which a number may be 0: its roots are sought in one field
_FLOAT = 15  # digits that a float has
_WIDE = Fraction(1, 10**6)  # of a number: an enclosure that is wider is shown by its ends
_LONGEST = 40  # digits of a fraction that is shown in full


@dataclass(frozen=True, eq=False)
class RootSum(Typeset):
    """A real number ``sum q sqrt(s)``: terms ``(s, q)``, no two s in one square class.

    Compared exactly with its like, with ints and with every other scalar.

    >>> root(8) == root(2) * 2, root(2) + root(3) < Fraction(63, 20)
    (True, True)
    >>> root(Fraction(9, 4)).exact
    Fraction(3, 2)
    """

    terms: tuple[tuple[Scalar, Scalar], ...]

    def __add__(self, other: "RootSum | Scalar | int") -> "RootSum":
        terms = list(self.terms)
        for s, q in exactly(other).terms:
            for i, (t, known) in enumerate(terms):
                factor = _ratio(s, t)
                if factor is not None:
                    terms[i] = t, known + q * factor
                    break
            else:
                terms.append((s, q))
        return RootSum(tuple((s, q) for s, q in terms if not _nothing(q)))

    __radd__ = __add__

    def __mul__(self, factor: "Scalar | int") -> "RootSum":
        return RootSum(
            tuple((s, q * factor) for s, q in self.terms if not _nothing(factor))
        )

    __rmul__ = __mul__

    def __neg__(self) -> "RootSum":
        return self * -1

    def __sub__(self, other: "RootSum | Scalar | int") -> "RootSum":
        return self + -exactly(other)

    def __rsub__(self, other: "Scalar | int") -> "RootSum":
        return exactly(other) - self

    @property
    def exact(self) -> Scalar | None:
        """The value, when no irrational root is left in it; else None."""
        if not self.terms:
            return Fraction(0)
        (s, q), *others = self.terms
        return q if isinstance(s, Fraction) and s == 1 and not others else None

    def sign(self) -> int:
        """Return -1, 0 or 1.

        Raises
        ------
        Undecided
            When something in it is not rational and 4096 bits do not separate it from 0.
        """
        if not self.terms:
            return 0
        if len(self.terms) == 1:
            q = self.terms[0][1]
            return (q > 0) - (q < 0)
        rational = all(isinstance(x, Fraction) for term in self.terms for x in term)
        bits = 64
        while rational or bits <= _MOST_BITS:
            lower, upper = self.enclosure(bits)
            if lower > 0 or upper < 0:
                return 1 if lower > 0 else -1
            if (
                bits == _TIED
                and not rational
                and (x := sum_in_field(self.terms)) is not None
            ):
                return sign(x)
            bits *= 2
        raise Undecided(f"whether {self!r} is 0: {_MOST_BITS} bits do not tell")

    def enclosure(self, bits: int = 80) -> tuple[Fraction, Fraction]:
        """Return rationals ``lower <= value <= upper``, each root to ``bits`` bits."""
        lower = upper = Fraction(0)
        for s, q in self.terms:
            low, high = root_enclosure(s, bits)
            below, above = enclosure(q, bits)
            ends = [x * z for x in (low, high) for z in (below, above)]
            lower, upper = lower + min(ends), upper + max(ends)
        return lower, upper

    def to_json(self) -> object:
        """Return ``"p/q"`` where exact, else ``{"lower", "upper"}`` of such strings.

        >>> float(Fraction((root(2) + 1).to_json()["lower"]))
        2.414213562373095
        """
        if self.exact is not None:
            return encode(self.exact)
        lower, upper = self.enclosure(128)
        unit = 10**24  # outward to 24 decimals: short, and still an enclosure
        return {
            "lower": text(Fraction(lower * unit // 1, unit)),
            "upper": text(Fraction(-(-upper * unit // 1), unit)),
        }

    @property
    def middle(self) -> Fraction:
        """The middle of an enclosure: what is shown and rounded, never decided on."""
        lower, upper = self.enclosure(128)
        return (lower + upper) / 2

    def __float__(self) -> float:
        return float(self.middle)

    def _ends(self, bits: int) -> tuple[Fraction, Fraction]:
        x = self.exact
        return (x, x) if isinstance(x, Fraction) else self.enclosure(bits)

    @overload
    def __round__(self, digits: None = None) -> int: ...
    @overload
    def __round__(self, digits: int) -> Fraction: ...
    def __round__(self, digits: int | None = None) -> Fraction | int:
        """Return the number rounded half to even: a decimal, exactly."""
        found = rounded(self._ends, digits or 0)
        return int(found) if digits is None else found

    def __format__(self, spec: str) -> str:
        return formatted(self._ends, spec) if spec else str(self)

    def _sympy_(self) -> "Expr":
        """Return the sum of roots in sympy; of balls what is known of it, an interval."""
        from sympy import AccumBounds, Rational, sqrt, sympify

        if any(isinstance(x, Ball) for term in self.terms for x in term):
            ends = (Rational(x.numerator, x.denominator) for x in self.enclosure(128))
            return AccumBounds(*ends)
        terms = [sympify(q) * sqrt(sympify(s)) for s, q in self.terms]
        return sum(terms, Rational(0))

    def __repr__(self) -> str:
        value = self.exact
        if isinstance(value, Fraction) and len(shown := text(value)) <= _LONGEST:
            return shown
        return f"about {decimal(self)}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RootSum | Fraction | RealNumber | int):
            return NotImplemented
        return (self - other).sign() == 0

    def __hash__(self) -> int:
        return hash(
            next((q for s, q in self.terms if isinstance(s, Fraction) and s == 1), 0)
        )

    def __lt__(self, other: "RootSum | Scalar | int") -> bool:
        return (self - other).sign() < 0

    def __le__(self, other: "RootSum | Scalar | int") -> bool:
        return (self - other).sign() <= 0

    def __gt__(self, other: "RootSum | Scalar | int") -> bool:
        return (self - other).sign() > 0

    def __ge__(self, other: "RootSum | Scalar | int") -> bool:
        return (self - other).sign() >= 0


def exactly(x: RootSum | Scalar | int) -> RootSum:
    """Return a scalar as a sum of roots, with one rational term."""
    if isinstance(x, RootSum):
        return x
    q = Fraction(x) if isinstance(x, int) else x
    return RootSum(() if _nothing(q) else ((Fraction(1), q),))


def simplest(x: Scalar) -> Scalar:
    """Return a rational element of a number field as the fraction it is, else x itself.

    >>> from polytope_nn.exact.field import NumberField
    >>> simplest(NumberField([-2, 0, 1], (1, 2)).generator ** 2)
    Fraction(2, 1)
    """
    return x.as_fraction() if isinstance(x, Algebraic) and x.is_rational else x


def decimal(x: RootSum | Scalar | int, digits: int = 12) -> str:
    """Return a number to some digits, also where the largest float is smaller.

    >>> decimal(root(2), 5), decimal(Fraction(10**400, 3), 5), decimal(Fraction(1, 4))
    ('1.4142', '3.3333e+399', '0.25')
    >>> decimal(root(2), 30)
    '1.41421356237309504880168872421'

    A number of which less is known is not shown by its middle:

    >>> decimal(Ball.from_interval(3, Fraction(13, 2)), 3)
    '3 to 6.5'
    """
    number = exactly(x)
    low, high = number.enclosure()
    if high - low > max(_WIDE, max(abs(low), abs(high)) * _WIDE):
        return f"{decimal(low, digits)} to {decimal(high, digits)}"
    middle = number.middle
    near = nearest_float(middle) if digits <= _FLOAT or middle == 0 else None
    if near or middle == 0:
        return f"{near:.{digits}g}"
    with localcontext(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN):
        value = Decimal(middle.numerator) / Decimal(middle.denominator)
        usual = nearest_float(middle) and -5 < value.adjusted() < _FLOAT
        return f"{value.normalize():{'f' if usual else 'e'}}"


def root(square: Scalar | int) -> RootSum:
    """Return the square root of a scalar ``>= 0``; of a ball around 0 a ball.

    >>> root(Fraction(1, 2)).terms
    ((Fraction(2, 1), Fraction(1, 2)),)
    """
    s = Fraction(square) if isinstance(square, int) else square
    if isinstance(s, Ball) and not s.is_exact and s.lower <= 0:
        top = root_enclosure(max(s.upper, Fraction(0)), s.precision)[1]
        return exactly(Ball.from_interval(0, top, s.precision))
    if s == 0:
        return RootSum(())
    if isinstance(s, Algebraic) and s.is_rational:
        s = s.as_fraction()
    if not isinstance(s, Fraction):
        return RootSum(((s, Fraction(1)),))
    if is_square(s):
        return exactly(Fraction(isqrt(s.numerator), isqrt(s.denominator)))
    # sqrt(p/q) = sqrt(pq)/q, and the square factors of small primes come out
    radicand, outside = s.numerator * s.denominator, Fraction(1, s.denominator)
    for prime in (2, 3, 5, 7):
        while radicand % prime**2 == 0:
            radicand //= prime**2
            outside *= prime
    return RootSum(((Fraction(radicand), outside),))


def total(terms: Iterable[RootSum | Scalar | int]) -> RootSum:
    """Return the sum."""
    value = RootSum(())
    for x in terms:
        value = value + x
    return value


def root_enclosure(square: Scalar, bits: int = 80) -> tuple[Fraction, Fraction]:
    """Return rationals ``lower <= sqrt(square) <= upper``; equal when the root is rational.

    The width is at most ``2^-bits``, and less than that where the root is small.

    >>> root_enclosure(Fraction(9, 4))
    (Fraction(3, 2), Fraction(3, 2))
    """
    if not isinstance(square, Fraction):
        below, above = enclosure(square, 2 * bits)
        return root_enclosure(max(below, Fraction(0)), bits)[0], root_enclosure(
            above, bits
        )[1]
    if is_square(square):
        exact = Fraction(isqrt(square.numerator), isqrt(square.denominator))
        return exact, exact
    # small squares are scaled up: the root of p/q is about 2^((bits(p) - bits(q))/2)
    shift = bits + max(0, (-exponent(square)) // 2)
    lower = isqrt((square.numerator << 2 * shift) // square.denominator)
    return Fraction(lower, 1 << shift), Fraction(lower + 1, 1 << shift)


def enclosure(x: Scalar, bits: int = 80) -> tuple[Fraction, Fraction]:
    """Return rationals ``lower <= x <= upper``; equal to x when it is rational.

    A ball is as wide as it is; an element of a number field is enclosed as asked.
    """
    if isinstance(x, Fraction):
        return x, x
    ball = x if isinstance(x, Ball) else x.enclosure(bits + 8)
    assert isinstance(ball, Ball)  # what encloses is a ball
    return ball.midpoint - ball.radius, ball.midpoint + ball.radius


def _ratio(s: Scalar, t: Scalar) -> Fraction | None:
    """Return the rational ``sqrt(s)/sqrt(t)``, or None when it is not known to be one."""
    if s is t:
        return Fraction(1)
    if isinstance(s, Algebraic) and isinstance(t, Algebraic):
        return Fraction(1) if s.field == t.field and s == t else None
    if not (isinstance(s, Fraction) and isinstance(t, Fraction)):
        return None
    return _rational_ratio(s, t)


@lru_cache(maxsize=1 << 14)
def _rational_ratio(s: Fraction, t: Fraction) -> Fraction | None:
    square = s / t
    if not is_square(square):
        return None
    return Fraction(isqrt(square.numerator), isqrt(square.denominator))


def _nothing(q: Scalar | int) -> bool:
    """Return whether q is an exact 0 (a ball that may be 0 is kept)."""
    return isinstance(q, Fraction | int | Algebraic) and q == 0
