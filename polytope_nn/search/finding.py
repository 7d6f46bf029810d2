"""Finding the dual optimum: float start, active faces, Newton, then a proof (THEORY §4).

The search (:mod:`~polytope_nn.search.basis_search`) guesses; each answer is proved afterwards
or refused: a rational kappa, and one in a number field, by
:func:`~polytope_nn.dual.optimum.verified`, balls by the interval Newton test and strict
inequalities (:mod:`~polytope_nn.dual.tight`).
"""

from fractions import Fraction

from polytope_nn.dual.optimum import Optimum, verified
from polytope_nn.dual.tight import enclosed
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem

from .basis_search import Candidate, Face, Search
from .free_linear import enclosed_free_linear

__all__ = ["Candidate", "Face", "Limits", "found"]

_SMALL_DEGREE = 4  # fields so small are tried before balls


def found(problem: TrainingProblem, limits: Limits | None = None) -> Optimum:
    """Return the dual optimum of a problem, found and proved.

    In turn: the zero network; a rational kappa; balls whose every decision is strict; a
    number field.

    Raises
    ------
    Undecided
        When none of them can be proved; the message names the missing decision.
    """
    limits = limits or Limits()
    limits.progress(f"finding the regions of {problem.n} samples")
    H = arrangement(problem.design)
    limits.progress(f"searching {len(H)} regions")
    labels = tuple(w * y for w, y in zip(problem.weights, problem.y, strict=True))
    search = Search(problem, H)
    if search.feasible(labels):
        try:
            return verified(problem, labels, H)  # the zero network
        except NotOptimal:
            pass
    return _proved(search.candidate(limits.bits), limits)


def _proved(candidate: Candidate, limits: Limits) -> Optimum:
    """Return the optimum at the first level at which the candidate can be proved."""
    search = candidate.search
    bits = limits.bits
    while True:
        kappa = _rational(candidate, bits)
        if kappa is not None:
            try:
                return verified(search.problem, kappa, search.H)
            except NotOptimal:
                pass  # a wrong guess: the number is not rational, or not at this precision
        if bits >= limits.field_bits or bits >= 8 * _height(search):
            break
        bits *= 4
        candidate = candidate.refined(bits)
    limits.progress(f"{len(candidate.basis)} atoms in the basis; looking at kappa")
    small = _guessed(candidate, bits, min(_SMALL_DEGREE, limits.degree))
    if small is not None:
        return small
    ties = candidate.ties(limits.bits // 2)
    reasons = []
    for prove in (enclosed, enclosed_free_linear):
        try:
            return prove(candidate, ties, limits)
        except Undecided as reason:
            reasons.append(str(reason))
    try:
        return _in_a_field(candidate, limits)
    except Undecided as reason:
        raise Undecided("; ".join([*reasons, str(reason)])) from None


def _in_a_field(candidate: Candidate, limits: Limits) -> Optimum:
    """Return the optimum over the number field that the digits of kappa suggest, verified."""
    bits = limits.bits
    while bits < limits.field_bits:
        bits = min(3 * bits, limits.field_bits)
        limits.progress(
            f"looking for a number field of degree at most {limits.degree} in {bits} bits"
        )
        candidate = candidate.refined(bits)
        optimum = _guessed(candidate, bits, limits.degree)
        if optimum is not None:
            return optimum
    raise Undecided(
        f"kappa lies in no number field of degree at most {limits.degree} that {bits} bits "
        f"show: raise the limits on degree and bits"
    )


def _height(search: Search) -> int:
    """Return the number of bits of the largest integer in the data."""
    problem = search.problem
    entries = [*(t for x in problem.X for t in x), *problem.y, *problem.weights]
    numbers = [*entries, problem.beta_squared]
    return max(max(t.numerator.bit_length(), t.denominator.bit_length()) for t in numbers)


def _guessed(candidate: Candidate, bits: int, degree: int) -> Optimum | None:
    """Return the optimum over the number field kappa seems to lie in, if it is one."""
    try:
        guess = guess_field(_widened(candidate, bits), max_degree=degree)
    except OverflowError:  # roots beyond floats, which rank the generators of a field
        return None
    if guess is None:
        return None
    try:
        return verified(candidate.search.problem, guess[1], candidate.search.H)
    except NotOptimal:
        return None


def _rational(candidate: Candidate, bits: int) -> tuple[Fraction, ...] | None:
    """Return the simplest fractions near kappa, or None when they are not simple."""
    guess = []
    for t in _widened(candidate, bits):
        x = guess_rational(t)
        if x is None:
            return None
        guess.append(x)
    return tuple(guess)


def _widened(candidate: Candidate, bits: int) -> Balls:
    """Return balls of radius about ``2^-bits`` around refined numbers, errors included."""
    unit = candidate.search.floats.unit
    error = unit / (1 << bits - 16)
    more = 2 * bits + 2 * (unit.denominator.bit_length() - unit.numerator.bit_length())
    return tuple(
        Ball.from_interval(t.midpoint - error, t.midpoint + error, more)
        for t in candidate.kappa
    )
