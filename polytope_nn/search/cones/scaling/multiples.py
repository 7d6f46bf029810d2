"""The largest multiple of a kappa that is proved feasible, whatever kappa is.

Where its largest local maxima are known, exactly: the tree at the largest of these in place of
beta. Else trees at falling levels above beta, the last that ends within its limit of cones, and
where none does, or dimensions are many, a quadratic form. The multiple falls short of the
largest by as much as the proof is rough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.dual.cone_tree import ConeProof, cone_proof
from polytope_nn.dual.peaks import PeakGuess, peak
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.progress import counted
from polytope_nn.search.cones.feasible import cone_feasibility, packed
from polytope_nn.search.cones.floats import float_form
from polytope_nn.search.cones.growing import grown
from polytope_nn.search.cones.pools.problem import no_peaks

from .quadratic import QuadraticBound, quadratic_bound

if TYPE_CHECKING:
    from polytope_nn.search.cones.growing import Grown

__all__ = [
    "ROOM",
    "NearDual",
    "Proof",
    "multiple",
    "multiple_at_peaks",
    "multiple_by_levels",
]

Proof = ConeProof | QuadraticBound | tuple[ConeProof, ...]

_DIMENSION = 7  # beyond which trees do not end below what a quadratic form shows
_PROVING = 50_000  # cones in a tree of the proof
ROOM = Fraction(1, 1 << 60)  # by which the tree's beta exceeds the largest peak
_ROUNDS = 6
_HALVES = 3  # of the last step between two levels
_BITS = 160
# above beta; of the first one that ends on, those that follow
_LEVELS = (
    "30",
    "10",
    "3",
    "1",
    "3/10",
    "1/10",
    "1/30",
    "1/100",
    "1/300",
    "1/1000",
    "1/10000",
)


@dataclass(frozen=True)
class NearDual:
    """A feasible kappa, and the proof that it is, by the tree of ``kappa / scale``.

    ``square`` is what is proved of ``kappa / scale``: no ``|g|^2`` is larger. With a free bias
    there may be a tree for each chart.
    """

    kappa: Vector
    scale: Fraction
    proof: Proof
    square: Fraction


def multiple_at_peaks(
    form: ConeForm, kappa: Vector, guesses: Sequence[PeakGuess]
) -> NearDual:
    """Return kappa, scaled to where its largest peak is beta, and the proof.

    Raises
    ------
    Undecided
        When the peaks that are guessed do not show the maximum.
    """
    beta_squared = largest = form.beta_squared
    for _ in range(_ROUNDS):
        for guess in guesses:
            p = peak(replace(form, beta_squared=4 * largest), guess)
            square = dot(p.p, p.p) if p is not None else largest
            largest = max(largest, cast("Fraction", square))
        if largest > beta_squared:
            largest *= 1 + ROOM
        try:
            proof = cone_feasibility(
                replace(form, beta_squared=largest), guesses, limit=_PROVING
            )
        except NotOptimal:
            largest *= 1 + Fraction(1, 1 << 36)
            continue
        return _scaled(kappa, beta_squared, proof)
    raise Undecided("how far a dual point is from being feasible")


def multiple_by_levels(form: ConeForm, kappa: Vector) -> NearDual:
    """Return a multiple of kappa that is proved feasible: by trees of limited size, or roughly.

    Raises
    ------
    Undecided
        When floats cannot hold the numbers.
    """
    rough = quadratic_bound(form)
    last: tuple[ConeForm, list[Grown]] | None = None
    high = low = Fraction(0)  # above beta: where trees end, and where they do not
    levels = _LEVELS if len(form.basis) <= _DIMENSION else ()
    for above in map(Fraction, counted("scaling a dual point, levels at most", levels)):
        if form.beta_squared * (1 + above) ** 2 >= rough.square:
            continue
        found = _below(form, above)
        if found is None and last is not None:
            low = above
            break
        last, high = (last, high) if found is None else (found, above)
    for _ in range(_HALVES if last is not None and low else 0):
        middle = (low + high) / 2
        found = _below(form, middle)
        low, high = (middle, high) if found is None else (low, middle)
        last = found or last
    if last is None:
        return _scaled(kappa, form.beta_squared, rough)
    wider, trees = last
    proof = cone_proof(wider, [], [packed(wider, tree) for tree in trees])
    return _scaled(kappa, form.beta_squared, proof)


def _below(form: ConeForm, above: Fraction) -> "tuple[ConeForm, list[Grown]] | None":
    """Return trees in floats that show both signs below a larger beta, None without."""
    wider = replace(form, beta_squared=form.beta_squared * (1 + above) ** 2)
    floats, trees = float_form(wider), []
    for side in (1, -1):
        one = floats.turned(side)
        try:
            tree = grown(one, no_peaks(one), margin=0.0, limit=_PROVING)
        except OverflowError:
            return None
        if tree.violations or not tree.finished:
            return None
        trees.append(tree)
    return wider, trees


def _scaled(
    kappa: Vector, beta_squared: Fraction, proof: ConeProof | QuadraticBound
) -> NearDual:
    largest = proof.square if isinstance(proof, QuadraticBound) else proof.form.beta_squared
    return multiple(kappa, beta_squared, proof, largest)


def multiple(
    kappa: Vector, beta_squared: Fraction, proof: Proof, largest: Fraction
) -> NearDual:
    """Return kappa times beta over the ``|g|`` of a square that a proof shows to be largest."""
    if largest <= beta_squared:
        return NearDual(kappa, Fraction(1), proof, largest)
    t = root_enclosure(beta_squared / largest, _BITS)[0]
    return NearDual(tuple(t * x for x in kappa), t, proof, largest)
