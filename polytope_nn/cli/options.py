"""What the commands share: how data and networks are named, read, and told of."""

import argparse
from typing import TYPE_CHECKING

from polytope_nn.errors import InexactError, InstanceError

if TYPE_CHECKING:
    from polytope_nn.networks.network import Network
    from polytope_nn.problems.instance import Instance

__all__ = [
    "OBJECTIVE",
    "add_data",
    "add_objective",
    "instance_of",
    "minimised",
    "network_of",
    "scaled_fields",
    "scaled_page",
]

OBJECTIVE = (
    "the objective: 1/2 sum_k (f(x_k) - y_k)^2 + beta/2 sum_j (|w_j|^2 + alpha_j^2), "
    "f(x) = sum_j alpha_j (w_j'x)_+; sums, not means: explain objective has what torch, "
    "scikit-learn and others minimise"
)
DATA = "JSON, CSV, .npz or .npy; - for stdin"
NETWORK = "JSON, .npz or .safetensors"


def add_data(parser: argparse.ArgumentParser) -> None:
    """Declare how a file of samples is read: its columns, its floats, its bias and skip."""
    parser.add_argument("--bias", choices=("none", "penalised", "free"), help="add a bias")
    add_skip(parser)
    group = parser.add_argument_group("tables and arrays")
    group.add_argument("--target", metavar="NAME", help="the label column (the last)")
    group.add_argument("--features", metavar="A,B", help="the columns of X (all others)")
    group.add_argument("--delimiter", metavar="D", help="between cells (,), or tab")
    group.add_argument(
        "--exact",
        choices=("decimal", "binary"),
        help="read floats of .npz and .npy as the shortest decimals, or as they are",
    )
    group.add_argument(
        "--standardise",
        action="store_true",
        help="subtract each feature's mean and divide by a rational scale, which is printed",
    )


def add_skip(parser: argparse.ArgumentParser) -> None:
    """Declare the option that adds a skip connection."""
    parser.add_argument(
        "--skip",
        choices=("none", "constant", "linear", "affine"),
        help="add a free skip connection, or constant: a free output intercept",
    )


def add_objective(parser: argparse.ArgumentParser) -> None:
    """Declare the options that complete the objective, and how the data are read."""
    parser.add_argument("--beta", help="the weight decay, as 1/10 or 0.1")
    parser.add_argument("--beta-squared", metavar="B", help="its square instead")
    parser.add_argument("--loss", metavar="KIND", help="the loss (squared)")
    add_data(parser)
    parser.epilog = OBJECTIVE


def instance_of(
    args: argparse.Namespace, file: str, *, labelled: bool = True
) -> "Instance":
    """Return the instance of a file, completed by the options.

    What there is to tell of how it was read is told when the command has succeeded: a
    refusal is one line.
    """
    from polytope_nn.problems.instance import read_instance
    from polytope_nn.problems.tables import Chosen

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


def minimised(instance: "Instance") -> str:
    """Return the line of the page that says what was minimised."""
    weight = "" if instance.weights is None else "ω_k "
    free = {"free": "; biases are free", "penalised": "; w_j includes the bias"}
    kind = free.get(instance.bias, "")
    return (
        f"minimised: ½ Σ_k {weight}(f(x_k) - y_k)² + β/2 Σ_j (|w_j|² + α_j²){kind} "
        f"(explain objective)"
    )


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


def network_of(file: str, instance: "Instance", option: str = "") -> "Network":
    """Return a network of the instance's kind; a refusal names the file and the cure."""
    from polytope_nn.networks.network import Network

    dimension = len(instance.design[0])
    biased = instance.bias == "free"
    try:
        network = Network.load(file, dimension, free_bias=biased)
        network.require_parts(instance.skip)
    except (InstanceError, InexactError) as error:
        named = "" if str(error).startswith(str(file)) else f"{file}: "
        raise type(error)(f"{option}{named}{error}") from None
    return network
