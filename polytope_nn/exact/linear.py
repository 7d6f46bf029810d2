"""Exact linear algebra: python-flint over Q and number fields, elimination over balls.

Every function follows from the reduced row echelon form. Rows are sequences of
:data:`~polytope_nn.exact.scalar.Scalar`; what comes in rational comes out rational.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import cast, overload

from flint import fmpq, fmpq_mat

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import identity

from .ball import Ball
from .field import Algebraic
from .matrices.algebraic import rref_algebraic, rref_flint
from .rational import Matrix, Vector, integer_row
from .scalar import RealNumber, Scalar, Scalars, dot, exact_scalar, sign

__all__ = [
    "independent_rows",
    "kernel",
    "products",
    "project_out",
    "projector",
    "rank",
    "rref",
    "solve",
    "transpose",
]

Rows = Sequence[Sequence[Scalar]]


@overload
def transpose(A: Sequence[Sequence[Fraction]]) -> Matrix: ...
@overload
def transpose(A: Rows) -> tuple[Scalars, ...]: ...
def transpose(A: Rows) -> tuple[Scalars, ...]:
    """Return the columns of A."""
    return tuple(zip(*A, strict=True))


@overload
def gram(A: Sequence[Sequence[Fraction]]) -> Matrix: ...
@overload
def gram(A: Rows) -> tuple[Scalars, ...]: ...
def gram(A: Rows) -> tuple[Scalars, ...]:
    """Return the inner products of the rows, ``A A'``.

    >>> gram([(Fraction(1), Fraction(2))])
    ((Fraction(5, 1),),)
    """
    lower = [[dot(a, b) for b in A[: i + 1]] for i, a in enumerate(A)]
    m = range(len(A))
    return tuple(tuple(lower[max(i, j)][min(i, j)] for j in m) for i in m)


def products(rows: Iterable[Vector], v: Scalars) -> Iterator[Scalar]:
    """Yield the inner products of rational rows, many perhaps, with one vector.

    >>> [*map(str, products([(Fraction(1), Fraction(1, 2))], (Fraction(1, 3), Fraction(1))))]
    ['5/6']
    """
    if not all(isinstance(t, Fraction) for t in v):
        yield from (dot(row, v) for row in rows)
        return
    rational = cast("Vector", v)
    common = lcm(*(t.denominator for t in rational))
    whole = [t.numerator * (common // t.denominator) for t in rational]
    for row in rows:
        own = lcm(*(x.denominator for x in row))
        pairs = zip(row, whole, strict=True)
        sums = sum(x.numerator * (own // x.denominator) * t for x, t in pairs)
        yield Fraction(sums, own * common)


def rref(A: Rows) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    """Return the nonzero rows of the reduced row echelon form, and their pivot columns.

    >>> rref([[Fraction(2), Fraction(4)], [Fraction(1), Fraction(2)]])
    (((Fraction(1, 1), Fraction(2, 1)),), (0,))
    """
    if not A or not A[0]:
        return (), ()
    kinds = {type(x) for row in A for x in row}
    if not all(issubclass(kind, Fraction | RealNumber) for kind in kinds):
        A = [[*map(exact_scalar, row)] for row in A]
        kinds = {type(x) for row in A for x in row}
    if kinds == {Fraction}:
        return _rref_rational(cast("Sequence[Sequence[Fraction]]", A))
    if kinds <= {Fraction, Algebraic}:
        return rref_algebraic(cast("Sequence[Sequence[Fraction | Algebraic]]", A))
    return _rref(A)


def _rref_rational(
    A: Sequence[Sequence[Fraction]],
) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
    table, pivots = rref_flint(_in_flint(A))
    return tuple(tuple(_fraction(x) for x in row) for row in table), pivots


def _in_flint(A: Sequence[Sequence[Fraction]]) -> fmpq_mat:
    entries = [fmpq(x.numerator, x.denominator) for row in A for x in row]
    return fmpq_mat(len(A), len(A[0]), entries)


def _fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def _rref(A: Rows) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    left = [list(row) for row in A]
    done: list[list[Scalar]] = []
    pivots: list[int] = []
    for j in range(len(A[0])):
        # the columns before j vanish on what is left, and are units on the pivots
        i = _pivot(left, j)
        if i is None:
            continue
        chosen = left.pop(i)
        row = [x / chosen[j] for x in chosen]
        row[j] = Fraction(1)
        for other in left + done:
            factor = other[j]
            if not _vanishes(factor):
                other[:] = [x - factor * z for x, z in zip(other, row, strict=True)]
                other[j] = Fraction(0)
        done.append(row)
        pivots.append(j)
    return tuple(map(tuple, done)), tuple(pivots)


def _vanishes(x: Scalar) -> bool:
    """Return whether x is known to be 0; no ball of positive radius is."""
    return x.is_exact and not x if isinstance(x, Ball) else not x


def _pivot(rows: Rows, j: int) -> int | None:
    """Return the best row with entry j proved not 0; None if all entries j are 0.

    The best has an entry that keeps at least half of its bits, then the most exact zeros,
    which elimination with it leaves alone, then the most accurate entry.

    Raises
    ------
    Undecided
        When some entry may be 0 or not, and none is proved not to be.
    """
    best, reason = None, None
    for i, row in enumerate(rows):
        x = row[j]
        if _vanishes(x):
            continue
        try:
            sign(x)
        except Undecided as undecided:
            reason = undecided
            continue
        accuracy = x.accuracy if isinstance(x, Ball) else sys.maxsize
        known = not isinstance(x, Ball) or 2 * accuracy >= x.precision
        merit = (known, sum(map(_vanishes, row)), accuracy, -i)
        best = merit if best is None else max(best, merit)
    if best is None and reason is not None:
        raise reason
    return None if best is None else -best[-1]


def rank(A: Rows) -> int:
    """Return the rank of A.

    >>> rank([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]])
    1
    """
    return len(_pivots(A))


def independent_rows(A: Rows) -> tuple[int, ...]:
    """Return the lexicographically first maximal set of independent rows.

    >>> independent_rows([[Fraction(0)], [Fraction(2)], [Fraction(1)]])
    (1,)
    """
    return _pivots(transpose(A)) if A else ()


def _pivots(A: Rows) -> tuple[int, ...]:
    """Return the pivot columns of A, as :func:`rref` does, without its rows."""
    if A and A[0] and all(type(x) is Fraction for row in A for x in row):
        return rref_flint(_in_flint(cast("Sequence[Sequence[Fraction]]", A)))[1]
    return rref(A)[1]


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
    weights = solve(gram(rows), [dot(a, p) for a in rows])
    assert weights is not None  # a Gram matrix of independent rows is regular
    return tuple(
        x - dot(weights, column) for x, column in zip(p, transpose(rows), strict=True)
    )


def projector(A: Rows, n: int) -> tuple[Scalars, ...]:
    """Return the matrix (n, n) of the orthogonal projection onto ``{u : A u = 0}``."""
    unit = identity(n)
    return tuple(project_out(A, row) for row in unit)
