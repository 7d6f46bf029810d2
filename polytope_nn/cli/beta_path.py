"""``polytope-nn beta-path DATA``: the staircase for every weight decay at once."""

import argparse
import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli.written import figure_path, put_all
from polytope_nn.errors import InexactError, InstanceError

from .inputs import instance_of, refusals_of, scaled_fields, scaled_page
from .options import DATA, add_bias_and_skip, add_limits, limits_of

if TYPE_CHECKING:
    from polytope_nn.homotopy.beta_path import BetaPath
    from polytope_nn.problems.training import TrainingProblem

__all__ = ["NAME", "add", "run"]

NAME = "beta-path"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the staircase for every weight decay: intervals of constant type",
        description="Tile the weight decays from beta_max down by intervals on which atoms "
        "and widths are constant, each proved for every beta in it; breakpoints are isolated, "
        "and exact where they are recognised. A beta in the data plays no part.",
    )
    parser.add_argument("data", metavar="DATA", help=DATA)
    parser.add_argument("--from", dest="start", metavar="B", help="upper end (beta_max)")
    parser.add_argument("--to", dest="end", metavar="B", help="lower end (beta_max/100)")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png, .pdf or .tikz")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_bias_and_skip(parser)
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the intervals; return 0."""
    from polytope_nn.homotopy.beta_path import beta_path
    from polytope_nn.report.beta_path import beta_path_fields, beta_path_page

    picture = figure_path(args.figure)
    instance = instance_of(args, args.data)
    instance.require_model("two-layer")
    D = replace(instance, beta=Fraction(1), beta_squared=None, kappa=None).problem()
    ends = {"start": _end(args.start, "--from"), "end": _end(args.end, "--to")}
    limits = limits_of(args)
    with refusals_of(instance):
        found = beta_path(D, **ends, limits=limits)
    drawing = b""
    if picture is not None:
        from polytope_nn.report.figures.beta_figure import beta_figure

        drawing = beta_figure(found, _title(D, found), picture.suffix)
    put_all({picture: drawing})
    if args.json:
        print(
            json.dumps(beta_path_fields(found) | scaled_fields(instance), allow_nan=False)
        )
        return 0
    print(scaled_page(instance), end="")
    print(*beta_path_page(found), sep="\n")
    return 0


def _end(given: str | None, option: str) -> Fraction | None:
    """Return an end of the path, read exactly."""
    from polytope_nn.exact.rational import rational

    if given is None:
        return None
    try:
        return rational(given)
    except InexactError as error:
        raise InstanceError(
            f"{option}: {error}: write a number such as 3/7 or 0.1"
        ) from None


def _title(D: "TrainingProblem", found: "BetaPath") -> str:
    from polytope_nn.exact.scalar import nearest_float

    name = f"{D.name}: " if D.name else ""
    ends = [nearest_float(i.lower) or 0 for i in found.intervals[-1:]]
    end = f" down to {ends[0]:.3g}" if ends else ""
    return f"{name}n = {D.n}, d = {D.d}, every weight decay{end}"
