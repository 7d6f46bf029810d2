"""Finding the dual optimum: search, then a proof, for every problem (THEORY §§1, 4, 8).

Without neurons first. Then for each candidate of the search in turn: a rational kappa, one in a
small number field, balls whose every decision is strict; at last a larger number field.
Guesses are verified completely (:func:`~polytope_nn.dual.optimum.verified`).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from polytope_nn.dual.optimum import Optimum, verified
from polytope_nn.errors import NotOptimal, TooMany, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import of_one_field
from polytope_nn.exact.scalar import Scalars
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.minimum import require_minimum
from polytope_nn.problems.problem import Problem, require_problem

from .candidate import Candidate, undecided
from .cones.many import has_many_patterns
from .enclosing import enclosed_optimum
from .field_guess import dual_guess, likely, too_long
from .floats import multiplier_guess
from .interior import relative_interior
from .losses.nearer import depth, moved, nearer
from .losses.pieces import Pieces
from .search import Search
from .sizes import height, resized, restored

__all__ = ["optimum"]

_WITH_TIES = 3  # candidates whose ties may be identities
_IN_FIELDS = 1  # candidates for which larger fields are tried
_IN_NO_FIELD = 80  # directions; to refine so many takes minutes
_LONG = 30  # bits of a number that is long
_FAR = 100  # bits of a beta^2 that is far from 1
_SMALL_DIM = 8  # of an optimal set whose vertices balls leave open


def optimum(
    problem: Problem | Optimum,
    *,
    kappa: Iterable[object] | None = None,
    limits: Limits | None = None,
) -> Optimum:
    """Return the dual optimum of a problem, found or, with ``kappa``, verified.

    A kappa that is found is tight at no atom that another dual optimum is without.

    Parameters
    ----------
    problem
        A training or interpolation problem; an optimum is returned as it is.
    kappa
        A dual variable, shape (n,), to be verified completely: rational, or of one number
        field, as that of an exact optimum is.
    limits
        How far the search goes when kappa is not given.

    Returns
    -------
    Optimum
        The dual variable, all atoms, the fit, and the proof.

    Raises
    ------
    NotInterpolable
        When labels are to be fitted exactly and no network fits them.
    NotOptimal
        When the given kappa fails; the message names the violated condition.
    Undecided
        When kappa is not given and what was found could not be proved.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> O = optimum(D)
    >>> O.kappa == (1, 1), O.fit == (1, 1), len(O.atoms)
    (True, True, 3)

    With a free bias the samples 0, 1, 2 of a line that bends at 1 need one neuron:

    >>> D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    >>> print(*optimum(D).kappa, "fit", *optimum(D).fit)
    0 -1 1 fit 0 1 2
    """
    if isinstance(problem, Optimum):
        return problem
    require_problem(problem)
    try:
        return _solved(problem, kappa, limits_of(limits))
    except (OverflowError, ZeroDivisionError):
        raise Undecided(
            "the search in floating point: beta, X or y are beyond its range: scale them to "
            "sizes near 1, or give kappa"
        ) from None


def _solved(problem: Problem, kappa: Iterable[object] | None, limits: Limits) -> Optimum:
    if not problem.of_relu:
        from .units.other import other_optimum

        return other_optimum(problem, kappa, limits, partial(optimum, limits=limits))
    require_minimum(problem)
    if kappa is not None:
        return _given(problem, of_one_field(kappa))
    found = _found(problem, limits)
    if found.level == "interval" or not problem.is_fitted:
        return found  # every atom is in use, or kappa is unique, or inside of its face
    return relative_interior(found, partial(_verified, problem))


def _verified(problem: Problem, kappa: Scalars) -> Optimum:
    if has_many_patterns(problem):
        from .cones.solving import proved_by_tree

        return proved_by_tree(problem, kappa)
    return verified(problem, kappa, multiplier_guess)


def _given(problem: Problem, kappa: Scalars) -> Optimum:
    """Return the optimum of a given kappa; a refusal says if only its sign is wrong."""
    try:
        return _verified(problem, kappa)
    except NotOptimal as refusal:
        try:
            _verified(problem, tuple(-t for t in kappa))
        except NotOptimal:
            raise refusal from None
        raise NotOptimal(
            f"{refusal}; -kappa is the dual optimum: write kappa = -grad L(fit), for the "
            f"squared loss weights * (y - fit), the opposite of a solver's dual variable"
        ) from None


def _found(problem: Problem, limits: Limits) -> Optimum:
    """Return the optimum of a problem, found and proved."""
    limits.progress(f"finding the regions of {problem.n} samples")
    if isinstance(problem.loss, SeparableLoss):
        from .losses.by_pieces import kappa_at_nothing

        nothing = kappa_at_nothing(problem)
    else:
        nothing = problem.kappa_without
    if nothing is not None:
        try:
            return _verified(problem, nothing)
        except NotOptimal:
            pass
    if has_many_patterns(problem):
        from .cones.solving import found_by_signs

        fitted = not isinstance(problem.loss, SeparableLoss)
        return (found_by_signs(problem) if fitted else None) or _searched(problem, limits)
    return _resized(problem, limits) or _searched(problem, limits)


def _resized(problem: Problem, limits: Limits) -> Optimum | None:
    """Return the optimum found for numbers of order 1; None where none is."""
    other = resized(problem)
    if other is None:
        return None
    try:
        found = _searched(other, limits)
    except Undecided:
        return None
    if found.level == "interval":
        return restored(found, other)
    return _verified(problem, tuple(t * other.r for t in found.kappa))


def _searched(problem: Problem, limits: Limits) -> Optimum:
    reasons: list[str] = []
    fieldless: list[str] = []
    waiting: list[Candidate] = []
    fields = _IN_FIELDS
    tried: list[Candidate] = []
    for candidate in _candidates(problem, limits, reasons):
        limits.progress(f"{len(candidate.basis)} atoms in the basis; looking at kappa")
        tried.append(candidate)
        found = _decided(candidate, limits, reasons)
        if found is None and not candidate.pins and fields:  # kappa is as likely as can be
            fields -= 1
            found = _in_a_field(candidate, limits, fieldless)
        elif found is None:
            waiting.append(candidate)
        if found is not None and not found.cones and _open(found, limits):
            # vertices in a field, if it shows, or by what is equal for every kappa nearby
            again = _in_a_field(candidate, limits, fieldless)
            return (
                again or _by_identities([candidate], limits, reasons, listed=True) or found
            )
        if found is not None:
            return found
    for candidate in waiting[:_IN_FIELDS]:
        if found := _in_a_field(candidate, limits, fieldless):
            return found
    if found := _by_identities(tried[:_WITH_TIES], limits, reasons):
        return found
    raise undecided(reasons, fieldless, limits)


def _decided(candidate: Candidate, limits: Limits, reasons: list[str]) -> Optimum | None:
    found = _proved(candidate, limits, reasons)
    if any(candidate.problem.curves) and (found is None or _rests(found)):
        # of logarithms no field is expected; what may be 0 is so by an identity
        return _by_identities([candidate], limits, reasons) or found
    return found


def _rests(found: Optimum) -> bool:
    """Return whether balls leave open if a curve rests at its label, where kappa is 0."""
    return any(isinstance(t, Ball) and t.lower <= 0 <= t.upper for t in found.kappa)


def _by_identities(
    tried: list[Candidate], limits: Limits, reasons: list[str], *, listed: bool = False
) -> Optimum | None:
    from .tied.finding import by_identities, has_vertices

    found = (by_identities(c, _whole(c), limits, reasons) for c in tried)
    known = (O for O in found if O is not None)
    return next((O for O in known if not listed or has_vertices(O, limits)), None)


def _open(found: Optimum, limits: Limits) -> bool:
    """Return whether balls leave the vertices of a small optimal set open."""
    if found.enclosures is None or len(found.atoms) - found.rank > _SMALL_DIM:
        return False
    try:
        found.balls.listed(limits.vertices)
    except TooMany:
        return False
    except Undecided:
        return True
    return False


def _candidates(
    problem: Problem, limits: Limits, reasons: list[str]
) -> Iterator[Candidate]:
    """Yield candidates: found in floats, then in long ones, then those of another beta, moved."""
    if isinstance(problem.loss, SeparableLoss):
        from .cones.losses.standing import candidates_of_losses

        yield from candidates_of_losses(problem, limits, reasons)
        return
    for asked in (problem, *nearer(problem, _FAR)):
        seen: set[tuple[object, ...]] = set()
        for search in _searches(problem):
            try:
                for found in search(asked).candidates(limits, seen):
                    yield found if asked is problem else moved(found, problem, limits.bits)
            except (Undecided, OverflowError, ZeroDivisionError) as reason:
                reasons.append(str(reason))


def _searches(problem: Problem) -> Iterator[Callable[[Problem], Search]]:
    if has_many_patterns(problem):
        from .cones.solving import cone_search

        yield cone_search
        return
    yield Search
    from .long_search import LongSearch

    yield LongSearch


def _proved(candidate: Candidate, limits: Limits, reasons: list[str]) -> Optimum | None:
    problem, whole = candidate.problem, _whole(candidate)
    for kappa in likely(candidate, limits):
        try:
            return _verified(whole, kappa)
        except NotOptimal:
            continue  # a wrong guess, or pinned at values outside the optimal face
        except Undecided as reason:  # logarithms of numbers that are no fractions
            reasons.append(str(reason))
    # sizes far apart need more bits, and so does a tiny kappa: e^-z of a large fit z, or of beta
    longer = [4 * limits.bits] if height(problem) > _LONG else []
    tiny = depth(candidate)
    if 4 * tiny > limits.bits and (any(problem.curves) or tiny > limits.bits):
        longer = [4 * tiny, 8 * tiny] if tiny > limits.bits else [4 * tiny]
    for bits in (limits.bits, *longer):
        try:
            found = enclosed_optimum(candidate.refined(bits), bits)
            if whole is problem:
                return found
            from .losses.by_pieces import of_the_whole

            return of_the_whole(found)
        except Undecided as reason:
            reasons.append(str(reason))
    return None


def _whole(candidate: Candidate) -> Problem:
    """Return the problem that is asked: one piece a sample is a means to it."""
    problem = candidate.problem
    return problem.whole if isinstance(problem, Pieces) else problem


def _in_a_field(candidate: Candidate, limits: Limits, reasons: list[str]) -> Optimum | None:
    """Return the optimal set over the number field that the digits of kappa suggest."""
    if any(candidate.problem.curves) or len(candidate.basis) > _IN_NO_FIELD:
        return None  # of logarithms, and of so many directions, no field is expected
    try:
        kappa = dual_guess(candidate, limits.degree, limits.field_bits)
        if kappa is None:
            return None
        long = too_long(kappa)
        if not long:
            return _verified(_whole(candidate), kappa)
        reasons.append(long)
    except (NotOptimal, Undecided):
        pass
    return None
