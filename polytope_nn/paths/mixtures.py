"""Mixtures of a network's neurons and the optimal atoms: where descents move (THEORY T12).

A column is a sign, a ray and its feature, with the price of one unit of mass: ``beta^2`` for
an atom, ``beta |u|`` for a neuron of the start that lies on no atom's ray. A placement gives
each slot a column and a mass. Along a line between compatible placements the fit is linear
and the cost is linear, so the objective is convex.

What networks have at no cost, ``Z a``, is in no column: features are less their projections to
the span of Z, orthogonal in the inner product of the weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.radical import RootSum, exactly, total
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.simplex import Tableau, falling, pruned, sliding
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.network import Network, Neuron, feature, ray, same_ray

from .optima import Optima
from .route import compatible

__all__ = ["Columns"]


@dataclass(frozen=True)
class Columns:
    """The tight columns, then the other rays of a balanced network, and its placement.

    ``features`` are modulo what is free.
    """

    optima: Optima
    neurons: tuple[Neuron, ...]
    features: tuple[Scalars, ...]
    prices: tuple[RootSum, ...]
    start: Placement

    @classmethod
    def of(cls, optima: Optima, network: Network, *, apart: bool = False) -> "Columns":
        """Return the columns of a balanced network beside the optimal ones.

        With ``apart`` a neuron on the ray of an atom has a column of its own, as rational
        as the network is.
        """
        prices = tuple(map(exactly, optima.prices))
        columns = cls(optima, optima.neurons, optima.features, prices, ())
        held = [None if x is None else x.balanced for x in network.slots]
        columns, places = columns.joined(
            [x for x in held if x is not None], columns.tight if apart else 0
        )
        waiting = iter(places)
        start: list[Held] = []
        for x in held:
            if x is None:
                start.append(None)
                continue
            j, i = next(waiting), ray(x.u)
            start.append((j, x.u[i] / columns.neurons[j].u[i]))
        return replace(columns, start=tuple(start))

    @property
    def polytope(self) -> OptimalPolytope:
        """The optimal polytope."""
        return self.optima.polytope

    @property
    def tight(self) -> int:
        """The number of columns that optimal mixtures are made of; they come first."""
        return len(self.optima.neurons)

    def joined(
        self, rays: Sequence[Neuron], first: int | None = None
    ) -> tuple["Columns", list[int]]:
        """Return the columns with rays added, and the column of each.

        A ray that is there, at the place ``first`` (that of the first neuron) or after it,
        is not added.
        """
        D = self.polytope.optimum.problem
        first = self.tight if first is None else first
        neurons, places = list(self.neurons), []
        for x in rays:
            known = (
                j
                for j, other in enumerate(neurons)
                if j >= first and other.sign == x.sign and same_ray(other.u, x.u)
            )
            places.append(next(known, len(neurons)))
            if places[-1] == len(neurons):
                neurons.append(x)
        new = neurons[len(self.neurons) :]
        modulo, free = self.optima.modulo, D.bias == "free"
        X, psi = D.rows_and_slopes
        made = (feature(X, x.sign, x.u, psi) for x in new)
        features = (*self.features, *map(modulo, made))
        prices = (*self.prices, *(x.cost(D.beta_squared, free_bias=free) for x in new))
        wide = replace(self, neurons=tuple(neurons), features=features, prices=prices)
        return wide, places

    def fit(self, p: Placement) -> Scalars:
        """Return the fit of a placement, shape (n,), modulo what is free."""
        return self.fit_of(masses_of(p))

    def fit_of(self, c: Mapping[int, Scalar]) -> Scalars:
        """Return the fit of masses of columns, shape (n,), modulo what is free."""
        fit: Scalars = (Fraction(0),) * self.polytope.optimum.problem.n
        for j, x in c.items():
            fit = tuple(
                z + x * t if t.__class__ is not Fraction or t else z
                for z, t in zip(fit, self.features[j], strict=True)
            )
        return fit

    def cost(self, p: Placement) -> RootSum:
        """Return the weight decay of a placement."""
        return total(self.prices[held[0]] * held[1] for held in p if held is not None)

    @cached_property
    def optimal_value(self) -> RootSum:
        """The objective of every optimal placement."""
        return exactly(self.polytope.optimum.value)

    def pruned(self, p: Placement) -> Placement:
        """Return a placement of the same fit, no dearer, on independent features."""
        return self.placed(pruned(self.features, self.prices, masses_of(p)), p)

    def placed(self, c: Mapping[int, Scalar], p: Placement) -> Placement:
        """Return masses in slots compatible with p: known columns stay, new ones enter."""
        left = dict(c)
        slots: list[Held] = [None] * len(p)
        for j, held in enumerate(p):
            if held is not None and held[0] in left:
                slots[j] = (held[0], left.pop(held[0]))
        empty = [j for j, held in enumerate(p) if held is None]
        assert len(left) <= len(empty)  # no step uses more than n + 1 <= m columns
        for j, column in zip(empty, sorted(left), strict=False):
            slots[j] = (column, left[column])
        return tuple(slots)

    def beside(self, p: Placement, goal: Placement | None) -> Placement | None:
        """Return an optimal placement compatible with p, or None when no slots are left.

        The objective falls all the way there: it is convex on the line, and least at its end.
        The goal itself comes first, then the vertices that need the fewest new slots.
        """
        if goal is not None and compatible(p, goal):
            return goal
        used = {held[0] for held in p if held is not None}
        empty = sum(held is None for held in p)
        vertices, supports = self.optima.vertices.points, self.optima.vertices.supports
        news = [sum(a not in used for a in bits_of(bits)) for bits in supports]
        near = -1 if goal is None else sum({1 << held[0] for held in goal if held})
        order = sorted(
            range(len(news)), key=lambda i: (supports[i] & ~near != 0, news[i], i)
        )
        for i in order:
            if news[i] <= empty:
                v = vertices[i]
                return self.placed({a: v[a] for a in bits_of(supports[i])}, p)
        return None

    def steps(self, p: Placement, target: Mapping[int, Scalar]) -> list[Placement]:
        """Return the active-set steps from a pruned placement to the fit of a target.

        They end at the cheapest masses with that fit, on columns of p and of the target.
        """
        used = sorted({held[0] for held in p if held is not None})
        chosen = sorted({*used, *target})
        F = [self.features[j] for j in chosen]
        prices = [self.prices[j] for j in chosen]
        end = self.fit_of(target)
        T = Tableau.of([*F, end], self.fit(p), [chosen.index(j) for j in used])
        ways = [p]
        for walk in (falling, sliding):
            for masses in walk(T, prices):
                c = {chosen[j]: x for j, x in masses.items()}
                ways.append(self.placed(c, ways[-1]))
        return ways[1:]


def masses_of(p: Placement) -> dict[int, Scalar]:
    """Return the mass of each column in use."""
    c: dict[int, Scalar] = {}
    for held in p:
        if held is not None:
            c[held[0]] = c.get(held[0], Fraction(0)) + held[1]
    return c
