"""The slot complex where kappa is in balls: its vertices are those of the enclosed cells (P9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations_with_replacement
from typing import ClassVar

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalar, sign
from polytope_nn.parallel.pieces import Label, Piece

from .enclosed_cells import Branches, EnclosedBranch, enclosed_vertices
from .flat import Flat
from .separated import separated
from .slots import SlotComplex

__all__ = ["EnclosedComplex", "Flat"]


def _same(one: Branches, other: Branches) -> bool:
    """Return whether two vertices with the same inner atoms and zeros are one.

    They are where the outer ReLUs keep the same rows: both solve the same equations.
    """
    pairs = list(zip(one, other, strict=True))
    if all(
        p.piece.mask[i] == q.piece.mask[i]
        for p, q in pairs
        for i in range(len(p.piece.mask))
        if i not in p.zeros
    ):
        return True
    masses = [
        (s, t) for p, q in pairs for (_, s), (_, t) in zip(p.masses, q.masses, strict=True)
    ]
    if any(map(_apart, *zip(*masses, strict=True))):
        return False
    raise Undecided(
        "whether two vertices of optimal networks are one: kappa is in intervals"
    )


def _apart(s: Scalar, t: Scalar) -> bool:
    try:
        return sign(s - t) != 0
    except Undecided:
        return False


def _cell(flat: Flat, chosen: Sequence[Piece]) -> list[Branches] | Undecided:
    """Return the vertices of a cell, or why they are left open: no other width decides them."""
    try:
        return enclosed_vertices(flat, chosen)
    except Undecided as reason:
        return reason


@dataclass(frozen=True)
class EnclosedComplex(SlotComplex):
    """The graph of the vertices where kappa is in balls; branches are told by their vertex.

    ``cells`` are the vertices by the places of pieces, whatever k is, or why they are open;
    ``shared`` gives the vertices of m branches where rays are independent, else None.
    """

    most_cells: ClassVar[int] = 300  # functions of letters are slow
    flat: Flat = field(kw_only=True)
    cells: dict[tuple[int, ...], list[Branches] | Undecided] = field(
        default_factory=dict, kw_only=True
    )
    shared: Callable[[int], list[Branches] | None] | None = field(
        default=None, kw_only=True
    )

    @cached_property
    def vertices(self) -> list[Branches]:
        """The vertices, each once, with at most k atoms in a branch."""
        self.within_limits()
        try:
            return self._listed()
        except Undecided as reason:
            found = None if self.shared is None else self.shared(self.m)
            if found is not None:
                return found
            raise Undecided(
                f"vertices at ({self.m}, {self.k}): kappa is known in intervals only: {reason}"
            ) from None

    def cell(self, places: tuple[int, ...]) -> list[Branches]:
        """Return the vertices of the cell of some pieces, or raise Undecided."""
        if places not in self.cells:
            self.cells[places] = _cell(self.flat, [self.pieces[j] for j in places])
        listed = self.cells[places]
        if isinstance(listed, Undecided):
            raise listed
        return listed

    def _listed(self) -> list[Branches]:
        found: dict[tuple[str, ...], list[Branches]] = {}
        for places in combinations_with_replacement(range(len(self.pieces)), self.m):
            if places not in self.cells:
                chosen = [self.pieces[j] for j in places]
                if separated(chosen, self.fit, self.k):
                    continue  # the cell may have wider vertices
            for v in self.cell(places):
                if any(len(b.masses) > self.k for b in v):
                    continue
                vertex = tuple(sorted(v, key=lambda b: repr(b.name)))
                known = found.setdefault(tuple(repr(b.name) for b in vertex), [])
                if not any(_same(vertex, other) for other in known):
                    known.append(vertex)
        return [vertex for alike in found.values() for vertex in alike]

    @cached_property
    def owners(self) -> list[EnclosedBranch | None]:
        """The branches by their places, the empty one first."""
        return [None, *(b for vertex in self.vertices for b in vertex if b.masses)]

    @cached_property
    def networks(self) -> list[tuple[int, ...]]:
        """The vertices as sorted tuples of branches."""
        found, place = [], 0
        for vertex in self.vertices:
            own = sum(1 for b in vertex if b.masses)
            empty = (0,) * (self.m - own)
            found.append((*empty, *range(place + 1, place + 1 + own)))
            place += own
        return found

    @cached_property
    def atoms(self) -> list[frozenset[Label]]:
        """The inner atoms of each branch."""
        return [
            frozenset(key for key, _ in b.config[1]) if b else frozenset()
            for b in self.owners
        ]

    @cached_property
    def homes(self) -> list[int]:
        """The pieces that each branch lies in, as bits."""
        return [
            sum(1 << j for j, p in enumerate(self.pieces) if b is None or b.lies_in(p))
            for b in self.owners
        ]

    @cached_property
    def rank_at_most(self) -> int:
        """A number that r(k) does not exceed: the outputs of all atoms, for any kappa."""
        columns = [self.flat.matrix(a, p.mask) for p in self.pieces for a in p.atoms]
        return min(len(self.fit), rank(columns))
