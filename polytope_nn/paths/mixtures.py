"""Mixtures of a network's neurons and the optimal atoms: where descents move (THEORY T12).

A column is a sign, a ray and its feature, with the price of one unit of mass: ``beta^2`` for
an atom, ``beta |u|`` for a neuron of the start that lies on no atom's ray. A placement gives
each slot a column and a mass. Along a line between compatible placements the fit is linear
and the cost is linear, so the objective is a convex quadratic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum, exactly, total
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.simplex import Tableau, falling, pruned, sliding
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Held, Placement, mixture
from polytope_nn.networks.network import Network, Neuron, Slot, feature, loss, ray, same_ray

from .route import compatible

__all__ = ["Columns"]


@dataclass(frozen=True)
class Columns:
    """The N atoms, then the other rays of a balanced network, and its placement on them."""

    polytope: OptimalPolytope
    neurons: tuple[Neuron, ...]
    features: tuple[Scalars, ...]
    prices: tuple[RootSum, ...]
    start: Placement

    @classmethod
    def of(cls, P: OptimalPolytope, network: Network) -> "Columns":
        """Return the columns of a balanced network beside the atoms of P."""
        D = P.optimum.problem
        neurons = [Neuron(a.sign, a.g) for a in P.atoms]
        prices = [exactly(D.beta_squared)] * len(neurons)
        start: list[Held] = []
        for held in network.slots:
            x = None if held is None else held.balanced
            if x is None:
                start.append(None)
                continue
            known = (
                j
                for j, other in enumerate(neurons)
                if other.sign == x.sign and _one_ray(other.u, x.u)
            )
            j = next(known, len(neurons))
            if j == len(neurons):
                neurons.append(x)
                prices.append(x.cost(D.beta_squared))
            i = ray(x.u)
            start.append((j, x.u[i] / neurons[j].u[i]))
        rest = [feature(D.design, x.sign, x.u) for x in neurons[len(P.atoms) :]]
        features = (*(a.feature for a in P.atoms), *rest)
        return cls(P, tuple(neurons), features, tuple(prices), tuple(start))

    def network(self, p: Placement) -> Network:
        """Return the network of a placement."""
        slots: list[Slot] = []
        for held in p:
            x = None if held is None else self.neurons[held[0]]
            u = () if x is None or held is None else tuple(held[1] * t for t in x.u)
            slots.append(x if x is None else Neuron(x.sign, u))
        return Network(tuple(slots))

    def fit(self, p: Placement) -> Scalars:
        """Return the fit of a placement, shape (n,)."""
        c = mixture(p, len(self.neurons))
        return (
            tuple(dot(c, row) for row in zip(*self.features, strict=True))
            or (Fraction(0),) * self.polytope.optimum.problem.n
        )

    def cost(self, p: Placement) -> RootSum:
        """Return the weight decay of a placement."""
        return total(self.prices[held[0]] * held[1] for held in p if held is not None)

    def objective(self, p: Placement) -> RootSum:
        """Return the objective of a placement."""
        return self.cost(p) + loss(self.polytope.optimum.training, self.fit(p))

    def is_optimal(self, p: Placement) -> bool:
        """Return whether a placement is optimal: only atoms, and the optimal fit."""
        N = len(self.polytope.atoms)
        if any(held is not None and held[0] >= N for held in p):
            return False
        fit = self.polytope.optimum.fit
        return all(a == b for a, b in zip(self.fit(p), fit, strict=True))

    def pruned(self, p: Placement) -> Placement:
        """Return a placement of the same fit, no dearer, on independent features."""
        c: dict[int, Scalar] = {}
        for held in p:
            if held is not None:
                c[held[0]] = c.get(held[0], Fraction(0)) + held[1]
        return self._placed(pruned(self.features, self.prices, c), p)

    def _placed(self, c: Mapping[int, Scalar], p: Placement) -> Placement:
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
        supports = self.polytope.supports
        news = [sum(a not in used for a in bits_of(bits)) for bits in supports]
        near = -1 if goal is None else sum({1 << held[0] for held in goal if held})
        order = sorted(
            range(len(news)), key=lambda i: (supports[i] & ~near != 0, news[i], i)
        )
        for i in order:
            if news[i] <= empty:
                v = self.polytope.vertices[i]
                return self._placed({a: v[a] for a in bits_of(supports[i])}, p)
        return None

    def steps(self, p: Placement) -> list[Placement]:
        """Return the active-set steps from a pruned placement to an optimal one."""
        target = min(self.polytope.supports, key=int.bit_count)
        used = sorted({held[0] for held in p if held is not None})
        chosen = sorted({*used, *bits_of(target)})
        F = [self.features[j] for j in chosen]
        prices = [self.prices[j] for j in chosen]
        T = Tableau.of(
            [*F, self.polytope.optimum.fit], self.fit(p), [chosen.index(j) for j in used]
        )
        ways = [p]
        for walk in (falling, sliding):
            for masses in walk(T, prices):
                c = {chosen[j]: x for j, x in masses.items()}
                ways.append(self._placed(c, ways[-1]))
        return ways[1:]


def _one_ray(u: Scalars, v: Scalars) -> bool:
    """Return whether two vectors are known to lie on one ray.

    When balls do not tell, two columns may stand for one ray: that costs a slot, no more.
    """
    try:
        return same_ray(u, v)
    except Undecided:
        return False
