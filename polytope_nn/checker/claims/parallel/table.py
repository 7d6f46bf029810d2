"""Claim *table*: least widths, components and isolated points in both widths (P9-P11).

From r(k) + 1 branches on (r(k) the rank of the branches with at most k inner neurons) all
optimal networks are joined. Below, the vertices of the cells are nodes: two are joined when
their branches lie in the same pieces and no slot holds two different atoms. A branch with an
empty slot reaches all arrangements of its neurons, and a network with an empty branch all of
its branches and neurons: so these are told apart in full branches and networks only.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import factorial, prod

from ...kernel.numbers import Vector, zero
from ...kernel.reading import Json, array, record, require, whole
from ..dual import Atoms
from ..polytope import Held, dimension
from .branches import branches, optimal_branches
from .cells import (
    MOST,
    WHERE,
    Branches,
    Network,
    follows,
    networks,
    outputs,
    share,
    support,
)
from .leaves import Layers
from .pieces import Piece

NODES = 10_000  # of a count


@dataclass
class Complex:
    """The graph of the vertices of the optimal networks of m branches, k neurons in each."""

    B: Branches
    homes: Sequence[int]
    found: Sequence[Network]
    k: int

    def full(self, b: int) -> bool:
        """Return whether the arrangements of a branch are told apart."""
        return len(self.B.listed[b][1]) == self.k

    @property
    def size(self) -> int:
        """The number of nodes."""
        total = 0
        for network in self.found:
            same = prod(map(factorial, Counter(network).values()))
            spread = prod(factorial(self.k) for b in network if self.full(b))
            total += factorial(len(network)) // same * spread
        return total

    @cached_property
    def nodes(self) -> list[tuple[tuple[int, int], ...]]:
        """The nodes: branches in order, each with its arrangement."""
        made = []
        for network in self.found:
            for order in orders(network):
                self.B.D.clock.tick()
                ways = [range(factorial(self.k) if self.full(b) else 1) for b in order]
                made += [tuple(zip(order, way, strict=True)) for way in product(*ways)]
        return made

    def friends(self, b: int, other: int) -> bool:
        """Return whether two branches share a piece, and slots for the atoms of both."""
        one, two = support(self.B.listed[b]), support(self.B.listed[other])
        return bool(self.homes[b] & self.homes[other]) and len({*one, *two}) <= self.k

    def near(self, place: int) -> dict[tuple[int, int], int]:
        """Return for each branch and arrangement the nodes that agree with it at a place."""
        holds: dict[tuple[int, int], int] = {}
        for i, node in enumerate(self.nodes):
            holds[node[place]] = holds.get(node[place], 0) | 1 << i
        by_branch: dict[int, list[tuple[int, int]]] = {}
        for b, way in holds:
            by_branch.setdefault(b, []).append((b, way))
        agree: dict[tuple[int, int], int] = dict.fromkeys(holds, 0)
        for b, mine in by_branch.items():
            for other, theirs in by_branch.items():
                self.B.D.clock.tick()
                if self.friends(b, other):
                    told = self.full(b) and self.full(other)
                    for one in mine:
                        for two in theirs:
                            if not told or one[1] == two[1]:
                                agree[one] |= holds[two]
        return agree

    def parts(self) -> Iterator[int]:
        """Yield the components as bits of nodes."""
        nodes, tick = self.nodes, self.B.D.clock.tick
        agree = [self.near(j) for j in range(len(nodes[0]))]
        orbits: dict[Network, int] = {}
        keys = [tuple(sorted(b for b, _ in node)) for node in nodes]
        for i, key in enumerate(keys):
            orbits[key] = orbits.get(key, 0) | 1 << i
        left = (1 << len(nodes)) - 1
        while left:
            part, waiting = 0, left & -left
            while waiting:
                tick()
                low = waiting & -waiting
                i = low.bit_length() - 1
                part |= low
                met = left
                for j, place in enumerate(nodes[i]):
                    met &= agree[j][place]
                if not keys[i][0]:
                    met |= orbits[keys[i]]
                waiting = (waiting | met) & ~part
            left &= ~part
            yield part

    def counts(self) -> list[Json]:
        """Return the numbers of components and of isolated points.

        A point is isolated iff it is alone and all of its slots are in use.
        """
        parts = list(self.parts())
        single = [self.nodes[p.bit_length() - 1] for p in parts if not p & (p - 1)]
        points = sum(all(self.full(b) for b, _ in node) for node in single)
        return [len(parts), points]


def orders(network: Network) -> Iterator[Network]:
    """Yield the orders of the branches of a network, each once, in increasing order."""
    order = sorted(network)
    while True:
        yield tuple(order)
        falls = range(len(order) - 2, -1, -1)
        i = next((i for i in falls if order[i] < order[i + 1]), None)
        if i is None:
            return
        j = next(j for j in range(len(order) - 1, i, -1) if order[i] < order[j])
        order[i], order[j] = order[j], order[i]
        order[i + 1 :] = order[:i:-1]


def rays(L: Layers, atoms: Atoms, pieces: Sequence[Piece], k: int) -> Held:
    """Return the outputs of the vertices with at most k atoms."""
    found: list[Vector] = []
    for p in pieces:
        shares = dict(zip(p.atoms, outputs(atoms, p), strict=True))
        for _, masses in p.vertices:
            if len(masses) <= k:
                total: Vector = [Fraction(0)] * L.D.n
                for a, c in masses:
                    total = [s + c * t for s, t in zip(total, shares[a], strict=True)]
                found.append(total)
    return Held(found, atoms.common)


@dataclass
class Counted:
    """What the table rests on: the vertices of cells of M branches, and ranks."""

    L: Layers
    target: tuple[Vector, Vector]
    atoms: Atoms
    pieces: Sequence[Piece]
    read: Json

    @cached_property
    def M(self) -> int:
        """The number of branches of the cells."""
        return whole(self.read["branches"], WHERE, 0, MOST)

    @cached_property
    def B(self) -> Branches:
        """The branches of the vertices."""
        return Branches(self.L.D, self.atoms, self.pieces)

    @cached_property
    def found(self) -> set[Network]:
        """The vertices."""
        return networks(self.B, self.target[1], self.M, self.read["cells"])

    @cached_property
    def homes(self) -> list[int]:
        """The pieces of each branch."""
        return self.B.homes() if self.found else []

    def of(self, m: int, k: int) -> list[Network]:
        """Return the vertices of m branches of at most k atoms."""
        spare = self.M - m
        return sorted(
            x[spare:]
            for x in self.found
            if not any(x[:spare]) and all(len(self.B.listed[b][1]) <= k for b in x)
        )

    def least(self, k: int) -> int | None:
        """Return m*(k): below it no cell has a vertex; None where it is not shown."""
        first = next((m for m in range(1, self.M + 1) if self.of(m, k)), None)
        read = self.read["networks"][k - 1]
        if first is not None or read is None:
            return first
        shown = branches(Layers(self.L.D, k), self.atoms, read, WHERE)
        optimal_branches(self.L, self.target, self.atoms, shown, WHERE)
        require(len(shown) == self.M + 1, WHERE, "a network has not M + 1 branches")
        return self.M + 1

    def rank(self, k: int) -> int | None:
        """Return r(k); None where it is not shown."""
        read = self.read["ranks"][k - 1]
        if read is None:
            return None
        columns = rays(self.L, self.atoms, self.pieces, k)
        return dimension(self.L.D, columns, [(1 << len(columns)) - 1], read)[0]

    def step(self, m: int, k: int, least: int | None, rank: int | None) -> Json:
        """Return components and isolated points; None where they are not counted."""
        if least is not None and rank is not None and m > max(rank, least - 1):
            return [1, 0]
        if m > self.M:
            return None
        of = self.of(m, k)
        if not of:
            return [0, 0]
        graph = Complex(self.B, self.homes, of, k)
        return graph.counts() if graph.size <= NODES else None


def table(
    L: Layers,
    target: tuple[Vector, Vector],
    listed: tuple[Atoms, Sequence[Piece]],
    claim: Json,
    witness: Json,
) -> list[int | None]:
    """Prove the table: least widths by k, and for every m the counts by k.

    Null is said of what is not counted, and of inner widths for which kappa is not proved. Return
    M*(k) where the fit is 0.
    """
    where = "claims.table"
    height = whole(claim["branches"], where, 1, MOST)
    width = whole(claim["inner"], where, 1, MOST)
    record(witness, "branches cells networks ranks", WHERE)
    for name in ("networks", "ranks"):
        array(witness[name], WHERE, width)
    of = Counted(L, target, *listed, witness)
    stated: dict[str, list[Json]] = {"m_star": [], "columns": []}
    nothing = all(map(zero, target[1]))  # then the zero network is alone
    for k in range(1, width + 1):
        least: int | None = None
        column: list[Json] = [None] * height
        if L.limited and not L.holds(k):
            pass
        elif nothing:
            least, column = 0, [[1, 1]] * height
        else:
            least, rank = of.least(k), of.rank(k)
            column = [of.step(m, k, least, rank) for m in range(1, height + 1)]
        stated["m_star"].append(least)
        stated["columns"].append(column)
    follows(claim, stated)
    return [0 if least == 0 else None for least in stated["m_star"]]


def most(
    L: Layers,
    target: tuple[Vector, Vector],
    listed: tuple[Atoms, Sequence[Piece]],
    claim: Json,
    told: Sequence[int | None],
) -> None:
    """Prove M*(k) where the table tells it, or a network of as many branches as their rank.

    Its branches are independent, and no more optimal ones are (D17).
    """
    where, size = "claims.most", len(told)
    read = [array(claim[name], where, size) for name in ("M_star", "networks", "ranks")]
    for k, (stated, network, rank) in enumerate(zip(*read, strict=True), 1):
        if network is None:
            known = stated is None or (type(stated) is int and stated == told[k - 1])
            require(known and rank is None, where, "M*(k) is claimed without a network")
            continue
        fine = not L.path_costs and (L.holds(k) or not L.limited)
        require(fine, where, "kappa is not proved for this inner width")
        shown = branches(Layers(L.D, k), listed[0], network, where)
        optimal_branches(L, target, listed[0], shown, where)
        columns = [share(L, listed[0], b) for b in shown]
        columns += rays(L, *listed, k).columns
        held = Held(columns, listed[0].common)
        ranks = dimension(L.D, held, [(1 << len(shown)) - 1], rank)[:2]
        right = ranks == (len(shown), len(shown)) and whole(stated, where) == len(shown)
        require(right, where, "M*(k) is not the rank of all optimal branches")
