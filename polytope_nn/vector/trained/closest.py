"""The optimal network nearest to a given one, with several outputs: matching, splitting, masses.

The distance is a sum over the slots of ``|u|^2 |v|^2 + |u'|^2 |v'|^2 - 2 (u'u') (v'v')_+``: the
squared distance of the products ``u v'`` and ``u' v''`` where the outputs v, v' are at an angle of
less than 90 degrees (products do not depend on how a pair is balanced), else both squares, as
beside an empty slot; so (u, v) and (-u, -v) of one product are apart. It is 0 for equal neurons
only, and with one output it is that of :mod:`~polytope_nn.networks.closest`.

A neuron of direction g and mass c has the product ``c g h'``. With the mass ``m = c |g|^2`` that
is of length ``beta m``, so slot j costs ``|u_j|^2 |v_j|^2 + beta^2 (m^2 - 2 m t_ja)``,
``t_ja = (u_j'g_a) (v_j'h_a)_+ / (beta^2 |g_a|^2)``, and masses add up to a point of P: the program
of one output, whose search and whose bound are used as they are.

With a continuum of directions the search is in the polytope of finitely many of them, and the
bound is of all: products of two slots that are at a squared distance D make fits at most
``|X| sqrt(2 D)`` apart, so ``|Z - Y*|^2 <= 2 m |X|^2 D`` for m slots and the sum D.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import given, given_width
from polytope_nn.errors import DimensionError
from polytope_nn.exact.ball import Ball, roomy
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar, Scalars, sign, squared_norm
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.networks.hulls.barycentric import Hull
from polytope_nn.networks.neuron import same_ray
from polytope_nn.paths.optima import modulo
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.optimum import Direction, Optimum, seen_at
from polytope_nn.vector.placements import mixtures
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.shared_field import set_in_one_field
from polytope_nn.vector.trained.directions import DirectionSearch, Mixed
from polytope_nn.vector.trained.free_parts import with_free_part
from polytope_nn.wording import plural

__all__ = ["VectorClosest", "vector_nearest"]

_BITS = 600  # at which logarithms are enclosed
_SPARE = 8  # times as wide: masses of several slots still add up to a point of P
_MOST = 500  # vertices with which a second search is tried
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class VectorClosest:
    """An optimal network near a given one; ``at_least`` is proved of every optimal network.

    ``labels`` and ``masses``, of the directions as they are, say what each slot holds.
    ``decided`` says that it is proved that no optimal network of the width is nearer; ``place``
    is that of the vertex it is spread from, where the search knows it. ``directions`` are those
    that the labels speak of, where they are not the atoms.
    """

    optimal: OptimalSet
    labels: tuple[int, ...]
    masses: Scalars
    distance: Scalar
    at_least: Scalar
    decided: bool
    place: int | None = None
    directions: tuple[Direction, ...] = ()

    @cached_property
    def network(self) -> VectorNetwork:
        """The network, with the free part that fits."""
        O = self.optimal.optimum
        atoms, slots = self.directions or O.atoms, []
        for a, c in zip(self.labels, self.masses, strict=True):
            x = atoms[a] if atoms else None
            empty = x is None or is_nothing(c)
            v = () if x is None else roomy((c * t for t in x.h), _SPARE)
            slots.append(None if x is None or empty else VectorNeuron(x.g, v))
        found = with_free_part(O, VectorNetwork(tuple(slots)))
        skip, constant = found.skip, found.constant
        return replace(
            found,
            skip=None if skip is None else tuple(map(roomy, skip)),
            constant=None if constant is None else roomy(constant),
        )

    @cached_property
    def vertex(self) -> int | None:
        """The place of the vertex of P it is spread from; None between vertices."""
        if self.directions:
            return None
        vertices = self.optimal.vertices
        if self.place is not None or len(vertices) == 1:
            return self.place or 0
        if any(isinstance(x, Ball) for x in self.masses):
            return None
        c: list[Scalar] = [_ZERO] * len(self.optimal.optimum.atoms)
        for a, mass in zip(self.labels, self.masses, strict=True):
            c[a] = c[a] + mass
        return next((i for i, v in enumerate(vertices) if v == tuple(c)), None)


def vector_nearest(
    P: OptimalSet, network: VectorNetwork, width: int | None = None
) -> VectorClosest:
    """Return an optimal network nearest to a network, in so many slots (``n c + 1`` or more).

    Free parts are not counted.

    Parameters
    ----------
    P
        The optimal set.
    network
        Any exact network of its dimensions.
    width
        The number of slots; by default the larger of the network's and ``n c + 1``.

    Returns
    -------
    VectorClosest
        The network, its distance, and a proved lower bound of it.

    Raises
    ------
    DimensionError
        When no optimal network has so few slots.
    Undecided
        When the network is not compared with an optimum that is known in balls.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> found = vector_nearest(P, VectorNetwork((VectorNeuron((1,), (1, 1)),)))
    >>> print(found.decided, found.distance, found.vertex)
    True 337/1200 0
    """
    given_width(width)
    given(OptimalSet, P)
    given(VectorNetwork, network)
    P, (network,) = set_in_one_field(P, network)
    O, D = P.optimum, P.optimum.problem
    if O.continua:
        return nearest_of_continuum(P, network, width)
    slots = max(network.width, D.n * D.c + 1) if width is None else width
    used = max((j + 1 for j, x in enumerate(network.slots) if x is not None), default=0)
    padded = VectorNetwork((*network.slots, *(None,) * slots)[:slots])
    search, every = DirectionSearch(P, padded), list[Scalars]()
    if search.point is None:
        every = list(P.vertices)
    sizes = [sum(not is_nothing(x) for x in v) for v in every or [search.point or ()]]
    if min(sizes) > slots or used > slots:
        raise DimensionError(
            f"the width is {slots}: the network has {plural(used, 'slot')} in use, optimal ones "
            f"{min(sizes)} or more: give --width {max(used, min(sizes))}"
        )
    if O.vanishes:  # the empty network is the only optimum
        none = (_ZERO,) * slots
        return VectorClosest(P, (0,) * slots, none, search.size, search.size, decided=True)
    logs = any(isinstance(x, Logarithms) for v in every for x in v)
    if every and (logs or not O.is_pinned):
        return _of_hull(P, search, [search.scaled(v) for v in every])
    small = [v for v, size in zip(every, sizes, strict=False) if size <= slots]
    labels, masses, distance, decided = search.best([search.scaled(v) for v in small])
    held = tuple(m / search.lengths[a] for a, m in zip(labels, masses, strict=True))
    at_least = distance if decided else search.bound
    found = VectorClosest(P, tuple(labels), held, distance, at_least, decided)
    if not decided and 1 < len(every) <= _MOST:  # another bound, another start
        other = _of_hull(P, search, [search.scaled(v) for v in every])
        nearer = other if other.decided or other.distance < distance else found
        at_least = max(at_least, other.at_least)
        found = replace(nearer, at_least=at_least, decided=nearer.distance == at_least)
    return found if found.decided or O.level != "exact" else _branched(found, search)


def _branched(found: VectorClosest, search: DirectionSearch) -> VectorClosest:
    """Return the nearest network of all labels where these are few, else what was found."""
    pairs = zip(found.labels, found.masses, strict=True)
    whole = tuple(m * search.lengths[a] for a, m in pairs)
    labels, masses, distance, decided = search.branched(
        (list(found.labels), whole, found.distance, False)
    )
    if not decided:
        return found
    held = tuple(m / search.lengths[a] for a, m in zip(labels, masses, strict=True))
    return VectorClosest(
        found.optimal, tuple(labels), held, distance, distance, decided=True
    )


def _of_hull(
    P: OptimalSet, search: DirectionSearch, vertices: Sequence[Scalars]
) -> VectorClosest:
    """Return the nearest network in the hull of the vertices, of logarithms or several fits."""
    points = [
        tuple(x.enclosure(_BITS) if isinstance(x, Logarithms) else x for x in v)
        for v in vertices
    ]
    spread = Hull(points, points, search.t, search.size, search.beta_squared).nearest()
    pairs = zip(spread.labels, spread.masses, strict=True)
    held = tuple(m / search.lengths[a] for a, m in pairs)
    labels = tuple(spread.labels)
    return VectorClosest(P, labels, held, *spread[2:5], place=spread.vertex)


def nearest_of_continuum(
    P: OptimalSet, network: VectorNetwork, width: int | None
) -> VectorClosest:
    """Return an optimal network near to one where there is a continuum, and a proved bound."""
    O, D = P.optimum, P.optimum.problem
    slots = max(network.width, D.n * D.c + 1) if width is None else width
    used = max((j + 1 for j, x in enumerate(network.slots) if x is not None), default=0)
    if O.vanishes:  # the empty network is the only optimum
        size = DirectionSearch(Mixed(O, (), ((), ())), network).size
        return VectorClosest(P, (0,) * slots, (_ZERO,) * slots, size, size, decided=True)
    M = _mixed(O, network)
    small = [v for v in M.vertices if sum(not is_nothing(x) for x in v) <= slots]
    if not small or used > slots:
        least = min(sum(not is_nothing(x) for x in v) for v in M.vertices)
        raise DimensionError(
            f"the width is {slots}: the network has {plural(used, 'slot')} in use, the optimal "
            f"ones that were found {least} or more: give --width {max(used, least)}"
        )
    padded = VectorNetwork((*network.slots, *(None,) * slots)[:slots])
    search = DirectionSearch(M, padded)
    labels, masses, distance, _ = search.best([search.scaled(v) for v in small])
    held = tuple(m / search.lengths[a] for a, m in zip(labels, masses, strict=True))
    at_least = _lipschitz(O, padded)
    nothing = isinstance(distance, Fraction) and not distance
    return VectorClosest(
        P, tuple(labels), held, distance, at_least, nothing, directions=M.atoms
    )


def _mixed(O: Optimum, network: VectorNetwork) -> Mixed:
    """Return directions of one optimal network, and those of a network that are tight."""
    directions = [u for u, _ in O.network]
    masses = tuple(c for _, c in O.network)
    if O.level == "interval":
        return Mixed(O, tuple(directions), (masses,))
    directions += [a for a in O.atoms if a not in directions]
    for x in network.neurons:
        if not any(map(sign, x.u)):
            continue
        own = seen_at(O.problem, O.N, x.u)
        tight = squared_norm(own.h) == O.problem.beta_squared * squared_norm(x.u)
        if tight and not any(same_ray(own.g, a.g) for a in directions):
            directions.append(own)
    return Mixed(O, tuple(directions), mixtures(O, directions))


def _lipschitz(O: Optimum, network: VectorNetwork) -> Scalar:
    """Return a distance that every optimal network has, by how far its fit is."""
    D = O.problem
    if not O.is_pinned or D.entries.shifted:
        return _ZERO
    size = sum((squared_norm(x) for x in D.design), _ZERO)
    fit = VectorNetwork(network.slots).fit(D)
    columns = zip(transpose(fit), transpose(O.fit), strict=True)
    off = D.free.annihilator((_ONE,) * D.n)
    away: Scalar = _ZERO
    for a, b in columns:
        left = modulo(off, tuple(s - t for s, t in zip(a, b, strict=True)))
        away = away + squared_norm(left)
    return away / (2 * network.width * size) if size else _ZERO
