"""The reduced row echelon form over a number field.

It is read off a form over Q, of d times as many rows and columns. Where the degree d is high, row
by row over the field is shorter: as long as a pivot is rational, or alone in its column, or few
rows are left.
"""

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_poly

from polytope_nn.exact.field import Algebraic, NumberField, padded
from polytope_nn.exact.scalar import Scalars

__all__ = ["rref_algebraic", "rref_flint"]

_FEW, _HIGH = 5, 8  # rows that are left, and the degree, of a form made row by row


def rref_algebraic(
    A: Sequence[Sequence[Fraction | Algebraic]],
) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
    """Return what :func:`~polytope_nn.exact.linear.rref` does, of a matrix over ``Q(a)``.

    >>> K = NumberField((-2, 0, 1), (1, 2))
    >>> rows, pivots = rref_algebraic([[K.generator, Fraction(2)]])
    >>> rows[0][1] == K.generator, pivots
    (True, (0,))
    """
    field = next(x.field for row in A for x in row if isinstance(x, Algebraic))
    one, j = field.element([1]), 0
    left = [[(one * x).polynomial for x in row] for row in A]
    done: list[list[fmpq_poly]] = []
    pivots: list[int] = []
    while field.degree >= _HIGH and any(map(any, left)):
        at = [row for row in left if row[j]]
        if at:
            chosen = min(at, key=lambda row: _cost(row, j))
            dense = len(at) > 1 and chosen[j].degree() > 0
            if dense and len(left) > _FEW:
                break
            left = [row for row in left if row is not chosen]
            inverse = Algebraic(field, chosen[j]).inverse().polynomial
            row = [x and inverse * x % field.modulus for x in chosen]
            _eliminated(field, [*left, *done], row, j)
            done.append(row)
            pivots.append(j)
        j += 1
    table, places = _in_blocks(field, [row[j:] for row in left if any(row)])
    for below, p in zip(table, places, strict=True):
        row = [*[fmpq_poly()] * j, *below]
        _eliminated(field, done, row, j + p)
        done.append(row)
        pivots.append(j + p)
    elements = ([Algebraic(field, x) for x in row] for row in done)
    return tuple(
        tuple(x.as_fraction() if x.is_rational else x for x in row) for row in elements
    ), tuple(pivots)


def _cost(row: Sequence[fmpq_poly], j: int) -> tuple[bool, int]:
    """Return whether the entry j is not rational, and how many entries are not 0."""
    return row[j].degree() > 0, sum(map(bool, row))


def _eliminated(
    field: NumberField, rows: Sequence[list[fmpq_poly]], row: Sequence[fmpq_poly], j: int
) -> None:
    """Subtract from rows the multiples of one, which has 1 at j, that leave 0 at j."""
    for other in rows:
        if t := other[j]:
            other[:] = [
                (x - t * z) % field.modulus if z else x
                for x, z in zip(other, row, strict=True)
            ]


def _in_blocks(
    field: NumberField, A: Sequence[Sequence[fmpq_poly]]
) -> tuple[list[list[fmpq_poly]], list[int]]:
    """Return the form of rows over ``Q(a)``, read off one over Q with a row ``a^k x`` per row x.

    Each coordinate of ``Q(a)^n`` is d coordinates over Q. The rows span the same set, on
    which a acts, so pivots come d at a time, the block of one coordinate; the first row of
    a block has the entry ``1 + 0 a + ...`` there and 0 at every other pivot.
    """
    d, powers = field.degree, []
    for row in A:
        left = list(row)
        for _ in range(d):
            powers.append([c for x in left for c in padded(x.coeffs(), d)])
            left = [x.left_shift(1) % field.modulus for x in left]
    if not powers:
        return [], []
    table, pivots = rref_flint(fmpq_mat(powers))
    rows = [
        [fmpq_poly(flat[i : i + d]) for i in range(0, len(flat), d)] for flat in table[::d]
    ]
    return rows, [i // d for i in pivots[::d]]


def rref_flint(A: fmpq_mat) -> tuple[list[list[fmpq]], tuple[int, ...]]:
    """Return the nonzero rows of the reduced form of a rational matrix, and their pivots."""
    R, r = A.rref()
    table = R.table()[:r]
    return table, tuple(next(j for j, x in enumerate(row) if x != 0) for row in table)
