"""Matrices of balls: products, inverses, solutions, each enclosed (on python-flint)."""

from collections.abc import Sequence
from fractions import Fraction

from flint import arb, arb_mat, ctx

from polytope_nn.errors import Undecided

from .ball import Ball, BallMatrix, Balls, ball_vector, working_precision
from .scalar import Scalar

__all__ = ["independent_balls", "invert_balls", "multiply_balls", "solve_balls"]


def _arb_mat(A: Sequence[Sequence[Scalar | int]], bits: int) -> arb_mat:
    return arb_mat([[_value(x, bits) for x in row] for row in A])


def _value(x: Scalar | int, bits: int) -> arb:
    return x.value if type(x) is Ball else ball_vector((x,), bits)[0].value


def _bits(*matrices: Sequence[Sequence[Scalar | int]]) -> int:
    """Return the working precision of a matrix operation: the largest among the entries."""
    given = {x.precision for A in matrices for row in A for x in row if type(x) is Ball}
    return max(given, default=working_precision())


def _rows(M: arb_mat, bits: int) -> BallMatrix:
    return tuple(tuple(Ball(x, bits) for x in row) for row in M.table())


def multiply_balls(
    A: Sequence[Sequence[Scalar | int]], B: Sequence[Sequence[Scalar | int]]
) -> BallMatrix:
    """Return an enclosure of the product of matrices (l, m) and (m, n)."""
    bits = _bits(A, B)
    with ctx.workprec(bits):
        return _rows(_arb_mat(A, bits) * _arb_mat(B, bits), bits)


def invert_balls(A: Sequence[Sequence[Scalar | int]]) -> BallMatrix:
    """Return an enclosure of the inverse of every matrix (n, n) in A.

    Raises
    ------
    Undecided
        When A is not proved to be regular.
    """
    bits = _bits(A)
    with ctx.workprec(bits):
        try:
            return _rows(_arb_mat(A, bits).inv(), bits)
        except ZeroDivisionError:
            raise _maybe_singular(len(A), bits) from None


def solve_balls(
    A: Sequence[Sequence[Scalar | int]], b: Sequence[Scalar | int], *, proved: bool = True
) -> Balls:
    """Return an enclosure, shape (n,), of the solution of ``A x = b`` for square A.

    Not ``proved`` it is a solution but for rounding, and is found in a third of the time.

    Raises
    ------
    Undecided
        When A is not proved to be regular.

    Examples
    --------
    >>> x, y = solve_balls([[2, 1], [1, 1]], [3, 2])
    >>> 1 in x, 1 in y
    (True, True)
    >>> solve_balls([[2, 1], [1, 1]], [3, 2], proved=False) == (x, y)
    True
    """
    column = [[x] for x in b]
    bits = _bits(A, column)
    with ctx.workprec(bits):
        try:
            x = _arb_mat(A, bits).solve(
                _arb_mat(column, bits), algorithm=None if proved else "approx"
            )
        except ZeroDivisionError:
            raise _maybe_singular(len(A), bits) from None
        return tuple(Ball(t, bits) for t in x.entries())


def _maybe_singular(n: int, bits: int) -> Undecided:
    return Undecided(f"a ({n}, {n}) matrix of balls is not proved regular at {bits} bits")


def independent_balls(rows: Sequence[Sequence[Scalar]]) -> bool:
    """Return whether rows are proved independent: False says nothing.

    Elimination with the largest entry that is proved not to be 0 as pivot, in any column: what
    is 0 by structure need not be known.

    >>> from fractions import Fraction
    >>> x = Ball.from_interval(1, 2)
    >>> independent_balls([(x, x), (x, -x)]), independent_balls([(x, x), (x, x)])
    (True, False)
    """
    left = [list(row) for row in rows]
    while left:
        size, i, j = max(
            ((_least(t), i, j) for i, row in enumerate(left) for j, t in enumerate(row)),
            default=(Fraction(0), 0, 0),
        )
        if not size:
            return False
        pivot = left.pop(i)
        for row in left:
            factor = row[j] / pivot[j]
            for c, t in enumerate(pivot):
                row[c] = row[c] - factor * t
            row[j] = Fraction(0)
    return True


def _least(x: Scalar) -> Fraction:
    """Return a number not above ``|x|``, 0 where x may be 0."""
    ball = x if isinstance(x, Ball) else ball_vector((x,))[0]
    return max(ball.lower, -ball.upper, Fraction(0))
