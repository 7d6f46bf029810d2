"""The dual variable where no neuron is in use: that of the best fit by the free part alone."""

from fractions import Fraction

from polytope_nn.exact.linear import solve
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.problems.problem import Problem

__all__ = ["without_neurons"]


def without_neurons(problem: Problem) -> Scalars:
    """Return the dual variable of the best fit by Z alone; 0 when labels must be fitted."""
    if not problem.has_loss:
        return (Fraction(0),) * problem.n
    columns = [problem.free.columns[j] for j in problem.free.basis]
    weights = [1 / t for t in problem.inverse_weights]
    weighted = [[w * t for w, t in zip(weights, z, strict=True)] for z in columns]
    gram = [[dot(p, q) for q in columns] for p in weighted]
    a = solve(gram, [dot(p, problem.y) for p in weighted])
    assert a is not None  # a Gram matrix of independent columns is regular
    fit = [dot(a, [z[k] for z in columns]) for k in range(problem.n)]
    return tuple(w * (y - t) for w, y, t in zip(weights, problem.y, fit, strict=True))
