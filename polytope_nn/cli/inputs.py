"""What the commands read: instances completed by options, networks; and what is told of it."""

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from polytope_nn.errors import DimensionError, InexactError, InstanceError, UnboundedError

if TYPE_CHECKING:
    from polytope_nn.networks.network import Network
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.problem import Problem

__all__ = [
    "finite_instance",
    "fits_the_rest",
    "instance_of",
    "loss_line",
    "minimised",
    "network_of",
    "objective_line",
    "placed",
    "refusals_in",
    "refusals_of",
    "scaled_fields",
    "scaled_page",
]


def instance_of(
    args: argparse.Namespace, file: str, *, labelled: bool = True
) -> "Instance":
    """Return the instance of a file, completed by the options.

    What there is to tell of how it was read is told when the command has succeeded: a
    refusal is one line.
    """
    from polytope_nn.problems.instance import read_instance
    from polytope_nn.problems.reading.tables import Chosen

    instance = read_instance(
        file,
        beta=getattr(args, "beta", None),
        beta_squared=getattr(args, "beta_squared", None),
        loss=getattr(args, "loss", None),
        bias=args.bias,
        skip=args.skip,
        columns=Chosen(args.target, args.features, args.delimiter),
        exact=args.exact,
        labelled=labelled,
    )
    args.told = instance.told
    return instance.standardised() if args.standardise else instance


def refusals_of(instance: "Instance") -> AbstractContextManager[None]:
    """Let what is refused of an instance name its file, where it names no option."""
    return refusals_in(instance.source)


@contextmanager
def refusals_in(source: str) -> Iterator[None]:
    """Let what is refused name its source, where it names no option."""
    try:
        yield
    except (DimensionError, InstanceError, UnboundedError) as error:
        text = str(error)
        if text.startswith(("--", source)):
            raise
        raise type(error)(f"{source}: {text}") from None


def finite_instance(args: argparse.Namespace, file: str) -> "Instance":
    """Return the instance of a file, its loss one that is finite; refuse the others unsolved."""
    from polytope_nn.problems.losses.kinds import INDICATORS

    instance = instance_of(args, file)
    kind = instance.loss_kind
    if kind in INDICATORS:
        raise InstanceError(
            f"{instance.source}: loss: {kind}: a fit costs 0 or is not allowed: this is about "
            "a finite loss: write squared, say"
        )
    return instance


def minimised(instance: "Instance") -> str:
    """Return the line of the page that says what was minimised."""
    free = {"free": "; biases are free", "penalised": "; w_j includes the bias"}
    kind = free.get(instance.bias, "")
    return f"minimised: {objective_line(instance)}{kind} (explain objective)"


def objective_line(instance: "Instance") -> str:
    """Return the objective of a ReLU network as a page writes it."""
    return f"{loss_line(instance)} + β/2 Σ_j (|w_j|² + α_j²)"


def loss_line(instance: "Instance") -> str:
    """Return the loss as a page writes it."""
    weight = "" if instance.weights is None else "ω_k "
    if instance.loss_kind == "squared":
        return f"½ Σ_k {weight}(f(x_k) - y_k)²"
    return f"Σ_k {weight}{_named(instance.loss)}(f(x_k), y_k)"


def _named(loss: object) -> str:
    """Return a loss as a page names it, its parameter in brackets."""
    if not isinstance(loss, dict):
        return str(loss)
    parts = [str(value) for key, value in loss.items() if key != "kind"]
    return f"{loss['kind']}[{', '.join(parts)}]" if parts else str(loss["kind"])


def scaled_page(instance: "Instance") -> str:
    """Return the lines that say how the features were standardised; "" where they were not."""
    if not instance.scaling:
        return ""
    return f"features standardised: {', '.join(map(str, instance.scaling))}\n"


def scaled_fields(instance: "Instance") -> dict[str, object]:
    """Return the same for a JSON object."""
    if not instance.scaling:
        return {}
    return {"standardised": [s.to_json() for s in instance.scaling]}


def fits_the_rest(file: str) -> bool:
    """Return whether a free part that a network file does not give is the one that fits best.

    Arrays of neurons alone know of none; in every other file it is 0.
    """
    return file.lower().endswith(".npz")


def placed(problem: "Problem") -> "Problem":
    """Return a problem whose networks can be placed among its atoms; refuse others unsolved."""
    _ = problem.rows_and_slopes  # refuses
    return problem


def network_of(file: str, instance: "Instance", option: str = "") -> "Network":
    """Return a network of the instance's kind; a refusal names the file and the cure."""
    from polytope_nn.networks.network import Network

    if instance.model == "vector":
        instance.require_model("two-layer")
    dimension = len(instance.design[0])
    free, biased = instance.bias == "free", instance.bias != "none"
    try:
        network = Network.load(file, dimension, free_bias=free, biased=biased)
        network.require_parts(instance.skip)
    except (InstanceError, InexactError) as error:
        named = "" if str(error).startswith(str(file)) else f"{file}: "
        raise type(error)(f"{option}{named}{error}") from None
    return network
