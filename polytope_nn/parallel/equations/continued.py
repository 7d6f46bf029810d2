"""The zero of the equations of a deep optimum, from that of a larger beta (P1, P7).

At a small beta floats do not tell which branches attain it. Mostly they are those of a larger one,
and kappa, raised entries and the masses times beta are smooth in beta.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.limits import Limits
from polytope_nn.parallel.conic.master import DeepKappa, Part
from polytope_nn.parallel.problem import ParallelProblem

from .solved import DeepSolution, deep_solution

__all__ = ["continued", "of_beta", "size_of"]

_STEPS = 40  # halvings of beta
_Stop = tuple[Fraction, list[Fraction], DeepSolution]


def size_of(problem: ParallelProblem) -> Fraction:
    """Return a number that beta is well below where it is small: labels times rows."""
    pairs = zip(problem.y, problem.design, strict=True)
    return sum((abs(t) * sum(map(abs, x)) for t, x in pairs), Fraction(0))


def of_beta(problem: ParallelProblem, beta_squared: Fraction) -> ParallelProblem:
    """Return the problem of another beta."""
    D = problem.two_layer
    return ParallelProblem(
        D.X, D.y, beta_squared=beta_squared, weights=D.weights, bias=D.bias,
        inner_width=problem.inner_width, regulariser=problem.regulariser, name=D.name,
    )  # fmt: skip


def continued(
    larger: DeepSolution, problem: ParallelProblem, limits: Limits
) -> DeepSolution:
    """Return the zero at the beta of a problem, in steps from that of a larger one.

    Raises
    ------
    Undecided
        When Newton's method or Krawczyk's test fails on the way.
    """
    goal = _beta(problem)
    one = _stop(larger)
    other = _reached(problem, one, None, one[0] / 2, limits)
    for _ in range(_STEPS):
        try:
            return _reached(problem, other, one, goal, limits)[2]
        except Undecided:
            nearer = max(goal, other[0] / 2)
            one, other = other, _reached(problem, other, one, nearer, limits)
    raise Undecided("kappa: depth helps, and steps of beta do not reach it")


def _beta(problem: ParallelProblem) -> Fraction:
    return approximate_root(problem.unit_beta_squared)


def _stop(solved: DeepSolution) -> _Stop:
    beta = _beta(solved.problem)
    point = [enclosure(x)[0] for x in solved.symbols]
    point += [enclosure(c)[0] * beta for own in solved.masses for c in own]
    return beta, point, solved


def _reached(
    problem: ParallelProblem,
    last: _Stop,
    before: _Stop | None,
    beta: Fraction,
    limits: Limits,
) -> _Stop:
    """Return the zero at a beta, near the line through the last two."""
    here, point, solved = last
    if before is not None and len(before[1]) == len(point):
        t = (beta - here) / (before[0] - here)
        point = [x + t * (z - x) for x, z in zip(point, before[1], strict=True)]
    at = problem if beta == _beta(problem) else of_beta(problem, beta * beta)
    kappa, parts = _floats(solved, point, beta)
    return _stop(deep_solution(at, DeepKappa(kappa, parts), limits))


def _floats(
    solved: DeepSolution, point: Sequence[Fraction], beta: Fraction
) -> tuple[tuple[float, ...], tuple[Part, ...]]:
    """Return kappa and the parts of a point in floats."""
    n, told = solved.problem.n, iter(point[len(solved.symbols) :])
    raised = iter(point[n : len(solved.symbols)])
    parts = tuple(
        replace(
            part,
            raised={i: float(next(raised)) for i in part.raised},
            faces={face: float(next(told) / beta) for face in part.faces},
        )
        for part in solved.parts
    )
    return tuple(map(float, point[:n])), parts
