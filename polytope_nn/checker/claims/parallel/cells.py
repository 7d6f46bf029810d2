"""The vertices of the optimal networks of M branches, complete (three-layer P9).

For pieces p_1, ..., p_M the networks whose branch j lies in p_j are the polytope

    {c >= 0 : conditions of p_j on z_j,  sum_j output_j = fit};

with at most k inner neurons a branch its faces of at most k atoms a branch are used, and fewer
branches are its faces where some are empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

from ...kernel.numbers import Scalar, Vector, bits, same
from ...kernel.reading import Json, array, canonical, require
from ..dual import Atoms
from ..instance import Instance
from .pieces import Branch, Conditioned, Piece

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
    waiting = iter(array(witness, WHERE))
    for cell in cells:
        read: Json = next(waiting, None)
        require(read is not None, WHERE, "a cell is missing")
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
    require(next(waiting, None) is None, WHERE, "there are more cells")
    return found


def outputs(atoms: Atoms, p: Piece) -> list[Vector]:
    """Return what a mass 1 of each atom adds to the fit, ``common`` times."""
    return [
        [p.sigma * t if p.kept >> i & 1 else 0 for i, t in enumerate(atoms.reduced(a))]
        for a in p.atoms
    ]
