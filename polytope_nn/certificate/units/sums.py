"""Sums of equations in which the fits of losses cancel: what samples that are alike say of P.

Of samples whose curves are one, and whose entries of kappa are equal or opposite, fits are so
beside what they are symmetric about (proofs/curves.md, *Ratios*).
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import TypeAlias, cast

from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.claims.pieces.ties import is_still
from polytope_nn.checker.claims.system.identities import Exact
from polytope_nn.checker.kernel.intervals import Numbers, contains
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.rational import Matrix, Vector

__all__ = ["alike_in", "cancelling", "firsts", "still_at"]

_ZERO = Fraction(0)
Alike: TypeAlias = Callable[[int, int, int], bool]  # whether kappa_i is side times kappa_j


def firsts(S: Pieced, alike: Alike) -> list[tuple[int, int]]:
    """Return for each sample the first whose kappa and curve are its own, and on which side."""
    found = []
    for k in range(S.D.n):
        own = S.curve(k)
        pairs = (
            (i, side)
            for i in range(k)
            for side in (1, -1)
            if own and (other := S.curve(i)) and own.beside(other, side)
        )
        found.append(next((p for p in pairs if alike(k, *p)), (k, 1)))
    return found


def alike_in(S: Pieced, kappa: Numbers) -> Alike:
    """Return whether entries of kappa are proved to be equal, or opposite."""
    E, known = Exact(S, kappa), dict[tuple[int, int, int], bool]()

    def alike(k: int, i: int, side: int) -> bool:
        if (k, i, side) not in known:
            near = contains(kappa[k] - side * kappa[i], _ZERO)
            form = [Fraction((j == k) - side * (j == i)) for j in range(S.D.n)]
            known[k, i, side] = near and E.value(form) == 0
        return known[k, i, side]

    return alike


def still_at(S: Pieced, kappa: Numbers) -> set[int]:
    """Return the samples on curves whose kappa is proved to be that of the fit 0."""
    E = Exact(S, kappa)
    return {k for k in range(S.D.n) if S.curve(k) and is_still(S, E, k)}


def cancelling(
    S: Pieced, first: Sequence[tuple[int, int]], O: Matrix, still: AbstractSet[int]
) -> list[Vector]:
    """Return a basis of the sums in which the fits of all kappa in the span of O cancel.

    ``first`` is of :func:`firsts`; the fits of the samples that are ``still`` are 0.
    """
    every = range(S.D.n)
    rows = [[S.own(k) * o[k] for k in every] for o in O]
    labels = [S.label(k) for k in every]
    sums = {i: [_ZERO] * S.D.n for i, _ in first if S.curve(i) and i not in still}
    for k, (i, side) in enumerate(first):
        if (own := S.curve(k)) and (other := S.curve(i)):
            labels[k] += own.centre - side * other.centre
            if i in sums:
                sums[i][k] += side
    return list(cast("Matrix", kernel([*rows, labels, *sums.values()], S.D.n)))
