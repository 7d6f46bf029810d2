"""``--example``: an instance of the package's own, in place of a file, or the list of them."""

import argparse
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError

from .options import DATA

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance

__all__ = ["add_instance_or_example", "chosen", "example_lines"]

_UNITS = ("activation", "penalty", "gates")


def add_instance_or_example(parser: argparse.ArgumentParser) -> None:
    """Declare the instance of a command, or an example in its place."""
    parser.add_argument("instance", metavar="INSTANCE", nargs="?", help=DATA)
    parser.add_argument(
        "--example",
        metavar="NAME",
        nargs="?",
        const="",
        help="an instance of the package's own instead; alone, it lists them",
    )


def chosen(args: argparse.Namespace) -> str | None:
    """Return the file that is asked about; None where the examples are to be listed."""
    if args.example is not None and args.instance is not None:
        raise InstanceError(
            f"--example: {args.instance} is an instance as well: give one of the two"
        )
    if args.example == "":
        return None
    if args.example is not None:
        from polytope_nn.problems.examples import example_file

        return str(example_file(args.example))
    if args.instance is None:
        raise InstanceError(
            "INSTANCE is missing: name a file, or --example octahedron (see --help)"
        )
    return str(args.instance)


def example_lines() -> list[str]:
    """Return a line for each example: its name, and what it is."""
    from polytope_nn.problems.examples import example_file, example_names
    from polytope_nn.problems.instance import read_instance

    names = example_names()
    wide = max(map(len, names))
    return [f"{name:{wide}}  {_what(read_instance(example_file(name)))}" for name in names]


def _unit(key: str, value: object) -> str:
    """Return how the units of an instance differ from ReLU units of l2 weights."""
    if isinstance(value, dict):
        return f"{key} of slopes {', '.join(map(str, value.get('slopes', ())))}"
    return key if key == "gates" else f"{key} {value}"


def _what(instance: "Instance") -> str:
    """Return the size of an instance, its model where it has one, and the option it needs."""
    if instance.model == "lasso":
        return "a group LASSO"
    loss = instance.loss_kind
    words = {"three-layer": "three layers", "vector": "several outputs"}
    parts = [f"n = {len(instance.X)}, d = {len(instance.X[0])}"]
    parts += [words[instance.model]] if instance.model in words else []
    units = (key for key in _UNITS if key in instance.extensions)
    parts += [_unit(key, instance.extensions[key]) for key in units]
    parts += [f"{loss} loss"] if loss != "squared" else []
    parts += [f"bias {instance.bias}"] if instance.bias != "none" else []
    parts += [f"skip {instance.skip}"] if instance.skip != "none" else []
    if instance.beta is None and instance.beta_squared is None and loss != "margin":
        parts.append("give --beta, or --loss interpolation")
    return ", ".join(parts)
