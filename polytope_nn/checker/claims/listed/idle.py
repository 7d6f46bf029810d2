"""Columns of the basis that are tied and have no weight (proofs/units.md).

If a column F of the basis reaches samples K that nothing else of the system reaches, and is but
for them made of shares of other columns and of Z, then ``F'kappa = beta`` says what ``sum_K F_k
kappa_k`` is. It falls as the weight of F grows, so where it is that of the fits 0, F has none.
Blocks that reach samples K alone, and no others, have none where ``|V'kappa| = beta`` there, and
kappa's intervals hold that kappa: it and no weight solve the system, which has one solution there.
"""

from fractions import Fraction

from ...kernel.intervals import Numbers, contains
from ...kernel.numbers import Vector, dot
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, rationals, require, whole
from ..identities import HINTS
from .system import Tied, column_of


def settled(S: Tied, e: Numbers, kappa: Numbers) -> Numbers:
    """Return the weights of what is kept of the basis; the others are proved 0.

    A wall of P is then left out, too: where no coordinate of an atom is negative there, those
    with a positive one have no weight on all of P.
    """
    nothing = Fraction(0)
    idle = [j for j, weight in enumerate(e) if contains(weight, nothing)]
    blocks = {j for j in idle if not S.listed[S.faces[j].atoms[0]].is_column}
    for j in idle:
        if j in blocks:
            untouched(S, j, blocks, kappa)
        else:
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


def reaches_alone(S: Tied, alone: set[int], k: int) -> bool:
    """Return whether only these faces reach a sample, and no column of Z does."""
    faces = all(not any(f.V.get(k, [])) for i, f in enumerate(S.faces) if i not in alone)
    return faces and not any(z[k] for z in S.Z)


def without_weight(S: Tied, j: int, read: Json) -> None:
    """Prove that a column of the basis has no weight."""
    at, told, free = array(read, HINTS, 3)
    K = [whole(at, HINTS, 0, S.D.n - 1)] if type(at) is int else indices(at, S.D.n, HINTS)
    atom, others = S.listed[S.faces[j].atoms[0]], others_of(S, j)
    own = column_of(S.D, atom)
    still = {k: t for k in K if own[k] and (t := S.still(k)) is not None}
    shares, beside = rationals(told, len(others), HINTS), rationals(free, len(S.Z), HINTS)
    terms = [*zip(shares, others, strict=True), *zip(beside, S.Z, strict=True)]
    target = [Fraction(0) if i in K else t for i, t in enumerate(own)]
    combination(terms, target, S.D.clock.tick, (HINTS, "a column is not that combination"))
    priced = sum((beside[m] * price for m, price in S.prices.items()), Fraction(0))
    rest = sum((own[k] * t for k, t in still.items()), priced)
    left = 1 - sum(t for t, F in zip(shares, others, strict=True) if any(F))
    tied = rest * left >= 0 and rest * rest == left * left * S.D.beta_squared
    alone = K and len(still) == len(K) and all(reaches_alone(S, {j}, k) for k in K)
    why = "a weight is not proved positive, nor 0"
    require(alone and tied, HINTS, why)


def untouched(S: Tied, j: int, blocks: set[int], kappa: Numbers) -> None:
    """Prove that a block has no weight: these are tied where the fits are 0, alone there."""
    f = S.faces[j]
    reached = {k: row for k, row in f.V.items() if any(row)}
    still = {k: t for k in reached if (t := S.still(k)) is not None}
    alone = len(still) == len(reached) and all(reaches_alone(S, blocks, k) for k in reached)
    require(alone, HINTS, "a block without weight is not alone where it reaches")
    here = all(contains(kappa[k], t) for k, t in still.items())
    require(here, HINTS, "kappa of a block without weight is not that of the fits 0")
    columns = zip(*reached.values(), strict=True)
    g = [dot(list(still.values()), [Fraction(t, f.den) for t in v]) for v in columns]
    tied = dot(g, g) == S.D.beta_squared
    require(tied, HINTS, "a block without weight is not tied at the fits 0")
