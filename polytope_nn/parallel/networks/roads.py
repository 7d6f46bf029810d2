"""Paths between two optimal three-layer networks, certified by breakpoints (three-layer P10).

The branches of both networks, up to scaling, are the columns of a polytope: their mixtures
that make the fit, all optimal. A route between placements of its vertices in slots (THEORY
T11) is a path of networks: scaling a branch scales its inner neurons together, and an empty
branch takes any arrangement of them. From r(k) + 1 branches on there is always one, and with the
branches of a network of m*(k) beside them from ``m*(k) + M*(k)`` on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from polytope_nn.called import given
from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.networks.membership import Held
from polytope_nn.networks.neuron import ray, same_ray
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.pieces import Label, label
from polytope_nn.paths.route import Parting, Vertices, route
from polytope_nn.wording import plural

from .network import Branch, ParallelNetwork, Place, branch_of, require_optimal
from .shared import SharedPath

__all__ = ["ParallelPath", "parallel_path", "some_network"]


@dataclass(frozen=True)
class ParallelPath:
    """A path of optimal networks, linear in the inner u between its breakpoints.

    On a segment a slot holds one branch direction, or is empty at an end: what is between
    two breakpoints is optimal because both ends are, in one polytope. Where kappa is in balls
    ``shared`` has masses as forms of those of two-layer neurons, if networks are made of these.
    """

    optimum: ParallelOptimum
    breakpoints: tuple[ParallelNetwork, ...]
    shared: SharedPath | None = None

    def check(self) -> None:
        """Raise :class:`NotOptimal` unless every breakpoint is optimal and segments agree.

        Where kappa is in balls they are optimal as they are mixtures of branches: here only that
        none is proved not to be.
        """
        O = self.optimum
        for net in self.breakpoints:
            require_optimal(net, O.problem, O.value, boxes=O.level == "interval")
        for a, b in zip(self.breakpoints, self.breakpoints[1:], strict=False):
            for x, y in zip(a.branches, b.branches, strict=True):
                if x is not None and y is not None and not _agree(x, y):
                    raise NotOptimal("a slot changes its branch on a segment")


def _agree(x: Branch, y: Branch) -> bool:
    """Return whether branches of a slot are multiples: balls hide it, but for signs and empty."""
    try:
        return _factor(x, y) is not None
    except Undecided:
        return True


def _factor(x: Branch, y: Branch) -> Scalar | None:
    """Return the number t > 0 with ``y = t x``; None where there is none."""
    if x.sign != y.sign or len(x.neurons) != len(y.neurons):
        return None
    factor: Scalar | None = None
    for p, q in zip(x.neurons, y.neurons, strict=True):
        if (p is None) != (q is None):
            return None
        if p is None or q is None:
            continue
        if p.sign != q.sign or not same_ray(p.u, q.u):
            return None
        i = ray(p.u)
        t = q.u[i] / p.u[i]
        if factor is not None and t != factor:
            return None
        factor = t
    return factor


def parallel_path(
    O: ParallelOptimum, start: ParallelNetwork, end: ParallelNetwork, m: int | None = None
) -> ParallelPath:
    """Return a path of optimal networks of m branches from one to another.

    Without m, the least number of branches at which these branches, or these and those of a
    network of m*(k), give a path: at most ``min{m*(k) + M*(k), r(k) + 1}``, or the larger
    end's.

    Parameters
    ----------
    O
        The optimum of a three-layer problem.
    start, end
        Optimal networks.
    m
        The number of branches; by default the least that joins.

    Returns
    -------
    ParallelPath
        Breakpoints, each an optimal network.

    Raises
    ------
    NotOptimal
        When an end is not optimal.
    Undecided
        When at m branches the branches of the two ends give no path; others may.

    Examples
    --------
    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
    >>> O = parallel_optimum(D)
    >>> net = some_network(O)
    >>> parallel_path(O, net, net, 4).breakpoints[-1].objective(D).exact == O.value
    True
    """
    given(ParallelOptimum, O)
    given(ParallelNetwork, start, end)
    for net in (start, end):
        require_optimal(net, O.problem, O.value, boxes=O.level == "interval")
    k = max(start.inner_width, end.inner_width)
    most = O.problem.inner_width
    if most is not None and k > most:
        raise DimensionError(f"{plural(k, 'inner slot')}, and inner_width is {most}")
    least = max(1, start.width, end.width)
    widths = [m] if m is not None else range(least, max(least, O.problem.n + 1) + 1)
    at = (_in_balls if O.level == "interval" else _exactly)(O, start, end, max(k, 1))
    for width in widths:
        found = at(width)
        if found is not None:
            found.check()
            return found
    raise Undecided(
        f"a path at width {m}: the branches of the two networks give none; give a larger width "
        f"(n + 1 = {O.problem.n + 1} is enough)"
    )


def _exactly(
    O: ParallelOptimum, start: ParallelNetwork, end: ParallelNetwork, k: int
) -> Callable[[int], ParallelPath | None]:
    """Return what finds a path of a width, or None."""
    through = cache(lambda: _least(O, k))

    def at(width: int) -> ParallelPath | None:
        ends = start.padded(width, k), end.padded(width, k)
        found = _at(O, *ends)
        return found or (_at(O, *ends, through()) if through() else None)

    return at


def _in_balls(
    O: ParallelOptimum, start: ParallelNetwork, end: ParallelNetwork, k: int
) -> Callable[[int], ParallelPath | None]:
    """Return what finds a path of a width where kappa is in balls, or None."""
    from .in_balls import found_in_balls, found_of_proof

    ends = start.padded(start.width, k), end.padded(end.width, k)
    by_width = (
        found_of_proof(some_network(O), ends, k)
        if O.by_groups
        else found_in_balls(O, ends, k)
    )

    def at(width: int) -> ParallelPath | None:
        if any(net.width > width for net in ends):
            raise DimensionError(
                f"{max(net.width for net in ends)} branches do not fit in {width}"
            )
        found = by_width(width)
        return None if found is None else ParallelPath(O, *found)

    return at


def _least(O: ParallelOptimum, k: int) -> tuple[Branch, ...]:
    """Return the branches of an optimal network of m*(k), where one is known."""
    found = two_widths(O).least_network(k)
    return tuple(branch_of(sigma, own, k) for sigma, own in found or ())


def _at(
    O: ParallelOptimum,
    start: ParallelNetwork,
    end: ParallelNetwork,
    through: Sequence[Branch] = (),
) -> ParallelPath | None:
    """Return the path through the branches of the ends and others; None where none is."""
    columns: list[Branch] = []
    places = [
        tuple(None if b is None else _held(b, columns) for b in net.branches)
        for net in (start, end)
    ]
    for b in through:
        _held(b, columns)
    outputs = [b.output(O.problem.design) for b in columns]
    if not columns:
        return ParallelPath(O, (start,))
    points = slice_vertices(transpose(outputs), O.fit)
    found = route(Vertices(points, tuple(map(support, points))), places[0], places[1])
    if isinstance(found, Parting):
        return None
    networks = [
        ParallelNetwork(tuple(_placed(slot, columns) for slot in placement))
        for placement in found
    ]
    return ParallelPath(O, tuple(networks))


def _held(b: Branch, columns: list[Branch]) -> tuple[int, Scalar]:
    """Return the column of a branch and its factor; a new column where there is none."""
    for i, column in enumerate(columns):
        factor = _factor(column, b)
        if factor is not None:
            return i, factor
    columns.append(b)
    return len(columns) - 1, Fraction(1)


def _placed(slot: Held, columns: list[Branch]) -> Place:
    return None if slot is None else columns[slot[0]].times(slot[1])


def some_network(O: ParallelOptimum, m: int | None = None) -> ParallelNetwork:
    """Return an optimal network: the branches of the proof, padded to m.

    Where kappa is in balls its numbers are, too: an optimal network is in these boxes.
    """
    flat = O.flat.atoms if O.flat is not None else ()
    named = {label(replace(a, sign=1))[1]: a.g for a in flat}  # faces, where g are in balls
    branches = tuple(
        (sigma, tuple(((s, named.get(g, g)), c) for (s, g), c in own))
        for sigma, own in O.branches
    )
    if O.solved is not None and not O.by_groups:
        parts = zip(O.solved.parts, O.solved.atoms, O.solved.masses, strict=True)
        branches = tuple(
            (
                part.sigma,
                tuple(((a.sign, a.g), c) for a, c in zip(atoms, masses, strict=True)),
            )
            for part, atoms, masses in parts
        )
    if O.problem.regulariser == "path" and O.problem.inner_width is not None:
        branches = tuple(
            (s, _equal(masses, O.problem.inner_width)) for s, masses in branches
        )
    k = max((len(masses) for _, masses in branches), default=1)
    listed = tuple(branch_of(sigma, masses, k) for sigma, masses in branches)
    network = ParallelNetwork(listed)
    return network if m is None else network.padded(m, k)


def _equal(
    masses: tuple[tuple[Label, Scalar], ...], k: int
) -> tuple[tuple[Label, Scalar], ...]:
    """Return the masses of a branch of path costs as k equal parts (P12)."""
    part = sum((c for _, c in masses), Fraction(0)) / k
    times = [k]
    if len(masses) > 1:  # they are multiples
        times = [next(t for t in range(k + 1) if part * t == c) for _, c in masses]
    return tuple(
        (name, part) for (name, _), t in zip(masses, times, strict=True) for _ in range(t)
    )
