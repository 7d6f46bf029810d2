"""A dual point near the optimum of several outputs, rational and proved feasible, of any loss.

Columns are generated as where faces are listed, but of the faces only that floats climb to from
N; when nothing climbs above beta any more, N is rounded to fractions in the domain of the loss,
orthogonal to what is free, and scaled to where cuts prove it feasible.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.scalar import Scalar
from polytope_nn.limits import Limits
from polytope_nn.search.cones.near import DIMENSION, beside
from polytope_nn.vector.faces import Face
from polytope_nn.vector.losses.entries import rows_of
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.search.generation import Generation

from .climbs import Climbs
from .largest import Largest, largest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["NearDual", "near_dual"]

_ROUNDS = 4
_STARTS = 24  # directions to climb from, beside those known
_CUTS = 80
_NEAR = Fraction(1, 10**5)  # of |h|: as good as a bound need be
_BITS = 160
_ROUNDED = 1 << 60  # of the largest entry of N


@dataclass(frozen=True)
class NearDual:
    """A feasible N of fractions, shape (n, c), and the value of the dual there."""

    N: Rows
    value: Scalar


def near_dual(problem: VectorProblem, limits: Limits) -> NearDual:
    """Return a feasible N whose value is below the optimum by rounding, where the search settles.

    Peaks above beta that the trees of the cuts show are directions to climb from anew.

    Raises
    ------
    Undecided
        When floats find none, or there are too many dimensions for trees of cones.
    """
    if rank(problem.design) > DIMENSION:
        raise Undecided("a dual point near the optimum: cones of so many dimensions")
    climbing, best = Climbing(problem, []), None
    for _ in range(_ROUNDS):
        limits.progress(f"searching the directions of {problem.n} samples by climbing")
        try:
            N = _in_fractions(problem, climbing.hint().N)
        except (OverflowError, ZeroDivisionError) as error:
            raise Undecided("a dual point in floats: numbers are beyond these") from error
        limits.progress("proving a dual point near the optimum by cuts")
        bound = largest(problem, N, _CUTS, _NEAR)
        found = _scaled(problem, N, bound)
        if best is None or found.value > best.value:
            best = found
        if not bound.above:
            break
        climbing.known[:0] = bound.above
    assert best is not None  # there is a round
    return best


def _scaled(problem: VectorProblem, N: Rows, bound: Largest) -> NearDual:
    """Return N times what makes it feasible."""
    t = Fraction(1)
    if bound.square > problem.beta_squared:
        t = root_enclosure(problem.beta_squared / bound.square, _BITS)[0]
    feasible = tuple(tuple(t * x for x in row) for row in N)
    return NearDual(feasible, problem.dual_value(feasible))


def _in_fractions(problem: VectorProblem, N: "Floats") -> Rows:
    """Return N in fractions, in the domain of the loss and orthogonal to what is free."""
    size = float(abs(N).max()) or 1.0
    unit = Fraction(size) / _ROUNDED
    entries = [round(float(t) / size * _ROUNDED) * unit for t in N.ravel()]
    return rows_of(beside(problem.entries, entries), problem.c)


@dataclass(frozen=True)
class Climbing(Generation):
    """Generation whose directions are climbed to; ``tops`` are those known so far."""

    known: "list[Floats]"

    @cached_property
    def climbs(self) -> Climbs:
        """The scaled design, to climb on."""
        return Climbs.of(tuple(map(tuple, self.X)))

    @property
    def bases(self) -> "list[tuple[Face, Floats, Floats]]":
        """No faces are listed."""
        return []

    def inside(self, N: "Floats", least: float) -> "list[tuple[float, Face, Floats]]":
        """Return value, face and direction of what is climbed to above a value."""
        starts = [*self.known, *self.climbs.starts(_STARTS, seed=len(self.known))]
        tops = self.climbs.tops(N, starts)
        above = [top for top in tops if top.value / self.beta > least]
        self.known[:] = [top.u for top in tops]
        return [(t.value / self.beta, Face(t.covector, (), ()), t.u) for t in above]
