"""Vertices of the optimal networks: one branch in each of several pieces (three-layer P9).

For pieces p_1, ..., p_m the optimal networks whose branch j lies in piece p_j are the
polytope ``{c >= 0 : conditions of p_j on z_j, sum_j output_j = fit}``, as unlabelled
networks. With m and k slots its faces with at most k atoms a branch are used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.parallel.conditions.masses import constraints
from polytope_nn.parallel.pieces import Config, Label, Piece

__all__ = ["Cover", "cell_vertices"]


def cell_vertices(chosen: Sequence[Piece], fit: Scalars) -> Iterator[tuple[Config, ...]]:
    """Yield the vertices of the polytope of some pieces: one branch for each piece."""
    zero, one = Fraction(0), Fraction(1)
    width = sum(len(p.atoms) for p in chosen)
    conditions = [constraints(p.atoms, p.signs) for p in chosen]
    slack = sum(len(above) for _, above in conditions)
    rows: list[Scalars] = []
    start, used = 0, 0
    for p, (equal, above) in zip(chosen, conditions, strict=True):
        before, after = (zero,) * start, (zero,) * (width - start - len(p.atoms))
        rows += [(*before, *row, *after, *(zero,) * slack) for row in equal]
        for row in above:
            sides = tuple(-one if j == used else zero for j in range(slack))
            rows.append((*before, *row, *after, *sides))
            used += 1
        start += len(p.atoms)
    right = [zero] * len(rows) + list(fit)
    columns = [column for p in chosen for column in p.columns]
    rows += [(*row, *(zero,) * slack) for row in transpose(columns)]
    for v in slice_vertices(rows, right):
        branches, start = [], 0
        for p in chosen:
            branches.append(p.config(v[start : start + len(p.atoms)]))
            start += len(p.atoms)
        yield tuple(branches)


@dataclass(frozen=True)
class Cover:
    """The vertices of the pieces as rays of branches, and which of them make the fit.

    Every optimal network is a mixture of these rays, those of one branch in one piece and
    on at most k inner atoms. ``supports`` are the vertices of the polytope of all mixtures
    of rays with at most k atoms that make the fit; the least number of branches is reached
    at one of them.
    """

    pieces: tuple[Piece, ...]
    fit: Scalars
    k: int | None

    @cached_property
    def rays(self) -> tuple[tuple[Config, Scalars], ...]:
        """The vertices with at most k atoms: branch and output, each once."""
        found: dict[Config, Scalars] = {}
        for p in self.pieces:
            for v in p.vertices:
                branch = p.config(v)
                if self.k is None or len(branch[1]) <= self.k:
                    found.setdefault(branch, p.output(v))
        return tuple(found.items())

    @cached_property
    def supports(self) -> tuple[tuple[int, ...], ...]:
        """The supports of the vertices, as places of rays."""
        columns = [output for _, output in self.rays]
        if not columns:
            return ()
        found = slice_vertices(transpose(columns), self.fit)
        return tuple(sorted({tuple(i for i, x in enumerate(v) if sign(x)) for v in found}))

    @cached_property
    def used(self) -> tuple[Scalars, ...]:
        """The outputs of the rays of which some mixture makes the fit, each once."""
        places = sorted({i for support in self.supports for i in support})
        return tuple(dict.fromkeys(self.rays[i][1] for i in places))

    @cached_property
    def homes(self) -> tuple[int, ...]:
        """The pieces of each ray, as bits."""
        return tuple(
            sum(1 << j for j, p in enumerate(self.pieces) if p.contains(branch))
            for branch, _ in self.rays
        )

    @cached_property
    def labels(self) -> tuple[frozenset[Label], ...]:
        """The inner atoms of each ray."""
        return tuple(frozenset(label for label, _ in branch[1]) for branch, _ in self.rays)

    def fits_one(self, group: Sequence[int]) -> bool:
        """Return whether some rays fit in one branch."""
        home = -1
        atoms: frozenset[Label] = frozenset()
        for i in group:
            home &= self.homes[i]
            atoms |= self.labels[i]
        return bool(home) and (self.k is None or len(atoms) <= self.k)

    def branches(self, support: Sequence[int]) -> int:
        """Return the least number of branches that hold some rays."""
        if not support:
            return 0
        first, rest = support[0], support[1:]
        best = len(support)
        for size in range(len(rest), -1, -1):
            for others in combinations(rest, size):
                if self.fits_one((first, *others)):
                    left = tuple(i for i in rest if i not in others)
                    best = min(best, 1 + self.branches(left))
        return best

    @cached_property
    def m_star(self) -> int | None:
        """The least number of branches of an optimal network; None where there is none."""
        return min(map(self.branches, self.supports), default=None)
