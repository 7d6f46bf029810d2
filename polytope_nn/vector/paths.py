"""Paths of optimal networks with several outputs, or what separates them (T11, general B4).

A neuron ``(x'u)_+ v`` of an optimal network has ``|h| = beta |u|`` for ``h = N'(Xu)_+``, and v on
the ray of h; its mass c makes ``(Xu)_+ v' = c phi h'`` of a tight direction. With finitely many
atoms the search is that of one output. With a continuum it runs in the polytope of the directions
of the two networks: a path found there is one, and where none is found nothing is said.
"""

from dataclasses import dataclass
from functools import cached_property

from polytope_nn.called import given
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.landscape.supports import support
from polytope_nn.limits import width_of
from polytope_nn.networks.membership import Placement
from polytope_nn.paths.breakpoints import Breakpoints, Parts
from polytope_nn.paths.route import Parting, Vertices, route

from .enclosed import known_mixtures, neuron_of
from .network import VectorNetwork
from .optimum import Direction, Optimum
from .placements import last_used, mixtures, padded, placed
from .polytope import OptimalSet
from .shared_field import set_in_one_field
from .trained.free_parts import with_free_part

__all__ = [
    "VectorPath",
    "VectorSeparation",
    "vector_joining_width",
    "vector_path",
]


@dataclass(frozen=True, repr=False)
class VectorPath(Breakpoints):
    """A path of optimal networks; ``directions`` are what the placements speak of."""

    optimum: Optimum
    directions: tuple[Direction, ...]
    supports: tuple[int, ...]
    width: int
    placements: tuple[Placement, ...]

    @property
    def atoms(self) -> tuple[Direction, ...]:  # type: ignore[override] # of several outputs
        """The directions."""
        return self.directions

    @property
    def _vertices(self) -> tuple[int, ...]:
        return self.supports

    @cached_property
    def breakpoints(self) -> tuple[VectorNetwork, ...]:  # type: ignore[override] # as above
        """The networks, start and end included."""
        return tuple(self._network(p) for p in self.placements)

    def _network(self, placement: Placement) -> VectorNetwork:
        slots = (
            None if held is None else neuron_of(self.directions[held[0]], held[1])
            for held in placement
        )
        return with_free_part(self.optimum, VectorNetwork(tuple(slots)))


@dataclass(frozen=True, repr=False)
class VectorSeparation(Parts):
    """The proof that two optimal networks, the ``ends``, are not joined; finitely many atoms."""

    polytope: OptimalSet
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool
    ends: tuple[Placement, Placement]

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices of the polytope."""
        return self.polytope.supports


@dataclass(frozen=True)
class _Ends:
    """Two networks in the polytope of some directions."""

    polytope: OptimalSet
    directions: tuple[Direction, ...]
    vertices: tuple[Scalars, ...]
    placements: tuple[Placement, Placement]

    def joined(self, width: int) -> VectorPath | VectorSeparation:
        """Return the path of a width, or the separation."""
        supports = tuple(map(support, self.vertices))
        a, b = (padded(p, width) for p in self.placements)
        found = route(Vertices(self.vertices, supports), a, b)
        if isinstance(found, Parting):
            if self.polytope.optimum.continua:
                raise Undecided(
                    f"whether the networks are joined at width {width}: no path leads over "
                    f"their own directions, and there is a continuum of others"
                )
            return VectorSeparation(
                self.polytope, width, found.near, found.far, found.isolated, (a, b)
            )
        return VectorPath(
            self.polytope.optimum, self.directions, supports, width, tuple(found)
        )


def vector_path(
    P: OptimalSet, start: VectorNetwork, end: VectorNetwork, width: int
) -> VectorPath | VectorSeparation:
    """Return a path of optimal networks of a width, or the proof that there is none (T11).

    Parameters
    ----------
    P
        The optimal set.
    start, end
        Optimal networks.
    width
        The number of slots.

    Returns
    -------
    VectorPath or VectorSeparation
        Breakpoints; or the two parts of the vertices, and why no path leads across.

    Raises
    ------
    NotOptimal
        When one of them is not optimal; the message says why.
    DimensionError
        When one of them has more neurons than the width.
    Undecided
        At level interval, and where a continuum leaves it open.

    Examples
    --------
    One neuron that moves to another slot:

    >>> from polytope_nn import VectorNetwork, VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> one = {"u": [1], "v": ["27/20", "9/5"]}
    >>> a, b = (VectorNetwork.from_json({"neurons": x}) for x in ([one, None], [None, one]))
    >>> vector_path(P, a, b, 2)
    VectorPath(width=2, breakpoints=2)
    """
    return _ends(P, start, end).joined(width_of(width, 0))


def vector_joining_width(P: OptimalSet, start: VectorNetwork, end: VectorNetwork) -> int:
    """Return the least width at which two optimal networks are seen to be joined.

    Where a continuum leaves a width open the next is tried: then it may be more than the least.

    Parameters
    ----------
    P
        The optimal set.
    start, end
        Optimal networks.

    Returns
    -------
    int
        The width of a path (:func:`vector_path`).

    Raises
    ------
    NotOptimal
        When one of them is not optimal; the message says why.
    Undecided
        When no width up to ``n c + 1`` has a path that is found.

    Examples
    --------
    >>> from polytope_nn import VectorNetwork, VectorProblem, vector_optimal_set
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> one = {"u": [1], "v": ["27/20", "9/5"]}
    >>> a, b = (VectorNetwork.from_json({"neurons": x}) for x in ([one], [None, one]))
    >>> vector_joining_width(P, a, a), vector_joining_width(P, a, b)
    (1, 2)
    """
    ends = _ends(P, start, end)
    m = max(last_used(p) for p in ends.placements)
    while True:  # by B5 there is one, and it is reached in the polytope of all directions
        try:
            if ends.joined(m):
                return m
        except Undecided:
            if m > P.optimum.problem.n * P.optimum.problem.c + 1:
                raise
        m += 1


def _ends(P: OptimalSet, start: VectorNetwork, end: VectorNetwork) -> _Ends:
    given(OptimalSet, P)
    given(VectorNetwork, start, end)
    P, (start, end) = set_in_one_field(P, start, end)
    O = P.optimum
    some = bool(O.continua) and O.level == "interval"
    known, points = known_mixtures(P) if some else (O.atoms, ())
    directions = list(known)
    placements = (
        placed(P, directions, start, "start"),
        placed(P, directions, end, "end"),
    )
    if not some:
        points = mixtures(O, directions) if O.continua else P.vertices
    return _Ends(P, tuple(directions), points, placements)
