"""What a neuron costs, by the penalty and the activation of a problem (general §§1, 5).

A ReLU of l2 weights ``(w, alpha)`` costs ``(beta/2)(|w|^2 + alpha^2)``. Of the l1 and linf norms
what counts is what it costs balanced, ``beta |alpha| |w|``, whatever the scaling of the pair; of
a threshold, whose w is unpenalised, ``beta |alpha|``.
"""

from fractions import Fraction

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import RootSum, enclosure, root
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Threshold

from .neuron import Neuron, RawNeuron, output_weight

__all__ = ["price"]


def price(problem: TrainingProblem, x: Neuron | RawNeuron) -> RootSum:
    """Return what a neuron costs, not negative.

    Examples
    --------
    >>> D = TrainingProblem([[1, 0]], [2], beta=3, penalty="l1")
    >>> price(D, Neuron(1, (Fraction(1), Fraction(-2))))
    9
    """
    beta = root(problem.beta_squared)
    if isinstance(problem.activation, Threshold):
        return beta * _size(output_weight(x))
    if problem.penalty != "l2":
        return beta * _norm(problem.penalty, x.u)
    return x.cost(problem.beta_squared, free_bias=problem.bias == "free")


def _norm(name: str, u: Scalars) -> Scalar:
    """Return the l1 or linf norm; of balls that may be equal an enclosure of the largest."""
    sizes = [_size(t) for t in u]
    if name == "l1":
        return sum(sizes, Fraction(0))
    if not any(isinstance(t, Ball) for t in sizes):
        return max(sizes)
    ends = [enclosure(t) for t in sizes]
    return Ball.from_interval(max(low for low, _ in ends), max(high for _, high in ends))


def _size(t: Scalar) -> Scalar:
    if isinstance(t, Ball) and Fraction(0) in t:
        return Ball.from_interval(0, t.magnitude(), t.precision)
    return t if t >= 0 else -t
