"""Claims *patterns*, *dual*, *atoms* of thresholds: every pattern is listed and compared.

A pattern P is the set of samples with ``x_k'w >= 0``, ``< 0`` off it (open: ``> 0``, and ``<= 0``
off it). The tree branches on "k in P" over all rows; a leaf has a w, a pruned branch a
dependency ``sum_k t_k x_k = 0`` whose signs no w of the branch can have (proofs/units.md).
"""

from collections.abc import Iterator
from math import gcd

from ...kernel.numbers import Vector, bits, dot, members, sign
from ...kernel.primitives import inside
from ...kernel.reading import Json, array, equal, ordered, record, require, whole
from ..dual import grown
from ..instance import Instance
from .blocks import Listed


def atoms_of(D: Instance, kappa: Vector, claim: Json) -> Listed:
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


def pattern_of(D: Instance, read: Json, where: str) -> tuple[int, list[int]]:
    """Return a sign and a pattern."""
    record(read, "sign pattern", where)
    s = whole(read["sign"], where, -1, 1)
    return s, [whole(t, where, 0, 1) for t in array(read["pattern"], where, D.n)]


def feasible(D: Instance, kappa: Vector, atoms: Listed, claim: Json, witness: Json) -> None:
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
