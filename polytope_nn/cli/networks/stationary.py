"""``polytope-nn stationary INSTANCE --width M``: every stationary network of a width (T19)."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import (
    finite_instance,
    minimised,
    refusals_of,
    scaled_fields,
    scaled_page,
)
from polytope_nn.cli.options import add_instance, add_limits, limits_of, title
from polytope_nn.cli.written import FIGURES, figure_path, put
from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import exact_number, nearest_float
from polytope_nn.report.text import rounded
from polytope_nn.wording import plural

from .path import width

if TYPE_CHECKING:
    from polytope_nn.stationary.points import StationaryPoint, StationaryPoints

__all__ = ["NAME", "add", "run"]

NAME = "stationary"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="every stationary network of a width: values, blocks, minima and saddles",
        description="List every Clarke stationary network of a width, up to order and "
        "splitting of neurons: its objective, its blocks (a face of the arrangement and a "
        "sign), whether it is a global minimum, a local one or a saddle, and a way down "
        "from a saddle. Every other set of blocks is proved to have none.",
    )
    add_instance(parser)
    parser.add_argument("--width", metavar="M", type=width, required=True, help="the slots")
    parser.add_argument(
        "--figure", metavar="F", help=f"draw the ladder of values ({', '.join(FIGURES)})"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the stationary networks; return 0, or raise Undecided with what is missing."""
    from polytope_nn.stationary.points import stationary_points

    picture = figure_path(args.figure)
    if not args.width:
        raise InstanceError("--width: 0 is no width here: write 1 or more")
    instance = finite_instance(args, args.instance)
    D = instance.problem()
    limits = limits_of(args)
    with refusals_of(instance):
        S = stationary_points(D, args.width, limits=limits)
    if picture is not None:
        from polytope_nn.report.figures.ladder import ladder_figure
        from polytope_nn.stationary.descents import ends_of

        put(picture, ladder_figure(S, ends_of(S), title(D), picture.suffix))
    if args.json:
        fields: dict[str, object] = {
            "width": S.width,
            "points": [_point(p) for p in S],
            "values": [exact_number(v) for v in S.values],
        }
        print(json.dumps(fields | scaled_fields(instance)))
        return 0
    print(scaled_page(instance) + _page(S), end="")
    print(minimised(instance))
    return 0


def _page(S: "StationaryPoints") -> str:
    """Return the page: a line for each stationary network."""
    networks, values = plural(len(S), "stationary network"), plural(len(S.values), "value")
    lines = [f"{networks} of width {S.width}, up to order and splitting, with {values}"]
    for p in S:
        words = " ".join(f"{'+' if b.sign > 0 else '-'}({b.face})" for b in p.blocks)
        family = f", a family of dimension {p.family_dim}" if p.family_dim else ""
        lines.append(
            f"{rounded(p.objective, 10):>14}  {p.kind:<9}  {words or 'no neuron'}{family}"
        )
    return "\n".join(lines) + "\n"


def _point(p: "StationaryPoint") -> dict[str, object]:
    fields: dict[str, object] = {
        "objective": exact_number(p.objective),
        "objective_float": nearest_float(p.objective),
        "blocks": [{"sign": b.sign, "face": b.face} for b in p.blocks],
        "network": p.network.to_json(),
        "kind": p.kind,
        "family_dim": p.family_dim,
    }
    if p.descent is not None:
        fields["descent"] = {
            "slot": p.descent.slot,
            "sign": p.descent.sign,
            "direction": [exact_number(t) for t in p.descent.direction],
        }
    return fields
