"""The optimal network nearest to a given one (THEORY §7): matching, splitting, masses.

Slot for slot, ``sum_j |u_j - u'_j|^2`` over the optimal networks of a width; where one of the two
is empty or of the opposite sign, ``|u_j|^2 + |u'_j|^2``. Slot j of an optimal network holds an
atom a and a mass c >= 0, and costs ``|u_j|^2 + beta^2 (c^2 - 2 c t_ja)`` with
``t_ja = u_j'g_a / beta^2`` for the same sign, else 0; the masses add up to a point of P.

For given labels that is an exact projection (:mod:`~polytope_nn.networks.masses`), with a
multiplier lam. Whatever the labels, for every lam::

    sum_j |u_j|^2 + beta^2 (2 lam'y - sum_j max_a ((t_ja + F_a'lam)_+)^2)

is no more than the least: add ``2 lam'(sum c_a F_a - y) = 0`` and minimise slot by slot. So
the labels found are best when each attains its maximum; otherwise both numbers are returned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.landscape.polytope import OptimalPolytope

from .masses import nearest_masses
from .membership import Placement, mixture, network_of
from .network import Network

__all__ = ["Closest", "nearest"]

_STARTS = 32  # vertices from which labels are improved


@dataclass(frozen=True)
class Closest:
    """An optimal network near a given one; ``at_least`` is proved of every optimal network.

    ``labels`` and ``masses`` say what each slot holds. The network is nearest when
    ``decided``: then ``distance == at_least``.
    """

    polytope: OptimalPolytope
    labels: tuple[int, ...]
    masses: Scalars
    distance: Scalar
    at_least: Scalar

    @property
    def decided(self) -> bool:
        """Whether it is proved that no optimal network of the width is nearer."""
        return self.distance == self.at_least

    @property
    def placement(self) -> Placement:
        """What each slot holds, an atom and its mass; None where it is empty."""
        held = zip(self.labels, self.masses, strict=True)
        return tuple((a, c) if c != 0 else None for a, c in held)

    @cached_property
    def network(self) -> Network:
        """The network: ``u = mass g`` in each slot that has mass."""
        return network_of(self.polytope.atoms, self.placement)

    @cached_property
    def vertex(self) -> int | None:
        """The place of the vertex of P it is spread from; None between vertices."""
        c = mixture(self.placement, len(self.polytope.atoms))
        return next((i for i, v in enumerate(self.polytope.vertices) if v == c), None)


def nearest(problem: Solvable, network: Network, width: int | None = None) -> Closest:
    """Return an optimal network nearest to a network, in so many slots (n + 1 or more).

    Parameters
    ----------
    problem
        The problem, its optimum or its optimal polytope, of level exact.
    network
        Any network of its dimension: balanced or not, ``u = |alpha| w``.
    width
        The number of slots; by default the larger of the network's and n + 1.

    Raises
    ------
    Undecided
        When the optimum is known in balls only, or its vertices are not listed.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> found = nearest(D, Network.of((1, [1, 0, "-11/10"])))
    >>> print(found.decided, found.distance, found.vertex)
    True 1/100 0
    """
    P = optimal_polytope(problem)
    D = P.problem
    if D.bias == "free":
        raise InstanceError("bias: nearest needs a penalised bias or none: leave free out")
    if P.level != "exact" or P.missing:
        raise Undecided(
            "the nearest optimal network: the optimum is known in balls, where no equality is "
            "decided: run gap for a bound on its objective"
        )
    if network.dimension not in {None, len(D.design[0])}:
        raise DimensionError(
            f"the neurons have dimension {network.dimension}, the samples "
            f"{len(D.design[0])}: give every neuron {len(D.design[0])} weights"
        )
    slots = max(network.width, D.n + 1) if width is None else width
    small = [v for v in P.vertices if sum(x != 0 for x in v) <= slots]
    if not small:
        raise DimensionError(
            f"no optimal network has {slots} slots: give --width {P.staircase.m_star} or more"
        )
    search = _Search(P, network.padded(slots))
    if P.vanishes:  # the empty network is the only optimum
        none = (Fraction(0),) * slots
        return Closest(P, (0,) * slots, none, search.size, search.size)
    tried = [search.improved(*search.start(v)) for v in search.by_distance(small)[:_STARTS]]
    found = search.best(tried)
    assert (
        mixture(found.placement, len(P.atoms)) in P
    )  # masses move between slots of one atom only
    return found


class _Search:
    """The wished masses ``t_ja`` of a network, and labels improved one slot at a time."""

    def __init__(self, P: OptimalPolytope, network: Network) -> None:
        self.P = P
        self.beta_squared = P.problem.beta_squared
        self.F = P.features
        self.y = P.problem.free.modulo(P.b)
        us = [None if x is None else (x.sign, x.u) for x in network.slots]
        self.size = sum((squared_norm(u[1]) for u in us if u is not None), Fraction(0))
        self.t: list[Scalars] = [
            tuple(
                dot(u[1], a.g) / self.beta_squared
                if u is not None and u[0] == a.sign
                else Fraction(0)
                for a in P.atoms
            )
            for u in us
        ]
        self.bound: Scalar = Fraction(0)

    def by_distance(self, vertices: Sequence[Scalars]) -> list[Scalars]:
        """Return vertices, those first whose own masses lie nearest in the slots chosen."""

        def away(v: Scalars) -> Scalar:
            labels, c = self.start(v)
            return self.distance(labels, c)

        return sorted(vertices, key=away)

    def start(self, v: Scalars) -> tuple[list[int], list[Scalar]]:
        """Return labels and masses of a vertex: its atoms in the slots that point at them."""
        labels: dict[int, int] = {}
        pairs = [(a, j) for a, x in enumerate(v) if x != 0 for j in range(len(self.t))]
        pairs.sort(key=lambda p: self.t[p[1]][p[0]], reverse=True)
        for a, j in pairs:
            if a not in labels.values() and j not in labels:
                labels[j] = a
        c = [v[labels[j]] if j in labels else Fraction(0) for j in range(len(self.t))]
        largest = max(range(len(v)), key=lambda a: v[a]) if v else 0
        for j, wished in enumerate(self.t):
            if j not in labels:
                best = max(range(len(wished)), key=lambda a: wished[a], default=0)
                labels[j] = best if wished and wished[best] > 0 else largest
        return [labels[j] for j in range(len(self.t))], c

    def distance(self, labels: Sequence[int], c: Sequence[Scalar]) -> Scalar:
        """Return the distance of the optimal network of labels and masses."""
        parts = [
            x * x - 2 * x * self.t[j][a]
            for j, (a, x) in enumerate(zip(labels, c, strict=True))
            if x != 0
        ]
        return self.size + self.beta_squared * sum(parts, Fraction(0))

    def solved(self, labels: list[int], start: list[Scalar]) -> tuple[Scalars, Scalars]:
        """Return the nearest masses of the labels and lam; the bound of lam is kept."""
        t = [self.t[j][a] for j, a in enumerate(labels)]
        c, lam = nearest_masses([self.F[a] for a in labels], t, start)
        pulls = [
            max(dot(F, lam) + x for F, x in zip(self.F, wished, strict=True))
            for wished in self.t
        ]
        best = sum((p * p for p in pulls if p > 0), Fraction(0))
        bound = self.size + self.beta_squared * (2 * dot(lam, self.y) - best)
        self.bound = max(self.bound, bound)
        return c, lam

    def improved(self, labels: list[int], start: list[Scalar]) -> Closest:
        """Return the network of labels that no change of one slot, or of two, improves."""
        c, lam = self.solved(labels, start)
        distance = self.distance(labels, c)
        changed = True
        while changed:
            changed = False
            for new, masses in self.changes(labels, c, lam):
                other, multiplier = self.solved(new, masses)
                away = self.distance(new, other)
                if away < distance:
                    labels, c, lam, distance, changed = new, other, multiplier, away, True
                    break
        return Closest(self.P, tuple(labels), c, distance, self.bound)

    def changes(
        self, labels: list[int], c: Scalars, lam: Scalars
    ) -> Iterator[tuple[list[int], list[Scalar]]]:
        """Yield labels with one slot's changed to one that lam prefers, and feasible masses."""
        for j, wished in enumerate(self.t):
            pulls = [x + dot(F, lam) for F, x in zip(self.F, wished, strict=True)]
            held = max(pulls[labels[j]], Fraction(0))
            better = [a for a, pull in enumerate(pulls) if pull > held]
            for best in sorted(better, key=lambda a: pulls[a], reverse=True):
                yield from self.moved(labels, c, j, best)

    def moved(
        self, labels: list[int], c: Scalars, j: int, best: int
    ) -> Iterator[tuple[list[int], list[Scalar]]]:
        """Yield labels with another in slot j; its mass goes where its old label stays."""
        new, masses = list(labels), list(c)
        new[j] = best
        twin = next((k for k, a in enumerate(labels) if a == labels[j] and k != j), None)
        if c[j] == 0:
            yield new, masses
        elif twin is not None:
            masses[twin], masses[j] = masses[twin] + masses[j], Fraction(0)
            yield new, masses
        else:
            for k, a in enumerate(labels):  # slots j and k change places
                if a == best or c[k] == 0:
                    new, masses = list(labels), list(c)
                    new[j], new[k] = best, labels[j]
                    masses[j], masses[k] = (c[k] if a == best else Fraction(0)), c[j]
                    yield new, masses

    def best(self, tried: Sequence[Closest]) -> Closest:
        """Return the nearest of what was found, with the best bound."""
        first = min(tried, key=lambda found: found.distance)
        return Closest(self.P, first.labels, first.masses, first.distance, self.bound)
