"""Paths of optimal networks with several outputs, or what separates them (T11, general B4).

A neuron ``(x'u)_+ v`` of an optimal network has ``|h| = beta |u|`` for ``h = N'(Xu)_+``, and v on
the ray of h; its mass c makes ``(Xu)_+ v' = c phi h'`` of a tight direction. With finitely many
atoms the search is that of one output. With a continuum it runs in the polytope of the directions
of the two networks: a path found there is one, and where none is found nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.boxes import box_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.neuron import same_ray
from polytope_nn.paths.breakpoints import Breakpoints, Parts
from polytope_nn.paths.route import Parting, Vertices, route
from polytope_nn.wording import plural

from .enclosed import accepted_placement, known_mixtures, neuron_of
from .losses.entries import flat
from .network import VectorNetwork, VectorNeuron
from .optimum import Direction, Optimum, seen
from .polytope import OptimalSet
from .problem import Rows
from .trained.free_parts import with_free_part

__all__ = [
    "VectorPath",
    "VectorSeparation",
    "mixtures",
    "placement_of",
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
        a, b = (_padded(p, width) for p in self.placements)
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


def _last_used(placement: Placement) -> int:
    return max((j + 1 for j, held in enumerate(placement) if held is not None), default=0)


def _padded(placement: Placement, width: int) -> Placement:
    used = _last_used(placement)
    if used > width:
        raise DimensionError(
            f"a network has {plural(used, 'slot')} in use, the width is {width}: give a width "
            f"of {used} or more"
        )
    return (*placement[:used], *(None,) * (width - used))


def vector_path(
    P: OptimalSet, start: VectorNetwork, end: VectorNetwork, width: int
) -> VectorPath | VectorSeparation:
    """Return a path of optimal networks of a width, or the proof that there is none (T11).

    Raises
    ------
    NotOptimal
        When one of them is not optimal; the message says why.
    Undecided
        At level interval, and where a continuum leaves it open.
    """
    return _ends(P, start, end).joined(width)


def vector_joining_width(P: OptimalSet, start: VectorNetwork, end: VectorNetwork) -> int:
    """Return the least width at which two optimal networks are seen to be joined."""
    ends = _ends(P, start, end)
    m = max(_last_used(p) for p in ends.placements)
    while True:  # by B5 there is one, and it is reached in the polytope of all directions
        try:
            if ends.joined(m):
                return m
        except Undecided:
            if m > P.optimum.problem.n * P.optimum.problem.c + 1:
                raise
        m += 1


def _ends(P: OptimalSet, start: VectorNetwork, end: VectorNetwork) -> _Ends:
    O = P.optimum
    some = bool(O.continua) and O.level == "interval"
    known, points = known_mixtures(P) if some else (O.atoms, ())
    directions = list(known)
    placements = (
        _placed(P, directions, start, "start"),
        _placed(P, directions, end, "end"),
    )
    if not some:
        points = mixtures(O, directions) if O.continua else P.vertices
    return _Ends(P, tuple(directions), points, placements)


def mixtures(O: Optimum, directions: Sequence[Direction]) -> tuple[Scalars, ...]:
    """Return the vertices of the optimal mixtures of some tight directions."""
    if not O.problem.is_squared:
        every = [flat(x.feature) for x in directions]
        return box_vertices(every, O.problem.entries.free, O.interval)
    features = [O.problem.modulo(x.feature) for x in directions]
    return slice_vertices(transpose(features), O.problem.modulo(O.fit))


def _placed(
    P: OptimalSet, directions: list[Direction], network: VectorNetwork, name: str
) -> Placement:
    """Return directions and masses of an optimal network; with a continuum new ones are added."""
    if network.is_enclosed:
        return accepted_placement(P, network)
    O = P.optimum
    try:
        return _decided(O, directions, network, name)
    except Undecided as error:
        raise Undecided(
            f"whether a network is optimal: the optimum is known at level {O.level}, where no "
            f"equality of irrational numbers can be decided ({error})"
        ) from error


def _decided(
    O: Optimum, directions: list[Direction], network: VectorNetwork, name: str
) -> Placement:
    problem = O.problem
    rows = network.completed(problem).fit(problem)
    fit = flat(_shifted(O, rows) if problem.entries.shifted else rows)
    nothing = O.vanishes and not problem.entries.free.columns
    if any(  # no neurons fit 0, whatever balls say
        not (nothing and z.__class__ is Fraction and not z)
        and ((low is not None and z < low) or (high is not None and z > high))
        for z, (low, high) in zip(fit, O.interval, strict=True)
    ):
        of = "that of every optimal network" if O.is_pinned else "one that belongs to N"
        raise NotOptimal(f"{name} is not optimal: its fit is not {of}")
    slots: list[Held] = []
    for j, x in enumerate(network.slots):
        if x is None or not any(map(sign, x.u)) or not any(map(sign, x.v)):
            slots.append(None)
            continue
        found = _held(O, directions, x)
        if isinstance(found, str):
            raise NotOptimal(f"{name} is not optimal: neuron {j} {found}")
        slots.append(found)
    return tuple(slots)


def _shifted(O: Optimum, fit: Rows) -> Rows:
    """Return a fit of softmax plus constants of the rows: those of N in the first output."""
    first = [low for low, _ in O.interval[:: O.problem.c]]
    moved = [
        Fraction(0) if t is None else t - row[0] for t, row in zip(first, fit, strict=True)
    ]
    return tuple(tuple(z + t for z in row) for row, t in zip(fit, moved, strict=True))


def _held(
    O: Optimum, directions: list[Direction], x: VectorNeuron
) -> tuple[int, Scalar] | str:
    """Return direction and mass of a neuron, or why it has none."""
    if x.raw and squared_norm(x.u) != squared_norm(x.v):
        return "is not balanced: |alpha| differs from |w|"
    covector = tuple(sign(dot(row, x.u)) for row in O.problem.design)
    own = seen(O.problem, O.N, covector, x.u)
    if squared_norm(own.h) != O.problem.beta_squared * squared_norm(x.u):
        return "has |N'(Xu)_+| less than beta |u|"
    if not same_ray(own.h, x.v):
        return "has a v that is not on the ray of N'(Xu)_+"
    i = next(i for i, t in enumerate(own.h) if sign(t))
    for a, known in enumerate(directions):
        if known.covector == covector and same_ray(known.g, x.u):
            k = next(k for k, t in enumerate(x.u) if sign(t))
            scale = x.u[k] / known.g[k]
            return a, x.v[i] / own.h[i] * scale * scale
    directions.append(own)
    return len(directions) - 1, x.v[i] / own.h[i]


def placement_of(
    O: Optimum, directions: list[Direction], network: VectorNetwork, name: str, width: int
) -> Placement:
    """Return directions and masses of an optimal network of a width.

    ``directions`` are those that are known; with a continuum the network's are added.

    Raises
    ------
    NotOptimal
        When it is none; the message says why.
    """
    return _padded(_placed(OptimalSet(O), directions, network, name), width)
