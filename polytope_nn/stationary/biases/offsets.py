"""Positive combinations, and with them the biases of neurons on topes (THEORY T19).

A neuron ``c (g, h)`` on a tope, h between two ends, is a positive combination of the neurons at the
ends, one of which may be the ones alone. So a block set has networks of a given kappa iff
the fit is a combination, all of whose weights are positive, of features of faces and of ends.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.rational import Vector, largest_one
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.free_part import FreePart
from polytope_nn.stationary.blocks import Block

from .biased import Tope

__all__ = ["Placed", "pivots", "placed", "positive"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_SAME = Fraction(1, 2**30)  # rays so close are taken as one where a proof is looked for


@dataclass(frozen=True)
class Placed:
    """Weights c and biases ``c h`` of the neurons of one network, the dimension of all."""

    weights: Scalars
    offsets: Scalars
    dim: int


def placed(
    members: Sequence[Block],
    forms: LinearForms,
    fit: Scalars,
    had: FreePart,
    size: int | None = None,
) -> Placed | None:
    """Return a network of blocks with a fit, None when it has none.

    ``had`` is what is free beside neurons; ``size`` the rank of all features modulo it, where
    kappa is enclosed.

    Raises
    ------
    Undecided
        When no strict inequality decides.
    """
    columns: list[Scalars] = []
    ends: list[list[tuple[Scalar, Scalar]]] = []  # what a column adds to c, and to the bias
    for b in members:
        g = tuple(forms.value(v) * b.sign for v in b.columns)
        F = b.feature(g)
        added: list[tuple[Scalar, Scalar]] = [(_ONE, _ZERO)]
        if isinstance(b, Tope):
            lower, upper = b.ends(forms)
            added = [(_ONE, lower), (_ZERO, _ONE) if upper is None else (_ONE, upper)]
        ones = b.column if isinstance(b, Tope) else (_ZERO,) * len(F)
        columns += [
            had.modulo(  # 0 is exact where c is 0, whatever encloses f
                [(c and f) + h * z * b.sign for f, z in zip(F, ones, strict=True)]
            )
            for c, h in added
        ]
        ends.append(added)
    known = rank(columns) if size is None else size
    x = positive(columns, had.modulo(fit), known)
    if x is None:
        return None
    masses = iter(x)
    weights, offsets = [], []
    for added in ends:
        shares = [next(masses) for _ in added]
        weights.append(dot(shares, [c for c, _ in added]))
        offsets.append(dot(shares, [h for _, h in added]))
    return Placed(tuple(weights), tuple(offsets), len(columns) - known)


def positive(
    columns: Sequence[Scalars], fit: Scalars, size: int | None = None
) -> Scalars | None:
    """Return x > 0 with ``sum_j x_j columns_j = fit``, None when there is none.

    ``size`` is the rank of the columns; it is needed where numbers are enclosed, and then their
    span has the fit.

    >>> one = Fraction(1)
    >>> print(*positive([(one, 0 * one), (one, one), (0 * one, one)], (2 * one, one)))
    3/2 1/2 1/2
    """
    used = [v for v in columns if not _vanishes(v)]  # any weight will do for the others
    pair = _opposite(used)
    x = _positive(used, fit, size) if pair is None else _along(pair, used, fit, size)
    if x is None:
        return None
    rest = iter(x)
    return tuple(_ONE if _vanishes(v) else next(rest) for v in columns)


def _positive(columns: Sequence[Scalars], fit: Scalars, size: int | None) -> Scalars | None:
    if any(isinstance(t, Ball) for v in (*columns, fit) for t in v):
        assert size is not None  # of enclosed numbers the caller knows it
        return _enclosed(columns, fit, size)
    exact = all(isinstance(t, Fraction) for v in (*columns, fit) for t in v)
    if not exact and size is not None:
        with suppress(Undecided):
            return _guided(columns, fit, size)
    return _exactly(columns, fit)


def _opposite(columns: Sequence[Scalars]) -> tuple[int, int] | None:
    """Return the places of two exact columns that are opposite, None where there are none."""
    places = {
        v: i for i, v in enumerate(columns) if all(isinstance(t, Fraction) for t in v)
    }
    pairs = ((i, places.get(tuple(-t for t in v))) for v, i in places.items())
    return next(((i, j) for i, j in pairs if j is not None), None)


def _along(
    pair: tuple[int, int], columns: Sequence[Scalars], fit: Scalars, size: int | None
) -> Scalars | None:
    """Return what :func:`positive` does where two columns are opposite: modulo their line.

    No vector has both on one side; their weights may be as large as it takes.
    """
    line = columns[pair[0]]
    k = next(k for k, t in enumerate(line) if t)

    def across(v: Scalars) -> Scalars:
        share = v[k] / line[k]
        return tuple(
            s - share * t for i, (s, t) in enumerate(zip(v, line, strict=True)) if i != k
        )

    every = [across(v) for v in columns]
    found = positive(every, across(fit), None if size is None else size - 1)
    if found is None:
        return None
    x = list(found)
    others = [j for j in range(len(x)) if j not in pair]
    left = fit[k] - dot([x[j] for j in others], [columns[j][k] for j in others])
    x[pair[1]] = _ONE + abs(middle(left / line[k]))
    x[pair[0]] = x[pair[1]] + left / line[k]
    if sign(x[pair[0]]) <= 0:
        raise Undecided("whether its neurons have biases")
    return tuple(x)


def _vanishes(v: Scalars) -> bool:
    return all(not isinstance(t, Ball) and t == 0 for t in v)


def _guided(columns: Sequence[Scalars], fit: Scalars, size: int) -> Scalars | None:
    """Return what :func:`positive` does of columns in a number field, looked for near them.

    One square system is solved in the field, instead of the pivots of a linear program.

    Raises
    ------
    Undecided
        When what is found near them is not proved.
    """
    if len(columns) == size:  # they are independent: the weights are these
        weights = solve(transpose(columns), fit)
        found = weights is not None and all(t > 0 for t in weights)
        return weights if found else None
    rows, basis = pivots([[middle(t) for t in v] for v in columns], size)
    given = [tuple(v[i] for i in rows) for v in columns]
    near = [tuple(map(middle, v)) for v in given]
    x = _exactly(near, tuple(middle(fit[i]) for i in rows))
    if x is None:
        if _separated(given, tuple(fit[i] for i in rows)):
            return None
        raise Undecided("whether its neurons have biases")
    rest = [j for j in range(len(columns)) if j not in basis]
    left = [fit[i] - dot([x[j] for j in rest], [columns[j][i] for j in rest]) for i in rows]
    solved = solve(transpose([given[j] for j in basis]), left)
    if solved is not None and all(t > 0 for t in solved):
        based = dict(zip(basis, solved, strict=True))
        chosen = tuple(based.get(j, t) for j, t in enumerate(x))
        pairs = zip(transpose(columns), fit, strict=True)
        if all(dot(chosen, row) == t for row, t in pairs):
            return chosen
    raise Undecided("whether its neurons have biases")


def _exactly(columns: Sequence[Scalars], fit: Scalars) -> Scalars | None:
    N = len(columns)
    first, _ = alternative(columns, fit)
    if first is None:
        return None
    x = [first.get(j, _ZERO) for j in range(N)]
    negative = tuple(-t for t in fit)
    for i in range(N):
        if x[i] != 0:
            continue
        found, _ = alternative([*columns, negative], tuple(-t for t in columns[i]))
        if found is None:
            return None
        other = [found.get(j, _ZERO) + int(i == j) for j in range(N)]
        scale = found.get(N, _ZERO)
        if scale == 0:  # a ray
            x = [s + t for s, t in zip(x, other, strict=True)]
        else:
            x = [(s + t / scale) / 2 for s, t in zip(x, other, strict=True)]
    return tuple(x)


def _enclosed(columns: Sequence[Scalars], fit: Scalars, size: int) -> Scalars | None:
    """Return positive weights, their basic ones enclosed, or None when proved."""
    near = [[middle(t) for t in v] for v in columns]
    rows, basis = pivots(near, size)
    given = [tuple(v[i] for i in rows) for v in columns]
    goal = tuple(fit[i] for i in rows)
    x = _exactly([tuple(map(middle, v)) for v in given], tuple(map(middle, goal)))
    if x is None and len(columns) > size:
        if _separated(given, goal):
            return None
        raise Undecided("whether its neurons have biases")
    rest = [j for j in range(len(columns)) if j not in basis]
    left = goal if x is None else tuple(
        t - dot([x[j] for j in rest], [given[j][i] for j in rest])
        for i, t in enumerate(goal)
    )  # fmt: skip
    solved = solve_balls(transpose([given[j] for j in basis]), left)
    weights = dict(zip(basis, solved, strict=True))
    if all(t > 0 for t in solved) and x is not None:
        return tuple(weights[j] if j in weights else x[j] for j in range(len(columns)))
    if x is None and any(t < 0 for t in solved):
        return None
    raise Undecided("whether its neurons have biases")


def _separated(columns: Sequence[Scalars], fit: Scalars) -> bool:
    """Return whether a vector is proved to have all columns on one side, the fit on the other."""
    near = _distinct([tuple(map(middle, v)) for v in columns])
    goal = tuple(map(middle, fit))
    found, z = alternative(near, goal)
    mixture, inner = alternative([(*v, _ONE) for v in near], (*(_ZERO,) * len(fit), _ONE))
    if found is not None or mixture is not None:
        return False
    # they come in integers, of very different sizes
    z, inner = largest_one(cast("Vector", z)), largest_one(cast("Vector", inner[:-1]))
    inside = dot(inner, goal)
    share = min(_ONE, -dot(z, goal) / (2 * inside)) if inside > 0 else _ONE
    normal = [s + share * t for s, t in zip(z, inner, strict=True)]
    return dot(normal, fit) < 0 and all(sign(dot(normal, v)) > 0 for v in columns)


def _distinct(columns: Sequence[Vector]) -> list[Vector]:
    """Return the columns, of those that look equal up to a factor the first."""
    found: dict[Vector, Vector] = {}
    for v in columns:
        size = max(map(abs, v))
        ray = tuple(t / size for t in v)
        if all(max(abs(s - t) for s, t in zip(ray, w, strict=True)) > _SAME for w in found):
            found[ray] = v
    return list(found.values())


def pivots(columns: Sequence[Sequence[Fraction]], size: int) -> tuple[list[int], list[int]]:
    """Return places of rows and columns, with the largest pivots."""
    table = [list(v) for v in columns]
    rows: list[int] = []
    basis: list[int] = []
    for _ in range(size):
        places = (
            (abs(t), -j, -i)
            for j, v in enumerate(table)
            for i, t in enumerate(v)
            if j not in basis and i not in rows
        )
        largest, j, i = max(places, default=(0, 0, 0))  # none is left: they are dependent
        if largest == 0:
            raise Undecided("whether its features are dependent")
        j, i = -j, -i
        pivot = table[j][i]
        for k, v in enumerate(table):
            if k != j and k not in basis:
                t = v[i] / pivot
                table[k] = [a - t * b for a, b in zip(v, table[j], strict=True)]
        rows.append(i)
        basis.append(j)
    return rows, basis
