"""Floating-point hints: which rows press on a cone projection, and by how much.

Nothing decided here is believed: a hint is a set of rows or a multiplier that
:mod:`~polytope_nn.dual.feasibility` rounds to rationals and proves, or does not use.
All quantities are scaled to order 1 (rows to unit length, kappa by beta), so exact data of
any size can be asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import Guess
from polytope_nn.exact.rational import Matrix, approximate_root, exponent
from polytope_nn.exact.scalar import squared_norm

from .projecting.facets import Each
from .projecting.projections import Projections

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Hints", "binary", "multiplier_guess", "to_float"]

_LARGEST = 1e100  # its square is a float still
_BOUND = int(_LARGEST)
_NOTHING = (0, 1)


def binary(x: Fraction) -> Fraction:
    """Return a power of 2 close to ``x > 0``.

    >>> binary(Fraction(3, 100))
    Fraction(1, 32)
    """
    e = exponent(x)
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)


def to_float(x: Fraction) -> float:
    """Return the float nearest to x, or the bound ``+-1e100`` of what is computed with.

    >>> to_float(Fraction(-(10**400)))
    -1e+100
    """
    return _quotient(x.numerator, x.denominator)


def _quotient(p: int, q: int) -> float:
    """Return the float nearest to p / q, q > 0, or the bound of what is computed with."""
    if abs(p) > _BOUND * q:
        return _LARGEST if p > 0 else -_LARGEST
    return p / q


def _times(x: float, p: int, q: int) -> tuple[int, int]:
    """Return ``x p / q`` as a numerator and a denominator."""
    above, below = x.as_integer_ratio()
    return above * p, below * q


@dataclass(frozen=True)
class Hints:
    """The rows of a design matrix as floats of unit length, beside their lengths."""

    X: Matrix
    beta_squared: Fraction

    @cached_property
    def beta(self) -> Fraction:
        """A rational close to beta, at most beta."""
        return approximate_root(self.beta_squared)

    @cached_property
    def lengths(self) -> tuple[Fraction, ...]:
        """Rationals close to the lengths of the rows; of a zero row, to the largest."""
        squares = tuple(map(squared_norm, self.X))
        return tuple(approximate_root(t or max(squares)) for t in squares)

    @cached_property
    def unit(self) -> "NDArray[np.float64]":
        """The rows scaled to length 1, shape (n, d)."""
        import numpy as np

        rows = zip(self.X, self.lengths, strict=True)
        return np.array([[to_float(t / length) for t in x] for x, length in rows])

    def scaled(self, kappa: Sequence[Fraction]) -> "NDArray[np.float64]":
        """Return ``kappa_k |x_k| / beta``, so that ``unit' scaled`` is ``X'kappa / beta``."""
        import numpy as np

        pairs = zip(kappa, self.lengths, strict=True)
        return np.array([to_float(t * length / self.beta) for t, length in pairs])

    def cones(
        self, patterns: Sequence[Sequence[int]], facets: Sequence[Sequence[int]]
    ) -> Projections:
        """Return the projections on the cones of topes, by unit rows."""
        import numpy as np

        most = max(map(len, facets), default=0)
        at = np.array([[*k, *[-1] * (most - len(k))] for k in facets], dtype=np.int64)
        unit = np.vstack([self.unit, np.zeros(self.unit.shape[1])])  # at -1: to fill up
        signs = np.take_along_axis(np.array(patterns), at, axis=1)
        rows = unit[at] * signs[:, :, None]
        return Projections(Each(np.ascontiguousarray(rows.transpose(1, 2, 0))))


def multiplier_guess(X: Matrix, beta_squared: Fraction) -> Guess:
    """Return the guess of multipliers that projections in floats make.

    >>> guess = multiplier_guess(((Fraction(1), Fraction(0)),), Fraction(1))
    >>> guess([(-3, 2)], 2, [(1,)], [(0,)])  # (-3/2, 1) is moved onto x_1 >= 0
    [((3, 2),)]
    """
    import numpy as np

    hints = Hints(X, beta_squared)
    sizes = [(hints.beta / length).as_integer_ratio() for length in hints.lengths]

    def guess(
        p: Sequence[Sequence[int]],
        denominator: int,
        patterns: Sequence[Sequence[int]],
        facets: Sequence[Sequence[int]],
    ) -> list[tuple[tuple[int, int], ...]]:
        times, over = hints.beta.denominator, hints.beta.numerator * denominator
        scaled = np.array([[_quotient(x * times, over) for x in vector] for vector in p])
        found = hints.cones(patterns, facets).of(scaled.T)[0].T.tolist()
        return [
            tuple(
                _times(x, *sizes[k]) if x > 0 else _NOTHING
                for k, x in zip(walls, mu, strict=False)
            )
            for walls, mu in zip(facets, found, strict=True)
        ]

    return guess
