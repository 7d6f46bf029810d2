"""Outputs whose loss has its minimum at what is free alone: no neuron reaches them (general G1).

Without these outputs neurons cost no more, and their loss has its minimum. So N = 0 there is dual
optimal beside that of the problem with fewer outputs: of a loss that is strictly convex it is
the only one.
"""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.fits import Fit, is_free, one_fit
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.landscape.fits import is_only_fit
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.optimum import Direction, Optimum, seen
from polytope_nn.vector.problem import VectorProblem

__all__ = ["padded_optimum", "with_fewer_outputs"]

_ZERO = Fraction(0)


def with_fewer_outputs(problem: VectorProblem) -> tuple[VectorProblem, list[int]] | None:
    """Return the problem without the outputs that need no neuron, and those that are kept.

    None where all are, or none is; of softmax, whose outputs share a loss, all are.

    >>> P = VectorProblem([[1], [2]], [[1, 3], [0, 3]], beta=1, skip="constant")
    >>> with_fewer_outputs(P)[1]
    [0]
    """
    if problem.entries.shifted:
        return None
    singles = [_single(problem, j).entries for j in range(problem.c)]
    kept = [j for j, E in enumerate(singles) if not is_free(E.loss, E.free.columns, E.n)]
    if not 0 < len(kept) < problem.c:
        return None
    return _with(problem, kept), kept


def _with(problem: VectorProblem, outputs: list[int]) -> VectorProblem:
    return problem.altered(Y=[[row[j] for j in outputs] for row in problem.Y])


def _single(problem: VectorProblem, j: int) -> VectorProblem:
    return _with(problem, [j])


def padded_optimum(problem: VectorProblem, O: Optimum, kept: list[int]) -> Optimum:
    """Return the optimum with the outputs that were left out, N = 0 there."""

    def padded(row: Scalars) -> Scalars:
        found: list[Scalar] = [_ZERO] * problem.c
        for j, t in zip(kept, row, strict=True):
            found[j] = t
        return tuple(found)

    N = tuple(map(padded, O.N))

    def moved(u: Direction) -> Direction:
        return seen(problem, N, u.covector, u.g)

    return replace(
        O,
        problem=problem,
        N=N,
        atoms=tuple(map(moved, O.atoms)),
        network=tuple((moved(u), c) for u, c in O.network),
        chosen=None if O.chosen is None else _fitted(problem, O.chosen, kept),
    )


def _fitted(problem: VectorProblem, fit: Fit, kept: list[int]) -> Fit:
    """Return the fit with what is free alone where outputs were left out."""
    outputs: list[Scalars] = [()] * problem.c
    shares: list[Scalars] = [()] * problem.c
    own = transpose(rows_of(fit.fit, len(kept)))
    given = transpose(rows_of(fit.coefficients, len(kept)))
    for place, j in enumerate(kept):
        outputs[j] = own[place]
        shares[j] = given[place] if given else ()
    alone = fit.alone
    for j in (j for j in range(problem.c) if j not in kept):
        E = _single(problem, j).entries
        box, free = E.loss.interval((_ZERO,) * E.n), E.free.columns
        best = one_fit((), free, box)
        outputs[j], shares[j] = best.fit, best.coefficients
        alone = alone and is_only_fit((), free, best, box)
    return replace(
        fit, fit=flat(transpose(outputs)), coefficients=flat(transpose(shares)), alone=alone
    )
