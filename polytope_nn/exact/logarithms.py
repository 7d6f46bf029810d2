"""Rational numbers plus rational multiples of logarithms of primes, exactly.

What planted logistic, exponential and Poisson losses fit is such a number: of a rational
kappa, ``ln(p/q)`` is a sum of integer multiples of ``ln 2, ln 3, ln 5, ...``. These numbers and
1 are linearly independent over the rationals: primes factor uniquely, and ``e`` to a rational
other than 0 is not algebraic (Hermite-Lindemann). So a sum is 0 iff all its coefficients are,
and otherwise balls of growing precision find its sign. The numbers are a vector space, not a
field: a product of two logarithms is a ball.

References
----------
A. Baker, *Transcendental Number Theory* (1975), Theorem 1.2.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from flint import fmpz

from polytope_nn.errors import Undecided
from polytope_nn.wording import shown

from .ball import Ball
from .field import Algebraic
from .rational import text
from .recognise import power_in_field
from .scalar import RealNumber, Scalar

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["Logarithms", "logarithm", "power", "whole_power"]

_LONGEST = 1 << 12  # bits of an integer that is factored
_HARD = 80  # bits of a product of large primes that is factored, milliseconds
_LARGE = 200  # bits of a prime that is known as one
_TRIED = 1000  # the first primes
_MOST_BITS = 1 << 16
_POWER_BITS = 10**7  # of a power
_BITS = 512  # at which the logarithm of an algebraic number is enclosed


class Logarithms(RealNumber):
    """``constant + sum q_p ln p`` over primes p; no q_p is 0.

    >>> x = logarithm(Fraction(12)) - 2 * logarithm(Fraction(2))
    >>> x == logarithm(Fraction(3)), x - logarithm(Fraction(3)) == 0, x > 1
    (True, True, True)
    """

    __slots__ = ("constant", "terms")
    constant: Final[Fraction]
    terms: Final[dict[int, Fraction]]

    def __init__(self, constant: Fraction, terms: Mapping[int, Fraction]) -> None:
        self.constant = constant
        self.terms = {p: q for p, q in sorted(terms.items()) if q}

    def _coerce(self, other: object) -> "Logarithms | None":
        if isinstance(other, Logarithms):
            return other
        if isinstance(other, int | Fraction):
            return Logarithms(Fraction(other), {})
        return None

    def _plus(self, other: "Logarithms") -> "Logarithms":
        terms = dict(self.terms)
        for p, q in other.terms.items():
            terms[p] = terms.get(p, Fraction(0)) + q
        return Logarithms(self.constant + other.constant, terms)

    def _times(self, other: "Logarithms") -> "Logarithms":
        if self.terms and other.terms:
            raise Undecided("a product of two logarithms is not decided exactly")
        number, by = (other, self.constant) if other.terms else (self, other.constant)
        return Logarithms(
            number.constant * by, {p: q * by for p, q in number.terms.items()}
        )

    def __add__(self, other: "int | Fraction | RealNumber") -> Any:  # noqa: ANN401
        """Return the sum: with a number of a field or a ball, a ball."""
        if isinstance(other, Algebraic | Ball):
            return self.enclosure(_BITS) + other.enclosure(_BITS)
        return super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: "int | Fraction | RealNumber") -> Any:  # noqa: ANN401
        """Return the difference: with a number of a field or a ball, a ball."""
        return self + -other

    def __mul__(self, other: "int | Fraction | RealNumber") -> Any:  # noqa: ANN401
        """Return the product: with what is neither rational nor 0, a ball."""
        if isinstance(other, Algebraic | Ball) or (
            isinstance(other, Logarithms) and self.terms and other.terms
        ):
            return self.enclosure(_BITS) * other.enclosure(_BITS)
        return super().__mul__(other)

    def _compare(self, other: object) -> int | None:
        if isinstance(other, Algebraic | Ball):
            return (self.enclosure(_BITS) - other.enclosure(_BITS)).sign()
        return super()._compare(other)

    def __rtruediv__(self, other: "int | Fraction | RealNumber") -> Any:  # noqa: ANN401
        """Return a number divided by this one: by a logarithm a ball."""
        return other / (self.enclosure(_BITS) if self.terms else self.constant)

    def __truediv__(self, other: "int | Fraction | RealNumber") -> Any:  # noqa: ANN401
        """Return the quotient: by a logarithm a ball."""
        if isinstance(other, Algebraic | Ball | Logarithms) and not (
            isinstance(other, Logarithms) and not other.terms
        ):
            return self.enclosure(_BITS) / other.enclosure(_BITS)
        return super().__truediv__(other)

    __rmul__ = __mul__

    def __neg__(self) -> "Logarithms":
        return Logarithms(-self.constant, {p: -q for p, q in self.terms.items()})

    def inverse(self) -> "Logarithms":
        """Return ``1/self`` of a rational number."""
        if self.terms:
            raise Undecided("the inverse of a logarithm is not decided exactly")
        return Logarithms(1 / self.constant, {})

    def sign(self) -> int:
        """Return -1, 0 or 1: 0 iff every coefficient is 0."""
        if not self.terms:
            return (self.constant > 0) - (self.constant < 0)
        bits = 64
        while bits <= _MOST_BITS:
            found = self.enclosure(bits)
            if Fraction(0) not in found:
                return found.sign()
            bits *= 2
        raise Undecided(f"the sign of {self!r} is not decided at {_MOST_BITS} bits")

    def enclosure(self, bits: int) -> Ball:
        """Return a ball around the number."""
        total = Ball.from_rational(self.constant, bits)
        for p, q in self.terms.items():
            total = total + Ball.from_rational(p, bits).log() * q
        return total

    @property
    def exact(self) -> "Fraction | Logarithms":
        """The number, as a fraction where it is one."""
        return self if self.terms else self.constant

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, None where a logarithm is left."""
        return None if self.terms else self.constant

    def __float__(self) -> float:
        return float(self.enclosure(128))

    def _sympy_(self) -> "Expr":
        """Return the number in sympy, with its logarithms."""
        from sympy import Rational, log

        terms = [
            Rational(q.numerator, q.denominator) * log(p) for p, q in self.terms.items()
        ]
        return sum(terms, Rational(self.constant.numerator, self.constant.denominator))

    def to_json(self) -> object:
        """Return ``{"logs": {"1": "p/q", "2": "p/q", ...}, "lower", "upper"}``."""
        terms = {"1": text(self.constant)} if self.constant else {}
        terms |= {str(p): text(q) for p, q in self.terms.items()}
        return {"logs": terms} | self.enclosure(128).to_json()

    def __eq__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order == 0

    def __hash__(self) -> int:
        if not self.terms:
            return hash(self.constant)
        return hash((self.constant, tuple(self.terms.items())))

    def __repr__(self) -> str:
        parts = [text(self.constant)] if self.constant else []
        parts += [f"{text(q)}*ln({p})" for p, q in self.terms.items()]
        return " + ".join(parts) or "0"

    def __reduce__(self) -> tuple[object, ...]:
        return Logarithms, (self.constant, self.terms)


