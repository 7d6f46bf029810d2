"""Networks with several outputs, and what one has to prove of a line between two (T12).

A slot is ``null``; a balanced pair ``{"u", "v"}`` of output ``(X u)_+ v'`` and cost
``beta |u| |v|``; or raw weights ``{"w", "alpha"}``, paid for as ``beta/2 (|w|^2 + |alpha|^2)``.
On a line each slot keeps the ray of its u, and v moves: then the fit is linear and the cost
convex. What is free has a row of coefficients for each output.

The cross-entropy of softmax is of a row with label l ``ln(1 + sum e^d)``, ``d = z_j - z_l`` of the
other outputs j; all exponents are less the largest, and so at most 0 (proofs/vector.md, V19).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers
from ...kernel.numbers import Vector, added, cleared, dot, ray
from ...kernel.reading import Json, array, record, require
from ...kernel.roots import Terms
from .. import objectives as values
from ..objectives import Ways
from ..problem.curves import exponential, logarithm
from ..problem.graphs import CURVES
from .outputs import Outputs

Tick = Callable[[], None]
WHERE = "claims.optimum"


@dataclass(frozen=True)
class Logarithm:
    """The number ``ln(1 + sum e^d)``: the same for the same differences, in order of size."""

    differences: tuple[Fraction, ...]
    tick: Tick = field(compare=False)

    def __call__(self, bits: int) -> Interval:
        """Return an interval around it."""
        top, powers = powers_of(self.differences, bits, self.tick)
        return logarithm(sum(powers[1:], powers[0]), self.tick, WHERE) + top


@dataclass(frozen=True)
class Mean:
    """The number ``sum t e^d / (1 + sum e^d)`` of pairs (d, t)."""

    pairs: tuple[tuple[Fraction, Fraction], ...]
    tick: Tick = field(compare=False)

    def __call__(self, bits: int) -> Interval:
        """Return an interval around it."""
        _, powers = powers_of([d for d, _ in self.pairs], bits, self.tick)
        over, found = sum(powers[1:], powers[0]).inverse(WHERE), Interval(0, 0, bits)
        for (_, t), e in zip(self.pairs, powers[1:], strict=True):
            found = found + e * over * t
        return found


def powers_of(
    differences: tuple[Fraction, ...] | Vector, bits: int, tick: Tick
) -> tuple[Fraction, Numbers]:
    """Return the largest of 0 and the d, and e to the power of each of these less it."""
    every = [Fraction(0), *differences]
    top = max(every)
    ends = [Interval.around(d - top, d - top, bits) for d in every]
    return top, [exponential(x, tick) for x in ends]


def rows_of(D: Outputs, fit: Vector) -> Iterator[tuple[Fraction, Vector]]:
    """Yield the weight of each row, and the others less the entry of its label."""
    for k, w in enumerate(D.weights):
        D.clock.tick()
        row, own = fit[k :: D.n], D.flat.y[k :: D.n].index(1)
        yield w, [t - row[own] for j, t in enumerate(row) if j != own]


def softmax_loss(D: Outputs, fit: Vector) -> Terms:
    """Return the loss of a fit."""
    tick = D.clock.tick
    return [(w, Logarithm(tuple(sorted(d)), tick)) for w, d in rows_of(D, fit) if d]


def softmax_change(D: Outputs, fit: Vector, step: Vector) -> Terms:
    """Return how the loss rises at the end of a line that moved the fit by so much.

    ``sum_j p_j (t_j - t_l)``, a fraction where all p are alike.
    """
    known, found = Fraction(0), Terms()
    for (w, d), (_, t) in zip(rows_of(D, fit), rows_of(D, step), strict=True):
        if not any(d):
            known += w * sum(t) / (len(d) + 1)
        elif any(t):
            pairs = tuple(sorted(zip(d, t, strict=True)))
            found.append((w, Mean(pairs, D.clock.tick)))
    return [(known, Fraction(1)), *found]


def softmax_dual(D: Outputs, kappa: Vector) -> Terms:
    """Return ``-L*(-N)``, the rows of N having the sum 0: of the Poisson loss, less the weights."""
    less = sum(D.weights, Fraction(0))
    return [*values.dual_value(D.flat, kappa), (-less, Fraction(1))]


@dataclass(frozen=True)
class Pair:
    """A neuron ``(x'u)_+ v``, paid for as a balanced one, or with raw weights."""

    u: Vector
    v: Vector
    raw: bool = False


@dataclass
class Pairs:
    """Pairs in slots, and the coefficients of what is free, a row for each output."""

    slots: list[Pair | None]
    free: list[Vector] = field(default_factory=list)


class OfOutputs(Ways[Pairs]):
    """The networks of an instance, for claims about roads."""

    def __init__(self, D: Outputs) -> None:
        self.D = D

    def network(self, read: Json, width: int | None, where: str) -> Pairs:
        """Return a network, of as many slots as the width says, with its free part."""
        D = self.D
        record(read, "neurons free" if D.Z else "neurons", where)
        slots = [
            None if x is None else self.pair(x, where)
            for x in array(read["neurons"], where, width)
        ]
        rows = array(read["free"], where, D.c) if D.Z else []
        free = [D.field.vector(row, len(D.Z), where) for row in rows]
        every = [t for x in slots if x is not None for t in (*x.u, *x.v)]
        _, q = cleared([*every, *(t for row in free for t in row)], D.clock)
        D.clock.hold(D.entries, q.bit_length(), where)  # sums stay short
        return Pairs(slots, free)

    def pair(self, read: Json, where: str) -> Pair:
        """Return the pair of a slot; one that is balanced is not 0."""
        D = self.D
        D.clock.tick()
        raw = type(read) is dict and "w" in read
        first, second = ("w", "alpha") if raw else ("u", "v")
        record(read, f"{first} {second}", where)
        u = D.field.vector(read[first], D.d, where)
        v = D.field.vector(read[second], D.c, where)
        require(raw or (any(u) and any(v)), where, "a neuron is 0: write null")
        return Pair(u, v, raw)

    def fit(self, x: Pairs) -> Vector:
        """Return the fit, column after column."""
        D = self.D
        total: list[Vector] = [[Fraction(0)] * D.n for _ in range(D.c)]
        for one in x.slots:
            if one is None:
                continue
            seen = D.feature(1, one.u)
            for column, v in zip(total, one.v, strict=True):
                column[:] = added(D.clock, column, seen, v / D.scale)
        for column, row in zip(total, x.free, strict=False):
            for a, z in zip(row, D.Z, strict=True):
                column[:] = added(D.clock, column, z, a)
        return [t for column in total for t in column]

    def loss(self, fit: Vector) -> Terms:
        """Return the loss of a fit."""
        D = self.D
        return softmax_loss(D, fit) if D.shifted else values.loss_of(D.flat, fit)

    def change(self, fit: Vector, step: Vector) -> Terms:
        """Return how it rises at the end of a line that moved the fit by so much."""
        D = self.D
        return (
            softmax_change(D, fit, step) if D.shifted else values.change(D.flat, fit, step)
        )

    def cost(self, slots: Sequence[Pair | None]) -> Terms:
        """Return the cost as a sum of roots."""
        D, terms = self.D, Terms()
        for z in filter(None, slots):
            D.clock.tick()
            p, q = dot(z.u, z.u), dot(z.v, z.v)
            if z.raw:
                terms.append((Fraction(p + q) / 2, D.beta_squared))
            else:
                terms.append((Fraction(1), D.beta_squared * p * q))
        return terms

    def balanced(self, slot: Pair | None, where: str) -> Pair | None:
        """Return the pair of the same output, balanced; None for one without an output."""
        del where
        if slot is None or not slot.raw:
            return slot
        return Pair(slot.u, slot.v) if any(slot.u) and any(slot.v) else None

    def rise(self, own: Pair | None, slot: Pair | None) -> Terms:
        """Return how the cost rises at the end of a line, where v moves on the ray of u.

        The slope of ``|v|`` along ``dv`` is ``v'dv / |v|``, and at ``v = 0`` less the length v had.
        """
        if slot is None:
            return [(-q, s) for q, s in self.cost([own])]
        size = dot(slot.v, slot.v)
        moved = size - (dot(slot.v, on(own, slot.u)) if own is not None else 0)
        return [(Fraction(moved) / size, self.D.beta_squared * dot(slot.u, slot.u) * size)]

    def along(self, one: Pair, other: Pair) -> bool:
        """Return whether two neurons are on one ray."""
        return ray(one.u, other.u) > 0

    def dual_value(self, kappa: Vector) -> Terms:
        """Return the dual value of an N that has fits."""
        D = self.D
        if D.shifted:
            return softmax_dual(D, kappa)
        return values.dual_value(D.flat if D.loss in CURVES else D, kappa)


def on(x: Pair, w: Vector) -> Vector:
    """Return the v of a pair beside another u of its ray, the output kept."""
    i = next(i for i, t in enumerate(w) if t)
    return [x.u[i] / w[i] * t for t in x.v]
