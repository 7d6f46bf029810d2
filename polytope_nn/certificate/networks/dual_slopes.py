"""A dual point of neurons with two slopes, in fractions, and what proves it feasible."""

from fractions import Fraction

from polytope_nn.certificate.format import Json
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.units.neurons import pressed, pulls
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.region_count import region_count
from polytope_nn.problems.training import TrainingProblem

__all__ = ["INSIDE", "dual_of_slopes"]

INSIDE = Fraction(1, 1 << 40)  # of kappa: how far inside of the dual a point beside it is


def dual_of_slopes(
    D: TrainingProblem, near: Vector, kappa: Scalars, most: int
) -> tuple[Vector, dict[str, Json], list[int]]:
    """Return a feasible kappa in fractions, its witness, and the number of patterns.

    ``near`` is the kappa of the optimum, or, where that is not rational, beside it.

    Raises
    ------
    Undecided
        When there are more patterns.
    """
    X, psi = D.rows_and_slopes
    try:
        region_count(X, limit=most)
    except Undecided as error:
        raise Undecided(
            f"a certificate lists all patterns: {error}: leave it out"
        ) from None
    if near != kappa:
        near = tuple((1 - INSIDE) * t for t in near)
    H = arrangement(X)
    tree, order = pattern_tree(H)
    dual: list[Json] = [
        pressed(D.beta_squared, p, cone, at) for p, cone, at in pulls(H, order, near, psi)
    ]
    return near, {"patterns": [tree], "dual": [dual]}, [len(order)]
