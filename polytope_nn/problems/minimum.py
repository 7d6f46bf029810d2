"""Whether a problem has a minimum: what is proved not to exist, with the reason (general G1).

Logistic, exponential and Poisson losses have no least value. The infimum is not attained iff
what is free has a direction v other than 0 along which no sample's loss rises: with labels +-1
``y_k v_k >= 0`` for all k, with counts ``v_k = 0`` where ``y_k > 0`` and ``v_k <= 0`` where ``y_k =
0``. A tolerance or a margin has no solution at all iff no fit of any network is inside. Both
are linear programs, solved exactly.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import NotAttained, NotInterpolable
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.farkas import below

from .interpolation import require_interpolable
from .losses import SeparableLoss
from .problem import Problem

__all__ = ["require_attained", "require_fit", "require_minimum", "separating"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def require_minimum(problem: Problem) -> None:
    """Raise :class:`NotAttained` or :class:`NotInterpolable` where there is no minimum."""
    if problem.is_fitted:
        require_interpolable(problem)
    loss = problem.loss
    if not isinstance(loss, SeparableLoss):
        return
    if not loss.is_finite:
        require_fit(problem, loss)
    require_attained(problem, loss)


def require_attained(problem: Problem, loss: SeparableLoss) -> None:
    """Raise :class:`NotAttained` where the free part separates the labels."""
    a = separating(problem)
    if a is not None:
        v = [dot(z, a) for z in problem.free.Z]
        raise NotAttained(
            f"no optimum is attained: the {loss.kind} loss falls for ever along the free part "
            f"with coefficients {_shown(a)}, which adds {_shown(v)} to the fit and separates "
            f"the labels: take a smaller skip, or a loss with a minimum"
        )


def separating(problem: Problem) -> Vector | None:
    """Return coefficients of a free part along which the loss falls for ever; else None.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1], [2]], [1, 1], beta=1, loss="logistic", skip="constant")
    >>> separating(D)
    (Fraction(1, 2),)
    """
    loss, Z = problem.loss, problem.free.columns
    kind = loss.kind if isinstance(loss, SeparableLoss) else ""
    if not Z or kind not in {"logistic", "exponential", "poisson"}:
        return None
    y = problem.y
    if kind == "poisson":
        sides = [0 if label > 0 else -1 for label in y]
    else:
        sides = [1 if label > 0 else -1 for label in y]
    # side_k v_k >= 0, or v_k = 0, and the sum of the side_k v_k is not 0
    rows: list[Scalars] = []
    for k, side in enumerate(sides):
        row = tuple(z[k] for z in Z)
        rows += [tuple(-s * t for t in row) for s in ((side,) if side else (1, -1))]
    total = tuple(dot(tuple(map(Fraction, sides)), z) for z in Z)
    rows.append(tuple(-t for t in total))
    a, _ = below(rows, (*(_ZERO for _ in rows[1:]), -_ONE))
    if a is None:
        return None
    size = dot(total, a)
    return cast("Vector", tuple(t / size for t in a))  # rational in, rational out


def require_fit(problem: Problem, loss: SeparableLoss) -> None:
    """Refuse a tolerance or a margin that no network meets, with the combination of rows."""
    span = list(problem.reach)
    rows: list[Scalars] = []
    ends: list[Fraction] = []
    for k, row in enumerate(loss.rows):
        found = row.interval(_ZERO)
        assert found is not None  # kappa = 0 belongs to the fits allowed
        for side, end in zip((-1, 1), found, strict=True):
            if end is not None:  # side z_k <= side end
                rows.append(tuple(side * z[k] for z in span))
                ends.append(cast("Fraction", side * end))
    a, forbids = below(rows, tuple(ends))
    if a is None:
        word = loss.kind.removeprefix("two-sided ")  # of slopes a row has two sides
        weights = ", ".join(f"{exactly(forbids.get(j, _ZERO))}" for j in range(len(rows)))
        raise NotInterpolable(
            f"no network of any width fits the labels within their {word}: the "
            f"conditions, weighted by ({weights}), contradict each other"
        )


def _shown(v: Sequence[object]) -> str:
    return f"({', '.join(map(str, v))})"
