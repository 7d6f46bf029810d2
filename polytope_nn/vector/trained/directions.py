"""The search for what each slot of the nearest network holds, of normalised directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.exact.scalar import Scalars, dot, squared_norm
from polytope_nn.networks.labels import LabelSearch
from polytope_nn.networks.neuron import rectified
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.optimum import Direction, Optimum

if TYPE_CHECKING:
    from polytope_nn.vector.polytope import OptimalSet

__all__ = ["DirectionSearch", "Mixed"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Mixed:
    """Some tight directions, and the vertices of their optimal mixtures."""

    optimum: Optimum
    atoms: tuple[Direction, ...]
    vertices: tuple[Scalars, ...]

    @property
    def features(self) -> tuple[Scalars, ...]:
        """The features of the directions modulo what is free."""
        modulo = self.optimum.problem.modulo
        return tuple(modulo(a.feature) for a in self.atoms)


class DirectionSearch(LabelSearch):
    """The search of one output, of normalised directions: masses are ``c |g|^2``."""

    def __init__(self, P: "OptimalSet | Mixed", network: VectorNetwork) -> None:
        O, D = P.optimum, P.optimum.problem
        atoms = P.atoms if isinstance(P, Mixed) else O.atoms
        self.beta_squared = D.beta_squared
        self.lengths = [squared_norm(a.g) for a in atoms]
        features, self.y = P.features, D.modulo(O.fit)
        if not isinstance(P, Mixed) and O.level == "interval":
            features, self.y = P.stand_ins, P.stand_in_fit
        pairs = zip(features, self.lengths, strict=True)
        self.F = tuple(tuple(t / length for t in F) for F, length in pairs)
        slots = network.slots
        self.size = sum(
            (squared_norm(x.u) * squared_norm(x.v) for x in slots if x is not None), _ZERO
        )
        self.t = [
            tuple(
                _ZERO
                if x is None
                else dot(x.u, a.g) * rectified(dot(x.v, a.h)) / (self.beta_squared * length)
                for a, length in zip(atoms, self.lengths, strict=True)
            )
            for x in slots
        ]
        self.at(*self._totals(P), len(atoms))

    def _totals(
        self, P: "OptimalSet | Mixed"
    ) -> tuple[Sequence[Sequence[int]], Scalars | None]:
        """Return classes of directions with one feature, and the one point of their totals.

        In balls these are opposite ones, and the point is the network's where others are
        independent.
        """
        n = len(self.lengths)
        single = [(a,) for a in range(n)]
        if isinstance(P, Mixed):
            return single, self.scaled(P.vertices[0]) if len(P.vertices) == 1 else None
        if P.level == "interval":
            half = n // (1 + P.optimum.problem.is_even)
            masses = self.scaled(P.optimum.masses)[:half]
            pairs = [tuple(range(a, n, half)) for a in range(half)]
            return pairs, masses if P.rank == half else None
        grouped: dict[Scalars, list[int]] = {}
        for a, F in enumerate(self.F):
            grouped.setdefault(F, []).append(a)
        classes = list(grouped.values())
        first, *others = (
            tuple(sum((c[a] for a in m), _ZERO) for m in classes)
            for c in map(self.scaled, P.vertices)
        )
        return classes, first if all(c == first for c in others) else None

    def scaled(self, v: Scalars) -> Scalars:
        """Return the masses of a vertex, of normalised directions."""
        return tuple(x * length for x, length in zip(v, self.lengths, strict=True))
