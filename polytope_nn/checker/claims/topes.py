"""Claim *patterns*: the list of topes of a chart is complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd

from ..kernel.numbers import bits, dot, sign
from ..kernel.primitives import combination, inside, tree
from ..kernel.reading import Json, array, equal, indices, record, require, whole
from .instance import Chart, Instance

WHERE = "witness.patterns"


@dataclass
class Charted:
    """A chart, its topes (as bits of active rows, one by one), and what bounds them."""

    chart: Chart
    topes: Iterator[int]
    bounds: Json


def patterns(D: Instance, claim: Json, witness: Json, bounds: Json) -> Iterator[Charted]:
    """Yield the charts with their topes; all are proved when the last one is exhausted."""
    anchors = D.anchors()
    counts = array(claim["counts"], "claims.patterns", len(anchors))
    trees = array(witness, WHERE, len(anchors))
    proofs = array(bounds, "witness.dual", len(anchors))
    for anchor, count, read, proof in zip(anchors, counts, trees, proofs, strict=True):
        chart = D.chart(anchor)
        yield Charted(chart, topes(D, chart, count, read), proof)


def topes(D: Instance, chart: Chart, count: Json, witness: Json) -> Iterator[int]:
    """Yield the active rows of each tope, as bits; the tree proves that none is missing.

    It branches on the sign of ``x_k h`` over the nonzero rows in order (token -1; + comes
    first), the first of them + only: the other topes are the negatives. A branch ends in the
    next point (-2) or is pruned by the circuit named.
    """
    record(witness, "circuits tree points", WHERE)
    rows, every = chart.rows, bits(chart.rows)
    named = array(witness["circuits"], WHERE)
    D.clock.hold(2 * len(named), D.n, WHERE)
    circuits = [circuit(D, chart, read, every) for read in named]
    points = array(witness["points"], WHERE)

    def branch(token: int, plus: int, minus: int) -> int | None:
        fine = -2 <= token < len(circuits)
        require(fine, WHERE, f"is below -2 or above {len(circuits) - 1}")
        if token != -1:
            return None
        k = (plus | minus).bit_count()
        require(k < len(rows), WHERE, "branches on no row")
        return rows[k]

    found = at = 0
    tokens = array(witness["tree"], WHERE)
    for token, plus, minus in tree(tokens, branch, D.clock.tick, WHERE, halved=True):
        if token != -2:
            up, down = circuits[token]
            same = inside(up, plus) and inside(down, minus)
            opposite = inside(up, minus) and inside(down, plus)
            refuted = same or opposite
            require(refuted, WHERE, "a pruned branch is not refuted by its circuit")
            continue
        early = (plus | minus) != every or at >= len(points)
        require(not early, WHERE, "a point too early, or no point")
        h = [whole(x, WHERE) for x in array(points[at], WHERE, chart.d)]
        at += 1
        agree = all(sign(dot(chart.X[k], h)) == (1 if plus >> k & 1 else -1) for k in rows)
        fine = agree and gcd(*h) <= 1
        require(fine, WHERE, f"point {found} is not in its tope")
        yield plus
        if every:
            yield minus
        found += 2 if every else 1
    require(at == len(points), WHERE, "goes on after the last leaf")
    equal({"claim": "patterns", "count": count}, {"count": found}, "patterns")


def per_sign(
    D: Instance, charted: Charted, signs: Sequence[int] = (1, -1)
) -> Iterator[tuple[int, int, Json]]:
    """Yield each tope and sign with what bounds it."""
    where, at = "witness.dual", 0
    listed = array(charted.bounds, where)
    for active in charted.topes:
        for s in signs:
            D.clock.tick()
            require(at < len(listed), where, "a tope and sign has no multiplier")
            yield active, s, listed[at]
            at += 1
    require(at == len(listed), where, "there are more multipliers than topes and signs")


def circuit(D: Instance, chart: Chart, read: Json, every: int) -> tuple[int, int]:
    """Return a dependency ``sum_k t_k x_k = 0`` as the bits of ``t_k > 0`` and of ``< 0``."""
    D.clock.tick()
    support, values = array(read, WHERE, 2)
    rows = indices(support, D.n, WHERE)
    t = D.field.integers(values, len(rows), WHERE)
    fine = inside(bits(rows), every) and all(map(sign, t))
    require(fine, WHERE, "a circuit has a 0")
    place = (WHERE, "a circuit is no dependency of the rows")
    terms = zip(t, (chart.X[k] for k in rows), strict=True)
    combination(terms, [0] * chart.d, D.clock.tick, place)
    plus = bits(k for k, x in zip(rows, t, strict=True) if sign(x) > 0)
    return plus, bits(rows) & ~plus
