"""Objectives of networks, dual values, and how a loss rises on a line (T12, T13, general G1).

Of one sample with label y, weight w and parameter p the loss of a kind is convex in the fit z;
``rise`` is its slope on the side that a line comes from, which is what a line that ends at z
has to do with (proofs/losses.md has each kind).
"""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.numbers import Vector, dot
from ...kernel.reading import require
from ...kernel.roots import Enclosed, Terms
from ..instance import Instance, loss
from ..losses import CURVES, Sample, rise, value
from ..networks import Network, cost
from ..problem.curves import Curve

INFINITE = {"tolerance", "margin"}


def finite(D: Instance) -> None:
    """Require a finite loss, over Q: objectives and gaps are about one."""
    require(D.field.degree == 1, "field", "descents and gaps are checked over Q")
    there = not D.exactly and D.loss not in INFINITE
    require(there, "data.loss", "descents and gaps have a loss")


def objective(D: Instance, x: Network, fit: Vector) -> Terms:
    """Return the loss of the fit and the cost."""
    return [*loss_of(D, fit), *cost(D, x)]


def loss_of(D: Instance, fit: Vector) -> Terms:
    """Return the loss of a fit."""
    if D.loss in CURVES:
        room(D, fit)
        pairs = zip(D.samples(), fit, strict=True)
        return total([curve(D, s).height(z) for s, z in pairs])
    if not D.general:
        return [(Fraction(loss(D, fit)), Fraction(1))]
    known = Fraction(0)
    for s, z in zip(D.samples(), fit, strict=True):
        D.clock.tick()
        known += value(s, z)
    return [(known, Fraction(1))]


def dual_value(D: Instance, kappa: Vector) -> Terms:
    """Return ``-L*(-kappa)``; kappa must have a fit."""
    if D.loss in CURVES:
        pairs = zip(D.samples(), kappa, strict=True)
        return [(-q, x) for q, x in total([curve(D, s).dual(t) for s, t in pairs])]
    if D.general:
        box = D.box(kappa)  # refused outside of the domain
        general: Fraction = D.dual_value(kappa, box)
        return [(general, Fraction(1))]
    halves = [k * k / w / 2 for k, w in zip(kappa, D.weights, strict=True)]
    squared: Fraction = dot(kappa, D.y) - sum(halves)
    return [(squared, Fraction(1))]


def change(D: Instance, fit: Vector, step: Vector) -> Terms:
    """Return how the loss rises at the end of a line that moved the fit by so much."""
    if D.loss in CURVES:
        moved = zip(D.samples(), fit, step, strict=True)
        room(D, fit)
        return total([curve(D, s).rise(z, t) for s, z, t in moved if t])
    if not D.general:
        slope = Fraction(0)
        for w, z, y, t in zip(D.weights, fit, D.y, step, strict=True):
            D.clock.tick()
            slope += w * (z - y) * t
        return [(slope, Fraction(1))]
    rises = Fraction(0)
    for s, z, t in zip(D.samples(), fit, step, strict=True):
        D.clock.tick()
        if t:
            rises += rise(s, z, -1 if t > 0 else 1) * t
    return [(rises, Fraction(1))]


def total(parts: Sequence[Fraction | Enclosed]) -> Terms:
    """Return the sum of fractions and of numbers that are enclosed."""
    known = sum((x for x in parts if not callable(x)), Fraction(0))
    return [(known, Fraction(1)), *((Fraction(1), x) for x in parts if callable(x))]


def curve(D: Instance, sample: Sample) -> Curve:
    """Return the smooth loss of a sample."""
    return Curve(*sample, D.clock.tick)


def room(D: Instance, fit: Vector) -> None:
    """Require that e^t is no longer than two numbers of a claim: a weight times it is told."""
    most = 8 * D.clock.digits
    for s, z in zip(D.samples(), fit, strict=True):
        short = curve(D, s).exponent(z) <= most
        require(short, "data", "its numbers are too long together")
