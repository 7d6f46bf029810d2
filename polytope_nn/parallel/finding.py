"""Finding the optimum of a three-layer problem from its labels (three-layer P3, P6).

First the two-layer optimum: where no branch exceeds beta for its kappa, it is the optimum
for every inner width (P6). Otherwise depth helps, and kappa is found by a conic program in
floats, made exact, and proved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, tee

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.field import rational_kappa
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.problem import require_kind
from polytope_nn.search.finding import optimum

from .blocks import classes_of
from .bounded import Astray, bounded
from .conic.alike import Merged
from .conic.chosen import absorbed, chosen, united
from .conic.faced import ended, faced, flattened
from .conic.master import DeepKappa, completed, deep_kappa, exceeded
from .conic.pressing import Group
from .conic.saddle import Memory
from .deep_pieces import deep_enclosed
from .enclosed import enclosed
from .equations.continued import continued, of_beta, size_of
from .equations.deep import exact_kappa
from .equations.settled import basic, settled
from .equations.solved import deep_solution
from .optimum import ParallelOptimum, proved
from .path_costs.finding import path_optimum
from .problem import ParallelProblem
from .sizes import resized, restored

__all__ = ["parallel_optimum"]

_SMALL_DEGREE, _SMALL_BITS = 8, 1500  # of fields that are tried before balls
_LITTLE, _TIMES = 10**5, 100  # a beta that floats may not tell from 0; a larger one


def parallel_optimum(
    problem: ParallelProblem | ParallelOptimum,
    *,
    kappa: Iterable[object] | None = None,
    limits: Limits | None = None,
) -> ParallelOptimum:
    """Return the optimum of a three-layer problem, found or, with ``kappa``, verified.

    Parameters
    ----------
    problem
        A three-layer problem; an optimum is returned as it is.
    kappa
        A rational dual variable, shape (n,), to be verified completely.
    limits
        How far the search goes when kappa is not given.

    Returns
    -------
    ParallelOptimum
        The dual variable, the leaves that prove it, the fit.

    Raises
    ------
    NotOptimal
        When the given kappa fails; the message names the violated condition.
    Undecided
        When what was found could not be proved.

    Examples
    --------
    >>> D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
    >>> parallel_optimum(D)
    ParallelOptimum(value=8.5, pieces=2, depth helps: no, level=exact)
    """
    if isinstance(problem, ParallelOptimum):
        return problem
    require_kind(problem, ParallelProblem)
    limits = limits_of(limits)
    if kappa is not None:
        return _given(problem, rational_kappa(kappa), limits)
    flat = optimum(problem.two_layer_of_cost, limits=limits)
    first = exceeded(problem, flat.kappa) if problem.inner_width is None else []
    if not first:
        return _shallow(problem, flat, limits)
    try:  # floats are faster than a proof that a branch exceeds beta; they prove nothing
        return _deep(problem, flat, limits, first)
    except Undecided:
        return _shallow(problem, flat, limits)


def _shallow(problem: ParallelProblem, flat: Optimum, limits: Limits) -> ParallelOptimum:
    """Return the optimum, that of two layers where it is proved for three."""
    try:
        if flat.level == "interval":
            return enclosed(problem, flat, limits)
        return proved(problem, flat.kappa, limits=limits)
    except NotOptimal:
        return _deep(problem, flat, limits)
    except Undecided:
        if problem.regulariser != "path" or problem.inner_width == 1:
            raise
        return _deep(problem, flat, limits)  # by other branches than equal parts


def _given(problem: ParallelProblem, kappa: Vector, limits: Limits) -> ParallelOptimum:
    """Return the optimum of a given kappa; a refusal says if only its sign is wrong."""
    try:
        return proved(problem, kappa, limits=limits)
    except NotOptimal as refusal:
        try:
            proved(problem, tuple(-t for t in kappa), limits=limits)
        except (NotOptimal, Undecided):
            raise refusal from None
        raise NotOptimal(
            f"{refusal}; -kappa is the dual optimum: write kappa = -grad L(fit)"
        ) from None


def _deep(
    problem: ParallelProblem, flat: Optimum, limits: Limits, first: Sequence[Group] = ()
) -> ParallelOptimum:
    """Return the optimum where that of two layers is worse.

    ``first`` are branches that seem to exceed beta for kappa of two layers.
    """
    if problem.inner_width == 1:
        raise Undecided("whether kappa of two layers is optimal for inner width 1")
    other = resized(problem)
    if other is None:
        return _searched(problem, flat, limits, first)
    small = optimum(other.problem.two_layer_of_cost, limits=limits)
    return restored(_searched(other.problem, small, limits, first), other, flat)


def _searched(
    problem: ParallelProblem, flat: Optimum, limits: Limits, first: Sequence[Group]
) -> ParallelOptimum:
    """Return the optimum of a problem of sizes near 1."""
    if problem.regulariser == "path":
        return path_optimum(problem, flat, limits)
    small = replace(
        limits,
        degree=min(_SMALL_DEGREE, limits.degree),
        field_bits=min(_SMALL_BITS, limits.field_bits),
    )
    every: list[DeepKappa] = []
    for one in _floats(problem, flat.kappa, first):
        every.append(one)
        O = _proved(problem, exact_kappa(problem, one, small), limits)
        if O is not None:
            return O
        try:
            solved = deep_solution(problem, one, limits)
            return deep_enclosed(problem, solved, limits, flat, one.memory)
        except (NotOptimal, Undecided):
            O = _from_larger(problem, flat, limits) if len(every) == 1 else None
            if O is not None:
                return O
    if not every:
        raise Undecided(
            "kappa: depth helps, and the conic program in floats was not solved"
        )
    return _between_bounds(problem, every, limits, flat)


def _between_bounds(
    problem: ParallelProblem, every: Sequence[DeepKappa], limits: Limits, flat: Optimum
) -> ParallelOptimum:
    """Return the optimum between two bounds, else in a large field; raise why there is none."""
    reasons: list[Undecided] = []
    for one in every:
        try:
            return bounded(problem, one, limits, flat)
        except Undecided as reason:
            reasons.append(reason)
    for one, why in zip(every, reasons, strict=True):
        guess = None if isinstance(why, Astray) else exact_kappa(problem, one, limits)
        O = _proved(problem, guess, limits)
        if O is not None:
            return O
    raise reasons[0]


def _from_larger(
    problem: ParallelProblem, flat: Optimum, limits: Limits
) -> ParallelOptimum | None:
    """Return the optimum by that of a larger beta, where beta is small; None without success."""
    square = problem.unit_beta_squared
    if square * _LITTLE**2 > size_of(problem) ** 2:
        return None
    larger = of_beta(problem, square * _TIMES**2)
    try:
        start = optimum(larger.two_layer_of_cost, limits=limits)
        found = _searched(larger, start, limits, ())
        if found.solved is None:
            return None
        solved = continued(found.solved, problem, limits)
        return deep_enclosed(problem, solved, limits, flat, Memory())
    except (NotOptimal, Undecided):
        return None


def _floats(
    problem: ParallelProblem, start: Scalars, first: Sequence[Group]
) -> Iterator[DeepKappa]:
    """Yield what floats find: for all inner widths, then for the problem's own.

    Where branches are found wider than those of the problem, their kappa is that of others.
    """
    width, memory = problem.inner_width, Memory()
    for own in (None,) if width is None else (None, width):
        found = _found(problem, start, own, memory, first if own is None else ())
        if found is None:
            continue
        way, *finer_ways = found.ways
        others = map(absorbed, chosen(problem, faced(problem, way)))
        coarse = next(others)
        last = (completed(problem, coarse, own).degenerate for _ in range(1))
        flat = flattened(problem, coarse)
        finer, again = tee(absorbed(next(chosen(problem, one))) for one in finer_ways)
        ends = (one for each in chain([coarse], again) for one in ended(problem, each))
        for found_one in chain([coarse], others, last, finer, flat, ends):
            whole = united(found_one)
            for one in (
                (found_one,) if whole.parts == found_one.parts else (whole, found_one)
            ):
                if width is None or _widest(one) <= width:
                    yield one
                    for other in (settled(problem, one), basic(problem, one)):
                        yield from () if other is None else [other]


def _found(
    problem: ParallelProblem,
    start: Scalars,
    width: int | None,
    memory: Memory,
    first: Sequence[Group],
) -> DeepKappa | None:
    """Return kappa in floats; rows of one direction are one row for them."""
    if not classes_of(problem.design):
        return deep_kappa(problem, start, width, first, memory)
    merged = Merged(problem)
    middles = tuple(enclosure(x)[0] for x in start)
    found = deep_kappa(merged.problem, merged.start(middles), width)
    return None if found is None else merged.restored(found)


def _widest(found: DeepKappa) -> int:
    """Return the most inner neurons of a branch."""
    return max((len(part.faces) for part in found.parts), default=0)


def _proved(
    problem: ParallelProblem, kappa: Scalars | None, limits: Limits
) -> ParallelOptimum | None:
    """Return the optimum of a kappa that is proved; None of one that is not, or of none."""
    if kappa is None:
        return None
    try:
        return proved(problem, kappa, limits=limits)
    except (NotOptimal, Undecided):
        return None
