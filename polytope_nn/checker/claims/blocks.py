"""Claims of what is listed, not found in topes: blocks, patterns; and of polyhedral norms.

For a block and a sign ``|sign A'kappa + sum_k mu_k r_k|`` with ``mu >= 0`` on the rows r of its
cone bounds ``kappa'F`` over |u| <= 1; where it is beta its vector is the g of the only atom
there can be. Under polyhedral norms what is tight are cells, no atoms: ``kappa'F <= p'u``
``<= |p|* |u|`` with the dual norm, of l1 the largest entry, of linf the sum of all sizes. So
``|p|* <= beta`` proves kappa feasible, and a network of the fit, or a solution, is optimal whose
parts all have ``kappa'F = beta |u|``.

A pattern P of thresholds is the set of samples with ``x_k'w >= 0``, ``< 0`` off it (open: ``> 0``,
and ``<= 0`` off it). Every one is compared: the tree branches on "k in P" over all rows; a leaf has
a w, a pruned branch a dependency ``sum_k t_k x_k = 0`` whose signs no w of the branch can have
(proofs/units.md).
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from ..kernel.numbers import Vector, bits, dot, longest, members, same, sign, zero
from ..kernel.primitives import inside
from ..kernel.reading import Json, array, equal, ordered, require
from .dual import Charted, grown, multipliers, pressed
from .instance import Instance
from .polytope import Held
from .problem.units import Block, in_block, pattern_of, per_block, squared, told

DUAL = "witness.dual"


class Listed(Held):
    """The features of listed atoms, modulo what is free; ``keys`` tell the atoms."""

    def __init__(
        self, D: Instance, keys: Sequence[tuple[int, ...]], features: Sequence[Vector]
    ) -> None:
        self.keys = list(keys)
        super().__init__([])
        entries = len(features) * D.n * D.field.degree
        for F in features:
            D.clock.tick()
            column = D.modulo(F)
            D.clock.hold(entries, longest(column) + 256, "claims.atoms")
            self.columns.append(column)


class Directions(Listed):
    """The features of atoms of blocks, and their directions."""

    def __init__(
        self,
        D: Instance,
        keys: list[tuple[int, ...]],
        features: list[Vector],
        directions: list[Vector],
    ) -> None:
        super().__init__(D, keys, features)
        self.directions = directions


def atoms_of_blocks(D: Instance, kappa: Vector, claim: Json) -> Directions:
    """Return the listed atoms: g in the cone, ``|g|^2 = beta^2 = kappa'F``, one for each sign."""
    where = "claims.atoms"
    keys: list[tuple[int, ...]] = []
    features: list[Vector] = []
    directions: list[Vector] = []
    for read in array(claim["list"], where):
        key, _, F, g = in_block(D, read, "g", where)
        keys.append(ordered(keys[-1] if keys else None, key, where))
        require(zero(dot(g, g) - D.beta_squared), where, "|g|^2 is not beta^2")
        tight = zero(dot(kappa, F) - D.beta_squared)
        require(tight, where, "kappa'F is not beta^2: no atom")
        features.append(F)
        directions.append(g)
    return Directions(D, keys, features, directions)


def feasible_blocks(
    D: Instance, kappa: Vector, atoms: Directions, claim: Json, witness: Json
) -> None:
    """Prove kappa feasible, block by block, and that there is no atom but the listed ones."""
    known = dict(zip(atoms.keys, atoms.directions, strict=True))
    for key, _, p, _, over in bounds(D, kappa, claim, witness):
        if over == 0:
            met = key in known and same(p, known[key])
            require(met, DUAL, "a bound is tight at no listed atom")


def bound_of(
    D: Instance, kappa: Vector, of: tuple[tuple[int, int], Block], read: Json
) -> Vector:
    """Return ``s A'kappa + sum_k mu_k r_k`` with the multipliers read, which are positive."""
    (_, s), block = of
    p: Vector = [Fraction(-s, D.scale) * dot(kappa, column) for column in block.columns]
    if array(read, DUAL):
        places, mu, den = multipliers(D, read, len(block.cone))
        for t, k in zip(mu, places, strict=True):
            D.clock.tick()
            p = [
                x + Fraction(1, den) * t * r for x, r in zip(p, block.cone[k], strict=True)
            ]
    return p


WHERE = "claims.solution"
WHY = "a bound exceeds beta: kappa is not shown feasible"

