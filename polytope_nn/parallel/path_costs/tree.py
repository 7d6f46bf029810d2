"""Dual feasibility for path costs, proved: strict boxes, and exact ones with their atom (P12).

A box is strict by a rational theta. Where k blocks are in use and no row is open the longest
branch is a projection of ``A'kappa``, A the map of the neurons to the rows that are kept: onto
the cone of the topes and of the signs of z where kappa is negative. It is the box's bound, for
its multipliers on those rows, divided by ``|kappa_i|``, are theta or 1 - theta.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import cone_projection, pull
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls, precision
from polytope_nn.exact.ball_matrix import multiply_balls
from polytope_nn.exact.radical import decimal
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.parallel.equations.theta import near
from polytope_nn.parallel.pieces import Piece
from polytope_nn.parallel.tree import Leaf
from polytope_nn.search.floats import binary

from .boxes import Memory, PathBox, PathSaddles
from .groups import Group

__all__ = ["PathLeaf", "PathTree"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS, _WORD = 200, 64
_MOST_LEAVES = 4000


@dataclass(frozen=True)
class PathLeaf(Leaf):
    """A proved box; ``piece`` is the branch that attains beta on it, if one does.

    ``used`` are the blocks in use, ``tokens`` what the tree decides after the leaf before:
    rows (inside comes first) and blocks (one more neuron comes first). ``group`` is that of the
    longest branch where the box is exact.
    """

    piece: Piece | None = None
    group: Group | None = None
    used: tuple[Block, ...] = ()
    tokens: tuple[int | Block, ...] = ()

    @property
    def tight(self) -> bool:
        """Whether beta is attained on it."""
        return self.piece is not None

    @property
    def box(self) -> PathBox:
        """What it covers."""
        return PathBox(self.sigma, self.inside, self.open, self.excluded, self.used)


@dataclass(frozen=True)
class PathTree:
    """The search for the leaves of one kappa; ``square`` is beta squared, k the inner width.

    ``raised`` are multipliers in floats that were tried for boxes, ``memory`` what is known of
    boxes: those of a kappa close to this one serve as well.
    """

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    k: int
    raised: dict[PathBox, dict[Block, dict[int, Fraction]]] = field(
        default_factory=dict, compare=False
    )
    memory: Memory = field(default_factory=Memory, compare=False)

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """The signs of kappa."""
        return tuple(map(sign, self.kappa))

    @cached_property
    def saddles(self) -> PathSaddles:
        """The boxes in floats."""
        return PathSaddles(self.blocks, self.kappa, self.square, self.k, self.memory)

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
            tokens: list[int | Block] = []
            while waiting:
                leaf, token = self._leaf(box := waiting.pop())
                if isinstance(leaf, PathLeaf):
                    found.append(replace(leaf, used=box.used, tokens=tuple(tokens)))
                    tokens = []
                else:
                    waiting += leaf
                    tokens.append(token)
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

    def _leaf(self, box: PathBox) -> "tuple[PathLeaf | list[PathBox], int | Block]":
        """Return the leaf of a box, or its parts; and what tells them apart."""
        saddle = self.saddles.saddle(box)
        negative = [i for i, s in enumerate(self.signs) if s == -box.sigma]
        if saddle is not None and saddle.below:
            theta = dict(zip(negative, saddle.theta, strict=True))
            if self.is_strict(box, theta):
                leaf = PathLeaf(
                    box.sigma, box.inside, box.open, box.excluded, dict(theta), ()
                )
                return leaf, -1
        if len(box.used) == self.k and not box.open:
            above = set()
            if saddle is not None:
                above = {*negative} & saddle.positive
            return self._exact(box, negative, above), -1
        if saddle is None:
            raise Undecided("whether kappa is feasible: a conic program was not solved")
        parts = self.saddles.parts(box, saddle)
        if not parts:
            raise Undecided(
                "whether kappa is feasible: a box of no more blocks is not decided"
            )
        return parts, box.token(saddle.heaviest(box.excluded, box.used))

    @cached_property
    def _enclosed(self) -> Scalars:
        """Kappa in balls, where it is not a short fraction."""
        found: list[Scalar] = []
        with precision(_BITS):
            for x in self.kappa:
                if isinstance(x, Ball) or (
                    isinstance(x, Fraction) and x.denominator.bit_length() < _WORD
                ):
                    found.append(x)
                elif isinstance(x, Fraction):
                    found.append(Ball.from_rational(x))
                else:
                    ends = x.enclosure(_BITS)
                    found.append(Ball.from_interval(ends.lower, ends.upper))
        return tuple(found)

    def is_strict(self, box: PathBox, theta: Mapping[int, Fraction]) -> bool:
        """Return whether the bound with this theta is proved to be below beta."""
        left = self.k - len(box.used)
        middle = self._rounded(self._enclosed)
        seen = {}
        for s, own in ((1, {*box.inside, *box.open}), (-1, {*box.inside})):
            parts = [
                box.sigma if i in own else box.sigma * theta.get(i, _ZERO)
                for i in range(len(self.kappa))
            ]
            mu = [x * t if t else _ZERO for x, t in zip(self._enclosed, parts, strict=True)]
            seen[s] = mu, tuple(x * t for x, t in zip(middle, parts, strict=True))
        blocks = [b for b in self.blocks.every if b not in box.excluded] if left else []
        if box not in self.raised:
            mids = {s: mid for s, (_, mid) in seen.items()}
            self.raised[box] = self.saddles.multipliers(mids)
        lengths = self._lengths(dict.fromkeys((*blocks, *box.used)), seen, self.raised[box])
        rest = self.square - sum((lengths[b] for b in box.used), _ZERO)
        if not left:
            return _is_less(_ZERO, rest)
        return all(
            _is_less(left * lengths[b], rest)
            or _is_less(left * self._length(b, *seen[b[0]]), rest)
            for b in blocks
        )

    def _lengths(
        self,
        blocks: Iterable[Block],
        seen: Mapping[int, tuple[Sequence[Scalar], Vector]],
        near_ones: Mapping[Block, Mapping[int, Fraction]],
    ) -> dict[Block, Ball]:
        """Return balls around numbers that are at least ``|g|^2`` of some blocks."""
        rows = []
        for block in blocks:
            (s, t), raised = block, near_ones[block]
            pattern, mu = self.blocks.arrangement.patterns[t], seen[s][0]
            row = [x * s if e > 0 else _ZERO for x, e in zip(mu, pattern, strict=True)]
            for k, m in raised.items():
                row[k] += m * pattern[k]
            rows.append(row)
        with precision(_BITS):
            found = multiply_balls(rows, self.blocks.X) if rows else ()
            return {b: _square(g) for b, g in zip(blocks, found, strict=True)}

    def _pulled(self, block: Block, mu: Sequence[Scalar]) -> Scalars:
        """Return ``s X'D mu`` of a block."""
        s, t = block
        return pull(self.blocks.X, mu, s, self.blocks.arrangement.patterns[t])

    def _length(self, block: Block, mu: Sequence[Scalar], mid: Vector) -> Scalar:
        """Return a number that is at least ``|g|^2`` of a block; ``mid`` is near mu."""
        pattern = self.blocks.arrangement.patterns[block[1]]
        weights = self._rounded(self.blocks.projection(mid, block)[1])
        moved = list(self._pulled(block, mu))
        for q, m in zip(self.blocks.arrangement.facets(pattern), weights, strict=True):
            if m:
                row = self.blocks.X[q]
                moved = [a + m * pattern[q] * x for a, x in zip(moved, row, strict=True)]
        return squared_norm(moved)

    @staticmethod
    def _rounded(numbers: Sequence[Scalar]) -> Vector:
        """Return fractions of few digits near numbers, relative to the largest."""
        close = [near(x, _BITS) for x in numbers]
        unit = binary(max(map(abs, close), default=_ONE) or _ONE) / (1 << _WORD)
        return tuple(round(x / unit) * unit for x in close)

    def _exact(self, box: PathBox, negative: Sequence[int], above: set[int]) -> PathLeaf:
        """Return the leaf of an exact box."""
        tried: set[frozenset[int]] = set()
        while frozenset(above) not in tried:
            tried.add(frozenset(above))
            group = Group(box.sigma, box.used, frozenset({*box.inside, *above}))
            rows = group.rows(self.blocks, negative)
            g, weights = cone_projection(rows, group.pull(self.blocks, self.kappa))
            wrong = [
                i
                for i, m in zip(negative, weights, strict=False)
                if sign(m - self.kappa[i] * self.signs[i]) > 0
            ]
            if not wrong:
                pairs = zip(negative, weights, strict=False)
                shares = {i: m / (self.kappa[i] * self.signs[i]) for i, m in pairs}
                theta = {i: 1 - t if i in above else t for i, t in shares.items()}
                return self._proved(box, group, g, theta)
            above ^= {*wrong}
        raise Undecided("whether kappa is feasible for path costs: theta was not found")

    def _proved(
        self, box: PathBox, group: Group, g: Scalars, theta: dict[int, Scalar]
    ) -> PathLeaf:
        excess = sign(squared_norm(g) - self.square)
        if excess > 0:
            raise NotOptimal(
                f"kappa is not dual feasible for path costs: a branch of sign {box.sigma:+d} and "
                f"path cost beta has (kappa'(z)_+)^2 / beta^2 = "
                f"{decimal(squared_norm(g))}, more than beta^2 = {self.square}"
            )
        leaf = PathLeaf(
            box.sigma, box.inside, (), box.excluded, theta, (), group=group, used=box.used
        )
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


def _square(g: Balls) -> Ball:
    """Return the squared length of a vector."""
    return sum((t * t for t in g[1:]), g[0] * g[0])


def _is_less(x: Scalar, y: Scalar) -> bool:
    """Return whether a number is proved to be less."""
    try:
        return sign(y - x) > 0
    except Undecided:
        return False
