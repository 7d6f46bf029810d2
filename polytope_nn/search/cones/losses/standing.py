"""Candidates for any separable loss whose patterns are not listed: pieces from floats, by cones.

As in :mod:`~polytope_nn.search.losses.by_pieces`, but the float solution is
:mod:`~polytope_nn.search.cones.losses.precise`, and the faces of a kappa are its local maxima.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from polytope_nn.errors import Undecided
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate, Hint
from polytope_nn.search.cones.many import has_many_patterns
from polytope_nn.search.cones.near import are_few
from polytope_nn.search.cones.searching import ConeSearch
from polytope_nn.search.losses.by_pieces import candidates_by_pieces
from polytope_nn.search.losses.pieces import PieceProgram, Pieces, nears, on_pieces
from polytope_nn.search.programs.conic import ConicInterpolation

from .precise import Precise, solutions

__all__ = ["candidates_of_losses"]

_LISTED = 60_000  # patterns that are listed where cones find nothing
_NEAR = (1e-4, 1e-6, 1e-2, 1e-8)  # how near a point is to a flat that it is on, in turn


class _PieceSearch(ConeSearch):
    """The search for faces at the kappa of one piece a sample."""

    def __init__(
        self, problem: Pieces, program: ConicInterpolation, found: Precise, hint: Hint
    ) -> None:
        super().__init__(problem, found.floats, found.scale)
        self.conic, self.given = PieceProgram(problem, program, hint), hint
        self.tops = list(zip(found.support.signs, found.support.tops, strict=True))

    def hinted(self, limits: Limits) -> Hint:  # noqa: ARG002 - of what a search is asked
        """Return the solution in floats."""
        return self.given


def candidates_of_losses(
    problem: Problem, limits: Limits, reasons: list[str]
) -> Iterator[Candidate]:
    """Yield candidates for a separable loss: by cones first where patterns are many."""
    if has_many_patterns(problem):
        yield from _by_cones(problem, limits, reasons)
        if not are_few(problem, _LISTED):
            return
    yield from candidates_by_pieces(problem, limits, reasons)


def _by_cones(problem: Problem, limits: Limits, reasons: list[str]) -> Iterator[Candidate]:
    seen: set[tuple[object, ...]] = set()
    program = ConicInterpolation(problem)
    try:
        for found in solutions(problem, limits):
            atoms = len(found.support.tops)
            limits.progress(f"{atoms} atoms in use; finding the pieces of losses")
            yield from _near(program, found, limits, seen, reasons)
    except (Undecided, OverflowError, ZeroDivisionError) as reason:
        reasons.append(str(reason))


def _near(
    program: ConicInterpolation,
    found: Precise,
    limits: Limits,
    seen: set[tuple[object, ...]],
    reasons: list[str],
) -> Iterator[Candidate]:
    """Yield candidates near a solution in floats."""
    problem, hint = program.problem, _hint(program, found)
    tried: set[tuple[object, ...]] = set()
    kappa: Sequence[float] = [float(t) for t in found.kappa]
    for ends, near in product((False, True), nears(problem, _NEAR)):
        pieces = on_pieces(problem, (kappa, found.fits), near, ends=ends)
        if pieces in tried:
            continue
        tried.add(pieces)
        local = Pieces(problem, pieces)
        try:
            yield from _PieceSearch(local, program, found, hint).candidates(limits, seen)
        except (Undecided, OverflowError) as reason:
            reasons.append(str(reason))


def _hint(program: ConicInterpolation, found: Precise) -> Hint:
    """Return the solution in floats in the units of a program."""
    scaled = program.floats(found.kappa)
    unit = float(program.beta / (found.scale**2 * program.label_scale))
    support = found.support
    tops = zip(support.signs, support.tops, support.weights, strict=True)
    return Hint(scaled, tuple((0, s, top.u * (float(c) * unit)) for s, top, c in tops))
