"""Data of any size: the problem in units near 1, and its optimum in the old units.

With ``X = s X'``, ``Y = t Y'`` and ``beta = s t beta'`` the dual variable is ``N = t N'``,
directions are the same, and masses are those of the other problem divided by ``s^2``.
"""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.search.floats import binary
from polytope_nn.vector.lifted import Lifted
from polytope_nn.vector.optimum import Optimum, seen
from polytope_nn.vector.oracle import Kernel
from polytope_nn.vector.problem import VectorProblem

__all__ = ["in_units", "resized"]

_NEAR = 1 << 16  # sizes up to this are left alone


def resized(problem: VectorProblem) -> tuple[VectorProblem, Fraction, Fraction]:
    """Return the problem with X and Y near 1, and the powers of 2 they were divided by.

    A column of ones of a bias cannot be divided: with a bias X is left alone.

    >>> P = VectorProblem([[2**40, 0]], [[1, 1]], beta=2**30)
    >>> resized(P)[0].X
    ((Fraction(1, 1), Fraction(0, 1)),)
    """
    s = _size(problem.X) if problem.bias == "none" else Fraction(1)
    t = _size(problem.Y) if problem.is_squared else Fraction(1)
    if s == t == 1:
        return problem, s, t
    smaller = VectorProblem(
        [[x / s for x in row] for row in problem.X],
        [[y / t for y in row] for row in problem.Y],
        beta_squared=problem.beta_squared / (s * t) ** 2,
        loss=problem.given_loss,
        weights=problem.weights,
        bias=problem.bias,
        skip=problem.skip,
        name=problem.name,
    )
    return smaller, s, t


def _size(rows: tuple[tuple[Fraction, ...], ...]) -> Fraction:
    largest = max(abs(x) for row in rows for x in row)
    if not largest or Fraction(1, _NEAR) < largest < _NEAR:
        return Fraction(1)
    return binary(largest)


def in_units(O: Optimum, problem: VectorProblem, s: Fraction, t: Fraction) -> Optimum:
    """Return the optimum of a resized problem as that of the problem itself."""
    if s == t == 1:
        return O
    N = tuple(tuple(x * t for x in row) for row in O.N)

    def moved(k: Kernel) -> Kernel:
        return replace(k, face=k.face.on(problem.design, k.face.basis))

    return Optimum(
        problem,
        N,
        tuple(seen(problem, N, a.covector, a.g) for a in O.atoms),
        tuple(map(moved, O.continua)),
        tuple((seen(problem, N, a.covector, a.g), c / s**2) for a, c in O.network),
        O.level,
        None
        if O.lifted is None
        else tuple(
            Lifted(moved(part.kernel), part.rays, tuple(x / s**2 for x in part.T))
            for part in O.lifted
        ),
        None
        if O.chosen is None
        else replace(O.chosen, weights=tuple(c / s**2 for c in O.chosen.weights)),
    )
