"""Paths of minimum-norm interpolants inside one width (THEORY §§6-8, T11).

The polytope of the weights c has vertices and supports like any optimal polytope, so the search
of :mod:`~polytope_nn.paths.route` joins placements of its points; the free part, an
affine function of c, follows along, and costs no neuron. Without a free part the optimal
set is that of a training problem, with all that there is for those.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import DimensionError, NotOptimal
from polytope_nn.exact.scalar import Scalars
from polytope_nn.functions.piecewise_linear import Interpolant
from polytope_nn.landscape.optimal_set import Interpolation
from polytope_nn.networks.membership import Held, Placement, held_by, mixture
from polytope_nn.networks.network import Network, RawNeuron
from polytope_nn.problems.training import TrainingProblem

from .breakpoints import Breakpoints, Parts
from .route import Parting, Vertices, route

__all__ = [
    "InterpolantPath",
    "InterpolantSeparation",
    "interpolant_path",
    "joining_placements",
    "placed_at",
    "placed_network",
    "training_problem",
    "vertex_placement",
]


@dataclass(frozen=True, repr=False)
class InterpolantPath(Breakpoints):
    """A path of optimal networks of a problem with a free part, which follows along."""

    interpolation: Interpolation
    width: int
    placements: tuple[Placement, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms of the optimal set."""
        return self.interpolation.atoms

    @property
    def _vertices(self) -> tuple[int, ...]:
        return self.interpolation.supports

    @cached_property
    def free_parts(self) -> tuple[Scalars, ...]:
        """The coefficients of what is free at the breakpoints, shape (p,) each."""
        return tuple(map(self.interpolation.free_part, self.points))

    @cached_property
    def functions(self) -> tuple[Interpolant, ...]:
        """The breakpoints as functions on R^d."""
        solved = self.interpolation
        return tuple(solved.function(solved.point(c)) for c in self.points)


@dataclass(frozen=True, repr=False)
class InterpolantSeparation(Parts):
    """The proof that two placements lie in different components of Theta_m."""

    interpolation: Interpolation
    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices of the optimal set."""
        return self.interpolation.supports


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
    >>> from polytope_nn.problems.families import square_of_ridges
    >>> from polytope_nn.search.proving import interpolation
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


def placed_network(solved: Interpolation, network: Network, name: str) -> Placement:
    """Return the atoms and masses of an optimal network, whose free part follows from them.

    Raises
    ------
    NotOptimal
        When a neuron lies on the ray of no atom of its sign, or is not balanced.
    """
    problem = solved.problem
    slots: list[Held] = []
    for j, x in enumerate(network.slots):
        if x is None:
            slots.append(None)
            continue
        if isinstance(x, RawNeuron) and problem.bias == "free":
            raise NotOptimal(
                f'{name}: neuron {j}: with a free bias write it as {{"sign", "u"}}, the bias '
                f"last in u"
            )
        y = x.balanced if isinstance(x, RawNeuron) else x
        balanced = y is not None and Network((x,)).is_balanced
        held = held_by(solved.atoms, problem.design, y) if y and balanced else None
        if held is None:
            why = (
                "lies on the ray of no atom of its sign" if balanced else "is not balanced"
            )
            raise NotOptimal(f"{name} is not optimal: neuron {j} {why}")
        slots.append(held)
    return tuple(slots)


def joining_placements(
    solved: Interpolation, start: Network, end: Network
) -> tuple[Placement, Placement]:
    """Return two optimal networks at the least width at which they are joined."""
    m = max(start.last_used, end.last_used)
    while True:  # from rank + 1 on everything is connected
        ends = placed_at(solved, start, end, m)
        if interpolant_path(solved, *ends):
            return ends
        m += 1


def placed_at(
    solved: Interpolation, start: Network, end: Network, width: int
) -> tuple[Placement, Placement]:
    """Return the placements of two optimal networks, empty slots added up to a width."""
    return (
        placed_network(solved, start.padded(width), "start"),
        placed_network(solved, end.padded(width), "end"),
    )


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
