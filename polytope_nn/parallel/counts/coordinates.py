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
) -> tuple[list[Fact], list[Scalar], list[int]] | None:
    """Return equations for the masses of some columns, and which may be positive.

    An equation has a row of the masses, and its right side as shares of the weights.

    None where none fit.
    """
    every = [*columns, *(M for M, _ in flat.used)]
    basis = [every[i] for i in independent_rows(every)]
    if len(basis) > flat.n or not independent_balls(list(map(flat.value, basis))):
        raise Undecided("outputs of branches depend on each other in a way that balls hide")
    both, _ = rref(transpose([*basis, *every]))  # the coordinates of all in the basis
    rows, _ = rref([row[len(basis) :] for row in both])
    width, weights = len(columns), [w for _, w in flat.used]
    equations: list[Fact] = []
    for row in rows:
        own, shares = row[:width], tuple(-x for x in row[width:])
        if any(own):
            equations.append((own, tuple(-x for x in shares)))
        elif any(shares) and sign(dot(shares, weights)):
            return None
    alive = list(range(width))
    while True:  # a sum of nonnegative masses that is 0
        dead = {
            j
            for own, shares in equations
            if not any(shares) and len({sign(own[j]) for j in alive} - {0}) == 1
            for j in alive
            if own[j]
        }
        left_over = allowed([j for j in alive if j not in dead])
        if len(left_over) == len(alive):
            break
        alive = left_over
    left = [(tuple(own[j] for j in alive), shares) for own, shares in equations]
    for own, shares in left:
        if not any(own) and any(shares) and sign(dot(shares, weights)):
            return None
    kept = [(own, shares) for own, shares in left if any(own)]
    right = [dot(shares, weights) if any(shares) else _ZERO for _, shares in kept]
    return kept, right, alive


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
