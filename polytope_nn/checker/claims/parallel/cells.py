"""The vertices of the optimal networks of M branches, complete; those of equal parts (P9, P12).

For pieces p_1, ..., p_M the networks whose branch j lies in p_j are the polytope

    {c >= 0 : conditions of p_j on z_j,  sum_j output_j = fit};

with at most k inner neurons a branch its faces of at most k atoms a branch are used, and fewer
branches are its faces where some are empty.

Claim *table* with path costs: an optimal branch is a point of a piece, of k equal parts: its inner
neurons are a multiset of k atoms, in any order. Their outputs are columns, and the optimal networks
are the points of ``{c >= 0 : sum of the outputs = fit}``, as in two layers with an atom for each
order: two vertices are joined at m branches iff their supports have at most m atoms together (T8).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import factorial, prod

from ...kernel.numbers import Scalar, Vector, bits, members, same, sign, zero
from ...kernel.reading import Json, array, canonical, handed, record, require, whole
from ..dual import Atoms
from ..instance import Instance
from ..polytope import Held, extreme, vertices_of
from .leaves import Layers
from .pieces import Branch, Conditioned, Piece, output

WHERE = "witness.table"

Network = tuple[int, ...]  # the places of its branches, in order; the empty one is 0


@dataclass
class Branches:
    """The branches met in vertices, by their places: the empty one is first."""

    D: Instance
    atoms: Atoms
    pieces: Sequence[Piece]
    listed: list[Branch] = field(default_factory=lambda: [(0, ())])
    places: dict[str, int] = field(default_factory=dict)

    def place(self, sigma: int, masses: Sequence[tuple[int, Scalar, Json]]) -> int:
        """Return the place of a branch; one that is written differently is proved different."""
        if not masses:
            return 0
        text = canonical([sigma, [[a, written] for a, _, written in masses]])
        if text not in self.places:
            own = (sigma, tuple((a, c) for a, c, _ in masses))
            for other in self.listed:
                if other[0] == sigma and support(other) == support(own):
                    same(values(other), values(own))  # refused where it is not decided
            self.places[text] = len(self.listed)
            self.listed.append(own)
        return self.places[text]

    def homes(self) -> list[int]:
        """Return for each branch the pieces that it lies in, as bits."""
        return [
            bits(
                j
                for j, p in enumerate(self.pieces)
                if not b[1] or p.contains(self.D, self.atoms, b)
            )
            for b in self.listed
        ]


def support(b: Branch) -> tuple[int, ...]:
    """Return the atoms of a branch."""
    return tuple(a for a, _ in b[1])


def values(b: Branch) -> list[Scalar]:
    """Return the masses of a branch."""
    return [c for _, c in b[1]]


def networks(B: Branches, fit: Vector, M: int, witness: Json) -> set[Network]:
    """Return the vertices of all cells of M branches, proved complete."""
    D, found = B.D, set()
    shares = [outputs(B.atoms, p) for p in B.pieces]
    cells = combinations_with_replacement(range(len(B.pieces)), M)
    why = "a cell is missing", "there are more cells"
    for cell, read in handed(cells, witness, WHERE, *why):
        parts = [(B.pieces[j].atoms, B.pieces[j].signs, shares[j]) for j in cell]
        G = Conditioned(B.atoms, parts, D.n)
        for v in G.listed(D, fit, read, WHERE):
            of: list[list[tuple[int, Scalar, Json]]] = [[] for _ in cell]
            for j, a, c, text in v:
                of[j].append((a, c, text))
            placed = (
                B.place(B.pieces[j].sigma, own) for j, own in zip(cell, of, strict=True)
            )
            found.add(tuple(sorted(placed)))
    return found


def outputs(atoms: Atoms, p: Piece) -> list[Vector]:
    """Return what a mass 1 of each atom adds to the fit, ``common`` times."""
    return [
        [p.sigma * t if p.kept >> i & 1 else 0 for i, t in enumerate(atoms.reduced(a))]
        for a in p.atoms
    ]


MOST = 12  # rows and columns of a table
VERTICES = 1000  # of ordered atoms, in a count


def parts(L: Layers, atoms: Atoms, pieces: Sequence[Piece]) -> dict[Branch, list[int]]:
    """Return the branches of mass 1 of k equal parts, and how many of them each atom is."""
    found: dict[Branch, list[int]] = {}
    for p in pieces:
        for chosen in combinations_with_replacement(p.atoms, L.parts):
            L.D.clock.tick()
            times = Counter(chosen)
            masses = tuple((a, Fraction(t, L.parts)) for a, t in times.items())
            branch = (p.sigma, masses)
            if branch not in found and p.contains(L.D, atoms, branch):
                found[branch] = list(times.values())
                L.D.clock.hold(len(found) * (L.D.n + 8), 512, WHERE)
    return found


def share(L: Layers, atoms: Atoms, branch: Branch) -> Vector:
    """Return what a branch adds to the fit, ``common`` times."""
    sigma, masses = branch
    values: list[Scalar] = [output(L.D, atoms, masses, i) for i in range(L.D.n)]
    return [sigma * t if sign(t) > 0 else Fraction(0) for t in values]


@dataclass
class Ordered:
    """The supports of the vertices over atoms in every order, as bits."""

    L: Layers
    supports: Sequence[int]
    orders: Sequence[int]

    @property
    def size(self) -> int:
        """The number of these vertices."""
        return sum(prod(self.orders[i] for i in members(s)) for s in self.supports)

    def every(self) -> Iterator[int]:
        """Yield them."""
        starts, first = {}, 0
        for i in sorted({i for s in self.supports for i in members(s)}):
            starts[i], first = first, first + self.orders[i]
        for s in self.supports:
            at = members(s)
            for chosen in product(*(range(self.orders[i]) for i in at)):
                self.L.D.clock.tick()
                yield sum(1 << starts[i] + o for i, o in zip(at, chosen, strict=True))

    def column(self, height: int) -> list[Json]:
        """Return components and isolated points of 1, ..., height branches (T8).

        Null where there are too many vertices to be told apart.
        """
        least = min(s.bit_count() for s in self.supports)
        listed = list(self.every()) if self.size <= VERTICES else []
        found: list[Json] = []
        for m in range(1, height + 1):
            counted = self.counts(m, listed) if listed else None
            found.append([0, 0] if m < least else counted)
        return found

    def counts(self, m: int, listed: Sequence[int]) -> list[Json]:
        """Return components and isolated points of m branches."""
        points = factorial(m) * sum(s.bit_count() == m for s in listed)
        left = [s for s in listed if s.bit_count() < m]
        number = 0
        while left:
            number += 1
            waiting = [left.pop()]
            while waiting:
                self.L.D.clock.tick()
                one = waiting.pop()
                met = [s for s in left if (s | one).bit_count() <= m]
                left = [s for s in left if (s | one).bit_count() > m]
                waiting += met
        return [points + number, points]


def parts_table(
    L: Layers,
    target: tuple[Vector, Vector],
    listed: tuple[Atoms, Sequence[Piece]],
    claim: Json,
    witness: Json,
) -> list[int | None]:
    """Prove the table: m*(k) and the counts of k inner neurons; null of other widths.

    Return M*(k), the size of the widest vertex: the branches of a vertex are independent.
    """
    where, (atoms, pieces) = "claims.table", listed
    height = whole(claim["branches"], where, 1, MOST)
    width = whole(claim["inner"], where, 1, MOST)
    record(witness, "list farkas tree", WHERE)
    least: Json = 0
    most = 0
    column: list[Json] = [[1, 1]] * height
    if not all(map(zero, target[1])):
        found = parts(L, atoms, pieces)
        columns = Held([share(L, atoms, b) for b in found], atoms.common)
        supports = vertices_of(L.D, columns, target[1], witness)
        extreme(L.D, columns, supports, target[1], witness)
        orders = [factorial(L.parts) // prod(map(factorial, t)) for t in found.values()]
        least = min(s.bit_count() for s in supports)
        most = max(s.bit_count() for s in supports)
        column = Ordered(L, supports, orders).column(height)
    else:
        for name in ("list", "farkas", "tree"):
            array(witness[name], WHERE, 0)
    # with the fit 0 kappa is optimal for fewer parts as well, which cost more
    own = [k == L.parts or (not least and k < L.parts) for k in range(1, width + 1)]
    stars = [least if here else None for here in own]
    columns_ = [column if here else [None] * height for here in own]
    follows(claim, {"m_star": stars, "columns": columns_})
    return [most if here else None for here in own]


def follows(claim: Json, stated: dict[str, list[Json]]) -> None:
    """Require a table to be what follows from the rest."""
    for name, expected in stated.items():
        right = canonical(claim[name]) == canonical(expected)
        require(right, "claims.table", f"{name} is not what follows from the rest")
