"""Exact linear algebra: python-flint over the rationals, elimination over other scalars.

Every function follows from the reduced row echelon form. Rows are sequences of
:data:`~polytope_nn.exact.scalar.Scalar`; what comes in rational comes out rational.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from flint import fmpq, fmpq_mat

from .rational import Vector, integer_row
from .scalar import Scalar, Scalars, dot

__all__ = [
    "independent_rows",
    "kernel",
    "project_out",
    "projector",
    "rank",
    "rref",
    "solve",
    "transpose",
]

Rows = Sequence[Sequence[Scalar]]


def transpose(A: Rows) -> tuple[Scalars, ...]:
    """Return the columns of A."""
    return tuple(zip(*A, strict=True))


def rref(A: Rows) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    """Return the nonzero rows of the reduced row echelon form, and their pivot columns.

    >>> rref([[Fraction(2), Fraction(4)], [Fraction(1), Fraction(2)]])
    (((Fraction(1, 1), Fraction(2, 1)),), (0,))
    """
    if not A or not A[0]:
        return (), ()
    if all(type(x) is Fraction for row in A for x in row):
        return _rref_rational(cast("Sequence[Sequence[Fraction]]", A))
    return _rref(A)


def _rref_rational(
    A: Sequence[Sequence[Fraction]],
) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
    entries = [fmpq(x.numerator, x.denominator) for row in A for x in row]
    R, r = fmpq_mat(len(A), len(A[0]), entries).rref()
    table = R.table()[:r]
    rows = tuple(tuple(Fraction(int(x.p), int(x.q)) for x in row) for row in table)
    return rows, tuple(next(j for j, x in enumerate(row) if x) for row in rows)


def _rref(A: Rows) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    left = [list(row) for row in A]
    done: list[list[Scalar]] = []
    pivots: list[int] = []
    for j in range(len(A[0])):
        # the columns before j vanish on what is left, and are units on the pivots
        i = next((i for i, row in enumerate(left) if row[j] != 0), None)
        if i is None:
            continue
        chosen = left.pop(i)
        row = [x / chosen[j] for x in chosen]
        row[j] = Fraction(1)
        for other in left + done:
            factor = other[j]
            if factor != 0:
                other[:] = [x - factor * z for x, z in zip(other, row, strict=True)]
                other[j] = Fraction(0)
        done.append(row)
        pivots.append(j)
    return tuple(map(tuple, done)), tuple(pivots)


def rank(A: Rows) -> int:
    """Return the rank of A.

    >>> rank([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]])
    1
    """
    return len(rref(A)[1])


def independent_rows(A: Rows) -> tuple[int, ...]:
    """Return the lexicographically first maximal set of independent rows.

    >>> independent_rows([[Fraction(0)], [Fraction(2)], [Fraction(1)]])
    (1,)
    """
    return rref(transpose(A))[1] if A else ()


def kernel(A: Rows, n: int) -> tuple[Scalars, ...]:
    """Return a basis of ``{x in R^n : A x = 0}``; primitive integers where rational.

    >>> kernel([[Fraction(1), Fraction(2)]], 2)
    ((Fraction(-2, 1), Fraction(1, 1)),)
    """
    R, pivots = rref(A)
    basis: list[Scalars] = []
    for j in sorted(set(range(n)) - set(pivots)):
        x: list[Scalar] = [Fraction(0)] * n
        x[j] = Fraction(1)
        for row, p in zip(R, pivots, strict=True):
            x[p] = -row[j]
        rational = [t for t in x if isinstance(t, Fraction)]
        basis.append(
            tuple(map(Fraction, integer_row(rational)) if len(rational) == n else x)
        )
    return tuple(basis)


def solve(A: Rows, b: Sequence[Scalar]) -> Scalars | None:
    """Return the solution of ``A x = b`` with its free coordinates 0; None if none is.

    >>> solve([[Fraction(1), Fraction(1)]], [Fraction(3)])
    (Fraction(3, 1), Fraction(0, 1))
    """
    if not A:
        return ()
    n = len(A[0])
    R, pivots = rref([[*row, t] for row, t in zip(A, b, strict=True)])
    if n in pivots:
        return None
    x: list[Scalar] = [Fraction(0)] * n
    for row, p in zip(R, pivots, strict=True):
        x[p] = row[n]
    return tuple(x)


def project_out(A: Rows, p: Sequence[Scalar]) -> Scalars:
    """Return the orthogonal projection of p onto ``{u : A u = 0}``.

    With independent rows, ``p - A'(AA')^(-1) A p``.

    >>> project_out([[Fraction(1), Fraction(1)]], [Fraction(1), Fraction(0)])
    (Fraction(1, 2), Fraction(-1, 2))
    """
    rows = [A[i] for i in independent_rows(A)]
    if not rows:
        return tuple(p)
    gram = [[dot(a, b) for b in rows] for a in rows]
    weights = solve(gram, [dot(a, p) for a in rows])
    assert weights is not None  # a Gram matrix of independent rows is regular
    return tuple(
        x - dot(weights, column) for x, column in zip(p, transpose(rows), strict=True)
    )


def projector(A: Rows, n: int) -> tuple[Scalars, ...]:
    """Return the matrix (n, n) of the orthogonal projection onto ``{u : A u = 0}``."""
    unit = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    return tuple(project_out(A, row) for row in unit)
