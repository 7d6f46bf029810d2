"""Whether there is a minimum, and the dual variable where no neuron is used (general G1)."""

from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.fits import is_free
from polytope_nn.errors import NotAttained
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.interpolation import require_interpolable
from polytope_nn.problems.losses import SeparableLoss, SquaredLoss
from polytope_nn.problems.minimum import require_fit, separating

from .entries import Entries, rows_of

if TYPE_CHECKING:
    from polytope_nn.vector.problem import VectorProblem

__all__ = ["require_minimum", "unused"]


def require_minimum(problem: "VectorProblem") -> None:
    """Raise :class:`NotAttained` or :class:`NotInterpolable` where there is no minimum.

    With softmax a skip A must not separate the labels: no output of a sample may gain on that
    of its label, and one falls behind.
    """
    E = problem.entries
    if E.is_fitted:
        require_interpolable(E)
    if isinstance(E.loss, SeparableLoss) and not E.loss.is_finite:
        require_fit(E, E.loss)
    if not E.columns:
        return
    a = separating(E)
    if a is not None:
        raise NotAttained(_separated(E, a))


def _separated(E: Entries, a: Vector) -> str:
    skip = rows_of(a[: len(E.columns)], E.c)
    v = rows_of([dot(g, a) for g in E.free.Z], E.c)
    rows = " up to constants of the rows" if E.shifted else ""
    return (
        f"no optimum is attained: the {E.kind} loss falls for ever along the free part with "
        f"coefficients {_shown(skip)}, which adds {_shown(v)} to the fit{rows} and separates "
        f"the labels: take a smaller skip, or a loss with a minimum"
    )


def _shown(rows: tuple[Scalars, ...]) -> str:
    return "(" + ", ".join(f"({', '.join(map(str, row))})" for row in rows) + ")"


def unused(problem: "VectorProblem") -> tuple[Scalars, ...] | None:
    """Return the N nearest 0 with a fit of no neuron, shape (n, c); None where it is not seen.

    Where nothing is free the fit is 0: of the squared loss N is the one that it has, else that
    of the least norm. Where something is, N is 0 if what is free fits all labels, else not seen.
    """
    E = problem.entries
    nothing = (Fraction(0),) * E.n
    if problem.free.columns:
        return rows_of(nothing, E.c) if is_free(E.loss, E.free.columns, E.n) else None
    if isinstance(E.loss, SquaredLoss):
        return rows_of(E.loss.dual(nothing), E.c)
    if E.shifted:  # of equal shares
        share = Fraction(1, E.c)
        return tuple(
            tuple(w * (y - share) for y in labels)
            for labels, w in zip(problem.Y, problem.weights, strict=True)
        )
    if not isinstance(E.loss, SeparableLoss):
        return None if any(E.y) else rows_of(nothing, E.c)
    found: list[Scalar] = []
    for row in E.loss.rows:
        ends = row.kappas(Fraction(0))
        if ends is None:
            return None
        low, high = ends
        if low is not None and low is high:
            found.append(low)
            continue
        t: Scalar = Fraction(0)
        if low is not None and low > t:
            t = low
        if high is not None and high < t:
            t = high
        found.append(t)
    return rows_of(found, E.c)
