"""The slot complex of optimal three-layer networks, as a graph of vertices (three-layer P9).

The optimal networks are a union of polytopes, glued where slots are empty: two vertices are
joined when their branches fit the same pieces and no slot holds two different atoms.
Vertices are taken by orbits where that is free: a branch with an empty inner slot reaches
all arrangements of its inner neurons, a network with an empty branch all of its branches
and inner neurons (P10), so inner arrangements are told apart in full branches only. With
``k >= r_in + 1`` inner slots they do not matter at all (P11). Sets of nodes are bitmasks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, permutations, product
from math import comb, factorial
from typing import ClassVar

from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.limits import width_of
from polytope_nn.parallel.pieces import NOTHING, Config, Label, Piece
from polytope_nn.wording import shown

from .cells import cell_vertices

__all__ = ["SlotComplex", "WidthStep", "asked_widths"]

_CELLS = 4000  # choices of pieces whose vertices are listed
_NODES = 60_000  # of the graph

Node = tuple[tuple[int, int], ...]  # for each branch: the branch, its arrangement


@dataclass(frozen=True)
class WidthStep:
    """The optimal networks of m branches with k inner neurons.

    ``components`` and ``isolated`` count components and isolated points, permutations
    included; both are 0 below m*(k), and None where ``refused`` says why. ``classes`` counts the
    components that are no points up to permutations of branches and inner neurons, None
    where that is not counted.
    """

    m: int
    k: int
    components: int | None
    isolated: int | None
    classes: int | None = None
    refused: str = ""


def asked_widths(widths: Sequence[int], most: int | None = None) -> tuple[int, int]:
    """Return numbers m and k of branches and inner neurons; refuse what is none.

    >>> asked_widths((2, 3))
    (2, 3)
    >>> asked_widths((200, 3), 100)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: widths: 200, 3: give at most 100
    """
    try:
        m, k = widths
    except (TypeError, ValueError):
        raise InstanceError(f"widths: {shown(widths)}: give a pair (m, k)") from None
    m, k = width_of(m, 1), width_of(k, 1)
    if most is not None and max(m, k) > most:
        raise InstanceError(f"widths: {m}, {k}: give at most {most}")
    return m, k


@dataclass(frozen=True)
class SlotComplex:
    """The graph of the vertices of the optimal networks, inner arrangements by orbits."""

    pieces: tuple[Piece, ...]
    fit: Scalars
    m: int
    k: int
    saturated: bool
    most_cells: ClassVar[int] = _CELLS

    @cached_property
    def branches(self) -> dict[Config, int]:
        """The branches met, by their places; the empty one is first."""
        return {NOTHING: 0}

    @cached_property
    def networks(self) -> list[tuple[int, ...]]:
        """The vertices as sorted tuples of branches, each once."""
        self.within_limits()
        m = self.m
        found: dict[tuple[int, ...], None] = {}
        for chosen in combinations_with_replacement(self.pieces, m):
            for vertex in cell_vertices(chosen, self.fit):
                if self.saturated or all(len(b[1]) <= self.k for b in vertex):
                    places = (
                        self.branches.setdefault(b, len(self.branches)) for b in vertex
                    )
                    found[tuple(sorted(places))] = None
        return list(found)

    def within_limits(self) -> None:
        """Raise Undecided where there are too many cells."""
        p, m = len(self.pieces), self.m
        if comb(p + m - 1, m) > self.most_cells:
            raise Undecided(
                f"components at ({m}, {self.k}): {comb(p + m - 1, m)} choices of pieces, "
                f"more than {self.most_cells}"
            )

    @cached_property
    def atoms(self) -> list[frozenset[Label]]:
        """The inner atoms of each branch."""
        assert self.networks is not None  # it meets the branches
        return [frozenset(label for label, _ in b[1]) for b in self.branches]

    @cached_property
    def homes(self) -> list[int]:
        """The pieces that each branch lies in, as bits."""
        return [
            sum(1 << j for j, p in enumerate(self.pieces) if p.contains(b))
            for b in self.branches
        ]

    def full(self, b: int) -> bool:
        """Return whether the inner arrangements of a branch are told apart."""
        return not self.saturated and len(self.atoms[b]) == self.k

    @cached_property
    def nodes(self) -> list[Node]:
        """The nodes: branches in order, and the arrangement of each full one."""
        every = range(len(self.atoms))
        arrangements = [factorial(self.k) if self.full(b) else 1 for b in every]
        found: list[Node] = []
        for network in self.networks:
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
        atoms, homes = self.atoms, self.homes
        return [
            [
                j
                for j in range(len(atoms))
                if homes[i] & homes[j]
                and (self.saturated or len(atoms[i] | atoms[j]) <= self.k)
            ]
            for i in range(len(atoms))
        ]

    @cached_property
    def step(self) -> WidthStep:
        """The counts: components of the graph, and those that are one full node."""
        parts = list(self._parts())
        single = [part for part in parts if part & (part - 1) == 0]
        points = [
            part
            for part in single
            if all(self.full(b) for b, _ in self.nodes[part.bit_length() - 1])
        ]
        classes = self._classes([part for part in parts if part not in points])
        return WidthStep(self.m, self.k, len(parts), len(points), classes)

    def _classes(self, parts: Sequence[int]) -> int:
        """Return the number of components up to permutations: those of the same vertices."""
        firsts = set()
        for part in parts:
            left, least = part, None
            while left:
                low = left & -left
                left ^= low
                key = tuple(sorted(b for b, _ in self.nodes[low.bit_length() - 1]))
                least = key if least is None else min(least, key)
            firsts.add(least)
        return len(firsts)

    @cached_property
    def _allowed(self) -> dict[tuple[int, int, int], int]:
        """For each place, branch and arrangement the nodes that agree with it there, as bits."""
        holds: list[dict[int, dict[int, int]]] = [{} for _ in range(self.m)]
        for i, node in enumerate(self.nodes):
            for j, (b, o) in enumerate(node):
                at = holds[j].setdefault(b, {})
                at[o] = at.get(o, 0) | 1 << i
        allowed: dict[tuple[int, int, int], int] = {}
        for j, held in enumerate(holds):
            for b, o in [(b, o) for b, at in held.items() for o in at]:
                mask = 0
                for other in self.friends[b]:
                    both = self.full(b) and self.full(other)
                    for p, part in held.get(other, {}).items():
                        mask |= part if not both or p == o else 0
                allowed[j, b, o] = mask
        return allowed

    @cached_property
    def _orbits(self) -> dict[tuple[int, ...], int]:
        """The nodes of each vertex with an empty branch, as bits: they are joined (P10)."""
        orbits: dict[tuple[int, ...], int] = {}
        for i, node in enumerate(self.nodes):
            key = tuple(sorted(b for b, _ in node))
            if key[0] == 0:
                orbits[key] = orbits.get(key, 0) | 1 << i
        return orbits

    def _parts(self) -> Iterator[int]:
        """Yield the components as bitmasks of nodes."""
        left = (1 << len(self.nodes)) - 1
        while left:
            part, waiting = 0, left & -left
            while waiting:
                low = waiting & -waiting
                node = self.nodes[low.bit_length() - 1]
                part |= low
                near = left
                for j, (b, o) in enumerate(node):
                    near &= self._allowed[j, b, o]
                near |= self._orbits.get(tuple(sorted(b for b, _ in node)), 0)
                waiting = (waiting | near) & ~part
            left &= ~part
            yield part
