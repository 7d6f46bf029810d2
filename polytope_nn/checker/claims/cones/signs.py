"""Claim *dual* by signs: Cauchy-Schwarz bounds kappa, and a tree of signs finds all atoms.

With ``X'kappa = 0`` and kappa of one sign, ``M = c sum |kappa_k| x_k x_k'`` a projector for
``c = sum |kappa| / (4 beta^2)``, atoms are the g in its image with equal ``|x_k'g|`` in all
rows with ``kappa_k != 0`` (proofs/sign_networks.md, S4).
"""

from fractions import Fraction
from math import gcd

from ...kernel.numbers import Vector, cleared, dot, sign
from ...kernel.primitives import combination, tree
from ...kernel.reading import Json, array, indices, record, require, whole
from ..dual import Atoms, orthogonal
from ..instance import Instance

WHERE = "witness.dual"
Relation = tuple[list[int], int]


def feasible(D: Instance, kappa: Vector, atoms: Atoms, witness: Json) -> None:
    """Prove ``|kappa'(Xu)_+| <= beta |u|`` for all u, equality on the rays of atoms only."""
    require(D.bias != "free", "data.unit", "signs know no free bias")
    rational = all(isinstance(t, int | Fraction) for t in kappa)
    require(rational, "field", "signs are proved over the rationals")
    orthogonal(D, kappa)
    weights = cleared(kappa, D.clock)[0]
    fine = min(weights) >= 0 or max(weights) <= 0
    require(fine, "claims.dual", "kappa has both signs: signs prove nothing")
    for column in zip(*D.X, strict=True):
        fine = dot(weights, column) == 0
        require(fine, "claims.dual", "X'kappa is not 0: signs prove nothing")
    projects(D, kappa)
    record(witness, "pivots relations tree", WHERE)
    pivots = indices(witness["pivots"], D.n, WHERE)
    seen = all(kappa[k] for k in pivots)
    require(seen, WHERE, "a pivot is a row that kappa does not see")
    relations = relations_of(D, kappa, pivots, witness["relations"])
    grown(D, atoms, pivots, relations, witness["tree"])


def projects(D: Instance, kappa: Vector) -> None:
    """Prove that M is a projector: its square is M."""
    numerators, den = cleared(kappa, D.clock)
    scaled = [[abs(k) * t for t in x] for k, x in zip(numerators, D.X, strict=True)]
    rows, columns = list(zip(*D.X, strict=True)), list(zip(*scaled, strict=True))
    N: list[list[int]] = []
    for a in rows:
        N.append([])
        for b in columns:
            D.clock.tick()
            N[-1].append(dot(a, b))
    c = Fraction(sum(map(abs, numerators)), den) / (4 * D.beta_squared)
    f = c / (den * D.scale**2)
    for row in N:
        for column, t in zip(N, row, strict=True):
            D.clock.tick()
            same = f.numerator * dot(row, column) == f.denominator * t
            require(same, "claims.dual", "the form of kappa is no projector")


def relations_of(
    D: Instance, kappa: Vector, pivots: list[int], read: Json
) -> list[Relation]:
    """Return the other rows with ``kappa_k != 0`` as combinations of the pivots."""
    told = array(read, WHERE)
    others = [k for k in range(D.n) if kappa[k] and k not in set(pivots)]
    rows = [whole(array(one, WHERE, 3)[0], WHERE) for one in told]
    require(rows == others, WHERE, "there is one relation for each other row")
    found: list[Relation] = []
    for row, given, over in told:
        den = whole(over, WHERE, 1)
        c = [whole(t, WHERE) for t in array(given, WHERE, len(pivots))]
        require(gcd(den, *c) == 1, WHERE, "a relation is not in lowest terms")
        terms = zip(c, (D.X[k] for k in pivots), strict=True)
        target = [den * t for t in D.X[row]]
        place = (WHERE, "a row is not this combination of the pivots")
        combination(terms, target, D.clock.tick, place)
        found.append((c, den))
    return found


def grown(
    D: Instance, atoms: Atoms, pivots: list[int], relations: list[Relation], read: Json
) -> None:
    """Prove that no signs of the pivots are left but those of atoms."""
    r, R = len(pivots), len(relations)
    every, top = (1 << r) - 1, r + R + len(atoms)

    def branch(token: int, _plus: int, _minus: int) -> int | None:
        require(0 <= token < top, WHERE, f"is below 0 or above {top - 1}")
        return token if token < r else None

    signs = [[sign(dot(D.X[k], a.g)) for k in pivots] for a in atoms]
    tokens = array(read, WHERE)
    for token, plus, minus in tree(tokens, branch, D.clock.tick, WHERE):
        decided = [(plus >> i & 1) - (minus >> i & 1) for i in range(r)]
        if token < r + R:
            c, den = relations[token - r]
            value = abs(dot(c, decided))
            rest = sum(abs(t) for t, e in zip(c, decided, strict=True) if not e)
            none = value - rest > den or (not rest and value != den)
            require(none, WHERE, "a pruned branch is not refuted by its relation")
            continue
        met = plus | minus == every and signs[token - r - R] == decided
        require(met, WHERE, "a branch is not at its atom")
