"""Outputs whose labels what is free fits: no neuron reaches them (general G1).

Without these outputs neurons cost no more, and their loss has its minimum. So of a loss that is
strictly convex N is 0 there, and the rest is the optimum of a problem with fewer outputs.
"""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.fits import Fit
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.optimum import Direction, Optimum, seen
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.vector.verified import verified

__all__ = ["padded_optimum", "with_fewer_outputs"]

_ZERO = Fraction(0)


def with_fewer_outputs(problem: VectorProblem) -> tuple[VectorProblem, list[int]] | None:
    """Return the problem without the outputs of a power that are fitted, and those that are kept.

    None where all are, or none is.

    >>> loss = {"kind": "power", "p": 3}
    >>> P = VectorProblem([[1], [2]], [[1, 3], [0, 3]], beta=1, skip="constant", loss=loss)
    >>> with_fewer_outputs(P)[1]
    [0]
    """
    if problem.kind != "power":
        return None
    columns = transpose(problem.Y)
    kept = [j for j, y in enumerate(columns) if any(problem.free.modulo(y))]
    if not 0 < len(kept) < problem.c:
        return None
    fewer = problem.altered(Y=[[row[j] for j in kept] for row in problem.Y])
    return fewer, kept


def padded_optimum(problem: VectorProblem, O: Optimum, kept: list[int]) -> Optimum:
    """Return the optimum with the outputs that were left out, N = 0 there."""

    def padded(row: Scalars) -> Scalars:
        found: list[Scalar] = [_ZERO] * problem.c
        for j, t in zip(kept, row, strict=True):
            found[j] = t
        return tuple(found)

    N = tuple(map(padded, O.N))
    if O.level == "exact":
        return verified(problem, N)

    def moved(u: Direction) -> Direction:
        return seen(problem, N, u.covector, u.g)

    assert O.chosen is not None  # of a power
    return replace(
        O,
        problem=problem,
        N=N,
        atoms=tuple(map(moved, O.atoms)),
        network=tuple((moved(u), c) for u, c in O.network),
        chosen=_fitted(problem, O.chosen, kept),
    )


def _fitted(problem: VectorProblem, fit: Fit, kept: list[int]) -> Fit:
    """Return the fit with labels, and what makes them, where outputs were left out."""
    columns: tuple[Vector, ...] = tuple(zip(*problem.Y, strict=True))
    outputs: list[Scalars] = [*columns]
    shares: list[Scalars] = [_made(problem, y) for y in columns]
    own = transpose(rows_of(fit.fit, len(kept)))
    given = transpose(rows_of(fit.coefficients, len(kept)))
    for place, j in enumerate(kept):
        outputs[j] = own[place]
        shares[j] = given[place] if given else ()
    return replace(fit, fit=flat(transpose(outputs)), coefficients=flat(transpose(shares)))


def _made(problem: VectorProblem, y: Vector) -> Scalars:
    """Return coefficients of what is free that make labels; () where none are needed."""
    if not problem.free.columns:
        return ()
    return solve(problem.free.Z, y) or (_ZERO,) * len(problem.free.columns)
