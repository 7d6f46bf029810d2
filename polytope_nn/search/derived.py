"""A problem that is made of another one, as a means to its optimum."""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.problems.losses import Loss
from polytope_nn.problems.problem import Problem

__all__ = ["Derived"]


@dataclass(frozen=True, init=False, repr=False)
class Derived(Problem):
    """A problem made of ``whole``: its bias, skip and name, and what else is not said anew."""

    whole: Problem
    X: Matrix
    y: Vector
    bias: str
    skip: str
    name: str
    beta_squared: Fraction
    loss: Loss

    def _take(self, whole: Problem, **values: object) -> None:
        """Set the fields: those that are given, the others those of the whole."""
        kept = ("X", "y", "bias", "skip", "name", "beta_squared", "loss")
        fields = {"whole": whole, **{k: getattr(whole, k) for k in kept}, **values}
        for name, value in fields.items():
            object.__setattr__(self, name, value)
