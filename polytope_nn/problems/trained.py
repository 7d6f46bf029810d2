"""Problems of training: such as networks have a loss of, and which neurons are taken."""

from polytope_nn.errors import InstanceError

from .losses import SeparableLoss
from .problem import Problem, require_problem
from .training import TrainingProblem

__all__ = ["trained"]


def trained(
    problem: Problem, *, slopes: bool = False, ungated: bool = False
) -> TrainingProblem:
    """Return a problem of training, or refuse one of interpolation by name.

    Its neurons are ReLU ones, or with ``slopes`` such of any two slopes, with ``ungated`` any
    that a network may have.
    """
    require_problem(problem)
    known = isinstance(problem, TrainingProblem) and (
        problem.has_slopes if slopes else ungated and problem.gates is None
    )
    if not known:
        problem.require_relu()
    loss = problem.loss
    if isinstance(loss, SeparableLoss) and not loss.is_finite:
        raise InstanceError(
            f"loss: {loss.kind}: a fit costs 0 or is not allowed: this is about a finite loss"
        )
    if not isinstance(problem, TrainingProblem) or problem.is_fitted:
        raise InstanceError(
            f"{problem!r}: labels are fitted exactly: this is about training with a loss: "
            f"give beta"
        )
    return problem
