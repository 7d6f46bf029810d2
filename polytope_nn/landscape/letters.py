"""Equations of a polytope whose fits are balls, some of them one number, in letters."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import rref, solve, transpose
from polytope_nn.exact.parametric import parameters
from polytope_nn.exact.rational import Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Interval

__all__ = ["in_letters"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def in_letters(
    rows: Sequence[Scalars], free: FreePart, box: Sequence[Interval]
) -> tuple[list[Scalars], Scalars] | None:
    """Return ``S c = e`` with S rational, in letters; None where balls say all, or it is not so.

    Fits that are one object are one number. Entries of e that are rational combinations of
    others are told as such: what is equal is seen to be.
    """
    ends = [low for low, _ in box]
    few = {id(t): t for t in ends if isinstance(t, Ball)}
    pinned = all(low is high and low is not None for low, high in box)
    exact = not any(isinstance(t, Ball) for row in rows for t in row)
    if not (pinned and exact and 0 < len(few) < sum(isinstance(t, Ball) for t in ends)):
        return None
    values = list({id(t): t for t in ends if t is not None}.values())
    places = {id(t): j for j, t in enumerate(values)}
    n, N = len(rows), len(rows[0])
    Q = free.quotient if free.columns else [unit_vector(k, n) for k in range(n)]
    table: list[Scalars] = []
    for q in Q:
        own: list[Scalar] = [dot(q, [row[j] for row in rows]) for j in range(N)]
        right: list[Scalar] = [_ZERO] * len(values)
        for t, end in zip(q, ends, strict=True):
            right[places[id(end)]] += t
        table.append((*own, *right))
    reduced, pivots = rref(table)
    kept = [row for row, p in zip(reduced, pivots, strict=True) if p < N]
    S = [row[:N] for row in kept]
    if not all(isinstance(t, Fraction) for row in S for t in row):
        return None
    told = _told([row[N:] for row in kept], values)
    return None if told is None else (S, told)


def _told(right: Sequence[Scalars], values: Sequence[Scalar]) -> Scalars | None:
    """Return combinations of numbers as those, by fractions, of some of them, in letters."""
    degree = max(
        (t.field.degree for r in right for t in r if isinstance(t, Algebraic)), default=1
    )
    flat = [[x for t in row for x in _coordinates(t, degree)] for row in right]
    chosen: list[int] = []
    shares: list[Scalars] = []
    for i, row in enumerate(flat):
        found = solve(transpose([flat[j] for j in chosen]), row) if chosen else None
        if found is None and any(row):
            chosen.append(i)
            found = unit_vector(len(chosen) - 1, len(chosen))
        shares.append(found or ())
    numbers: list[Scalar] = [dot(right[i], values) for i in chosen]
    balls = [t for t in numbers if isinstance(t, Ball)]
    if len(balls) < len(numbers):
        return None
    letters = parameters(balls).letters()
    return tuple(dot(row, letters[: len(row)]) for row in shares)


def _coordinates(t: Scalar, degree: int) -> Vector:
    if isinstance(t, Algebraic):
        return t.coordinates
    assert isinstance(t, Fraction)  # of one field
    return (t, *[_ZERO] * (degree - 1))
