"""Finding the optimum of parts: blocks and columns, with any loss (general §§2, 5).

Without parts first. Where all is columns and pieces, a linear program is exact. Else, for each
candidate of the search, kappa is guessed in Q and in a small field, proved in balls, or
guessed in a larger field. What the optimum is of, blocks, patterns or cells, is a :class:`Kind`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.units.blocks import (
    BlockOptimum,
    Part,
    block_optimum,
    parts_of,
    sides_of,
)
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import ExactFit, SeparableLoss, SquaredLoss
from polytope_nn.problems.losses.graphs import Graph
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.lasso import Block
from polytope_nn.search.field_guess import dual_guess, widened
from polytope_nn.search.losses.by_pieces import kappa_at_nothing, placed
from polytope_nn.search.losses.nearer import depth, larger, moved, nearer
from polytope_nn.search.losses.pieces import Pieces, nears, on_pieces
from polytope_nn.search.losses.powers import of_powers

from .block_search import BlockCandidate, BlockSearch
from .columns import beta_of
from .enclosed_blocks import enclosed_blocks
from .minimum import require_solution
from .on_subspace import blocks_on_subspace
from .piecewise import Piecewise, piecewise_kappa
from .program import BlockPoint, BlockProgram

__all__ = ["Kind", "block_search", "parts_optimum"]

_SMALL_DEGREE = 4
_NEAR = (1e-4, 1e-6, 1e-2, 1e-8)  # how near a point is to a flat that it is on, in turn

Found_co = TypeVar("Found_co", covariant=True)


class Kind(Protocol[Found_co]):
    """What an optimum of parts is of."""

    def verified(self, kappa: Scalars) -> Found_co:
        """Return the optimum whose dual variable is kappa, or raise NotOptimal."""

    def enclosed(self, found: BlockOptimum) -> Found_co:
        """Return the optimum of what was found of its parts in balls."""


@dataclass(frozen=True)
class _Blocks:
    """Blocks are what they are."""

    problem: Problem
    parts: tuple[Part, ...]
    blocks: int

    def verified(self, kappa: Scalars) -> BlockOptimum:
        return block_optimum(self.problem, self.parts, kappa, self.blocks)

    def enclosed(self, found: BlockOptimum) -> BlockOptimum:
        lines = (part for part in self.parts if part.ray is None and len(part.A[0]) == 1)
        cones = {(part.block, part.sign): part.cone for part in lines}
        pairs = zip(found.atoms, found.owners, strict=True)
        atoms = (_on_line(a, cones.get((block, a.sign))) for a, block in pairs)
        return replace(found, atoms=tuple(atoms))


def _on_line(a: Atom, cone: Matrix | None) -> Atom:
    """Return the atom of a block of one unknown in words of its cone; others as they are."""
    if cone is None:
        return a
    return replace(a, covector=tuple(sign(row[0] * a.g[0]) for row in cone))


def block_search(
    problem: Problem, blocks: Sequence[Block], kappa: Vector | None, limits: Limits
) -> BlockOptimum:
    """Return the optimum of blocks, found or, with kappa, verified.

    Raises
    ------
    NotAttained, NotInterpolable
        When there is no minimum.
    NotOptimal
        When the given kappa fails.
    Undecided
        When kappa is not given and what was found could not be proved.
    """
    parts = parts_of(blocks)
    kind = _Blocks(problem, parts, len(blocks))
    require_solution(problem, parts)
    if kappa is not None:
        return kind.verified(kappa)
    lines = tuple(side for part in parts for side in sides_of(part))
    return parts_optimum(problem, lines, kind, len(blocks), limits)


def parts_optimum(
    problem: Problem,
    parts: Sequence[Part],
    kind: Kind[Found_co],
    blocks: int,
    limits: Limits,
) -> Found_co:
    """Return the optimum of parts of one kind; Undecided where what was found is not proved."""
    nothing = _without(problem)
    if nothing is not None:
        try:
            return kind.verified(nothing)
        except (NotOptimal, Undecided):  # undecided of balls: a root of a power
            pass
    program = BlockProgram(problem, parts)
    graphs = [row for row in program.rows if isinstance(row, Graph)]
    if len(graphs) == problem.n and all(part.is_column for part in parts):
        columns = tuple(part.columns[0] for part in parts)
        beta, free = beta_of(problem.beta_squared), problem.free.columns
        asked = Piecewise(columns, free, tuple(graphs), beta, program.label)
        try:
            points = list(program.points())
        except (OverflowError, ZeroDivisionError):  # numbers beyond floats
            points = []
        return kind.verified(piecewise_kappa(asked, points))
    reasons: list[str] = []
    proving = _Proving(kind, tuple(parts), blocks, limits, reasons)
    for candidate in _candidates_anywhere(problem, program, limits, reasons):
        found = proving.proved(candidate)
        if found is not None:
            return found
    said = "; ".join(dict.fromkeys(reasons)) or "no set of optimal blocks was found"
    raise Undecided(f"{said}: give kappa, or change beta or the labels a little")


def _candidates_anywhere(
    problem: Problem, program: BlockProgram, limits: Limits, reasons: list[str]
) -> Iterator[BlockCandidate]:
    """Yield candidates; then, or where floats cannot hold beta, those of another one, moved."""
    try:
        yield from _candidates(problem, program, limits, reasons)
        others = larger(problem)
    except (OverflowError, ZeroDivisionError):
        others = nearer(problem)
        if not others:
            raise
    for other in others:
        there = BlockProgram(other, program.parts)
        for candidate in _candidates(other, there, limits, reasons):
            try:
                yield moved(candidate, problem, limits.bits)
            except Undecided as reason:
                reasons.append(str(reason))


def _candidates(
    problem: Problem, program: BlockProgram, limits: Limits, reasons: list[str]
) -> Iterator[BlockCandidate]:
    """Yield candidates: with a loss of several pieces, for the likelier pieces first."""
    tried: set[tuple[object, ...]] = set()
    for point in program.points():
        for local in _problems(problem, point):
            key = (local.pieces if isinstance(local, Pieces) else (), point)
            if key not in tried:
                tried.add(key)
                yield from BlockSearch(local, program, point).candidates(limits, reasons)


def _problems(problem: Problem, point: BlockPoint) -> Iterator[Problem]:
    if not isinstance(problem.loss, SeparableLoss):
        yield problem
        return
    for near in nears(problem, _NEAR):
        yield Pieces(problem, on_pieces(problem, (point.kappa, point.fits), near))


@dataclass(frozen=True)
class _Proving(Generic[Found_co]):
    """What a proof of a candidate needs."""

    kind: Kind[Found_co]
    parts: tuple[Part, ...]
    blocks: int
    limits: Limits
    reasons: list[str]

    def proved(self, candidate: BlockCandidate) -> Found_co | None:
        """Return the optimum: exact where it shows, in balls, or in a large field."""
        limits, reasons = self.limits, self.reasons
        for guess in _guesses(candidate, limits):
            try:
                return self.kind.verified(guess)
            except NotOptimal:
                continue
            except Undecided as reason:  # logarithms of numbers that are no fractions
                reasons.append(str(reason))
        enclosed = None
        try:
            found = self._enclosed(candidate)
            enclosed = self.kind.enclosed(found)
            if not found.missing:
                return enclosed
        except Undecided as reason:
            reasons.append(str(reason))
        if any(candidate.problem.curves):
            return enclosed  # of logarithms no field is expected
        try:  # vertices in a field, if it shows
            kappa = dual_guess(candidate, limits.degree, limits.field_bits)
            return enclosed if kappa is None else self.kind.verified(kappa)
        except (NotOptimal, Undecided):
            return enclosed

    def _enclosed(self, candidate: BlockCandidate) -> BlockOptimum:
        tiny = depth(candidate)
        bits = self.limits.bits if tiny <= self.limits.bits else 8 * tiny
        try:
            found = enclosed_blocks(candidate, self.parts, bits, self.blocks)
        except Undecided as reason:
            self.reasons.append(str(reason))
            found = blocks_on_subspace(candidate, self.parts, bits, self.blocks)
        problem = candidate.problem
        if not isinstance(problem, Pieces):
            return found
        return placed(problem, replace(found, problem=problem.whole))


def _without(problem: Problem) -> Scalars | None:
    """Return the dual variable of the best fit by the free columns alone; None if not known."""
    loss = problem.loss
    if isinstance(loss, ExactFit | SquaredLoss):
        return problem.kappa_without
    curves = [row for row in loss.rows if isinstance(row, Smooth)]
    if problem.free.columns:
        return kappa_at_nothing(problem)
    if len(curves) < problem.n:
        return None
    return tuple(row.kappa(row.y - row.y) for row in curves)


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
    if not all(isinstance(row, Power) for row in candidate.problem.curves if row):
        return  # of logarithms no field is expected
    guess = guess_field(
        widened(candidate.kappa, bits), max_degree=min(_SMALL_DEGREE, limits.degree)
    )
    if guess is not None:
        yield guess[1]
    yield from of_powers(candidate.problem.curves, widened(candidate.kappa, bits))
