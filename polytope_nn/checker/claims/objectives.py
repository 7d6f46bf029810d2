"""Objectives, dual values, slopes of a loss; *road*, *descent*, *gap* (T12, T13, general G1).

Of one sample with label y, weight w and parameter p the loss of a kind is convex in the fit z;
``rise`` is its slope on the side that a line comes from, which is what a line that ends at z
has to do with (proofs/losses.md has each kind).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Generic, TypeAlias, TypeVar

from ..kernel.numbers import Vector
from ..kernel.reading import Json, array, require, whole
from ..kernel.roots import Enclosed, Terms, enclosed, root_sign
from .instance import Instance
from .networks import (
    Network,
    Neuron,
    Target,
    along,
    balanced,
    cost,
    fit_of,
    network,
    optimal,
)
from .problem.curves import Curve, Sample
from .problem.graphs import CURVES, height, rise

INFINITE = {"tolerance", "margin"}


def finite(D: Instance) -> None:
    """Require a finite loss, over Q: objectives and gaps are about one."""
    require(D.field.degree == 1, "field", "descents and gaps are checked over Q")
    there = not D.exactly and D.loss not in INFINITE
    require(there, "data.loss", "descents and gaps have a loss")


def loss_of(D: Instance, fit: Vector) -> Terms:
    """Return the loss of a fit."""
    if D.loss in CURVES:
        room(D, fit)
        pairs = zip(D.samples(), fit, strict=True)
        return total([curve(D, s).height(z) for s, z in pairs])
    known = Fraction(0)
    for s, z in zip(D.samples(), fit, strict=True):
        D.clock.tick()
        known += height(s, z)
    return [(known, Fraction(1))]


def dual_value(D: Instance, kappa: Vector) -> Terms:
    """Return ``-L*(-kappa)``; kappa must have a fit."""
    if D.loss in CURVES:
        pairs = zip(D.samples(), kappa, strict=True)
        return [(-q, x) for q, x in total([curve(D, s).dual(t) for s, t in pairs])]
    known: Fraction = D.dual_value(kappa, D.box(kappa))  # refused outside of the domain
    return [(known, Fraction(1))]


def change(D: Instance, fit: Vector, step: Vector) -> Terms:
    """Return how the loss rises at the end of a line that moved the fit by so much."""
    if D.loss in CURVES:
        moved = zip(D.samples(), fit, step, strict=True)
        room(D, fit)
        return total([curve(D, s).rise(z, t) for s, z, t in moved if t])
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


Made = TypeVar("Made", bound=Any)  # a data class of slots, and what is free beside them


class Ways(ABC, Generic[Made]):
    """Networks of one sort, and what one has to prove of a line between two of them."""

    D: Any  # Instance, or Outputs

    @abstractmethod
    def network(self, read: Json, width: int | None, where: str) -> Made:
        """Return a network, of as many slots as the width says."""

    @abstractmethod
    def fit(self, x: Made) -> Vector:
        """Return its fit."""

    @abstractmethod
    def cost(self, slots: Sequence[Any]) -> Terms:
        """Return what neurons cost."""

    @abstractmethod
    def balanced(self, slot: Any, where: str) -> Any:
        """Return the neuron of the same output that costs least; None for one without an output."""

    @abstractmethod
    def along(self, one: Any, other: Any) -> bool:
        """Return whether two neurons are on one ray."""

    def loss(self, fit: Vector) -> Terms:
        """Return the loss of a fit."""
        return loss_of(self.D, fit)

    def change(self, fit: Vector, step: Vector) -> Terms:
        """Return how the loss rises at the end of a line that moved the fit by so much."""
        return change(self.D, fit, step)

    def dual_value(self, kappa: Vector) -> Terms:
        """Return the dual value of a kappa that has a fit."""
        return dual_value(self.D, kappa)

    def objective(self, x: Made, fit: Vector) -> Terms:
        """Return the objective of a network with this fit."""
        return [*self.loss(fit), *self.cost(x.slots)]

    def kept(self, one: Any, other: Any) -> bool:
        """Return whether a slot keeps its ray on a line, balanced at both of its ends."""
        raw = any(slot is not None and slot.raw for slot in (one, other))
        return not raw and (one is None or other is None or self.along(one, other))

    def rise(self, own: Any, slot: Any) -> Terms:
        """Return how the cost of a slot rises at the end of its line: it is linear there."""
        return less(self.cost([slot]), self.cost([own]))

    def fall(self, x: Made, z: Made, reached: Vector, where: str) -> None:
        """Prove that the objective does not rise on the line from x, once balanced, to z.

        Each slot keeps its ray, so fits are linear and the objective is convex there, and its
        slope at z decides.
        """
        start: list[Any] = []
        slope = Terms()
        for before, slot in zip(x.slots, z.slots, strict=True):
            self.D.clock.tick()
            own = before if before == slot else self.balanced(before, where)
            start.append(own)
            if own != slot:
                keeps = self.kept(own, slot)
                require(keeps, where, "a slot turns its direction, or loses its balance")
                slope += self.rise(own, slot)
        at = self.fit(replace(x, slots=start))
        step = [s - t for s, t in zip(reached, at, strict=True)]
        slope += self.change(reached, step)
        require(root_sign(slope, self.D.clock) <= 0, where, "the objective rises before it")


Walked: TypeAlias = tuple[list[str], list[Made], list[Terms], list[Fraction]]


def walked(
    W: Ways[Made], claim: Json, where: str, turns: tuple[int, int]
) -> "Walked[Made]":
    """Return the breakpoints: places, networks, objectives and their sizes, which are claimed.

    The objective never rises up to the first turn, and never falls from the second one on.
    """
    width, (down, up) = whole(claim["width"], where, 0), turns
    reads = array(claim["breakpoints"], where)
    objectives = array(claim["objectives"], where, len(reads))
    places = [f"{where}.breakpoints[{i}]" for i in range(len(reads))]
    nets = [
        W.network(read, width, place) for read, place in zip(reads, places, strict=True)
    ]
    values: list[Terms] = []
    sizes: list[Fraction] = []
    before: Vector = []
    for i, stated in enumerate(objectives):  # two fits are held, however many there are
        fit, place = W.fit(nets[i]), f"{where}.objectives[{i}]"
        values.append(W.objective(nets[i], fit))
        sizes.append(enclosed(stated, values[i], W.D.clock, place))
        if 0 < i <= down:
            W.fall(nets[i - 1], nets[i], fit, places[i])
        elif i > up:
            W.fall(nets[i], nets[i - 1], before, places[i])
        before = fit
    return places, nets, values, sizes


def road(W: Ways[Made], kappa: Vector, claim: Json) -> None:
    """Prove that a path of any networks has no barrier, and comes within a gap of the optimum.

    The objective never rises up to the breakpoint ``down``, never falls from ``up`` on, and is
    convex on the lines between, where every breakpoint is no higher than one of those two; so
    it is never above the larger end. The gap is that of the breakpoint ``close``, whose
    objective less the dual value of kappa bounds its distance to the optimum of every width.
    """
    where, clock = "claims.road", W.D.clock
    reads = array(claim["breakpoints"], where)
    down, close, up = (
        whole(claim[key], where, 0, len(reads) - 1) for key in ("down", "close", "up")
    )
    require(down <= up, where, "rises before it has fallen")
    places, nets, values, sizes = walked(W, claim, where, (down, up))
    for i in range(down + 1, up + 1):
        for pair in zip(nets[i - 1].slots, nets[i].slots, strict=True):
            clock.tick()
            why = "a slot turns its direction between the falls"
            require(W.kept(*pair), places[i], why)
        rises = (root_sign(less(values[i], values[j]), clock) for j in (down, up))
        lower = i in {down, up} or any(sign <= 0 for sign in rises)
        require(lower, places[i], "is above what it lies between")
    apart(W.D, values[close], sizes[close], (W.dual_value(kappa), claim), where)


def gap(W: Ways[Made], kappa: Vector, claim: Json) -> Fraction:
    """Prove the primal value of a network, the dual value of kappa and the difference.

    Return a number that is not below the primal value.
    """
    where = "claims.gap"
    x = W.network(claim["network"], None, f"{where}.network")
    primal = W.objective(x, W.fit(x))
    of = enclosed(claim["primal"], primal, W.D.clock, f"{where}.primal")
    apart(W.D, primal, of, (W.dual_value(kappa), claim), where)
    return of


def less(value: Terms, other: Terms) -> Terms:
    """Return the difference of two sums of roots."""
    return [*value, *((-q, s) for q, s in other)]


def apart(
    D: Instance, primal: Terms, of: Fraction, pair: tuple[Terms, Json], where: str
) -> None:
    """Prove a dual value, and how far a primal one of that size is from it."""
    value, claim = pair
    enclosed(claim["dual"], value, D.clock, f"{where}.dual")
    gap = less(primal, value)
    enclosed(claim["gap"], gap, D.clock, f"{where}.gap", of)


class OfOneOutput(Ways[Network]):
    """The networks of one output; ``free``: they show their free part."""

    def __init__(self, D: Instance, *, free: bool) -> None:
        self.D, self.free = D, free

    def network(self, read: Json, width: int | None, where: str) -> Network:
        """Return a network, of as many slots as the width says."""
        return network(self.D, read, width, where, free=self.free)

    def fit(self, x: Network) -> Vector:
        """Return its fit."""
        return fit_of(self.D, x)

    def cost(self, slots: Sequence[Neuron | None]) -> Terms:
        """Return what neurons cost."""
        return [*cost(self.D, slots)]

    def balanced(self, slot: Neuron | None, where: str) -> Neuron | None:
        """Return the neuron of the same output, balanced."""
        return balanced(self.D, slot, where)

    def along(self, one: Neuron, other: Neuron) -> bool:
        """Return whether two balanced neurons have one sign and one ray."""
        return along(one, other)


def descent(T: Target, claim: Json, *, free: bool) -> None:
    """Prove that the objective never rises on the way, and ends at the optimum (T12).

    A slot is balanced first, which keeps its output and lowers its cost, and then moves on
    its ray: on that line the objective is convex, so its slope at the end decides.
    """
    where, W = "claims.descent", OfOneOutput(T.D, free=free)
    last = len(array(claim["breakpoints"], where)) - 1
    require(last >= 0, where, "has no breakpoint")
    _, nets, _, _ = walked(W, claim, where, (last, last))
    optimal(T, nets[last], f"{where}, the last breakpoint", free=free)
