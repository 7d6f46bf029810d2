"""The optimum over finitely many features: every one compared with beta (general §5, U5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import require_free, some_point
from polytope_nn.errors import NotOptimal
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.thresholds import Pattern

from .classed import ClassedOptimum

__all__ = ["ListedOptimum", "listed_optimum"]


@dataclass(frozen=True, repr=False)
class ListedOptimum(ClassedOptimum):
    """An optimum whose atoms are patterns: an atom's ``covector`` is its pattern.

    A feature is ``sign`` times its pattern, at the price beta; there are no bounds but the
    comparison of all of the ``patterns`` with beta.
    """

    patterns: int = 0

    @property
    def n_patterns(self) -> int:
        """The number of distinct patterns."""
        return self.patterns


def listed_optimum(
    problem: Problem,
    patterns: Mapping[Pattern, tuple[int, ...]],
    beta: Scalar,
    kappa: Scalars,
) -> ListedOptimum:
    """Return the optimum whose dual variable is kappa, or raise :class:`NotOptimal`.

    ``patterns`` are all, each with a direction that has it.
    """
    require_free(problem, kappa)
    atoms = []
    for pattern, w in patterns.items():
        value = dot(kappa, list(map(Fraction, pattern)))
        for sign in (1, -1):
            excess = value * sign - beta
            if excess > 0:
                word = "".join(map(str, pattern))
                raise NotOptimal(
                    f"kappa is not dual feasible: on pattern {word}, sign {sign:+d}, its value "
                    f"exceeds beta by {exactly(excess)}"
                )
            if excess == 0:
                feature = tuple(Fraction(sign * t) for t in pattern)
                atoms.append(Atom(sign, pattern, tuple(map(Fraction, w)), feature))
    atoms.sort(key=lambda a: a.key)
    point = some_point(problem, kappa, atoms)
    return ListedOptimum(
        problem, kappa, tuple(atoms), bounds=(), **point._asdict(), patterns=len(patterns)
    )
