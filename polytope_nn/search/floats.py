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
from operator import mul
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import Guess
from polytope_nn.exact.rational import Matrix, approximate_root
from polytope_nn.exact.scalar import squared_norm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Hints", "binary", "multiplier_guess", "to_float"]

_LARGEST = 1e100  # its square is a float still
_BOUND = int(_LARGEST)
_NOTHING = Fraction(0)
_ROUNDED = 1e-9  # of a projection: the conditions of optimality hold up to that
_NOISE = 1e-13
_MOVES = 4
_FEW = 12  # samples of a small problem
_LEAST = 1e-12  # of a slope, a multiplier, a pivot that counts, at unit length


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


def _quotient(p: int, q: int) -> float:
    """Return the float nearest to p / q, q > 0, or the bound of what is computed with."""
    if abs(p) > _BOUND * q:
        return _LARGEST if p > 0 else -_LARGEST
    return p / q


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
        mu = _multipliers(cone, p, small=len(self.unit) <= _FEW)
        return p + cone @ mu, mu


def multiplier_guess(X: Matrix, beta_squared: Fraction) -> Guess:
    """Return the guess of multipliers that a projection in floats makes.

    >>> guess = multiplier_guess(((Fraction(1), Fraction(0)),), Fraction(1))
    >>> guess((-3, 2), 2, (1,), (0,))  # (-3/2, 1) is moved onto x_1 >= 0
    (Fraction(3, 2),)
    """
    import numpy as np

    hints = Hints(X, beta_squared)
    sizes = tuple(hints.beta / length for length in hints.lengths)

    def guess(
        p: Sequence[int], denominator: int, pattern: Sequence[int], facets: Sequence[int]
    ) -> tuple[Fraction, ...]:
        times, over = hints.beta.denominator, hints.beta.numerator * denominator
        scaled = np.array([_quotient(x * times, over) for x in p])
        mu = hints.projected(scaled, np.array(pattern), facets)[1]
        return tuple(
            Fraction(float(x)) * sizes[k] if x > 0 else _NOTHING
            for k, x in zip(facets, mu, strict=True)
        )

    return guess


def _multipliers(
    cone: "NDArray[np.float64]", p: "NDArray[np.float64]", *, small: bool
) -> "NDArray[np.float64]":
    """Return ``mu >= 0`` with the least ``|p + cone mu|``; 0 where floats find none.

    Those of small problems are found here: loading scipy.optimize takes longer than they do.
    """
    import numpy as np

    size = float(p @ p) ** 0.5
    found = _active_set(cone.T.tolist(), p.tolist()) if small else None
    if found is not None and _is_least(cone, p, np.array(found), size):
        return np.array(found)
    return _by_nnls(cone, p, size)


def _is_least(
    cone: "NDArray[np.float64]",
    p: "NDArray[np.float64]",
    mu: "NDArray[np.float64]",
    size: float,
) -> bool:
    """Return whether ``p + cone mu`` is a projection, up to rounding."""
    g = p + cone @ mu
    error = _ROUNDED * size
    return bool((cone.T @ g >= -error).all() and abs(g @ (g - p)) <= error * size)


def _by_nnls(
    cone: "NDArray[np.float64]", p: "NDArray[np.float64]", size: float
) -> "NDArray[np.float64]":
    """Return the multipliers that scipy finds.

    With dependent columns ``nnls`` may return a point that is none, and not notice: then p
    is moved by what rounding could have moved it.
    """
    import numpy as np
    from scipy.optimize import nnls

    moved = p
    for i in range(_MOVES):
        if i:
            noise = np.random.default_rng(i).uniform(-size, size, len(p))
            moved = p + i * _NOISE * noise
        try:
            mu: NDArray[np.float64] = nnls(cone, -moved)[0]
        except (RuntimeError, ValueError):  # no convergence
            continue
        if _is_least(cone, p, mu, size):
            return mu
    return np.zeros(cone.shape[1])  # the exact projection will start from nothing


def _active_set(rows: list[list[float]], p: list[float]) -> list[float] | None:
    """Return ``mu >= 0`` with the least ``|p + mu rows|`` (Lawson and Hanson 1974, ch. 23).

    None where the method meets dependent rows, or goes round.
    """
    mu = [0.0] * len(rows)
    used: list[int] = []
    least = -_LEAST * sum(t * t for t in p) ** 0.5
    for _ in range(3 * len(rows) + 1):
        g = [t + sum(mu[k] * rows[k][j] for k in used) for j, t in enumerate(p)]
        slopes = [sum(map(mul, row, g)) for row in rows]
        enters = min((k for k in range(len(rows)) if k not in used),
                     key=slopes.__getitem__, default=None)  # fmt: skip
        if enters is None or slopes[enters] >= least:
            return mu
        used.append(enters)
        found: list[float] | None = []
        while used:
            found = _normal_equations([rows[k] for k in used], p)
            if found is None:
                return None
            if min(found) > 0:
                break
            steps = [mu[k] / (mu[k] - x) for k, x in zip(used, found, strict=True)
                     if x <= 0 and mu[k] > x]  # fmt: skip
            step = min(steps, default=0.0)
            for k, x in zip(used, found, strict=True):
                mu[k] += step * (x - mu[k])
            left = [k for k, x in zip(used, found, strict=True) if x > 0 or mu[k] > _LEAST]
            if len(left) == len(used):
                return None
            for k in set(used).difference(left):
                mu[k] = 0.0
            used = left
        for k, x in zip(used, found or (), strict=False):
            mu[k] = x
    return None


def _normal_equations(rows: list[list[float]], p: list[float]) -> list[float] | None:
    """Return x with the least ``|p + x rows|``; None for rows that are nearly dependent."""
    G = [[sum(map(mul, a, b)) for b in rows] + [-sum(map(mul, a, p))] for a in rows]
    r = len(rows)
    for i in range(r):  # G is a Gram matrix: its pivots are positive in any order
        pivot = G[i][i]
        if pivot < _LEAST:
            return None
        for lower in G[i + 1 :]:
            factor = lower[i] / pivot
            for j in range(i, r + 1):
                lower[j] -= factor * G[i][j]
    x = [0.0] * r
    for i in reversed(range(r)):
        x[i] = (G[i][r] - sum(map(mul, G[i][i + 1 : r], x[i + 1 :]))) / G[i][i]
    return x
