"""The optimum of a training problem whose patterns are too many to be listed: by cones."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import ConeForm, cone_form
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.optimum import Optimum, verified_by_tree
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.region_count import region_count
from polytope_nn.problems.problem import Problem
from polytope_nn.search.cone_search import in_floats
from polytope_nn.search.floats import to_float

from .climbing import climbed
from .feasible import cone_feasibility
from .floats import FloatForm, float_form
from .searching import ConeSearch

__all__ = ["cone_search", "enclosed_by_tree", "has_many_patterns", "proved_by_tree"]

_LISTED = 4000  # patterns beyond which they are not listed where cones do instead


@dataclass(frozen=True)
class _Asked:
    """A training problem without a free part, as the search by cones asks for it."""

    rows: Matrix
    y: Vector
    weights: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...] = ()
    free_bias: bool = False


def has_many_patterns(problem: Problem) -> bool:
    """Return whether a problem is one for cones: squared loss, nothing free, many patterns.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> rows = [[1, k, k * k] for k in range(99)]  # in general position
    >>> has_many_patterns(TrainingProblem(rows, [1] * 99, beta=1))
    True
    >>> has_many_patterns(TrainingProblem(rows[:30], [1] * 30, beta=1))
    False
    """
    plain = problem.of_relu and problem.has_loss and problem.bias != "free"
    if not plain or problem.free.columns:
        return False
    try:
        region_count(problem.design, limit=_LISTED)
    except Undecided:
        return True
    return False


def proved_by_tree(problem: Problem, kappa: Scalars) -> Optimum:
    """Return the optimum of an exact kappa, its dual feasibility proved by a tree of cones.

    Raises
    ------
    NotOptimal
        When kappa is not the dual optimum.
    Undecided
        When the tree grows beyond its limit.
    """
    form = cone_form(problem.design, kappa, problem.beta_squared)
    return verified_by_tree(problem, kappa, cone_feasibility(form))


def cone_search(problem: Problem) -> ConeSearch:
    """Return the search by cones for a problem of many patterns."""
    weights = tuple(1 / t for t in problem.inverse_weights)
    free = problem.free
    columns = tuple(free.columns[j] for j in free.basis)
    asked = _Asked(problem.design, problem.y, weights, problem.beta_squared, columns)
    return ConeSearch(problem, *in_floats(asked))


def enclosed_by_tree(problem: Problem, kappa: Scalars, atoms: Sequence[Atom]) -> ConeProof:
    """Return the proof in balls that kappa is feasible and tight at these atoms alone.

    Raises
    ------
    Undecided
        When a decision is not strict.
    """
    form = cone_form(problem.design, kappa, problem.beta_squared)
    floats = float_form(form)
    proof = cone_feasibility(form, [_guess(form, floats, a) for a in atoms])
    missing = len(atoms) - sum(p.tight for p in proof.peaks)
    if missing:
        raise Undecided(f"dual feasibility: {missing} atoms are no strict maxima in balls")
    return proof


def _guess(form: ConeForm, floats: FloatForm, a: Atom) -> PeakGuess:
    """Return an atom as a peak: its rows that are zero, if independent, bear multipliers."""
    signs = [0] * len(form.rows)
    for place, factor, s in zip(form.places, form.factors, a.covector, strict=True):
        if place >= 0:
            signs[place] = s if factor > 0 else -s
    near = tuple(k for k, s in enumerate(signs) if s == 0)
    chosen = near
    if len(independent_rows([list(map(Fraction, form.rows[k])) for k in near])) < len(near):
        import numpy as np

        u = np.array([to_float(enclosure(t)[0]) for t in a.g])
        top = climbed(floats.turned(a.sign), u / np.linalg.norm(u))
        chosen = near if top is None else tuple(k for k in top.pressing if k in near)
    return PeakGuess(a.sign, tuple(s or 1 for s in signs), near, chosen, tight=True)
