"""The staircase in two widths: components of the optimal networks of m branches of k neurons.

The optimal networks are a union of polytopes, glued where slots are empty (three-layer P9): two
vertices are joined when their branches fit the same pieces and no slot holds two different
atoms. Vertices are nodes of a graph, taken by orbits where that is free: a branch with an empty
inner slot reaches all arrangements of its inner neurons, a network with an empty branch all of its
branches and inner neurons (P10), so inner arrangements are told apart in full branches only.
With ``k >= r_in + 1`` inner slots they do not matter at all (P11).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations_with_replacement, permutations, product
from math import comb, factorial

from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import sign
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import optimal_polytope

from .cells import Cover, cell_vertices
from .optimum import ParallelOptimum
from .pieces import NOTHING, Config, Piece, pieces
from .tree import Tree

__all__ = ["TwoWidths", "WidthStep", "two_widths"]

_CELLS = 4000  # choices of pieces whose vertices are listed
_NODES = 60_000  # of the graph
_RAYS = 48  # of the pieces, for the least number of branches
_MOST_BRANCHES, _MOST_INNER = 3, 4  # of a table whose size is not asked for

Node = tuple[tuple[int, int], ...]  # for each branch: the branch, its arrangement


@dataclass(frozen=True)
class WidthStep:
    """The optimal networks of m branches with k inner neurons.

    ``components`` and ``isolated`` count components and isolated points, permutations
    included; both are 0 below m*(k), and None where ``refused`` says why.
    """

    m: int
    k: int
    components: int | None
    isolated: int | None
    refused: str = ""


@dataclass(frozen=True)
class TwoWidths:
    """The staircase of a three-layer optimum in both widths (P9-P11)."""

    optimum: ParallelOptimum
    _listed: dict[int | None, tuple[Piece, ...]] = field(default_factory=dict, compare=False)

    @cached_property
    def limited(self) -> bool:
        """Whether kappa is proved for the inner width of the problem only."""
        return any(leaf.excluded for leaf in self.optimum.leaves)

    def pieces(self, k: int) -> tuple[Piece, ...]:
        """Return the pieces for inner width k; none where kappa is not feasible for it."""
        O = self.optimum
        given = O.problem.inner_width
        if not self.limited or given is None or k <= given:
            return O.pieces
        if k not in self._listed:
            tree = Tree(O.blocks, O.kappa, O.problem.unit_beta_squared, k, O.limits)
            try:
                self._listed[k] = pieces(tree.leaves, O.kappa)
            except NotOptimal:
                self._listed[k] = ()
        return self._listed[k]

    @cached_property
    def one_sign(self) -> bool:
        """Whether kappa has one sign: then mk neurons of two layers decide (P8)."""
        signs = {sign(x) for x in self.optimum.kappa} - {0}
        zeros = any(not sign(x) for x in self.optimum.kappa)
        return len(signs) == 1 and not zeros and self.optimum.two_layer is not None

    @cached_property
    def flat(self) -> Staircase | None:
        """The two-layer staircase; None where the two-layer optimum is another."""
        O = self.optimum.two_layer
        return None if O is None else optimal_polytope(O, limits=self.optimum.limits).staircase

    def cover(self, k: int) -> Cover:
        """Return the rays of branches with k inner neurons."""
        return Cover(self.pieces(k), self.optimum.fit, k)

    def rank(self, k: int) -> int:
        """Return r(k), the rank of the outputs of optimal branches with k inner neurons."""
        outputs = [output for _, output in self.cover(k).rays]
        return rank(outputs) if outputs else 0

    @cached_property
    def inner_rank(self) -> int:
        """r_in, the largest rank of the inner atoms of a piece."""
        return max((p.rank for p in self.optimum.pieces), default=0)

    def m_star(self, k: int) -> int | None:
        """Return m*(k); None where kappa is not optimal for inner width k.

        Raises
        ------
        Undecided
            When there are too many vertices of pieces to look at.
        """
        if self.optimum.vanishes:
            return 0
        if self.flat is not None and (self.one_sign or k == 1):
            return -(-self.flat.m_star // k)
        cover = self.cover(k)
        if len(cover.rays) > _RAYS:
            raise Undecided(f"m*({k}): {len(cover.rays)} vertices of pieces, more than {_RAYS}")
        return cover.m_star

    def __getitem__(self, widths: tuple[int, int]) -> WidthStep:
        """Return the step at m branches and k inner neurons.

        Raises
        ------
        DimensionError
            When kappa is not optimal for inner width k, or a width is not positive.
        """
        m, k = widths
        if m < 1 or k < 1:
            raise DimensionError(f"widths {m} and {k}: both must be at least 1")
        try:
            least = self.m_star(k)
            if least is None:
                raise DimensionError(f"inner width {k}: kappa is not optimal for it")
            return self._counted(m, k, least)
        except Undecided as reason:
            return WidthStep(m, k, None, None, str(reason))

    def _counted(self, m: int, k: int, least: int) -> WidthStep:
        if self.optimum.vanishes:
            return WidthStep(m, k, 1, 1)
        if m < least:
            return WidthStep(m, k, 0, 0)
        if self.flat is not None and (self.one_sign or k == 1):
            step = self.flat[m * k]
            return WidthStep(m, k, step.components, step.isolated)
        if m >= self.rank(k) + 1:
            return WidthStep(m, k, 1, 0)  # T7.5, and no isolated point beyond M*(k)
        return _Complex(self.pieces(k), self.optimum, m, k, k > self.inner_rank).step

    def table(self, branches: int | None = None, inner: int | None = None) -> list[WidthStep]:
        """Return the steps of a rectangle of widths, without the k that have none.

        Its default size is up to where the networks are connected, at most 3 by 4.
        """
        least = {k: self._least(k) for k in range(1, (inner or _MOST_INNER) + 1)}
        if inner is None:
            widest = max([*self._smallest(least), min(self.inner_rank + 1, _MOST_INNER), 1])
            least = {k: t for k, t in least.items() if k <= widest}
        rows: list[WidthStep] = []
        for m in range(1, (branches or _MOST_BRANCHES) + 1):
            row = [self[m, k] for k, t in least.items() if t is not None]
            rows += row
            if branches is None and row and all(s.components == 1 for s in row):
                break
        return rows

    def _least(self, k: int) -> int | None:
        """Return m*(k), 1 where it is not decided."""
        try:
            return self.m_star(k)
        except Undecided:
            return 1

    @staticmethod
    def _smallest(least: dict[int, int | None]) -> list[int]:
        """Return the least k for which kappa is optimal, in a list, or nothing."""
        return [k for k, t in least.items() if t is not None][:1]


def two_widths(optimum: ParallelOptimum) -> TwoWidths:
    """Return the staircase of a three-layer optimum in both widths.

    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)
    >>> S = two_widths(parallel_optimum(D))
    >>> [(s.m, s.k, s.components, s.isolated) for s in S.table(2, 2)]
    [(1, 1, 0, 0), (1, 2, 4, 4), (2, 1, 4, 4), (2, 2, 1, 0)]
    """
    return TwoWidths(optimum)


@dataclass(frozen=True)
class _Complex:
    """The graph of the vertices of the optimal networks, inner arrangements by orbits."""

    pieces: tuple[Piece, ...]
    optimum: ParallelOptimum
    m: int
    k: int
    saturated: bool

    @cached_property
    def branches(self) -> dict[Config, int]:
        """The branches met, by their places; the empty one is first."""
        return {NOTHING: 0}

    @cached_property
    def networks(self) -> list[tuple[int, ...]]:
        """The vertices as sorted tuples of branches, each once."""
        p, m = len(self.pieces), self.m
        if comb(p + m - 1, m) > _CELLS:
            raise Undecided(
                f"components at ({m}, {self.k}): {comb(p + m - 1, m)} choices of pieces, "
                f"more than {_CELLS}"
            )
        found: dict[tuple[int, ...], None] = {}
        for chosen in combinations_with_replacement(self.pieces, m):
            for vertex in cell_vertices(chosen, self.optimum.fit):
                if self.saturated or all(len(b[1]) <= self.k for b in vertex):
                    places = (self.branches.setdefault(b, len(self.branches)) for b in vertex)
                    found[tuple(sorted(places))] = None
        return list(found)

    def full(self, branch: Config) -> bool:
        """Return whether the inner arrangements of a branch are told apart."""
        return not self.saturated and len(branch[1]) == self.k

    @cached_property
    def nodes(self) -> list[Node]:
        """The nodes: branches in order, and the arrangement of each full one."""
        networks, listed = self.networks, list(self.branches)
        arrangements = [factorial(self.k) if self.full(b) else 1 for b in listed]
        found: list[Node] = []
        for network in networks:
            for order in sorted(set(permutations(network))):
                spread = product(*(range(arrangements[b]) for b in order))
                found += (tuple(zip(order, chosen, strict=True)) for chosen in spread)
                if len(found) > _NODES:
                    raise Undecided(
                        f"components at ({self.m}, {self.k}): more than {_NODES} nodes"
                    )
        return found

    @cached_property
    def friends(self) -> list[list[int]]:
        """For each branch the branches with which it can share a cell."""
        listed = list(self.branches)
        homes = [
            sum(1 << j for j, p in enumerate(self.pieces) if p.contains(b)) for b in listed
        ]
        atoms = [frozenset(label for label, _ in b[1]) for b in listed]
        return [
            [
                j
                for j in range(len(listed))
                if homes[i] & homes[j]
                and (self.saturated or len(atoms[i] | atoms[j]) <= self.k)
            ]
            for i in range(len(listed))
        ]

    @cached_property
    def step(self) -> WidthStep:
        """The counts: components of the graph, and those that are one full node."""
        parts = list(self._parts())
        listed = list(self.branches)
        single = [part for part in parts if part & (part - 1) == 0]
        isolated = sum(
            all(self.full(listed[b]) for b, _ in self.nodes[part.bit_length() - 1])
            for part in single
        )
        return WidthStep(self.m, self.k, len(parts), isolated)

    def _parts(self) -> Iterator[int]:
        """Yield the components as bitmasks of nodes."""
        nodes, listed = self.nodes, list(self.branches)
        holds: list[dict[tuple[int, int], int]] = [{} for _ in range(self.m)]
        orbits: dict[tuple[int, ...], int] = {}
        for i, node in enumerate(nodes):
            for j, slot in enumerate(node):
                holds[j][slot] = holds[j].get(slot, 0) | 1 << i
            if any(b == 0 for b, _ in node):
                key = tuple(sorted(b for b, _ in node))
                orbits[key] = orbits.get(key, 0) | 1 << i
        allowed: dict[tuple[int, int, int], int] = {}
        for j in range(self.m):
            every = {}
            for (b, o), mask in holds[j].items():
                every.setdefault(b, {})[o] = mask
            for b, o in holds[j]:
                mask = 0
                for other in self.friends[b]:
                    for p, part in every.get(other, {}).items():
                        both = self.full(listed[b]) and self.full(listed[other])
                        mask |= part if not both or p == o else 0
                allowed[j, b, o] = mask
        left = (1 << len(nodes)) - 1
        while left:
            part, waiting = 0, left & -left
            while waiting:
                low = waiting & -waiting
                i = low.bit_length() - 1
                part |= low
                node = nodes[i]
                near = left
                for j, (b, o) in enumerate(node):
                    near &= allowed[j, b, o]
                if any(b == 0 for b, _ in node):
                    near |= orbits[tuple(sorted(b for b, _ in node))]
                waiting = (waiting | near) & ~part
            left &= ~part
            yield part
