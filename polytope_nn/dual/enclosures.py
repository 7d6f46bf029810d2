"""The proof that the numbers of an optimum in balls exist: a system and one box (THEORY §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.problem import Problem

from .system import Semidefinite, Unit
from .vanishing import LinearForms

__all__ = ["Enclosures"]


@dataclass(frozen=True)
class Enclosures:
    """The proof that the numbers exist: a system, and the box its one solution lies in.

    ``units`` are the faces, or pairs of them, whose factors the system has;
    ``linear`` the columns that pairs add to Z; ``pins`` the entries of kappa that were
    chosen, and ``chosen`` their values. ``solved`` is the problem of the system where that is
    not the one that was asked: each sample on one piece of its loss. ``exact`` are the unknowns
    that are proved to be rational: their places and values.
    """

    system: Semidefinite
    units: tuple[Unit, ...]
    linear: tuple[Vector, ...]
    centre: Vector
    radius: Fraction
    solution: Balls
    pins: tuple[int, ...]
    chosen: Vector
    solved: Problem | None = None
    exact: tuple[tuple[int, Fraction], ...] = ()

    @property
    def paired(self) -> frozenset[tuple[int, ...]]:
        """The keys of the atoms that come with their opposites."""
        return frozenset(
            (-unit.face.sign, *(side * t for t in unit.face.covector))
            for unit in self.units
            if unit.opposite
            for side in (1, -1)
        )

    @property
    def parts(self) -> tuple[Sequence[Scalar], ...]:
        """The enclosures of kappa, of the weights, and of lambda."""
        known = dict(self.exact)
        return self.system.split([known.get(i, t) for i, t in enumerate(self.solution)])

    @cached_property
    def known(self) -> LinearForms:
        """The linear forms of kappa, with what is known of them."""
        pinned = dict(zip(self.pins, self.chosen, strict=True)) | self.priced
        prices = self.system.prices or (Fraction(0),) * len(self.system.free)
        return LinearForms(
            tuple(pinned.get(j, t) for j, t in enumerate(self.parts[0])),
            tuple(z for z, r in zip(self.system.free, prices, strict=True) if not r),
            self.system.factors,
        )

    @property
    def priced(self) -> dict[int, Fraction]:
        """The entries of kappa that a priced unit column fixes: samples on flats."""
        found = {}
        for z, r in zip(self.system.free, self.system.prices, strict=False):
            places = [k for k, t in enumerate(z) if t]
            if len(places) == 1:
                found[places[0]] = r / z[places[0]]
        return found
