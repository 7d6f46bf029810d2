"""A loss with several slopes as a sum of losses with one: on repeated samples (general §2).

The dual of a loss is smooth between the ends of its domain where its graph has one slope. A
graph with several is the sum of such ones, ``kappa = sum_i kappa_i``, each of which turns at
its own slope: so a problem where each sample is repeated, once for each slope of its
graph, has the same optimal networks, and a central path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope, chain
from polytope_nn.problems.losses.own import GraphLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.search.derived import Derived
from polytope_nn.search.programs.path import LongHint

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


@dataclass(frozen=True, init=False, repr=False)
class Repeated(Derived):
    """The problem of ``whole`` with repeated samples, ``of`` which each is one."""

    of: tuple[int, ...]

    def __init__(self, whole: Problem, of: Sequence[int], loss: GraphLoss) -> None:
        X = tuple(whole.X[k] for k in of)
        self._take(whole, of=tuple(of), X=X, y=loss.y, loss=loss)

    def free_for(self, X: Matrix) -> FreePart:  # noqa: ARG002 - what is free is the whole's
        """Return what is free of price, the same for each sample that repeats one."""
        free = self.whole.free
        columns = tuple(tuple(z[k] for k in self.of) for z in free.columns)
        return replace(free, n=self.n, columns=columns)

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.whole.d


def repeated(problem: Problem) -> tuple[Repeated, tuple[int, ...]]:
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
    return Repeated(problem, of, GraphLoss(rows)), tuple(of)


def merged(
    problem: Problem, hint: LongHint, other: Repeated, of: tuple[int, ...]
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
