"""Paths of minimum-norm interpolants inside one width (THEORY §§6-8, T11).

The polytope of the weights c has vertices and supports like any optimal polytope, so the search
of :mod:`~polytope_nn.landscape.route` joins placements of its points; the free part, an
affine function of c, follows along, and costs no neuron. Without a free part the optimal
set is that of a training problem, with all that there is for those.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import DimensionError, NotOptimal
from polytope_nn.exact.scalar import Scalars

from .interpolant import Interpolant
from .membership import Placement, mixture, network_of
from .minimum_norm import Interpolation
from .network import Network
from .problem import TrainingProblem
from .route import Parting, Vertices, route

__all__ = [
    "InterpolantPath",
    "InterpolantSeparation",
    "interpolant_path",
    "training_problem",
    "vertex_placement",
]


@dataclass(frozen=True, repr=False)
class InterpolantPath:
    """A path of optimal networks: consecutive breakpoints are joined by lines.

    ``placements`` are the breakpoints as (atom, mass) per slot.
    """

    interpolation: Interpolation
    width: int
    placements: tuple[Placement, ...]

    @cached_property
    def points(self) -> tuple[Scalars, ...]:
        """The weights of the atoms at the breakpoints, shape (N,) each."""
        N = len(self.interpolation.atoms)
        return tuple(mixture(p, N) for p in self.placements)

    @cached_property
    def breakpoints(self) -> tuple[tuple[Network, Scalars], ...]:
        """The networks and their free parts a, start and end included."""
        solved = self.interpolation
        pairs = zip(self.placements, self.points, strict=True)
        return tuple((network_of(solved.atoms, p), solved.free_part(c)) for p, c in pairs)

    @cached_property
    def functions(self) -> tuple[Interpolant, ...]:
        """The breakpoints as functions on R^d."""
        solved = self.interpolation
        return tuple(solved.function(solved.point(c)) for c in self.points)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"InterpolantPath(width={self.width}, breakpoints={len(self.placements)})"


@dataclass(frozen=True, repr=False)
class InterpolantSeparation:
    """The proof that two placements lie in different components of Theta_m.

    ``near`` and ``far`` are the vertices (indices) of P_m in the component of the start,
    and the others; with ``isolated`` an end fills every slot and cannot move.
    """

    interpolation: Interpolation
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool

    @cached_property
    def levels(self) -> dict[int, int]:
        """Every level ``|supp v + supp w|`` across the parts, with its count; all > m."""
        supports = self.interpolation.supports
        count = Counter(
            (supports[i] | supports[j]).bit_count() for i in self.near for j in self.far
        )
        return dict(sorted(count.items()))

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        sizes = f"near={len(self.near)}, far={len(self.far)}"
        return f"InterpolantSeparation(width={self.width}, {sizes})"


def vertex_placement(solved: Interpolation, i: int, width: int) -> Placement:
    """Return the i-th vertex in the first slots of a network, empty slots after it."""
    used = [(a, x) for a, x in enumerate(solved.vertices[i]) if solved.supports[i] >> a & 1]
    if len(used) > width:
        raise DimensionError(f"vertex {i} has {len(used)} neurons, the width is {width}")
    return (*used, *[None] * (width - len(used)))


def interpolant_path(
    solved: Interpolation, start: Placement, end: Placement
) -> InterpolantPath | InterpolantSeparation:
    """Return a path between two placements of one width, or the proof that there is none.

    At level interval the placements are those of vertices.

    Raises
    ------
    NotOptimal
        When the masses of a placement are not those of a point of the optimal set.
    DimensionError
        When the widths differ.
    UnboundedError
        With a free bias, when the optimal networks are no polytope.

    Examples
    --------
    >>> from polytope_nn.landscape.families import square_of_ridges
    >>> from polytope_nn.landscape.interpolation_proof import interpolation
    >>> solved = interpolation(square_of_ridges())
    >>> ends = [[vertex_placement(solved, i, m) for i in (0, 3)] for m in (1, 2)]
    >>> [interpolant_path(solved, *pair) for pair in ends]
    [InterpolantSeparation(width=1, near=1, far=3), InterpolantPath(width=2, breakpoints=3)]
    """
    if len(start) != len(end):
        raise DimensionError(f"the widths {len(start)} and {len(end)} differ")
    _ = solved.staircase  # widths are defined
    for name, placement in (("start", start), ("end", end)):
        if not _is_optimal(solved, placement):
            raise NotOptimal(
                f"{name}: its masses are not those of a point of the optimal set"
            )
    found = route(Vertices(solved.vertices, solved.supports), start, end)
    width = len(start)
    if isinstance(found, Parting):
        return InterpolantSeparation(solved, width, found.near, found.far, found.isolated)
    return InterpolantPath(solved, width, tuple(found))


def training_problem(solved: Interpolation) -> TrainingProblem:
    """Return the training problem with this optimal set: labels ``y + kappa``, beta 1.

    Without a free part only, and for rational kappa: its dual optimum is kappa and its fit
    y, so its certificates, paths and descents are those of the interpolation.
    """
    problem = solved.problem
    rational = [t for t in solved.kappa if isinstance(t, Fraction)]
    if problem.free or len(rational) < problem.n:
        what = "a free part" if problem.free else "an irrational kappa"
        raise NotOptimal(f"{problem!r} has {what}: it is no training problem")
    labels = [y + t for y, t in zip(problem.y, rational, strict=True)]
    return TrainingProblem(problem.design, labels, beta=1, name=problem.name)


def _is_optimal(solved: Interpolation, placement: Placement) -> bool:
    if solved.level == "exact":
        return solved.point(mixture(placement, len(solved.atoms))) in solved
    held = [slot for slot in placement if slot is not None]
    bits = sum(1 << a for a in {a for a, _ in held})
    if bits not in solved.supports or bits.bit_count() != len(held):
        return False
    vertex = solved.vertices[solved.supports.index(bits)]
    return all(vertex[a] is mass for a, mass in held)  # equal balls may differ
