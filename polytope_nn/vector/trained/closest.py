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
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.networks.barycentric import Hull
from polytope_nn.networks.labels import LabelSearch
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.polytope import OptimalSet

__all__ = ["VectorClosest", "vector_nearest"]

_BITS = 600  # at which logarithms are enclosed
_MOST = 500  # vertices with which a second search is tried
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class VectorClosest:
    """An optimal network near a given one; ``at_least`` is proved of every optimal network.

    ``labels`` and ``masses``, of the directions as they are, say what each slot holds.
    ``decided`` says that it is proved that no optimal network of the width is nearer; ``place``
    is that of the vertex it is spread from, where the search knows it.
    """

    optimal: OptimalSet
    labels: tuple[int, ...]
    masses: Scalars
    distance: Scalar
    at_least: Scalar
    decided: bool
    place: int | None = None

    @cached_property
    def network(self) -> VectorNetwork:
        """The network, with the free part that fits."""
        O = self.optimal.optimum
        slots = []
        for a, c in zip(self.labels, self.masses, strict=True):
            x = O.atoms[a] if O.atoms else None
            empty = x is None or is_nothing(c)
            slots.append(
                None if x is None or empty else VectorNeuron(x.g, tuple(c * t for t in x.h))
            )
        return VectorNetwork(tuple(slots)).completed(O.problem)

    @cached_property
    def vertex(self) -> int | None:
        """The place of the vertex of P it is spread from; None between vertices."""
        vertices = self.optimal.vertices
        if self.place is not None or len(vertices) == 1:
            return self.place or 0
        if any(isinstance(x, Ball) for x in self.masses):
            return None
        c: list[Scalar] = [_ZERO] * len(self.optimal.optimum.atoms)
        for a, mass in zip(self.labels, self.masses, strict=True):
            c[a] = c[a] + mass
        return next((i for i, v in enumerate(vertices) if v == tuple(c)), None)


class _Labels(LabelSearch):
    """The search of one output, of normalised directions: masses are ``c |g|^2``."""

    def __init__(self, P: OptimalSet, network: VectorNetwork) -> None:
        O, D = P.optimum, P.optimum.problem
        self.beta_squared = D.beta_squared
        self.lengths = [squared_norm(a.g) for a in O.atoms]
        pairs = zip(P.features, self.lengths, strict=True)
        self.F = tuple(tuple(t / length for t in F) for F, length in pairs)
        self.y = D.modulo(O.fit)
        self.used = list(range(len(O.atoms)))
        if len(P.vertices) == 1:
            v = self.scaled(P.vertices[0])
            self.used = [a for a, x in enumerate(v) if not is_nothing(x)]
            self.y = tuple(v[a] for a in self.used)
            self.F = tuple(
                tuple(_ONE if i == a else _ZERO for i in self.used) for a in range(len(v))
            )
        slots = network.slots
        self.size = sum(
            (squared_norm(x.u) * squared_norm(x.v) for x in slots if x is not None), _ZERO
        )
        self.t = [
            tuple(
                _ZERO
                if x is None or sign(dot(x.v, a.h)) <= 0
                else dot(x.u, a.g) * dot(x.v, a.h) / (self.beta_squared * length)
                for a, length in zip(O.atoms, self.lengths, strict=True)
            )
            for x in slots
        ]
        self.bound = _ZERO

    def scaled(self, v: Scalars) -> Scalars:
        """Return the masses of a vertex, of normalised directions."""
        return tuple(x * length for x, length in zip(v, self.lengths, strict=True))


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
        With a continuum.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> found = vector_nearest(P, VectorNetwork((VectorNeuron((1,), (1, 1)),)))
    >>> print(found.decided, found.distance, found.vertex)
    True 337/1200 0
    """
    O, D = P.optimum, P.optimum.problem
    if O.continua:
        raise Undecided(
            "the nearest optimal network: there is a continuum of optimal directions: run "
            "connect for a path to an optimal network"
        )
    slots = max(network.width, D.n * D.c + 1) if width is None else width
    small = [v for v in P.vertices if sum(not is_nothing(x) for x in v) <= slots]
    used = max((j + 1 for j, x in enumerate(network.slots) if x is not None), default=0)
    if not small or used > slots:
        raise DimensionError(
            f"the width is {slots}: the network has {used} slots in use, optimal ones "
            f"{P.staircase.m_star} or more: give --width {max(used, P.staircase.m_star)}"
        )
    padded = VectorNetwork((*network.slots, *(None,) * slots)[:slots])
    search = _Labels(P, padded)
    if O.vanishes:  # the empty network is the only optimum
        none = (_ZERO,) * slots
        return VectorClosest(P, (0,) * slots, none, search.size, search.size, decided=True)
    every = [search.scaled(v) for v in P.vertices]
    logs = any(isinstance(x, Logarithms) for v in every for x in v)
    if len(every) > 1 and (logs or not O.is_pinned):
        return _of_hull(P, search, every)
    labels, masses, distance, decided = search.best([search.scaled(v) for v in small])
    held = tuple(m / search.lengths[a] for a, m in zip(labels, masses, strict=True))
    at_least = distance if decided else search.bound
    found = VectorClosest(P, tuple(labels), held, distance, at_least, decided)
    if not decided and 1 < len(every) <= _MOST:  # another bound, another start
        other = _of_hull(P, search, every)
        nearer = other if other.decided or other.distance < distance else found
        at_least = max(at_least, other.at_least)
        found = replace(nearer, at_least=at_least, decided=nearer.distance == at_least)
    return found


def _of_hull(P: OptimalSet, search: _Labels, vertices: Sequence[Scalars]) -> VectorClosest:
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
