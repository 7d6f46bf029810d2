"""``polytope-nn connect INSTANCE --from NET --to NET``: two networks, trained ones included."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import (
    finite_instance,
    placed,
    refusals_of,
    scaled_fields,
    scaled_page,
)
from polytope_nn.cli.options import add_instance, title, wanted
from polytope_nn.cli.written import FIGURES, figure_path, put_all, writable
from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import exact_number
from polytope_nn.report.text import rounded
from polytope_nn.wording import plural

from .descend import beside, certificate_of
from .path import add_ends, end_of, line

if TYPE_CHECKING:
    from pathlib import Path

    from polytope_nn.networks.network import Network
    from polytope_nn.paths.connection import Connection
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.trained.connection import VectorConnection

__all__ = ["NAME", "add", "run", "with_both"]

NAME = "connect"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a path between any two networks, over a global optimum, without a barrier",
        description="Join any two networks by a path that goes down to a global optimum and "
        "up to the other, in n + 1 or more slots: the objective is never larger than at the "
        "larger of the two ends.",
    )
    add_instance(parser)
    add_ends(parser)
    parser.add_argument("-o", "--output", metavar="CERT", help="write a certificate of it")
    parser.add_argument(
        "--figure", metavar="F", help=f"draw objective and slots ({', '.join(FIGURES)})"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the path with its objective values, write certificate and figure; return 0."""
    target, picture = writable(args.output), figure_path(args.figure)
    instance = finite_instance(args, args.instance)
    found: Connection | VectorConnection
    if instance.model == "vector":
        from polytope_nn.cli.models import vector_networks

        found = several = vector_networks.connection_of(args, instance)
        networks = [
            vector_networks.with_both(x, several).to_json() for x in several.breakpoints
        ]
        pages = [line(x) for x in several.breakpoints]
    else:
        found = one = _found(args, instance)
        d = one.down.polytope.problem.dimension
        networks = [with_both(x, d).to_json() for x in one.breakpoints]
        pages = [f"{line(x)}{beside(x)}" for x in one.breakpoints]
    files = _files(found, target, picture)
    breakpoints, objectives = found.breakpoints, found.objectives
    fields: dict[str, object] = {
        "width": found.width,
        "breakpoints": networks,
        "objectives": [exact_number(x) for x in objectives],
        "barrier": exact_number(found.barrier),
    }
    fields |= scaled_fields(instance)
    put_all(files)
    if args.json:
        print(json.dumps(fields))
        return 0
    print(scaled_page(instance), end="")
    lines = plural(len(breakpoints) - 1, "line")
    print(f"joined at width {found.width} by {lines}, barrier {rounded(found.barrier, 6)}")
    for page, value in zip(pages, objectives, strict=True):
        print(f"{rounded(value, 10):>14}  {page}")
    return 0


def _found(args: argparse.Namespace, instance: "Instance") -> "Connection":
    """Return the path between two networks of one output."""
    from polytope_nn.paths.connection import connect
    from polytope_nn.search.finding import optimum

    problem = instance.problem()
    start, end = end_of(args, "from", instance), end_of(args, "to", instance)
    with refusals_of(instance):
        O = optimum(placed(problem), kappa=instance.kappa)
        return connect(O, start, end, args.width)


def _files(
    found: "Connection | VectorConnection",
    target: "Path | None",
    picture: "Path | None",
) -> "dict[Path | None, bytes | str]":
    """Return the certificate and the figure that are asked for."""
    files: dict[Path | None, bytes | str] = {}
    if target is not None:
        with wanted("-o"):
            files[target] = certificate_of(found) + "\n"
    if picture is not None:
        from polytope_nn.report.figures.roads.connection import connection_figure

        about = title(found.down.polytope.optimum.problem)
        said = f"{about}, width {found.width}"
        files[picture] = _drawn(lambda: connection_figure(found, said, picture.suffix))
    return files


def _drawn(make: Callable[[], bytes]) -> bytes:
    """Return a picture, or refuse numbers that no picture can show."""
    try:
        return make()
    except OverflowError:
        raise InstanceError(
            "--figure: numbers beyond 1e308 cannot be drawn: scale the networks down"
        ) from None


def with_both(network: "Network", d: int) -> "Network":
    """Return a network with both free parts, 0 where it has none.

    >>> from polytope_nn.networks.network import Network
    >>> with_both(Network((None,)), 1).to_json()
    {'neurons': [None], 'skip': ['0'], 'constant': '0'}
    """
    zero = Fraction(0)
    skip = (zero,) * d if network.skip is None else network.skip
    constant = zero if network.constant is None else network.constant
    return replace(network, skip=skip, constant=constant)
