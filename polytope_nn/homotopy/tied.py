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

    ``curve`` has all atoms for units. None where these are dependent for some k only.
    """
    rational = kernel(curve.invariants, curve.n) if curve.invariants else None
    space = cast("Matrix | None", rational)  # of rational rows
    images = [_flat(B, space) for B in curve.forms]
    units: list[int] = []
    for a, image in enumerate(images):
        if rank([*(images[i] for i in units), image]) > len(units):
            units.append(a)
    if len(units) != O.rank:
        return None
    others = [a for a in range(len(images)) if a not in units]
    columns = transpose([images[i] for i in units])
    shares = [cast("Vector", solve(columns, images[a])) for a in others]
    return None if any(sum(r) != 1 for r in shares) else (units, others, tuple(shares))


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
