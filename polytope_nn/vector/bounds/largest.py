"""The largest ``|N'(Xu)_+|`` over ``|u| <= 1``: on all faces where they are few, else by cuts."""

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.search.cones.near import are_few
from polytope_nn.vector.faces import Covector
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.oracle import Violation, oracle
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.search.generation import Generation

from .cuts import Cuts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FaceBound", "Largest", "are_listed", "largest"]

_LISTED = 1500  # regions, beyond which faces are not listed
_SLACK = 40  # a bound is 2^-40 above what floats say, and then 2^-39, ...
_TRIES = 40
_ABOVE = Fraction(1, 10**7)  # of beta: what climbs less high is rounding


@dataclass(frozen=True)
class FaceBound:
    """The face on which N is largest, about; ``sign`` is always 1."""

    pattern: Covector
    sign: int = 1


@dataclass(frozen=True)
class Largest:
    """A proved bound on ``|N'(Xu)_+|^2 / |u|^2``.

    ``face`` is about where it is had, None where faces are not listed; ``above`` are directions,
    in floats, on which cuts found N above beta.
    """

    square: Fraction
    face: FaceBound | None
    above: "tuple[Floats, ...]" = ()


def are_listed(problem: VectorProblem) -> bool:
    """Return whether the faces of a problem are few enough to be listed."""
    return are_few(problem.single, _LISTED)


def largest(problem: VectorProblem, N: Rows, cuts: int, near: Fraction) -> Largest:
    """Return the bound of an N of fractions; without faces by so many cuts at most.

    ``near`` is how much above what floats climb to, relative to that, is good enough.

    Raises
    ------
    Undecided
        When it is not shown, or a tree of cones cannot hold the numbers.
    """
    if not (any(flat(N)) and any(flat(problem.design))):
        return Largest(Fraction(0), FaceBound((0,) * problem.n))
    if are_listed(problem):
        try:
            return _on_faces(problem, N)
        except (OverflowError, ZeroDivisionError):
            pass  # cuts have a scale of their own
    try:
        found = Cuts(problem, N)
        square = found.square(cuts, near)
    except (OverflowError, ZeroDivisionError) as error:
        raise Undecided("cuts of a dual value: numbers are beyond floats") from error
    high = approximate_root(problem.beta_squared) * (1 + _ABOVE) / found.scale
    above = [top.u for top in found.tops if Fraction(top.value) > high]
    return Largest(square, None, tuple(above))


def _on_faces(problem: VectorProblem, N: Rows) -> Largest:
    """Return the bound at which no face shows a violation."""
    import numpy as np

    generation = Generation(problem)
    floats = np.array([[float(t / generation.scales[1]) for t in row] for row in N])
    above = generation.inside(floats, 0)
    if not above and not isinstance(oracle(problem, N), Violation):
        return Largest(problem.beta_squared, FaceBound((0,) * problem.n))
    if not above or not isfinite(above[0][0]):
        raise OverflowError("floats see nothing of N")
    value, face, _ = above[0]
    square = Fraction(value) ** 2 * problem.beta_squared
    for i in range(_TRIES):
        trial = square * (1 + Fraction(1, 1 << max(0, _SLACK - i)))
        widened = problem.altered(beta_squared=trial)
        if not isinstance(oracle(widened, N), Violation):
            return Largest(trial, FaceBound(face.covector))
    raise Undecided("a bound of the residual's largest dual value: give a smaller problem")
