"""Objectives of networks, dual values, and how a loss rises on a line (T12, T13, general G1).

Of one sample with label y, weight w and parameter p the loss of a kind is convex in the fit z;
``rise`` is its slope on the side that a line comes from, which is what a line that ends at z
has to do with (proofs/losses.md has each kind).
"""

from fractions import Fraction

from ...kernel.numbers import Vector, dot
from ...kernel.reading import require
from ...kernel.roots import Terms
from ..instance import Instance, loss
from ..losses import CURVES, SIGNED
from ..networks import Network, cost

INFINITE = {"tolerance", "margin"}
Sample = tuple[str, Fraction, Fraction, Fraction]  # kind, label, weight, parameter


def finite(D: Instance) -> None:
    """Require a finite loss, over Q, with values in Q: objectives and gaps are about one."""
    require(D.field.degree == 1, "field", "descents and gaps are checked over Q")
    there = not D.exactly and D.loss not in {*INFINITE, *CURVES}
    require(there, "data.loss", "descents and gaps have a loss")


def objective(D: Instance, x: Network, fit: Vector) -> Terms:
    """Return the loss of the fit and the cost."""
    return [(loss_of(D, fit), Fraction(1)), *cost(D, x)]


def loss_of(D: Instance, fit: Vector) -> Fraction:
    """Return the loss of a fit."""
    if not D.general:
        return Fraction(loss(D, fit))
    total = Fraction(0)
    for s, z in zip(D.samples(), fit, strict=True):
        D.clock.tick()
        total += value(s, z)
    return total


def dual_value(D: Instance, kappa: Vector) -> Fraction:
    """Return ``-L*(-kappa)``; kappa must have a fit."""
    if D.general:
        box = D.box(kappa)  # refused outside of the domain
        general: Fraction = D.dual_value(kappa, box)
        return general
    halves = [k * k / w / 2 for k, w in zip(kappa, D.weights, strict=True)]
    squared: Fraction = dot(kappa, D.y) - sum(halves)
    return squared


def change(D: Instance, fit: Vector, step: Vector) -> Fraction:
    """Return how the loss rises at the end of a line that moved the fit by so much."""
    if not D.general:
        slope = Fraction(0)
        for w, z, y, moved in zip(D.weights, fit, D.y, step, strict=True):
            D.clock.tick()
            slope += w * (z - y) * moved
        return slope
    total = Fraction(0)
    for s, z, moved in zip(D.samples(), fit, step, strict=True):
        D.clock.tick()
        if moved:
            total += rise(s, z, -1 if moved > 0 else 1) * moved
    return total


def value(sample: Sample, z: Fraction) -> Fraction:
    """Return the loss of a fit z."""
    kind, y, w, p = sample
    if kind in SIGNED:
        short = max(1 - y * z, Fraction(0))
        return w * (short * short / 2 if kind == "squared_hinge" else short)
    off = z - y
    size = abs(off)
    if kind == "huber":
        return w * (size * size / 2 if size <= p else p * (size - p / 2))
    if kind == "quantile":
        return w * (-off * p if off < 0 else off * (1 - p))
    spread = p if kind == "epsilon_insensitive" else Fraction(0)
    return w * max(size - spread, Fraction(0))


def rise(sample: Sample, z: Fraction, side: int) -> Fraction:
    """Return the slope of the loss at z, of a kink below it (side -1) or above (1)."""
    kind, y, w, p = sample
    if kind in SIGNED:
        short = 1 - y * z
        if kind == "squared_hinge":
            return -w * y * max(short, Fraction(0))
        falls = short > 0 or (short == 0 and side == -y)
        return -w * y if falls else Fraction(0)
    off = z - y
    if kind == "huber":
        return w * max(-p, min(off, p))
    spread = p if kind == "epsilon_insensitive" else Fraction(0)
    above = off > spread or (off == spread and side > 0)
    below = off < -spread or (off == -spread and side < 0)
    if kind == "quantile":
        return w * (1 - p) if above else -w * p
    return w * (above - below)
