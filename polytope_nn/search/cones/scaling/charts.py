"""Multiples of a kappa with a free bias that are proved feasible: trees for each chart.

Each sample's chart has the dimension of the weights alone, so its trees are small; one tree of
all (w, t) at once has a dimension more, and grows with n besides.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import ConeForm, cone_form
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.peaks import PeakGuess, peak
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.problem import Problem
from polytope_nn.progress import Loop
from polytope_nn.search.cones.feasible import cone_feasibility
from polytope_nn.search.cones.floats import float_form
from polytope_nn.search.cones.solving import guess_of

from .multiples import ROOM, NearDual, multiple

__all__ = ["chart_proofs", "multiple_in_charts"]

_PROVING = 50_000  # cones in a tree of the proof
_SOON = 20_000  # and in one that local maxima below beta are not looked for
_ABOVE = ("0", "1/68719476736", "1/16777216", "1/65536", "1/256", "1/8")  # of beta^2


def multiple_in_charts(
    problem: Problem,
    kappa: Vector,
    guesses: Sequence[PeakGuess] = (),
    atoms: Sequence[Atom] = (),
) -> NearDual:
    """Return kappa, scaled to where its largest peak is beta, about, and the proof.

    ``guesses`` are largest peaks in the form of all (w, t), ``atoms`` have the signs of the
    samples there, of w about; what they miss costs little.

    Raises
    ------
    Undecided
        When trees of cones do not end.
    """
    square = problem.beta_squared
    form = cone_form(problem.X, kappa, square, free_bias=True)
    largest = max([square, *(_square(form, guess) for guess in guesses)])
    largest *= 1 + ROOM if largest > square else 1
    places: dict[Vector | None, int] = {x: k for k, x in enumerate(problem.X)}
    proofs = []
    with Loop("scaling a dual point, charts", len(problem.charts)) as loop:
        for done, chart in enumerate(problem.charts):
            loop.at(done)
            here = [a for a in atoms if a.covector[places[chart.anchor]] == 0]
            proof = _below(cone_form(chart.design, kappa, largest), here)
            largest = proof.form.beta_squared
            proofs.append(proof)
    return multiple(kappa, square, tuple(proofs), largest)


def chart_proofs(problem: Problem, kappa: Vector) -> tuple[ConeProof, ...]:
    """Return the proofs that a rational kappa is feasible, one for each chart.

    Raises
    ------
    NotOptimal
        When it is not.
    Undecided
        When trees of cones do not end.
    """
    forms = [
        cone_form(chart.design, kappa, problem.beta_squared) for chart in problem.charts
    ]
    with Loop("dual feasibility, charts", len(forms)) as loop:
        proofs = []
        for done, form in enumerate(forms):
            loop.at(done)
            proofs.append(cone_feasibility(form, soon=_SOON))
    return tuple(proofs)


def _square(form: ConeForm, guess: PeakGuess) -> Fraction:
    """Return ``|p|^2`` of the peak at a guess, 0 where there is none."""
    found = peak(replace(form, beta_squared=4 * form.beta_squared), guess)
    square = Fraction(0) if found is None else dot(found.p, found.p)
    return square if isinstance(square, Fraction) else Fraction(0)


def _below(form: ConeForm, atoms: Sequence[Atom]) -> ConeProof:
    """Return the proof that a form stays below a beta, a larger one where it must be."""
    floats = float_form(form)
    guesses = [replace(guess_of(form, floats, a), tight=False) for a in atoms]
    for above in map(Fraction, _ABOVE):
        wider = replace(form, beta_squared=form.beta_squared * (1 + above))
        try:
            return cone_feasibility(wider, guesses, limit=_PROVING, soon=_SOON)
        except NotOptimal:
            continue
    raise Undecided("how far a dual point is from being feasible")
