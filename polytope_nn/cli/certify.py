"""``polytope-nn certify INSTANCE``: the main job."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli import outputs, put_all
from polytope_nn.errors import InstanceError

from .inputs import instance_of, minimised, scaled_fields, scaled_page
from .options import add_instance, add_limits, certified, limits_of, staircase_of, title

if TYPE_CHECKING:
    from polytope_nn.functions.uniqueness import Uniqueness
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.problems.instance import Instance
    from polytope_nn.theorems import Verdict

__all__ = ["NAME", "add", "run"]

NAME = "certify"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the staircase of connectivity of an instance, with its certificate",
        description="Find the optimal set of an instance and prove its staircase.",
    )
    add_instance(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png or .pdf")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--theorems", action="store_true", help="print what every theorem says of it"
    )
    group = parser.add_argument_group("three layers")
    group.add_argument("--branches", type=int, metavar="M", help="rows of the table (m)")
    group.add_argument("--inner", type=int, metavar="K", help="its columns (inner neurons)")
    add_limits(parser)


def two_layers_only(args: argparse.Namespace, instance: "Instance") -> None:
    """Refuse the options of three layers where there are two."""
    for option in ("branches", "inner"):
        if getattr(args, option) is not None:
            raise InstanceError(
                f"{instance.source}: layers: --{option} belongs to three layers: write "
                f'"layers": 3, or leave it out'
            )


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate and figure; return 0."""
    from polytope_nn.certificate.certify import verdicts
    from polytope_nn.functions.uniqueness import uniqueness
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.problems.losses import SeparableLoss
    from polytope_nn.search.finding import optimum

    target, picture = outputs(args.output, args.figure)
    instance = instance_of(args, args.instance)
    limits = limits_of(args)
    if instance.model == "three-layer":
        from .models.three_layer import certify

        return certify(args, instance)
    if instance.model == "vector":
        from .models.vector import certify as several

        two_layers_only(args, instance)
        return several(args, instance)
    two_layers_only(args, instance)
    instance.require_model("two-layer", "lasso")
    if instance.model == "lasso" or not instance.problem().of_relu:
        from .models.units import certify as other_units

        return other_units(args, instance)
    O = optimum(instance.problem(), kappa=instance.kappa, limits=limits)
    P = optimal_polytope(O, limits=limits)
    plain = not isinstance(P.problem.loss, SeparableLoss)
    found = uniqueness(P) if P.problem.free.columns and plain else None
    S, why = staircase_of(P)
    certificate, kept = certified(P, required=plain or target is not None)
    drawing = b"" if picture is None else _drawn(P, found, S, picture.suffix)
    put_all({target: certificate, picture: drawing})
    said: tuple[Verdict, ...] = ()
    if args.theorems:
        from polytope_nn import theorems

        said = theorems.verdicts(P)
    named = verdicts(S, one_fit=P.fit_is_unique)
    if args.json:
        from polytope_nn.report.answers import certify_fields

        named |= {v.name: v.holds for v in said}
        fields = certify_fields(P, S, named, found) | scaled_fields(instance)
        print(json.dumps(fields, allow_nan=False))
        return 0
    from polytope_nn.report.text import page, theorem_lines

    print(scaled_page(instance), end="")
    if S is None or found is not None:
        from polytope_nn.report.free_part import page as free_page

        assert found is not None  # without something free there are widths
        print(*free_page(found, S, why, named), sep="\n")
    else:
        print(page(P, S, named), end="")
    print(minimised(instance), kept, *theorem_lines(said), sep="\n")
    return 0


def _drawn(
    P: "OptimalPolytope", found: "Uniqueness | None", S: "Staircase | None", form: str
) -> bytes:
    """Return the staircase, or the functions where widths are not defined."""
    if S is None:
        from polytope_nn.report.figures.interpolant_figure import interpolant_figure

        assert found is not None  # without something free there are widths
        return interpolant_figure(found, title(P.problem), form)
    from polytope_nn.report.figures.figure import staircase_figure

    return staircase_figure(S, title(P.problem), form)
