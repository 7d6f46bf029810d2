"""Kappa of path costs whose optimal branches are no equal parts (three-layer P12).

The groups that press are found by the tree of boxes in floats, beginning with kappa of two layers;
the group LASSO of those found gives the next kappa, until no other group presses. A LASSO of
groups of independent outputs, which make the fit, then gives kappa exactly or in balls.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.blocks import BlockOptimum, parts_of
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.bounded import around
from polytope_nn.parallel.equations.theta import near
from polytope_nn.parallel.networks.network import ParallelNetwork, branch_of
from polytope_nn.parallel.optimum import ParallelOptimum, proved
from polytope_nn.parallel.pieces import Config
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum
from polytope_nn.search.units.program import BlockProgram

from .boxes import Memory, PathBox, PathSaddle, PathSaddles
from .groups import Group, lasso_of
from .tied import TiedBranches
from .tree import PathTree

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["path_optimum"]

_BITS = 300
_INSIDE = 100  # bits: kappa is scaled by 1 - 2^-100 into the feasible set
_ROUNDS = 40
_LEAST = (
    1 - 1e-6,
    1 - 1e-4,
)  # of beta: floats that reach it press; the latter of small masses
_BOXES = 4000
_ZERO = 1e-6  # of the largest: a smaller kappa may be 0
_DEPENDENT = 1e-4  # outputs of branches that differ by less are dependent
_ENOUGH = 8  # branches of more than beta are put in at a time
_SAME = 1e-3  # of the neurons of a branch: those that are closer are of one branch
_USED = 1e-6  # of the largest: a smaller mass is 0


def path_optimum(
    problem: ParallelProblem, flat: Optimum, limits: Limits
) -> ParallelOptimum:
    """Return the optimum of path costs, found from that of equal parts.

    Raises
    ------
    Undecided
        When what was found could not be proved.
    """
    start, blocks = flat.kappa, Blocks(problem.design, problem.arrangement)
    reasons: list[Undecided] = []
    memory = Memory()
    for least in _LEAST:
        found = _pressing(problem, blocks, start, least, memory)
        if found is None:
            reason = "kappa of path costs: the conic programs in floats were not solved"
            reasons.append(Undecided(reason))
            continue
        start = found.kappa
        try:
            return _proved(problem, _Search(problem, blocks, found, memory), limits)
        except Undecided as error:
            reasons.append(error)
    raise reasons[0]


def _proved(problem: ParallelProblem, search: "_Search", limits: Limits) -> ParallelOptimum:
    """Return the optimum that was found, or raise Undecided where it is none."""
    O = search.solved(limits)
    if O.level == "exact":
        try:
            return proved(problem, O.kappa, limits=limits)
        except NotOptimal as error:
            raise Undecided(f"kappa of path costs: floats led astray: {error}") from None
    return _between(problem, O, search, limits)


def _between(
    problem: ParallelProblem, O: BlockOptimum, search: "_Search", limits: Limits
) -> ParallelOptimum:
    """Return the optimum between a dual point, a little inside, and a network near that of O."""
    D, k, groups = problem.two_layer, problem.inner_width or 1, search.used
    scale = 1 - Fraction(1, 1 << _INSIDE)
    digits = [near(t, _BITS) for t in O.kappa]
    least = max(map(abs, digits)) / (1 << _BITS // 2)  # what is less is taken for 0
    kappa = tuple(t * scale if abs(t) > least else Fraction(0) for t in digits)
    tree = PathTree(search.blocks, kappa, D.beta_squared, k, memory=search.memory)
    try:
        leaves = tree.leaves
    except NotOptimal as error:
        raise Undecided(f"kappa of path costs: floats led astray: {error}") from None
    branches = tuple(
        _branch(groups[i], tuple(near(t, _BITS) for t in a.g), near(c, _BITS))
        for i, a, c in zip(O.owners, O.atoms, O.weights, strict=True)
    )
    network = ParallelNetwork(tuple(branch_of(s, own, k) for s, own in branches))
    primal = network.objective(problem).enclosure(_BITS)[1]
    squares = (t * t / w for t, w in zip(kappa, D.weights, strict=True))
    dual = dot(kappa, D.y) - sum(squares, Fraction(0)) / 2
    balls = around(problem, kappa, dual, primal, limits)
    tied = TiedBranches(tree, O, groups)
    try:
        listed, shares, missing = tied.pieces, (tied.shares, tied.totals), ""
    except Undecided as reason:
        listed, shares = (), None
        missing = f"the branches of path costs: kappa is known in intervals only: {reason}"
    return ParallelOptimum(
        problem, tied.kappa if listed else balls, leaves, listed, branches, "interval",
        limits=limits, by_groups=True, shares=shares, missing=missing,
    )  # fmt: skip


def _branch(group: Group, g: Vector, mass: Fraction) -> Config:
    """Return the branch of an atom of a group, a label for each slot."""
    d = len(g) // len(group.used)
    parts = [(s, g[j * d : (j + 1) * d]) for j, (s, _) in enumerate(group.used)]
    return group.sigma, tuple((part, mass) for part in parts if any(part[1]))


@dataclass(frozen=True)
class _Pressing:
    """The groups that attain beta at the last kappa, each branch once, with its output."""

    groups: tuple[Group, ...]
    outputs: "tuple[NDArray[np.float64], ...]"
    kappa: Vector


@dataclass(frozen=True)
class _Search:
    """What floats found."""

    problem: ParallelProblem
    blocks: Blocks
    found: _Pressing
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def used(self) -> list[Group]:
        """Groups whose outputs are independent and make the fit."""
        import numpy as np
        from scipy.optimize import nnls

        found = self.found
        if not found.groups:  # of no columns scipy frees memory twice
            return []
        sizes = np.linalg.norm(np.array(self.blocks.X, dtype=float), axis=1)
        sizes[sizes == 0] = 1
        fit = np.array([float(t) for t in self.problem.loss.fit(found.kappa)])
        A = np.array(found.outputs).T / sizes[:, None]
        masses = nnls(A, fit / sizes)[0]
        left = np.flatnonzero(masses > _USED * masses.max(initial=0))
        while left.size:  # outputs that are as good as dependent: one of them is not needed
            _, values, V = np.linalg.svd(A[:, left])
            if len(values) == len(left) and values[-1] > _DEPENDENT * values[0]:
                break
            turn = V[-1] if V[-1].max() > -V[-1].min() else -V[-1]
            steps = np.where(turn > 0, masses[left] / np.where(turn > 0, turn, 1), np.inf)
            masses[left] -= steps.min() * turn
            left = np.delete(left, int(steps.argmin()))
        return [found.groups[i] for i in left]

    def solved(self, limits: Limits) -> BlockOptimum:
        """Return the optimum of the LASSO of the groups in use."""
        used = self.used
        if not used:
            raise Undecided("kappa of path costs: no branches were found that make the fit")
        O = optimum(lasso_of(self.problem, self.blocks, used), limits=limits)
        assert isinstance(O, BlockOptimum)  # of a LASSO with l2 norms
        return O


def _pressing(
    problem: ParallelProblem, blocks: Blocks, start: Scalars, least: float, memory: Memory
) -> _Pressing | None:
    """Return the groups that press at the optimum; None where floats do not settle.

    What reaches ``least`` of beta is taken to press.
    """
    kappa = tuple(enclosure(x)[0] for x in start)
    groups: dict[Group, None] = {}
    for _ in range(_ROUNDS):
        tight = _tight(problem, blocks, kappa, least, (memory, groups))
        if tight is None:
            return None
        new = [g for g, _ in tight if g not in groups]
        if not new:
            return _each_once(problem, blocks, kappa, tight)
        groups.update(dict.fromkeys(new))
        lasso = lasso_of(problem, blocks, list(groups))
        point = next(iter(BlockProgram(lasso, parts_of(lasso.blocks)).points()))
        kappa = tuple(Fraction(t) for t in point.kappa)
    return None


def _tight(
    problem: ParallelProblem,
    blocks: Blocks,
    kappa: Vector,
    reached: float,
    known: tuple[Memory, Collection[Group]],
) -> list[tuple[Group, PathSaddle]] | None:
    """Return the groups that come close to beta, or exceed it; None where floats fail.

    Of those that exceed it and are not ``known`` there are only some.
    """
    import numpy as np

    (memory, groups), enough = known, _ENOUGH
    k = problem.inner_width or 1
    saddles = PathSaddles(blocks, kappa, problem.two_layer.beta_squared, k, memory)
    scaled = [float(t) for t in saddles.saddles.scaled]
    least = _ZERO * max(map(abs, scaled))
    found: list[tuple[Group, PathSaddle]] = []
    waiting: list[tuple[float, int, PathBox]] = []
    order = count()  # of boxes of one bound
    for sigma in (1, -1):
        rows = [i for i, t in enumerate(scaled) if sigma * t > least]
        rows.sort(key=lambda i: -abs(kappa[i]))  # as the proof does
        if rows:
            waiting.append(
                (-np.inf, next(order), PathBox(sigma, (), tuple(rows), frozenset()))
            )
    for _ in range(_BOXES):
        if not waiting:
            return found
        _, _, box = heappop(waiting)  # the one of the largest bound
        saddle = saddles.saddle(box, reached, exactly=True)
        if saddle is None:
            return None
        if saddle.value < reached:
            continue
        if box.open or len(box.used) < k:
            for part in saddles.parts(box, saddle):
                heappush(waiting, (-saddle.value, next(order), part))
            continue
        found.append((saddle.group(box), saddle))
        enough -= saddle.above and found[-1][0] not in groups  # the program may be inexact
        if not enough:
            return found
    return None


def _each_once(
    problem: ParallelProblem,
    blocks: Blocks,
    kappa: Vector,
    tight: Sequence[tuple[Group, PathSaddle]],
) -> _Pressing:
    """Return the groups without those that have the branch of another."""
    import numpy as np

    kept: list[tuple[Group, NDArray[np.float64], NDArray[np.float64]]] = []
    lengths = np.linalg.norm(np.array(blocks.X, dtype=float), axis=1)
    for group, saddle in tight:
        inside = np.isin(np.arange(problem.n), list(group.inside))
        size = np.abs(saddle.z).max(initial=0) or 1.0
        output = group.sigma * np.where(inside, saddle.z / size * lengths, 0)
        slots = (
            (b[0], *saddle.neurons[b] / size / group.used.count(b)) for b in group.used
        )
        branch = np.array(sorted(slots))
        if not any(
            g.sigma == group.sigma and np.abs(other - branch).max() < _SAME
            for g, _, other in kept
        ):
            kept.append((group, output, branch))
    return _Pressing(tuple(g for g, _, _ in kept), tuple(f for _, f, _ in kept), kappa)
