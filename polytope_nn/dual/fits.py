"""The fits that belong to a kappa, and one of them that its atoms make (general G2, G3).

``Z(kappa)`` is a box ``[l, u]``; the optimal set is ``{(c, a) : c >= 0, l <= F c + Z a <= u}``.
Whether it is empty is a linear program, solved exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import NotOptimal
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.farkas import below
from polytope_nn.geometry.simplex import feasible
from polytope_nn.problems.losses import Interval, Loss

__all__ = ["Fit", "boxed", "is_free", "is_pinned", "left_of", "one_fit"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Fit:
    """Weights ``c >= 0``, coefficients a, and the fit ``F c + Z a`` inside of its box.

    ``alone``: it is the only fit that belongs to kappa.
    """

    weights: Scalars
    coefficients: Scalars
    fit: Scalars
    alone: bool = False


def is_pinned(box: Sequence[Interval]) -> bool:
    """Return whether a box is one point."""
    return all(low is not None and (low is high or low == high) for low, high in box)


def boxed(
    rows: Sequence[Scalars], box: Sequence[Interval]
) -> tuple[list[list[Scalar]], list[Scalar], int]:
    """Return ``[A | slacks] x = b`` that says ``l <= A x <= u``, and the number of slacks.

    A has shape (n, N); a row with two different ends is there twice, one without none.
    """
    kept: list[tuple[Scalars, int, Scalar]] = []  # a row, the sign of its slack, its end
    for row, (low, high) in zip(rows, box, strict=True):
        if low is not None and high is not None and (low is high or low == high):
            kept.append((row, 0, low))
            continue
        if low is not None:
            kept.append((row, -1, low))
        if high is not None:
            kept.append((row, 1, high))
    slack = [i for i, (_, side, _) in enumerate(kept) if side]
    table = [
        [*row, *(Fraction(side * (i == j)) for j in slack)]
        for i, (row, side, _) in enumerate(kept)
    ]
    return table, [end for _, _, end in kept], len(slack)


def is_free(loss: Loss, free: Sequence[Vector], n: int) -> bool:
    """Return whether what is free fits all n labels without a loss: then kappa may be 0."""
    try:
        box = loss.interval((_ZERO,) * n)
        if not all(t is None or isinstance(t, Fraction) for ends in box for t in ends):
            return bool(one_fit((), free, box))  # balls are only compared with masses there
    except NotOptimal:
        return False
    rows: list[Scalars] = []
    ends: list[Scalar] = []
    for k, (low, high) in enumerate(box):
        row = tuple(z[k] for z in free)
        if high is not None:
            rows.append(row)
            ends.append(high)
        if low is not None:
            rows.append(tuple(-t for t in row))
            ends.append(-low)
    return below(rows, tuple(ends))[0] is not None


def left_of(box: Sequence[Interval], made: Sequence[Scalar]) -> tuple[Interval, ...]:
    """Return the box of what is left of a fit beside what is made of it.

    >>> left_of([(Fraction(1), None)], [Fraction(3)])
    ((Fraction(-2, 1), None),)
    """
    return tuple(
        (None if low is None else low - z, None if high is None else high - z)
        for z, (low, high) in zip(made, box, strict=True)
    )


def one_fit(
    features: Sequence[Scalars], free: Sequence[Vector], box: Sequence[Interval]
) -> Fit:
    """Return one point of ``{(c, a) : c >= 0, l <= F c + Z a <= u}``.

    Raises
    ------
    NotOptimal
        When there is none.
    """
    n = len(box)
    columns = [*features, *free, *(tuple(-t for t in z) for z in free)]
    rows = [tuple(column[k] for column in columns) for k in range(n)]
    table, right, _ = boxed(rows, box)
    N = len(table[0]) if table else len(columns)
    masses, farkas = feasible(
        [tuple(row[j] for row in table) for j in range(N)], tuple(right)
    )
    if masses is None:
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: none of its fits is a nonnegative "
            f"combination of its {len(features)} atoms"
            f"{', modulo what is fitted freely' if free else ''}: the rows weighted by "
            f"({', '.join(map(str, farkas))}) forbid it"
        )
    x = [masses.get(j, _ZERO) for j in range(len(columns))]
    k, p = len(features), len(free)
    a = tuple(s - t for s, t in zip(x[k : k + p], x[k + p :], strict=True))
    c = tuple(x[:k])
    fit = tuple(
        dot([f[i] for f in features], c) + dot([z[i] for z in free], a) for i in range(n)
    )
    return Fit(c, a, fit)
