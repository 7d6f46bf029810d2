"""The optimum of threshold units: a LASSO over the patterns of all faces (general §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.units.blocks import BlockOptimum, Part, in_columns
from polytope_nn.dual.units.listed import ListedOptimum, listed_optimum
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Threshold
from polytope_nn.problems.units.thresholds import Pattern, threshold_patterns

from .blocks import parts_optimum
from .columns import Lasso, beta_beside, beta_of, lasso
from .minimum import require_solution

__all__ = ["threshold_optimum"]

_ENTRIES = {t: Fraction(t) for t in (-1, 0, 1)}
_HALF_LINE = ((Fraction(1),),)


def threshold_optimum(
    problem: TrainingProblem,
    kappa: Vector | None = None,
    limits: Limits | None = None,
) -> ListedOptimum:
    """Return the optimum of threshold units, found or, with kappa, verified.

    A neuron ``alpha 1(w'x >= 0)`` costs ``beta |alpha|``, whatever w is.

    >>> D = TrainingProblem([[1], [2]], [3, 3], beta=1, activation="threshold")
    >>> print(*threshold_optimum(D).kappa)
    1/2 1/2
    """
    activation = problem.activation
    assert isinstance(activation, Threshold)  # asked for by name
    patterns = threshold_patterns(problem.plain_design, closed=activation.closed)
    beta = beta_of(problem.beta_squared)
    asked = _Patterns(problem, patterns, beta)
    require_solution(problem, asked.parts)
    if kappa is not None:
        return asked.verified(kappa)
    if isinstance(problem.loss, SquaredLoss):
        columns = tuple(part.columns[0] for part in asked.parts)
        squared = Lasso(columns, problem.free.columns, problem.y, problem.weights, beta)
        return asked.verified(lasso(squared)[0])
    return parts_optimum(problem, asked.parts, asked, len(patterns), limits_of(limits))


@dataclass(frozen=True)
class _Patterns:
    """Patterns with a direction each, in the order of their atoms: first by sign."""

    problem: TrainingProblem
    patterns: Mapping[Pattern, tuple[int, ...]]
    beta: Scalar

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """An atom for each pattern and sign, sorted."""
        found = [
            Atom(s, p, tuple(map(Fraction, w)), tuple(_ENTRIES[s * t] for t in p))
            for p, w in self.patterns.items()
            for s in (1, -1)
        ]
        return tuple(sorted(found, key=lambda a: a.key))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The atoms as parts, one column each."""
        found = []
        for i, a in enumerate(self.atoms):
            A = tuple((_ENTRIES[a.sign * t],) for t in a.covector)
            found.append(Part(A, _HALF_LINE, i, i, a.sign))
        return tuple(found)

    def verified(self, kappa: Scalars) -> ListedOptimum:
        """Return the optimum whose dual variable is kappa, or raise NotOptimal."""
        beta = beta_beside(self.problem.beta_squared, kappa)
        return listed_optimum(self.problem, self.patterns, beta, kappa)

    def enclosed(self, found: BlockOptimum) -> ListedOptimum:
        """Return the optimum of patterns that is one of blocks, in balls."""
        every = self.atoms
        return ListedOptimum(
            self.problem,
            atoms=tuple(every[i] for i in found.owners),
            patterns=len(self.patterns),
            **in_columns(found, self.beta),
        )
