"""The inverse of a Jacobian that a certificate gives: in floats, or long ones where these fail."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.errors import Undecided
from polytope_nn.exact.long_floats import LongMatrix

__all__ = ["SINGULAR", "inverse_near"]

_SCALE = 48  # bits of an inverse in floats
_ILL = 1e11  # a condition from which on floats are too short


SINGULAR = (
    "a certificate: tight directions have dependent features, so that the lifted optimal set "
    "is no point"
)


def inverse_near(columns: Sequence[Numbers], bits: int) -> tuple[int, list[list[int]]]:
    """Return the bits of a scale, and the inverse of a matrix times it, rounded.

    Raises
    ------
    Undecided
        When the matrix seems to be singular.
    """
    middles = [[Fraction(t.low + t.high, 1 << (t.bits + 1)) for t in c] for c in columns]
    J = np.array([[float(t) for t in column] for column in middles]).T
    try:
        well = np.isfinite(J).all() and np.linalg.cond(J) < _ILL
        inverse = np.linalg.inv(J) if well else None
    except np.linalg.LinAlgError:
        inverse = None
    if inverse is not None:
        rows = [[Fraction(float(t)) for t in row] for row in inverse]
        return _SCALE, _rounded(rows, _SCALE)
    n = len(middles)
    unit = LongMatrix.of([[int(i == j) for j in range(n)] for i in range(n)])
    try:
        found = LongMatrix.of(middles).T.solve(unit).fractions()
    except ZeroDivisionError:
        raise Undecided(SINGULAR) from None
    return bits, _rounded([found[i : i + n] for i in range(0, n * n, n)], bits)


def _rounded(rows: Sequence[Sequence[Fraction]], scale: int) -> list[list[int]]:
    return [[round(t * (1 << scale)) for t in row] for row in rows]
