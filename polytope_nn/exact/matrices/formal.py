"""Balls that remember how they were made: rational functions of numbers that are enclosed.

Where elimination meets a difference of equal numbers their balls do not say that it is 0, but
their expressions in the numbers at hand do: it is 0 identically. What is not 0 identically is
decided by the ball, or not at all; relations between the numbers are not known here.
"""

from collections.abc import Sequence
from fractions import Fraction

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars

__all__ = ["Formal", "as_enclosed", "formal"]


class Formal(RealNumber):
    """A rational function of some numbers, with a ball around its value.

    >>> from fractions import Fraction
    >>> x, y = formal([Ball.from_interval(1, 2), Ball.from_interval(1, 2)])
    >>> (x * y - y * x).sign(), ((x + y) / y - x / y - 1).sign(), (x + y).sign()
    (0, 0, 1)
    """

    __slots__ = ("ball", "over", "under")

    def __init__(self, over: fmpq_mpoly, under: fmpq_mpoly, ball: Ball) -> None:
        """Return ``over / under`` in lowest terms; made by :func:`formal`."""
        common = over.gcd(under)
        self.over, self.under = (
            (over, under) if common.is_one() else (over / common, under / common)
        )
        self.ball = ball

    def _coerce(self, other: object) -> "Formal | None":
        if isinstance(other, Formal):
            return other
        if isinstance(other, int | Fraction):
            one = self.under.context().constant(1)
            q = fmpq(other.numerator, other.denominator)
            return Formal(one * q, one, Ball.from_rational(other, self.ball.precision))
        return None

    def _plus(self, other: "Formal") -> "Formal":
        over = self.over * other.under + other.over * self.under
        return Formal(over, self.under * other.under, self.ball + other.ball)

    def _times(self, other: "Formal") -> "Formal":
        ball = self.ball * other.ball
        return Formal(self.over * other.over, self.under * other.under, ball)

    def __neg__(self) -> "Formal":
        return Formal(-self.over, self.under, -self.ball)

    def inverse(self) -> "Formal":
        """Return ``1/self``; ``Undecided`` when the ball contains 0."""
        if not self.over:
            raise ZeroDivisionError("1/0")
        return Formal(self.under, self.over, self.ball.inverse())

    def sign(self) -> int:
        """Return 0 if it is that identically, else what the ball says."""
        return 0 if not self.over else self.ball.sign()

    def enclosure(self, bits: int) -> Ball:
        """Return the ball at another working precision."""
        return self.ball.enclosure(bits)

    def __float__(self) -> float:
        return float(self.ball)

    def to_json(self) -> object:
        """Return the ball as JSON data."""
        return self.ball.to_json()

    def __eq__(self, other: object) -> bool:
        x = self._coerce(other)
        return NotImplemented if x is None else self._plus(-x).sign() == 0

    def __hash__(self) -> int:
        return hash((str(self.over), str(self.under)))


def formal(numbers: Sequence[Scalar]) -> Scalars:
    """Return enclosed numbers as indeterminates; rational ones as they are."""
    names = [f"x{i}" for i in range(len(numbers))]
    context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
    one = context.constant(1)
    return tuple(
        Formal(x, one, t) if isinstance(t, Ball) else t
        for x, t in zip(context.gens(), numbers, strict=True)
    )


def as_enclosed(x: Scalar) -> Scalar:
    """Return the ball of a number, 0 and other fractions as such.

    >>> x, y = formal([Ball.from_interval(1, 2), Fraction(3)])
    >>> as_enclosed(x - x), as_enclosed(y)
    (Fraction(0, 1), Fraction(3, 1))
    """
    if not isinstance(x, Formal):
        return x
    return Fraction(0) if not x.over else x.ball
