"""Claims *patterns*, *dual*, *atoms* of thresholds: every pattern is listed and compared.

A pattern P is the set of samples with ``x_k'w >= 0``, ``< 0`` off it (open: ``> 0``, and ``<= 0``
off it). The tree branches on "k in P" over all rows; a leaf has a w, a pruned branch a
dependency ``sum_k t_k x_k = 0`` whose signs no w of the branch can have (proofs/units.md).
"""

from collections.abc import Iterator
from math import gcd

from ...kernel.numbers import Vector, bits, dot, members, sign, zero
from ...kernel.primitives import inside, tree
from ...kernel.reading import Json, array, equal, ordered, record, require, whole
from ..dual import circuit
from ..instance import Instance
from ..polytope import Listed

WHERE = "witness.patterns"


def atoms_of(D: Instance, kappa: Vector, claim: Json) -> Listed:
    """Return the listed atoms, signs and patterns: ``kappa'F = beta`` with ``F = sign 1_P``."""
    where = "claims.atoms"
    keys: list[tuple[int, ...]] = []
    features: list[Vector] = []
    for read in array(claim["list"], where):
        D.clock.tick()
        record(read, "sign pattern", where)
        s = whole(read["sign"], where, -1, 1)
        pattern = [whole(t, where, 0, 1) for t in array(read["pattern"], where, D.n)]
        key = (-s, *(-t for t in pattern))
        keys.append(ordered(keys[-1] if keys else None, key, where))
        value = s * dot(kappa, pattern)
        tight = sign(value) > 0 and zero(value * value - D.beta_squared)
        require(tight, where, "kappa'F is not beta: no atom")
        features.append([s * t for t in pattern])
    return Listed(D, keys, features)


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
    record(witness, "circuits tree points", WHERE)
    named = array(witness["circuits"], WHERE)
    D.clock.hold(2 * len(named), D.n, WHERE)
    every = (1 << D.n) - 1
    circuits = [circuit(D, D.whole, read, every) for read in named]
    points = iter(array(witness["points"], WHERE))
    closed = D.unit.kind == "threshold"

    def branch(token: int, within: int, off: int) -> int | None:
        fine = -2 <= token < len(circuits)
        require(fine, WHERE, f"is below -2 or above {len(circuits) - 1}")
        if token != -1:
            return None
        k = (within | off).bit_count()
        require(k < D.n, WHERE, "branches on no row")
        return k

    for token, within, off in tree(
        array(witness["tree"], WHERE), branch, D.clock.tick, WHERE
    ):
        if token != -2:
            up, down = circuits[token]
            strict = down if closed else up
            refuted = inside(up, within) and inside(down, off) and strict
            require(refuted, WHERE, "a pruned branch is not refuted by its circuit")
            continue
        read = next(points, None)
        early = (within | off).bit_count() < D.n or read is None
        require(not early, WHERE, "a point too early, or no point")
        w = [whole(x, WHERE) for x in array(read, WHERE, D.d)]
        signs = [sign(dot(x, w)) for x in D.X]
        answers = bits(k for k, t in enumerate(signs) if t > 0 or (closed and t == 0))
        fine = answers == within and gcd(*w) <= 1
        require(fine, WHERE, "a point has not its pattern")
        yield within
    require(next(points, None) is None, WHERE, "there are more points than leaves")
