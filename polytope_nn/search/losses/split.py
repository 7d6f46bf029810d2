"""A loss with several slopes as a sum of losses with one: on repeated samples (general §2).

The dual of a loss is smooth between the ends of its domain where its graph has one slope. A
graph with several is the sum of such ones, ``kappa = sum_i kappa_i``, each of which turns at
its own slope: so a problem where each sample is repeated, once for each slope of its
graph, has the same optimal networks, and a central path.
"""

from collections.abc import Iterator
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope, chain
from polytope_nn.problems.losses.own import GraphLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.programs.barrier import LongHint

__all__ = ["merged", "one_slope_each", "repeated"]

_ZERO = Fraction(0)


def one_slope_each(graph: Graph) -> Iterator[Graph]:
    """Yield the graphs with one slope whose sum a graph is.

    >>> from polytope_nn.problems.losses.kinds import insensitive
    >>> one = Fraction(1)
    >>> [str(p.domain[0]) for p in one_slope_each(insensitive(one, one, one / 2))]
    ['-1', '0']
    """
    for p in graph.pieces:
        if not isinstance(p, Slope):
            continue
        # kappa is counted from where the slope is nearest to 0
        start = _ZERO if p.low is None else max(_ZERO, p.low)
        start = start if p.high is None else min(start, p.high)
        low = None if p.low is None else p.low - start
        high = None if p.high is None else p.high - start
        at = p.at - p.inverse * start
        right = () if low is None else (Flat(low, at - p.inverse * low, None),)
        left = () if high is None else (Flat(high, None, at - p.inverse * high),)
        yield chain((*right, Slope(at, p.inverse, low, high), *left))


def repeated(problem: Problem) -> tuple[TrainingProblem, tuple[int, ...]]:
    """Return the problem of repeated samples, and the sample each one repeats.

    Raises
    ------
    Undecided
        For a loss whose graphs are no chains of pieces.
    """
    rows, of = list[Graph](), list[int]()
    for k, row in enumerate(rows_of(problem.loss)):
        if not isinstance(row, Graph):
            raise Undecided("a smooth loss has no slopes to be told apart")
        for part in one_slope_each(row):
            rows.append(part)
            of.append(k)
    loss = GraphLoss(rows)
    made = TrainingProblem(
        [problem.X[k] for k in of],
        loss.y,
        beta_squared=problem.beta_squared,
        loss=loss,
        bias=problem.bias,
        skip=problem.skip,
    )
    return made, tuple(of)


def merged(
    problem: Problem, hint: LongHint, other: TrainingProblem, of: tuple[int, ...]
) -> LongHint:
    """Return the hint of a problem from that of its repeated samples."""
    kappa = [_ZERO] * problem.n
    for k, t in zip(of, hint.kappa, strict=True):
        kappa[k] += t
    first = [of.index(k) for k in range(problem.n)]
    neurons = []
    for (i, tope, sign), u in hint.neurons:
        pattern = other.charts[i].arrangement.patterns[tope]
        place = problem.charts[i].arrangement.patterns.index(
            tuple(pattern[k] for k in first)
        )
        neurons.append(((i, place, sign), u))
    return LongHint(tuple(kappa), tuple(neurons), hint.bits)
