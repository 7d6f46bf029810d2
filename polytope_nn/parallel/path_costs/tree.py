"""Dual feasibility for path costs, proved: strict boxes, and exact ones with their atom (P12).

A box is strict by a rational theta. Where k blocks are in use and no row is open the longest
branch is a projection of ``A'kappa``, A the map of the neurons to the rows that are kept: onto
the cone of the topes and of the signs of z where kappa is negative. It is the box's bound, for
its multipliers on those rows, divided by ``|kappa_i|``, are theta or 1 - theta.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import cone_projection, pull
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import decimal
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.pieces import Piece
from polytope_nn.parallel.theta import near
from polytope_nn.parallel.tree import Leaf

from .boxes import PathBox, PathSaddles
from .groups import Group

__all__ = ["PathLeaf", "PathTree"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS, _WORD = 200, 64
_MOST_LEAVES = 4000


@dataclass(frozen=True)
class PathLeaf(Leaf):
    """A proved box; ``piece`` is the branch that attains beta on it, if one does."""

    piece: Piece | None = None

    @property
    def tight(self) -> bool:
        """Whether beta is attained on it."""
        return self.piece is not None


@dataclass(frozen=True)
class PathTree:
    """The search for the leaves of one kappa; ``square`` is beta squared, k the inner width."""

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    k: int
    _known: dict[object, Scalars] = field(default_factory=dict, compare=False)

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """The signs of kappa."""
        return tuple(map(sign, self.kappa))

    @cached_property
    def saddles(self) -> PathSaddles:
        """The boxes in floats."""
        return PathSaddles(self.blocks, self.kappa, self.square, self.k)

    @cached_property
    def leaves(self) -> tuple[PathLeaf, ...]:
        """All leaves: the proof that no branch exceeds beta.

        Raises
        ------
        NotOptimal
            When a branch exceeds beta.
        Undecided
            When a box is not decided, or they are too many.
        """
        found: list[PathLeaf] = []
        for sigma in (1, -1):
            rows = [i for i, s in enumerate(self.signs) if s == sigma]
            rows.sort(key=lambda i: (-abs(near(self.kappa[i], _WORD)), i))
            waiting = [PathBox(sigma, (), tuple(rows), frozenset())] if rows else []
            while waiting:
                leaf = self._leaf(box := waiting.pop())
                if isinstance(leaf, PathLeaf):
                    found.append(leaf)
                else:
                    waiting += leaf
                if len(found) + len(waiting) > _MOST_LEAVES:
                    raise Undecided(
                        f"whether kappa is feasible for path costs: more than {_MOST_LEAVES} "
                        f"boxes, the last of {len(box.used)} blocks"
                    )
        return tuple(found)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The branches that attain beta, each once and a piece of its own."""
        found = {p.key: p for p in (leaf.piece for leaf in self.leaves) if p is not None}
        return tuple(found[key] for key in sorted(found, key=repr))

    def _leaf(self, box: PathBox) -> "PathLeaf | list[PathBox]":
        """Return the leaf of a box, or its parts."""
        saddle = self.saddles.saddle(box)
        negative = [i for i, s in enumerate(self.signs) if s == -box.sigma]
        if saddle is not None and saddle.below:
            theta = dict(zip(negative, saddle.theta, strict=True))
            if self._is_strict(box, theta):
                return PathLeaf(
                    box.sigma, box.inside, box.open, box.excluded, dict(theta), ()
                )
        if len(box.used) == self.k and not box.open:
            above = set()
            if saddle is not None:
                above = {*negative} & saddle.positive
            return self._exact(box, negative, above)
        if saddle is None:
            raise Undecided("whether kappa is feasible: a conic program was not solved")
        block = saddle.heaviest(box.excluded, box.used)
        parts = list(box.branches(block))
        if not parts:
            raise Undecided(
                "whether kappa is feasible: a box of no more blocks is not decided"
            )
        return parts

    @cached_property
    def _enclosed(self) -> Scalars:
        """Kappa in balls, where it is not rational."""
        found: list[Scalar] = []
        for x in self.kappa:
            if isinstance(x, Fraction | Ball):
                found.append(x)
            else:
                ends = x.enclosure(_BITS)
                found.append(Ball.from_interval(ends.lower, ends.upper))
        return tuple(found)

    def _is_strict(self, box: PathBox, theta: dict[int, Fraction]) -> bool:
        """Return whether the bound with this theta is proved to be below beta."""
        lengths: list[tuple[Scalar, bool]] = []
        used: list[Scalar] = []
        left = self.k - len(box.used)
        middle = tuple(near(x, _WORD) for x in self._enclosed)
        try:
            for s, own in ((1, {*box.inside, *box.open}), (-1, {*box.inside})):
                seen = [
                    box.sigma if i in own else box.sigma * theta.get(i, _ZERO)
                    for i in range(len(self.kappa))
                ]
                mu = [
                    x * t if t else _ZERO for x, t in zip(self._enclosed, seen, strict=True)
                ]
                mid = tuple(x * t for x, t in zip(middle, seen, strict=True))
                for t in range(len(self.blocks.arrangement.patterns)):
                    block = (s, t)
                    times = box.used.count(block)
                    free = left > 0 and block not in box.excluded
                    if times or free:
                        size = self._length(block, mu, mid)
                        used += [size] * times
                        lengths += [(size, True)] if free else []
            fixed = sum(used, _ZERO)
            return all(
                fixed + left * size < self.square for size, _ in lengths or [(_ZERO, True)]
            )
        except Undecided:
            return False

    def _length(self, block: tuple[int, int], mu: Sequence[Scalar], mid: Vector) -> Scalar:
        """Return a number that is at least ``|g|^2`` of a block."""
        s, t = block
        pattern = self.blocks.arrangement.patterns[t]
        weights = self.blocks.projection(mid, block)[1]
        moved = list(pull(self.blocks.X, mu, s, pattern))
        for q, m in zip(self.blocks.arrangement.facets(pattern), weights, strict=True):
            if m:
                moved = [
                    a + m * pattern[q] * x
                    for a, x in zip(moved, self.blocks.X[q], strict=True)
                ]
        return squared_norm(moved)

    def _exact(self, box: PathBox, negative: Sequence[int], above: set[int]) -> PathLeaf:
        """Return the leaf of an exact box."""
        tried: set[frozenset[int]] = set()
        while frozenset(above) not in tried:
            tried.add(frozenset(above))
            group = Group(box.sigma, box.used, frozenset({*box.inside, *above}))
            rows = [*group.sides(self.blocks, negative), *group.walls(self.blocks)]
            outputs = group.outputs(self.blocks)
            kept = sorted(group.inside)
            p = tuple(
                dot([outputs[i][j] for i in kept], [self.kappa[i] for i in kept])
                for j in range(len(outputs[0]))
            )
            g, weights = cone_projection(rows, p)
            wrong = [
                i
                for i, m in zip(negative, weights, strict=False)
                if sign(m - self.kappa[i] * self.signs[i]) > 0
            ]
            if not wrong:
                return self._proved(box, group, g)
            above ^= {*wrong}
        raise Undecided("whether kappa is feasible for path costs: theta was not found")

    def _proved(self, box: PathBox, group: Group, g: Scalars) -> PathLeaf:
        excess = sign(squared_norm(g) - self.square)
        if excess > 0:
            raise NotOptimal(
                f"kappa is not dual feasible for path costs: a branch of sign {box.sigma:+d} and "
                f"path cost beta has (kappa'(z)_+)^2 / beta^2 = "
                f"{decimal(squared_norm(g))}, more than beta^2 = {self.square}"
            )
        leaf = PathLeaf(box.sigma, box.inside, (), box.excluded, {}, ())
        return replace(leaf, piece=self._piece(group, g)) if not excess else leaf

    def _piece(self, group: Group, g: Scalars) -> Piece:
        """Return the branch of a tight box: its neurons, each with the number of its slots."""
        d = len(self.blocks.X[0])
        times: dict[tuple[int, Scalars], int] = {}
        for l, (s, _) in enumerate(group.used):
            u = tuple(g[l * d : (l + 1) * d])
            if any(map(sign, u)):
                times[s, u] = times.get((s, u), 0) + 1
        if sum(times.values()) < self.k:
            raise Undecided("the branches of path costs: one leaves an inner slot empty")
        atoms = sorted(
            (self.blocks.atom(s, u) for s, u in times), key=lambda a: (-a.sign, a.key)
        )
        masses = tuple(Fraction(times[a.sign, a.g], self.k) for a in atoms)
        n = len(self.kappa)
        z = [dot([a.feature[i] for a in atoms], masses) for i in range(n)]
        return Piece(
            group.sigma, tuple(atoms), (None,) * n, tuple(sign(t) > 0 for t in z), (masses,)
        )
