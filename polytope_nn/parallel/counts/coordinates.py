"""Rational equations for masses where kappa is in balls: coordinates in independent columns (P9).

The output of a mass 1 of a column is ``M psi``, M rational. Where the matrices of a cell have a
basis whose values are independent, masses make the fit iff they do so in coordinates in that
basis: rational equations, with right sides that are sums of the weights in use.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import independent_balls
from polytope_nn.exact.linear import independent_rows, rref, solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.pieces import Label

from .flat import Flat

__all__ = ["Fact", "coordinates", "known"]

_ZERO = Fraction(0)
Fact: TypeAlias = tuple[Scalars, Scalars]
"""An equation: its row of the masses, and its right side as shares of the weights."""


def coordinates(
    flat: Flat,
    columns: Sequence[Vector],
    allowed: Callable[[Sequence[int]], list[int]],
    *,
    formal: bool = False,
) -> tuple[list[Fact], list[Scalar], list[int]] | None:
    """Return equations for the masses of some columns, and which may be positive.

    An equation has a row of the masses, and its right side as shares of the weights; with
    ``formal`` all are functions of letters. None where none fit.
    """
    width, weights = len(columns), [w for _, w in flat.used]
    every = [*columns, *(M for M, _ in flat.used)]
    if formal:
        rows, _ = rref(transpose(list(map(flat.value, every))))
    elif _out_of_reach(flat, columns):
        return None
    else:
        rows = _rational(flat, every)
    equations: list[Fact] = []
    for row in rows:
        own, shares = row[:width], tuple(-x for x in row[width:])
        if any(map(sign, own)):
            equations.append((own, tuple(-x for x in shares)))
        elif any(map(sign, shares)) and sign(dot(shares, weights)):
            return None
    alive = list(range(width))
    while True:  # a sum of nonnegative masses that is 0
        dead = {
            j
            for own, shares in equations
            if not any(map(sign, shares)) and len({sign(own[j]) for j in alive} - {0}) == 1
            for j in alive
            if sign(own[j])
        }
        left_over = allowed([j for j in alive if j not in dead])
        if len(left_over) == len(alive):
            break
        alive = left_over
    left = [(tuple(own[j] for j in alive), shares) for own, shares in equations]
    for own, shares in left:
        if (
            not any(map(sign, own))
            and any(map(sign, shares))
            and sign(dot(shares, weights))
        ):
            return None
    kept = [(own, shares) for own, shares in left if any(map(sign, own))]
    right = [
        dot(shares, weights) if any(map(sign, shares)) else _ZERO for _, shares in kept
    ]
    return kept, right, alive


def _rational(flat: Flat, every: Sequence[Vector]) -> tuple[Scalars, ...]:
    """Return equations of columns and weights in coordinates in a basis of their matrices."""
    basis = [every[i] for i in independent_rows(every)]
    if len(basis) > flat.n or not independent_balls(list(map(flat.value, basis))):
        raise Undecided("outputs of branches depend on each other in a way that balls hide")
    both, _ = rref(transpose([*basis, *every]))  # the coordinates of all in the basis
    return rref([row[len(basis) :] for row in both])[0]


def _out_of_reach(flat: Flat, columns: Sequence[Vector]) -> bool:
    """Return whether the fit is proved to be no combination of some columns."""
    own = [flat.value(columns[i]) for i in independent_rows(columns)]
    outputs = [flat.value(M) for M, _ in flat.used]
    weights = [w for _, w in flat.used]
    fit = tuple(dot([z[i] for z in outputs], weights) for i in range(flat.n))
    return len(own) < flat.n and independent_balls([*own, fit])


def known(
    facts: Sequence[Fact],
    balanced: Mapping[Label, int] | None,
    named: Mapping[Label, int],
    row: Scalars,
) -> bool:
    """Return whether equations say that the masses are those of a part where z is 0.

    ``balanced`` are the atoms of the part that a row sees, with their places among the weights,
    ``named`` the columns of a member, ``row`` what it sees of each.
    """
    seen = {name for (name, _), t in zip(named.items(), row, strict=True) if _is_seen(t)}
    if balanced is None or seen != {*balanced}:
        return False
    table = transpose([(*own, *shares) for own, shares in facts])
    width = len(facts[0][0])
    for name, place in balanced.items():
        target = [Fraction(q in (named[name], width + place)) for q in range(len(table))]
        if solve(table, target) is None:
            return False
    return True


def _is_seen(t: Scalar) -> bool:
    return not isinstance(t, Fraction) or t != 0