DUALS = {"l2": "l2", "l1": "linf", "linf": "l1"}


def bounded(
    D: Instance, kappa: Vector, charted: Charted
) -> Iterator[tuple[tuple[int, int, Json], Vector, int, int]]:
    """Yield per tope and sign the p that bounds kappa, times a scale; 0 where it is tight."""
    for of, p, scale in pressed(D, kappa, charted):
        over = sign(squared(DUALS[D.unit.norm], p) - D.beta_squared * scale * scale)
        require(over <= 0, DUAL, WHY)
        yield of, p, scale, over


def bounds(
    D: Instance, kappa: Vector, claim: Json, witness: Json
) -> Iterator[tuple[tuple[int, int], Block, Vector, Json, int]]:
    """Yield per block and sign the p that bounds kappa, its multipliers, 0 where it is tight."""
    for key, block, read in per_block(D, claim, witness):
        p = bound_of(D, kappa, (key, block), read)
        over = sign(squared(DUALS[block.norm], p) - D.beta_squared)
        require(over <= 0, DUAL, WHY)
        yield key, block, p, read, over


def solution(D: Instance, kappa: Vector, fit: Vector, claim: Json) -> None:
    """Prove that a network, or a solution, is optimal: each part tight, together the fit."""
    made: Vector = [0] * D.n
    for read in array(claim["list"], WHERE):
        _, norm, F, u = told(D, read, WHERE)
        tight = D.reaches(dot(kappa, F), squared(norm, u))
        require(tight, WHERE, "kappa'F is not beta |u|: not optimal")
        made = [x + t for x, t in zip(made, F, strict=True)]
    require(same(D.modulo(made), D.modulo(fit)), WHERE, "does not give the fit")


def joined(D: Instance) -> dict[str, Json]:
    """Return the width from which on all is connected: n + 1, less what is free (G7)."""
    return {"connected_from": D.n - len(D.independent) + 1, "modulo": D.unfixed}


def atoms_of_patterns(D: Instance, kappa: Vector, claim: Json) -> Listed:
    """Return the listed atoms, signs and patterns: ``kappa'F = beta`` with ``F = sign 1_P``."""
    where = "claims.atoms"
    keys: list[tuple[int, ...]] = []
    features: list[Vector] = []
    for read in array(claim["list"], where):
        D.clock.tick()
        s, pattern = pattern_of(D, read, where)
        key = (-s, *(-t for t in pattern))
        keys.append(ordered(keys[-1] if keys else None, key, where))
        tight = D.reaches(s * dot(kappa, pattern), 1)
        require(tight, where, "kappa'F is not beta: no atom")
        features.append([s * t for t in pattern])
    return Listed(D, keys, features)


def feasible_patterns(
    D: Instance, kappa: Vector, atoms: Listed, claim: Json, witness: Json
) -> None:
    """Prove ``|kappa'1_P| <= beta`` for every pattern, and that the atoms are all there are."""
    array(witness["dual"], "witness.dual", 0)
    known, met, count = set(atoms.keys), 0, 0
    for pattern in patterns(D, witness["patterns"]):
        count += 1
        value = dot((kappa[k] for k in members(pattern)), [1] * pattern.bit_count())
        over = sign(value * value - D.beta_squared)
        require(over <= 0, "claims.dual", "kappa is not feasible at a pattern")
        if over == 0:
            s = sign(value)
            key = (-s, *(-(pattern >> k & 1) for k in range(D.n)))
            require(key in known, "claims.atoms", "a tight pattern is not listed")
            met += 1
    require(met == len(known), "claims.atoms", "an atom has no pattern")
    equal(claim, {"counts": [count]}, "patterns")


def patterns(D: Instance, witness: Json) -> Iterator[int]:
    """Yield every pattern, as bits; all are proved when the last one is exhausted."""
    closed, rows = D.unit.kind == "threshold", range(D.n)

    def refutes(up: int, down: int, within: int, off: int) -> object:
        return inside(up, within) and inside(down, off) and (down if closed else up)

    for within, _, w in grown(D, (D.whole, rows), witness, refutes, halved=False):
        signs = [sign(dot(x, w)) for x in D.X]
        answers = bits(k for k, t in enumerate(signs) if t > 0 or (closed and t == 0))
        fine = answers == within and gcd(*w) <= 1
        require(fine, "witness.patterns", "a point has not its pattern")
        yield within
