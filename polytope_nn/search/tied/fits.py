"""The fit that belongs to kappa, and what its values span on a subspace of kappa."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses.smooth import Exponential, Logistic, Power, Smooth
from polytope_nn.problems.problem import Problem

__all__ = ["fit_of", "spans_of_fit"]

_ZERO = Fraction(0)


def spans_of_fit(problem: Problem, O: Matrix) -> Matrix:
    """Return vectors whose span has the fit whatever kappa on the subspace is.

    Samples of one loss have fits that are equal, or opposite beside their labels, where their
    entries of kappa are.
    """
    n, curves = problem.n, problem.curves or (None,) * problem.n
    constant, slopes = list(problem.y), list(problem.inverse_weights)
    alike: dict[tuple[object, Vector], Vector] = {}
    for k, curve in enumerate(curves):
        if curve is None:
            continue
        slopes[k] = constant[k] = _ZERO
        standard, side = curve, Fraction(1)
        if isinstance(curve, Power):
            constant[k], standard = curve.y, replace(curve, y=_ZERO)
            side = Fraction(-1 if next((t for t in O[k] if t), _ZERO) < 0 else 1)
        elif isinstance(curve, Logistic | Exponential):
            side, standard = curve.y, replace(curve, y=Fraction(1))
        key = standard, tuple(side * t for t in O[k])
        before = alike.get(key, (_ZERO,) * n)
        alike[key] = (*before[:k], side, *before[k + 1 :])
    bent = [tuple(r * t for r, t in zip(slopes, o, strict=True)) for o in transpose(O)]
    return (tuple(constant), *bent, *alike.values())


def fit_of(problem: Problem, kappa: Sequence[Scalar]) -> Balls:
    """Return the fit that belongs to kappa."""
    curves: Sequence[Smooth | None] = problem.curves or (None,) * problem.n
    found = []
    for k, (curve, t) in enumerate(zip(curves, kappa, strict=True)):
        slope = problem.inverse_weights[k]
        plain = problem.y[k] - slope * t if slope else problem.y[k]
        found.append(plain if curve is None else curve.fit(t))
    return ball_vector(found)
