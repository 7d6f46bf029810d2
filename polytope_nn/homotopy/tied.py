"""Atoms that move and stay dependent: features that are fixed combinations of others (B2).

If ``B_e = sum_a r_a B_a`` on the space in which k is, the feature of the atom e is the same
combination of the units' features for every k, and e is tight wherever they are, as the r_a sum to
1. The optimal set is then ``{c >= 0 : C c = w}``, w the weights of the units alone and C a
constant matrix: its type changes only where w meets a wall of the chamber complex of C.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import cast

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.linear import kernel, rank, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, largest_one, unit_vector
from polytope_nn.exact.scalar import dot

from .conditions import Condition, Linear
from .curve import Curve
from .relations import proportions
from .types import AtomKey

__all__ = ["Tied", "split", "tied"]

_MOST = 3000  # sets of columns of C that are looked at


@dataclass(frozen=True)
class Tied:
    """The atoms beside the units, and the chamber of w.

    ``supports`` are those of the vertices, the units first; they are so where the
    ``conditions`` hold.
    """

    keys: tuple[AtomKey, ...]
    supports: tuple[int, ...]
    conditions: tuple[Condition, ...]


def split(curve: Curve, O: Optimum) -> tuple[list[int], list[int], Matrix] | None:
    """Return units among the atoms of an optimum, the other atoms, and their combinations.

    ``curve`` has all atoms for units. None where these are dependent for some k only. Where
    units on rays have lengths of a rational proportion, k is in a smaller space (relations.py).
    """
    rays = [a for a, unit in enumerate(curve.units) if rank(unit.factor) == 1]
    for first in ([], rays) if rays else ([],):
        found = _split(curve, first)
        if found is not None and len(found[0]) == O.rank:
            units, others, shares = found
            if set(first) <= set(units) and all(sum(r) == 1 for r in shares):
                return units, others, shares
    return None


def _split(curve: Curve, first: list[int]) -> tuple[list[int], list[int], Matrix] | None:
    """Return the same of the space in which k is if the first atoms are units."""
    known = [*curve.invariants]
    known += proportions(curve.family.X, [curve.units[a] for a in first])
    space = cast("Matrix | None", kernel(known, curve.n) if known else None)
    images = [_flat(B, space) for B in curve.forms]
    units: list[int] = []
    for a in [*first, *(a for a in range(len(images)) if a not in first)]:
        if rank([*(images[i] for i in units), images[a]]) > len(units):
            units.append(a)
    others = [a for a in range(len(images)) if a not in units]
    columns = transpose([images[i] for i in units])
    shares = [solve(columns, images[a]) for a in others]
    return units, others, tuple(cast("Vector", r) for r in shares)


def _flat(B: Matrix, space: Matrix | None) -> Vector:
    """Return the entries of B times the columns of a basis of the space."""
    if space is None:
        return tuple(t for row in B for t in row)
    return tuple(Fraction(dot(row, v)) for row in B for v in space)


def tied(
    keys: Sequence[AtomKey], shares: Matrix, w: Sequence[Fraction], n: int
) -> Tied | None:
    """Return the chamber of the weights w, None where C has too many sets of columns.

    Parameters
    ----------
    keys, shares
        The atoms beside the units, and their combinations of these.
    w
        A guess at the weights of the units; ``conditions`` prove what it suggests.
    n
        The number of samples: the weights are unknowns after k.
    """
    r, N = len(w), len(w) + len(keys)
    if comb(N, r) > _MOST:
        return None
    columns = [*(unit_vector(a, r) for a in range(r)), *shares]
    supports: list[int] = []
    forms: list[Vector] = []
    for S in combinations(range(N), r):
        given = transpose([columns[i] for i in S])
        if rank(given) < r:
            continue
        inverse = _inverse(given)
        c = [dot(row, w) for row in inverse]
        if all(t > 0 for t in c):
            supports.append(sum(1 << i for i in S))
            forms += inverse
        else:  # one weight that is negative proves that S has no vertex
            i = min(range(r), key=lambda i: c[i])
            forms.append(tuple(-t for t in inverse[i]))
    zero = (Fraction(0),) * n
    conditions = dict.fromkeys(Linear((*zero, *largest_one(form))) for form in forms)
    return Tied(tuple(keys), tuple(supports), tuple(conditions))


def _inverse(A: Matrix) -> Matrix:
    r = len(A)
    return transpose([cast("Vector", solve(A, unit_vector(a, r))) for a in range(r)])
