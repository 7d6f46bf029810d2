"""Integer matrices by flint: products, inverses, independent rows, Smith forms.

Rows of Python integers come in and go out. One product of matrices replaces thousands of
inner products of fractions: slacks of all rows at all points, signs of all rows on all
rays.
"""

from collections.abc import Sequence
from math import gcd

from flint import fmpq_mat, fmpz_mat

from polytope_nn.errors import DimensionError

__all__ = [
    "elementary_divisors",
    "independent_integer_rows",
    "integer_inverse",
    "integer_kernel",
    "integer_product",
    "integer_solution",
    "primitive",
]

Integers = Sequence[Sequence[int]]


def primitive(v: Sequence[int]) -> tuple[int, ...]:
    """Return the primitive vector on the ray of v (0 for 0).

    >>> primitive([4, 0, -6])
    (2, 0, -3)
    """
    divisor = gcd(*v)
    return tuple(v) if divisor <= 1 else tuple([x // divisor for x in v])


def integer_product(A: Integers, B: Integers) -> list[list[int]]:
    """Return the product ``A B``; A has shape (m, k), B (k, n), k at least 1.

    >>> integer_product([[1, 2], [3, 4]], [[1], [-1]])
    [[-1], [-1]]
    """
    if not A:
        return []
    if len(A[0]) != len(B) or not B:
        raise DimensionError(f"rows of length {len(A[0])} times {len(B)} rows")
    if not B[0]:
        return [[] for _ in A]
    return [list(map(int, row)) for row in (fmpz_mat(A) * fmpz_mat(B)).tolist()]


def integer_inverse(B: Integers) -> tuple[list[list[int]], int]:
    """Return ``(D, t)`` with ``B D = t I`` and t > 0, for regular B.

    >>> integer_inverse([[0, 2], [1, 0]])
    ([[0, 2], [1, 0]], 2)
    """
    D, t = fmpq_mat(fmpz_mat(B)).inv().numer_denom()
    return [list(map(int, row)) for row in D.tolist()], int(t)


def integer_solution(B: Integers, c: Sequence[int]) -> tuple[list[int], int]:
    """Return ``(x, t)`` with ``B x = t c`` and t > 0, for regular B.

    >>> integer_solution([[0, 2], [3, 0]], [1, 1])
    ([2, 3], 6)
    """
    solution = fmpz_mat(B).solve(fmpz_mat(len(c), 1, c))
    assert isinstance(solution, fmpq_mat)  # what flint solves over the integers
    x, t = solution.numer_denom()
    return list(map(int, x.entries())), int(t)


def integer_kernel(A: Integers, n: int) -> list[tuple[int, ...]]:
    """Return the primitive basis of ``{x in R^n : A x = 0}``, one vector a free column.

    >>> integer_kernel([[1, 2, 0], [2, 4, 0]], 3)
    [(-2, 1, 0), (0, 0, 1)]
    """
    R, t, r = (fmpz_mat(A) if A else fmpz_mat(0, n)).rref()
    table, size = [list(map(int, row)) for row in R.tolist()[:r]], abs(int(t))
    pivots = [next(j for j, x in enumerate(row) if x) for row in table]
    basis = []
    for j in sorted(set(range(n)) - set(pivots)):
        x = [0] * n
        x[j] = size
        for row, p in zip(table, pivots, strict=True):
            x[p] = -row[j] if t > 0 else row[j]
        basis.append(primitive(x))
    return basis


def independent_integer_rows(A: Integers) -> tuple[int, ...]:
    """Return the lexicographically first maximal set of independent rows.

    >>> independent_integer_rows([[0, 0], [2, 4], [1, 2], [1, 1]])
    (1, 3)
    """
    if not A or not A[0]:
        return ()
    R, _, r = fmpz_mat(A).transpose().rref()
    table = R.tolist()[:r]
    return tuple(next(j for j, x in enumerate(row) if x != 0) for row in table)


def elementary_divisors(A: Integers) -> tuple[int, ...]:
    """Return the nonzero diagonal of the Smith form of A, each entry dividing the next.

    >>> elementary_divisors([[2, 0], [0, 3], [0, 0]])
    (1, 6)
    """
    if not A or not A[0]:
        return ()
    S = fmpz_mat(A).snf()
    diagonal = (abs(int(S[i, i])) for i in range(min(S.nrows(), S.ncols())))
    return tuple(t for t in diagonal if t)
