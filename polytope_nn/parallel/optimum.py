"""The optimum of a parallel three-layer problem, and its proof (three-layer P1, P3, P5, P7).

As in two layers ``kappa = -grad L(fit)``. A kappa that no branch exceeds, with branches of
its pieces that make its fit, proves that no network of any number of branches does better:
the branches cost ``kappa'fit``, and every network of fit z costs at least ``kappa'z``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.optimum import Optimum, verified
from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.radical import decimal, simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.limits import Limits, limits_of, of_slots
from polytope_nn.wording import plural

from .blocks import Blocks
from .equations.solved import DeepSolution
from .path_costs.shares import Shares, equal_parts
from .path_costs.tree import PathTree
from .pieces import Config, Piece, pieces
from .problem import ParallelProblem
from .tree import Leaf, Tree

__all__ = ["ParallelOptimum", "flat_of", "proved"]


@dataclass(frozen=True, repr=False)
class ParallelOptimum:
    """The dual optimum of a three-layer problem, proved.

    ``flat`` is a two-layer optimum of the same kappa: that of the problem in which a mass 1
    costs the same (``two_layer``: of the same problem).
    ``solved`` is the zero of the equations that kappa is, in balls where depth helps.
    ``leaves`` prove that no branch exceeds beta; ``pieces`` are all optimal branches, and
    ``branches`` some of them that make the fit; where balls do not decide the pieces there are
    none, and ``missing`` says so. ``inner_width`` is that for which kappa is
    optimal; None: for all that reach the value of unlimited width. ``by_groups`` says that leaves
    are those of path costs where mixtures of unequal parts are longer (:mod:`.path_costs`);
    in balls ``shares`` are then the outputs of the pieces. ``beside`` is the two-layer optimum of
    the same problem, where depth helps and it is known.
    """

    problem: ParallelProblem
    kappa: Scalars
    leaves: tuple[Leaf, ...]
    pieces: tuple[Piece, ...]
    branches: tuple[Config, ...]
    level: str = "exact"
    two_layer: Optimum | None = field(default=None, compare=False)
    flat: Optimum | None = field(default=None, compare=False)
    solved: DeepSolution | None = field(default=None, compare=False)
    limits: Limits = field(default=Limits(), compare=False)
    missing: str = ""
    by_groups: bool = False
    shares: Shares | None = field(default=None, compare=False)
    beside: Optimum | None = field(default=None, compare=False)

    @cached_property
    def blocks(self) -> Blocks:
        """The blocks of the design."""
        return Blocks(self.problem.design, self.problem.arrangement)

    @cached_property
    def fit(self) -> Scalars:
        """What every optimal network fits, shape (n,)."""
        return self.problem.loss.fit(self.kappa)

    @cached_property
    def cost(self) -> Scalar:
        """What the branches cost, ``kappa'fit``."""
        return simplest(dot(self.kappa, self.fit))

    @cached_property
    def value(self) -> Scalar:
        """The optimal objective, the same for every number of branches ``>= m*(k)``."""
        return simplest(-self.problem.loss.conjugate(self.kappa))

    @property
    def vanishes(self) -> bool:
        """Whether the fit is 0, and no branch is used."""
        return not self.branches

    @of_slots
    def stands(self, k: int) -> bool:
        """Return whether the fit 0 is optimal for inner width k, too.

        A wider branch may exceed beta, where one of the problem's width does not.
        """
        D, given = self.problem, self.problem.inner_width
        limited = D.regulariser == "path" or any(leaf.excluded for leaf in self.leaves)
        if given is None or k <= given or not limited:
            return True
        try:
            proved(D.of_width(k), self.kappa, limits=self.limits)
        except NotOptimal:
            return False
        return True

    @property
    def depth_helps(self) -> bool:
        """Whether the two-layer optimum of the same problem is worse (P6).

        With path costs k equal inner neurons are cheaper than one, so it always is (P12).
        """
        k = self.problem.inner_width
        if self.problem.regulariser == "path" and k is not None and k > 1:
            return not self.vanishes
        return self.two_layer is None

    def __repr__(self) -> str:
        return (
            f"ParallelOptimum(value={decimal(self.value)}, pieces={len(self.pieces)}, "
            f"depth helps: {'yes' if self.depth_helps else 'no'}, level={self.level})"
        )


