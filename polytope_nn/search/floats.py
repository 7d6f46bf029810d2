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
from math import isqrt
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import squared_norm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Hints", "approximate_root", "binary", "to_float"]

_LARGEST = 1e100  # its square is a float still
_ROUNDED = 1e-9  # of a projection: the conditions of optimality hold up to that
_NOISE = 1e-13
_MOVES = 4


def approximate_root(x: Fraction, bits: int = 60) -> Fraction:
    """Return a rational close to the root of ``x >= 0``, at most the root; 1 for 0.

    >>> approximate_root(Fraction(9, 4))
    Fraction(3, 2)
    """
    if not x:
        return Fraction(1)
    shift = bits + max(0, x.denominator.bit_length() - x.numerator.bit_length())
    return Fraction(isqrt((x.numerator << 2 * shift) // x.denominator), 1 << shift)


def binary(x: Fraction) -> Fraction:
    """Return a power of 2 close to ``x > 0``.

    >>> binary(Fraction(3, 100))
    Fraction(1, 32)
    """
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)


def to_float(x: Fraction) -> float:
    """Return the float nearest to x, or the bound ``+-1e100`` of what is computed with.

    >>> to_float(Fraction(-(10**400)))
    -1e+100
    """
    if abs(x) > _LARGEST:
        return _LARGEST if x > 0 else -_LARGEST
    return float(x)


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
        """Rationals close to the lengths of the rows (1 for a zero row)."""
        return tuple(approximate_root(squared_norm(x)) for x in self.X)

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

    def projection(
        self,
        scaled: "NDArray[np.float64]",
        pattern: "NDArray[np.int64]",
        sign: int,
        facets: Sequence[int],
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return g and the multipliers of the facets, of one sign on one tope, scaled."""
        p = sign * (scaled * (pattern > 0)) @ self.unit
        return self.projected(p, pattern, facets)

    def projected(
        self, p: "NDArray[np.float64]", pattern: "NDArray[np.int64]", facets: Sequence[int]
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return the projection of p onto a tope's cone and the multipliers, scaled."""
        import numpy as np

        if not facets:
            return p, np.zeros(0)
        cone = (self.unit[list(facets)] * pattern[list(facets), None]).T
        mu = _multipliers(cone, p)
        return p + cone @ mu, mu


def _multipliers(
    cone: "NDArray[np.float64]", p: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return ``mu >= 0`` with the least ``|p + cone mu|``; 0 where floats find none.

    With dependent columns ``nnls`` may return a point that is none, and not notice: then p
    is moved by what rounding could have moved it.
    """
    import numpy as np
    from scipy.optimize import nnls

    size = float(p @ p) ** 0.5
    noise = np.random.default_rng(0).uniform(-size, size, (_MOVES, len(p)))
    for i in range(_MOVES):
        try:
            mu: NDArray[np.float64] = nnls(cone, -p - i * _NOISE * noise[i])[0]
        except (RuntimeError, ValueError):  # no convergence
            continue
        g = p + cone @ mu
        error = _ROUNDED * size
        if (cone.T @ g >= -error).all() and abs(g @ (g - p)) <= error * size:
            return mu
    return np.zeros(cone.shape[1])  # the exact projection will start from nothing
