"""Rational functions of numbers that are known in balls: identities are exact, signs are proved.

A transcendental kappa lies in no number field, but its entries, features and weights are often
rational functions of a few numbers theta. Two such functions are equal as numbers if they are
equal as functions: so a difference that cancels is 0, exactly. Any other sign is asked of the
balls, and is ``Undecided`` where they contain 0 (general A4: the ring of polynomials and balls).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from polytope_nn.errors import Undecided

from .ball import Ball, Balls
from .rational import text
from .scalar import RealNumber, Scalar, Scalars

__all__ = ["Parameters", "Parametric", "as_enclosed", "as_letters", "parameters"]

_MOST_TERMS = 4000


@dataclass(frozen=True, eq=False)
class Parameters:
    """Numbers theta in balls, and the ring of polynomials in as many letters."""

    values: Balls
    ring: fmpq_mpoly_ctx
    _products: dict[tuple[tuple[int, ...], int], Ball] = field(default_factory=dict)

    def letters(self) -> "tuple[Parametric, ...]":
        """Return the numbers theta themselves."""
        one = self.ring.constant(1)
        return tuple(Parametric(x, one, self) for x in self.ring.gens())

    def at(self, polynomial: fmpq_mpoly, bits: int) -> Ball:
        """Return a ball around a polynomial at theta."""
        total = Ball.from_rational(0, bits)
        for powers, q in polynomial.terms():
            factor = Ball.from_rational(Fraction(int(q.p), int(q.q)), bits)
            total = total + factor * self._product(tuple(map(int, powers)), bits)
        return total

    def _product(self, powers: tuple[int, ...], bits: int) -> Ball:
        """Return a product of powers of theta."""
        if (powers, bits) not in self._products:
            at = next((i for i, power in enumerate(powers) if power), None)
            if at is None:
                return Ball.from_rational(1, bits)
            fewer = (*powers[:at], powers[at] - 1, *powers[at + 1 :])
            self._products[powers, bits] = self._product(fewer, bits) * self.values[at]
        return self._products[powers, bits]


class Parametric(RealNumber):
    """A rational function of :class:`Parameters`, and the number it is at them.

    >>> theta = parameters([Ball.from_rational(2).sqrt()])
    >>> (x,) = theta.letters()
    >>> (x + 1) * (x - 1) - x * x == -1, x > Fraction(7, 5)
    (True, True)
    """

    __slots__ = ("_sign", "of", "over", "under")
    over: Final[fmpq_mpoly]
    under: Final[fmpq_mpoly]
    of: Final[Parameters]
    _sign: int | None

    def __init__(self, over: fmpq_mpoly, under: fmpq_mpoly, of: Parameters) -> None:
        """Return ``over / under``, with 1 for the leading coefficient of ``under``.

        Raises
        ------
        Undecided
            When the two have too many terms.
        """
        lead = under.leading_coefficient()
        common = lead if under.is_constant() else over.gcd(under) * lead
        same = common == 1
        self.over, self.under = (over, under) if same else (over / common, under / common)
        self.of = of
        if len(self.over) + len(self.under) > _MOST_TERMS:
            raise Undecided("functions of numbers in balls grow too long")
        self._sign = None if self.over else 0

    def _coerce(self, other: object) -> "Parametric | None":
        if isinstance(other, Parametric):
            return other if other.of is self.of else None
        if isinstance(other, int | Fraction):
            one = self.of.ring.constant(1)
            return Parametric(one * fmpq(other.numerator, other.denominator), one, self.of)
        return None

    def _plus(self, other: "Parametric") -> "Parametric":
        if self.under == other.under:
            return Parametric(self.over + other.over, self.under, self.of)
        over = self.over * other.under + other.over * self.under
        return Parametric(over, self.under * other.under, self.of)

    def _times(self, other: "Parametric") -> "Parametric":
        return Parametric(self.over * other.over, self.under * other.under, self.of)

    def __neg__(self) -> "Parametric":
        return Parametric(-self.over, self.under, self.of)

    def inverse(self) -> "Parametric":
        """Return ``1/self``; the number must be proved not to be 0."""
        if self.sign() == 0:
            raise ZeroDivisionError("1/0")
        return Parametric(self.under, self.over, self.of)

    def sign(self) -> int:
        """Return -1, 0 or 1: 0 of the function 0, else the sign of the ball."""
        if self._sign is None:
            self._sign = self._ball().sign()
        return self._sign

    def enclosure(self, bits: int) -> Ball:
        """Return a ball around the number."""
        return self.of.at(self.over, bits) / self.of.at(self.under, bits)

    def _ball(self) -> Ball:
        return self.enclosure(self.of.values[0].precision)

    @property
    def exact(self) -> "Fraction | Parametric":
        """The number, as a fraction where the function is constant."""
        if self.over.is_constant() and self.under.is_constant():
            q = self.over.leading_coefficient() if self.over else fmpq(0)
            return Fraction(int(q.p), int(q.q))
        return self

    def __float__(self) -> float:
        return float(self.enclosure(128))

    def to_json(self) -> object:
        """Return ``{"lower", "upper"}`` of a ball, the fraction where the function is constant."""
        known = self.exact
        return text(known) if isinstance(known, Fraction) else self._ball().to_json()

    def __eq__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order == 0

    def __hash__(self) -> int:
        return hash((str(self.over), str(self.under)))

    def __repr__(self) -> str:
        return f"Parametric({float(self):.12g})"


def parameters(values: Sequence[Ball]) -> Parameters:
    """Return numbers in balls as the letters of rational functions."""
    names = [f"t{i}" for i in range(len(values))]
    return Parameters(tuple(values), fmpq_mpoly_ctx.get(names, Ordering.degrevlex))


def as_letters(numbers: Sequence[Scalar]) -> Scalars:
    """Return the numbers in balls among some as letters, the others as they are."""
    letters = iter(parameters([t for t in numbers if isinstance(t, Ball)]).letters())
    return tuple(next(letters) if isinstance(t, Ball) else t for t in numbers)


def as_enclosed(x: Scalar) -> Scalar:
    """Return the ball of a rational function, a fraction where it is constant.

    >>> x, y = as_letters([Ball.from_interval(1, 2), Fraction(3)])
    >>> as_enclosed(x - x + 1), as_enclosed(y)
    (Fraction(1, 1), Fraction(3, 1))
    """
    known = x.exact if isinstance(x, Parametric) else x
    return (
        known.enclosure(known.of.values[0].precision)
        if isinstance(known, Parametric)
        else known
    )
