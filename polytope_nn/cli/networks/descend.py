"""``polytope-nn descend INSTANCE --from FILE [--to FILE]``: T12 on the command line."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import (
    finite_instance,
    placed,
    refusals_of,
    scaled_fields,
    scaled_page,
)
from polytope_nn.cli.options import add_instance, wanted
from polytope_nn.cli.written import put_all, writable
from polytope_nn.exact.scalar import exact_number
from polytope_nn.report.text import rounded
from polytope_nn.wording import plural

from .path import end_of, line, number, width

if TYPE_CHECKING:
    from pathlib import Path

    from polytope_nn.networks.network import Network
    from polytope_nn.paths.connection import Connection
    from polytope_nn.paths.descent import Descent
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.training import TrainingProblem
    from polytope_nn.vector.descent import VectorDescent
    from polytope_nn.vector.trained.connection import VectorConnection

__all__ = ["NAME", "add", "beside", "certificate_of", "free_part", "run"]

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
    parser.add_argument("--certificate", metavar="CERT", help="write a certificate of it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the path with its objective values; return 0."""
    target, proof = writable(args.output), writable(args.certificate)
    instance = finite_instance(args, args.instance)
    found: Descent | VectorDescent
    free_parts: list[list[object]] = []
    if instance.model == "vector":
        from polytope_nn.cli.models.vector import descent_of

        found = descent_of(args, instance)
        pages = [line(x) for x in found.breakpoints]
    else:
        found = _found(args, instance)
        pages = [line(x) + beside(x) for x in found.breakpoints]
        D = found.polytope.optimum.training_of_slopes
        if D.free.columns:
            free_parts = [free_part(D, x) for x in found.breakpoints]
    fields: dict[str, object] = {
        "width": found.width,
        "connected": True,
        "breakpoints": [x.to_json() for x in found.breakpoints],
        "objectives": [exact_number(x) for x in found.objectives],
    }
    if free_parts:
        fields["free_parts"] = free_parts
    fields |= scaled_fields(instance)
    shown = json.dumps(fields)
    files: dict[Path | None, bytes | str] = {target: shown + "\n"}
    if proof is not None:
        with wanted("--certificate"):
            files[proof] = certificate_of(found) + "\n"
    put_all(files)
    if args.json:
        print(shown)
        return 0
    lines = plural(len(found.breakpoints) - 1, "line")
    print(scaled_page(instance), end="")
    print(f"down to the optimum at width {found.width} by {lines}")
    for shown, value in zip(pages, found.objectives, strict=True):
        print(f"{rounded(value, 10):>14}  {shown}")
    return 0


def certificate_of(found: "Connection | Descent | VectorConnection | VectorDescent") -> str:
    """Return the text of the certificate of a descent or a connection."""
    from polytope_nn.paths.connection import Connection
    from polytope_nn.paths.descent import Descent

    if isinstance(found, Connection | Descent):
        from polytope_nn.certificate.networks.connections import road_certificate

        return road_certificate(found).to_json()
    from polytope_nn.vector.certificate.roads import vector_road

    return vector_road(found).to_json()


def free_part(problem: "TrainingProblem", network: "Network") -> list[object]:
    """Return the coefficients of what is free, as a path has them; a part that is not had is 0.

    >>> from polytope_nn.networks.network import Network
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, 2], [3, 4]], [1, 2], beta=1, skip="affine")
    >>> free_part(D, Network((None,), (Fraction(1, 2), Fraction(0)), Fraction(3)))
    ['1/2', '0', '3']
    """
    zero = Fraction(0)
    skip = network.skip or (zero,) * problem.dimension
    a = list(skip) if problem.free.has_slopes else []
    if problem.free.has_constant:
        a.append(network.constant or zero)
    return list(map(exact_number, a))


def beside(network: "Network") -> str:
    """Return what a network has beside its neurons, as the page shows it.

    >>> from polytope_nn.networks.network import Network
    >>> beside(Network((None,), (Fraction(1, 2),), Fraction(3)))
    '  skip (1/2)  constant 3'
    """
    shown = (
        "" if network.skip is None else f"  skip ({', '.join(map(number, network.skip))})"
    )
    return (
        shown
        if network.constant is None
        else f"{shown}  constant {number(network.constant)}"
    )


def _found(args: argparse.Namespace, instance: "Instance") -> "Descent":
    """Return the descent of a network with one output."""
    from polytope_nn.paths.descent import descent
    from polytope_nn.search.finding import optimum

    D = instance.problem()
    start = end_of(args, "from", instance)
    end = None if args.end is None else end_of(args, "to", instance)
    with refusals_of(instance):
        return descent(optimum(placed(D), kappa=instance.kappa), start, end, args.width)
