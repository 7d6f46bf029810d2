"""The dual point of a road or a gap: kappa in fractions, and what proves it feasible by patterns.

It is kappa where that is rational, else fractions beside it, scaled into the dual.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import Json, sparse
from polytope_nn.certificate.interpolations import patterns_of
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.units.neurons import pressed, pulls
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.region_count import region_count
from polytope_nn.networks.gap import DualBound, dual_bound
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.near import beside

from .dual_cones import has_a_fit
from .rational_roads import BITS, NEAR, middle

__all__ = ["INSIDE", "PATTERNS", "dual_point", "fractions", "require_few_patterns"]

INSIDE = Fraction(1, 1 << 40)  # of kappa: how far inside of the dual a point beside it is
PATTERNS = 6000  # beyond which none are listed


def dual_point(
    D: TrainingProblem, kappa: Scalars
) -> tuple[Vector, dict[str, Json], list[int]]:
    """Return a rational feasible kappa, what proves it, and the numbers of patterns.

    ``kappa`` is that of an optimum; of ReLU neurons any that has fits, which is scaled.

    Raises
    ------
    Undecided
        When there are more patterns than are listed.
    """
    return _of_relu(D, kappa) if D.of_relu else _of_slopes(D, kappa)


def require_few_patterns(designs: Sequence[Matrix]) -> None:
    """Refuse arrangements of which a certificate would list too many patterns."""
    left = PATTERNS
    try:
        for rows in designs:
            left -= region_count(rows, limit=left)
    except Undecided as error:
        raise Undecided(
            f"a certificate lists all patterns: {error}: leave it out"
        ) from None


def fractions(D: TrainingProblem, kappa: Scalars) -> Vector:
    """Return kappa where it is rational, else fractions beside it."""
    if all(isinstance(t, Fraction) for t in kappa):
        return cast("Vector", kappa)
    return beside(D, list(map(middle, kappa)))


def _of_relu(
    D: TrainingProblem, given: Scalars
) -> tuple[Vector, dict[str, Json], list[int]]:
    """Return a rational feasible kappa, what proves it, and the number of patterns."""
    require_few_patterns([chart.design for chart in D.charts])
    exact = all(isinstance(t, Fraction) for t in given)
    kappa = fractions(D, given)
    bounds = [
        dual_bound(chart.design, kappa, D.beta_squared, chart.arrangement)
        for chart in D.charts
    ]
    t, largest = Fraction(1), max(bound.square for bound in bounds)
    if largest > D.beta_squared:
        t = root_enclosure(D.beta_squared / largest, 2 * BITS)[0]
    if not exact and not has_a_fit(D, tuple(t * x for x in kappa)):
        t *= 1 - NEAR
    kappa = tuple(t * x for x in kappa)
    trees, orders = patterns_of(D)
    multipliers: list[Json] = [
        _multipliers(bound, order, t) for bound, order in zip(bounds, orders, strict=True)
    ]
    return kappa, {"patterns": trees, "dual": multipliers}, list(map(len, orders))


def _of_slopes(
    D: TrainingProblem, kappa: Scalars
) -> tuple[Vector, dict[str, Json], list[int]]:
    """Return the same of neurons with two slopes."""
    X, psi = D.rows_and_slopes
    require_few_patterns([X])
    near = fractions(D, kappa)
    if near != kappa:
        near = tuple((1 - INSIDE) * t for t in near)
    H = arrangement(X)
    tree, order = pattern_tree(H)
    dual: list[Json] = [
        pressed(D.beta_squared, p, cone, at) for p, cone, at in pulls(H, order, near, psi)
    ]
    return near, {"patterns": [tree], "dual": [dual]}, [len(order)]


def _multipliers(
    bound: DualBound, order: Sequence[tuple[int, ...]], scale: Fraction
) -> list[Json]:
    """Return the multipliers of a bound, scaled, by pattern and sign."""
    known = {(m.pattern, m.sign): m.mu for m in bound.multipliers}
    found: list[Json] = []
    for pattern in order:
        for s in (1, -1):
            mu = {k: x * scale for k, x in known.get((pattern, s), ())}
            found.append(sparse(mu))
    return found
