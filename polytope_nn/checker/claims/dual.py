"""Claims *patterns*, *dual*, *optimum*, *atoms*: kappa is feasible, its value, what is tight."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import TypeVar

from ..kernel.numbers import Vector, bits, cleared, dot, longest, same, sign, zero
from ..kernel.primitives import combination, inside, side, tree
from ..kernel.reading import (
    Json,
    array,
    equal,
    handed,
    indices,
    ordered,
    record,
    require,
    whole,
)
from .instance import Chart, Instance
from .polytope import Kept

PATTERNS = "witness.patterns"
Of = TypeVar("Of")


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
    trees = array(witness, PATTERNS, len(anchors))
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
    rows, found = chart.rows, 0

    def refutes(up: int, down: int, plus: int, minus: int) -> bool:
        same = inside(up, plus) and inside(down, minus)
        return same or (inside(up, minus) and inside(down, plus))

    for plus, minus, h in grown(D, (chart, rows), witness, refutes, halved=True):
        agree = all(sign(dot(chart.X[k], h)) == (1 if plus >> k & 1 else -1) for k in rows)
        fine = agree and gcd(*h) <= 1
        require(fine, PATTERNS, f"point {found} is not in its tope")
        yield plus
        if rows:
            yield minus
        found += 2 if rows else 1
    equal({"claim": "patterns", "count": count}, {"count": found}, "patterns")


def grown(
    D: Instance,
    of: tuple[Chart, Sequence[int]],
    witness: Json,
    refutes: Callable[[int, int, int, int], object],
    *,
    halved: bool,
) -> Iterator[tuple[int, int, list[int]]]:
    """Yield the leaves of a tree on rows of a chart: two sets of rows, and the point given.

    A branch without a point is pruned by the circuit named: it ``refutes`` its two sets.
    """
    record(witness, "circuits tree points", PATTERNS)
    (chart, rows), named = of, array(witness["circuits"], PATTERNS)
    D.clock.hold(2 * len(named), D.n, PATTERNS)
    circuits = [circuit(D, chart, read, bits(rows)) for read in named]
    points = iter(array(witness["points"], PATTERNS))

    def branch(token: int, first: int, second: int) -> int | None:
        fine = -2 <= token < len(circuits)
        require(fine, PATTERNS, f"is below -2 or above {len(circuits) - 1}")
        if token != -1:
            return None
        k = (first | second).bit_count()
        require(k < len(rows), PATTERNS, "branches on no row")
        return rows[k]

    tokens = array(witness["tree"], PATTERNS)
    found = tree(tokens, branch, D.clock.tick, PATTERNS, halved=halved)
    for token, first, second in found:
        if token != -2:
            refuted = refutes(*circuits[token], first, second)
            require(refuted, PATTERNS, "a pruned branch is not refuted by its circuit")
            continue
        read = next(points, None)
        early = (first | second).bit_count() < len(rows) or read is None
        require(not early, PATTERNS, "a point too early, or no point")
        yield first, second, [whole(x, PATTERNS) for x in array(read, PATTERNS, chart.d)]
    require(next(points, None) is None, PATTERNS, "goes on after the last leaf")


def per_sign(
    D: Instance, charted: Charted, signs: Sequence[int] = (1, -1)
) -> Iterator[tuple[int, int, Json]]:
    """Yield each tope and sign with what bounds it."""
    keys = ((active, s) for active in charted.topes for s in signs)
    missing = "a tope and sign has no multiplier"
    more = "there are more multipliers than topes and signs"
    for (active, s), read in handed(keys, charted.bounds, "witness.dual", missing, more):
        D.clock.tick()
        yield active, s, read


def circuit(D: Instance, chart: Chart, read: Json, every: int) -> tuple[int, int]:
    """Return a dependency ``sum_k t_k x_k = 0`` as the bits of ``t_k > 0`` and of ``< 0``."""
    D.clock.tick()
    support, values = array(read, PATTERNS, 2)
    rows = indices(support, D.n, PATTERNS)
    t = D.field.integers(values, len(rows), PATTERNS)
    fine = inside(bits(rows), every) and all(map(sign, t))
    require(fine, PATTERNS, "a circuit has a 0")
    place = (PATTERNS, "a circuit is no dependency of the rows")
    terms = zip(t, (chart.X[k] for k in rows), strict=True)
    combination(terms, [0] * chart.d, D.clock.tick, place)
    plus = bits(k for k, x in zip(rows, t, strict=True) if sign(x) > 0)
    return plus, bits(rows) & ~plus


@dataclass
class Atom:
    """An atom: its sign, ``g`` times ``den``."""

    sign: int
    g: Vector
    den: int


class Atoms(Kept):
    """The listed atoms, in order; a feature is ``sign (X g)_+`` times ``common``, reduced."""

    def __init__(self, D: Instance, listed: list[Atom]) -> None:
        self.D, self.listed = D, listed
        self.common = lcm(*(a.den for a in listed)) * D.scale
        long = max((longest(a.g) for a in listed), default=1) + D.longest + 256
        super().__init__(room=D.clock.fits(len(listed) * D.n * D.field.degree, long))

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[Atom]:
        return iter(self.listed)

    def feature(self, i: int) -> Vector:
        """Return the feature of an atom times ``common``."""
        a = self.listed[i]
        factor = self.common // (a.den * self.D.scale)
        return [factor * t for t in self.D.feature(a.sign, a.g)]

    def made(self, i: int) -> Vector:
        """Return the feature modulo what is free."""
        return self.D.modulo(self.feature(i))


def atoms_of(D: Instance, kappa: Vector, claim: Json) -> Atoms:
    """Return the listed atoms: ``|g|^2 = beta^2 = kappa'F`` with ``F = sign (X g)_+`` (T5)."""
    where, atoms = "claims.atoms", []
    before: tuple[int, ...] | None = None
    for read in array(claim["list"], where):
        a = atom_of(D, read, where)
        g, den, F = a.g, a.den, D.feature(a.sign, a.g)
        length = dot(g[: D.priced], g[: D.priced])
        require(zero(length - D.beta_squared * den**2), where, "|g|^2 is not beta^2")
        tight = zero(dot(kappa, F) - D.beta_squared * den * D.scale)
        require(tight, where, "kappa'F is not beta^2: no atom")
        key = (-a.sign, *(-sign(dot(x, g)) for x in D.X))
        before = ordered(before, key, where)
        atoms.append(a)
    return Atoms(D, atoms)