def logarithm(x: Scalar) -> Scalar:
    """Return ``ln x`` of a positive number: exact of a fraction that is soon factored, else a ball.

    >>> logarithm(Fraction(8, 9))
    3*ln(2) + -2*ln(3)
    >>> logarithm(Fraction(1))
    Fraction(0, 1)
    """
    if isinstance(x, Fraction):
        above, below = _factors(x.numerator), _factors(x.denominator)
        if above is None or below is None:
            return Ball.from_rational(x, _BITS).log()
        terms = {p: Fraction(e) for p, e in above.items()}
        terms |= {p: Fraction(-e) for p, e in below.items()}
        return Logarithms(Fraction(0), terms).exact
    ball = x if isinstance(x, Ball) else x.enclosure(_BITS)
    if not isinstance(ball, Ball):
        raise Undecided(f"the logarithm of {x!r}")
    return ball.log()


def _factors(x: int) -> Counter[int] | None:
    """Return the exponents of the primes of an integer > 0; None where that takes long.

    >>> _factors(2**300 * 97), _factors((10**40 + 121) * (10**40 + 139))
    (Counter({2: 300, 97: 1}), None)
    """
    if x.bit_length() > _LONGEST:
        return None
    found: Counter[int] = Counter()
    for p, e in fmpz(x).factor(trial_limit=_TRIED) if x > 1 else ():
        bits = int(p).bit_length()
        if bits <= _HARD:
            found.update({int(q): int(e) * int(f) for q, f in p.factor()})
        elif bits <= _LARGE and p.is_prime():
            found[int(p)] += int(e)
        else:
            return None
    return found


def whole_power(x: Scalar, exponent: int) -> Scalar:
    """Return ``x^exponent``, an exponent > 0; ``Undecided`` where no memory would hold it.

    >>> whole_power(Fraction(-1), 10**30 + 1), whole_power(Fraction(2, 3), 2)
    (Fraction(-1, 1), Fraction(4, 9))
    """
    if isinstance(x, Fraction):
        if abs(x) in {0, 1}:
            return x if exponent % 2 else abs(x)
        bits = max(abs(x.numerator), x.denominator).bit_length() * exponent
    else:
        bits = 0 if isinstance(x, Ball) else exponent << 12  # coordinates grow
    if bits > _POWER_BITS:
        raise Undecided(
            f"a number to the power {shown(exponent)}: it has too many digits: take a smaller p"
        )
    return x**exponent


def power(x: Scalar, exponent: Fraction) -> Scalar:
    """Return ``x^exponent`` of a number ``x >= 0``, an exponent > 0.

    Exact where the exponent is an integer, x the power of a fraction, or the power seen in the
    field of x, else a ball.

    >>> power(Fraction(8, 27), Fraction(2, 3))
    Fraction(4, 9)
    """
    if exponent.denominator == 1:
        return whole_power(x, int(exponent))
    if isinstance(x, Fraction):
        roots = [_root(t, exponent.denominator) for t in (x.numerator, x.denominator)]
        whole = [t for t in roots if t is not None]
        if len(whole) == len(roots):
            return whole_power(Fraction(*whole), exponent.numerator)
        return Ball.from_rational(x, _BITS).power(exponent)
    if isinstance(x, Algebraic):
        found = power_in_field(x, exponent)
        if found is not None:
            return found
    ball = x.enclosure(_BITS) if isinstance(x, Algebraic) else x
    if not isinstance(ball, Ball):
        raise Undecided(f"the power {exponent} of {x!r}")
    return ball.power(exponent)


def _root(x: int, k: int) -> int | None:
    """Return the k-th root of an integer x >= 0 where it is one."""
    root = int(fmpz(x).root(k))
    return root if root**k == x else None
