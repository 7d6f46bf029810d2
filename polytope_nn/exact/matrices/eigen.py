"""The largest eigenvalue of a matrix with real eigenvalues, and its eigenspace.

Over the rationals it is the largest root of the characteristic polynomial, a fraction or a
number of a field, and the eigenspace is a kernel over that field: every zero is decided.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from flint import acb_mat, arb_mat, ctx, fmpq, fmpq_mat, fmpz_poly

from polytope_nn.exact.ball import Ball, BallMatrix, ball_vector
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.roots import primitive, real_roots
from polytope_nn.exact.scalar import Scalar, Scalars

__all__ = ["is_definite", "near_spectrum", "near_top", "top_eigenspace"]

_FIRST_BITS = 64
_SWEEPS = 80


def top_eigenspace(A: Sequence[Sequence[Fraction]]) -> tuple[Scalar, tuple[Scalars, ...]]:
    """Return the largest eigenvalue of a rational A, shape (n, n), and a basis of its space.

    All eigenvalues of A must be real (as those of a product of symmetric matrices one of
    which is positive definite are).

    >>> value, (v,) = top_eigenspace([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(1)]])
    >>> value * value - 3 * value + 1 == 0, v[0] == (value - 1) * v[1]
    (True, True)
    """
    n = len(A)
    entries = [fmpq(x.numerator, x.denominator) for row in A for x in row]
    factors = [f for f, _ in fmpq_mat(n, n, entries).charpoly().numer().factor()[1]]
    value = _largest([primitive(f) for f in factors])
    moved = [
        [x - value if i == j else x for j, x in enumerate(row)] for i, row in enumerate(A)
    ]
    return value, kernel(moved, n)


def _largest(factors: Sequence[fmpz_poly]) -> Scalar:
    """Return the largest real root of distinct irreducible polynomials."""
    bits = _FIRST_BITS
    while True:  # the roots are distinct, so some precision tells
        tops = [_top(f, bits) for f in factors]
        best = max(range(len(tops)), key=lambda i: tops[i].midpoint)
        if not any(tops[i].overlaps(tops[best]) for i in range(len(tops)) if i != best):
            break
        bits *= 2
    f, top = factors[best], tops[best]
    if f.degree() == 1:
        return Fraction(-int(f[0]), int(f[1]))
    return NumberField([int(c) for c in f.coeffs()], (top.lower, top.upper)).generator


def _top(f: fmpz_poly, bits: int) -> Ball:
    if f.degree() == 1:
        return Ball.from_rational(Fraction(-int(f[0]), int(f[1])), bits)
    return Ball(real_roots(f, bits)[-1], bits)


def near_top(A: BallMatrix) -> tuple[Fraction, Fraction, Vector]:
    """Return about the two largest eigenvalues, and the eigenvector of the largest: no proof.

    Of a matrix (n, n) near A with real eigenvalues; a second is 0 where n is 1.
    """
    bits = A[0][0].precision
    middle = arb_mat([[x.value.mid() for x in row] for row in A])
    with ctx.workprec(bits):
        values, vectors = acb_mat(middle).eig(right=True, algorithm="approx")
        sizes = [Ball(t.real, bits).midpoint for t in values]
        order = sorted(range(len(A)), key=lambda i: -sizes[i])
        top = [Ball(vectors[i, order[0]].real, bits).midpoint for i in range(len(A))]
    return sizes[order[0]], sizes[order[1]] if len(A) > 1 else Fraction(0), tuple(top)


def near_spectrum(
    A: Sequence[Sequence[Fraction]], bits: int
) -> tuple[Vector, tuple[Vector, ...]]:
    """Return about the eigenvalues of a symmetric A, ascending, and orthonormal eigenvectors.

    By Jacobi's rotations, in fixed point: to so many bits of the largest entry. No proof.

    >>> one = Fraction(1)
    >>> values, (first, _) = near_spectrum([[2 * one, one], [one, 2 * one]], 99)
    >>> [round(t) for t in values], round(first[0] / first[1])
    ([1, 3], -1)
    """
    n, one = len(A), 1 << bits
    size = max((abs(t) for row in A for t in row), default=Fraction(0)) or Fraction(1)
    a = [[round(t / size * one) for t in row] for row in A]
    v = [[one * (i == j) for j in range(n)] for i in range(n)]
    for _ in range(_SWEEPS):
        if all(abs(a[p][q]) <= n for q in range(n) for p in range(q)):
            break
        for q in range(n):
            for p in range(q):
                _turned(a, v, (p, q), bits)
    order = sorted(range(n), key=lambda i: a[i][i])
    values = tuple(Fraction(a[i][i], one) * size for i in order)
    return values, tuple(tuple(Fraction(t, one) for t in v[i]) for i in order)


def _turned(a: list[list[int]], v: list[list[int]], at: tuple[int, int], bits: int) -> None:
    """Turn two coordinates so that their entry of a becomes 0; v has the turned axes as rows."""
    (p, q), one = at, 1 << bits
    if not a[p][q]:
        return
    d, b = a[q][q] - a[p][p], 2 * a[p][q]
    h = isqrt(d * d + b * b)
    t = b * one // (d + h if d >= 0 else d - h)
    c = one * one // isqrt(one * one + t * t)
    s = t * c >> bits
    for rows in (a, v):
        rows[p], rows[q] = (
            [c * x - s * y >> bits for x, y in zip(rows[p], rows[q], strict=True)],
            [s * x + c * y >> bits for x, y in zip(rows[p], rows[q], strict=True)],
        )
    for row in a:
        row[p], row[q] = c * row[p] - s * row[q] >> bits, s * row[p] + c * row[q] >> bits


def is_definite(A: Sequence[Sequence[Scalar]], bits: int) -> bool:
    """Return whether a symmetric A, shape (n, n), is proved positive definite in balls.

    A Cholesky factorisation of enclosures with ``bits`` bits: False says nothing.

    >>> is_definite([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(1)]], 64)
    True
    """
    rows = [list(ball_vector(row, bits)) for row in A]
    for i, row in enumerate(rows):
        if not row[i].value > 0:
            return False
        for j in range(i + 1, len(rows)):
            factor = rows[j][i] / row[i]
            rows[j] = [x - factor * t for x, t in zip(rows[j], row, strict=True)]
    return True
