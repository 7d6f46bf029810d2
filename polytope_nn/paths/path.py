"""Paths inside the set of optimal networks, or the proof that there is none (THEORY T11).

The search itself is in :mod:`~polytope_nn.paths.route`, what its two answers say in
:mod:`~polytope_nn.paths.breakpoints`. What is free beside the neurons, an affine function of
the weights c, follows along and takes no slot.
"""

from dataclasses import dataclass
from functools import cached_property

from polytope_nn.called import given
from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import DimensionError, NotOptimal, UnboundedError, Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.functions.piecewise_linear import Interpolant, represented
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.networks.membership import Placement, mixture, placed
from polytope_nn.networks.network import Network
from polytope_nn.networks.shared_field import set_in_one_field
from polytope_nn.shown import Drawn
from polytope_nn.wording import plural

from .breakpoints import Breakpoints, Parts
from .route import Parting, Vertices, compatible, route

__all__ = [
    "Path",
    "Separation",
    "interpolant_path",
    "joined",
    "joining_width",
    "path",
    "vertex_placement",
]


@dataclass(frozen=True, repr=False)
class Path(Breakpoints, Drawn):
    """A path of optimal networks of one problem."""

    polytope: OptimalPolytope
    width: int
    placements: tuple[Placement, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms of the polytope."""
        return self.polytope.atoms

    @property
    def _vertices(self) -> tuple[int, ...]:
        return self.polytope.supports

    @cached_property
    def free_parts(self) -> tuple[Scalars, ...]:
        """The coefficients of what is free at the breakpoints, shape (p,) each."""
        return tuple(map(self.polytope.free_part, self.points))

    @cached_property
    def functions(self) -> tuple[Interpolant, ...]:
        """The breakpoints as functions on R^d."""
        P = self.polytope
        return tuple(represented(P, P.point(c)) for c in self.points)


@dataclass(frozen=True, repr=False)
class Separation(Parts):
    """The proof that two optimal networks, the ``ends``, are not joined."""

    polytope: OptimalPolytope
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool
    ends: tuple[Placement, Placement]

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices of the polytope."""
        return self.polytope.supports


def path(problem: Solvable, start: Network, end: Network, width: int) -> Path | Separation:
    """Return a path of optimal networks of a width, or the proof that there is none.

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    start, end
        Optimal networks; empty slots are added up to the width.
    width
        The number of slots m.

    Returns
    -------
    Path or Separation
        Breakpoints that are optimal all the way, or the proof that there are none.

    Raises
    ------
    NotOptimal
        When one of them is not optimal; the message says why.
    DimensionError
        When one of them has more neurons than the width, or another dimension.
    Undecided
        When widths are not counted (neurons move along a free bias) and no path is found.

    Examples
    --------
    Two global minima of the talk's toy problem: separate at width 2, joined at width 3.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> one = Network.of((1, [1, 0, -1]))
    >>> two = Network.of((1, [plus, minus, 0]), (1, [0, plus, minus]))
    >>> path(D, one, two, 2)
    Separation(width=2, near=1, far=1)
    >>> path(D, one, two, 3)
    Path(width=3, breakpoints=3)
    """
    given(Network, start, end)
    P, (start, end) = set_in_one_field(optimal_polytope(problem), start, end)
    a = placed(P, start.padded(width), "start")
    b = placed(P, end.padded(width), "end")
    return joined(P, a, b)


def joining_width(problem: Solvable, start: Network, end: Network) -> int:
    """Return the least width at which two optimal networks are joined inside Theta.

    It is their bottleneck level (T10), or one more when only their placements differ.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> a = Network.of((1, [plus, minus, 0]), (1, [0, plus, minus]))
    >>> joining_width(D, a, a), joining_width(D, a, a.permuted([1, 0]))
    (2, 3)

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    start, end
        Optimal networks.

    Returns
    -------
    int
        The width; at one slot less a separation is proved.

    Raises
    ------
    NotOptimal
        When one of them is not optimal.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    P = optimal_polytope(problem)
    if P.no_widths:
        raise UnboundedError(f"{P.no_widths}: give a width")
    given(Network, start, end)
    m = max(start.last_used, end.last_used)
    # T7.5: from r + 1 on everything is connected, so the loop ends
    while not path(P, start, end, m):
        m += 1
    return m


def joined(P: OptimalPolytope, a: Placement, b: Placement) -> Path | Separation:
    """Return the path between two placements of points of P, or their separation."""
    if P.problem.free.limited and not compatible(a, b):
        raise Undecided(
            "no line joins the two networks slot by slot, and on the way over vertices "
            "constants are free in the limit of growing biases only: add skip constant"
        )
    found = route(Vertices(P.vertices, P.supports), a, b)
    if not isinstance(found, Parting):
        return Path(P, len(a), tuple(found))
    if P.no_widths:
        raise Undecided(
            f"no path of width {len(a)} leads over the vertices; whether there is one: "
            f"{P.no_widths}"
        )
    return Separation(P, len(a), found.near, found.far, found.isolated, (a, b))


def vertex_placement(P: OptimalPolytope, i: int, width: int) -> Placement:
    """Return the i-th vertex in the first slots of a network, empty slots after it."""
    used = [(a, x) for a, x in enumerate(P.vertices[i]) if P.supports[i] >> a & 1]
    if len(used) > width:
        raise DimensionError(
            f"vertex {i} has {plural(len(used), 'neuron')}, the width is {width}"
        )
    return (*used, *[None] * (width - len(used)))


def interpolant_path(
    P: OptimalPolytope, start: Placement, end: Placement
) -> Path | Separation:
    """Return a path between two placements of one width, or the proof that there is none.

    At level interval the placements are those of vertices.

    Parameters
    ----------
    P
        The optimal polytope.
    start, end
        In each slot None, or an atom and its mass.

    Returns
    -------
    Path or Separation
        Breakpoints that are optimal all the way, or the proof that there are none.

    Raises
    ------
    NotOptimal
        When the masses of a placement are not those of a point of the optimal set.
    DimensionError
        When the widths differ.
    Undecided
        As :func:`path`.

    Examples
    --------
    >>> from polytope_nn.problems.families import square_of_ridges
    >>> P = optimal_polytope(square_of_ridges())
    >>> ends = [[vertex_placement(P, i, m) for i in (0, 3)] for m in (1, 2)]
    >>> [interpolant_path(P, *pair) for pair in ends]
    [Separation(width=1, near=1, far=3), Path(width=2, breakpoints=3)]
    """
    given(OptimalPolytope, P)
    given(tuple, start, end)
    if len(start) != len(end):
        raise DimensionError(f"the widths {len(start)} and {len(end)} differ")
    for name, placement in (("start", start), ("end", end)):
        if not _is_optimal(P, placement):
            raise NotOptimal(
                f"{name}: its masses are not those of a point of the optimal set"
            )
    return joined(P, start, end)


def _is_optimal(P: OptimalPolytope, placement: Placement) -> bool:
    if P.level == "exact":
        return mixture(placement, len(P.atoms)) in P
    held = [slot for slot in placement if slot is not None]
    bits = sum(1 << a for a in {a for a, _ in held})
    if bits not in P.supports or bits.bit_count() != len(held):
        return False
    vertex = P.vertices[P.supports.index(bits)]
    return all(vertex[a] is mass for a, mass in held)  # equal balls may differ
