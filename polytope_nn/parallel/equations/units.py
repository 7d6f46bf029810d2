"""The units of a three-layer problem: in them every number is of order 1 (P1, G1).

Rows ``x_i / r_i``, labels ``y_i / (r_i b)``, entries ``kappa_i r_i / q`` and masses ``c q / b``
satisfy the equations of the problem with weights ``w_i r_i^2 b / q`` and ``beta / q``. Units are
contents times powers of 2: data, labels and beta times any numbers are the same in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.parallel.problem import ParallelProblem

__all__ = ["Units", "content"]

_ONE = Fraction(1)


@dataclass(frozen=True)
class Units:
    """A problem in its units: ``rows`` are the r_i, ``label`` is b, ``price`` is q.

    >>> one, far = ([[s, 0], [s, 2 * s], [0, 0]] for s in (1, 10**6))
    >>> U = Units(ParallelProblem(far, [1, 2, 0], beta=3 * 10**6))
    >>> U.square == Units(ParallelProblem(one, [1, 2, 0], beta=3)).square
    True
    """

    problem: ParallelProblem

    @cached_property
    def rows(self) -> Vector:
        """The units of the rows: ``r_i`` is close to the largest entry of ``x_i``."""
        X = self.problem.design
        shared = content([t for x in X for t in x])
        return tuple(_unit(shared, max(map(abs, x))) for x in X)

    @cached_property
    def label(self) -> Fraction:
        """The unit of ``y_i / r_i``, and of a fit's."""
        D, rows = self.problem, self.rows
        largest = max(abs(t) / r for t, r in zip(D.y, rows, strict=True))
        return _unit(content(D.y) / content(rows), largest)

    @cached_property
    def price(self) -> Fraction:
        """The unit of beta, and of ``kappa_i r_i``."""
        size = self.label * content(self.rows) ** 2
        relative = self.problem.unit_beta_squared / size**2
        bits = relative.numerator.bit_length() - relative.denominator.bit_length()
        return size * Fraction(2) ** (bits // 2)

    @property
    def mass(self) -> Fraction:
        """The unit of masses."""
        return self.label / self.price

    @cached_property
    def kappa(self) -> Vector:
        """The units of the entries of kappa, and of mu."""
        return tuple(self.price / r for r in self.rows)

    @cached_property
    def design(self) -> Matrix:
        """The rows, shape (n, d)."""
        pairs = zip(self.problem.design, self.rows, strict=True)
        return tuple(tuple(t / r for t in x) for x, r in pairs)

    @cached_property
    def y(self) -> Vector:
        """The labels."""
        pairs = zip(self.problem.y, self.rows, strict=True)
        return tuple(t / (r * self.label) for t, r in pairs)

    @cached_property
    def weights(self) -> Vector:
        """The weights of the rows."""
        pairs = zip(self.problem.two_layer.weights, self.rows, strict=True)
        return tuple(w * r * r * self.mass for w, r in pairs)

    @cached_property
    def square(self) -> Fraction:
        """The square of what a mass 1 costs, between 1/2 and 4."""
        return self.problem.unit_beta_squared / self.price**2


def content(entries: Sequence[Fraction]) -> Fraction:
    """Return the largest number of which all are integer multiples; 1 where all are 0."""
    below = lcm(*(t.denominator for t in entries))
    return Fraction(gcd(*(int(t * below) for t in entries)) or below, below)


def _unit(content: Fraction, size: Fraction) -> Fraction:
    """Return the content times a power of 2, close to a size; the content where that is 0."""
    t = size / content or _ONE
    return content * Fraction(2) ** (t.numerator.bit_length() - t.denominator.bit_length())
