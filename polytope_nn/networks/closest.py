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

Where P is a point, other atoms than its own hold nothing, and its masses are all that is asked
of the c: features are then unit vectors, whatever they were. Every decision is then a strict
comparison, so that balls will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.supports import is_nothing

from .labels import LabelSearch
from .membership import Placement, mixture, network_of
from .network import Network

__all__ = ["Closest", "nearest"]

_FITS = 32  # of vertices that are tried where the fit is not unique


@dataclass(frozen=True)
class Closest:
    """An optimal network near a given one; ``at_least`` is proved of every optimal network.

    ``labels`` and ``masses`` say what each slot holds. ``decided`` says that it is proved
    that no optimal network of the width is nearer.
    """

    polytope: OptimalPolytope
    labels: tuple[int, ...]
    masses: Scalars
    distance: Scalar
    at_least: Scalar
    decided: bool

    @property
    def placement(self) -> Placement:
        """What each slot holds, an atom and its mass; None where it is empty."""
        held = zip(self.labels, self.masses, strict=True)
        return tuple(None if is_nothing(c) else (a, c) for a, c in held)

    @cached_property
    def network(self) -> Network:
        """The network: ``u = mass g`` in each slot that has mass."""
        return network_of(self.polytope.atoms, self.placement)

    @cached_property
    def vertex(self) -> int | None:
        """The place of the vertex of P it is spread from; None between vertices."""
        if len(self.polytope.vertices) == 1:
            return 0
        c = mixture(self.placement, len(self.polytope.atoms))
        return next((i for i, v in enumerate(self.polytope.vertices) if v == c), None)


def nearest(problem: Solvable, network: Network, width: int | None = None) -> Closest:
    """Return an optimal network nearest to a network, in so many slots (n + 1 or more).

    Parameters
    ----------
    problem
        The problem, its optimum or its optimal polytope; in balls, a point.
    network
        Any network of its dimension: balanced or not, ``u = |alpha| w``.
    width
        The number of slots; by default the larger of the network's and n + 1.

    Raises
    ------
    Undecided
        When P is known in balls only and is no point, or its vertices are not listed.

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
    if P.missing or (P.level != "exact" and len(P.vertices) > 1):
        raise Undecided(
            "the nearest optimal network: P is known in balls, where its edges are not "
            "decided: run gap for a bound on the objective"
        )
    if network.dimension not in {None, len(D.design[0])}:
        raise DimensionError(
            f"the neurons have dimension {network.dimension}, the samples "
            f"{len(D.design[0])}: give every neuron {len(D.design[0])} weights"
        )
    slots = max(network.width, D.n + 1) if width is None else width
    small = [v for v in P.vertices if sum(not is_nothing(x) for x in v) <= slots]
    if not small:
        raise DimensionError(
            f"no optimal network has {slots} slots: give --width {P.staircase.m_star} or more"
        )
    search = LabelSearch(P, network.padded(slots))
    if P.vanishes:  # the empty network is the only optimum
        none = (Fraction(0),) * slots
        return Closest(P, (0,) * slots, none, search.size, search.size, decided=True)
    if not P.optimum.is_pinned and len(P.vertices) > 1:
        return _of_one_fit(P, network.padded(slots), small)
    labels, masses, distance, decided = search.best(small)
    at_least = distance if decided else search.bound
    found = Closest(P, tuple(labels), masses, distance, at_least, decided)
    if P.level == "exact":  # masses move between slots of one atom only
        assert mixture(found.placement, len(P.atoms)) in P
    return found


def _of_one_fit(P: OptimalPolytope, network: Network, small: Sequence[Scalars]) -> Closest:
    """Return the nearest network with the fit of a vertex, the best over the vertices.

    Other fits may belong to kappa, so nothing but a distance of 0 is proved to be the least.
    """
    found = []
    for v in small[:_FITS]:
        fit = tuple(dot(row, v) for row in P.A)
        labels, masses, distance, _ = LabelSearch(P, network, fit).best([v])
        found.append((distance, labels, masses))
    distance, labels, masses = min(found, key=lambda one: one[0])
    zero = Fraction(0)
    return Closest(P, tuple(labels), masses, distance, zero, decided=distance == 0)
