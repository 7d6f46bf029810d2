"""The block sets of the global optima: supports of points of the optimal polytope (THEORY T3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import SimpleNamespace

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.limits import Limits
from polytope_nn.search.finding import optimum

from .blocks import Block
from .members import Solution

__all__ = ["Optima"]


@dataclass(frozen=True)
class Optima:
    """The optimal polytope, where it is decided: P is None where it is not."""

    P: OptimalPolytope | None

    @classmethod
    def of(cls, problem: Solvable, limits: Limits) -> "Optima":
        """Return the optima of a problem, or that they are not decided."""
        try:
            if isinstance(problem, OptimalPolytope):
                P = problem
            else:
                P = optimal_polytope(optimum(problem, limits=limits), limits=limits)
            return cls(None if P.missing else P)
        except Undecided:
            return cls(None)

    @cached_property
    def _places(self) -> dict[tuple[int, tuple[int, ...]], int]:
        assert self.P is not None
        return {(a.sign, a.covector): i for i, a in enumerate(self.P.atoms)}

    def _below(self, members: Sequence[Block]) -> tuple[int, list[int]] | None:
        """Return the atoms of blocks, as bits, and the vertices on them.

        None where a block is no atom, or no vertex is on them.
        """
        if self.P is None or any(b.key not in self._places for b in members):
            return None
        bits = sum(1 << self._places[b.key] for b in members)
        vertices = [i for i, S in enumerate(self.P.supports) if not S & ~bits]
        return (bits, vertices) if vertices else None

    def of_set(self, members: Sequence[Block]) -> bool | None:
        """Return whether global optima have just these blocks, None where no optimum is on them.

        If an optimum is on some of the blocks the face program's solutions are all optimal.
        """
        found = self._below(members)
        if found is None or self.P is None:
            return None
        union = 0
        for i in found[1]:
            union |= self.P.supports[i]
        return union == found[0]

    def is_optimal(self, members: Sequence[Block]) -> bool | None:
        """Return whether a stationary network of these blocks is optimal, None if not known.

        One without neurons is iff the optimal set has no neuron in use.
        """
        if self.P is None:
            return None
        if not members:
            return self.P.vanishes
        return self.of_set(members) is True

    def solution(self, members: Sequence[Block]) -> Solution:
        """Return the optima with just these blocks: the mean of the vertices, the dimension."""
        found, P = self._below(members), self.P
        assert P is not None  # of_set has said so
        assert found is not None
        on = [P.vertices[i] for i in found[1]]
        weights = tuple(_mean([v[self._places[b.key]] for v in on]) for b in members)
        kappa = P.kappa
        known = P.optimum.enclosures
        forms = LinearForms(kappa) if known is None else known.known
        lattice = face_lattice(
            SimpleNamespace(supports=tuple(P.supports[i] for i in found[1]))
        )
        return Solution(kappa, weights, lattice.dim, forms)


def _mean(numbers: Sequence[Scalar]) -> Scalar:
    total: Scalar = Fraction(0)
    for t in numbers:
        total = total + t
    return total / len(numbers)
