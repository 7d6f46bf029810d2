"""Finding the optimum of a group LASSO, gated units among them (general §5).

Without blocks first. Then for each candidate of the search kappa is guessed in Q and in a small
field, proved in balls, or guessed in a larger field.
"""

from collections.abc import Iterator, Sequence

from polytope_nn.dual.units.blocks import BlockOptimum, Part, block_optimum, parts_of
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.lasso import Block
from polytope_nn.search.field_guess import dual_guess, widened

from .block_search import BlockCandidate, BlockSearch
from .enclosed_blocks import enclosed_blocks

__all__ = ["block_search"]

_SMALL_DEGREE = 4


def block_search(
    problem: Problem, blocks: Sequence[Block], kappa: Vector | None, limits: Limits
) -> BlockOptimum:
    """Return the optimum of blocks, found or, with kappa, verified.

    Raises
    ------
    NotOptimal
        When the given kappa fails.
    Undecided
        When kappa is not given and what was found could not be proved.
    """
    parts = parts_of(blocks)
    if kappa is not None:
        return block_optimum(problem, parts, kappa, len(blocks))
    try:
        return block_optimum(problem, parts, _without(problem), len(blocks))
    except NotOptimal:
        pass
    reasons: list[str] = []
    for candidate in BlockSearch(problem, parts).candidates(limits, reasons):
        found = _proved(candidate, parts, limits, reasons, len(blocks))
        if found is not None:
            return found
    said = "; ".join(dict.fromkeys(reasons)) or "no set of optimal blocks was found"
    raise Undecided(f"{said}: give kappa, or change the labels a little")


def _proved(
    candidate: BlockCandidate,
    parts: Sequence[Part],
    limits: Limits,
    reasons: list[str],
    blocks: int,
) -> BlockOptimum | None:
    """Return the optimum of a candidate: exact where it shows, in balls, or in a large field."""
    problem = candidate.problem
    for guess in _guesses(candidate, limits):
        try:
            return block_optimum(problem, parts, guess, blocks)
        except NotOptimal:
            continue
    enclosed = None
    try:
        enclosed = enclosed_blocks(candidate, parts, limits.bits, blocks)
        if not enclosed.missing:
            return enclosed
    except Undecided as reason:
        reasons.append(str(reason))
    try:  # vertices in a field, if it shows
        kappa = dual_guess(candidate, limits.degree, limits.field_bits)
        return enclosed if kappa is None else block_optimum(problem, parts, kappa, blocks)
    except (NotOptimal, Undecided):
        return enclosed


def _without(problem: Problem) -> Scalars:
    """Return the dual variable of the best fit by the free columns alone."""
    columns = [problem.free.columns[j] for j in problem.free.basis]
    weights = [1 / t for t in problem.inverse_weights]
    weighted = [[w * t for w, t in zip(weights, z, strict=True)] for z in columns]
    a = solve(
        [[dot(p, q) for q in columns] for p in weighted],
        [dot(p, problem.y) for p in weighted],
    )
    assert a is not None  # a Gram matrix of independent columns is regular
    fit = [dot(a, [z[k] for z in columns]) for k in range(problem.n)]
    return tuple(w * (y - t) for w, y, t in zip(weights, problem.y, fit, strict=True))


def _guesses(candidate: BlockCandidate, limits: Limits) -> Iterator[Scalars]:
    """Yield what kappa seems to be: fractions, or elements of a small field."""
    bits = limits.bits
    for longer in (1, 4):
        try:
            candidate = candidate.refined(longer * bits)
        except Undecided:
            return
        found = [guess_rational(t) for t in widened(candidate.kappa, longer * bits)]
        if None not in found:
            yield tuple(x for x in found if x is not None)
    bits *= 4
    guess = guess_field(
        widened(candidate.kappa, bits), max_degree=min(_SMALL_DEGREE, limits.degree)
    )
    if guess is not None:
        yield guess[1]
