"""The table of path costs: branches of k equal parts as columns, the cover of their mixtures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import cast

from polytope_nn.certificate.exact import vertex_json
from polytope_nn.certificate.format import Json
from polytope_nn.certificate.trees import cover_tree
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.parallel.counts.widths import TwoWidths
from polytope_nn.parallel.pieces import Config, Piece

from .choices import Choice

__all__ = ["PathTable"]

VERTICES = 1000  # of ordered atoms, in a count of the checker


@dataclass(frozen=True)
class PathTable:
    """The claim about rows 1..height, of the k inner neurons of the problem, and its witness.

    Columns and their order are those of the checker (``checker/claims/parallel/parts``).
    """

    S: TwoWidths
    homes: Sequence[tuple[Choice, Piece]]
    height: int
    width: int

    @property
    def k(self) -> int:
        """The number of equal parts of a branch."""
        return cast("int", self.S.optimum.problem.inner_width)  # path costs have one

    @cached_property
    def parts(self) -> dict[Config, tuple[Scalars, list[int]]]:
        """The optimal branches of mass 1: output, and how many parts each atom is."""
        found: dict[Config, tuple[Scalars, list[int]]] = {}
        for choice, p in self.homes:
            named = dict(zip(choice.places, choice.atoms, strict=True))
            place = [p.atoms.index(named[a]) for a in choice.used]
            for chosen in combinations_with_replacement(place, self.k):
                times = Counter(chosen)
                c = tuple(Fraction(times[i], self.k) for i in range(len(p.atoms)))
                sigma, own = p.config(c)
                branch = (sigma, tuple(sorted(own, key=repr)))
                if branch not in found and p.contains(branch):
                    found[branch] = p.output(c), list(times.values())
        return found

    @cached_property
    def columns(self) -> list[Scalars]:
        """The outputs of the branches."""
        return [output for output, _ in self.parts.values()]

    @cached_property
    def vertices(self) -> list[Scalars]:
        """The vertices of their mixtures that make the fit, in the order of supports."""
        found = slice_vertices(transpose(self.columns), self.S.optimum.fit)
        return sorted(found, key=lambda v: [i for i, x in enumerate(v) if x != 0])

    @cached_property
    def counted(self) -> bool:
        """Whether the vertices over ordered atoms are few."""
        of = [factorial(self.k) // prod(map(factorial, t)) for _, t in self.parts.values()]
        sizes = (prod(of[i] for i, x in enumerate(v) if x != 0) for v in self.vertices)
        return sum(sizes) <= VERTICES

    def claimed(self) -> tuple[list[Json], list[Json]]:
        """Return the claim: least widths, and for each k the counts of all m."""
        least: list[Json] = [
            self.S.m_star(k) if k <= self.k else None for k in range(1, self.width + 1)
        ]
        nothing: list[Json] = [None] * self.height
        return least, [
            nothing if m is None else self._column(m, k) for k, m in enumerate(least, 1)
        ]

    def _column(self, least: Json, k: int) -> list[Json]:
        """Return components and isolated points where the checker counts them."""
        if self.S.optimum.vanishes:
            return [[1, 1]] * self.height
        found: list[Json] = []
        for m in range(1, self.height + 1):
            below = m < cast("int", least)
            step = self.S[m, k] if self.counted and not below else None
            told: Json = None if step is None else [step.components, step.isolated]
            found.append([0, 0] if below else told)
        return found

    def witness(self) -> dict[str, Json]:
        """Return the vertices and their cover."""
        if self.S.optimum.vanishes:
            return {"list": [], "farkas": [], "tree": []}
        supports = [support(v) for v in self.vertices]
        cover = cover_tree(supports, self.columns, self.S.optimum.fit)
        return {"list": list(map(vertex_json, self.vertices)), **cover}
