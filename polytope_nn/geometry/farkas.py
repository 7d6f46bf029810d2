"""Linear alternatives over the integers: a nonnegative combination, or a separating vector.

For integer columns ``a_j`` and ``b`` exactly one holds (Farkas): ``b = sum_j c_j a_j`` with
``c >= 0``, or some w has ``w'a_j >= 0`` for all j and ``w'b < 0``. Phase one of the simplex
method decides which, with a tableau of integers over one denominator (Edmonds): a pivot
divides exactly by the previous pivot. Bland's rule, so no basis comes twice. Other scalars
are left to :func:`~polytope_nn.geometry.simplex.feasible`.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import cast

from polytope_nn.exact.rational import identity, integer_row, ratio
from polytope_nn.exact.scalar import Scalar, Scalars

__all__ = ["alternative", "below", "integer_alternative", "roomy_shares"]

_ROOMS = tuple(Fraction(1, 1 << 3 * k) for k in range(1, 8))
_FINE = 1 << 24  # the denominator of shares


def alternative(
    columns: Sequence[Scalars], b: Scalars
) -> tuple[dict[int, Scalar] | None, Scalars]:
    """Return ``(c, ())`` with ``sum_j c_j columns_j = b``, or ``(None, w)`` that separates.

    c is basic: its columns are independent; it maps j to ``c_j > 0``.

    >>> one = Fraction(1)
    >>> alternative([(one, one)], (2 * one, 2 * one))
    ({0: Fraction(2, 1)}, ())
    >>> alternative([(one, one)], (2 * one, one))
    (None, (Fraction(-1, 1), Fraction(1, 1)))
    """
    if all(isinstance(t, Fraction) for v in (*columns, b) for t in v):
        rational = [cast("Sequence[Fraction]", v) for v in columns]
        return _integral(rational, cast("Sequence[Fraction]", b))
    from .simplex import feasible

    masses, w = feasible(columns, b)
    return (None, w) if masses is None else ({j: x for j, x in masses.items() if x != 0}, w)


def below(
    rows: Sequence[Scalars], ends: Scalars
) -> tuple[Scalars | None, dict[int, Scalar]]:
    """Return ``(a, {})`` with ``rows_j'a <= ends_j`` for all j, or ``(None, c)`` that forbids it.

    There ``c >= 0``, ``sum_j c_j rows_j = 0`` and ``sum_j c_j ends_j = -1``: Farkas, where the
    separating vector is the solution. The tableau has one row more than a has entries,
    however many inequalities there are.

    >>> one = Fraction(1)
    >>> below([(one,), (-one,)], (2 * one, -one))
    ((Fraction(1, 1),), {})
    >>> below([(one,), (-one,)], (one, -2 * one))
    (None, {0: Fraction(1, 1), 1: Fraction(1, 1)})
    """
    columns = [(*row, end) for row, end in zip(rows, ends, strict=True)]
    size = len(rows[0]) if rows else 0
    c, w = alternative(columns, (Fraction(0),) * size + (Fraction(-1),))
    if c is not None:
        return None, c
    return tuple(-t / w[-1] for t in w[:-1]), {}


def integer_alternative(
    columns: Sequence[Sequence[int]], b: Sequence[int]
) -> tuple[dict[int, Fraction] | None, tuple[int, ...]]:
    """Return what :func:`alternative` does, of vectors of integers.

    >>> integer_alternative([(1, 1)], (2, 2))
    ({0: Fraction(2, 1)}, ())
    """
    n, N = len(b), len(columns)
    # what divides a row, with the sign of b: the minors of the others are shorter
    flips = _signs(columns, b)
    parts = [
        s * (gcd(t, *(v[i] for v in columns)) or 1)
        for i, (s, t) in enumerate(zip(flips, b, strict=True))
    ]
    slacks = _slacks(columns, parts)
    paid = [0 if i in slacks else abs(t) for i, t in enumerate(parts)]
    # row i: (a_1 .. a_N) over its part, the artificial e_i, b; the last row: reduced costs,
    # where an artificial costs its part, and nothing where a column is e_i itself and basic
    table = [
        [v[i] // t for v in columns] + [int(i == k) for k in range(n)] + [b[i] // t]
        for i, t in enumerate(parts)
    ]
    table.append([-sum(map(mul, paid, column)) for column in zip(*table, strict=True)])
    table[-1][N : N + n] = [0] * n
    basis, pivot = [slacks.get(i, N + i) for i in range(n)], 1
    while True:
        costs = table[-1]
        entering = next((j for j in range(N) if costs[j] < 0), None)
        if entering is None:
            break
        # the ratio test by cross multiplication; ties to the least basic column
        leaving = -1
        for i in range(n):
            t = table[i][entering]
            if t <= 0:
                continue
            if leaving >= 0:
                less = table[i][-1] * table[leaving][entering] - table[leaving][-1] * t
                if less > 0 or (less == 0 and basis[i] > basis[leaving]):
                    continue
            leaving = i
        row = table[leaving]  # the cost is bounded below by 0, so some row leaves
        new = row[entering]
        for i, other in enumerate(table):
            if i != leaving:
                table[i] = _pivoted(other, row, (new, other[entering], pivot))
        basis[leaving], pivot = entering, new
    if table[-1][-1] == 0:
        return {
            j: Fraction(table[i][-1], pivot)
            for i, j in enumerate(basis)
            if j < N and table[i][-1]
        }, ()
    # the price of row i is what its artificial costs - (its reduced cost), over its part for
    # the row as given; the dual is its negative
    whole, prices = lcm(*parts), table[-1][N : N + n]
    w = [
        (x - t * pivot) * (whole // part)
        for x, t, part in zip(prices, paid, parts, strict=True)
    ]
    return None, integer_row(w)


def _signs(columns: Sequence[Sequence[int]], b: Sequence[int]) -> list[int]:
    """Return the sign of each entry of b; of a 0 that of the first column with this entry alone.

    So its row starts with that column as its slack.
    """
    signs = [(t > 0) - (t < 0) for t in b]
    if not all(signs):
        for column in columns:
            places = [i for i, t in enumerate(column) if t]
            if len(places) == 1 and not signs[places[0]]:
                signs[places[0]] = 1 if column[places[0]] > 0 else -1
    return [s or 1 for s in signs]


def _slacks(columns: Sequence[Sequence[int]], parts: Sequence[int]) -> dict[int, int]:
    """Return for rows the first column that is e_i where row i is divided by its part."""
    found: dict[int, int] = {}
    for j, column in enumerate(columns):
        places = [i for i, t in enumerate(column) if t]
        if len(places) == 1 and column[places[0]] == parts[places[0]]:
            found.setdefault(places[0], j)
    return found


def _pivoted(
    other: Sequence[int], row: Sequence[int], factors: tuple[int, int, int]
) -> list[int]:
    """Return ``(new other - factor row) / pivot``, where nearly all of a sparse row stays."""
    new, factor, pivot = factors
    if factor:
        return [(new * x - factor * z) // pivot for x, z in zip(other, row, strict=True)]
    return list(other) if new == pivot else [x and new * x // pivot for x in other]


def roomy_shares(
    columns: Sequence[Sequence[Fraction]], b: Sequence[Fraction]
) -> tuple[Fraction, ...]:
    """Return short fractions t in [0, 1] with ``sum_j t_j columns_j = b`` up to rounding, or ().

    The first ``len(b)`` are inside of [0, 1] by a room that is tried in turn, 1/8 first: they
    stay so when the others are taken as they are and these solved for.

    >>> one = Fraction(1)
    >>> sum(roomy_shares([[one], [one]], [one * 3 / 2]))
    Fraction(3, 2)
    >>> roomy_shares([[one], [one]], [3 * one])
    ()
    """
    m, N = len(b), len(columns)
    unit = identity(N)
    bounded = [(*c, *e) for c, e in zip(columns, unit, strict=True)]
    slack = [(*[Fraction(0)] * m, *e) for e in unit]
    for room in _ROOMS:
        low = [room] * m + [Fraction(0)] * (N - m)
        moved = [
            t - room * sum((c[i] for c in columns[:m]), Fraction(0))
            for i, t in enumerate(b)
        ]
        masses, _ = _integral([*bounded, *slack], [*moved, *(1 - 2 * t for t in low)])
        if masses is not None:
            found = [cast("Fraction", masses.get(j, Fraction(0))) for j in range(N)]
            return tuple(
                Fraction(round((t + s) * _FINE), _FINE)
                for t, s in zip(found, low, strict=True)
            )
    return ()


def _integral(
    columns: Sequence[Sequence[Fraction]], b: Sequence[Fraction]
) -> tuple[dict[int, Scalar] | None, Scalars]:
    *scaled, right = [integer_row(v) for v in (*columns, b)]
    masses, w = integer_alternative(scaled, right)
    if masses is None:
        return None, tuple(map(Fraction, w))
    size = ratio(b, right)
    return {j: c * size / ratio(columns[j], scaled[j]) for j, c in masses.items()}, ()
