"""What leaves of trees are guessed in: floats first, long ones where these tell nothing from 0.

Labels of 10^-12 beside others turn top eigenvectors by as little off a wall, and what is then
between a form and 0 is the square of that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.matrices.eigen import near_spectrum
from polytope_nn.exact.rational import approximate_root, exponent
from polytope_nn.exact.scalar import Scalar, middle, nearest_float

__all__ = ["FLOATS", "LONG", "Arithmetic", "dyadic", "floats"]

_LONG = 400  # bits of long floats

Table = Any
"""A matrix or a vector: of floats, or of fractions."""


@dataclass(frozen=True)
class Arithmetic:
    """Floats of one kind.

    ``array`` reads rows, ``coordinates`` has an orthonormal basis Q of the span of rows, as
    columns, and R with rows = (Q R)'; ``spectrum`` the eigenvalues of a symmetric matrix,
    ascending, and its eigenvectors as columns; ``solved`` solves ``R x = e``.
    ``bits`` are those of what is handed over, ``finest`` those of a vector, ``parts`` the powers
    of 2 by which a share may differ from its size, ``least`` is what may be between a form
    and 0.
    """

    array: Callable[[Sequence[Sequence[Scalar]]], Table]
    coordinates: Callable[[Table], tuple[Table, Table]]
    spectrum: Callable[[Table], tuple[Table, Table]]
    solved: Callable[[Table, Table], Table]
    number: Callable[[Fraction], Any]
    bits: int
    finest: int
    parts: int
    least: Fraction

    def unit(self, n: int) -> Table:
        """Return the identity."""
        return self.array([[Fraction(int(i == j)) for j in range(n)] for i in range(n)])


def floats(rows: Sequence[Sequence[Scalar]]) -> Table:
    """Return a matrix in floats."""
    return np.array([[_float(t) for t in row] for row in rows])


def dyadic(x: float | Fraction, bits: int) -> Fraction:
    """Return a fraction of few bits near x.

    >>> dyadic(Fraction(1, 3), 4)
    Fraction(5, 16)
    """
    if not x:
        return Fraction(0)
    given = Fraction(x)
    unit = Fraction(2) ** (exponent(given) + 1 - bits)
    return round(given / unit) * unit


def _float(x: Scalar) -> float:
    near = nearest_float(x)
    if near is None:
        raise Undecided("a certificate: numbers are beyond floats: scale X and y")
    return near


def _coordinates(rows: Table) -> tuple[Table, Table]:
    Q, R = np.linalg.qr(rows.T)
    return Q, R


def _spectrum(A: Table) -> tuple[Table, Table]:
    values, vectors = np.linalg.eigh(A)
    return values, vectors


def _long(rows: Sequence[Sequence[Scalar]]) -> Table:
    """Return a matrix of fractions, rounded."""
    found = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        for j, t in enumerate(row):
            found[i, j] = dyadic(middle(t, 2 * _LONG), _LONG)
    return found


def _long_coordinates(rows: Table) -> tuple[Table, Table]:
    w, d = rows.shape
    nothing = [Fraction(0)] * w
    Q, R = _long([nothing] * d), _long([nothing] * w)
    for j in range(w):
        left = rows[j].copy()
        for _ in range(2):
            for i in range(j):
                share = dyadic(Q[:, i] @ left, _LONG)
                R[i, j] += share
                left = left - share * Q[:, i]
        R[j, j] = approximate_root(left @ left, _LONG)
        Q[:, j] = [dyadic(t / R[j, j], _LONG) for t in left]
    return Q, R


def _long_spectrum(A: Table) -> tuple[Table, Table]:
    values, vectors = near_spectrum(A.tolist(), _LONG)
    return np.array(values, dtype=object), _long(vectors).T


def _long_solved(R: Table, e: Table) -> Table:
    x = solve(R.tolist(), e.tolist())
    assert x is not None  # a factor of independent rows is regular
    return np.array(x, dtype=object)


FLOATS = Arithmetic(
    floats, _coordinates, _spectrum, np.linalg.solve, float, 46, 40, 30, Fraction(1, 10**9)
)
LONG = Arithmetic(
    _long,
    _long_coordinates,
    _long_spectrum,
    _long_solved,
    Fraction,
    300,
    220,
    300,
    Fraction(1, 1 << 180),
)
