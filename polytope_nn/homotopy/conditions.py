"""The inequalities that make a type, as functions of beta on a stretch (topology.md B3).

Every one is a linear form of (k, w), or ``1 - |V'k|^2``; it is evaluated along the tangent, and
its slope from the enclosed ``dx/dbeta``. Where an inequality does not hold on all of a
stretch but falls strictly towards one end, it has at most one root there: the breakpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol, TypeAlias

from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.rational import Matrix, unit_vector
from polytope_nn.exact.scalar import Scalar, dot

from .curve import BITS
from .stretch import Stretch

__all__ = ["Below", "Condition", "Linear", "positive_weights"]

Sparse: TypeAlias = tuple[tuple[int, Ball], ...]


def _sparse(form: Sequence[Fraction]) -> Sparse:
    balls = ball_vector(form, 2 * BITS)
    return tuple((i, b) for i, (t, b) in enumerate(zip(form, balls, strict=True)) if t)


@dataclass(frozen=True)
class Linear:
    """A linear form of the unknowns that is positive: a weight, ``s_k x_k'g``, a multiplier.

    ``form`` gives the coefficients of the first unknowns; the others have none.
    """

    form: tuple[Fraction, ...]

    @cached_property
    def _balls(self) -> Sparse:
        return _sparse(self.form)

    def value(self, stretch: Stretch) -> Ball:
        """Return the value on a stretch."""
        return stretch.form(self._balls)

    def slope(self, stretch: Stretch) -> Ball:
        """Return the derivative on a stretch."""
        slopes = stretch.slopes
        return sum((c * slopes[i] for i, c in self._balls), Ball.from_rational(0))

    def gradient(self, x: Sequence[Scalar]) -> list[Scalar]:
        """Return the derivatives after the unknowns at x."""
        return [*self.form, *(Fraction(0) for _ in range(len(x) - len(self.form)))]

    def at(self, x: Sequence[Scalar]) -> Scalar:
        """Return the value at a point, in its own arithmetic."""
        return dot(self.form, x[: len(self.form)])


@dataclass(frozen=True)
class Below:
    """The value of a face that is no atom is below 1: ``1 - |V'k|^2 > 0``."""

    factor: Matrix

    @cached_property
    def _columns(self) -> tuple[Sparse, ...]:
        return tuple(_sparse(column) for column in zip(*self.factor, strict=True))

    def value(self, stretch: Stretch) -> Ball:
        """Return the value on a stretch, a polynomial in t up to the rest."""
        t = stretch.t
        zero = Ball.from_rational(0)
        terms, rest = [Ball.from_rational(1), zero, zero, zero, zero], zero
        for column in self._columns:
            *g, r = stretch.parts(column)
            for i, p in enumerate(g):
                for j, q in enumerate(g):
                    terms[i + j] = terms[i + j] - p * q
            whole = g[0] + (g[1] + g[2] * t) * t
            rest = rest - (whole * 2 + r) * r
        total = zero
        for c in reversed(terms):
            total = total * t + c
        return total + rest

    def slope(self, stretch: Stretch) -> Ball:
        """Return the derivative on a stretch."""
        slopes, total = stretch.slopes, Ball.from_rational(0)
        for column in self._columns:
            rate = sum((c * slopes[i] for i, c in column), Ball.from_rational(0))
            total = total - stretch.form(column) * rate * 2
        return total

    def gradient(self, x: Sequence[Scalar]) -> list[Scalar]:
        """Return the derivatives after the unknowns at x."""
        n = len(self.factor)
        g = [dot(column, x[:n]) for column in zip(*self.factor, strict=True)]
        return [dot(row, g) * -2 for row in self.factor] + [Fraction(0)] * (len(x) - n)

    def at(self, x: Sequence[Scalar]) -> Scalar:
        """Return the value at a point, in its own arithmetic."""
        n = len(self.factor)
        g = [dot(column, x[:n]) for column in zip(*self.factor, strict=True)]
        return -dot(g, g) + 1


class Condition(Protocol):
    """What is positive where a type is proved, as a function of beta on a stretch."""

    def value(self, stretch: Stretch) -> Ball:
        """Return the value on a stretch."""

    def slope(self, stretch: Stretch) -> Ball:
        """Return the derivative on a stretch."""

    def gradient(self, x: Sequence[Scalar]) -> list[Scalar]:
        """Return the derivatives after the unknowns at x."""

    def at(self, x: Sequence[Scalar]) -> Scalar:
        """Return the value at a point, in its own arithmetic."""


def positive_weights(n: int, units: int) -> tuple[Linear, ...]:
    """Return that the weights of all units are positive; they come after n unknowns."""
    ends = range(n, n + units)
    return tuple(Linear(unit_vector(a, a + 1)) for a in ends)
