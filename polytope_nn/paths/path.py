"""Paths inside the set of optimal networks, or the proof that there is none (THEORY T11).

The search itself is in :mod:`~polytope_nn.paths.route`, what its two answers say in
:mod:`~polytope_nn.paths.breakpoints`.
"""

from dataclasses import dataclass

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.networks.membership import Placement, landscape_of, placed
from polytope_nn.networks.network import Network
from polytope_nn.problems.training import TrainingProblem

from .breakpoints import Breakpoints, Parts
from .route import Parting, Vertices, route

__all__ = ["Path", "Separation", "joining_width", "path"]


@dataclass(frozen=True, repr=False)
class Path(Breakpoints):
    """A path of optimal networks of a training problem."""

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


@dataclass(frozen=True, repr=False)
class Separation(Parts):
    """The proof that two optimal networks of a training problem are not joined."""

    polytope: OptimalPolytope
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices of the polytope."""
        return self.polytope.supports


def path(
    problem: TrainingProblem | Optimum | OptimalPolytope,
    start: Network,
    end: Network,
    width: int,
) -> Path | Separation:
    """Return a path of optimal networks of a width, or the proof that there is none.

    Parameters
    ----------
    problem
        The training problem, or its optimum or optimal polytope when they are at hand.
    start, end
        Optimal networks; empty slots are added up to the width.
    width
        The number of slots m.

    Raises
    ------
    NotOptimal
        When one of them is not optimal; the message says why.
    DimensionError
        When one of them has more neurons than the width, or another dimension.

    Examples
    --------
    Two global minima of the talk's toy problem: separate at width 2, joined at width 3.

    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> one = Network.of((1, [1, 0, -1]))
    >>> two = Network.of((1, [plus, minus, 0]), (1, [0, plus, minus]))
    >>> path(D, one, two, 2)
    Separation(width=2, near=1, far=1)
    >>> path(D, one, two, 3)
    Path(width=3, breakpoints=3)
    """
    P = landscape_of(problem)
    a = placed(P, start.padded(width), "start")
    b = placed(P, end.padded(width), "end")
    return joined(P, a, b)


def joining_width(
    problem: TrainingProblem | Optimum | OptimalPolytope, start: Network, end: Network
) -> int:
    """Return the least width at which two optimal networks are joined inside Theta.

    It is their bottleneck level (T10), or one more when only their placements differ.

    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> a = Network.of((1, [plus, minus, 0]), (1, [0, plus, minus]))
    >>> joining_width(D, a, a), joining_width(D, a, a.permuted([1, 0]))
    (2, 3)
    """
    P = landscape_of(problem)
    m = max(start.last_used, end.last_used)
    # T7.5: from r + 1 on everything is connected, so the loop ends
    while not path(P, start, end, m):
        m += 1
    return m


def joined(P: OptimalPolytope, a: Placement, b: Placement) -> Path | Separation:
    """Return the path between two placements of points of P, or their separation."""
    found = route(Vertices(P.vertices, P.supports), a, b)
    if isinstance(found, Parting):
        return Separation(P, len(a), found.near, found.far, found.isolated)
    return Path(P, len(a), tuple(found))
