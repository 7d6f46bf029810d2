"""The optimum of a problem with several outputs, found or verified (general B7)."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import cast

from polytope_nn.called import listed
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector
from polytope_nn.exact.recognise import guess_field
from polytope_nn.exact.scalar import RealNumber, Scalar
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import require_kind
from polytope_nn.problems.reading.given import rows_given

from .balls.dropped import padded_optimum, with_fewer_outputs
from .balls.enclosed import approached, enclosed_optimum
from .balls.paired import paired_optimum
from .balls.parts import ByFit
from .balls.saturated import saturated_optimum
from .balls.system import System
from .losses.entries import flat, rows_of
from .losses.minimum import require_minimum, unused
from .optimum import Optimum
from .problem import Rows, VectorProblem
from .search.apart import generations
from .search.decay import followed_starts
from .search.generation import Generation, Hint
from .search.relaxed import relaxed
from .search.sizes import in_units, resized
from .search.standing import rounded
from .search.structure import Start, starts
from .verified import verified

__all__ = ["vector_optimum"]

_FIELD_BITS = 1200
_SMALL = 8  # the degree of a field that is tried before balls
_MOST = 24  # starts that are tried
_FEW = 2  # of them with large fields
_LONGER = 3  # times the bits where rows are far apart


def vector_optimum(
    problem: VectorProblem,
    *,
    kappa: Iterable[Iterable[object]] | None = None,
    limits: Limits | None = None,
) -> Optimum:
    """Return the optimum of a problem with several outputs, proved.

    A ``kappa``, shape (n, c), is verified completely; without one N is found by column
    generation, and proved exactly where it is rational or in a small number field, else in balls.

    Parameters
    ----------
    problem
        A problem with labels of shape (n, c).
    kappa
        A dual variable, shape (n, c), to be verified.
    limits
        How far the search goes.

    Returns
    -------
    Optimum
        The dual variable, all tight directions, the fit.

    Raises
    ------
    NotOptimal
        When ``kappa`` is not optimal: the face, the eigenvalue and the direction.
    Undecided
        When a decision is missing; the message names it.

    Examples
    --------
    >>> vector_optimum(VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1))
    vector.Optimum(value=11, continuum, atoms=0, continua=1, level=exact)
    """
    require_kind(problem, VectorProblem)
    require_minimum(problem)
    if kappa is not None:
        return verified(problem, _given(kappa))
    limits = limits_of(limits)
    smaller, units = resized(problem)
    try:
        return in_units(_in_range(smaller, limits), problem, units)
    except Undecided:
        other, own = resized(problem, losses=True)
        if own == units:
            raise
        return in_units(_in_range(other, limits), problem, own)


def _in_range(problem: VectorProblem, limits: Limits) -> Optimum:
    """Return the optimum where floats can hold the numbers of a problem."""
    try:
        return _found(problem, limits)
    except (OverflowError, ZeroDivisionError) as error:
        raise Undecided(
            "the search in floating point: beta, X or Y are beyond its range: give kappa"
        ) from error


def _found(problem: VectorProblem, limits: Limits) -> Optimum:
    """Return the optimum of a problem of sizes near 1."""
    limits.progress(f"{len(problem.faces)} faces on which directions can be tight")
    zero = _nothing(problem)
    if zero is not None:
        return zero
    fewer = with_fewer_outputs(problem)
    if fewer is not None:
        return padded_optimum(problem, _found(fewer[0], limits), fewer[1])
    fine = replace(limits, bits=_LONGER * limits.bits)
    for start in followed_starts(problem, fine.bits):
        try:
            return _proved(start, fine)
        except (Undecided, NotOptimal):
            continue
    missing: list[str] = []
    for generation in generations(problem):
        found = _near(generation, limits, missing)
        if found is not None:
            return found
    first = (missing or ["which directions are tight"])[0].removesuffix(": give kappa")
    raise Undecided(f"{first}: give kappa, or more --bits")


def _near(generation: Generation, limits: Limits, missing: list[str]) -> Optimum | None:
    """Return the optimum near where floats find it, or None with what is missing."""
    try:
        hint = generation.hint()
    except Undecided as reason:
        missing.append(str(reason))
        return None
    except (OverflowError, ZeroDivisionError):
        missing.append("the search in floating point: beta, X or Y are beyond its range")
        return None
    limits.progress(f"vector outputs: N in floats, above beta by {hint.over:.1e}")
    wide = relaxed(generation.problem, hint.N)
    if hint.central:
        limits = replace(limits, bits=_LONGER * limits.bits)
    tried: list[Start] = []
    for start in islice(starts(generation, hint), _MOST):
        try:
            return _proved(start, limits)
        except (Undecided, NotOptimal) as reason:  # of wrong pieces, too
            tried.append(start)
            missing.append(str(reason))
        if wide is not None and len(tried) == 1:
            found = _by_pairs(generation.problem, wide, limits)
            if found is not None:
                return found
    for start in tried[:_FEW]:
        found = _in_a_large_field(start, limits) or _saturated(start, limits)
        if found is not None:
            return found
    return _rounded(generation.problem, hint, limits.bits)


def _by_pairs(
    problem: VectorProblem, wide: VectorProblem, limits: Limits
) -> Optimum | None:
    """Return the optimum where that of its relaxed problem is one."""
    try:
        return paired_optimum(problem, _found(wide, limits))
    except (Undecided, NotOptimal):
        return None


def _given(kappa: Iterable[Iterable[object]]) -> Rows:
    cure = "give n rows of c numbers"
    rows = [listed(row, "kappa", cure) for row in listed(kappa, "kappa", cure)]
    if all(isinstance(t, Fraction | RealNumber) for row in rows for t in row):
        return tuple(tuple(cast("list[Scalar]", row)) for row in rows)
    return cast("Rows", rows_given(rows, None, "kappa"))


def _nothing(problem: VectorProblem) -> Optimum | None:
    """Return the optimum where no neuron is used."""
    N = unused(problem)
    if N is None:
        return None
    try:
        return verified(problem, N)
    except (NotOptimal, Undecided):
        return None


def _proved(start: Start, limits: Limits) -> Optimum:
    """Return the optimum near a start: in a small field, else in balls."""
    system, bits = start.system, limits.bits
    point = approached(system, start.point, bits)
    smooth = any(isinstance(p, Smooth | ByFit) for p in system.pieces)
    degree = 1 if smooth else min(_SMALL, limits.degree)  # else transcendental, or a power
    found = _in_a_field(system, point, bits, degree)
    if found is None and system.problem.is_even and not smooth:
        found = _in_a_large_field(start, limits)  # N has few parameters there
    return enclosed_optimum(system, point, bits) if found is None else found


def _in_a_large_field(start: Start, limits: Limits) -> Optimum | None:
    """Return the optimum near a start where N is in a field of any degree that is allowed."""
    bits = min(_FIELD_BITS, limits.field_bits)
    if any(isinstance(p, Smooth | ByFit) for p in start.system.pieces):
        return None  # transcendental, or a power
    try:
        point = approached(start.system, start.point, bits)
    except Undecided:
        return None
    return _in_a_field(start.system, point, bits, limits.degree)


def _rounded(problem: VectorProblem, hint: Hint, bits: int) -> Optimum | None:
    """Return the optimum where floats are near an N of small fractions, which it is, or roots."""
    found = (_exactly(problem, N, bits) for N in rounded(hint))
    return next((O for O in found if O is not None), None)


def _exactly(problem: VectorProblem, N: Rows, bits: int) -> Optimum | None:
    """Return the optimum of an exact N, or None."""
    for proof in (verified, partial(saturated_optimum, bits=bits)):
        try:
            return proof(problem, N)
        except (NotOptimal, Undecided):
            continue
    return None


def _saturated(start: Start, limits: Limits) -> Optimum | None:
    """Return the optimum near a start where N is in a small field, and its fits are not."""
    if not any(isinstance(p, Smooth) for p in start.system.pieces):
        return None
    try:
        point = approached(start.system, start.point, limits.bits)
        entries = _entries(start.system, point, limits.bits)
        guess = guess_field(entries, max_degree=min(_SMALL, limits.degree))
        if guess is None:
            return None
    except Undecided:
        return None
    problem = start.system.problem
    return _exactly(problem, rows_of(guess[1], problem.c), limits.bits)


def _in_a_field(system: System, point: Balls, bits: int, degree: int) -> Optimum | None:
    """Return the optimum where N seems to be in a number field and its proof is exact there."""
    guess = guess_field(_entries(system, point, bits), max_degree=degree)
    if guess is None:
        return None
    try:
        return verified(system.problem, rows_of(guess[1], system.problem.c))
    except (NotOptimal, Undecided):
        return None


def _entries(system: System, point: Balls, bits: int) -> list[Ball]:
    """Return the entries of N as balls of the accuracy that a point was refined to."""
    radius = Fraction(1, 1 << bits)
    middles = (ball_vector([t])[0].midpoint for t in flat(system.named(point).N))
    return [Ball.from_interval(t - radius, t + radius, 2 * bits) for t in middles]
