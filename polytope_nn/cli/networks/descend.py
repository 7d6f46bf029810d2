"""``polytope-nn descend INSTANCE --from FILE [--to FILE]``: T12 on the command line."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli import put, writable
from polytope_nn.cli.inputs import instance_of, scaled_fields, scaled_page
from polytope_nn.cli.options import add_instance
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.report.text import rounded

from .path import count, end_of, line, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polytope_nn.exact.radical import RootSum
    from polytope_nn.networks.network import Network
    from polytope_nn.paths.descent import Descent
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.descent import VectorDescent
    from polytope_nn.vector.network import VectorNetwork

__all__ = ["NAME", "add", "objective", "run"]

NAME = "descend"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a path of non-increasing objective from a network to a global optimum",
        description="Join any network to a global optimum by a path along which the "
        "objective never rises, in n + 1 or more slots.",
    )
    add_instance(parser)
    parser.add_argument("--from", dest="start", metavar="FILE", required=True)
    parser.add_argument("--to", dest="end", metavar="FILE", help="the optimum to arrive at")
    parser.add_argument("--width", metavar="M", type=width, help="slots (n + 1 at least)")
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write the JSON object")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the path with its objective values; return 0."""
    target = writable(args.output)
    instance = instance_of(args, args.instance)
    found: Descent | VectorDescent
    if instance.model == "vector":
        from polytope_nn.cli.models.vector import descent_of

        found = descent_of(args, instance)
    else:
        found = _found(args, instance)
    fields = {
        "width": found.width,
        "connected": True,
        "breakpoints": [x.to_json() for x in found.breakpoints],
        "objectives": [objective(x) for x in found.objectives],
    }
    fields |= scaled_fields(instance)
    shown = json.dumps(fields)
    if target is not None:
        put(target, shown + "\n")
    if args.json:
        print(shown)
        return 0
    lines = count(len(found.breakpoints) - 1, "line")
    print(scaled_page(instance), end="")
    print(f"down to the optimum at width {found.width} by {lines}")
    networks: Sequence[Network | VectorNetwork] = found.breakpoints
    for x, value in zip(networks, found.objectives, strict=True):
        print(f"{rounded(value, 10):>14}  {line(x)}")
    return 0


def _found(args: argparse.Namespace, instance: "Instance") -> "Descent":
    """Return the descent of a network with one output."""
    from polytope_nn.paths.descent import descent
    from polytope_nn.search.finding import optimum

    D = instance.problem()
    start = end_of(args, "from", instance)
    end = None if args.end is None else end_of(args, "to", instance)
    return descent(optimum(D, kappa=instance.kappa), start, end, args.width)


def objective(x: "RootSum") -> object:
    """Return an objective as JSON; what is not rational has its float beside it."""
    value = x.to_json()
    return value | {"value_float": nearest_float(x)} if isinstance(value, dict) else value