def proved(
    problem: ParallelProblem, kappa: Iterable[Scalar], *, limits: Limits | None = None
) -> ParallelOptimum:
    """Return the optimum whose dual variable is kappa, rational or in a number field.

    Raises
    ------
    NotOptimal
        When a branch exceeds beta, or optimal branches do not make the fit.
    Undecided
        When a leaf of the proof is not decided.

    Examples
    --------
    >>> D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
    >>> from polytope_nn.exact.rational import vector
    >>> O = proved(D, vector([-1, 3, -1]))
    >>> O.value, [len(p.vertices) for p in O.pieces]
    (Fraction(17, 2), [4, 2])
    """
    k = tuple(kappa)
    if len(k) != problem.n:
        raise DimensionError(
            f"kappa has {plural(len(k), 'entry')} for {plural(problem.n, 'row')} of X"
        )
    blocks = Blocks(problem.design, problem.arrangement)
    square = problem.unit_beta_squared
    tree = Tree(blocks, k, square, problem.inner_width, limits_of(limits))
    by_groups = False
    leaves: tuple[Leaf, ...]
    try:
        leaves = tree.leaves
        listed = pieces(leaves, k)
        if problem.regulariser == "path" and problem.inner_width is not None:
            listed = equal_parts(listed, problem.inner_width)
    except (NotOptimal, Undecided):
        if problem.regulariser == "power3" or problem.inner_width in (None, 1):
            raise
        of_groups = PathTree(blocks, k, problem.two_layer.beta_squared, problem.inner_width)
        leaves, listed, by_groups = of_groups.leaves, of_groups.pieces, True
    fit = problem.loss.fit(k)
    branches = _made(listed, fit, problem)
    return ParallelOptimum(
        problem,
        k,
        leaves,
        listed,
        branches,
        two_layer=flat_of(problem, k),
        limits=tree.limits,
        by_groups=by_groups,
    )


def flat_of(problem: ParallelProblem, kappa: Scalars) -> Optimum | None:
    """Return the two-layer optimum of kappa; None where its optimum is another (P6).

    A kappa that is feasible for three layers is feasible for two, and its dual value is
    what two layers reach iff two-layer atoms make its fit.
    """
    if problem.regulariser == "path" and problem.inner_width != 1:
        return None
    try:
        return verified(problem.two_layer, kappa)
    except NotOptimal:
        return None


def allowed(problem: ParallelProblem, masses: Sequence[Scalar]) -> bool:
    """Return whether a vertex of a piece is a branch of the problem."""
    k = problem.inner_width
    return k is None or sum(1 for x in masses if sign(x)) <= k


def _made(
    listed: Sequence[Piece], fit: Scalars, problem: ParallelProblem
) -> tuple[Config, ...]:
    """Return optimal branches that make the fit, or say why there are none."""
    if not any(sign(t) for t in fit):
        return ()
    points = [
        (p.output(v), p.config(v))
        for p in listed
        for v in p.vertices
        if allowed(problem, v)
    ]
    columns = [output for output, _ in points]
    residual, weights = cone_projection(columns, tuple(-t for t in fit))
    if any(sign(t) for t in residual):
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: its fit is no nonnegative combination "
            f"of the vertices of its {len(listed)} pieces of optimal branches; z = "
            f"({', '.join(decimal(t) for t in residual)}) has z'f >= 0 on each of them, "
            f"and z'fit < 0"
        )
    return tuple(
        (sigma, tuple((key, x * w) for key, x in masses))
        for w, (_, (sigma, masses)) in zip(weights, points, strict=True)
        if sign(w)
    )
