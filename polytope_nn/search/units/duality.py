"""The LASSO over finitely many columns with a loss of pieces, exactly and without floats.

``min L(F c + Z a) + beta sum c`` over ``c >= 0``. Where every graph of L has flats and kinks alone,
a fit is a start and steps v from it, each at a price and with a length, and the program and
its dual are linear:

    F'kappa <= beta,  Z'kappa = 0,  price + side kappa + mu >= 0,  mu >= 0 a step with an end,

with equal values of both. So optimality is one system of linear inequalities in c, a, v, kappa
and mu, decided exactly, whatever the scales are. Where every graph has one slanted slope,
between ends ``low <= kappa <= high``, it is a squared loss beside columns ``-e_k`` at the price
-low and ``e_k`` at the price high.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.losses.graphs import Graph, Slope
from polytope_nn.search.losses.program import steps

from .columns import Lasso, lasso
from .equations import Equations, Form

__all__ = ["DualPoint", "curved_kappa", "optimal_point"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_MOST = 400  # unknowns of a program that is tried

DualPoint = tuple[Scalars, tuple[int, ...], Scalars]
"""Kappa, the columns in use, the fit."""


def optimal_point(
    columns: Sequence[Vector], free: Sequence[Vector], rows: Sequence[Graph], beta: Fraction
) -> DualPoint | None:
    """Return an optimum; None where a loss is curved, or the program is large.

    >>> from polytope_nn.problems.losses.kinds import absolute
    >>> one = Fraction(1)
    >>> kappa, used, z = optimal_point([(one,)], [], [absolute(3 * one, one, one)], one / 2)
    >>> str(kappa[0]), used, str(z[0])
    ('1/2', (0,), '3')
    """
    curved = any(isinstance(p, Slope) and p.inverse for row in rows for p in row.pieces)
    if curved or len(columns) + 4 * len(rows) > _MOST:
        return None
    E = Equations()
    c = [E.nonnegative() for _ in columns]
    a = [E.unbounded() for _ in free]
    kappa = [E.unbounded() for _ in rows]
    value: list[tuple[Form, Fraction]] = [(x, beta) for x in c]
    fits = []
    for k, row in enumerate(rows):
        fit, priced = _steps(E, row, kappa[k])
        value += priced
        made = [(x, F[k]) for x, F in zip(c, columns, strict=True)]
        made += [(x, z[k]) for x, z in zip(a, free, strict=True)]
        fits.append(fit)
        E.equal(E.sum([*made, (fit, -_ONE)]), _ZERO)
    for F in columns:
        E.equal(E.sum([*zip(kappa, F, strict=True), (E.nonnegative(), _ONE)]), beta)
    for z in free:
        E.equal(E.sum(zip(kappa, z, strict=True)), _ZERO)
    E.equal(E.sum(value), _ZERO)
    x = E.solution()
    if x is None:
        return None
    return (
        tuple(E.value(form, x) for form in kappa),
        tuple(j for j, form in enumerate(c) if E.value(form, x) != 0),
        tuple(E.value(form, x) for form in fits),
    )


def curved_kappa(
    columns: Sequence[Vector], free: Sequence[Vector], rows: Sequence[Graph], beta: Scalar
) -> Scalars | None:
    """Return the one dual optimum; None where a graph is not one slanted slope and its ends.

    >>> from polytope_nn.problems.losses.kinds import huber
    >>> one = Fraction(1)
    >>> str(curved_kappa([(one,)], [], [huber(3 * one, one, one)], one / 2)[0])
    '1/2'
    """
    slopes: list[Slope] = []
    for row in rows:
        found = [p for p in row.pieces if isinstance(p, Slope)]
        if len(found) != 1 or not found[0].inverse:
            return None
        slopes += found
    if len(columns) + 2 * len(rows) > _MOST or not isinstance(beta, Fraction):
        return None
    every, prices = list(columns), [beta] * len(columns)
    for k, p in enumerate(slopes):
        for end, side in ((p.low, -_ONE), (p.high, _ONE)):
            if end is not None:
                every.append(tuple(side * int(i == k) for i in range(len(rows))))
                prices.append(side * end)
    labels, weights = tuple(p.at for p in slopes), tuple(1 / p.inverse for p in slopes)
    asked = Lasso(tuple(every), tuple(free), labels, weights, beta, tuple(prices))
    return lasso(asked, guess=False)[0]


def _steps(
    E: Equations, row: Graph, kappa: Form
) -> tuple[Form, list[tuple[Form, Fraction]]]:
    """Return the fit of a sample by its steps, and what they add to the gap of the values."""
    start, found = steps(row)
    fit: list[tuple[Form, Fraction]] = [(E.given(start), _ONE)]
    priced: list[tuple[Form, Fraction]] = [(kappa, -start)]
    for step in found:
        v = E.between(_ZERO, step.length)
        fit.append((v, Fraction(step.side)))
        priced.append((v, step.slope))
        bound = [(kappa, Fraction(step.side)), (E.nonnegative(), -_ONE)]
        if step.length is not None:
            mu = E.nonnegative()
            bound.append((mu, _ONE))
            priced.append((mu, step.length))
        E.equal(E.sum(bound), -step.slope)
    return E.sum(fit), priced
