"""Projections of one vector mu onto the cones of all blocks (three-layer P2, P5).

A *block* is a sign s and a tope T: the inner neurons of that sign in the closed cone of T.
The largest ``s mu'(Xu)_+`` over it, ``|u| <= 1``, is ``|g|`` with g the projection of ``s
X'D mu``. Only the entries of mu active in T matter, and projections are kept by them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom, cone_projection, covector, pull
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.arrangement import Arrangement

__all__ = ["Block", "Blocks", "Box", "Leaf", "classes_of", "once", "size_of", "with_alike"]

Block: TypeAlias = tuple[int, int]
"""A sign and the place of a tope."""


@dataclass(frozen=True)
class Blocks:
    """The blocks of a design, and what was projected onto them.

    >>> from polytope_nn.geometry.arrangement import arrangement
    >>> B = Blocks(((Fraction(1),), (Fraction(-1),)), arrangement([[1], [-1]]))
    >>> [B.projection((Fraction(3), Fraction(4)), block)[0] for block in B.every]
    [(Fraction(-4, 1),), (Fraction(3, 1),), (Fraction(0, 1),), (Fraction(0, 1),)]
    """

    X: Matrix
    arrangement: Arrangement
    _known: dict[tuple[Block, Scalars], tuple[Scalars, Scalars]] = field(
        default_factory=dict, compare=False
    )

    @property
    def every(self) -> tuple[Block, ...]:
        """All blocks, positive ones first."""
        topes = range(len(self.arrangement.patterns))
        return tuple((s, t) for s in (1, -1) for t in topes)

    def projection(self, mu: Sequence[Scalar], block: Block) -> tuple[Scalars, Scalars]:
        """Return g and the multipliers of the facets of the block's tope."""
        s, t = block
        pattern = self.arrangement.patterns[t]
        seen = tuple(x for x, e in zip(mu, pattern, strict=True) if e > 0)
        key = (block, seen)
        if key not in self._known:
            facets = self.arrangement.facets(pattern)
            rows = [tuple(pattern[k] * x for x in self.X[k]) for k in facets]
            self._known[key] = cone_projection(rows, pull(self.X, mu, s, pattern))
        return self._known[key]

    def groups(self, used: Sequence[Block]) -> tuple[frozenset[Block], ...]:
        """Return all blocks, each with that of those in use which is most like it.

        A branch of fewer neurons has none in one of the groups.
        """
        patterns = self.arrangement.patterns

        def unlike(one: Block, other: Block) -> tuple[bool, int]:
            pairs = zip(patterns[one[1]], patterns[other[1]], strict=True)
            return one[0] != other[0], sum(a != b for a, b in pairs)

        found: dict[Block, set[Block]] = {b: {b} for b in used}
        for b in self.every:
            if b not in found:
                found[min(used, key=lambda own: unlike(own, b))].add(b)
        return tuple(map(frozenset, found.values()))

    def atom(self, sign: int, g: Scalars) -> Atom:
        """Return the inner atom of a direction: its face and its signed feature."""
        face = covector(self.X, g)
        feature = tuple(
            dot(x, g) * sign if e == 1 else Fraction(0)
            for x, e in zip(self.X, face, strict=True)
        )
        return Atom(sign, face, g, feature)


@dataclass(frozen=True)
class Box:
    """What a leaf covers."""

    sigma: int
    inside: tuple[int, ...]
    open: tuple[int, ...]
    excluded: frozenset[Block]


@dataclass(frozen=True)
class Leaf:
    """A proved leaf: theta on the negative rows, and the inner atoms where it is tight.

    ``theta`` maps each row of N to its value in [0, 1].
    """

    sigma: int
    inside: tuple[int, ...]
    open: tuple[int, ...]
    excluded: frozenset[Block]
    theta: dict[int, Scalar]
    atoms: tuple[Atom, ...]

    @property
    def tight(self) -> bool:
        """Whether beta is attained on it."""
        return bool(self.atoms)

    def covers(self, box: Box) -> bool:
        """Return whether the leaf proves all of a box of its sign."""
        rows, own = {*box.inside, *box.open}, {*self.inside, *self.open}
        inside = {*self.inside} <= {*box.inside} and rows <= own
        return inside and self.excluded <= box.excluded


def size_of(x: Sequence[Fraction]) -> Fraction:
    """Return the unit in which positive multiples of a row are compared."""
    return abs(next(t for t in x if t))


def classes_of(X: Matrix) -> tuple[tuple[int, ...], ...]:
    """Return the rows that are positive multiples of others, those of a direction together.

    >>> classes_of(((Fraction(1),), (Fraction(-1),), (Fraction(2),), (Fraction(0),)))
    ((0, 2),)
    """
    found: dict[tuple[Fraction, ...], list[int]] = {}
    for i, x in enumerate(X):
        if any(x):
            size = size_of(x)
            found.setdefault(tuple(t / size for t in x), []).append(i)
    return tuple(tuple(rows) for rows in found.values() if len(rows) > 1)


def once(
    signs: tuple[int | None, ...], alike: Sequence[tuple[int, ...]]
) -> tuple[int | None, ...]:
    """Return conditions on z with one of each class of rows: its sign, 0 where signs differ.

    >>> once((1, None, 1, -1, 1), ((0, 2), (3, 4)))
    (1, None, None, 0, None)
    """
    found = list(signs)
    for rows in alike:
        own = [i for i in rows if found[i] is not None]
        if own:
            told = {found[i] for i in own}
            for i in own:
                found[i] = None
            found[own[0]] = told.pop() if len(told) == 1 else 0
    return tuple(found)


def with_alike(rows: Collection[int], alike: Sequence[tuple[int, ...]]) -> frozenset[int]:
    """Return rows and all that are alike to one of them.

    >>> sorted(with_alike({1, 3}, ((0, 2), (3, 4))))
    [1, 3, 4]
    """
    return frozenset(rows).union(*(own for own in alike if {*own} & {*rows}))
