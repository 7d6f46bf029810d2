"""Every stationary network of a width, up to order and splitting (THEORY T19)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable
from polytope_nn.limits import Limits, limits_of, width_of
from polytope_nn.networks.network import Network, Neuron
from polytope_nn.problems.trained import trained
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.progress import counted
from polytope_nn.shown import Drawn

from .biases.biased import Freed, Piece, Tope, pieces
from .blocks import Block, blocks, squared_loss
from .classes import Classes, Growth
from .comparing import same
from .excluded import Exclusion
from .guess import Guesser
from .kinds import Surroundings, WayDown
from .members import Members, Set, Solution
from .optima import Optima

__all__ = ["StationaryPoint", "StationaryPoints", "stationary_points"]

_MOST = 1_000_000  # sets of faces, of one size, that are solved


@dataclass(frozen=True)
class StationaryPoint:
    """The stationary networks of one block set: value, blocks, one network, what it is.

    ``family_dim`` is the dimension of the set of all of them, up to order and splitting (with
    what is free, modulo its kernel); ``descent`` a way down from a saddle.
    """

    objective: Scalar
    blocks: tuple[Block, ...]
    network: Network
    kind: str
    family_dim: int
    kappa: Scalars
    descent: WayDown | None


@dataclass(frozen=True)
class StationaryPoints(Drawn):
    """All stationary networks of a width, ascending in objective."""

    problem: TrainingProblem
    width: int
    points: tuple[StationaryPoint, ...]

    @cached_property
    def values(self) -> tuple[Scalar, ...]:
        """The different objectives, ascending; enclosures that overlap are taken as one."""
        found: list[Scalar] = []
        for p in self.points:
            if not found or not same(found[-1], p.objective):
                found.append(p.objective)
            elif isinstance(found[-1], Ball) and not isinstance(p.objective, Ball):
                found[-1] = p.objective
        return tuple(found)

    def of_value(self, value: Scalar) -> tuple[StationaryPoint, ...]:
        """Return the points of one of the values."""
        return tuple(p for p in self.points if same(value, p.objective))

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[StationaryPoint]:
        return iter(self.points)

    def __getitem__(self, i: int) -> StationaryPoint:
        return self.points[i]

    def __repr__(self) -> str:
        kinds = [p.kind for p in self.points]
        counted = ", ".join(
            f"{kind}={kinds.count(kind)}"
            for kind in ("global", "local", "saddle", "undecided")
            if kind in kinds
        )
        return f"StationaryPoints(width={self.width}, values={len(self.values)}, {counted})"


def stationary_points(
    problem: Solvable, width: int, *, limits: Limits | None = None
) -> StationaryPoints:
    """Return every Clarke stationary network of a width, up to order and splitting.

    THEORY T19: a network's blocks T have one dual variable ``kappa_T``, so the values are
    finitely many. Each set of at most ``width`` blocks is excluded by a strict inequality, or
    its networks are found: exactly, or in balls with every decision strict.

    Parameters
    ----------
    problem
        A training problem with squared loss; any bias, any skip. With a free bias an empty slot
        is a dead neuron of bias 0, and that is what its kind is of; those of negative bias are
        stationary, too. What only growing biases reach is no network.
    width
        The number of slots, at least 1.
    limits
        How precise balls are, and how large number fields may be.

    Returns
    -------
    StationaryPoints
        Networks with value, blocks and kind, ascending in objective.

    Raises
    ------
    InstanceError
        When the loss is not the squared one, or the width is no positive integer.
    Undecided
        When a block set is neither excluded nor solved; the message names it.

    Examples
    --------
    One neuron and two samples: ``w = (1, 0)`` is on a concave kink, it is a saddle without an
    empty slot (THEORY T14).

    >>> D = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)
    >>> S = stationary_points(D, 1)
    >>> S
    StationaryPoints(width=1, values=5, local=3, saddle=3)
    >>> kink = next(p for p in S if [b.face for b in p.blocks] == ["+0"])
    >>> print(kink.objective, kink.kind, *kink.network.slots[0].u)
    7/2 saddle 1 0
    >>> print(*kink.descent.direction)
    0 -1
    """
    O = problem.optimum if isinstance(problem, OptimalPolytope) else problem
    D = trained(O.problem if isinstance(O, Optimum) else O)
    squared_loss(D)
    width = width_of(width, 1)
    chosen = limits_of(limits)
    free = D.bias == "free"
    optima = Optima(None) if free else Optima.of(problem, chosen)
    made = pieces(D, width) if free else (Piece(D, blocks(D), width),)
    found = (p for piece in made for p in _Finder(piece, chosen, optima).points())
    points = sorted(found, key=lambda p: middle(p.objective))
    return StationaryPoints(D, width, tuple(points))


@dataclass(frozen=True)
class _Finder:
    """Goes through the block sets of a problem, or of a piece of one."""

    piece: Piece
    limits: Limits
    optima: Optima

    @property
    def problem(self) -> TrainingProblem:
        """The problem."""
        return self.piece.problem

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.piece.width

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks."""
        return self.piece.blocks

    @cached_property
    def members(self) -> Members:
        """What decides block sets."""
        excluded = Exclusion(self.problem, self.blocks)
        guesser = Guesser(self.problem, self.blocks)
        return Members(self.problem, self.blocks, self.limits, excluded, guesser)

    @cached_property
    def around(self) -> Members:
        """The same for all blocks around a network, those in no set of the piece too."""
        if not self.piece.faces:
            return self.members
        every = self.piece.around
        guesser = Guesser(self.problem, every)
        return replace(
            self.members, blocks=every, guesser=guesser, _exact={}, _large={}, _solved={}
        )

    def points(self) -> Iterator[StationaryPoint]:
        """Yield the stationary networks, the one without neurons first."""
        D = self.problem
        kappa = D.kappa_without
        if not self.piece.columns:
            yield self._point((), Solution(kappa, (), 0, LinearForms(kappa)))
        found = sorted(self._found(kappa), key=lambda pair: (len(pair[0]), pair[0]))
        yield from (self._point(T, solution) for T, solution in found)

    def _found(self, kappa: Vector) -> Iterator[tuple[Set, Solution]]:
        """Yield the block sets of stationary networks, with these."""
        guesser, excluded = self.members.guesser, self.members.excluded
        classes = Classes(self.piece, self.members)
        growth = Growth(excluded, tuple(classes.blocks))
        growth.start(kappa)
        for size in range(1, self.width + 1):
            sets = self._few(growth, classes.sets(size), last=size == self.width)
            if not sets:
                continue
            self.limits.progress(f"{len(sets)} sets of {size} faces")
            nus, masses = guesser.solved(sets)
            solved = zip(sets, nus, masses, classes.farthest(sets, nus), strict=True)
            balls = []
            for C, *guess in counted("stationary, sets of faces", solved, len(sets)):
                ball, left, near, weights = classes.solved(C, *guess)
                if size < self.width:
                    balls.append(ball)
                for T in left:
                    solution = self._solution(T, near, classes.shares(T, C, weights))
                    if solution is not None:
                        yield T, solution
            if balls:
                growth.add(sets, balls)

    def _few(self, growth: Growth, every: Iterable[Set], *, last: bool) -> tuple[Set, ...]:
        """Return the sets that are to be solved; Undecided where they are too many."""
        sets: list[Set] = []
        for T in growth.left(every, last=last):
            sets.append(T)
            if len(sets) > _MOST:
                raise Undecided(
                    f"more than {_MOST} sets of {len(T)} faces may have stationary networks: "
                    f"give a smaller width"
                )
        return tuple(sets)

    def _solution(self, T: Set, near: Vector, weights: Vector) -> Solution | None:
        """Return the networks of a block set, optimal ones as the optimal polytope has them."""
        members = [self.blocks[a] for a in T]
        optimal = self.optima.of_set(members)
        if optimal is not None:
            return self.optima.solution(members) if optimal else None
        try:
            return self.members.solution(T, near, weights)
        except Undecided as reason:
            raise Undecided(self._named(T, reason)) from None

    def _named(self, T: Set, reason: Undecided) -> str:
        words = ", ".join(
            f"{'+' if self.blocks[a].sign > 0 else '-'}{self.blocks[a].face}" for a in T
        )
        return (
            f"whether a stationary network has the blocks {words}: {reason}: raise the limits "
            f"on bits and degree, or change the labels a little"
        )

    def _point(self, T: Set, solution: Solution) -> StationaryPoint:
        D, kappa = self.problem, solution.kappa
        members = tuple(self.blocks[a] for a in T)
        fit = squared_loss(D).fit(kappa)
        optimal = self.optima.is_optimal(members)
        silent = (Fraction(0),) * D.dimension
        kind, descent = Surroundings(
            self.around.blocks, T, solution, D.beta_squared, self._tight(T),
            (*silent, Fraction(1)) if D.bias == "free" else (),
        ).kind(empty=len(T) < self.width, optimal=optimal)  # fmt: skip
        objective = simplest(squared_loss(D).value(fit) + dot(kappa, fit))
        return StationaryPoint(
            objective, members, self._network(members, solution, fit), kind, solution.dim,
            kappa, descent,
        )  # fmt: skip

    def _tight(self, T: Set) -> Set:
        """Return the blocks whose pulls are as long as those of T, for every kappa."""
        if self.problem.bias != "free":
            return T
        around = self.around
        same = {around.quadratic(a) for a in T}
        return tuple(a for a in range(len(around.blocks)) if around.quadratic(a) in same)

    def _network(
        self, members: tuple[Block, ...], solution: Solution, fit: Scalars
    ) -> Network:
        """Return the network, its free parts those that fit."""
        D = self.problem
        slots: list[Neuron | None] = []
        rest = fit
        offsets = solution.offsets or (Fraction(0),) * len(members)
        for b, c, h in zip(members, solution.weights, offsets, strict=True):
            g = b.direction(solution.kappa)
            u = b.neuron(tuple(c * t for t in g))
            slots.append(Neuron(b.sign, (*u[:-1], h) if isinstance(b, Tope) else u))
            F = b.feature(g)
            rest = tuple(x - c * t for x, t in zip(rest, F, strict=True))
            if isinstance(b, Tope):
                ones = b.column
                rest = tuple(x - h * z * b.sign for x, z in zip(rest, ones, strict=True))
        slots += [None] * (self.width - len(slots))
        base = Freed(D, ()) if D.bias == "free" else D
        if not base.free.columns:
            return Network(tuple(slots))
        a = base.free.best(rest, base.weights)
        slope, offset = base.free.slope_and_offset(a, D.dimension)
        return Network(
            tuple(slots),
            slope if base.free.has_slopes else None,
            offset if base.free.has_constant else None,
        )
