"""The table of both widths and what it rests on: cells of M branches, ranks, networks (P9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb, factorial, prod
from typing import TypeAlias

from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Json, canonical, written
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.parallel.counts.widths import TwoWidths

from .choices import Choice, Conditioned, Member

__all__ = ["Table", "branch_json"]

Branch: TypeAlias = tuple[int, tuple[tuple[int, Scalar], ...]]
"""The sign of a branch, and the places and masses of its inner atoms."""
EMPTY: Branch = (0, ())

NODES = 10_000  # of a count that the checker makes
_CELLS, _VERTICES, _COLUMNS = 60, 1500, 60  # of the cells that are listed


@dataclass(frozen=True)
class Table:
    """The claim about rows 1..height and columns 1..width, with its witness."""

    S: TwoWidths
    homes: tuple[Choice, ...]
    height: int
    width: int
    _listed: dict[int, list[Conditioned]] = field(default_factory=dict, compare=False)
    _found: dict[int, set[tuple[Branch, ...]]] = field(default_factory=dict, compare=False)

    @property
    def fit(self) -> Scalars:
        """What every optimal network fits."""
        return self.S.optimum.fit

    @cached_property
    def least(self) -> list[int | None]:
        """m*(k) as the finder has it; None where it is not decided or kappa is not optimal."""
        return [self._least(k) for k in range(1, self.width + 1)]

    def _least(self, k: int) -> int | None:
        inner = self.S.optimum.problem.inner_width
        if self.S.limited and inner is not None and k > inner:
            return None
        try:
            return self.S.m_star(k)
        except Undecided:
            return None

    @cached_property
    def undecided(self) -> bool:
        """Whether some least width is left open: then nothing is counted."""
        try:
            for k in range(1, self.width + 1):
                self.S.m_star(k)
        except Undecided:
            return True
        return False

    @cached_property
    def ranks(self) -> list[int | None]:
        """r(k) where there is an optimal network."""
        return [
            self.S.rank(k) if least is not None else None
            for k, least in enumerate(self.least, 1)
        ]

    @cached_property
    def M(self) -> int:
        """The number of branches of the cells: as many as are counted, and have room."""
        if self.S.optimum.vanishes or self.undecided:
            return 0
        known = zip(self.least, self.ranks, strict=True)
        last = [max(m - 1, r) for m, r in known if m is not None and r is not None]
        wanted = min(self.height, max(last, default=0))
        while wanted and not self._has_room(wanted):
            wanted -= 1
        return wanted

    def _has_room(self, m: int) -> bool:
        """Return whether the cells of m branches are few and small."""
        largest = max(len(member.atoms) for member in self.members)
        if comb(len(self.members) + m - 1, m) > _CELLS or m * largest > _COLUMNS:
            return False
        return sum(len(c.vertices) for c in self._cells(m)) <= _VERTICES

    @cached_property
    def members(self) -> list[Member]:
        """The pieces, on the atoms in use, with what each adds to the fit."""
        return [_member(c) for c in self.homes]

    def _cells(self, m: int) -> list[Conditioned]:
        """Return the polytopes of all choices of m pieces."""
        if m not in self._listed:
            every = combinations_with_replacement(self.members, m)
            self._listed[m] = [Conditioned(cell, self.fit) for cell in every]
        return self._listed[m]

    @cached_property
    def networks(self) -> set[tuple[Branch, ...]]:
        """The vertices of the cells of M branches, branches in order, the empty one first."""
        return self._vertices(self.M)

    def _vertices(self, m: int) -> set[tuple[Branch, ...]]:
        """Return the vertices of the cells of m branches."""
        if m in self._found:
            return self._found[m]
        found = self._found[m] = set()
        cells = combinations_with_replacement(range(len(self.members)), m)
        for cell, G in zip(cells, self._cells(m), strict=True):
            for v in G.vertices:
                pairs = zip(cell, G.masses(v), strict=True)
                branches = [
                    (self.homes[j].sigma, tuple(own)) if own else EMPTY for j, own in pairs
                ]
                found.add(tuple(sorted(branches, key=_text)))
        return found

    def of(self, m: int, k: int) -> list[tuple[Branch, ...]]:
        """Return the vertices of m <= M branches of at most k atoms."""
        spare = self.M - m
        return [
            x[spare:]
            for x in self.networks
            if all(b == EMPTY for b in x[:spare]) and all(len(b[1]) <= k for b in x)
        ]

    def shown(self, k: int) -> tuple[Branch, ...] | None:
        """Return a network of M + 1 branches where the cells have none of k inner neurons."""
        least = self.least[k - 1]
        if least != self.M + 1 or self.S.optimum.vanishes or self.undecided:
            return None
        if not self._has_room(self.M + 1):
            return None
        fits = (x for x in self._vertices(self.M + 1) if all(len(b[1]) <= k for b in x))
        return min(fits, key=lambda x: list(map(_text, x)))

    def claimed(self) -> tuple[list[Json], list[Json]]:
        """Return the claim: least widths, and for each k the counts of all m."""
        shown, counts = list[Json](), list[Json]()
        for k, least in enumerate(self.least, 1):
            told = least is not None and (least <= self.M or self.shown(k) is not None)
            if self.S.optimum.vanishes and least is not None:
                told = True
            shown.append(least if told else None)
            column = [self._step(m, k, told=told) for m in range(1, self.height + 1)]
            counts.append(list[Json](column))
        return shown, counts

    def _step(self, m: int, k: int, *, told: bool) -> Json:
        """Return the counts that the finder has, where the checker will confirm them."""
        if self.S.limited and (self.S.optimum.problem.inner_width or k) < k:
            return None
        if self.S.optimum.vanishes:
            return [1, 1]
        rank, least = self.ranks[k - 1], self.least[k - 1]
        if m > self.M and not (told and rank is not None and m > rank):
            return None
        if least is None:
            return [0, 0]
        step = self.S[m, k]
        if m <= self.M and rank is not None and m <= max(rank, least - 1):
            graph = [nodes(x, k) for x in self.of(m, k)]
            if sum(graph) > NODES:
                return None
        return [step.components, step.isolated]

    def witness(self) -> dict[str, Json]:
        """Return cells, networks of M + 1 branches, and ranks by inner width."""
        cells: list[Json] = [c.witness() for c in self._cells(self.M)] if self.M else []
        networks: list[Json] = []
        ranks: list[Json] = []
        for k in range(1, self.width + 1):
            shown = self.shown(k)
            networks.append(None if shown is None else [branch_json(b) for b in shown])
            ranks.append(self._rank(k) if self.M and self.least[k - 1] else None)
        return {"branches": self.M, "cells": cells, "networks": networks, "ranks": ranks}

    def _rank(self, k: int) -> Json:
        """Return a basis of the outputs of vertices of at most k atoms."""
        return self.basis(k)

    def basis(self, k: int, first: Sequence[Scalars] = ()) -> Json:
        """Return a basis of them and of others that come first, the first ones in it."""
        outputs: list[Scalars] = [*first]
        for c, member in zip(self.homes, self.members, strict=True):
            shares = dict(zip(member.places, member.shares, strict=True))
            for v in c.polytope.vertices:
                (own,) = c.polytope.masses(v)
                if len(own) <= k:
                    masses, columns = [x for _, x in own], [shares[a] for a, _ in own]
                    outputs.append(tuple(dot(masses, row) for row in transpose(columns)))
        used = (1 << (len(first) or len(outputs))) - 1
        return dict(rank_witness([used], outputs, len(self.fit)))


def _member(c: Choice) -> Member:
    """Return a piece on the atoms in use."""
    named = dict(zip(c.places, c.atoms, strict=True))
    shares = [
        tuple(
            t * c.sigma if i in c.kept else Fraction(0)
            for i, t in enumerate(named[a].feature)
        )
        for a in c.used
    ]
    return Member(tuple(named[a] for a in c.used), tuple(c.used), c.signs, tuple(shares))


def nodes(network: Sequence[Branch], k: int) -> int:
    """Return the number of nodes that a vertex has in the checker's graph."""
    same = prod(map(factorial, Counter(network).values()))
    spread = prod(factorial(k) for b in network if len(b[1]) == k)
    return factorial(len(network)) // same * spread


def branch_json(b: Branch) -> Json:
    """Return a branch of a network: its sign, inner atoms and masses."""
    sigma, own = b
    weights: list[Json] = [written(c) for _, c in own]
    return {"sign": sigma, "support": [a for a, _ in own], "weights": weights}


def _text(b: Branch) -> str:
    return canonical(branch_json(b)) if b != EMPTY else ""
