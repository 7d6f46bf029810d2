"""``polytope-nn interpolate INSTANCE``: the minimum-norm interpolants, unique or not."""

import argparse
import json

from polytope_nn.cli.written import outputs, put_all

from .inputs import instance_of, scaled_fields, scaled_page
from .options import DATA, add_bias_and_skip, certified, staircase_of

__all__ = ["NAME", "add", "run"]

NAME = "interpolate"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the minimum-norm interpolants: unique, or a continuum",
        description="Find all interpolants of least cost and say whether they are one.",
    )
    parser.add_argument("instance", metavar="INSTANCE", help=DATA)
    add_bias_and_skip(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png, .pdf or .tikz")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate and figure; return 0."""
    from polytope_nn.functions.uniqueness import uniqueness
    from polytope_nn.landscape.optimal_set import interpolation

    target, picture, _ = outputs(args.output, args.figure)
    instance = instance_of(args, args.instance)
    problem = instance.interpolation()
    found = uniqueness(interpolation(problem, kappa=instance.kappa))
    S, why = staircase_of(found.interpolation)
    certificate, said = certified(found.interpolation, required=target is not None)
    drawing = b""
    if picture is not None:
        from polytope_nn.report.figures.interpolant_figure import interpolant_figure

        drawing = interpolant_figure(found, problem.name or "instance", picture.suffix)
    put_all({target: certificate, picture: drawing})
    if args.json:
        from polytope_nn.report.answers import interpolation_fields

        fields = interpolation_fields(found, S) | scaled_fields(instance)
        print(json.dumps(fields, allow_nan=False))
    else:
        from polytope_nn.report.free_part import interpolation_page

        print(scaled_page(instance), end="")
        print(*interpolation_page(found, S, why), said, sep="\n")
    return 0
