"""An optimum that annihilates what neurons see, where no skip asks it to (general B4).

Let all samples' features be free in a *relaxed* problem. Its N has ``N'X = 0``, so u and -u are
tight together, and masses ``c+ + c-`` of the two in place of c add ``-c- X u h'`` to the fit. Where
these make what the relaxed optimum needs of the features, N is optimal for the problem itself: no
objective is below the relaxed one. The weights are ``{c >= 0}`` with both sums as they are, a
polytope whose relations have the irrational h in them.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from polytope_nn.dual.fits import Fit
from polytope_nn.errors import NotOptimal, TooMany, Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import identity
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.optimum import Direction, Optimum, seen
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.search.columns import corner
from polytope_nn.vector.verified import verified

__all__ = ["paired_optimum"]

_ZERO = Fraction(0)
_MOST = 1 << 12  # rays on the way to the vertices


def paired_optimum(problem: VectorProblem, wide: Optimum) -> Optimum:
    """Return the optimum of a problem with the N of its relaxed one, proved.

    Raises
    ------
    NotOptimal
        When the pairs of tight directions do not make what was free.
    Undecided
        When that is not decided, or weights of the relaxed optimum are not unique.
    """
    if wide.level == "exact":
        return verified(problem, wide.N)
    if wide.stand_ins or not (wide.chosen is None or wide.chosen.alone):
        raise Undecided("pairs of tight directions of which more is free")
    free = _Free(problem)
    half = len(wide.atoms) // 2
    if wide.continua:  # one network of the many
        ones, masses = zip(*wide.network, strict=True)
        both = (*ones, *(_opposite(problem, wide.N, u) for u in ones))
    else:
        ones, masses, both = wide.atoms[:half], wide.masses[:half], wide.atoms
    columns, made = _relations(free, wide, ones, masses)
    weights = _point(columns, made)
    chosen = None
    if wide.chosen is not None:
        a = free.coordinates(_left(wide.fit, both, weights))[: free.own]
        chosen = replace(
            wide.chosen,
            weights=() if wide.continua else weights,
            coefficients=free.coefficients(a, wide.chosen),
        )
    return Optimum(
        problem,
        wide.N,
        wide.atoms,
        wide.continua,
        tuple((u, c) for u, c in zip(both, weights, strict=True) if c),
        wide.level,
        None,
        chosen,
        () if wide.continua else columns,
    )


def _opposite(problem: VectorProblem, N: Rows, u: Direction) -> Direction:
    return seen(problem, N, tuple(-s for s in u.covector), tuple(-t for t in u.g))


def _relations(
    free: "_Free", wide: Optimum, ones: Sequence[Direction], masses: Scalars
) -> tuple[tuple[Scalars, ...], Scalars]:
    """Return a vector for each direction, then for each opposite, and what they are to make.

    The masses of pairs, and what the relaxed optimum needs of the features that neurons see.
    """
    problem = free.problem
    counted = problem.c - problem.entries.shifted  # of softmax rows sum to 0
    asked = free.coordinates(_left(wide.fit, ones, masses))[free.own :]
    nothing = (_ZERO,) * (len(asked) * counted)
    units = identity(len(ones))
    opposite = [
        tuple(-e * h for e in free.seen(u)[free.own :] for h in u.h[:counted]) for u in ones
    ]
    return (
        (
            *((*unit, *nothing) for unit in units),
            *((*unit, *row) for unit, row in zip(units, opposite, strict=True)),
        ),
        (*masses, *(t for row in asked for t in row[:counted])),
    )


def _point(columns: Sequence[Scalars], made: Scalars) -> Scalars:
    """Return the first vertex of what pairs make, or one that floats find where there are many."""
    try:
        found = slice_vertices(transpose(columns), made, most=_MOST)
    except TooMany:
        return _guessed(columns, made)
    if not found:
        raise NotOptimal("pairs of tight directions do not make what was free")
    return found[0]


def _guessed(columns: Sequence[Scalars], made: Scalars) -> Scalars:
    """Return a vertex off its boundary, by the shares that go to the opposite atoms, proved."""
    many = len(columns) // 2
    masses, asked = made[:many], made[many:]
    moved = [
        [m * t for t in column[many:]]
        for m, column in zip(masses, columns[many:], strict=True)
    ]
    shares = corner(transpose(moved), asked)
    free = [k for k, t in enumerate(shares) if t is None]
    if len(free) != len(asked):
        raise Undecided("a vertex of what pairs of tight directions make")
    left = list(asked)
    for share, column in zip(shares, moved, strict=True):
        if share:
            left = [z - t for z, t in zip(left, column, strict=True)]
    solved = solve_balls(transpose([moved[k] for k in free]), left)
    own: dict[int, Scalar] = dict(zip(free, solved, strict=True))
    if not all(sign(t) > 0 and sign(1 - t) > 0 for t in solved):
        raise Undecided("whether shares of pairs of tight directions are between 0 and 1")
    told = [own.get(k, Fraction(t or 0)) for k, t in enumerate(shares)]
    first = [m * (1 - t) if t != 1 else _ZERO for m, t in zip(masses, told, strict=True)]
    return (
        *first,
        *(m * t if t != 0 else _ZERO for m, t in zip(masses, told, strict=True)),
    )


class _Free:
    """Independent columns: first ``own`` that are free, then those that neurons see."""

    def __init__(self, problem: VectorProblem) -> None:
        self.problem = problem
        own = [problem.free.columns[j] for j in problem.free.basis]
        columns = (*own, *transpose(problem.design))
        self.own = len(own)
        self.columns = [columns[j] for j in independent_rows(columns)]
        self.rows = independent_rows(transpose(self.columns))

    def coordinates(self, fit: Rows) -> Rows:
        """Return the coefficients of the columns, a row for each, for every output."""
        square = [[z[k] for z in self.columns] for k in self.rows]
        told = [solve(square, [row[k] for k in self.rows]) for row in transpose(fit)]
        return transpose(cast("Rows", told))

    def seen(self, atom: Direction) -> Scalars:
        """Return the coefficients of ``X u`` of a direction."""
        images = tuple((dot(x, atom.g),) for x in self.problem.design)
        return tuple(t for (t,) in self.coordinates(images))

    def coefficients(self, a: Rows, fit: Fit) -> Scalars:
        """Return the coefficients of all that is free of the entries."""
        found: list[Scalars] = [(_ZERO,) * self.problem.c] * len(self.problem.free.columns)
        for j, row in zip(self.problem.free.basis, a, strict=True):
            found[j] = row
        if not self.problem.entries.shifted:
            return flat(found)
        c = self.problem.c
        return (*flat(found), *(sum(z, _ZERO) / c for z in rows_of(fit.fit, c)))


def _left(fit: Rows, atoms: Sequence[Direction], weights: Scalars) -> Rows:
    """Return what neurons leave of a fit."""
    for atom, c in zip(atoms, weights, strict=True):
        fit = tuple(
            tuple(z - c * t for z, t in zip(row, feature, strict=True))
            for row, feature in zip(fit, atom.feature, strict=True)
        )
    return fit
