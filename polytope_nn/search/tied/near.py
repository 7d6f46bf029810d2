"""In floats: where the system of tied faces starts, and how their atoms may share weights."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Span

from .fits import fit_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["positive_near", "start_near"]

_LEAST = 1e-9  # weight of an atom beside the largest one


def start_near(
    problem: Problem, kappa: Balls, factors: Sequence[Matrix], columns: Sequence[Vector]
) -> list[Fraction] | None:
    """Return kappa, weights and coefficients near a solution; None where dependent.

    The ``factors`` are those of the system, the ``columns`` what it fits freely.
    """
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return _near(problem, kappa, factors, columns)


def _near(
    problem: Problem, kappa: Balls, factors: Sequence[Matrix], columns: Sequence[Vector]
) -> list[Fraction] | None:
    import numpy as np

    middle = [t.midpoint for t in kappa]
    near = _floats([middle])[0]
    span = Span(problem.n)
    made: list[NDArray[np.float64]] = []
    for z in columns:
        made.append(_floats([z])[0])
        span.add(made[-1])
    features = []
    for factor in factors:
        V = _floats(factor)
        features.append(V @ (V.T @ near))
        if not span.add(features[-1]):
            return None
    fit = np.array([float(z.midpoint) for z in fit_of(problem, kappa)])
    if not np.isfinite([*features, *made, fit]).all():
        raise Undecided("floats cannot hold these numbers")
    x = np.linalg.lstsq(np.array([*features, *made]).T, fit, rcond=None)[0]
    return [*middle, *(Fraction(float(t)) for t in x)]


def _floats(rows: Sequence[Sequence[Fraction]]) -> "NDArray[np.float64]":
    import numpy as np

    return np.array([[float(t) for t in row] for row in rows])


def positive_near(
    rows: Sequence[Sequence[Scalar]], right: Sequence[Scalar]
) -> tuple[list[Fraction], list[int]]:
    """Return about a point of ``{c > 0, rows c = right}``, and columns far from dependent."""
    import numpy as np
    from scipy.linalg import qr
    from scipy.optimize import linprog

    A = np.array([[float(x) for x in row] for row in rows])
    m, k = A.shape
    found = linprog(
        np.r_[np.zeros(k), -1], A_ub=np.c_[-np.eye(k), np.ones(k)], b_ub=np.zeros(k),
        A_eq=np.c_[A, np.zeros(m)], b_eq=[float(b) for b in right],
        bounds=(None, None), method="highs",
    )  # fmt: skip
    if found.x is None or found.x[k] <= _LEAST * max(found.x):
        raise Undecided("no point with all tied atoms in use was found")
    basis = sorted(int(j) for j in qr(A, mode="economic", pivoting=True)[2][:m])
    return [Fraction(float(t)) for t in found.x[:k]], basis
