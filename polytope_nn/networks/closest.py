"""The optimal network nearest to a given one (THEORY §7): matching, splitting, masses.

Slot for slot, ``sum_j |u_j - u'_j|^2`` over the optimal networks of a width; where one of the two
is empty or of the opposite sign, ``|u_j|^2 + |u'_j|^2``. Slot j of an optimal network holds an
atom a and a mass c >= 0, and costs ``|u_j|^2 + beta^2 (c^2 - 2 c t_ja)`` with
``t_ja = u_j'g_a / beta^2`` for the same sign, else 0; the masses add up to a point of P.

For given labels that is an exact projection (:mod:`~polytope_nn.networks.masses`), with a
multiplier lam. Whatever the labels, for every lam::

    sum_j |u_j|^2 + beta^2 (2 lam'y - sum_j max_a ((t_ja + F_a'lam)_+)^2)

is no more than the least: add ``2 lam'(sum c_a F_a - y) = 0`` and minimise slot by slot. So
the labels found are best when each attains its maximum. Otherwise labels are searched by branch and
bound (:meth:`~polytope_nn.networks.labels.LabelSearch.branched`), up to 20 000 parts of them and
300 complete ones; beyond that both numbers are returned.

A free bias has no part in the distance. With one, a slot may hold a neuron between two kinks,
which counts as both: pulls are linear there, so the bound holds of such slots as well, and where
there are any it alone decides.

Where P is a point, other atoms than its own hold nothing, and its masses are all that is asked
of the c: they are shared, empty slots as numbers (:mod:`~polytope_nn.networks.masses.sharing`).
Every decision is then a strict comparison, so that balls will do. In balls where P is no
point, and where fits are not unique, the vertices are what P is known by
(:mod:`~polytope_nn.networks.hulls.barycentric`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import given_width
from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.ball import Ball, roomy
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.wording import plural

from .free_parts import with_free_part
from .hulls.barycentric import Hull
from .hulls.constants import attained_points, held, raisable, with_its_constant
from .hulls.labels import branched
from .hulls.without_constant import one_without_constant, without_constant
from .labels import LabelSearch
from .masses.wishes import wished
from .membership import Placement, mixture, network_of
from .network import Network, given_network
from .shared_field import set_in_one_field

__all__ = ["Closest", "nearest"]

_ZERO = Fraction(0)
_BITS = 600  # at which logarithms are enclosed
_MOST = 500  # vertices of P with which a second search is tried
_SOME = 8  # of more vertices than are listed


@dataclass(frozen=True)
class Closest:
    """An optimal network near a given one; ``at_least`` is proved of every optimal network.

    ``labels`` and ``masses`` say what each slot holds. ``decided`` says that it is proved
    that no optimal network of the width is nearer. ``place`` is that of the vertex it is
    spread from, where the search knows it.
    """

    polytope: OptimalPolytope
    labels: tuple[int, ...]
    masses: Scalars
    distance: Scalar
    at_least: Scalar
    decided: bool
    place: int | None = None

    @property
    def placement(self) -> Placement:
        """What each slot holds, an atom and its mass; None where it is empty."""
        return held(self.labels, self.masses)

    @cached_property
    def network(self) -> Network:
        """The network: ``u = mass g`` in each slot that has mass.

        What is free is that which fits, and left out where that is not decided.
        """
        P, D = self.polytope, self.polytope.problem
        network = network_of(P.atoms, self.placement)
        if not isinstance(D, TrainingProblem):
            return network
        if D.free.limited:
            return with_its_constant(P, self.placement, network)
        if not D.free.had.columns:
            return network
        try:
            a = P.free_part(mixture(self.placement, len(P.atoms)))
        except Undecided:  # balls that meet the ends of the fits
            return network
        return with_free_part(D, network, roomy(a))

    @cached_property
    def vertex(self) -> int | None:
        """The place of the vertex of P it is spread from; None between vertices."""
        P = self.polytope
        if P.missing or P.is_unlisted:
            return None
        if self.place is not None:
            return self.place
        if len(P.vertices) == 1:
            return 0
        if any(isinstance(x, Ball) for x in self.masses):
            return None
        c = mixture(self.placement, len(P.atoms))
        return next((i for i, v in enumerate(P.vertices) if v == c), None)


def nearest(problem: Solvable, network: Network, width: int | None = None) -> Closest:
    """Return an optimal network nearest to a network, in so many slots (n + 1 or more).

    Parameters
    ----------
    problem
        The problem, its optimum or its optimal polytope.
    network
        Any network of its dimension: balanced or not, ``u = |alpha| w``.
    width
        The number of slots; by default the larger of the network's and n + 1.

    Returns
    -------
    Closest
        The network, its distance or a proved lower bound of it.

    Raises
    ------
    NotAttained
        With a free bias, when no network is optimal.
    Undecided
        When fits are not unique and the vertices of P are not decided, or the optimum that is
        known has more atoms than there are slots.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> found = nearest(D, Network.of((1, [1, 0, "-11/10"])))
    >>> print(found.decided, found.distance, found.vertex)
    True 1/100 0
    """
    given_network(network)
    given_width(width)
    P, (network,) = set_in_one_field(optimal_polytope(problem), network)
    D = P.problem
    network.require_dimension(len(D.rows_and_slopes[0][0]))
    slots = max(network.width, D.n + 1) if width is None else width
    if P.missing or (P.is_unlisted and len(P.masses) > 1):
        return _by_vertices(P, network.padded(slots))
    if P.vanishes and attained_points(P):  # the empty network is the only optimum
        (size, _), none = wished(P, network), (Fraction(0),) * slots
        return Closest(P, (0,) * slots, none, size, size, decided=True)
    if P.loose or D.free.limited:  # of a free bias
        return _by_vertices(P, network.padded(slots))
    search = LabelSearch(P, network.padded(slots))
    small = _small(P, search, slots)
    logs = any(isinstance(x, Logarithms) for v in small for x in v)
    spread = logs or P.level != "exact" or not P.optimum.is_pinned
    if search.point is None and (P.is_unlisted or spread):
        return _by_vertices(P, network.padded(slots))
    labels, masses, distance, decided = search.best(small)
    at_least = distance if decided else search.bound
    found = Closest(P, tuple(labels), masses, distance, at_least, decided)
    if (
        not decided and small and 1 < len(P.vertices) <= _MOST
    ):  # another bound, another start
        other = _by_vertices(P, network.padded(slots))
        nearer = other if other.decided or other.distance < distance else found
        at_least = max(at_least, other.at_least)
        found = replace(nearer, at_least=at_least, decided=nearer.distance == at_least)
    if not found.decided and P.level == "exact":
        best = search.branched(
            (list(found.labels), found.masses, found.distance, found.decided)
        )
        found = (
            Closest(P, tuple(best[0]), *best[1:3], best[2], decided=True)
            if best[3]
            else found
        )
    if P.level == "exact" and not any(isinstance(x, Ball) for x in found.masses):
        # masses move between slots of one atom only
        assert mixture(found.placement, len(P.atoms)) in P
    return found


def _small(P: OptimalPolytope, search: LabelSearch, slots: int) -> list[Scalars]:
    """Return the vertices of no more than so many atoms; none of a point of totals.

    Raises
    ------
    DimensionError
        When every optimal network has more neurons.
    """
    if search.point is None and P.is_unlisted:
        return []
    points = P.vertices if search.point is None else (search.point,)
    sizes = [sum(not is_nothing(x) for x in v) for v in points]
    if min(sizes) > slots:
        raise DimensionError(
            f"no optimal network has {plural(slots, 'slot')}: "
            f"give --width {min(sizes)} or more"
        )
    if search.point is not None:
        search.point = tuple(map(_multiplied, search.point))
        return []
    return [v for v, size in zip(points, sizes, strict=True) if size <= slots]


def _by_vertices(P: OptimalPolytope, network: Network) -> Closest:
    """Return the nearest network in the hull of the vertices, in balls or of several fits.

    Where they are not known, or too many, among the networks of those that are.
    """
    size, t = wished(P, network)
    points = _known(P)
    if P.level == "exact":  # what squares of logarithms are not
        points = tuple(tuple(map(_multiplied, v)) for v in points)
    around, groups = _around(P) if P.missing or P.is_unlisted else (points, None)
    fitting = [v for v in points if sum(not is_nothing(x) for x in v) <= network.width]
    if not fitting:
        raise Undecided(
            f"the nearest optimal network of {network.width} slots: the optimum that is known "
            f"needs more: give a larger --width"
        )
    hull = Hull(points, around, t, size, P.problem.beta_squared, groups)
    found = hull.nearest()
    if not found.decided and around is points and not P.loose:
        found = branched(hull, found)
    if P.problem.free.limited:
        found = raisable(P, hull, found)
    return Closest(P, tuple(found.labels), *found[1:5], place=found.vertex)


def _known(P: OptimalPolytope) -> tuple[Scalars, ...]:
    """Return points of P that networks attain: those that span it, or some of very many."""
    if not (P.missing or P.is_unlisted):
        return attained_points(P)
    if P.problem.free.limited:
        if P.is_unlisted and without_constant(P):
            return (one_without_constant(P),)
        why = P.missing or "the vertices are too many to be listed"
        raise Undecided(f"the nearest optimal network: {why}: run gap instead")
    return P.some_vertices[:_SOME] or (P.optimum.weights,)


def _around(P: OptimalPolytope) -> tuple[Sequence[Scalars], Sequence[Sequence[int]]]:
    """Return points whose hull P is in, of the totals of some atoms each, and these atoms.

    They are classes where the vertices of their masses are known, else all atoms. With one fit
    all points have one total mass; else neurons cost no more than the optimal value, as no loss
    that leaves fits open is negative.
    """
    if not P.missing:
        return P.masses, P.classes
    totals = [P.cost] if P.optimum.is_pinned else [P.optimum.value, _ZERO]
    return [(x / P.problem.beta_squared,) for x in totals], [range(len(P.atoms))]


def _multiplied(x: Scalar) -> Scalar:
    """Return a number whose products are of its kind: of a logarithm an enclosure."""
    return x.enclosure(_BITS) if isinstance(x, Logarithms) else x
