"""Whether a problem of parts has a minimum: what is proved not to exist (general G1).

Labels that must be fitted, exactly or within intervals, are fitted by some parts in their cones
iff a linear program is feasible; else a combination of the samples forbids it.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.units.blocks import Part
from polytope_nn.errors import NotInterpolable
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses import ExactFit, Interval, SeparableLoss, rows_of
from polytope_nn.problems.minimum import require_attained
from polytope_nn.problems.problem import Problem

from .equations import Equations, Form

__all__ = ["require_solution"]

_ZERO, _ONE = Fraction(0), Fraction(1)
Column = tuple[Form, Vector]


def require_solution(problem: Problem, parts: Sequence[Part]) -> None:
    """Raise NotAttained or NotInterpolable where there is no minimum."""
    loss = problem.loss
    if isinstance(loss, SeparableLoss):
        require_attained(problem, loss)
    if not isinstance(loss, ExactFit) and (
        not isinstance(loss, SeparableLoss) or loss.is_finite
    ):
        return
    E, places, allowed = Equations(), list[int](), list[Interval]()
    columns = [*_columns(E, parts), *((E.unbounded(), z) for z in problem.free.columns)]
    for k, row in enumerate(rows_of(loss)):
        ends = row.interval(_ZERO)  # the fits that are allowed
        assert ends is not None  # some are
        low, high = (t if isinstance(t, Fraction) else None for t in ends)
        fit = E.sum((form, column[k]) for form, column in columns)
        if low is not None and low == high:
            E.equal(fit, low)
        else:
            E.equal(E.sum([(fit, _ONE), (E.between(low, high), -_ONE)]), _ZERO)
        places.append(len(E.rows) - 1)
        allowed.append((low, high))
    if E.solution() is None:
        kind = "exactly" if isinstance(loss, ExactFit) else f"within their {loss.kind}"
        w, most = _apart([E.farkas[i] for i in places], allowed)
        weights = ", ".join(str(exactly(t)) for t in w)
        raise NotInterpolable(
            f"no network of any width fits the labels {kind}: with w = ({weights}) every fit "
            f"z has w'z >= 0, and those that are allowed have {exactly(most)} at most"
        )


def _apart(w: Sequence[Scalar], allowed: Sequence[Interval]) -> tuple[list[Scalar], Scalar]:
    """Return the weights, or their opposites, with ``w'z < 0`` for all fits that are allowed.

    And the largest of these values.
    """
    for side in (_ONE, -_ONE):
        turned = [side * t for t in w]
        pairs = zip(turned, allowed, strict=True)
        ends = [(t, high if t > 0 else low) for t, (low, high) in pairs if t]
        if all(end is not None for _, end in ends):
            most = sum((t * end for t, end in ends if end is not None), _ZERO)
            if most < 0:
                return turned, most
    raise AssertionError("weights of a contradiction")


def _columns(E: Equations, parts: Sequence[Part]) -> list[Column]:
    """Return columns of fits with their unknowns: a column that comes with both signs once."""
    every = {part.columns[0] for part in parts if part.is_column}
    both = {F for F in every if tuple(-t for t in F) in every}
    span = list(both)
    found: list[Column] = [(E.nonnegative(), F) for F in every - both]
    for part in parts:
        if part.is_column:
            continue
        if not part.cone:
            span += part.columns
            continue
        u = [E.unbounded() for _ in part.columns]
        for row in part.cone:
            E.equal(E.sum([*zip(u, row, strict=True), (E.nonnegative(), -_ONE)]), _ZERO)
        found += zip(u, part.columns, strict=True)
    thin = sorted(span)
    return [*found, *((E.unbounded(), thin[j]) for j in independent_rows(thin))]
