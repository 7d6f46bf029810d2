"""The optimum of a training problem whose patterns are too many to be listed: by cones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import ConeForm, cone_form
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.optimum import Optimum, require_free, verified_by_tree
from polytope_nn.dual.peaks import PeakGuess, Shares
from polytope_nn.dual.signs.tree import sign_proof
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.linear import independent_rows, rank
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector, is_square
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.geometry.region_count import region_count
from polytope_nn.problems.problem import Problem
from polytope_nn.progress import Loop
from polytope_nn.search.floats import to_float

from .ascents import climbed
from .asked import in_floats
from .charted import ChartedSearch
from .climbing import shares_beside
from .feasible import cone_feasibility
from .floats import FloatForm, float_form
from .scaling.multiples import NearDual, multiple_at_peaks, multiple_by_levels
from .searching import ConeSearch

__all__ = [
    "cone_search",
    "enclosed_by_trees",
    "found_by_signs",
    "guess_of",
    "multiple_at_atoms",
    "proved_by_cones",
    "proved_by_tree",
]

_DIMENSION = 14  # of more than 2^14 cones no proof was seen to end
_ENDLESS = 1_000_000  # patterns that are not listed in an hour
_SOON = (
    20_000  # nodes of a tree of one chart that local maxima below beta are not looked for
)


@dataclass(frozen=True)
class _Asked:
    """A training problem without a free part, as the search by cones asks for it."""

    rows: Matrix
    y: Vector
    weights: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...] = ()
    free_bias: bool = False


def proved_by_tree(problem: Problem, kappa: Scalars) -> Optimum:
    """Return the optimum of an exact kappa, proved feasible by a tree of signs or cones.

    Raises
    ------
    NotOptimal
        When kappa is not the dual optimum.
    Undecided
        When the tree grows beyond its limit.
    """
    if problem.bias != "free":
        signs = sign_proof(problem.design, kappa, problem.beta_squared)
        if signs is not None:
            return verified_by_tree(problem, kappa, signs)
    for chart in problem.charts:
        _require_short(chart.design, kappa, problem.beta_squared)
    return proved_by_cones(problem, kappa)


def _require_short(X: Matrix, kappa: Scalars, beta_squared: Fraction) -> None:
    """Refuse a kappa that exceeds beta on a row, or along its own pull; no cone is cut."""
    along = tuple(dot(kappa, column) for column in zip(*X, strict=True))
    for name, u in [("X'kappa", along), *((f"row {k + 1}", x) for k, x in enumerate(X))]:
        square = dot(u, u)
        for s in (1, -1):
            active = [(k, x) for k, x in zip(kappa, X, strict=True) if sign(dot(x, u)) == s]
            value = sum((k * dot(x, u) for k, x in active), Fraction(0))
            if sign(value * value - square * beta_squared) > 0:
                raise NotOptimal(
                    f"kappa is not dual feasible: in the direction of {'-' * (s < 0)}{name} "
                    f"the square of its value over the length is "
                    f"{exactly(value * value / square)}, and beta^2 = "
                    f"{exactly(beta_squared)}"
                )


def _require_few(problem: Problem) -> None:
    """Raise Undecided where neither cones nor patterns come to an end."""
    size = rank(problem.design)
    if size <= _DIMENSION:
        return
    try:
        region_count(problem.design, limit=_ENDLESS)
    except Undecided:
        raise Undecided(
            f"dual feasibility: {problem.n} samples of rank {size} have more than {_ENDLESS} "
            f"patterns, cones start from 2^{size}, and the atoms are no sign vectors: take "
            f"fewer features or samples"
        ) from None


def proved_by_cones(problem: Problem, kappa: Scalars) -> Optimum:
    """Return the optimum of an exact kappa, proved feasible by a tree of cones.

    Raises as :func:`proved_by_tree` does.
    """
    _require_few(problem)
    require_free(problem, kappa)
    square = problem.beta_squared
    forms = [cone_form(chart.design, kappa, square) for chart in problem.charts]
    with Loop("dual feasibility, charts", len(forms)) as loop:
        proofs = []
        for done, form in enumerate(forms):
            loop.at(done)
            proofs.append(cone_feasibility(form))
    return verified_by_tree(problem, kappa, *proofs)


def cone_search(problem: Problem) -> ConeSearch:
    """Return the search by cones for a problem of many patterns.

    Raises
    ------
    Undecided
        Where neither cones nor patterns come to an end.
    """
    _require_few(problem)
    weights = tuple(1 / t for t in problem.inverse_weights)
    free = problem.free
    columns = tuple(free.columns[j] for j in free.basis)
    bias = problem.bias == "free"
    rows = problem.X if bias else problem.design
    asked = _Asked(rows, problem.y, weights, problem.beta_squared, columns, bias)
    search = ChartedSearch if bias else ConeSearch
    return search(problem, *in_floats(asked))


def enclosed_by_trees(
    problem: Problem, kappa: Scalars, atoms: Sequence[Sequence[Atom]]
) -> tuple[ConeProof, ...]:
    """Return the proofs in balls that kappa is feasible and tight at the atoms of each chart.

    Raises
    ------
    Undecided
        When a decision is not strict.
    """
    square, soon = problem.beta_squared, 0 if problem.bias != "free" else _SOON
    proofs = []
    with Loop("dual feasibility, charts", len(atoms)) as loop:
        for done, (chart, here) in enumerate(zip(problem.charts, atoms, strict=True)):
            loop.at(done)
            form = cone_form(chart.design, kappa, square)
            floats = float_form(form)
            guesses = [guess_of(form, floats, a) for a in here]
            proofs.append(cone_feasibility(form, guesses, soon=soon))
    return tuple(proofs)


def multiple_at_atoms(problem: Problem, kappa: Vector, atoms: Sequence[Atom]) -> NearDual:
    """Return fractions that are kappa, or near it, scaled to be feasible, and the proof.

    ``atoms`` are those of kappa: beside them its largest peaks are, exactly.

    Raises
    ------
    Undecided
        When no tree of cones ends.
    """
    _require_few(problem)
    form = cone_form(problem.design, kappa, problem.beta_squared)
    floats = float_form(form)
    guesses = [replace(guess_of(form, floats, a), tight=False) for a in atoms]
    try:
        return multiple_at_peaks(form, kappa, guesses)
    except Undecided:
        return multiple_by_levels(form, kappa)


def guess_of(form: ConeForm, floats: FloatForm, a: Atom) -> PeakGuess:
    """Return an atom as a peak: its rows that are zero, if independent, bear multipliers."""
    signs = [0] * len(form.rows)
    for place, factor, s in zip(form.places, form.factors, a.covector, strict=True):
        if place >= 0:
            signs[place] = s if factor > 0 else -s
    near = tuple(k for k, s in enumerate(signs) if s == 0)
    chosen = near
    theta: Shares = ()
    if len(independent_rows([list(map(Fraction, form.rows[k])) for k in near])) < len(near):
        import numpy as np

        u = np.array([to_float(enclosure(t)[0]) for t in a.g])
        turned = floats.turned(a.sign)
        top = climbed(turned, u / np.linalg.norm(u))
        if top is not None:
            chosen = tuple(k for k in top.pressing if k in near)
            theta = shares_beside(turned, top, near)
    at = tuple(s or 1 for s in signs)
    return PeakGuess(a.sign, at, near, chosen, tight=True, theta=theta)


def found_by_signs(problem: Problem) -> Optimum | None:
    """Return the optimum where all entries of kappa are equal, and signs prove it.

    Then ``(n |k| / 4 beta^2) |k| X'X`` is a projector, and its trace is the rank of X.
    """
    if problem.bias == "free":
        return None
    X, n = problem.design, problem.n
    size = sum((t * t for x in X for t in x), Fraction(0))
    square = 4 * problem.beta_squared * rank(X) / (n * size)
    if not is_square(square):
        return None
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    for k in (root, -root):
        proof = sign_proof(X, (k,) * n, problem.beta_squared)
        try:
            return None if proof is None else verified_by_tree(problem, (k,) * n, proof)
        except NotOptimal:
            continue
    return None
