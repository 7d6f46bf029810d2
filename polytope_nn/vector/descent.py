"""Descents to the optimum with several outputs: nothing rises on the way (T12, general G6).

The columns are tight directions and the start's own neurons, features ``phi v'`` as vectors of
R^(n c), so ``n c + 1`` slots are enough from everywhere. The directions are the atoms; with a
continuum those of one optimal network, and of a prescribed end. What is free is, for each
output, at every breakpoint but the start what fits best beside the neurons; features and labels
are less their projections to it, as with one output.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import cast

from polytope_nn.called import given_width
from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.radical import RootSum, exactly, root
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.paths.mixtures import Columns
from polytope_nn.paths.optima import Optima, modulo
from polytope_nn.paths.route import Parting, Vertices, rest, route, shortened

from .enclosed import accepted_placement, known_mixtures
from .network import VectorNetwork, VectorNeuron
from .optimum import Direction
from .paths import VectorPath, mixtures, placement_of
from .polytope import OptimalSet
from .problem import Rows, VectorProblem
from .trained.loss_descent import led, tight_directions

__all__ = ["VectorDescent", "descended", "vector_descent", "wide_enough"]


@dataclass(frozen=True)
class _Columns(Columns):
    """Tight directions, then the neurons of a network; ``pairs`` are their (u, v)."""

    pairs: tuple[VectorNeuron, ...] = ()
    n_tight: int = 0

    @property
    def _problem(self) -> VectorProblem:
        # the optimum is one of several outputs
        return cast("VectorProblem", cast("object", self.polytope.optimum.problem))

    def fit_of(self, c: Mapping[int, Scalar]) -> Scalars:
        fit: Scalars = (Fraction(0),) * (self._problem.n * self._problem.c)
        for j, x in c.items():
            fit = tuple(z + x * t for z, t in zip(fit, self.features[j], strict=True))
        return fit

    def network(self, p: Placement) -> VectorNetwork:  # type: ignore[override] # of outputs
        """Return the network of a placement, with what is free as it fits best."""
        slots = (
            None
            if held is None
            else VectorNeuron(
                self.pairs[held[0]].u, tuple(held[1] * t for t in self.pairs[held[0]].v)
            )
            for held in p
        )
        return VectorNetwork(tuple(slots)).completed(self._problem)

    def is_optimal(self, p: Placement) -> bool:
        """Return whether only tight directions are used, and the fit is the optimal one."""
        if any(held is not None and held[0] >= self.n_tight for held in p):
            return False
        best = _rest(self._problem, self.polytope.optimum.fit)  # type: ignore[arg-type] # rows
        return all(s == t for s, t in zip(self.fit(p), best, strict=True))

    def objective(self, p: Placement) -> RootSum:
        """Return the objective of a placement."""
        D = self._problem
        if self.is_optimal(p):
            return self.optimal_value
        left = [y - z for y, z in zip(_rest(D, D.Y), self.fit(p), strict=True)]
        weights = D.weights * D.c  # column after column
        loss = dot([w * t for w, t in zip(weights, left, strict=True)], left) / 2
        return self.cost(p) + exactly(loss)


def _rest(problem: VectorProblem, fit: Rows) -> Scalars:
    """Return a matrix (n, c) less what is free and fits it best, its columns in a row."""
    off = problem.free.annihilator(problem.weights)
    return tuple(t for column in transpose(fit) for t in modulo(off, column))


@dataclass(frozen=True, repr=False)
class VectorDescent:
    """A path of networks of non-increasing objective that ends at a global optimum.

    Consecutive breakpoints are joined by lines, slot by slot in v, and in the free part; the
    first step balances raw neurons, their product kept. ``polytope`` is the optimal set.
    """

    polytope: OptimalSet
    breakpoints: tuple[VectorNetwork, ...]
    objectives: tuple[RootSum, ...]

    @property
    def width(self) -> int:
        """The number of slots."""
        return self.breakpoints[0].width


def vector_descent(
    P: OptimalSet,
    start: VectorNetwork,
    end: VectorNetwork | None = None,
    width: int | None = None,
) -> VectorDescent:
    """Return a path of non-increasing objective to a global optimum, or to a given one.

    Parameters
    ----------
    P
        The optimal set, of any finite loss, exact or in balls.
    start
        Any exact network.
    end
        The optimal network to arrive at; None: some.
    width
        The number of slots; by default that of the larger network, or ``n c + 1``.

    Returns
    -------
    VectorDescent
        Breakpoints and their objectives, which never rise.

    Raises
    ------
    DimensionError
        When the width is less than ``n c + 1`` or than the neurons need.
    InstanceError
        With a loss that is 0 or infinite.
    Undecided
        When the optimum is not known closely enough; with an end at level interval.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> print(*vector_descent(P, VectorNetwork((None,))).objectives)
    25/2 19/8
    """
    m = wide_enough(P, width, start, end)
    directions = tight_directions(P)
    goal = None
    if end is not None:
        goal = placement_of(P.optimum, directions, end, "the prescribed end", m)
    found, _ = descended(P, directions, start, goal, m)
    if end is not None and (end.skip is not None or end.constant is not None):
        last = replace(found.breakpoints[-1], skip=end.skip, constant=end.constant)
        found = replace(found, breakpoints=(*found.breakpoints[:-1], last))
    return found


def wide_enough(P: OptimalSet, width: int | None, *networks: VectorNetwork | None) -> int:
    """Return the width of descents from networks, or refuse one that is too small."""
    given_width(width)
    D = P.optimum.problem
    if not D.is_finite:
        raise InstanceError(
            f"loss: {D.kind}: a fit costs 0 or is not allowed, and descents are about finite "
            f"losses: write squared, say"
        )
    most = D.n * D.c
    used = max(x.width for x in networks if x is not None)
    m = width or max(used, most + 1)
    if m <= most or m < used:
        raise DimensionError(
            f"the width is {m}: a descent from everywhere needs n c + 1 = {most + 1} slots, "
            f"and the network has {used}"
        )
    return m


def descended(
    P: OptimalSet,
    directions: Sequence[Direction],
    start: VectorNetwork,
    goal: Placement | None,
    m: int,
) -> tuple[VectorDescent, Placement]:
    """Return a descent of m slots to a placement of tight directions, or to some; and it."""
    wide = replace(start, slots=(*start.slots, *(None,) * (m - start.width)))
    if wide.is_enclosed:  # it means an optimal network
        return _from_an_optimum(P, wide, goal)
    if P.level == "exact" and P.optimum.problem.is_squared:
        try:
            return _exactly(P, directions, wide, goal)
        except Undecided:
            pass  # sums of irrational roots in a field: rays that are rational have none
    nets, objectives, reached = led(P, directions, wide, goal)
    return VectorDescent(P, tuple(nets), tuple(objectives)), reached


def _from_an_optimum(
    P: OptimalSet, start: VectorNetwork, goal: Placement | None
) -> tuple[VectorDescent, Placement]:
    """Return the line from an optimal network in a box to the goal: nothing rises or falls."""
    O = P.optimum
    p = accepted_placement(P, start)
    directions, points = known_mixtures(P)
    V = Vertices(points, tuple(map(support, points)))
    within = shortened([p, *rest(V, p, goal, complete=True)])
    path = VectorPath(O, directions, V.supports, start.width, tuple(within))
    values = (exactly(O.value),) * len(within)
    return VectorDescent(P, path.breakpoints, values), within[-1]


def _exactly(
    P: OptimalSet,
    directions: Sequence[Direction],
    wide: VectorNetwork,
    goal: Placement | None,
) -> tuple[VectorDescent, Placement]:
    """Return a descent with the squared loss, every coefficient of a tableau decided."""
    D = P.optimum.problem
    columns = _columns(P, directions, wide)
    ways = _ways(columns, goal)
    nets = [columns.network(p) for p in ways]
    objectives = [columns.objective(p) for p in ways]
    free = wide.skip is not None or wide.constant is not None
    if free or any(x.raw for x in wide.neurons):
        own = wide.completed(D)  # itself where it gives a free part
        nets.insert(0, own)
        objectives.insert(0, own.objective(D))
    # THEORY T12; what is optimal has one value
    assert all((b - a).sign() <= 0 for a, b in pairwise(objectives) if b is not a)
    return VectorDescent(P, tuple(nets), tuple(objectives)), ways[-1]


def _columns(
    P: OptimalSet, directions: Sequence[Direction], network: VectorNetwork
) -> _Columns:
    """Return the columns of a network beside tight directions, and its placement."""
    O, D = P.optimum, P.optimum.problem
    pairs = [VectorNeuron(a.g, a.h) for a in directions]
    features = [_rest(D, a.feature) for a in directions]
    prices = [exactly(squared_norm(a.h)) for a in directions]
    start: list[Held] = []
    for x in network.slots:
        if x is None or not any(map(sign, x.u)) or not any(map(sign, x.v)):
            start.append(None)
            continue
        phi = [dot(row, x.u) for row in D.design]
        rows = [[t * v if sign(t) > 0 else Fraction(0) for v in x.v] for t in phi]
        start.append((len(pairs), Fraction(1)))
        pairs.append(VectorNeuron(x.u, x.v))
        features.append(_rest(D, tuple(map(tuple, rows))))
        prices.append(root(D.beta_squared * squared_norm(x.u) * squared_norm(x.v)))
    points = P.vertices if not O.continua else mixtures(O, directions)
    vertices = Vertices(points, tuple(map(support, points)))
    return _Columns(
        # the set has what is asked of it: its optimum
        Optima(P, (), vertices),  # type: ignore[arg-type]
        (),
        tuple(features),
        tuple(prices),
        tuple(start),
        tuple(pairs),
        len(directions),
    )


def _ways(columns: _Columns, goal: Placement | None) -> list[Placement]:
    """Return placements from the balanced start to an optimum, and on to the goal."""
    optimal = columns.optima.vertices
    ways = [columns.start]
    reached = columns.beside(ways[0], goal)
    if reached is None:
        ways.append(columns.pruned(ways[0]))
        reached = columns.beside(ways[1], goal)
    if reached is not None:
        ways.append(reached)
    else:
        supports = optimal.supports
        i = min(range(len(supports)), key=lambda i: supports[i].bit_count())
        v = {a: optimal.points[i][a] for a in bits_of(supports[i])}
        for p in columns.steps(ways[-1], v):
            ways.append(p)
            reached = columns.beside(p, goal)
            if reached is not None:
                ways.append(reached)
                break
    if goal is not None:
        left = route(optimal, ways[-1], goal)
        assert not isinstance(left, Parting)  # T7.5: the width is at least n c + 1
        ways += left[1:]
    return shortened(ways)
