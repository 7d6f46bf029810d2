"""``polytope-nn nearest INSTANCE NETWORK``: the optimal network nearest to a given one."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import (
    finite_instance,
    network_of,
    placed,
    refusals_of,
    scaled_fields,
    scaled_page,
)
from polytope_nn.cli.options import NETWORK, add_instance, add_limits, limits_of
from polytope_nn.cli.written import put, writable
from polytope_nn.exact.scalar import exact_number, nearest_float
from polytope_nn.report.text import rounded

from .path import line, require_width, width

if TYPE_CHECKING:
    from polytope_nn.networks.closest import Closest
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.trained.closest import VectorClosest

__all__ = ["NAME", "add", "run"]

NAME = "nearest"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the optimal network nearest to a network, with its distance",
        description="Find the optimal network with the least sum of |u_j - u'_j|^2 over the "
        "slots, u = |alpha| w; an empty slot, or one of the opposite sign, costs both "
        "squares. With several outputs u is the product u v', and opposite are outputs at 90 "
        "degrees or more. Where the least is not decided, the nearest that was found and a "
        "proved lower bound.",
    )
    add_instance(parser)
    parser.add_argument("network", metavar="NETWORK", help=NETWORK)
    parser.add_argument(
        "--width", metavar="W", type=width, help="slots (n + 1, or the network's if more)"
    )
    parser.add_argument("-o", "--output", metavar="NET.json", help="write the network")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the network and its distance; return 0, decided or bounded from below."""
    target = writable(args.output)
    instance = finite_instance(args, args.instance)
    found = _found(args, instance)
    written = found.network.to_json()
    fields: dict[str, object] = {
        "distance": exact_number(found.distance),
        "distance_float": nearest_float(found.distance),
        "width": found.network.width,
        "network": written,
    }
    if found.vertex is not None:
        fields["vertex"] = found.vertex
    if not found.decided:
        fields["distance_at_least"] = exact_number(found.at_least)
        fields["distance_at_least_float"] = nearest_float(found.at_least)
    fields |= scaled_fields(instance)
    if target is not None:
        put(target, json.dumps(written) + "\n")
    if args.json:
        print(json.dumps(fields))
        return 0
    print(scaled_page(instance), end="")
    place = "" if found.vertex is None else f", spread from vertex {found.vertex} of P"
    print(f"nearest optimal network of width {found.network.width}{place}")
    print(f"distance {rounded(found.distance, 10)} (the sum of squares)")
    if not found.decided:
        print(f"no optimal network is nearer than {rounded(found.at_least, 10)}, proved")
    print(line(found.network))
    return 0


def _found(args: argparse.Namespace, instance: "Instance") -> "Closest | VectorClosest":
    """Return the nearest network, of one output or of several."""
    if instance.model == "vector":
        from polytope_nn.cli.models.vector_networks import nearest_of

        return nearest_of(args, instance)
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.networks.closest import nearest
    from polytope_nn.search.finding import optimum

    problem, limits = instance.problem(), limits_of(args)
    network = network_of(args.network, instance)
    require_width(network, args.width, args.network)
    with refusals_of(instance):
        O = optimum(placed(problem), kappa=instance.kappa, limits=limits)
        return nearest(optimal_polytope(O, limits=limits), network, args.width)
