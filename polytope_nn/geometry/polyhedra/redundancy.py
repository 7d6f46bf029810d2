"""What a form does not need, each with its proof.

A row ``a x <= t`` is redundant beside others iff the maximum of ``a x`` over them is at most
t; the multipliers of the maximum prove it. A generator is redundant iff it is a combination
of the others. Rows are tried one after another and dropped at once, so what is kept is
irredundant: a row that was needed among more rows is needed among fewer.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from polytope_nn.errors import UnboundedError
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalars

from .forms import Generators, Halfspaces, Rows
from .programs import farkas, maximum

__all__ = ["Redundancy", "of_generators", "of_rows"]


class Redundancy(NamedTuple):
    """The rows that are kept, by index, and for each other one the multipliers that prove it.

    For inequalities they are ``(lam, mu)``, lam on the kept rows, mu on the equations:
    ``lam >= 0``, ``lam A + mu C = a``, ``lam b + mu d <= t``. For generators (points first,
    then rays) lam on the kept generators, mu on the lines; the points among lam sum to 1
    for a point, to 0 for a ray.
    """

    kept: tuple[int, ...]
    multipliers: Mapping[int, tuple[Scalars, Scalars]]


def of_rows(H: Halfspaces) -> Redundancy:
    """Return the redundancy of the inequalities of a nonempty polyhedron.

    >>> one = (Fraction(1),)
    >>> of_rows(Halfspaces((one, one), (Fraction(5), Fraction(3)), (), ())).kept
    (1,)
    """
    kept = list(range(len(H.A)))
    for i in range(len(H.A)):
        if _proof(H, i, [k for k in kept if k != i]) is not None:
            kept.remove(i)
    proofs = {}
    for i in set(range(len(H.A))) - set(kept):
        proof = _proof(H, i, kept)
        assert proof is not None  # the kept rows alone imply all others
        proofs[i] = proof
    return Redundancy(tuple(kept), dict(sorted(proofs.items())))


def _proof(H: Halfspaces, i: int, others: list[int]) -> tuple[Scalars, Scalars] | None:
    """Return the multipliers that make row i redundant beside others; None if it is not."""
    A, b = tuple(H.A[k] for k in others), tuple(H.b[k] for k in others)
    try:
        value, _, multipliers = maximum(H.A[i], Halfspaces(A, b, H.C, H.d))
    except UnboundedError:
        return None
    return multipliers if value <= H.b[i] else None


def of_generators(V: Generators, n: int) -> Redundancy:
    """Return the redundancy of points and rays; without a point none is redundant."""
    zero, one = Fraction(0), Fraction(1)
    rows: Rows = (*((one, *v) for v in V.vertices), *((zero, *r) for r in V.rays))
    lines = tuple((zero, *line) for line in V.lines)
    if not V.vertices:
        return Redundancy(tuple(range(len(rows))), {})
    kept = list(range(len(rows)))
    for i, row in enumerate(rows):
        if _combination(row, [rows[k] for k in kept if k != i], lines, n) is not None:
            kept.remove(i)
    proofs = {}
    for i in set(range(len(rows))) - set(kept):
        proof = _combination(rows[i], [rows[k] for k in kept], lines, n)
        assert proof is not None  # the kept generators make all others
        proofs[i] = proof
    return Redundancy(tuple(kept), dict(sorted(proofs.items())))


def _combination(
    z: Scalars, rays: list[Scalars], lines: Rows, n: int
) -> tuple[Scalars, Scalars] | None:
    """Return lam, mu with ``lam rays + mu lines = z`` and ``lam >= 0``; None if none is.

    By Farkas they prove that ``{w : rays w <= 0, lines w = 0, -z w <= -1}`` is empty.
    """
    opposite = tuple(-x for x in z)
    zeros = (Fraction(0),)
    H = Halfspaces(
        (*rays, opposite), zeros * len(rays) + (-Fraction(1),), lines, zeros * len(lines)
    )
    proof = farkas(H, n + 1)
    if proof is None:
        return None
    lam, mu = proof
    return tuple(simplest(x / lam[-1]) for x in lam[:-1]), tuple(
        simplest(x / lam[-1]) for x in mu
    )
