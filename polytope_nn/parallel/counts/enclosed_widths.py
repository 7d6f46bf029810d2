"""One inner width where kappa is in balls: m*(k), M*(k) and the graphs of all m (P9, P10)."""

from dataclasses import dataclass, field
from functools import cached_property

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.parallel.deep_pieces import deep_enclosed
from polytope_nn.parallel.enclosed import enclosed
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.pieces import Piece, pieces
from polytope_nn.parallel.tree import Tree

from .deep_flat import DeepFlat
from .enclosed import EnclosedComplex
from .enclosed_cells import Branches
from .enclosed_most import Rays
from .enclosed_shared import shared_vertices
from .flat import Flat, ShallowFlat
from .separated import separated

__all__ = ["EnclosedWidth", "wider"]


def wider(O: ParallelOptimum, k: int) -> tuple[Piece, ...]:
    """Return the pieces of branches wider than the problem's; none where one exceeds beta.

    Raises
    ------
    Undecided
        When in balls that is left open.
    """
    problem = O.problem.of_width(k)
    try:
        if O.level == "exact":
            square = problem.unit_beta_squared
            return pieces(Tree(O.blocks, O.kappa, square, k, O.limits).leaves, O.kappa)
        if O.solved is not None:
            return deep_enclosed(problem, O.solved, O.limits, O.beside).pieces
        if O.flat is not None:
            return enclosed(problem, O.flat, O.limits).pieces
    except NotOptimal:
        return ()
    raise Undecided(f"inner width {k}: kappa is known in intervals only, and depth helps")


@dataclass(frozen=True)
class EnclosedWidth:
    """The optimal networks of k inner neurons a branch, of an optimum in balls.

    ``pieces`` are those of this width, ``most`` is m* of two layers where depth does not help,
    ``cells`` are the vertices of choices of pieces.
    """

    optimum: ParallelOptimum
    pieces: tuple[Piece, ...]
    k: int
    most: int
    cells: dict[tuple[int, ...], list[Branches] | Undecided] = field(
        default_factory=dict, compare=False
    )

    @cached_property
    def flat(self) -> Flat | None:
        """The columns; None where they are not known."""
        O = self.optimum
        if O.solved is not None:
            return DeepFlat(O.problem.design, O.solved, self.pieces)
        return (
            None if O.two_layer is None else ShallowFlat.of(O.problem.design, O.two_layer)
        )

    def graph(self, m: int) -> EnclosedComplex:
        """Return the graph of the vertices of m branches; Undecided without atoms."""
        O, k = self.optimum, self.k
        if self.flat is None:
            raise Undecided(f"m*({k}): kappa is known in intervals only, and depth helps")
        return EnclosedComplex(
            self.pieces, O.fit, m, k, saturated=False, flat=self.flat, cells=self.cells,
            shared=lambda size: shared_vertices(self.rays, size),
        )  # fmt: skip

    @cached_property
    def rays(self) -> Rays:
        """The rays of the pieces."""
        given = self.optimum.problem.inner_width
        limited = any(leaf.excluded for leaf in self.optimum.leaves)
        widest = max(given or 1, self.k) if limited else None
        return Rays(self.pieces, self.k, self.graph, widest)

    @cached_property
    def least(self) -> int | None:
        """m*(k): that of two layers is not below it; None where no branches make the fit."""
        O, k, most = self.optimum, self.k, self.most
        if self.flat is not None and self.rays.only is not None:
            return self.rays.least
        fits = O.solved is None or all(len(own) <= k for _, own in O.branches)
        if O.solved is not None:
            most = len(O.branches) if fits else self.graph(1).rank_at_most
        if separated(self.pieces, O.fit, k):
            most, fits = 0, False
        elif O.solved is not None:
            self.graph(most).within_limits()
        every = (m for m in range(1, most + 1 - fits) if self.graph(m).vertices)
        return next(every, most if fits else None)

    @cached_property
    def greatest(self) -> int | None:
        """M*(k), the most independent branches; None where it is not decided."""
        try:
            return self.rays.greatest(self.least) if self.least else self.least
        except Undecided:
            return None

    @cached_property
    def joined_from(self) -> int:
        """A number of branches from which all are joined, ``min{m* + M*, r + 1}`` or more."""
        from_rank = self.graph(1).rank_at_most + 1
        if self.least is None or self.greatest is None:
            return from_rank
        return min(self.least + self.greatest, from_rank)
