"""Descents to the optimum with several outputs: nothing rises on the way (T12, general G6).

The columns are the atoms and the start's own neurons, features ``phi v'`` as vectors of R^(n c), so
``n c + 1`` slots are enough from everywhere. For finitely many atoms, at level exact, and no skip.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.radical import RootSum, exactly, root
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.paths.mixtures import Columns
from polytope_nn.paths.optima import Optima
from polytope_nn.paths.route import Parting, Vertices, route, shortened

from .network import VectorNetwork, VectorNeuron
from .paths import placement_of
from .polytope import OptimalSet

__all__ = ["VectorDescent", "vector_descent"]


@dataclass(frozen=True)
class _Columns(Columns):
    """Atoms, then the neurons of a network; ``pairs`` are their (u, v)."""

    pairs: tuple[VectorNeuron, ...] = ()

    def _fit_of(self, c: Mapping[int, Scalar]) -> Scalars:
        D = self.polytope.optimum.problem
        fit: Scalars = (Fraction(0),) * (D.n * D.c)  # type: ignore[attr-defined] # of outputs
        for j, x in c.items():
            fit = tuple(z + x * t for z, t in zip(fit, self.features[j], strict=True))
        return fit

    def network(self, p: Placement) -> VectorNetwork:  # type: ignore[override] # of outputs
        """Return the network of a placement."""
        return VectorNetwork(
            tuple(
                None
                if held is None
                else VectorNeuron(
                    self.pairs[held[0]].u, tuple(held[1] * t for t in self.pairs[held[0]].v)
                )
                for held in p
            )
        )

    def is_optimal(self, p: Placement) -> bool:
        """Return whether only atoms are used, and the fit is the optimal one."""
        O = self.polytope.optimum
        if any(held is not None and held[0] >= len(O.atoms) for held in p):
            return False
        best = O.problem.modulo(O.fit)  # type: ignore[attr-defined] # of outputs
        return all(s == t for s, t in zip(self.fit(p), best, strict=True))

    def objective(self, p: Placement) -> RootSum:
        """Return the objective of a placement."""
        D = self.polytope.optimum.problem
        if self.is_optimal(p):
            return self.optimal_value
        Y = D.modulo(D.Y)  # type: ignore[attr-defined] # of outputs
        left = [(y - z) for y, z in zip(Y, self.fit(p), strict=True)]
        weights = D.weights * D.c  # type: ignore[attr-defined] # column after column
        loss = dot([w * t for w, t in zip(weights, left, strict=True)], left) / 2
        return self.cost(p) + exactly(loss)


@dataclass(frozen=True, repr=False)
class VectorDescent:
    """A path of networks of non-increasing objective that ends at a global optimum.

    Consecutive breakpoints are joined by lines, slot by slot in v; the first step balances
    raw neurons, their product kept.
    """

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

    Raises
    ------
    DimensionError
        When the width is less than ``n c + 1`` or than the neurons need.
    InstanceError
        With a skip.
    Undecided
        With a continuum, and at level interval.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> print(*vector_descent(P, VectorNetwork((None,))).objectives)
    25/2 19/8
    """
    O, D = P.optimum, P.optimum.problem
    if not D.is_squared:
        raise InstanceError(
            f"loss: {D.kind}: descents with several outputs are for the squared loss"
        )
    if D.free.columns:
        raise InstanceError("skip: descents with several outputs need none: leave it out")
    if O.continua or O.level == "interval":
        raise Undecided(
            "a descent with several outputs where the optimum is no exact polytope"
        )
    most = D.n * D.c
    m = width or max(start.width, end.width if end else 0, most + 1)
    if m <= most or m < start.width:
        raise DimensionError(
            f"the width is {m}: a descent from everywhere needs n c + 1 = {most + 1} slots, "
            f"and the network has {start.width}"
        )
    goal = None if end is None else placement_of(O, end, "the prescribed end", m)
    columns = _columns(
        P, replace(start, slots=(*start.slots, *(None,) * (m - start.width)))
    )
    ways = _ways(columns, goal, P)
    nets, objectives = (
        [columns.network(p) for p in ways],
        [columns.objective(p) for p in ways],
    )
    if any(x.raw for x in start.neurons):
        nets.insert(0, replace(start, slots=(*start.slots, *(None,) * (m - start.width))))
        objectives.insert(0, start.objective(D))
    # THEORY T12; what is optimal has one value
    assert all((b - a).sign() <= 0 for a, b in pairwise(objectives) if b is not a)
    return VectorDescent(tuple(nets), tuple(objectives))


def _columns(P: OptimalSet, network: VectorNetwork) -> _Columns:
    """Return the columns of a network beside the atoms, and its placement."""
    O, D = P.optimum, P.optimum.problem
    pairs = [VectorNeuron(a.g, a.h) for a in O.atoms]
    features, prices = list(P.features), [exactly(squared_norm(a.h)) for a in O.atoms]
    start: list[Held] = []
    for x in network.slots:
        if x is None or not any(map(sign, x.u)) or not any(map(sign, x.v)):
            start.append(None)
            continue
        phi = [dot(row, x.u) for row in D.design]
        rows = [[t * v if sign(t) > 0 else Fraction(0) for v in x.v] for t in phi]
        start.append((len(pairs), Fraction(1)))
        pairs.append(VectorNeuron(x.u, x.v))
        features.append(D.modulo(tuple(map(tuple, rows))))
        prices.append(root(D.beta_squared * squared_norm(x.u) * squared_norm(x.v)))
    vertices = Vertices(P.vertices, P.supports)
    return _Columns(
        # the set has what is asked of it: its optimum
        Optima(P, (), vertices),  # type: ignore[arg-type]
        (),
        tuple(features),
        tuple(prices),
        tuple(start),
        tuple(pairs),
    )


def _ways(columns: _Columns, goal: Placement | None, P: OptimalSet) -> list[Placement]:
    """Return placements from the balanced start to an optimum, and on to the goal."""
    ways = [columns.start]
    reached = columns.beside(ways[0], goal)
    if reached is None:
        ways.append(columns.pruned(ways[0]))
        reached = columns.beside(ways[1], goal)
    if reached is not None:
        ways.append(reached)
    else:
        i = min(range(len(P.supports)), key=lambda i: P.supports[i].bit_count())
        v = {a: P.vertices[i][a] for a in bits_of(P.supports[i])}
        for p in columns.steps(ways[-1], v):
            ways.append(p)
            reached = columns.beside(p, goal)
            if reached is not None:
                ways.append(reached)
                break
    if goal is not None:
        rest = route(Vertices(P.vertices, P.supports), ways[-1], goal)
        assert not isinstance(rest, Parting)  # T7.5: the width is at least n c + 1
        ways += rest[1:]
    return shortened(ways)
