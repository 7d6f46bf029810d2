"""The staircase in two widths: components of the optimal networks of m branches of k neurons.

What is known without counting comes first: with a kappa of one sign, or with one inner
neuron, the two-layer staircase at width mk (three-layer P8); from r(k) + 1 branches on
everything is connected (P10). The rest is counted on the slot complex (P9).
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb

from polytope_nn.called import given
from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import sign
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.limits import of_slots
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.path_costs.shares import PathAtoms
from polytope_nn.parallel.pieces import Config, Piece
from polytope_nn.shown import Drawn

from .cells import Cover, cell_vertices
from .enclosed_widths import EnclosedWidth, wider
from .independent import greatest
from .slots import SlotComplex, WidthStep, asked_widths

__all__ = ["TwoWidths", "WidthStep", "two_widths"]

_RAYS = 48  # of the pieces, for the least number of branches
_CELLS = 200  # choices of pieces, for a network of m* branches
_MOST = 100  # branches or inner neurons of a table
_MOST_BRANCHES, _MOST_INNER = 3, 4  # of a table whose size is not asked for


@dataclass(frozen=True)
class TwoWidths(Drawn):
    """The staircase of a three-layer optimum in both widths (P9-P11)."""

    optimum: ParallelOptimum
    _listed: dict[int, tuple[Piece, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _most: dict[int, int | None] = field(default_factory=dict, compare=False, repr=False)
    _balls: dict[int, EnclosedWidth] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def limited(self) -> bool:
        """Whether kappa is proved for the inner width of the problem only."""
        return any(leaf.excluded for leaf in self.optimum.leaves)

    @of_slots
    def pieces(self, k: int) -> tuple[Piece, ...]:
        """Return the pieces for inner width k; none where kappa is not feasible for it.

        Raises
        ------
        Undecided
            When that is not decided for branches wider than those of the problem.
        """
        O = self.optimum
        given = O.problem.inner_width
        if not self.limited or given is None or k <= given:
            return O.pieces
        if k not in self._listed:
            refuted = any(j < k and not known for j, known in self._listed.items())
            self._listed[k] = () if refuted else wider(O, k)  # no wider branch is shorter
        return self._listed[k]

    @cached_property
    def one_sign(self) -> bool:
        """Whether kappa has one sign: then mk neurons of two layers decide (P8)."""
        signs = {sign(x) for x in self.optimum.kappa} - {0}
        zeros = any(not sign(x) for x in self.optimum.kappa)
        return len(signs) == 1 and not zeros and self.optimum.two_layer is not None

    @cached_property
    def flat(self) -> Staircase | None:
        """The two-layer staircase; None where the two-layer optimum is another."""
        O = self.optimum.two_layer
        return (
            None if O is None else optimal_polytope(O, limits=self.optimum.limits).staircase
        )

    @cached_property
    def path(self) -> PathAtoms | None:
        """The ordered atoms of path costs; None with power-3 decay."""
        O = self.optimum
        if O.problem.regulariser != "path" or O.problem.inner_width is None:
            return None
        branches = O.branches if O.level == "interval" else None
        return PathAtoms(O.pieces, O.fit, O.problem.inner_width, branches, O.shares)

    @of_slots
    def cover(self, k: int) -> Cover:
        """Return the rays of branches with k inner neurons."""
        return Cover(self.pieces(k), self.optimum.fit, k)

    @of_slots
    def rank(self, k: int) -> int:
        """Return r(k), the rank of the outputs of optimal branches with k inner neurons."""
        outputs = [output for _, output in self.cover(k).rays]
        return rank(outputs) if outputs else 0

    @property
    def inner_rank(self) -> int:
        """r_in, the largest rank of the inner atoms of a piece."""
        return max((p.rank_at_most for p in self.optimum.pieces), default=0)

    @of_slots
    def is_saturated(self, k: int) -> bool:
        """Return whether a branch has more inner slots than any piece of this width has rank."""
        return k > max((p.rank_at_most for p in self.pieces(k)), default=0)

    @of_slots
    def m_star(self, k: int) -> int | None:
        """Return m*(k); None where kappa is not optimal for inner width k.

        Raises
        ------
        Undecided
            When there are too many vertices of pieces to look at.
        """
        if self.optimum.vanishes:
            return 0 if self.optimum.stands(k) else None
        two_layers = k == 1 and self.optimum.depth_helps
        if two_layers if self.path is None else k != self.path.k:
            return None
        if self.path is None and self.flat is not None and (self.one_sign or k == 1):
            return -(-self.flat.m_star // k)
        if self.optimum.missing:
            raise Undecided(self.optimum.missing)
        if self.path is not None:
            return self.path.m_star
        if self.optimum.level == "interval":
            return self.in_balls(k).least if self.pieces(k) else None
        cover = self.cover(k)
        if len(cover.rays) > _RAYS:
            raise Undecided(
                f"m*({k}): {len(cover.rays)} vertices of pieces, more than {_RAYS}"
            )
        return cover.m_star

    @of_slots
    def M_star(self, k: int) -> int | None:
        """Return M*(k), the most independent branches; None where it is not decided."""
        if self.optimum.vanishes:
            return self.m_star(k)
        if k == 1 and self.flat is not None and self.path is None:
            return self.flat.M_star
        if self.path is not None:
            return max(map(len, self.path.used)) if k == self.path.k else None
        if self.optimum.level == "interval":
            known = not self.optimum.missing and self.pieces(k)
            return self.in_balls(k).greatest if known else None
        if k not in self._most:
            cover = self.cover(k)
            self._most[k] = greatest(cover) if len(cover.rays) <= _RAYS else None
        return self._most[k]

    @of_slots
    def joined_from(self, k: int) -> int:
        """Return a number of branches from which all are joined, ``min{m* + M*, r + 1}``.

        r is the rank of the outputs of which some network is made.
        """
        least, most = self.m_star(k), self.M_star(k)
        from_rank = rank(self.cover(k).used) + 1
        if least is None or most is None:
            return from_rank
        return min(least + most, from_rank)

    @of_slots
    def least_network(self, k: int) -> tuple[Config, ...] | None:
        """Return the branches of an optimal network of m*(k); None where none is listed."""
        try:
            least = self.m_star(k)
        except Undecided:
            return None
        if self.optimum.level == "interval" or self.path is not None or not least:
            return None
        listed = self.pieces(k)
        if comb(len(listed) + least - 1, least) > _CELLS:
            return None
        for chosen in combinations_with_replacement(listed, least):
            for vertex in cell_vertices(chosen, self.optimum.fit):
                if all(len(own) <= k for _, own in vertex):
                    return vertex
        return None

    @of_slots
    def in_balls(self, k: int) -> EnclosedWidth:
        """Return what is known of an inner width where kappa is in balls."""
        if k not in self._balls:
            listed, most = self.pieces(k), 1 if self.flat is None else self.flat.m_star
            same = (w.cells for w in self._balls.values() if w.pieces is listed)
            self._balls[k] = EnclosedWidth(self.optimum, listed, k, most, next(same, {}))
        return self._balls[k]

    def __getitem__(self, widths: tuple[int, int]) -> WidthStep:
        """Return the step at m branches and k inner neurons.

        Raises
        ------
        DimensionError
            When kappa is not optimal for inner width k.
        """
        m, k = asked_widths(widths)
        try:
            least = self.m_star(k)
            if least is None:
                raise DimensionError(f"inner width {k}: kappa is not optimal for it")
            return self._counted(m, k, least)
        except Undecided as reason:
            nothing = 0 if self._none_of(m, k) else None
            return WidthStep(
                m, k, nothing, nothing, refused="" if nothing == 0 else str(reason)
            )

    def _none_of(self, m: int, k: int) -> bool:
        """Return whether no network has m branches, where balls leave m*(k) open."""
        O = self.optimum
        if O.level != "interval" or O.missing or self.path is not None:
            return False
        try:
            return not any(self.in_balls(k).graph(j).vertices for j in range(1, m + 1))
        except Undecided:
            return False

    def _counted(self, m: int, k: int, least: int) -> WidthStep:
        if self.optimum.vanishes:
            return WidthStep(m, k, 1, 1)
        if m < least:
            return WidthStep(m, k, 0, 0)
        if self.path is not None:
            step = self.path.staircase[m]
            return WidthStep(m, k, step.components, step.isolated)
        if self.flat is not None and (self.one_sign or k == 1):
            step = self.flat[m * k]
            return WidthStep(m, k, step.components, step.isolated)
        return self._graph_step(m, k)

    def _graph_step(self, m: int, k: int) -> WidthStep:
        """Return the step where branches are connected for sure, or by the slot complex."""
        joined = WidthStep(m, k, 1, 0, 1)  # T7.5, and no isolated point beyond M*(k)
        if self.optimum.level == "interval":
            own = self.in_balls(k)
            return joined if m >= own.joined_from else own.graph(m).step
        if m >= self.joined_from(k):
            return joined
        return SlotComplex(
            self.pieces(k), self.optimum.fit, m, k, self.is_saturated(k)
        ).step

    def table(
        self, branches: int | None = None, inner: int | None = None
    ) -> list[WidthStep]:
        """Return the steps of a rectangle of widths, without the k that have none.

        Its default size is up to where the networks are connected, at most 3 by 4.
        """
        asked_widths([1 if t is None else t for t in (branches, inner)], _MOST)
        least = {k: self._told(k) for k in range(1, (inner or _MOST_INNER) + 1)}
        if inner is None and self.path is not None:
            least = {k: self._told(k) for k in range(1, self.path.k + 1)}
        elif inner is None:
            of = [k for k, t in least.items() if t is not None][:1]
            widest = max([*of, min(self.inner_rank + 1, _MOST_INNER), 1])
            least = {k: t for k, t in least.items() if k <= widest}
        rows: list[WidthStep] = []
        for m in range(1, (branches or _MOST_BRANCHES) + 1):
            row = [self[m, k] for k, t in least.items() if t is not None]
            rows += row
            if branches is None and row and all(s.components == 1 for s in row):
                break
        return rows

    def _told(self, k: int) -> int | None:
        """Return m*(k), 1 where it is not decided."""
        try:
            return self.m_star(k)
        except Undecided:
            return 1


def two_widths(optimum: ParallelOptimum) -> TwoWidths:
    """Return the staircase of a three-layer optimum in both widths.

    >>> from polytope_nn import ParallelProblem, parallel_optimum
    >>> D = ParallelProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)
    >>> S = two_widths(parallel_optimum(D))
    >>> [(s.m, s.k, s.components, s.isolated) for s in S.table(2, 2)]
    [(1, 1, 0, 0), (1, 2, 4, 4), (2, 1, 4, 4), (2, 2, 1, 0)]

    Parameters
    ----------
    optimum
        The optimum of a three-layer problem.

    Returns
    -------
    TwoWidths
        m*(k), and the components for each number of branches and inner neurons.

    Raises
    ------
    Undecided
        When a piece is not known exactly.
    """
    given(ParallelOptimum, optimum)
    return TwoWidths(optimum)
