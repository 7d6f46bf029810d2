"""The optimum of a problem with any separable loss: its pieces first, then a proof (general §2).

A float solution of the conic program shows on which piece of its loss each sample stands; the
problem of those pieces has equations that the search solves to many bits. A kappa that seems
rational or algebraic is verified completely for the loss itself; else balls prove that each
entry of kappa is inside of its piece, and each fit inside of its interval.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TypeVar

from polytope_nn.dual.fits import Fit, is_free, is_pinned
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import Interval, rows_of
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.long_search import LongSearch
from polytope_nn.search.search import Search

from .long_losses import long_candidates
from .long_tangents import power_candidates
from .nearer import moved, nearer
from .pieces import PieceProgram, Pieces, nears, on_pieces
from .polishing import points
from .program import LossProgram

__all__ = ["candidates_by_pieces", "kappa_at_nothing", "of_the_whole", "placed"]

OptimumT = TypeVar("OptimumT", bound=Optimum)

_ZERO = Fraction(0)
_NEAR = (1e-4, 1e-6, 1e-2, 1e-8)  # how near a point is to a flat that it is on, in turn


def candidates_by_pieces(
    problem: Problem, limits: Limits, reasons: list[str]
) -> Iterator[Candidate]:
    """Yield candidates for a problem with a separable loss, the likelier ones first."""
    limits.progress(f"finding the pieces of {problem.n} losses")
    seen: set[tuple[object, ...]] = set()
    try:
        yield from _near_floats(problem, limits, seen, reasons)
    except (OverflowError, ZeroDivisionError):
        reasons.append("floats cannot hold these numbers")
        for near in nearer(problem):
            for candidate in _near_floats(near, limits, seen, reasons):
                try:
                    yield moved(candidate, problem, limits.bits)
                except Undecided as reason:
                    reasons.append(str(reason))
    for longer in (long_candidates, power_candidates):
        try:
            yield from longer(problem, limits, seen)
        except (Undecided, OverflowError, ZeroDivisionError) as reason:
            reasons.append(str(reason))
    if all(isinstance(row, Smooth) for row in rows_of(problem.loss)):
        return  # one piece each
    try:
        yield from _near_floats(problem, limits, seen, reasons, in_units=True)
    except (OverflowError, ZeroDivisionError):
        return  # as before


def _near_floats(
    problem: Problem,
    limits: Limits,
    seen: set[tuple[object, ...]],
    reasons: list[str],
    *,
    in_units: bool = False,
) -> Iterator[Candidate]:
    """Yield candidates near a solution in floats; what is near may be told in units of rows."""
    program = LossProgram(problem)
    tried: set[tuple[object, ...]] = set()
    units: list[tuple[float, float]] = []
    if in_units:
        each = [(program.beta / t, t * program.label_scale) for t in program.lengths]
        units = [(float(t), float(z)) for t, z in each]
    for point in points(problem, program):
        for ends, near in product((False, True), nears(problem, _NEAR)):
            pieces = on_pieces(
                problem, (point.kappa, point.fits), near, ends=ends, units=units
            )
            if (pieces, point) in tried:
                continue
            tried.add((pieces, point))
            local = Pieces(problem, pieces)
            searches = [Search(local, PieceProgram(local, program, point.hint)).candidates]
            if local.has_loss and not local.flats and not any(local.curves):
                searches.append(LongSearch(local).candidates)  # all but fitted exactly
            for candidates in searches:
                try:
                    yield from candidates(limits, seen)
                except (Undecided, OverflowError) as reason:
                    reasons.append(str(reason))


def kappa_at_nothing(problem: Problem) -> Scalars | None:
    """Return the one kappa of the fits that are all 0; None where several are, or a root.

    Beside free columns that is the kappa 0, where they fit all labels.
    """
    rows = rows_of(problem.loss)
    if problem.free.columns:
        fits = is_free(problem.loss, problem.free.columns, problem.n)
        return (_ZERO,) * problem.n if fits else None
    found: list[Fraction] = []
    for row in rows:
        low, high = row.kappas(_ZERO) or (None, None)
        if not isinstance(low, Fraction) or not isinstance(high, Fraction) or low != high:
            return None
        found.append(low)
    return tuple(found)


def of_the_whole(found: Optimum) -> Optimum:
    """Return the optimum of the problem that the pieces are of, proved in balls.

    Raises
    ------
    Undecided
        When an entry of kappa is not proved to be on its piece, or a fit in its interval.
    """
    local, proof = found.problem, found.enclosures
    assert isinstance(local, Pieces)  # found by pieces
    assert proof is not None  # in balls
    whole = local.whole
    known = local.flats | proof.system.silent
    kappa = tuple(known.get(k, t) for k, t in enumerate(found.kappa))
    proof = replace(proof, solved=local)
    return placed(local, replace(found, problem=whole, kappa=kappa, enclosures=proof))


def placed(local: Pieces, O: OptimumT) -> OptimumT:
    """Return an optimum of the whole in balls, each sample proved to be on its piece.

    Raises
    ------
    Undecided
        When an entry of kappa is not proved to be on its piece, or a fit in its interval.
    """
    try:
        box = O.problem.loss.interval(O.kappa)
    except NotOptimal as reason:
        raise Undecided(
            f"the pieces that were found are the wrong ones: {reason}"
        ) from None
    _require_slopes(local, O)
    _require_zeros(local, O)
    if is_pinned(box):
        return O
    fit = fitted(local, O, O.weights)
    for k, (z, (low, high)) in enumerate(zip(fit.fit, box, strict=True), 1):
        if isinstance(local.pieces[k - 1], Flat) and not _inside(z, low, high):
            raise Undecided(f"whether the fit of sample {k} lies in its interval")
    return replace(O, chosen=fit)


def _require_slopes(local: Pieces, O: Optimum) -> None:
    """Raise Undecided unless kappa is on the slope whose equation was solved, and no other."""
    for k, (piece, t) in enumerate(zip(local.pieces, O.kappa, strict=True), 1):
        if isinstance(piece, Slope) and not _inside(t, piece.low, piece.high, strict=True):
            raise Undecided(f"whether kappa of sample {k} is on the piece that was found")


def _require_zeros(local: Pieces, O: Optimum) -> None:
    """Raise Undecided unless kappa is 0, and the label fitted, where that was taken so.

    Of a power's graph the point at ``kappa = 0`` is a piece of its own.
    """
    pieces = zip(rows_of(O.problem.loss), local.pieces, O.kappa, strict=True)
    for k, (row, piece, t) in enumerate(pieces):
        if isinstance(piece, Smooth) or not isinstance(row, Smooth):
            continue
        if not (isinstance(t, Fraction) and t == 0):
            raise Undecided(f"whether kappa, entry {k + 1}, is 0")
        if isinstance(piece, Flat):
            z = dot([a.feature[k] for a in O.atoms], O.weights) if O.atoms else _ZERO
            reaching = [j for j, z in enumerate(O.problem.free.columns) if z[k]]
            beside = not all(_is_still(local, O, j) for j in reaching)
            if beside or not isinstance(z, Fraction) or z != row.y:
                raise Undecided(f"whether the label of sample {k + 1} is fitted")


def _is_still(local: Pieces, O: Optimum, j: int) -> bool:
    """Return whether a free column has the coefficient 0: a label 0 is fitted by it alone."""
    Z = O.problem.free.columns
    fitted = Slope(_ZERO, _ZERO, None, None)
    alone = [i for i, t in enumerate(Z[j]) if t and sum(bool(z[i]) for z in Z) == 1]
    return any(
        local.pieces[i] == fitted
        and not any(isinstance(t, Ball) or t for t in (a.feature[i] for a in O.atoms))
        for i in alone
    )


def _inside(
    z: Scalar, low: Scalar | None, high: Scalar | None, *, strict: bool = False
) -> bool:
    try:
        above = low is None or bool(z > low if strict else z >= low)
        return above and (high is None or bool(z < high if strict else z <= high))
    except Undecided:
        return False


def fitted(local: Pieces, O: Optimum, weights: Scalars) -> Fit:
    """Return the fit of weights: on slopes and smooth graphs that of kappa, on flats theirs.

    The coefficients of what is free are those that make the former.
    """
    Z = local.whole.free.columns
    on = [k for k in range(local.n) if k not in local.flats]
    made = [dot([a.feature[k] for a in O.atoms], weights) for k in range(local.n)]
    wanted = {k: _end(O.interval[k]) for k in on}
    columns = independent_rows([tuple(z[k] for k in on) for z in Z]) if Z else ()
    rows = (
        independent_rows([tuple(Z[j][k] for j in columns) for k in on]) if columns else ()
    )
    a: list[Scalar] = [Fraction(0)] * len(Z)
    if columns:
        square = [[Z[j][on[i]] for j in columns] for i in rows]
        right = [wanted[on[i]] - made[on[i]] for i in rows]
        for j, x in zip(columns, solve_balls(square, right), strict=True):
            a[j] = x
    beside = [dot([z[k] for z in Z], a) if Z else Fraction(0) for k in range(local.n)]
    fit = tuple(
        made[k] + beside[k] if (w := wanted.get(k)) is None else w for k in range(local.n)
    )
    return Fit(weights, tuple(a), fit)


def _end(interval: Interval) -> Scalar:
    """Return the fit on a slope; where it ends, beside a ray of fits, the end of that."""
    low, high = interval
    end = high if low is None else low
    if end is None:
        raise Undecided("which fit a slope has, beside a flat")
    return end
