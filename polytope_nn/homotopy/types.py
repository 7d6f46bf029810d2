"""What is constant between breakpoints, and what a breakpoint is called (B1, B3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix
from polytope_nn.landscape.merge_tree import Staircase, merge_tree

__all__ = ["AtomKey", "CombinatorialType", "event_between", "on_boundary"]

AtomKey: TypeAlias = tuple[int, tuple[int, ...]]
"""The sign and the covector of an atom."""


def _order(key: AtomKey) -> tuple[int, ...]:
    return (-key[0], *(-t for t in key[1]))


@dataclass(frozen=True)
class CombinatorialType:
    """The atoms, in the order of every list of atoms, and the supports of the vertices of P.

    Without atoms P is the point 0: its one vertex has the empty support.

    >>> T = CombinatorialType(((1, (1, 0)), (1, (1, 1))), (0b11,))
    >>> T.m_star, T.M_star, T.threshold
    (2, 2, 3)
    """

    atoms: tuple[AtomKey, ...]
    supports: tuple[int, ...]

    @classmethod
    def of(cls, atoms: Iterable[AtomKey], supports: Iterable[int]) -> "CombinatorialType":
        """Return the type with atoms in any order, the bits of supports in that order."""
        given = list(atoms)
        listed = sorted(given, key=_order)
        place = {key: i for i, key in enumerate(listed)}
        moved = [
            sum(1 << place[key] for i, key in enumerate(given) if bits >> i & 1)
            for bits in supports
        ]
        return cls(tuple(listed), tuple(sorted(moved)))

    @cached_property
    def staircase(self) -> Staircase:
        """The staircase of the supports; its ranks are those of a point, and not read here."""
        sizes = tuple(bits.bit_count() for bits in self.supports)
        N = len(self.atoms)
        return Staircase(sizes, merge_tree(self.supports), N, N, N, self.vanishes)

    @property
    def vanishes(self) -> bool:
        """Whether no neuron is used."""
        return not any(self.supports)

    @property
    def n_atoms(self) -> int:
        """The number of atoms."""
        return len(self.atoms)

    @property
    def m_star(self) -> int:
        """The least support of a vertex."""
        return self.staircase.m_star

    @property
    def M_star(self) -> int:
        """The largest support of a vertex."""
        return self.staircase.M_star

    @property
    def threshold(self) -> int:
        """The least width from which the optimal networks are connected for good."""
        return 0 if self.vanishes else self.staircase.threshold


def on_boundary(small: AtomKey, large: AtomKey) -> bool:
    """Return whether one face lies on the boundary of another of its sign.

    >>> on_boundary((1, (1, 0)), (1, (1, -1)))
    True
    """
    pairs = zip(small[1], large[1], strict=True)
    return small[0] == large[0] and small != large and all(s in (t, 0) for s, t in pairs)


def event_between(
    above: CombinatorialType,
    below: CombinatorialType,
    X: Matrix,
    idle: Iterable[AtomKey] | None = None,
) -> str:
    """Return what happens where beta falls from one type to another (B3).

    A *face* event is one in which each atom that goes has a new one beside it: the faces differ
    in the rows of one line of X.

    ``idle`` are the atoms whose weights are 0 on the optimal set of the breakpoint, where that
    is known: one that goes without being idle *separates*.
    """
    gone = [key for key in above.atoms if key not in below.atoms]
    new = [key for key in below.atoms if key not in above.atoms]
    if not gone and not new:
        return "wall"
    if new and len(gone) == len(new) and all(_moved(X, key, new) for key in gone):
        return "face"
    if new:
        return "enters"
    known = None if idle is None else set(idle)
    return "leaves" if known is None or known.issuperset(gone) else "separates"


def _moved(X: Matrix, key: AtomKey, new: Iterable[AtomKey]) -> bool:
    return any(
        key[0] == s
        and rank([x for x, t, u in zip(X, key[1], covector, strict=True) if t != u]) == 1
        for s, covector in new
    )
