"""The branches of path costs as a group LASSO: one group for each tuple of blocks (P12).

Inner neurons ``v_1, ..., v_k`` in the cones of k blocks, and a sign of z for each row, are a cone
of R^(kd) on which the branch is linear; its path cost is ``beta |v|``. So the problem is a
cone-constrained group LASSO with a group for each sign, tuple and set of rows: far too many to
list, of which those that attain beta are found by a tree (:mod:`.boxes`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.problems.units.lasso import GroupLasso

__all__ = ["Group", "lasso_of"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Group:
    """A sign, the blocks of the k inner neurons, the rows where z is ``>= 0``."""

    sigma: int
    used: tuple[Block, ...]
    inside: frozenset[int]

    def row(self, blocks: Blocks, i: int) -> Vector:
        """Return z_i as a linear function of ``(v_1, ..., v_k)``, shape (kd,)."""
        patterns, x = blocks.arrangement.patterns, blocks.X[i]
        seen = ((s, patterns[t][i] > 0) for s, t in self.used)
        return tuple(s * a if active else _ZERO for s, active in seen for a in x)

    def walls(self, blocks: Blocks) -> list[Vector]:
        """Return the rows that are ``>= 0`` where each neuron is in its tope."""
        H, d = blocks.arrangement, len(blocks.X[0])
        found = []
        for l, (_, t) in enumerate(self.used):
            for q in H.facets(H.patterns[t]):
                own = tuple(H.patterns[t][q] * a for a in blocks.X[q])
                after = (_ZERO,) * d * (len(self.used) - l - 1)
                found.append((_ZERO,) * d * l + own + after)
        return found

    def sides(self, blocks: Blocks, rows: Iterable[int]) -> list[Vector]:
        """Return what is ``>= 0`` where z has its signs on some rows."""
        found = []
        for i in rows:
            row = self.row(blocks, i)
            found.append(row if i in self.inside else tuple(-t for t in row))
        return found

    def rows(self, blocks: Blocks, signed: Iterable[int]) -> list[Vector]:
        """Return the rows of the cone where z has its signs on some rows of the data."""
        return [*self.sides(blocks, signed), *self.walls(blocks)]

    def cone(self, blocks: Blocks) -> list[Vector]:
        """Return the rows of its cone, that of the group LASSO."""
        every = [*self.walls(blocks), *self.sides(blocks, range(len(blocks.X)))]
        return [row for row in every if any(row)]

    def outputs(self, blocks: Blocks) -> Matrix:
        """Return the map from the neurons to ``sigma (z)_+``, shape (n, kd)."""
        zero = (_ZERO,) * len(self.row(blocks, 0))
        return tuple(
            tuple(self.sigma * t for t in self.row(blocks, i)) if i in self.inside else zero
            for i in range(len(blocks.X))
        )

    def pull(self, blocks: Blocks, kappa: Scalars) -> Scalars:
        """Return ``A'kappa``, A the outputs; shape (kd,)."""
        outputs, kept = self.outputs(blocks), sorted(self.inside)
        own = [kappa[i] for i in kept]
        return tuple(
            dot([outputs[i][j] for i in kept], own) for j in range(len(outputs[0]))
        )


def lasso_of(
    problem: ParallelProblem, blocks: Blocks, groups: Sequence[Group]
) -> GroupLasso:
    """Return the group LASSO of some groups."""
    D = problem.two_layer
    return GroupLasso(
        [{"A": g.outputs(blocks), "cone": g.cone(blocks)} for g in groups],
        D.y,
        beta_squared=D.beta_squared,
        weights=D.weights,
    )
