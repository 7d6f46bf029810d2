"""Branches of networks in balls, as columns: what tells them but for a factor (three-layer P10)."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.networks.neuron import Neuron
from polytope_nn.parallel.pieces import Label, Piece

from .network import Branch

__all__ = ["Column", "Slots"]

_WIDER = 4  # times a ball, on each side
_ZERO = Fraction(0)
Slots: TypeAlias = tuple[tuple[Label, Scalar] | None, ...]
"""The atom and mass of each inner slot."""


@dataclass(frozen=True)
class Column:
    """A branch: what tells it but for a factor, its piece, and its inner slots."""

    base: Hashable
    piece: Piece
    slots: Slots

    @cached_property
    def output(self) -> Scalars:
        """What the branch adds to the fit."""
        masses: dict[Label, Scalar] = {}
        for name, c in filter(None, self.slots):
            masses[name] = masses.get(name, _ZERO) + c
        return self.piece.output([masses.get(name, _ZERO) for name in self.piece.places])

    @cached_property
    def order(self) -> tuple[Label | None, ...]:
        """The inner atom of each slot."""
        return tuple(None if held is None else held[0] for held in self.slots)

    def times(self, factor: Scalar) -> Branch:
        """Return a multiple of the branch."""
        atoms, neurons = self.piece.atoms, list[Neuron | None]()
        for held in self.slots:
            if held is None:
                neurons.append(None)
                continue
            a, mass = atoms[self.piece.places[held[0]]], _wider(factor * held[1])
            neurons.append(Neuron(a.sign, tuple(mass * t for t in a.g)))
        return Branch(self.piece.sigma, tuple(neurons))


def _wider(x: Scalar) -> Scalar:
    """Return a mass in a wider ball: another cell has it in another one, when it is read."""
    if not isinstance(x, Ball):
        return x
    more = (x.upper - x.lower) * _WIDER
    return Ball.from_interval(x.lower - more, x.upper + more)
