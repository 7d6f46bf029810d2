"""How tied atoms share the weight of their class, so that they reach what relations leave free."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, kernel, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.problem import Problem

from .fits import spans_of_fit
from .near import positive_near

__all__ = ["coefficients", "differences", "shared"]

_ZERO = Fraction(0)


def differences(
    problem: Problem,
    classes: Sequence[Sequence[Matrix]],
    columns: tuple[Matrix, Matrix, Sequence[int]],
    O: Matrix,
) -> Matrix:
    """Return a basis, modulo Z, of what differences of features of a class span on K.

    ``classes`` are the factors of each; ``columns`` are Z, L and the entries of kappa that are
    pinned.

    Raises
    ------
    Undecided
        When ``L lambda`` is not known to be in it: it is orthogonal to all that is orthogonal
        to Z, to the features and to the fit whatever kappa in K is. Or when the equations of
        pinned entries are not known to hold: apart from all that, they are independent.
    """
    Z, L, pins = columns
    made = [[_images(V, O) for V in factors] for factors in classes]
    gaps = [
        tuple(s - t for s, t in zip(p, q, strict=True))
        for images in made
        for other in images[1:]
        for p, q in zip(other, images[0], strict=True)
    ]
    every = (*Z, *gaps)
    span = tuple(every[j] for j in independent_rows(every) if j >= len(Z))
    known = [
        *Z,
        *(z for images in made for z in images[0]),
        *gaps,
        *spans_of_fit(problem, O),
    ]
    silent = cast("Matrix", kernel(known, problem.n))
    apart = [[dot(z, f) for f in silent] for z in L]
    seen = rank(apart) if silent and L else 0
    if len(L) - seen != len(span):
        raise Undecided("whether the tied atoms reach what the relations leave free")
    if pins and rank([*apart, *([f[j] for f in silent] for j in pins)]) < seen + len(pins):
        raise Undecided("the entries of kappa that were chosen are not free")
    return span


def _images(V: Matrix, O: Matrix) -> Matrix:
    """Return the columns of ``V V'O``: what a feature is made of on the subspace."""
    pulled = [[dot(column, o) for column in transpose(V)] for o in transpose(O)]
    return tuple(tuple(dot(v, g) for v in V) for g in pulled)


def shared(
    problem: Problem,
    features: Sequence[Sequence[Scalars]],
    masses: Sequence[Scalar],
    linear: tuple[Sequence[Vector], Sequence[Vector], Sequence[Scalar]],
) -> list[Ball]:
    """Return positive weights of the features of all classes, whose sums are ``masses``.

    With them the features add up to ``L lambda`` beside those of the first faces. ``linear``
    is a basis of what the differences of features span, L and lambda.
    """
    span, L, lam = linear
    modulo = problem.free.modulo
    chosen = independent_rows(transpose([modulo(z) for z in span])) if span else ()
    table: list[list[Scalar]] = []  # a row for each feature
    for i, fits in enumerate(features):
        sums = unit_vector(i, len(features))
        for fit in fits:
            gap = modulo([s - t for s, t in zip(fit, fits[0], strict=True)])
            table.append(
                [*sums, *(gap[k] if fit is not fits[0] else _ZERO for k in chosen)]
            )
    columns = [modulo(z) for z in L]
    right = [*masses, *(dot([column[k] for column in columns], lam) for k in chosen)]
    return _inside(transpose(table), right)


def _inside(rows: Sequence[Sequence[Scalar]], right: Sequence[Scalar]) -> list[Ball]:
    """Return a point of ``{c > 0, rows c = right}``, proved in balls."""
    point, basis = positive_near(rows, right)
    if len(basis) != len(rows):
        raise Undecided("how the tied atoms share weights: their equations are dependent")
    c: list[Scalar] = list(point)
    others = [j for j in range(len(c)) if j not in basis]
    left = [
        b - dot([row[j] for j in others], [c[j] for j in others])
        for row, b in zip(rows, right, strict=True)
    ]
    solved = solve_balls([[row[j] for j in basis] for row in rows], left)
    for j, t in zip(basis, solved, strict=True):
        c[j] = t
    if not all(t > 0 for t in c):
        raise Undecided("whether all tied atoms are in use")
    return list(ball_vector(c))


def coefficients(
    problem: Problem,
    fit: Balls,
    features: Sequence[Sequence[Scalar]],
    weights: Sequence[Ball],
) -> Balls:
    """Return the coefficients of what is free beside weights; 0 of columns that others make."""
    Z, basis = problem.free.columns, problem.free.basis
    if not Z:
        return ()
    rows = independent_rows([[Z[j][k] for j in basis] for k in range(problem.n)])
    right = [fit[k] - dot([F[k] for F in features], weights) for k in rows]
    solved = solve_balls([[Z[j][k] for j in basis] for k in rows], right)
    found = dict(zip(basis, solved, strict=True))
    return ball_vector([found.get(j, _ZERO) for j in range(len(Z))])
