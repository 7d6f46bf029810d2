"""``polytope-nn connect INSTANCE --from NET --to NET``: two networks, trained ones included."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli import FIGURES, figure_path, put_all, writable
from polytope_nn.cli.inputs import instance_of, scaled_fields, scaled_page
from polytope_nn.cli.options import add_instance, title
from polytope_nn.errors import InstanceError
from polytope_nn.report.text import rounded

from .descend import beside, objective
from .path import add_ends, count, end_of, line

if TYPE_CHECKING:
    from pathlib import Path

    from polytope_nn.networks.network import Network

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
    from polytope_nn.paths.connection import connect
    from polytope_nn.search.finding import optimum

    target, picture = writable(args.output), figure_path(args.figure)
    instance = instance_of(args, args.instance)
    D = instance.problem()
    start, end = end_of(args, "from", instance), end_of(args, "to", instance)
    O = optimum(D, kappa=instance.kappa)
    found = connect(O, start, end, args.width)
    breakpoints, objectives = found.breakpoints, found.objectives
    fields: dict[str, object] = {
        "width": found.width,
        "breakpoints": [with_both(x, D.dimension).to_json() for x in breakpoints],
        "objectives": [objective(x) for x in objectives],
        "barrier": objective(found.barrier),
    }
    fields |= scaled_fields(instance)
    files: dict[Path | None, bytes | str] = {}
    if target is not None:
        from polytope_nn.certificate.connections import road_certificate

        files[target] = road_certificate(found).to_json() + "\n"
    if picture is not None:
        from polytope_nn.report.figures.roads.connection import connection_figure

        said = f"{title(D)}, width {found.width}"
        files[picture] = _drawn(lambda: connection_figure(found, said, picture.suffix))
    put_all(files)
    if args.json:
        print(json.dumps(fields))
        return 0
    print(scaled_page(instance), end="")
    lines = count(len(breakpoints) - 1, "line")
    print(f"joined at width {found.width} by {lines}, barrier {rounded(found.barrier, 6)}")
    for x, value in zip(breakpoints, objectives, strict=True):
        print(f"{rounded(value, 10):>14}  {line(x)}{beside(x)}")
    return 0


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
