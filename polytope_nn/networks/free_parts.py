"""The free part of a network: the one that fits best where a file gives none (THEORY §8)."""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.exact.scalar import Scalars
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.training import TrainingProblem

from .network import Network

__all__ = ["completed", "with_free_part", "with_rest"]


def completed(problem: TrainingProblem, network: Network) -> Network:
    """Return a network with the free part that fits best, where its file gives none.

    A part that is given, 0 too, is left as it is, and then an absent one is 0, as it is with
    another loss than the squared one.
    """
    had = problem.free.had
    if not had.columns:
        return network
    a: Scalars = (Fraction(0),) * len(had)
    squared = isinstance(problem.loss, SquaredLoss)
    if squared and network.skip is None and network.constant is None:
        fit = network.fit(*problem.rows_and_activation)
        gap = [y - t for y, t in zip(problem.y, fit, strict=True)]
        a = had.best(gap, problem.weights)
    return with_free_part(problem, network, a)


def with_rest(problem: TrainingProblem, network: Network) -> Network:
    """Return a network with the free part 0 where it gives none.

    One in boxes is left as it is: it stands for an optimal network, whose free part fits.
    """
    if network.is_enclosed:
        return network
    return with_free_part(problem, network, (Fraction(0),) * len(problem.free.had))


def with_free_part(problem: TrainingProblem, network: Network, a: Scalars) -> Network:
    """Return a network with the coefficients of what networks have at no cost, where absent."""
    had = problem.free.had
    slope, offset = had.slope_and_offset(a, problem.dimension)
    if network.skip is None and had.has_slopes:
        network = replace(network, skip=slope)
    if network.constant is None and had.has_constant:
        network = replace(network, constant=offset)
    return network
