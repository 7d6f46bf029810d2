"""The tree of boxes of path costs as a witness: no tuple of inner neurons exceeds beta (P12).

The dual point is a little inside the feasible set, so each box is strict with a rational theta.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.certificate.format import Json, numerators, sparse
from polytope_nn.certificate.trees import Pattern
from polytope_nn.dual.atoms import pull
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, squared_norm
from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.parallel.path_costs.tree import PathLeaf

from .leaves import short

__all__ = ["TupleWitness"]

_LEAF = -1


@dataclass(frozen=True)
class TupleWitness:
    """The boxes of a proof, in the order of their trees.

    ``order`` are the patterns as the tree of patterns has them, ``parts`` is the inner width k of
    the problem, ``square`` is ``beta^2 / k``.
    """

    blocks: Blocks
    kappa: Vector
    square: Fraction
    parts: int
    leaves: Sequence[PathLeaf]
    order: tuple[Pattern, ...]

    @cached_property
    def _topes(self) -> dict[Pattern, int]:
        return {pattern: i for i, pattern in enumerate(self.order)}

    def _place(self, block: Block) -> int:
        """Return the place of a block in the order of the checker."""
        s, t = block
        return 2 * self._topes[self.blocks.arrangement.patterns[t]] + (s < 0)

    def witness(self) -> dict[str, Json]:
        """Return trees and leaves, each leaf with theta and multipliers of its blocks."""
        trees: list[Json] = []
        for sigma in (1, -1):
            tokens: list[Json] = []
            for leaf in self.leaves:
                if leaf.sigma == sigma:
                    tokens += [self._token(t) for t in leaf.tokens]
                    tokens.append(_LEAF)
            trees.append(tokens)
        return {"tuples": trees, "leaves": [self._leaf(leaf) for leaf in self.leaves]}

    def _token(self, token: int | Block) -> int:
        return token if isinstance(token, int) else len(self.kappa) + self._place(token)

    def _leaf(self, leaf: PathLeaf) -> Json:
        """Return theta, the multipliers of blocks in use, then of those that may be."""
        num, den = numerators([leaf.theta[i] for i in sorted(leaf.theta)])
        used = sorted(leaf.used, key=self._place)
        left = self.parts - len(used)
        every = sorted(self.blocks.every, key=self._place) if left else []
        bounds = [self._bound(leaf, b) for b in used]
        rest = self.parts * self.square - sum((size for _, size in bounds), Fraction(0))
        more: list[Json] = []
        for b in every:
            if b not in leaf.excluded:
                bare = squared_norm(self._pulled(leaf, b))
                most = rest / left
                more.append([] if bare <= most else self._bound(leaf, b, most)[0])
        return {"theta": [num, den], "used": [m for m, _ in bounds], "rest": more}

    def _seen(self, leaf: PathLeaf, s: int) -> Scalars:
        own = {*leaf.inside, *leaf.open} if s > 0 else {*leaf.inside}
        return tuple(
            x * leaf.sigma * (1 if i in own else leaf.theta.get(i, Fraction(0)))
            for i, x in enumerate(self.kappa)
        )

    def _pulled(self, leaf: PathLeaf, block: Block) -> Scalars:
        s, t = block
        pattern = self.blocks.arrangement.patterns[t]
        return pull(self.blocks.X, self._seen(leaf, s), s, pattern)

    def _bound(
        self, leaf: PathLeaf, block: Block, most: Scalar | None = None
    ) -> tuple[Json, Fraction]:
        """Return the multipliers of a block, and the square of the bound.

        With a number that it need not exceed, they are short ones.
        """
        H, mu = self.blocks.arrangement, self._seen(leaf, block[0])
        g, weights = self.blocks.projection(mu, block)
        pattern = H.patterns[block[1]]
        if most is not None:
            few = short(self.blocks, (block[0], pattern), mu, weights, most)
            weights = few or weights
        used = dict(zip(H.facets(pattern), weights, strict=True))
        size = squared_norm(g)
        assert isinstance(size, Fraction)  # rational in, rational out
        return sparse(used), size
