"""What proves a rational dual point feasible without a list of patterns: trees of cones.

A point that was scaled into the dual is proved there by the trees of the one it was scaled
from: by a factor t of kappa every p of a leaf, and the unit it is written in, is multiplied.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.cones.trees import cone_witness
from polytope_nn.certificate.format import Json, numerators
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Vector, rational, text
from polytope_nn.networks.gap import Gap
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.feasible import cone_feasibility
from polytope_nn.search.cones.near import DIMENSION
from polytope_nn.search.cones.scaling.charts import chart_proofs, multiple_in_charts
from polytope_nn.search.cones.scaling.quadratic import QuadraticBound
from polytope_nn.search.cones.solving import multiple_at_atoms

from .rational_roads import NEAR

__all__ = ["dual_by_cones", "has_a_fit", "optimum_by_cones"]


def dual_by_cones(D: TrainingProblem, found: Gap) -> tuple[Vector, dict[str, Json]]:
    """Return the dual point of a gap, and what proves by cones that it is feasible.

    Raises
    ------
    Undecided
        When the point is not rational, or no tree of cones proves it.
    """
    if not all(isinstance(t, Fraction) for t in found.kappa):
        raise Undecided("a certificate by cones: the dual point is not rational")
    kappa, scale, proof = cast("Vector", found.kappa), found.scale, found.proof
    if D.bias == "free" and not isinstance(
        proof, tuple
    ):  # of all kinks at once, or in another way
        _require_few_dimensions(D)
        scale, proof = Fraction(1), chart_proofs(D, kappa)
    elif not isinstance(proof, ConeProof | tuple):  # an optimum, or bounded in another way
        _require_few_dimensions(D)
        scale = Fraction(1)
        proof = cone_feasibility(cone_form(D.design, kappa, D.beta_squared))
    return kappa, {"dual": _witness(proof, scale)}


def optimum_by_cones(
    D: TrainingProblem, kappa: Vector, atoms: Sequence[Atom]
) -> tuple[Vector, dict[str, Json]]:
    """Return a multiple of kappa, fractions at or near an optimum, and what proves it feasible.

    Raises
    ------
    Undecided
        When dimensions are many, or no tree of cones proves it.
    """
    _require_few_dimensions(D)
    if D.bias == "free":
        near = multiple_in_charts(D, kappa, atoms=atoms)
    else:
        near = multiple_at_atoms(D, kappa, atoms)
    if isinstance(near.proof, QuadraticBound):
        raise Undecided("a certificate by cones: no tree of cones ends: leave it out")
    t = near.scale if has_a_fit(D, near.kappa) else near.scale * (1 - NEAR)
    return tuple(t * x for x in kappa), {"dual": _witness(near.proof, t)}


def _witness(proof: ConeProof | tuple[ConeProof, ...], t: Fraction) -> Json:
    """Return the trees of t times the kappa of a proof; with a free bias those of each chart."""
    if isinstance(proof, ConeProof):
        return _scaled(cone_witness(proof), t)
    return [_scaled(cone_witness(one), t) for one in proof]


def has_a_fit(D: Problem, kappa: Vector) -> bool:
    """Return whether kappa lies in the domain of the loss, so that it belongs to some fits."""
    try:
        D.loss.interval(kappa)
    except NotOptimal:
        return False
    return True


def _require_few_dimensions(D: TrainingProblem) -> None:
    if rank(D.design) > DIMENSION:
        raise Undecided(
            f"a certificate by cones: more than {DIMENSION} dimensions: leave it out"
        )


def _scaled(witness: dict[str, Json], t: Fraction) -> dict[str, Json]:
    """Return the witness of t times the kappa of another."""
    peaks: list[Json] = []
    for peak in cast("list[dict[str, Json]]", witness["peaks"]):
        p, over = cast("tuple[list[int], int]", peak["p"])
        peaks.append(peak | {"p": [*numerators([t * x / over for x in p])]})
    unit = rational(witness["unit"]) * t
    return witness | {"unit": text(unit), "peaks": peaks}
