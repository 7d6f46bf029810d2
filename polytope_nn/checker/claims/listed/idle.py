"""Columns of the basis that are tied and have no weight (proofs/units.md).

If a column F of the basis reaches a sample k that nothing else of the system reaches, and is
``F_k`` times its unit vector plus shares of other columns and of Z, then ``F'kappa = beta`` says
what kappa_k is. Where that is the kappa of the fit 0, equation k says that F has no weight.
"""

from fractions import Fraction

from ...kernel.intervals import Numbers, contains
from ...kernel.numbers import Vector
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, require, whole
from ..identities import HINTS, rationals
from .system import Tied, column_of


def settled(S: Tied, e: Numbers) -> Numbers:
    """Return the weights of what is kept of the basis; the others are proved 0.

    A wall of P is then left out, too: where no coordinate of an atom is negative there, those
    with a positive one have no weight on all of P.
    """
    nothing = Fraction(0)
    idle = [j for j, weight in enumerate(e) if contains(weight, nothing)]
    for j in idle:
        without_weight(S, j, S.hints.ask("idle", S, j))
        fine = all(v[j] >= 0 for v in S.coordinates)
        require(fine, HINTS, "an atom may undo what has no weight")
    S.places = [j for j in range(len(e)) if j not in idle]
    S.alive = [a for a, v in enumerate(S.coordinates) if not any(v[j] for j in idle)]
    return [e[j] for j in S.places]


def others_of(S: Tied, j: int) -> list[Vector]:
    """Return the other columns of the basis; one of another kind is no column, and 0."""
    found = []
    for i, f in enumerate(S.faces):
        atom = S.listed[f.atoms[0]]
        plain = atom.is_column and i != j
        found.append(column_of(S.D, atom) if plain else [Fraction(0)] * S.D.n)
    return found


def reaches_alone(S: Tied, j: int, k: int) -> bool:
    """Return whether a face is the only one that reaches a sample, and no column of Z does."""
    faces = all(not any(f.V.get(k, [])) for i, f in enumerate(S.faces) if i != j)
    return faces and not any(z[k] for z in S.Z)


def without_weight(S: Tied, j: int, read: Json) -> None:
    """Prove that a column of the basis has no weight."""
    k, told, free = array(read, HINTS, 3)
    k = whole(k, HINTS, 0, S.D.n - 1)
    atom, still, others = S.listed[S.faces[j].atoms[0]], S.still(k), others_of(S, j)
    own = column_of(S.D, atom)
    shares, beside = rationals(told, len(others), HINTS), rationals(free, len(S.Z), HINTS)
    terms = [*zip(shares, others, strict=True), *zip(beside, S.Z, strict=True)]
    target = [Fraction(0) if i == k else t for i, t in enumerate(own)]
    combination(terms, target, S.D.clock.tick, (HINTS, "a column is not that combination"))
    priced = sum((beside[m] * price for m, price in S.prices.items()), Fraction(0))
    rest = own[k] * (still or 0) + priced
    left = 1 - sum(t for t, F in zip(shares, others, strict=True) if any(F))
    tied = rest * left >= 0 and rest * rest == left * left * S.D.beta_squared
    alone = own[k] != 0 and still is not None and reaches_alone(S, j, k)
    why = "a weight is not proved positive, nor 0"
    require(atom.is_column and alone and tied, HINTS, why)
