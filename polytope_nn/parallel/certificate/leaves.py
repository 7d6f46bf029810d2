"""The tree of leaves as a witness: no branch exceeds beta (three-layer P5).

The finder's leaves exclude blocks in overlapping ways; here they are put on one binary tree,
first over rows (inside or outside), then over blocks (excluded or in use).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, cmp_to_key

from polytope_nn.certificate.format import Json, numerators, sparse
from polytope_nn.certificate.trees import Pattern
from polytope_nn.dual.atoms import Atom, pull
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, sign, squared_norm
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.equations.theta import near
from polytope_nn.parallel.pieces import Label, label
from polytope_nn.parallel.tree import Leaf
from polytope_nn.search.floats import binary

__all__ = ["LeafWitness", "listed_atoms", "short"]

_ZERO = Fraction(0)
_LEAF, _CUT, _FULL = -1, -2, -3
_DIGITS = (4, 8, 16, 32)  # bits of multipliers that are tried


def listed_atoms(leaves: Sequence[Leaf]) -> tuple[Atom, ...]:
    """Return the tight inner atoms of all leaves, each once: + first, then by direction."""
    found = {label(a): a for leaf in leaves for a in leaf.atoms}
    return tuple(sorted(found.values(), key=cmp_to_key(_order)))


def _order(a: Atom, b: Atom) -> int:
    if a.sign != b.sign:
        return b.sign - a.sign
    return next((x for x in (sign(s - t) for s, t in zip(a.g, b.g, strict=True)) if x), 0)


@dataclass(frozen=True)
class LeafWitness:
    """The leaves of a proof on two trees, in the order of the checker.

    ``order`` are the patterns as the tree of patterns has them, ``inner`` is the inner width
    of the problem, ``square`` what the length of a mass 1 squared is.
    """

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    inner: int | None
    leaves: tuple[Leaf, ...]
    order: tuple[Pattern, ...]
    _known: dict[tuple[int, int], dict[int, list[Json]]] = field(
        default_factory=dict, compare=False
    )  # multipliers by leaf, sign and tope

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """The inner atoms that leaves have."""
        return listed_atoms(self.leaves)

    @cached_property
    def places(self) -> Mapping[Label, int]:
        """The places of the atoms."""
        return {label(a): i for i, a in enumerate(self.atoms)}

    @cached_property
    def trees(self) -> tuple[list[int], list[int]]:
        """The tokens of both trees."""
        return self._walked[0]

    @cached_property
    def listed(self) -> tuple[Leaf, ...]:
        """The leaves in the order of the trees; one may come several times."""
        return tuple(leaf for leaf, _ in self._walked[1])

    @cached_property
    def _walked(
        self,
    ) -> tuple[tuple[list[int], list[int]], list[tuple[Leaf, frozenset[int]]]]:
        """Return tokens, and leaves with the blocks that are excluded where they stand."""
        every: list[tuple[Leaf, frozenset[int]]] = []
        tokens: tuple[list[int], list[int]] = ([], [])
        for sigma, own in zip((1, -1), tokens, strict=True):
            rows = [i for i, x in enumerate(self.kappa) if sign(x) == sigma]
            if rows:
                of = [leaf for leaf in self.leaves if leaf.sigma == sigma]
                every += self._walk(rows, of, own)
        return tokens, every

    def _block(self, block: tuple[int, int]) -> int:
        """Return the place of a block in the order of the checker."""
        s, t = block
        return 2 * self._tope[self.blocks.arrangement.patterns[t]] + (s < 0)

    @cached_property
    def _tope(self) -> dict[Pattern, int]:
        return {pattern: i for i, pattern in enumerate(self.order)}

    @cached_property
    def _every(self) -> frozenset[int]:
        """All blocks."""
        return frozenset(range(2 * len(self.order)))

    def _full(
        self,
        used: frozenset[int],
        free: Collection[int],
        left: Sequence[tuple[Leaf, frozenset[int]]],
    ) -> Leaf | None:
        """Return a leaf where as many blocks are in use as a branch has neurons."""
        if self.inner is None or len(used) != self.inner:
            return None
        fits = (leaf for leaf, cut in left if {*leaf.open} == {*free} and not cut & used)
        return next(fits, None)

    def _walk(
        self, rows: Sequence[int], leaves: Sequence[Leaf], tokens: list[int]
    ) -> list[tuple[Leaf, frozenset[int]]]:
        """Return the leaves of one sign in the order of their tree; write its tokens."""
        n, found = len(self.kappa), []
        boxes = [(leaf, frozenset(map(self._block, leaf.excluded))) for leaf in leaves]
        nothing: frozenset[int] = frozenset()
        waiting = [(nothing, nothing, nothing, nothing, boxes)]
        while waiting:
            inside, outside, excluded, used, left = waiting.pop()
            free = {i for i in rows if i not in inside and i not in outside}
            here = next(
                (b for b in left if set(b[0].open) == free and b[1] <= excluded), None
            )
            if here is not None:
                tokens.append(_LEAF)
                found.append((here[0], excluded))
            elif (full := self._full(used, free, left)) is not None:
                tokens.append(_FULL)
                found.append((full, self._every - used))
            elif any(i not in b[0].open for b in left for i in free):
                i = min(free, key=lambda i: (len([b for b in left if i in b[0].open]), i))
                tokens.append(i)
                yes = [b for b in left if i in b[0].inside or i in b[0].open]
                no = [b for b in left if i not in b[0].inside]
                waiting.append((inside, outside | {i}, excluded, used, no))
                waiting.append((inside | {i}, outside, excluded, used, yes))
            elif self.inner is not None and len(used) > self.inner:
                tokens.append(_CUT)
            else:
                fits = [b for b in left if not b[1] & used]
                times = Counter(q for b in fits for q in b[1] - excluded)
                block = min(times, key=lambda q: (-times[q], q))
                tokens.append(n + block)
                waiting.append((inside, outside, excluded, used | {block}, fits))
                waiting.append((inside, outside, excluded | {block}, used, fits))
        return found

    def witness(self) -> dict[str, Json]:
        """Return trees and leaves, each leaf with theta, its atoms and its multipliers."""
        trees: list[Json] = [list(tokens) for tokens in self.trees]
        leaves: list[Json] = [self._leaf(*leaf) for leaf in self._walked[1]]
        return {"trees": trees, "leaves": leaves}

    def _leaf(self, leaf: Leaf, excluded: frozenset[int]) -> Json:
        num, den = numerators([leaf.theta[i] for i in sorted(leaf.theta)])
        own = {*leaf.inside, *leaf.open}
        return {
            "theta": [num, den],
            "atoms": list[Json](sorted(self.places[label(a)] for a in leaf.atoms)),
            "plus": self._multipliers(leaf, 1, own, excluded),
            "minus": self._multipliers(leaf, -1, {*leaf.inside}, excluded),
        }

    def _seen(self, leaf: Leaf, own: set[int]) -> Scalars:
        zero: Scalar = Fraction(0)
        return tuple(
            x * leaf.sigma
            if i in own
            else x * leaf.sigma * leaf.theta[i]
            if i in leaf.theta
            else zero
            for i, x in enumerate(self.kappa)
        )

    def _multipliers(
        self, leaf: Leaf, s: int, own: set[int], excluded: frozenset[int]
    ) -> list[Json]:
        """Return for each tope that is not excluded the multipliers of its rows.

        A leaf may come several times, with other topes excluded.
        """
        known = self._known.setdefault((id(leaf), s), {})
        mu = self._seen(leaf, own)
        left = [i for i in range(len(self.order)) if 2 * i + (s < 0) not in excluded]
        for i in left:
            if i not in known:
                known[i] = self._bound(mu, (s, self.order[i]))
        return [known[i] for i in left]

    def _bound(self, mu: Scalars, of: tuple[int, Pattern]) -> list[Json]:
        """Return the multipliers of the rows of a tope, none where they are 0."""
        (s, pattern), H = of, self.blocks.arrangement
        if squared_norm(pull(self.blocks.X, mu, s, pattern)) < self.square:
            return []
        g, weights = self.blocks.projection(mu, (s, self._places[pattern]))
        if sign(squared_norm(g) - self.square) > 0:
            raise Undecided("a leaf in intervals: rational numbers near it prove nothing")
        weights = short(self.blocks, of, mu, weights, self.square) or weights
        return sparse(dict(zip(H.facets(pattern), weights, strict=True)))

    @cached_property
    def _places(self) -> dict[Pattern, int]:
        """The place of each tope in the arrangement."""
        return {pattern: t for t, pattern in enumerate(self.blocks.arrangement.patterns)}


def short(
    blocks: Blocks,
    block: tuple[int, Pattern],
    mu: Scalars,
    weights: Scalars,
    square: Scalar,
) -> Vector | None:
    """Return short multipliers near those of a block that prove ``|g|^2 < square``; or None."""
    X, (s, pattern) = blocks.X, block
    facets = blocks.arrangement.facets(pattern)
    p, close = pull(X, mu, s, pattern), [near(m, _DIGITS[-1]) for m in weights]
    largest = binary(max(close, default=_ZERO) or Fraction(1))
    for digits in _DIGITS:
        unit = largest / (1 << digits)
        m = tuple(max(round(t / unit), 0) * unit for t in close)
        moved = list(p)
        for k, t in zip(facets, m, strict=True):
            moved = [a + t * pattern[k] * x for a, x in zip(moved, X[k], strict=True)]
        if sign(squared_norm(moved) - square) < 0:
            return m
    return None
