"""Claim *attained*: a network of three layers that has the fit and reaches the bound (P1)."""

from fractions import Fraction

from ...kernel.numbers import Vector, cleared, dot, sign, zero
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, record, require, whole
from ..dual import Atoms
from .leaves import Layers
from .pieces import Branch, output


def branches(L: Layers, atoms: Atoms, read: Json, where: str) -> list[Branch]:
    """Return the branches of a network: a sign, inner atoms and their masses."""
    found: list[Branch] = []
    for b in array(read, where):
        record(b, "sign support weights", where)
        sigma = whole(b["sign"], where, -1, 1)
        at = indices(b["support"], len(atoms), where)
        c = L.D.field.vector(b["weights"], len(at), where)
        require(all(sign(t) > 0 for t in c), where, "a mass is not positive")
        require(L.holds(len(at)), where, "a branch has too many inner neurons")
        found.append((sigma, tuple(zip(at, c, strict=True))))
    cleared([c for _, masses in found for _, c in masses], L.D.clock)  # sums stay short
    return found


def optimal(
    L: Layers, target: tuple[Vector, Vector], atoms: Atoms, found: list[Branch], where: str
) -> None:
    """Prove a network optimal: it has the fit, and each branch reaches beta.

    A branch of masses c costs ``beta^2 sum c``; it reaches the bound if ``sigma kappa'(z)_+``
    is as much.
    """
    D, (kappa, fit) = L.D, target
    rest: Vector = [-atoms.common * t for t in fit]
    for sigma, masses in found:
        values = [output(D, atoms, masses, i) for i in range(D.n)]
        share = [sigma * t if sign(t) > 0 else 0 for t in values]
        total = sum((c for _, c in masses), Fraction(0))
        off = dot(kappa, share) - D.beta_squared * atoms.common * total
        require(zero(off), where, "a branch does not reach beta")
        rest = [s + t for s, t in zip(rest, share, strict=True)]
    combination([], rest, D.clock.tick, (where, "does not have the optimal fit"))
