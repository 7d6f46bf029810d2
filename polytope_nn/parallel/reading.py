"""A three-layer problem out of an instance file: what goes with it, and what is refused."""

from collections.abc import Mapping

from polytope_nn.errors import InstanceError
from polytope_nn.problems.instance import Instance
from polytope_nn.problems.reading.fields import kind, no_beta

from .problem import REGULARISERS, ParallelProblem

__all__ = ["parallel_problem"]

_OURS = {"layers", "inner_width", "regulariser"}
_ORDINARY = {"power2", "l2", "decay", "ordinary", "weight_decay"}


def parallel_problem(instance: Instance) -> ParallelProblem:
    """Return the three-layer problem of an instance with ``"layers": 3``.

    Raises
    ------
    InstanceError
        In one line: the file, the two fields that do not go together, the cure.
    """
    instance.require_model("three-layer")
    source, fields = instance.source, instance.extensions
    for key in fields:
        if key not in _OURS:
            what = "several outputs" if key == "y" else key
            raise InstanceError(
                f"{source}: {key}, layers: {what} and three layers do not go together: take "
                f"one of them out"
            )
    loss = instance.loss
    if (loss["kind"] if isinstance(loss, Mapping) else loss) != "squared":
        raise InstanceError(
            f"{source}: loss, layers: three layers go with the squared loss only: write "
            f'"loss": "squared"'
        )
    if instance.skip != "none":
        raise InstanceError(
            f"{source}: skip, layers: skip {instance.skip} and three layers do not go "
            f'together: write "skip": "none"'
        )
    if instance.bias == "free":
        raise InstanceError(
            f"{source}: bias, layers: a free bias and three layers do not go together: "
            f'write "penalised" or "none"'
        )
    if instance.beta is None and instance.beta_squared is None:
        raise no_beta(source)
    inner = _inner_width(fields.get("inner_width", "unlimited"), source)
    regulariser = _regulariser(fields.get("regulariser", "power3"), source)
    if regulariser == "path" and inner is None:
        raise InstanceError(
            f"{source}: inner_width, regulariser: path costs fall to 0 as branches widen: "
            f'write "inner_width": 2, or another width'
        )
    return ParallelProblem(
        instance.X,
        instance.y,
        beta=instance.beta,
        beta_squared=instance.beta_squared,
        inner_width=inner,
        regulariser=regulariser,
        weights=instance.weights,
        bias=instance.bias,
        name=instance.name,
    )


def _inner_width(value: object, source: str) -> int | None:
    if value == "unlimited":
        return None
    if type(value) is int and 1 <= value <= 10**6:
        return value
    raise InstanceError(
        f"{source}: inner_width: {kind(value)} is no width: write an integer from 1 on, or "
        f'"unlimited"'
    )


def _regulariser(value: object, source: str) -> str:
    if isinstance(value, str) and value in REGULARISERS:
        return value
    if isinstance(value, str) and value in _ORDINARY:
        raise InstanceError(
            f"{source}: regulariser: ordinary weight decay of three layers has no convex form "
            f'(it is concave in the mass of a branch): write "power3" or "path"'
        )
    raise InstanceError(
        f'{source}: regulariser: {kind(value)} is unknown: write "power3" or "path"'
    )
