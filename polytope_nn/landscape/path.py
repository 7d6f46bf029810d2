"""Paths inside the set of optimal networks, or the proof that there is none (THEORY T11).

The search itself is in :mod:`~polytope_nn.landscape.route`; here are its two answers, each
with its proof: the breakpoints, or the two parts of the vertices of P_m and every level
across, all greater than m.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from polytope_nn.exact.linear import rank

from .membership import Placement, landscape_of, mixture, network_of, placed
from .network import Network
from .optimum import Optimum
from .polytope import OptimalPolytope, support
from .problem import TrainingProblem
from .route import Parting, Vertices, bits_of, route

__all__ = ["Path", "Separation", "joining_width", "path"]


@dataclass(frozen=True, repr=False)
class Path:
    """A path of optimal networks: consecutive breakpoints are joined by lines.

    Along a line the sign and the ray of every slot stay what they are while it holds a
    neuron, and its u is linear. ``placements`` are the breakpoints as (atom, mass) per
    slot.
    """

    polytope: OptimalPolytope
    width: int
    placements: tuple[Placement, ...]

    @cached_property
    def breakpoints(self) -> tuple[Network, ...]:
        """The networks, start and end included."""
        return tuple(network_of(self.polytope.atoms, p) for p in self.placements)

    @cached_property
    def moves(self) -> tuple[str, ...]:
        """The name of each line: move, prune, grow (its reverse), edge walk, line."""
        N = len(self.polytope.atoms)
        points = [mixture(p, N) for p in self.placements]
        pairs = zip(map(support, points), map(support, points[1:]), strict=False)
        return tuple(
            "move" if points[i] == points[i + 1] else self._move(before, after)
            for i, (before, after) in enumerate(pairs)
        )

    def _move(self, before: int, after: int) -> str:
        both = before | after
        if both in {before, after}:
            return "prune" if both == before else "grow"
        columns = bits_of(both)
        rows = [self.polytope.atoms[a].feature for a in columns]
        return "edge walk" if len(columns) - rank(rows) == 1 else "line"

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Path(width={self.width}, breakpoints={len(self.placements)})"


@dataclass(frozen=True, repr=False)
class Separation:
    """The proof that two optimal networks lie in different components of Theta_m.

    ``near`` and ``far`` are the vertices (indices) of P_m in the start's component of P_m,
    and the others. With ``isolated`` the start or the end is a vertex that fills every
    slot, an isolated point, and ``far`` may be empty.
    """

    polytope: OptimalPolytope
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool

    @cached_property
    def levels(self) -> dict[int, int]:
        """Every level ``|supp v + supp w|`` across the parts, with its count; all > m."""
        supports = self.polytope.supports
        count = Counter(
            (supports[i] | supports[j]).bit_count() for i in self.near for j in self.far
        )
        return dict(sorted(count.items()))

    @property
    def reason(self) -> str:
        """The separation in a sentence."""
        m = self.width
        if self.isolated:
            return (
                f"a network with {m} neurons of independent features fills all {m} slots: "
                "it is an isolated point"
            )
        return (
            f"{len(self.near)} vertices on one side, {len(self.far)} on the other, and "
            f"joining any two across needs width {min(self.levels)} > {m}"
        )

    def to_json(self) -> dict[str, object]:
        """Return the parts as supports (lists of atoms), and every level across."""
        parts = {"near": self.near, "far": self.far}
        supports = self.polytope.supports
        shown: dict[str, object] = {
            name: [bits_of(supports[i]) for i in part] for name, part in parts.items()
        }
        levels = {str(level): count for level, count in self.levels.items()}
        return {"reason": self.reason, "isolated": self.isolated, **shown, "levels": levels}

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"Separation(width={self.width}, near={len(self.near)}, far={len(self.far)})"


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
    m = max(_used(start), _used(end))
    # T7.5: from r + 1 on everything is connected, so the loop ends
    while not path(P, start, end, m):
        m += 1
    return m


def _used(network: Network) -> int:
    return max((j + 1 for j, x in enumerate(network.slots) if x is not None), default=0)


def joined(P: OptimalPolytope, a: Placement, b: Placement) -> Path | Separation:
    """Return the path between two placements of points of P, or their separation."""
    found = route(Vertices(P.vertices, P.supports), a, b)
    if isinstance(found, Parting):
        return Separation(P, len(a), found.near, found.far, found.isolated)
    return Path(P, len(a), tuple(found))
