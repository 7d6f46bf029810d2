"""Claims *gap*, *road* of three layers: any networks, and their distance to a dual value (T13).

A network is written in slots of branches, each with inner neurons in slots as in two layers. On a
line a branch is scaled, from or to nothing: its output is linear and its cost is, so the
objective is convex (proofs/three_layer.md D18).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, record, require, whole
from ...kernel.roots import Terms
from ..networks import Network, Neuron, along, cost, fit_of, network
from ..objectives import Ways
from .leaves import Layers


@dataclass(frozen=True)
class Scaled:
    """A balanced branch: its sign and its inner neurons."""

    sign: int
    inner: Network
    raw: None = None

    @property
    def whole(self) -> Neuron:
        """Its inner weights after one another."""
        return Neuron(self.sign, tuple(t for x in self.inner.neurons for t in x.u))


@dataclass
class Branched:
    """A network: branches in slots."""

    slots: list[Scaled | None]


class OfBranches(Ways[Branched]):
    """The networks of three layers."""

    def __init__(self, L: Layers) -> None:
        self.L, self.D = L, L.D

    def network(self, read: Json, width: int | None, where: str) -> Branched:
        """Return a network, of as many branches as the width says."""
        record(read, "branches", where)
        listed = array(read["branches"], where, width)
        return Branched([None if b is None else self.branch(b, where) for b in listed])

    def branch(self, read: Json, where: str) -> Scaled:
        """Return a branch of no more inner neurons than the problem has."""
        record(read, "sign neurons", where)
        sigma = whole(read["sign"], where, -1, 1)
        inner = network(self.D, {"neurons": read["neurons"]}, None, where)
        require(
            self.L.holds(len(inner.slots)), where, "a branch has too many inner neurons"
        )
        fine = sigma and any(inner.slots) and all(x.raw is None for x in inner.neurons)
        require(fine, where, "a branch has no sign, is empty, or is not balanced")
        return Scaled(sigma, inner)

    def fit(self, x: Branched) -> Vector:
        """Return its fit."""
        fit: Vector = [Fraction(0)] * self.D.n
        for b in filter(None, x.slots):
            z = fit_of(self.D, b.inner)
            fit = [s + b.sign * max(t, Fraction(0)) for s, t in zip(fit, z, strict=True)]
        return fit

    def cost(self, slots: Sequence[Scaled | None]) -> Terms:
        """Return what branches cost; with path costs ``beta^2 |u|^2`` are added under one root."""
        terms = Terms()
        for b in filter(None, slots):
            squares = cost(self.D, b.inner.slots)
            if self.L.parts > 1:
                added = sum((s for _, s in squares), Fraction(0))
                squares = [(Fraction(1), self.L.parts * added)]
            terms += squares
        return terms

    def balanced(self, slot: Scaled | None, where: str) -> Scaled | None:
        """Return the branch: each is balanced."""
        del where
        return slot

    def along(self, one: Scaled, other: Scaled) -> bool:
        """Return whether a branch is another one, scaled."""
        names = [[x and x.sign for x in b.inner.slots] for b in (one, other)]
        return names[0] == names[1] and along(one.whole, other.whole)