def atom_of(D: Instance, read: Json, where: str) -> Atom:
    """Return an atom as it is written."""
    D.clock.tick()
    record(read, "sign g", where)
    s = whole(read["sign"], where, -1, 1)
    return Atom(s, *cleared(D.field.vector(read["g"], D.d, where), D.clock))


def orthogonal(D: Instance, kappa: Vector) -> None:
    """Prove that kappa is orthogonal to what is free."""
    for z in D.Z:
        fine = zero(dot(z, kappa))
        require(fine, "claims.dual", "kappa is not orthogonal to what is free")


def by_charts(
    D: Instance, atoms: "Atoms | None", charts: Iterable[tuple[Chart, Of]]
) -> Iterator[tuple[Chart, Of, list[Atom] | None]]:
    """Yield the charts with the atoms whose kink passes through the anchor; each has one."""
    reached = 0
    for chart, of in charts:
        here = [
            (i, Atom(a.sign, a.g[: chart.d], a.den))
            for i, a in enumerate(atoms or ())
            if chart.anchor is None or zero(dot(D.X[chart.anchor], a.g))
        ]
        reached |= bits(i for i, _ in here)
        yield chart, of, None if atoms is None else [a for _, a in here]
    everywhere = atoms is None or reached == (1 << len(atoms)) - 1
    require(everywhere, "claims.atoms", "the kink of an atom passes through no sample")


