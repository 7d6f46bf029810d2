"""The cross-entropy of softmax in claims about roads and gaps: its loss, its slope, its dual value.

Of a row with label l it is ``ln(1 + sum e^d)``, ``d = z_j - z_l`` of the other outputs j. All
exponents are less the largest, and so at most 0 (proofs/vector.md, V19).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers
from ...kernel.logarithms import exponential, logarithm
from ...kernel.numbers import Vector
from ...kernel.roots import Terms
from .. import objectives as values
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


def loss_of(D: Outputs, fit: Vector) -> Terms:
    """Return the loss of a fit."""
    tick = D.clock.tick
    return [(w, Logarithm(tuple(sorted(d)), tick)) for w, d in rows_of(D, fit) if d]


def change(D: Outputs, fit: Vector, step: Vector) -> Terms:
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


def dual_value(D: Outputs, kappa: Vector) -> Terms:
    """Return ``-L*(-N)``, the rows of N having the sum 0: of the Poisson loss, less the weights."""
    less = sum(D.weights, Fraction(0))
    return [*values.dual_value(D.flat, kappa), (-less, Fraction(1))]
