"""The optimum for other slopes, read off that of the ReLU problem of their sides (general §5)."""

from dataclasses import dataclass, field, replace

from polytope_nn.dual.fits import Fit
from polytope_nn.dual.optimum import Optimum
from polytope_nn.problems.units.doubled import Doubled

__all__ = ["SlopedOptimum", "sloped"]


@dataclass(frozen=True, repr=False)
class SlopedOptimum(Optimum):
    """An optimum for other slopes; ``bounds`` and ``enclosures`` are those of the ``sides``.

    So are ``cones``: as rows and their opposites are one, the form they bound is the source's.
    """

    sides: Optimum | None = field(default=None, compare=False)


def _seen(problem: Doubled, chosen: Fit | None) -> Fit | None:
    """Return the image of a fit that was chosen, with the source's coefficients."""
    if chosen is None:
        return None
    p = len(problem.source.free)
    coefficients, fit = chosen.coefficients[:p], problem.seen(chosen.fit)
    return Fit(chosen.weights, coefficients, fit, chosen.alone)


def sloped(sides: Optimum) -> SlopedOptimum:
    """Return the source's optimum of that of its sides: same neurons, weights and value.

    Features and fit are the images under M; its kernel is free for the sides, so ranks and
    equalities of features modulo what is free are the same.
    """
    problem = sides.problem
    assert isinstance(problem, Doubled)  # made by it
    n = len(problem.source.X)
    atoms = tuple(
        replace(
            a,
            sign=-a.sign if problem.flipped else a.sign,
            covector=tuple(t * problem.first for t in a.covector[:n]),
            feature=problem.seen(a.feature),
        )
        for a in sides.atoms
    )
    return SlopedOptimum(
        problem.source,
        problem.undone(sides.kappa),
        atoms,
        sides.weights,
        sides.bounds,
        sides.level,
        sides.rank,
        sides.enclosures,
        _seen(problem, sides.chosen),
        cones=sides.cones,
        signs=sides.signs,
        sides=sides,
    )
