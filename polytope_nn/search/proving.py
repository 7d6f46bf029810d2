"""The optimal set of a minimum-norm interpolation, found and proved (THEORY §8).

For each candidate of the search in turn: a rational kappa, one in a small number field, balls whose
every decision is strict; at last a larger number field. Guesses are verified completely.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import exactly_tight, feasibility
from polytope_nn.dual.system import Candidate
from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import independent_rows, rank, solve, transpose
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import vector
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.optimal_set import Interpolation
from polytope_nn.limits import Limits
from polytope_nn.problems.interpolation import InterpolationProblem, require_interpolable

from .field_guess import dual_guess, widened
from .interior import relative_interior
from .long_search import LongSearch
from .search import Search
from .sizes import resized

if TYPE_CHECKING:
    from polytope_nn.dual.atoms import Atom

__all__ = [
    "DEFAULT_LIMITS",
    "found_interpolation",
    "interpolation",
    "verified_interpolation",
]

_SMALL_DEGREE = 4  # fields so small are tried before balls
_IN_FIELDS = 1  # candidates for which larger fields are tried
_LONGEST = 40_000  # degree times bits of a coordinate: longer ones take minutes to verify
DEFAULT_LIMITS = Limits(degree=32, field_bits=16000)  # larger fields than in training
_SMALL_DIM = 8  # of an optimal set whose vertices balls leave open


def interpolation(
    problem: InterpolationProblem, *, kappa: Iterable[object] | None = None
) -> Interpolation:
    """Return the optimal set of a minimum-norm interpolation, found or verified.

    A kappa that is found is tight at no atom that another dual optimum is without.

    Raises
    ------
    NotInterpolable
        When no network fits the labels; the message shows the obstruction.
    NotOptimal
        When the given rational kappa fails.
    Undecided
        When kappa is not given and what was found could not be proved.

    Examples
    --------
    >>> P = InterpolationProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4, skip="linear")
    >>> interpolation(P)
    Interpolation(cost=2.82843, atoms=4, vertices=4, dim=3, level=exact)
    """
    require_interpolable(problem)
    if kappa is not None:
        return verified_interpolation(problem, vector(kappa))
    found = found_interpolation(problem)
    if found.level == "interval":
        return found  # every atom is in use
    return relative_interior(found, partial(verified_interpolation, problem))


def verified_interpolation(problem: InterpolationProblem, kappa: Scalars) -> Interpolation:
    """Return the optimal set whose dual variable is kappa, or raise :class:`NotOptimal`.

    ``kappa`` is rational or in a number field: every decision is made, none assumed.
    """
    if len(kappa) != problem.n:
        raise DimensionError(f"kappa has {len(kappa)} entries for {problem.n} rows of X")
    for j, z in enumerate(problem.free):
        product = dot(z, kappa)
        if product != 0:
            raise NotOptimal(
                f"kappa is not dual feasible: its product with free column {j + 1} is "
                f"{exactly(product)}, not 0"
            )
    atoms: dict[tuple[int, ...], Atom] = {}
    bounds = []
    for chart in problem.charts:
        X = chart.design
        tight = exactly_tight(X, problem.beta_squared, kappa)
        proof = feasibility(X, problem.beta_squared, kappa, chart.arrangement, tight)
        bounds.append(proof.bounds)
        for a in proof.atoms:
            atoms[a.key] = replace(a, g=chart.neuron(a.g))
    listed = tuple(atoms[key] for key in sorted(atoms))
    reduced = [tuple(dot(row, a.feature) for row in problem.quotient) for a in listed]
    grouped: dict[Scalars, list[int]] = {}
    for i, feature in enumerate(reduced):
        grouped.setdefault(feature, []).append(i)
    classes = tuple(tuple(members) for members in grouped.values())
    features = list(grouped)
    rows = zip(problem.y, kappa, problem.inverse_weights, strict=True)
    fit = tuple(y - t * inverse for y, t, inverse in rows)
    right = tuple(dot(row, fit) for row in problem.quotient)
    if not features:
        masses: tuple[Scalars, ...] = () if any(map(sign, right)) else ((),)
    else:
        masses = slice_vertices(transpose(features), right)
    if not masses:
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: y is no nonnegative combination of its "
            f"{len(listed)} atoms, modulo what is fitted freely"
        )
    # in a field the reduced rows of the transpose are short: they have the ties of the atoms
    r = rank(transpose(features)) if features else 0
    return Interpolation(problem, kappa, listed, tuple(bounds), classes, masses, r, "exact")


def found_interpolation(
    problem: InterpolationProblem, limits: Limits | None = None
) -> Interpolation:
    """Return the optimal set of an interpolable problem, found and proved.

    Raises
    ------
    Undecided
        When nothing that was found could be proved; the message names what is missing.
    """
    try:
        return verified_interpolation(problem, _without_neurons(problem))
    except NotOptimal:
        pass
    limits = limits or DEFAULT_LIMITS
    try:
        return _resized(problem, limits) or _searched(problem, limits)
    except OverflowError:
        raise Undecided(
            "no set of optimal directions was found: floats cannot hold these numbers: "
            "scale X, y and beta to sizes near 1, or give kappa"
        ) from None


def _resized(problem: InterpolationProblem, limits: Limits) -> Interpolation | None:
    """Return the optimal set found for numbers of order 1; None when it is not exact."""
    other = resized(problem)
    if other is None:
        return None
    try:
        found = _searched(other, limits)
    except Undecided:
        return None
    if found.level == "interval":
        return None
    return verified_interpolation(problem, tuple(t * other.r for t in found.kappa))


def _searched(problem: InterpolationProblem, limits: Limits) -> Interpolation:
    reasons: list[str] = []
    fieldless: list[str] = []
    waiting: list[Candidate] = []
    fields = _IN_FIELDS
    for candidate in _candidates(problem, limits, reasons):
        found = _proved(candidate, limits, reasons)
        if found is None and not candidate.pins and fields:  # kappa is as likely as can be
            fields -= 1
            found = _in_a_field(candidate, limits, fieldless)
        elif found is None:
            waiting.append(candidate)
        if found is not None and found.inner is not None and found.dim <= _SMALL_DIM:
            return (
                _in_a_field(candidate, limits, fieldless) or found
            )  # vertices in a field, if it shows
        if found is not None:
            return found
    for candidate in waiting[:_IN_FIELDS]:
        found = _in_a_field(candidate, limits, fieldless)
        if found is not None:
            return found
    if not reasons:
        raise Undecided(
            "no set of optimal directions was found: the data are close to a degenerate "
            "instance; give kappa, or change the labels a little"
        )
    if not fieldless:
        fieldless.append(
            f"kappa lies in no number field of degree at most {limits.degree} that "
            f"{limits.field_bits} bits show"
        )
    raise Undecided(
        f"{'; '.join(dict.fromkeys(reasons + fieldless))}: give kappa, or change the labels "
        f"a little"
    )


def _candidates(
    problem: InterpolationProblem, limits: Limits, reasons: list[str]
) -> Iterator[Candidate]:
    """Yield candidates: found in floats, then in long floats."""
    seen: set[tuple[object, ...]] = set()
    for search in (Search, LongSearch):
        try:
            yield from search(problem).candidates(limits.bits, seen, limits)
        except (Undecided, OverflowError) as reason:
            reasons.append(str(reason))


def _without_neurons(problem: InterpolationProblem) -> Scalars:
    """Return the dual variable of the best fit by Z alone; 0 when labels must be fitted."""
    if not any(problem.inverse_weights):
        return (Fraction(0),) * problem.n
    columns = [problem.free[j] for j in independent_rows(problem.free)]
    weights = [1 / t for t in problem.inverse_weights]
    weighted = [[w * t for w, t in zip(weights, z, strict=True)] for z in columns]
    gram = [[dot(p, q) for q in columns] for p in weighted]
    a = solve(gram, [dot(p, problem.y) for p in weighted])
    assert a is not None  # a Gram matrix of independent columns is regular
    fit = [dot(a, [z[k] for z in columns]) for k in range(problem.n)]
    return tuple(w * (y - t) for w, y, t in zip(weights, problem.y, fit, strict=True))


def _proved(
    candidate: Candidate, limits: Limits, reasons: list[str]
) -> Interpolation | None:
    from .enclosing import enclosed_interpolation

    problem = candidate.search.problem
    for kappa in _guesses(candidate, limits):
        try:
            return verified_interpolation(problem, kappa)
        except NotOptimal:
            continue  # a wrong guess, or pinned at values outside the optimal face
    try:
        return enclosed_interpolation(candidate, limits.bits)
    except Undecided as reason:
        reasons.append(str(reason))
    return None


def _guesses(candidate: Candidate, limits: Limits) -> Iterator[Scalars]:
    """Yield what kappa seems to be: fractions, or elements of a small field."""
    bits = limits.bits
    height = _height(candidate.search.problem)
    while True:
        kappa = _rational(candidate.kappa, bits)
        if kappa is not None:
            yield kappa
            return
        if bits >= min(limits.field_bits, 8 * height):
            break
        bits *= 4
        try:
            candidate = candidate.refined(bits)
        except Undecided:
            return
    degree = min(_SMALL_DEGREE, limits.degree)
    guess = guess_field(widened(candidate.kappa, bits), max_degree=degree)
    if guess is not None:
        yield guess[1]


def _in_a_field(
    candidate: Candidate, limits: Limits, reasons: list[str]
) -> Interpolation | None:
    """Return the optimal set over the number field that the digits of kappa suggest."""
    try:
        kappa = dual_guess(candidate, limits.degree, limits.field_bits)
        if kappa is None:
            return None
        long = _too_long(kappa)
        if not long:
            return verified_interpolation(candidate.search.problem, kappa)
        reasons.append(long)
    except (NotOptimal, Undecided):
        pass
    return None


def _too_long(kappa: Scalars) -> str:
    """Return why a guess is not verified: its numbers are too long. Else ""."""
    irrational = [x for x in kappa if isinstance(x, Algebraic)]
    numbers = [c for x in irrational for c in x.coordinates]
    bits = max((max(map(int.bit_length, c.as_integer_ratio())) for c in numbers), default=0)
    if not irrational or irrational[0].field.degree * bits <= _LONGEST:
        return ""
    return (
        f"kappa seems to lie in a number field of degree {irrational[0].field.degree}, its "
        f"coordinates of {bits} bits are too long to verify"
    )


def _height(problem: InterpolationProblem) -> int:
    """Return the number of bits of the largest integer in the data."""
    entries = [*(t for x in problem.X for t in x), *problem.y]
    return max(max(t.numerator.bit_length(), t.denominator.bit_length()) for t in entries)


def _rational(kappa: Balls, bits: int) -> Scalars | None:
    """Return the simplest fractions near kappa, or None when they are not simple."""
    guess = []
    for t in widened(kappa, bits):
        x = guess_rational(t)
        if x is None:
            return None
        guess.append(x)
    return tuple(guess)
