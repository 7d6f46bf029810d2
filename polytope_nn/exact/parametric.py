"""Rational functions of numbers that are known in balls: identities are exact, signs are proved.

A transcendental kappa lies in no number field, but its entries, features and weights are often
rational functions of a few numbers theta. Two such functions are equal as numbers if they are
equal as functions: so a difference that cancels is 0, exactly. Any other sign is asked of the
balls, and is ``Undecided`` where they contain 0 (general A4: the ring of polynomials and balls).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from .ball import Ball, Balls
from .scalar import RealNumber

__all__ = ["Parameters", "Parametric", "parameters"]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Numbers theta in balls, and the field of rational functions in as many letters."""

    values: Balls
    field: Any

    def letters(self) -> "tuple[Parametric, ...]":
        """Return the numbers theta themselves."""
        return tuple(Parametric(x, self) for x in self.field.gens)

    def evaluated(self, x: Any, bits: int) -> Ball:  # noqa: ANN401 - sympy has no types
        """Return a ball around a function at theta."""
        return self._at(x.numer, bits) / self._at(x.denom, bits)

    def _at(self, polynomial: Any, bits: int) -> Ball:  # noqa: ANN401
        total = Ball.from_rational(0, bits)
        for powers, q in polynomial.terms():
            term = Ball.from_rational(Fraction(int(q.numerator), int(q.denominator)), bits)
            for value, power in zip(self.values, powers, strict=True):
                for _ in range(power):
                    term = term * value
            total = total + term
        return total


class Parametric(RealNumber):
    """A rational function of :class:`Parameters`, and the number it is at them.

    >>> theta = parameters([Ball.from_rational(2).sqrt()])
    >>> (x,) = theta.letters()
    >>> (x + 1) * (x - 1) - x * x == -1, x > Fraction(7, 5)
    (True, True)
    """

    __slots__ = ("function", "of")
    function: Final[Any]
    of: Final[Parameters]

    def __init__(self, function: Any, of: Parameters) -> None:  # noqa: ANN401
        self.function = function
        self.of = of

    def _coerce(self, other: object) -> "Parametric | None":
        if isinstance(other, Parametric):
            return other if other.of is self.of else None
        if isinstance(other, int | Fraction):
            from sympy import QQ

            q = Fraction(other)
            return Parametric(
                self.of.field.from_expr(QQ.to_sympy(QQ(q.numerator, q.denominator))),
                self.of,
            )
        return None

    def _plus(self, other: "Parametric") -> "Parametric":
        return Parametric(self.function + other.function, self.of)

    def _times(self, other: "Parametric") -> "Parametric":
        return Parametric(self.function * other.function, self.of)

    def __neg__(self) -> "Parametric":
        return Parametric(-self.function, self.of)

    def inverse(self) -> "Parametric":
        """Return ``1/self``; the number must be proved not to be 0."""
        if self.sign() == 0:
            raise ZeroDivisionError("1/0")
        return Parametric(1 / self.function, self.of)

    def sign(self) -> int:
        """Return -1, 0 or 1: 0 of the function 0, else the sign of the ball."""
        if not self.function:
            return 0
        return self.enclosure(self.of.values[0].precision).sign()

    def enclosure(self, bits: int) -> Ball:
        """Return a ball around the number."""
        return self.of.evaluated(self.function, bits)

    @property
    def exact(self) -> "Fraction | Parametric":
        """The number, as a fraction where the function is constant."""
        if self.function.numer.is_ground and self.function.denom.is_ground:
            q = self.function.numer.LC / self.function.denom.LC if self.function else 0
            return Fraction(int(q.numerator), int(q.denominator)) if q else Fraction(0)
        return self

    def __float__(self) -> float:
        return float(self.enclosure(128))

    def to_json(self) -> object:
        """Return ``{"lower", "upper"}`` of a ball."""
        return self.enclosure(self.of.values[0].precision).to_json()

    def __eq__(self, other: object) -> bool:
        order = self._compare(other)
        return NotImplemented if order is None else order == 0

    def __hash__(self) -> int:
        return hash(self.function)

    def __repr__(self) -> str:
        return f"Parametric({float(self):.12g})"


def parameters(values: Sequence[Ball]) -> Parameters:
    """Return numbers in balls as the letters of a field of rational functions."""
    from sympy import QQ
    from sympy.polys.fields import field

    names = ",".join(f"t{i}" for i in range(len(values)))
    made, *_ = field(names, QQ)
    return Parameters(tuple(values), made)