def bounded(
    D: Instance,
    kappa: Vector,
    charted: Charted,
    atoms: Iterable[Atom] | None,
    signs: Sequence[int] = (1, -1),
) -> None:
    """Prove that kappa is feasible and, when atoms are given, that there is no other (T2).

    Per tope and sign ``p = s X'D kappa + sum_k mu_k s_k x_k`` with ``mu >= 0`` has
    ``|p| <= beta``, and with equality it is the g of a listed atom.
    """
    where, bound = "witness.dual", D.beta_squared
    listed = None if atoms is None else list(atoms)
    for (s, *_), p, scale in pressed(D, kappa, charted, signs):
        of_beta = bound.numerator * scale * scale
        over = side([bound.denominator * t for t in p], p, of_beta)
        require(over <= 0, where, "a bound exceeds beta: kappa is not shown feasible")
        if over == 0 and listed is not None:
            met = any(
                a.sign == s and same([t * a.den for t in p], [t * scale for t in a.g])
                for a in listed
            )
            require(met, where, "a bound is tight at no listed atom")


def multipliers(D: Instance, read: Json, rows: int) -> tuple[list[int], Vector, int]:
    """Return rows, their multipliers, which are positive, and what these are divided by."""
    where = "witness.dual"
    support, num, den = array(read, where, 3)
    places, den = indices(support, rows, where), whole(den, where, 1)
    mu = D.field.integers(num, len(places), where, den)
    require(all(sign(t) > 0 for t in mu), where, "a multiplier is not positive")
    return places, mu, den


def pressed(
    D: Instance, kappa: Vector, charted: Charted, signs: Sequence[int] = (1, -1)
) -> Iterator[tuple[tuple[int, int, Json], Vector, int]]:
    """Yield per tope and sign, with the multipliers read, the p that they make, times a scale."""
    chart = charted.chart
    k_num, k_den = cleared(kappa, D.clock)
    held = k_den.bit_length() + D.longest
    D.clock.hold(D.n * chart.d * D.field.degree, held, "witness.dual")
    pulls = [[t * x for x in row] for t, row in zip(k_num, chart.X, strict=True)]
    last, pull = -1, Vector()
    for active, s, read in per_sign(D, charted, signs):
        if active != last:
            last, pull = active, pulled(D, chart, pulls, active)
        p, scale = [s * t for t in pull], D.scale * k_den
        if array(read, "witness.dual"):
            places, mu, den = multipliers(D, read, D.n)
            mu = [t if active >> k & 1 else -1 * t for k, t in zip(places, mu, strict=True)]
            push = [k_den * dot(mu, (x[k] for k in places)) for x in chart.columns]
            p, scale = [den * t + m for t, m in zip(p, push, strict=True)], scale * den
        yield (s, active, read), p, scale


def pulled(D: Instance, chart: Chart, pulls: list[Vector], active: int) -> Vector:
    """Return the sum of the pulls of a tope, each times its slope."""

    def total(inside: int) -> Vector:
        rows = [pulls[k] for k in chart.rows if inside >> k & 1]
        return list(map(sum, zip(*rows, strict=True))) or [0] * chart.d

    if D.unit.slopes is None:
        return total(active)
    right, left = D.unit.slopes
    return [
        right * s + left * t for s, t in zip(total(active), total(~active), strict=True)
    ]


def optimum(D: Instance, kappa: Vector, claim: Json) -> Vector:
    """Return the fit, ``y - kappa/weights``; the objective is ``L(fit) + kappa'fit``.

    Labels that are fitted exactly are the fit, and the cost is ``kappa'y``.
    """
    where = "claims.optimum"
    fit = D.field.vector(claim["fit"], D.n, where)
    if D.exactly:
        require(same(fit, D.y), where, "the fit is not y")
        value, why = dot(kappa, D.y), "the cost is not kappa'y"
    else:
        off = [y - z for y, z in zip(D.y, fit, strict=True)]
        fits = same(map(mul, D.weights, off), kappa)
        require(fits, where, "the fit is not y - kappa/weights")
        value = Fraction(1, 2) * dot(kappa, off) + dot(kappa, fit)
        why = "the objective is not L(fit) + kappa'fit"
    claimed = D.field.number(claim["objective"], where)
    require(zero(claimed - value), where, why)
    return fit
