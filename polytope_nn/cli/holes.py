"""``polytope-nn holes INSTANCE``: the homology of the optimal networks of every width."""

import argparse
import json

from polytope_nn.cli.written import outputs, put_all

from .inputs import instance_of, refusals_of, scaled_fields, scaled_page
from .options import add_instance, add_limits, amount, integer, limits_of, title

__all__ = ["NAME", "add", "run"]

NAME = "holes"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the holes of the set of optimal networks, of every dimension and width",
        description="Find the Betti numbers of P_m and of the optimal networks of width m, "
        "for every m from m* until the last hole of P_m is filled, torsion and Euler "
        "characteristics with them. The fit must be unique.",
    )
    add_instance(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png, .pdf or .tikz")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--faces", type=integer, metavar="N", help="most faces of P that are listed (50000)"
    )
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate and figure; return 0."""
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.landscape.topology.holes import FACES, holes
    from polytope_nn.report.holes import holes_fields, holes_page
    from polytope_nn.search.finding import optimum

    target, picture, _ = outputs(args.output, args.figure)
    most = FACES if args.faces is None else args.faces
    amount("--faces", most, 10**12)
    instance = instance_of(args, args.instance)
    instance.require_model("two-layer")
    limits = limits_of(args)
    with refusals_of(instance):
        O = optimum(instance.problem(), kappa=instance.kappa, limits=limits)
        P = optimal_polytope(O, limits=limits)
        H = holes(P, most=most)
    certificate: str | bytes = b""
    if target is not None:
        from polytope_nn.certificate.holes import holes_certificate

        certificate = holes_certificate(P, H).to_json() + "\n"
    drawing = b""
    if picture is not None:
        from polytope_nn.report.figures.holes_figure import holes_figure

        drawing = holes_figure(P.staircase, H, title(P.problem), picture.suffix)
    put_all({target: certificate, picture: drawing})
    if args.json:
        fields = holes_fields(H) | scaled_fields(instance)
        print(json.dumps(fields, allow_nan=False))
        return 0
    print(scaled_page(instance), end="")
    print(holes_page(H, P.problem.name), end="")
    if target is not None:
        print(f"certificate of {len(certificate)} bytes, accepted by the checker")
    return 0
